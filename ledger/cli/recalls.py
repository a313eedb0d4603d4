"""The command that calls goods back: what they went into, who holds it, how much of it they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import typer

from ledger.cli.options import Context
from ledger.cli.output import Output
from ledger.cli.parcels import WITHHELD, amount, parcel_id_at
from ledger.cli.session import Session, session_of
from ledger.cli.words import count_of, read_country, read_id
from ledger.errors import BadQuestion
from ledger.values import carats, to_hex

Plain = dict[str, Any]

commands = typer.Typer()
PANEL: Final = "Ask"
VERDICTS: Final = "Verdicts"
_GONE: Final = ("spent", "sold")
_OF_PAGES: Final = ("cursor", "scannedTo", "names", "judged", "untold", "asOf")
_COUNTED: Final = (
    "state", "affected", "custodian", "pieceId", "leastMillicarats", "mostMillicarats"
)  # fmt: skip
_HEADINGS: Final = f"{'entry':>9}  {'recalled':<32}  now"


ParcelOption = Annotated[
    str, typer.Option(metavar="PARCEL", help="Call back a parcel, as for trace.")
]
SiteOption = Annotated[
    str, typer.Option(metavar="SITE", help="Or all that was registered from a site.")
]
ZoneOption = Annotated[
    str, typer.Option(metavar="ZONE", help="Or from the sites of a zone, as they name it.")
]
CountryOption = Annotated[
    str, typer.Option(metavar="CC", help="Or from a country's sites; of a zone: its country.")
]
PartyOption = Annotated[
    str,
    typer.Option(metavar="PARTY", help="Or the goods of every record by a party, or by an agent."),
]
SinceOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="INDEX",
        help="The first entry that counts for it; of a party, if it is not said, the one from "
        "which on a Revocation calls its records suspect.",
    ),
]
VerdictsOption = Annotated[
    str,
    typer.Option(
        metavar="DEFINITION",
        help="Tell instead on which of these goods a verdict by this definition is another.",
        rich_help_panel=VERDICTS,
    ),
]
AsOfOption = Annotated[
    str,
    typer.Option(
        metavar="DATE",
        help="The day that they are judged for; today if it is not said.",
        rich_help_panel=VERDICTS,
    ),
]
FactsBeforeOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="SIZE",
        help="Another than by what the first SIZE entries say: before a theft, say.",
        rich_help_panel=VERDICTS,
    ),
]
TablesBeforeOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="SIZE",
        help="Another than by the tables and definitions that counted at this size.",
        rich_help_panel=VERDICTS,
    ),
]
CompareDateOption = Annotated[
    str,
    typer.Option(metavar="DATE", help="Another than for this day.", rich_help_panel=VERDICTS),
]
CompareDefinitionOption = Annotated[
    str,
    typer.Option(
        metavar="DEFINITION",
        help="Another than by this definition.",
        rich_help_panel=VERDICTS,
    ),
]


@commands.command(rich_help_panel=PANEL)
def recall(
    context: Context,
    *,
    parcel: ParcelOption = "",
    site: SiteOption = "",
    zone: ZoneOption = "",
    country: CountryOption = "",
    party: PartyOption = "",
    since: SinceOption = None,
    verdicts: VerdictsOption = "",
    as_of: AsOfOption = "",
    facts_before: FactsBeforeOption = None,
    tables_before: TablesBeforeOption = None,
    compare_date: CompareDateOption = "",
    compare_definition: CompareDefinitionOption = "",
) -> None:
    """Tell every parcel that goods went into: who holds it now, and how much of it they can be.

    For a theft, a site or a zone that lost its standing, a key that fell into other hands. Parcels
    come in the order of the log, each where it was made, with the least and the most that can be of
    the goods called back; of one stone it is all or none. A parcel that is set is held by whoever
    holds the piece. An authority concerned, an auditor and whoever has the folder are told of all;
    every other party of its own goods of today. With --json, one JSON document a line, as they
    come: the recall, each parcel, and the end. With --verdicts it judges those that are live or
    sold twice, and tells the ones on which the verdict is another.

    Examples: adamant recall --parcel 0x…; adamant recall --zone Nola --country CF; adamant --json
    recall --party miner-bw --since 1200 > affected.ndjson; adamant recall --country CF --verdicts
    kp-2003 --tables-before 5000
    """
    session = session_of(context)
    read_country(country, "--country")
    with session.desk() as desk:
        asked = {
            "parcel": to_hex(parcel_id_at(desk, parcel)) if parcel else "",
            "site": to_hex(read_id(site, "--site")) if site else "",
            "zone": zone,
            "country": country,
            "party": to_hex(session.address(party, "--party")) if party else "",
        }
        if not any(asked.values()):
            raise BadQuestion("--parcel", "what to call back: a parcel, a site, a zone, …")
        twice = {
            "definition": verdicts,
            "asOf": as_of,
            "factsBefore": facts_before,
            "tablesBefore": tables_before,
            "compareDate": compare_date,
            "compareDefinition": compare_definition,
        }
        if any(value not in ("", None) for value in twice.values()) and not verdicts:
            raise BadQuestion("--verdicts", "the definition that goods are judged by")
        given = _given({**asked, "since": since, **twice})
        pages = desk.rejudged(**given) if verdicts else desk.recalls(**given)
        if session.out.as_json:
            _tell_as_lines(session.out, pages, "flips" if verdicts else "parcels")
        else:
            (_tell_flips if verdicts else _tell)(session, pages)


def _given(asked: dict[str, str | int | None]) -> dict[str, str | int]:
    """Return what was said of what may be asked."""
    return {name: value for name, value in asked.items() if value is not None and value != ""}


def _tell_as_lines(out: Output, pages: Iterator[Plain], rows: str) -> None:
    """Tell a recall as a server's stream does: the recall, a line for each row, and the end."""
    told, is_first, name = 0, True, rows.removesuffix("s")
    for page in pages:
        if is_first:
            of_all = {key: page[key] for key in page if key not in (*_OF_PAGES, rows)}
            out.line({"line": "recall", **of_all})
            is_first = False
        for row in page[rows]:
            parcel = row.get("parcel", row)
            who = (parcel["custodian"], parcel["recipient"])
            names = {one: page["names"][one] for one in who if one in page["names"]}
            out.line({"line": name, **row, "names": names})
        told, last = told + len(page[rows]), page
    out.line({"line": "end", rows: told, "asOf": last["asOf"]})


