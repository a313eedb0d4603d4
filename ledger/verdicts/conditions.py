"""Whether a condition of a rule holds for goods of one origin: yes, no or unknown, and why.

``no`` is said only where the records speak, or where the definition reads the absence of a row or
of a crossing as a no; whether the whole ancestry was followed, and whether a record is suspect, is
weighed by :mod:`ledger.verdicts.judging`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.values import is_within
from ledger.verdicts import clauses
from ledger.verdicts.asked import CORRECTION, Asked, Found, day, is_told_late, paper, several
from ledger.verdicts.borders import crossed_under, crossed_without, non_participant, plain_mixed
from ledger.verdicts.facts import Ground, Stay
from ledger.verdicts.measures import under_measure, zone_match
from ledger.verdicts.spans import AFTER_ALL, Held, all_of, any_of
from ledger.verdicts.tables import Row


def found(condition: clauses.Condition, asked: Asked) -> Found:
    """Judge one condition."""
    missing = [name for name in condition.tables if name not in asked.shelf.tables]
    if missing:
        return Found(
            "unknown",
            f"the table {missing[0]} is not at hand",
            would_decide=f"the table {missing[0]}",
        )
    return _JUDGES[type(condition)](condition, asked)


def any_found(all_found: Iterable[Found]) -> Found:
    """Return what holds if any of them is enough: those that decide, in one."""
    kept = list(all_found)
    held = any_of(one.held for one in kept)
    if held != "no":
        kept = [one for one in kept if one.held == held]
    return Found(
        held,
        several(one.words for one in kept),
        tuple(dict.fromkeys(ground for one in kept for ground in one.grounds)),
        tuple({(name, row.key): (name, row) for one in kept for name, row in one.rows}.values()),
        "; or ".join(dict.fromkeys(one.would_decide for one in kept if one.would_decide)),
    )


def _listed(countries: tuple[str, ...]) -> str:
    return ", ".join(countries)


def _mined_in(condition: clauses.MinedIn, asked: Asked) -> Found:
    origin = asked.origin
    if origin.country in condition.countries:
        return Found("yes", f"mined in {asked.where_mined}", origin.grounds)
    return _contradicted(condition.countries, asked) or Found(
        "no", f"mined in {asked.where_mined}, not in {_listed(condition.countries)}", origin.grounds
    )


def _contradicted(countries: tuple[str, ...], asked: Asked) -> Found | None:
    """Say that an analysis or a certificate names another origin than the records do."""
    mined = asked.origin.country
    for saying in asked.sayings(("origin",), of_ancestors=True):
        if (
            saying.countries
            and mined not in saying.countries
            and _meet(saying.countries, countries)
        ):
            by = (
                f"{saying.ground.role} for {saying.ground.country}" if saying.ground.role else "one"
            )
            words = (
                f"registered as mined in {asked.where_mined}, but an origin analysis ({by}, "
                f"{day(saying.ground.occurred_at)}) holds {_listed(saying.countries)} possible"
            )
            return _unsettled(words, saying.ground)
    for crossing, _touched in asked.crossings():
        named = crossing.named_origins
        if named and mined not in named and _meet(named, countries):
            words = (
                f"registered as mined in {asked.where_mined}, but {paper(crossing)} "
                f"names {_listed(named)}"
            )
            return _unsettled(words, *crossing.grounds)
    return None


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return not set(some).isdisjoint(others)


def _unsettled(words: str, *grounds: Ground) -> Found:
    return Found(
        "unknown", words, grounds, (), "a Correction or an answer that settles which is right"
    )


def _originates_in(condition: clauses.OriginatesIn, asked: Asked) -> Found:
    facts, listed = asked.facts, _listed(condition.countries)
    if facts.form == "rough":
        return _mined_in(clauses.MinedIn(condition.countries), asked)
    if facts.form == "piece":
        return Found("no", f"nothing says that the piece was made in {listed}")
    places = asked.polished()
    grounds = tuple(ground for _country, _when, ground in places)
    within = {country in condition.countries for country, _when, _ground in places}
    where = _listed(tuple(sorted({country for country, _when, _ground in places})))
    if within == {True}:
        return Found("yes", f"polished in {where}", grounds)
    if within == {False}:
        return Found("no", f"polished in {where}, which made them goods of that country", grounds)
    if not within:
        where = "an unrecorded place"
    return Found(
        "unknown", f"polished in {where}", grounds, (), "a record of where each stone was polished"
    )


def _passed_through(condition: clauses.PassedThrough, asked: Asked) -> Found:
    """Only what these very goods did counts: polishing elsewhere makes goods of another country."""
    begun, settled = _being_these(asked)
    held = [
        found
        for country in condition.countries
        for found in (
            *_exports_from(country, asked, begun, settled),
            *_stays_in(country, asked, begun, settled),
        )
    ]
    if all(one.held == "no" for one in held):
        where = _listed(condition.countries)
        return Found("no", f"no record of these goods in {where} since {day(begun)}")
    best = any_found(held)
    decide = "records of the way these goods took" if best.held == "unknown" else ""
    return Found(best.held, best.words, best.grounds, (), decide)


def _exports_from(country: str, asked: Asked, begun: int, settled: int) -> Iterator[Found]:
    for crossing, touched in asked.crossings():
        when, words = crossing.issued_at, f"exported from {country} on {day(crossing.issued_at)}"
        if not is_within(crossing.issuer, country):
            continue
        if begun == asked.rule.since and is_told_late(crossing.grounds, when, begun):
            yield Found(_maybe(touched), f"{words}, as was said afterwards", crossing.grounds)
        elif when >= begun:
            went = all_of((touched, asked.happened(crossing), _sure(when >= settled)))
            yield Found(went, words, crossing.grounds)


def _stays_in(country: str, asked: Asked, begun: int, settled: int) -> Iterator[Found]:
    for stay, touched in asked.stays():
        if not is_within(stay.country, country):
            continue
        if begun == asked.rule.since and _left_later(asked, stay, country, begun):
            words = f"that they left {country} before {day(begun)} was said afterwards"
            yield Found(_maybe(touched), words, stay.grounds)
        elif stay.until is None or stay.until >= begun:
            is_sure = stay.basis == "book" and (stay.until is None or stay.until >= settled)
            words = f"in {country} on {day(max(stay.since, begun))}"
            yield Found(all_of((touched, _sure(is_sure))), words, stay.grounds)


def _left_later(asked: Asked, stay: Stay, country: str, before: int) -> bool:
    """Tell whether a stay that ended before a date may have lasted longer.

    It may if nothing that puts the goods elsewhere afterwards stood in the ledger by then, or is
    the word of an authority elsewhere. Somebody's statement that they were there counts alone.
    """
    until = stay.until
    if until is None or until >= before or any(one.kind == "Statement" for one in stay.grounds):
        return False
    later = [one.grounds for one, _touched in asked.stays()
             if one.since >= until and not is_within(one.country, country)]  # fmt: skip
    later += [one.grounds for one, _touched in asked.crossings() if one.issued_at >= until]
    later += [(ground,) for _country, when, ground in asked.polished() if when >= until]
    return not any(
        ground.kind != CORRECTION
        and (
            ground.recorded_at_ms < before * 1000
            or (ground.role == "authority" and not is_within(ground.country, country))
        )
        for grounds in later
        for ground in grounds
    )


def _maybe(touched: Held) -> Held:
    return all_of((touched, "unknown"))


def _being_these(asked: Asked) -> tuple[int, int]:
    """Return since when what happened may have, and since when it surely has, befallen these goods.

    Before a stone was polished it was rough. Of stones that were polished at different times nobody
    knows which was polished when.
    """
    begun, facts = asked.rule.since, asked.facts
    polished = [when for _country, when, _ground in asked.polished()]
    if facts.form == "piece":
        made_at = max(begun, facts.made_at) if facts.made_at is not None else begun
        return made_at, made_at if facts.made_at is not None else AFTER_ALL
    if facts.form == "rough" or not polished:
        return begun, begun
    return max(begun, *polished[:1]), max(begun, *polished[-1:])


def _sure(is_sure: bool) -> Held:  # noqa: FBT001 - its only argument
    return "yes" if is_sure else "unknown"


def _armed(condition: clauses.Armed, asked: Asked) -> Found:
    origin, table = asked.origin, "armed-determinations"
    mined = (
        f"mined in {asked.where_mined} between {day(origin.mined_from)} and {day(origin.mined_to)}"
    )
    hits = list[Found]()
    for row in asked.shelf.tables[table].rows:
        if row["country"] != origin.country or row["actor"] not in condition.actors:
            continue
        of_all: Held = "yes" if row["scope"] == "all" else "unknown"
        held = all_of(
            (
                _while_mined(row, asked),
                zone_match(row["zone"], origin.zone),
                of_all,
            )
        )
        words = f"{mined}; {row['body']} ({row['instrument']}): {row['actor']}"
        decide = "a closer date or zone of mining"
        if of_all == "unknown":
            words, decide = f"{words}, of some goods there", "evidence whose goods these were"
        hits.append(Found(held, words, origin.grounds, ((table, row),), decide))
    if any(hit.held != "no" for hit in hits):
        return any_found(hits)
    return Found("no", f"{mined}: no determination recorded for it in {table}", origin.grounds)


def _while_mined(row: Row, asked: Asked) -> Held:
    """Tell whether a row held while they were mined.

    That they were mined before it began is shown by a record that stood by then, or by the
    authority that let them in by then; what the miner says afterwards leaves it open.
    """
    origin, begins = asked.origin, row.span.begins.earliest
    held = row.span.throughout(origin.mined_from, origin.mined_to)
    if held != "no" or origin.mined_to >= begins:
        return held
    told = [one.recorded_at_ms // 1000 for one in origin.grounds if one.kind != CORRECTION]
    is_shown = max(told, default=origin.mined_to) < begins or any(
        touched == "yes" and crossing.cleared_at is not None and crossing.cleared_at < begins
        for crossing, touched in asked.crossings()
    )
    return "no" if is_shown else "unknown"


def _lacks_saying(condition: clauses.LacksSaying, asked: Asked) -> Found:
    said = asked.sayings(condition.operations, of_ancestors=True)
    wanted = " or ".join(condition.operations)
    sound = [
        saying
        for saying in said
        if not saying.ground.is_suspect and saying.form == asked.facts.form
    ]
    if sound:
        last = sound[-1]
        words = f"a Statement ({last.operation}) of {day(last.ground.occurred_at)} is recorded"
        return Found("no", words, (last.ground,))
    return Found(
        "unknown", f"no Statement ({wanted}) is recorded", would_decide=f"a Statement ({wanted})"
    )


def _warranty(_condition: clauses.Warranty, asked: Asked) -> Found:
    said = asked.sayings(("warranty",))
    if not said:
        words = "no warranty of these goods is recorded"
        return Found("unknown", words, would_decide="a warranty statement of these goods")
    last, table = said[-1], "warranty-texts"
    given = last.ground.occurred_at
    rows = [
        row
        for row in asked.shelf.tables[table].rows
        if row["text_id"] == last.text_id and row["form"] == asked.facts.form
    ]
    valid: Held = any_of(row.span.on(given) for row in rows) if rows else "unknown"
    words = f"the warranty {last.text_id}, given on {day(given)} for {asked.facts.form} goods, "
    used = tuple((table, row) for row in rows)
    if valid == "unknown":
        return Found(
            "unknown", f"{words}may be out of date", (last.ground,), used, "a later warranty"
        )
    word, held = ("was in force then", "no") if valid == "yes" else ("was out of date then", "yes")
    return Found("no" if held == "no" else "yes", words + word, (last.ground,), used)


_JUDGES: Final[Mapping[type, Callable[[Any, Asked], Found]]] = {
    clauses.MinedIn: _mined_in,
    clauses.OriginatesIn: _originates_in,
    clauses.PassedThrough: _passed_through,
    clauses.UnderMeasure: under_measure,
    clauses.Armed: _armed,
    clauses.CrossedWithout: crossed_without,
    clauses.NonParticipant: non_participant,
    clauses.CrossedUnder: crossed_under,
    clauses.PlainMixed: plain_mixed,
    clauses.LacksSaying: _lacks_saying,
    clauses.Warranty: _warranty,
}
