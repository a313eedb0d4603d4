"""The sheet that an importer fills in its statement from: facts, who says so, and what is blank.

It states nothing in the importer's name. A text to sign stands on it only where one is prescribed;
whether the records bear it out is the verdict's to say, and where that is not *pass*, the sheet
says that they give no ground for signing. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from ledger.reporting.jurisdictions import Jurisdiction
from ledger.values import carats
from ledger.verdicts.facts import Facts, Ground
from ledger.verdicts.verdict import Value

NOTICE: Final = (
    "This sheet repeats what is recorded and what follows from it under one definition. It is "
    "about one parcel: a shipment may hold others. It is not legal advice, and no statement of the "
    "ledger's own. Whoever signs answers for what is signed."
)
_GROUND: Final[dict[Value, str]] = {
    "pass": "Under this definition the records bear the statement out, as far as they reach.",
    "fail": "Under this definition the records speak against the statement: they give no ground "
    "for signing it.",
    "cannot tell": "Under this definition the records do not decide: by themselves they give no "
    "ground for signing the statement.",
}
ITEMS_MAX: Final = 60
GROUNDS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sheet.

    Attributes:
        label: what it is.
        value: what is recorded of it; "" is to be filled in.
        basis: recorded by parties, or blank: not for the ledger to know.
        grounds: the records, in the log's order, at most :data:`GROUNDS_MAX`.

    """

    label: str
    value: str
    basis: Literal["recorded", "blank"]
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class ImporterSheet:
    """What an importer is given for one parcel.

    Attributes:
        items: the facts, then what is blank.
        has_more: there are more facts than the sheet shows.
        wording: the text to sign, or "" where none is prescribed or none fits these goods.
        conclusion: what the verdict means for whoever would sign.
        notice: what the sheet is not.

    """

    items: tuple[Item, ...]
    has_more: bool
    wording: str
    conclusion: str
    notice: str = NOTICE


def importer_sheet(place: Jurisdiction, facts: Facts, value: Value) -> ImporterSheet:
    """Make the sheet for a parcel.

    Args:
        place: where it is imported.
        facts: what is recorded of it, as far as its reader is told.
        value: what the jurisdiction's definition says of these facts.

    """
    known = [*_goods(facts), *_origins(facts), *_way(facts)]
    blanks = [Item(label, "", "blank") for label in place.blanks]
    return ImporterSheet(
        items=(*known[:ITEMS_MAX], *blanks),
        has_more=len(known) > ITEMS_MAX or not facts.is_whole,
        wording=place.wording_for(facts.hs_code),
        conclusion=_GROUND[value],
    )


def _item(label: str, value: str, grounds: Sequence[Ground] = ()) -> Item:
    return Item(label, value, "recorded", tuple(grounds[:GROUNDS_MAX]))


def _goods(facts: Facts) -> Iterator[Item]:
    yield _item("parcel", "0x" + facts.parcel.hex())
    form = {"piece": "piece of jewellery"}.get(facts.form, facts.form)
    yield _item("form", f"{form}, HS {facts.hs_code}" if facts.hs_code else form)
    yield _item("weight", f"{carats(facts.weight_millicarats)} ct by the book")
    count = f"{facts.stones}" if facts.stones else "not counted"
    yield _item("stones", count)
    yield _item("is in", f"{facts.country}, by the book")


def _origins(facts: Facts) -> Iterator[Item]:
    if facts.is_contradicted:
        yield _item("country of origin", "the records contradict each other: no origin is left")
        return
    several = len({origin.country for origin in facts.origins}) > 1
    for origin in facts.origins:
        where = f"{origin.country}, {origin.zone}" if origin.zone else origin.country
        most, least = carats(origin.most), carats(origin.least)
        amount = f"between {least} and {most} ct" if several else f"up to {most} ct"
        if several and facts.stones == 1:
            amount = "the whole stone, or nothing of it"
        label = "possible origin" if several else "origin"
        mined = f"mined {_day(origin.mined_from)} to {_day(origin.mined_to)}"
        yield _item(label, f"{where}: {amount}, {mined}", origin.grounds)


def _way(facts: Facts) -> Iterator[Item]:
    for crossing in facts.crossings:
        goes = f"{crossing.issuer} to {crossing.destination}, {_day(crossing.issued_at)}"
        if crossing.sort == "none":
            yield _item("crossed without certificate", goes, crossing.grounds)
            continue
        state = "on paper alone" if crossing.sort == "paper" else crossing.state
        named = ", ".join(crossing.named_origins) or "plain mixed"
        number = crossing.number or "number not shown"
        value = f"{number}: {goes}; origin {named}; {state}"
        yield _item("Kimberley Process certificate", value, crossing.grounds)
    for country, at, ground in facts.polished_in:
        yield _item("polished in", f"{country}, {_day(at)}", (ground,))
    for saying in facts.sayings:
        if saying.operation == "location":
            continue  # told as where the goods were
        countries = ", ".join(saying.countries)
        words = [saying.text_id, saying.report_number, countries, _day(saying.as_of)]
        about = "" if saying.about_self else " of an ancestor"
        value = ", ".join(word for word in words if word)
        yield _item(f"{saying.operation}{about}", value, (saying.ground,))
    for stay in facts.stays:
        if stay.basis == "statement":
            value = f"{stay.country}, {_day(stay.since)}"
            yield _item("located, as stated", value, stay.grounds)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def said_by(ground: Ground) -> str:
    """Say who says what a record says: ``miner of BW, Registration, entry 7``."""
    place = f" of {ground.country}" if ground.country else ""
    what = f"{ground.kind} {ground.operation}".rstrip()
    doubt = ", under suspicion" if ground.is_suspect else ""
    return f"{ground.role}{place}, {what}, entry {ground.index}{doubt}"