@dataclass(slots=True)
class _Sum:
    """What a recall comes to.

    Attributes:
        told: of the parcels that may be told again, what each was told as; the last counts.
        withheld: how many live ones there are whose holder is not told.

    """

    parcels: int = 0
    live: Counter[str] = field(default_factory=Counter)
    holders: set[str] = field(default_factory=set)
    withheld: int = 0
    least: int = 0
    most: int = 0
    told: dict[str, Plain] = field(default_factory=dict)

    def add(self, one: Plain, *, is_of_party: bool) -> None:
        """Add a parcel; the recall of a party may tell one again."""
        if is_of_party:
            before = self.told.get(one["parcelId"])
            if before is not None:
                self._count(before, -1)
            self.told[one["parcelId"]] = {name: one[name] for name in _COUNTED}
        self._count(one, 1)

    def _count(self, one: Plain, by: int) -> None:
        self.parcels += by
        if one["state"] in _GONE or one["affected"] == "none":
            return
        self.live[one["affected"]] += by
        if one["custodian"] is None:
            self.withheld += by
        else:
            self.holders.add(one["custodian"])
        # A piece and what is set in it are the same goods.
        if one["pieceId"] is None:
            self.least += by * one["leastMillicarats"]
            self.most += by * one["mostMillicarats"]


