"""Whether rough left, or may leave, a country or zone that was under a measure on that date.

A measure is about exports from the country that it names. So each crossing is judged on the day
on which its certificate was issued, by the measures on the country that it left: those on a zone
too, if the goods were mined in that country. Rough that never left home is judged by what holds on
the day asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.values import is_within
from ledger.verdicts.asked import CORRECTION, Asked, Found, day, several
from ledger.verdicts.clauses import UnderMeasure
from ledger.verdicts.facts import Crossing, Ground
from ledger.verdicts.spans import Held, all_of, any_of, negation
from ledger.verdicts.tables import UNNAMED_ZONE, Row, may_be_zone, same_zone

ONLY_ZONES = "compliant-zones-only"
ZONE = "compliant-zone"
UNLESS_CERTIFIED = "no-exports-without-certificate"


def zone_match(of_row: str, of_goods: str) -> Held:
    """Tell whether a row about a zone ("" is the whole country) is about goods of a zone."""
    if not of_row:
        return "yes"
    if of_row == UNNAMED_ZONE or not of_goods:
        return "unknown"
    if same_zone(of_row, of_goods):
        return "yes"
    return "unknown" if may_be_zone(of_row, of_goods) else "no"


@dataclass(frozen=True, slots=True)
class _Export:
    """An export of rough, or (``went``: to leave) the one that is still to come.

    It was ``known_by`` a moment: the record stood by then, or the authority that let the goods in
    says that they had come. That it was on an earlier day is the word of who let them out.
    """

    country: str
    when: int
    known_by: int
    is_certified: bool
    touched: Held
    grounds: tuple[Ground, ...]
    went: str


def under_measure(condition: UnderMeasure, asked: Asked) -> Found:
    """Judge every export of these goods as rough, or the one that is still to come."""
    rows_of = dict[str, list[Row]]()
    for row in asked.shelf.tables[condition.table].rows:
        rows_of.setdefault(row["country"], []).append(row)
    found = [_judged(condition, asked, export, rows_of) for export in _exports(condition, asked)]
    held = any_of(one.held for one in found)
    if held != "no":
        found = [one for one in found if one.held == held]
    if not found:
        words = f"no export of these goods as rough is recorded that {condition.table} is about"
        return Found("no", words, asked.origin.grounds)
    return Found(
        held,
        several(one.words for one in found),
        tuple(dict.fromkeys(ground for one in found for ground in one.grounds)),
        tuple({row.key: (name, row) for one in found for name, row in one.rows}.values()),
        found[0].would_decide,
    )


def _exports(condition: UnderMeasure, asked: Asked) -> Iterator[_Export]:
    for crossing, touched in asked.ruled_crossings(unless_returned=condition.unless_returned):
        yield _Export(
            crossing.issuer,
            crossing.issued_at,
            _known_by(asked, crossing),
            crossing.sort != "none",
            touched,
            crossing.grounds + asked.origin.grounds,
            "exported from",
        )
    place, grounds = asked.place()
    is_at_home = asked.facts.form == "rough" and is_within(asked.origin.country, place)
    if is_at_home and not _is_under_way(asked):
        grounds += asked.origin.grounds
        yield _Export(
            place, asked.on, asked.on,
            is_certified=True, touched="yes", grounds=grounds, went="to leave",
        )  # fmt: skip


def _known_by(asked: Asked, crossing: Crossing) -> int:
    recorded = [
        ground.recorded_at_ms // 1000 for ground in crossing.grounds if ground.kind != CORRECTION
    ]
    if crossing.cleared_at is not None and crossing.cleared_at <= asked.as_of:
        recorded.append(crossing.cleared_at)
    return max(crossing.issued_at, min(recorded, default=crossing.issued_at))


def _is_under_way(asked: Asked) -> bool:
    """Tell whether the goods left where the book has them, and were not yet let in elsewhere."""
    return any(
        touched == "yes" and (crossing.sort == "none" or asked.standing(crossing) == "open")
        for crossing, touched in asked.crossings()
    )


def _judged(
    condition: UnderMeasure, asked: Asked, export: _Export, rows_of: Mapping[str, list[Row]]
) -> Found:
    is_home = is_within(asked.origin.country, export.country)
    country = asked.origin.country if is_home else export.country
    held, rows = _forbidden(condition, asked, export, rows_of.get(country, []))
    where = f"{export.went} {asked.where_mined if is_home else export.country}"
    words = f"{where} on {day(export.when)}"
    names = ", ".join(f"{row.key} ({row['what']})" for row in rows)
    used = tuple((condition.table, row) for row in rows)
    if held == "no":
        by = f" ({names})" if names else ""
        words = f"{words}: no measure of {condition.table} forbade it{by}"
        return Found("no", words, export.grounds, used)
    words = f"{words}, under {names}"
    decide = "what shows that the goods met the measure's conditions, or a closer zone or date"
    if export.touched == "unknown":
        words, decide = f"perhaps {words}", "evidence whether these goods went that way"
    both = all_of((held, export.touched))
    return Found(both, words, export.grounds, used, decide if both == "unknown" else "")


def _forbidden(
    condition: UnderMeasure, asked: Asked, export: _Export, rows: list[Row]
) -> tuple[Held, tuple[Row, ...]]:
    """Tell whether an export was forbidden, and the rows that bear on it."""
    is_home = is_within(asked.origin.country, export.country)
    zone = asked.origin.zone
    judged = list[tuple[Held, tuple[Row, ...]]]()
    for row in rows:
        of_row = _zone(row)
        if of_row and not is_home:
            continue
        held = all_of((_on(row, export), zone_match(of_row, zone)))
        what = row["what"]
        if what == ONLY_ZONES and what in condition.fails:
            if is_home:
                judged.append(_outside_zones(row, held, rows, zone, export.when))
        elif what == UNLESS_CERTIFIED and export.is_certified:
            judged.append(("no", (row,) if held == "yes" else ()))
        elif what in condition.fails:
            judged.append((held, (row,) if held != "no" else ()))
        elif what in condition.unclear and held != "no":
            judged.append(("unknown", (row,)))
    verdict = any_of(held for held, _rows in judged)
    deciding = {row.key: row for held, used in judged if held == verdict for row in used}
    return verdict, tuple(deciding[key] for key in sorted(deciding))


def _on(row: Row, export: _Export) -> Held:
    """Tell whether a row held; not on a day that was told only when it did."""
    held, begins = row.span.on(export.when), row.span.begins.earliest
    return "unknown" if held == "no" and export.when < begins <= export.known_by else held


def _outside_zones(
    row: Row, held: Held, rows: list[Row], zone: str, when: int
) -> tuple[Held, tuple[Row, ...]]:
    """Judge a measure that allows exports from compliant zones alone."""
    if held == "no":
        return "no", ()
    found = [
        (all_of((other.span.on(when), zone_match(other["zone"], zone))), other)
        for other in rows
        if other["what"] == ZONE
    ]
    is_compliant = any_of(held for held, _row in found)
    compliant = tuple(other for held, other in found if held == is_compliant and held != "no")
    return all_of((held, negation(is_compliant))), (row, *compliant)


def _zone(row: Row) -> str:
    """Return a row's zone; "" in a table without zones."""
    return dict(row.cells).get("zone", "")
