"""Whether an exemption of a rule holds for goods of one origin, and what says so.

An exemption that looks at a date before a cut-off asks for evidence: a record that stood in the
ledger before that date, or the later word of somebody whose role the definition trusts (an
authority). A date that a party declares afterwards is shown and leaves the question open.
Only what certainly concerns these goods carries an exemption; a suspect record carries none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.values import is_within
from ledger.verdicts import clauses
from ledger.verdicts.asked import CORRECTION, Asked, Found, day, paper
from ledger.verdicts.facts import Crossing, Ground
from ledger.verdicts.spans import Held, all_of, any_of


@dataclass(frozen=True, slots=True)
class _Seen:
    """Evidence of where goods were at a moment, and how far it goes."""

    moment: int
    held: Held
    words: str
    grounds: tuple[Ground, ...]


def exempted(exemption: clauses.Exemption, asked: Asked) -> Found:
    """Judge one exemption on the day whose rules are applied."""
    if asked.on < exemption.since or asked.on >= exemption.until:
        span = (
            f"from {day(exemption.since)}"
            if asked.on < exemption.since
            else (f"until {day(exemption.until)}")
        )
        return Found("no", f"{exemption.id} held {span}")
    found = _JUDGES[type(exemption)](exemption, asked)
    if found.held == "yes" and asked.on >= exemption.unknown_from:
        words = (
            f"{found.words}; {exemption.id} is known to hold until {day(exemption.unknown_from)}"
        )
        decide = f"whether {exemption.id} holds on {day(asked.on)}"
        return Found("unknown", words, found.grounds, (), decide)
    return found


def is_evidenced(
    grounds: tuple[Ground, ...], exemption: clauses.Outside | clauses.Exported, place: str = ""
) -> bool:
    """Tell whether one of the records stood before the cut-off, or is by a trusted role.

    A Correction evidences no day. Nobody of the country that goods must have left is believed
    afterwards that they had; and of a ``place``, if one is named, only who speaks for it.
    """
    return any(
        not ground.is_suspect
        and ground.kind != CORRECTION
        and (
            ground.recorded_at_ms < exemption.before * 1000
            or (
                ground.role in exemption.witnesses
                and not is_within(ground.country, exemption.country)
                and (not place or is_within(place, ground.country))
            )
        )
        for ground in grounds
    )


def _outside(exemption: clauses.Outside, asked: Asked) -> Found:
    country, before = exemption.country, exemption.before
    if asked.on < before:
        return _early(asked, before)
    ruled_out = _mined_after(asked, before) or _there_at(exemption, asked)
    if ruled_out:
        return ruled_out
    # The later they were seen elsewhere, the less can have brought them back since.
    latest = dict[Held, _Seen]()
    for seen in _elsewhere(exemption, asked):
        if seen.held not in latest or latest[seen.held].moment < seen.moment:
            latest[seen.held] = seen
    tried = [_not_back(exemption, asked, seen) for seen in latest.values()]
    held = any_of(one.held for one in tried)
    kept = [one for one in tried if one.held == held]
    if held == "yes" or kept:
        return kept[-1]
    decide = f"a record from before {day(before)}, or an authority's word, of where they were then"
    words = f"nothing says that they were outside {country} before {day(before)}"
    return Found("unknown", words, (), (), decide)


def _early(asked: Asked, before: int) -> Found:
    """Say that whatever is let in before the cut-off has left before it."""
    return Found("yes", f"let in on {day(asked.on)}, so they left before {day(before)}")


def _mined_after(asked: Asked, before: int) -> Found | None:
    if asked.origin.mined_from < before:
        return None
    words = f"mined on {day(asked.origin.mined_from)} at the earliest, not before {day(before)}"
    return Found("no", words, asked.origin.grounds)


def _there_at(exemption: clauses.Outside, asked: Asked) -> Found | None:
    """Say that the book has the goods inside over the cut-off, or (if that ends it) after it."""
    before = exemption.before
    for stay, touched in asked.stays():
        if (
            stay.basis != "book"
            or touched != "yes"
            or not is_within(stay.country, exemption.country)
        ):
            continue
        is_after = stay.until is None or stay.until >= before
        if is_after and (stay.since <= before or exemption.not_since):
            when = day(max(stay.since, before))
            return Found("no", f"still in {exemption.country} on {when}", stay.grounds)
    for crossing, touched in asked.crossings():
        is_out = is_within(crossing.issuer, exemption.country) and crossing.issued_at >= before
        went = all_of((touched, asked.happened(crossing)))
        if exemption.not_since and is_out and went == "yes":
            words = f"exported from {exemption.country} on {day(crossing.issued_at)}"
            return Found("no", words, crossing.grounds)
    inside = [made for made in asked.polished() if is_within(made[0], exemption.country)]
    late = [made for made in inside if made[1] >= before]
    if exemption.not_since and late and len(late) == len(asked.polished()):
        words = f"polished in {exemption.country} on {day(late[0][1])}"
        return Found("no", words, tuple(ground for _country, _when, ground in late))
    return None


def _elsewhere(exemption: clauses.Outside, asked: Asked) -> Iterator[_Seen]:
    """Yield all that places the goods outside before the cut-off."""
    country, before = exemption.country, exemption.before
    for stay, touched in asked.stays():
        if is_within(stay.country, country) or stay.since >= before:
            continue
        moment = stay.since if stay.until is None else min(stay.until, before - 1)
        told = f"in {stay.country} on {day(moment)}"
        if stay.basis == "statement":
            told = f"{_who(stay.grounds)} states: {told}"
        yield _seen(exemption, moment, touched, told, stay.grounds, stay.country)
    for crossing, touched in asked.crossings():
        is_abroad = not is_within(crossing.issuer, country) and crossing.sort != "none"
        if is_abroad and crossing.issued_at < before:
            told = f"left {crossing.issuer} on {day(crossing.issued_at)}"
            is_sound = asked.standing(crossing) not in ("void", "refused")
            sure = touched if is_sound else "unknown"
            yield _seen(exemption, crossing.issued_at, sure, told, crossing.grounds)
    made = asked.polished()
    if asked.facts.form != "rough" and made:
        last = max(when for _country, when, _ground in made)
        if last < before and not any(is_within(where, country) for where, _when, _ground in made):
            places = ", ".join(sorted({where for where, _when, _ground in made}))
            grounds = tuple(ground for _country, _when, ground in made)
            sound = all(is_evidenced((ground,), exemption) for ground in grounds)
            told = f"polished in {places} on {day(last)}"
            late = "" if sound else ", recorded afterwards or suspect"
            yield _Seen(last, "yes" if sound else "unknown", told + late, grounds)


def _seen(
    exemption: clauses.Outside,
    moment: int,
    touched: Held,
    told: str,
    grounds: tuple[Ground, ...],
    place: str = "",
) -> _Seen:
    if touched == "unknown":
        return _Seen(moment, "unknown", f"perhaps {told}", grounds)
    if not is_evidenced(grounds, exemption, place):
        return _Seen(moment, "unknown", f"{told}, declared afterwards or suspect", grounds)
    return _Seen(moment, "yes", told, grounds)


def _who(grounds: tuple[Ground, ...]) -> str:
    return f"{grounds[0].role or 'a party'} ({grounds[0].country})" if grounds else "a party"


def _not_back(exemption: clauses.Outside, asked: Asked, seen: _Seen) -> Found:
    """Weigh evidence of being outside against what places the goods inside afterwards."""
    end = asked.as_of if exemption.not_since else exemption.before
    back = list[tuple[str, tuple[Ground, ...]]]()
    for stay, _touched in asked.stays():
        is_inside = is_within(stay.country, exemption.country)
        if is_inside and stay.since <= end and (stay.until is None or stay.until > seen.moment):
            back.append((f"in {stay.country} on {day(max(stay.since, seen.moment))}", stay.grounds))
    for crossing, _touched in asked.crossings():
        if (
            is_within(crossing.issuer, exemption.country)
            and seen.moment < crossing.issued_at <= end
        ):
            back.append((f"left {crossing.issuer} on {day(crossing.issued_at)}", crossing.grounds))
        elif _led_in(exemption.country, asked, crossing) and (
            seen.moment < crossing.issued_at <= end
        ):
            on = day(crossing.issued_at)
            back.append((f"sent to {crossing.destination} on {on}", crossing.grounds))
    for country, when, ground in asked.polished():
        if is_within(country, exemption.country) and seen.moment < when <= end:
            back.append((f"polished in {country} on {day(when)}", (ground,)))
    words = f"{seen.words}, before {day(exemption.before)}"
    if back:
        words = f"{words}; but perhaps {back[0][0]}"
        decide = "records of the whole way that these goods took"
        return Found("unknown", words, seen.grounds + back[0][1], (), decide)
    decide = (
        f"a record from before {day(exemption.before)}, or an authority's word, of where they were"
    )
    return Found(seen.held, words, seen.grounds, (), decide if seen.held == "unknown" else "")


def _exported(exemption: clauses.Exported, asked: Asked) -> Found:
    country, before = exemption.country, exemption.before
    if asked.on < before:
        return _early(asked, before)
    ruled_out = _mined_after(asked, before)
    if ruled_out:
        return ruled_out
    exits = [
        (crossing, touched)
        for crossing, touched in asked.crossings()
        if is_within(crossing.issuer, country)
        and crossing.sort != "none"
        and asked.standing(crossing) not in ("void", "refused")
    ]
    early = list[tuple[Held, str, tuple[Ground, ...]]]()
    for crossing, touched in exits:
        cleared = crossing.cleared_at
        if crossing.issued_at >= before:
            continue
        is_shown = cleared is not None and cleared < before and cleared <= asked.as_of
        sure = is_shown and is_evidenced(_of_clearing(crossing), exemption)
        words = (
            f"exported from {country} under {paper(crossing)}, issued on {day(crossing.issued_at)}"
        )
        words += f", cleared on {day(cleared)}" if cleared is not None else ", not cleared"
        early.append((all_of((touched, "yes" if sure else "unknown")), words, crossing.grounds))
    late = [
        (touched, crossing)
        for crossing, touched in exits
        if crossing.issued_at >= before and asked.happened(crossing) != "no"
    ]
    ended = [crossing.cleared_at for crossing, _touched in exits if crossing.issued_at < before]
    last = max((when for when in ended if when is not None and when < before), default=None)
    returned = _again_in(country, asked, last) if last is not None else None
    if returned is not None:
        held, words, grounds = returned
        if held == "yes":
            return Found("no", f"{words}, after they had been exported", grounds)
        early = [
            (all_of((one[0], "unknown")), f"{one[1]}; but perhaps {words}", one[2] + grounds)
            for one in early
        ]
    return _weighed(exemption, asked, early, late)


def _of_clearing(crossing: Crossing) -> tuple[Ground, ...]:
    """Return what says when goods were let in; the certificate alone does not."""
    clearing = tuple(ground for ground in crossing.grounds if ground.kind == "Clearance")
    return clearing or crossing.grounds


def _led_in(country: str, asked: Asked, crossing: Crossing) -> bool:
    """Tell whether goods may have gone into a country that way."""
    is_inward = is_within(crossing.destination, country) and not is_within(crossing.issuer, country)
    is_unused = asked.standing(crossing) in ("void", "refused") or asked.happened(crossing) == "no"
    return is_inward and not is_unused


def _again_in(
    country: str, asked: Asked, since: int
) -> tuple[Held, str, tuple[Ground, ...]] | None:
    """Tell whether goods that were exported were, or may have been, in the country again."""
    found = list[tuple[Held, str, tuple[Ground, ...]]]()
    for stay, touched in asked.stays():
        if is_within(stay.country, country) and (stay.until is None or stay.until > since):
            when = day(max(stay.since, since))
            sure = touched if stay.basis == "book" and stay.since > since else "unknown"
            found.append((sure, f"again in {stay.country} on {when}", stay.grounds))
    for crossing, _touched in asked.crossings():
        if _led_in(country, asked, crossing) and crossing.issued_at > since:
            words = f"sent to {crossing.destination} on {day(crossing.issued_at)}"
            found.append(("unknown", words, crossing.grounds))
    made = asked.polished()
    inside = [one for one in made if is_within(one[0], country) and one[1] > since]
    if inside:
        sure = "yes" if len(inside) == len(made) else "unknown"
        words = f"polished in {inside[0][0]} on {day(inside[0][1])}"
        found.append((sure, words, tuple(ground for _country, _when, ground in inside)))
    return min(found, key=lambda one: one[0] != "yes") if found else None


def _weighed(
    exemption: clauses.Exported,
    asked: Asked,
    early: list[tuple[Held, str, tuple[Ground, ...]]],
    late: list[tuple[Held, Any]],
) -> Found:
    country, before = exemption.country, exemption.before
    decide = f"a certificate or clearance out of {country} from before {day(before)}"
    held = any_of(one[0] for one in early)
    if held == "yes" and not late:
        _held, words, grounds = next(one for one in early if one[0] == "yes")
        return Found("yes", words, grounds)
    if early:
        words, grounds = early[0][1:]
        if late:
            words += f"; and exported again on {day(late[0][1].issued_at)}"
        return Found("unknown", words, grounds, (), decide)
    for touched, crossing in late:
        if touched == asked.happened(crossing) == "yes":
            words = (
                f"exported from {country} on {day(crossing.issued_at)}, not before {day(before)}"
            )
            return Found("no", words, crossing.grounds)
    for stay, touched in asked.stays():
        is_home = is_within(stay.country, country) and stay.basis == "book" and touched == "yes"
        if is_home and stay.since <= before and (stay.until is None or stay.until >= before):
            return Found("no", f"still in {country} on {day(before)}", stay.grounds)
    words = f"no export from {country} before {day(before)} is recorded"
    elsewhere = [
        stay
        for stay, _touched in asked.stays()
        if not is_within(stay.country, country) and stay.since < before
    ]
    if elsewhere:
        place = f"in {elsewhere[0].country} on {day(elsewhere[0].since)}"
        words = f"{place}, which does not show that they were exported from {country}"
    grounds = elsewhere[0].grounds if elsewhere else ()
    return Found("unknown", words, grounds, (), decide)


def _said(exemption: clauses.Said, asked: Asked) -> Found:
    area = asked.definition.jurisdiction
    for saying in reversed(asked.sayings(exemption.operations, of_ancestors=True)):
        by = saying.ground
        if by.role in exemption.roles and is_within(by.country, area) and not by.is_suspect:
            words = (
                f"{by.role} ({by.country}) said so ({saying.operation}) on {day(by.occurred_at)}"
            )
            return Found("yes", words, (by,))
    return Found("no", f"no {' or '.join(exemption.operations)} Statement for {exemption.id}")


def _analysed(exemption: clauses.Analysed, asked: Asked) -> Found:
    mined = asked.origin.country
    said = [
        saying
        for saying in asked.sayings(("origin",), of_ancestors=True)
        if saying.ground.role in exemption.roles
        and saying.countries
        and not saying.ground.is_suspect
        and not saying.is_contradicted
    ]
    is_certain = asked.origin.least or dict(asked.facts.least_by_country).get(mined, 0)
    if is_certain or not said:
        return Found("no", "")
    last = said[-1]
    if not any(one.most and one.country in last.countries for one in asked.facts.origins):
        return Found("no", "the origin analysis names none of the possible origins", (last.ground,))
    words = (
        f"an origin analysis by {last.ground.role} ({last.ground.country}) of "
        f"{day(last.ground.occurred_at)} holds {', '.join(last.countries)} possible"
    )
    including = [saying for saying in said if mined in saying.countries]
    if not including:
        return Found("yes", words, (last.ground,))
    held: Held = "no" if len(including) == len(said) else "unknown"
    return Found(held, words, (last.ground,), (), "one origin analysis that the others agree with")


_JUDGES: Final[Mapping[type, Callable[[Any, Asked], Found]]] = {
    clauses.Outside: _outside,
    clauses.Exported: _exported,
    clauses.Said: _said,
    clauses.Analysed: _analysed,
}
