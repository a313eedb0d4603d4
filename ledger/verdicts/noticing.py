"""Findings that need reference tables or the time of asking, judged anew whenever somebody asks.

Findings from records alone are kept when a record is accepted (:mod:`ledger.rules.findings`). Those
here follow from the facts about goods, the tables and a moment; they have ids made the same way, so
a party can answer either by a Report. None is a refusal, and none says that anybody did wrong.

================================  ==========================================  ==================
finding                           raised by                                   about
================================  ==========================================  ==================
not-in-good-standing              a Certificate of, or to, a country that     the Certificate
                                  took no part or was under a measure
border-without-certificate        the Handoff or Receipt of rough             the same record
confirmation-missing              a Certificate that no Clearance answered    the Certificate
warranty-out-of-date              a warranty Statement with an older wording  the goods
impossible-travel                 the later of two records                    the same record
================================  ==========================================  ==================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ledger.limits import LIMITS
from ledger.rules.findings import finding_id
from ledger.values import Hash32
from ledger.verdicts.asked import day
from ledger.verdicts.facts import Crossing, Facts, Ground, Origin
from ledger.verdicts.measures import zone_match
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.spans import DAY_SECONDS, any_of
from ledger.verdicts.tables import Row
from ledger.verdicts.verdict import TableUsed

_EARTH_KILOMETRES: Final = 6371
_NO_EXPORTS: Final = "no-exports"


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding about goods, as of a moment.

    Attributes:
        finding_id: by which a Report answers it (``docs/spec/records.md``, "Findings").
        subject: what it is about: a record, or the goods.
        grounds: the records that show it; the first raised it.
        tables: the rows that it rests on.
        is_unconfirmed: one of them is from memory.

    """

    finding_id: Hash32
    name: str
    subject: Hash32
    evidence: str
    grounds: tuple[Ground, ...]
    tables: tuple[TableUsed, ...] = ()
    is_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where all the goods were at a moment."""

    country: str
    when: int
    ground: Ground


def noticed(facts: Facts, shelf: Shelf, as_of: int) -> tuple[Noticed, ...]:
    """Return what is to be noticed about goods, by what happened until ``as_of``."""
    found = dict[Hash32, Noticed]()
    for notice in _NOTICES:
        for one in notice(facts, shelf, as_of):
            found.setdefault(one.finding_id, one)
    return tuple(found.values())


def _noticed(
    name: str,
    evidence: str,
    grounds: tuple[Ground, ...],
    subject: Hash32 | None = None,
    tables: tuple[TableUsed, ...] = (),
) -> Noticed:
    about = subject or grounds[0].record_id
    found = finding_id(name, grounds[0].record_id, about)
    return Noticed(found, name, about, evidence, grounds, tables)


def _crossings(facts: Facts, as_of: int) -> Iterator[Crossing]:
    """Yield the crossings until a moment that rest on a record."""
    return (one for one in facts.crossings if one.issued_at <= as_of and one.grounds)


def _way(crossing: Crossing) -> str:
    return f"from {crossing.issuer} to {crossing.destination} on {day(crossing.issued_at)}"


def _without(facts: Facts, _shelf: Shelf, as_of: int) -> Iterator[Noticed]:
    for crossing in _crossings(facts, as_of):
        if crossing.sort == "none":
            evidence = f"rough went {_way(crossing)} without a certificate that is recorded here"
            yield _noticed("border-without-certificate", evidence, crossing.grounds)


def _unanswered(facts: Facts, _shelf: Shelf, as_of: int) -> Iterator[Noticed]:
    for crossing in _crossings(facts, as_of):
        is_closed = crossing.cleared_at is not None and crossing.cleared_at <= as_of
        waited = as_of - crossing.issued_at
        if crossing.sort != "certificate" or crossing.state == "void" or is_closed:
            continue
        if waited > LIMITS.confirmation_seconds:
            evidence = (
                f"certificate {crossing.number}, {_way(crossing)}: not confirmed by the "
                f"destination after {waited // DAY_SECONDS} days"
            )
            yield _noticed("confirmation-missing", evidence, crossing.grounds)


def _standing(facts: Facts, shelf: Shelf, as_of: int) -> Iterator[Noticed]:
    for crossing in _crossings(facts, as_of):
        if crossing.sort == "none":
            continue
        told, used = list[str](), list[tuple[str, Row]]()
        for country in (crossing.issuer, crossing.destination):
            if _is_outsider(shelf, country, crossing.issued_at):
                told.append(f"{country} was no participant")
        for row in _barred(facts, shelf, crossing):
            told.append(f"{row['country']} was under {row.key} ({row['what']})")
            used.append(("kp-measures", row))
        if told:
            evidence = f"certificate {crossing.number}, {_way(crossing)}: {'; '.join(told)}"
            tables = shelf.used(
                ("kp-measures", "kp-participants"), [(name, row.key) for name, row in used]
            )
            one = _noticed("not-in-good-standing", evidence, crossing.grounds, tables=tables)
            is_unconfirmed = not all(row.is_confirmed for _name, row in used)
            yield replace(one, is_unconfirmed=is_unconfirmed)


def _is_outsider(shelf: Shelf, country: str, when: int) -> bool:
    """Tell whether the table of participants, if there is one, leaves a country out for sure."""
    table = shelf.tables.get("kp-participants")
    if table is None or not table.rows:
        return False
    rows = [row for row in table.rows if row["country"] == country]
    return any_of(row.span.on(when) for row in rows) == "no"


def _barred(facts: Facts, shelf: Shelf, crossing: Crossing) -> Iterator[Row]:
    """Yield the measures that surely barred an export: on the country, or outside its zones."""
    table = shelf.tables.get("kp-measures")
    rows = [row for row in table.rows if row["country"] == crossing.issuer] if table else []
    origins = [one for one in facts.origins if one.key in crossing.may_concern]
    for row in rows:
        if row["zone"] or row.span.on(crossing.issued_at) != "yes":
            continue
        if row["what"] == _NO_EXPORTS:
            yield row
        elif row["what"] == "compliant-zones-only" and origins:
            outside = [_is_outside_zones(rows, one, crossing) for one in origins]
            if all(outside):
                yield row


def _is_outside_zones(rows: list[Row], origin: Origin, crossing: Crossing) -> bool:
    if origin.country != crossing.issuer or not origin.zone:
        return False
    return not any(
        zone_match(row["zone"], origin.zone) != "no"
        for row in rows
        if row["what"] == "compliant-zone" and row.span.on(crossing.issued_at) != "no"
    )


def _warranties(facts: Facts, shelf: Shelf, as_of: int) -> Iterator[Noticed]:
    table = shelf.tables.get("warranty-texts")
    for saying in facts.sayings:
        given = saying.ground.occurred_at
        if saying.operation != "warranty" or not saying.about_self or given > as_of or not table:
            continue
        rows = [
            row
            for row in table.rows
            if row["text_id"] == saying.text_id and row["form"] == saying.form
        ]
        if rows and any_of(row.span.on(given) for row in rows) == "no":
            evidence = f"the warranty {saying.text_id} of {day(given)} has an older wording"
            tables = shelf.used(("warranty-texts",), [(table.name, row.key) for row in rows])
            name = "warranty-out-of-date"
            one = _noticed(name, evidence, (saying.ground,), facts.parcel, tables)
            yield replace(one, is_unconfirmed=not all(row.is_confirmed for row in rows))


def _travels(facts: Facts, shelf: Shelf, as_of: int) -> Iterator[Noticed]:
    """Compare each place with the one before: whether the time between them is enough."""
    table = shelf.tables.get("places")
    rows = {row["country"]: row for row in table.rows} if table else {}
    places = sorted(
        (place for place in _places(facts) if place.when <= as_of and place.country in rows),
        key=lambda place: (place.when, place.ground.index, place.country),
    )
    for before, after in pairwise(places):
        first, second = rows[before.country], rows[after.country]
        kilometres = at_least_kilometres(first, second)
        seconds = after.when - before.when
        if kilometres * 3600 <= LIMITS.travel_kilometres_per_hour * seconds:
            continue
        evidence = (
            f"in {before.country} and, {seconds // 3600} hours later, in {after.country} on "
            f"{day(after.when)}: at least {kilometres} km"
        )
        tables = shelf.used(("places",), [("places", row.key) for row in (first, second)])
        one = _noticed("impossible-travel", evidence, (after.ground, before.ground), tables=tables)
        yield replace(one, is_unconfirmed=not (first.is_confirmed and second.is_confirmed))


def _places(facts: Facts) -> Iterator[_Place]:
    """Yield where all the goods were for certain."""
    everything = {origin.key for origin in facts.origins if origin.most}
    for stay in facts.stays:
        if everything <= stay.concerns and stay.grounds:
            yield _Place(stay.country, stay.since, stay.grounds[0])
            if stay.until is not None and stay.basis == "book":
                yield _Place(stay.country, stay.until, stay.grounds[-1])
    for crossing in facts.crossings:
        if everything <= crossing.concerns and crossing.grounds and crossing.state != "void":
            yield _Place(crossing.issuer, crossing.issued_at, crossing.grounds[0])


def at_least_kilometres(first: Row, second: Row) -> int:
    """Return how far apart two countries are at least, whatever the places within them."""
    if first["country"] == second["country"]:
        return 0
    reach = int(first["reach_kilometres"]) + int(second["reach_kilometres"])
    return max(0, _apart(first, second) - reach)


def _apart(first: Row, second: Row) -> int:
    """Return the great circle between two places, in whole kilometres."""
    one, other = _radians(first), _radians(second)
    half = math.sin((other[0] - one[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((other[1] - one[1]) / 2) ** 2
    return int(2 * _EARTH_KILOMETRES * math.asin(min(1.0, math.sqrt(half))))


def _radians(row: Row) -> tuple[float, float]:
    latitude, longitude = row["latitude_millidegrees"], row["longitude_millidegrees"]
    return math.radians(int(latitude) / 1000), math.radians(int(longitude) / 1000)


_NOTICES: Final[tuple[Callable[[Facts, Shelf, int], Iterator[Noticed]], ...]] = (
    _standing,
    _without,
    _unanswered,
    _warranties,
    _travels,
)

NAMES: Final = (
    "not-in-good-standing",
    "border-without-certificate",
    "confirmation-missing",
    "warranty-out-of-date",
    "impossible-travel",
)
"""The findings that are judged when asked, by name."""
