"""Whether rough crossed borders as certificates ask: with one, sound, between participants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ledger.values import is_within
from ledger.verdicts.asked import Asked, Found, day, paper, several
from ledger.verdicts.clauses import CrossedUnder, CrossedWithout, NonParticipant, PlainMixed
from ledger.verdicts.facts import Crossing
from ledger.verdicts.spans import Held, all_of, any_of, negation
from ledger.verdicts.tables import Row

PARTICIPANTS = "kp-participants"


def _way(crossing: Crossing) -> str:
    way = f"from {crossing.issuer} to {crossing.destination} on {day(crossing.issued_at)}"
    return f"{way} under {crossing.number}" if crossing.number else way


def _judged(
    crossings: Iterable[tuple[Crossing, Held, Held, str, tuple[Row, ...]]],
    otherwise: str,
    otherwise_decide: str = "a closer date",
) -> Found:
    """Return whether any crossing is at fault: (crossing, did it, is it at fault, words, rows)."""
    judged = list(crossings)
    held = any_of(all_of((touched, fault)) for _c, touched, fault, _words, _rows in judged)
    if held == "no":
        grounds = tuple(ground for crossing, *_rest in judged for ground in crossing.grounds)
        used = {row.key: (PARTICIPANTS, row) for *_rest, rows in judged for row in rows}
        return Found("no", otherwise, tuple(dict.fromkeys(grounds)), tuple(used.values()))
    kept = [one for one in judged if all_of((one[1], one[2])) == held]
    words, decide = [one[3] for one in kept], ""
    if held == "unknown":
        is_way_unsure = any(one[1] == "unknown" and one[2] == "yes" for one in kept)
        decide = "evidence whether these goods went that way" if is_way_unsure else otherwise_decide
    used = {row.key: (PARTICIPANTS, row) for *_rest, rows in kept for row in rows}
    return Found(
        held,
        ("perhaps " if held == "unknown" else "") + several(words),
        tuple(dict.fromkeys(ground for one in kept for ground in one[0].grounds)),
        tuple(used.values()),
        decide,
    )


def crossed_without(_condition: CrossedWithout, asked: Asked) -> Found:
    """Judge crossings without a certificate, and goods that are abroad by no recorded way.

    That none is recorded here does not show that there was none on paper: this is never a yes.
    """
    judged: list[tuple[Crossing, Held, Held, str, tuple[Row, ...]]] = [
        (
            crossing,
            touched,
            "yes" if crossing.sort == "none" else "no",
            f"went {_way(crossing)} without a certificate that is recorded here",
            (),
        )
        for crossing, touched in asked.ruled_crossings(unless_returned=False)
    ]
    found = _judged(judged, _all_certified(one[0] for one in judged))
    if found.held == "unknown":
        decide = "the certificate that they went under, or the Clearance that saw it"
        return replace(found, would_decide=decide)
    return found if found.held != "no" else _unrecorded(asked) or found


def _all_certified(crossings: Iterable[Crossing]) -> str:
    ways = several(_way(crossing) for crossing in crossings)
    if not ways:
        return "no border crossing of these goods as rough is recorded"
    return f"each recorded border crossing of the rough had a certificate: {ways}"


def _unrecorded(asked: Asked) -> Found | None:
    """Say that goods left home as rough in a way that the records do not show."""
    home = asked.origin.country
    if any(
        is_within(home, crossing.issuer) and asked.happened(crossing) != "no"
        for crossing, _touched in asked.crossings()
    ):
        return None
    place, grounds = asked.place()
    away = {crossing.issuer for crossing, _touched in asked.crossings()}
    polished = asked.polished()
    if asked.facts.form == "rough":
        away.add(place)
    elif polished:
        away |= {country for country, _when, _ground in polished}
        grounds = tuple(ground for _country, _when, ground in polished)
    else:
        away.add(place)
    abroad = sorted(country for country in away if not is_within(home, country))
    if not abroad:
        return None
    words = f"in {', '.join(abroad)}; how the rough left {home} is not recorded"
    return Found("unknown", words, grounds, (), f"the certificate under which it left {home}")


def non_participant(condition: NonParticipant, asked: Asked) -> Found:
    """Judge the countries at both ends of each crossing, by the day of its certificate."""
    rows = asked.shelf.tables[PARTICIPANTS].rows
    if not rows:
        words = f"the table {PARTICIPANTS} has no rows"
        return Found("unknown", words, would_decide="a table of participants")
    rows_of = dict[str, list[Row]]()
    for row in rows:
        rows_of.setdefault(row["country"], []).append(row)
    judged = list[tuple[Crossing, Held, Held, str, tuple[Row, ...]]]()
    for crossing, touched in asked.ruled_crossings(unless_returned=condition.unless_returned):
        for country in (crossing.issuer, crossing.destination):
            used = tuple(
                row for row in rows_of.get(country, ()) if row.span.on(crossing.issued_at) != "no"
            )
            takes_part = any_of(row.span.on(crossing.issued_at) for row in used)
            words = f"crossed {_way(crossing)}, when {country} was no participant"
            judged.append((crossing, touched, negation(takes_part), words, used))
    return _judged(judged, "each recorded border crossing was between participants")


def crossed_under(condition: CrossedUnder, asked: Asked) -> Found:
    """Judge the state of the certificate of each crossing."""
    crossings = asked.ruled_crossings(unless_returned=condition.unless_returned)
    judged = list[tuple[Crossing, Held, Held, str, tuple[Row, ...]]]()
    for crossing, touched in crossings:
        fault = next((name for name in condition.faults if _has(asked, crossing, name)), "")
        at_fault: Held = "yes" if fault else "no"
        if fault == "reused":
            # The paper shown before names no parcels: it may be the forged one, or this very one.
            fault, at_fault = "issued after its number had been shown on paper", "unknown"
        elif not fault and "expired" in condition.faults and crossing.is_prolonged:
            fault, at_fault = "prolonged after its last second", "unknown"
        words = f"crossed {_way(crossing)}: {paper(crossing)} was {fault}"
        judged.append((crossing, touched, at_fault, words, ()))
    decide = "the certificate itself, or its authority's word"
    return _judged(judged, "no certificate of these goods was at fault", decide)


def _has(asked: Asked, crossing: Crossing, fault: str) -> bool:
    if crossing.sort == "none":
        return False
    if fault == "reused":
        return crossing.is_reused
    if fault == "expired" and crossing.cleared_at is not None and crossing.expires_at:
        return crossing.expires_at < crossing.cleared_at <= asked.as_of
    return asked.standing(crossing) == fault


def _arrived(asked: Asked, crossing: Crossing) -> int:
    """Return when goods were let in; if that is still to come, the day that is judged."""
    cleared = crossing.cleared_at
    return cleared if cleared is not None and cleared <= asked.as_of else asked.on


def plain_mixed(_condition: PlainMixed, asked: Asked) -> Found:
    """Judge whether each certificate into the jurisdiction names every country of origin."""
    area = asked.definition.jurisdiction
    inward = [
        (crossing, touched)
        for crossing, touched in asked.crossings()
        if crossing.sort != "none"  # where no paper is recorded, none says that they are mixed
        and is_within(crossing.destination, area)
        and not is_within(crossing.issuer, area)
        and asked.standing(crossing) not in ("void", "refused", "expired")
        and _arrived(asked, crossing) >= asked.rule.since
    ]
    countries = sorted({origin.country for origin in asked.facts.origins if origin.most})
    if not inward:
        if len(countries) < 2:
            return Found("no", "of one country of origin", asked.origin.grounds)
        words = f"mixed of {', '.join(countries)}; no certificate into {area} is recorded"
        decide = "a certificate that names every country of origin"
        return Found("unknown", words, would_decide=decide)
    mined = asked.origin.country
    judged = list[tuple[Crossing, Held, Held, str, tuple[Row, ...]]]()
    for crossing, touched in inward:
        named = crossing.named_origins
        words = f"came {_way(crossing)}, which says only that they are mixed"
        if named:
            words = f"came {_way(crossing)}, which names {', '.join(named)} and not {mined}"
        judged.append((crossing, touched, "no" if mined in named else "yes", words, ()))
    return _judged(judged, f"each certificate into {area} names {mined}")