def _tell(session: Session, pages: Iterator[Plain]) -> None:
    out, total, page = session.out, _Sum(), None
    for page in pages:
        session.learn(page["names"])
        if not total.parcels and page["parcels"]:
            out.say(_HEADINGS, style="bold")
        for one in page["parcels"]:
            _tell_row(session, one)
            total.add(one, is_of_party=page["beginsWith"] == "party")
    assert page is not None  # noqa: S101 - a desk gives one page at least
    _tell_total(out, page, total)


def _tell_row(session: Session, one: Plain) -> None:
    goods = amount(one["weightMillicarats"], one["stones"])
    place = f", {one['country']}" if one["country"] else ""
    holder = session.name(one["custodian"])
    piece = f", set in {one['pieceId']}" if one["pieceId"] else ""
    state = one["state"] or WITHHELD
    held = f"{state}, {'last ' if state in _GONE else ''}held by {holder}{piece}"
    session.out.say(f"{one['index']:>9}  {_share(one):<32}  {goods}{place}, {held}")
    session.out.say(f"{'':>9}  {'starts here' if one['isStart'] else '':<32}  {one['parcelId']}")


def _share(one: Plain) -> str:
    """Say how much of a parcel is called back: bounds, and never a part of one stone."""
    if not one["isFollowedWhole"]:
        return "not known: too many ancestors"
    if one["affected"] in ("all", "none", "all or none"):
        words: str = one["affected"]
        return words
    least, most = one["leastMillicarats"], one["mostMillicarats"]
    if least == most:
        return f"{carats(most)} ct of it"
    return f"{carats(least)} to {carats(most)} ct of it"


def _tell_total(out: Output, page: Plain, total: _Sum) -> None:
    whose = "" if page["isWhole"] else " of your own goods"
    if not total.parcels:
        out.say(f"It went into nothing{whose} that this reader is told of.")
    live = total.live.total()
    withheld = f" or others (of {total.withheld:,} not told)" if total.withheld else ""
    out.say()
    out.say(
        f"{count_of(total.parcels, 'parcel')}{whose} in the log's first "
        f"{count_of(page['size'], 'entry')}; {live:,} of them live and possibly affected, held by "
        f"{count_of(len(total.holders), 'party')}{withheld}."
    )
    if live:
        out.say(
            f"All of it: {total.live['all']:,}; all or none of one stone: "
            f"{total.live['all or none']:,}; a part at least: {total.live['part']:,}; possibly a "
            f"part: {total.live['possibly part']:,}. In live goods together at least "
            f"{carats(total.least)} ct, at most {carats(total.most)} ct."
        )
    out.say(
        "The ledger's own word. It says what follows from records: not that anything is wrong with "
        "these goods, nor who did wrong."
    )


def _tell_flips(session: Session, pages: Iterator[Plain]) -> None:
    """Tell the goods on which the verdict is another, with what decides in the second place."""
    out, judged, untold, flips, page = session.out, 0, 0, 0, None
    for page in pages:
        session.learn(page["names"])
        judged, untold = judged + page["judged"], untold + page["untold"]
        for flip in page["flips"]:
            flips += 1
            parcel, difference = flip["parcel"], flip["difference"]
            goods = amount(parcel["weightMillicarats"], parcel["stones"])
            held = f"{parcel['state'] or WITHHELD}, held by {session.name(parcel['custodian'])}"
            out.say(f"{difference['value']} -> {difference['otherValue']}  {goods}, {held}")
            out.say(f"    {parcel['parcelId']}")
            for reason in difference["otherOnly"] or difference["only"]:
                doubt = " (unconfirmed)" if reason["isUnconfirmed"] else ""
                out.say(f"    {reason['words']}{doubt}")
    assert page is not None  # noqa: S101 - a desk gives one page at least
    out.say()
    gone = f"; {untold:,} of them were not there yet, or are not told" if untold else ""
    out.say(
        f"{count_of(judged, 'parcel')} judged by {page['definition']['title']}{gone}. The verdict "
        f"is another on {flips:,}."
    )
    out.say(page["notice"])
