"""Judging goods by a definition: each rule for each possible origin, then all of them together.

The meaning is written in ``docs/spec/verdicts.md``. In short: a rule forbids goods in its time and
scope if one of its conditions holds and no exemption does; each of these is yes, no or unknown.
Goods *fail* if a part that is certainly there fails, or if whatever they are they fail. They *pass*
if they pass whatever they are, the whole ancestry was followed, and no suspect record was needed.
In every other case one *cannot tell*. A pure function of its arguments.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.limits import LIMITS
from ledger.values import is_within
from ledger.verdicts.asked import Asked, day, in_order, told_of
from ledger.verdicts.definitions import Definition
from ledger.verdicts.facts import Facts, Origin
from ledger.verdicts.ruling import Judged, log_order, ruled
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.verdict import Reason, Value, Verdict

NOT_IN_FORCE = "in-force"
ANCESTRY = "ancestry"


def judge(facts: Facts, definition: Definition, shelf: Shelf, as_of: int, size: int = 0) -> Verdict:
    """Judge goods by a definition as of a moment.

    Args:
        facts: what is known of the goods, from the first ``size`` entries.
        definition: what they are judged by.
        shelf: the tables.
        as_of: seconds; nothing that happened later counts, and an import is judged for this day.
        size: told in the verdict.

    """
    if definition.is_adopted and not definition.since <= as_of < definition.until:
        value, judged = _not_in_force(definition, as_of)
    else:
        value, judged = _of_goods(facts, definition, shelf, as_of)
    reasons = _merged(judged)
    return Verdict(
        definition=definition.id,
        sha256=definition.sha256,
        is_adopted=definition.sha256 in shelf.adopted,
        parcel=facts.parcel,
        as_of=as_of,
        size=size,
        value=value,
        deciding=_deciding(value, judged),
        reasons=reasons,
    )


def _not_in_force(definition: Definition, as_of: int) -> tuple[Value, list[Judged]]:
    """Say what a definition says outside its time.

    What forbids goods forbids nothing then: pass. What calls goods conforming calls nothing so.
    """
    value: Value = "pass" if definition.sort in ("import", "embargo") else "cannot tell"
    span = (
        f"in force from {day(definition.since)}"
        if as_of < definition.since
        else f"in force until {day(definition.until)}"
    )
    words = f"{definition.title} is {span}: on {day(as_of)} it says nothing."
    source = "; ".join(definition.sources)
    decide = "a day on which it is in force" if value == "cannot tell" else ""
    reason = Reason(f"{definition.id}.{NOT_IN_FORCE}", value, words, source, would_decide=decide)
    return value, [Judged(reason, is_applied=True)]


def _of_goods(
    facts: Facts, definition: Definition, shelf: Shelf, as_of: int
) -> tuple[Value, list[Judged]]:
    """Judge goods, and the parts of a piece with them."""
    value, judged = _of_one(facts, definition, shelf, as_of)
    if facts.form != "piece" or not definition.judges_parts:
        return value, judged
    values = {value}
    for part in sorted(facts.parts, key=lambda part: part.parcel):
        of_part, reasons = _of_one(part, definition, shelf, as_of)
        values.add(of_part)
        judged += [replace(one, reason=replace(one.reason, parcel=part.parcel)) for one in reasons]
    return _worst(values), judged


def _worst(values: set[Value]) -> Value:
    return "fail" if "fail" in values else "cannot tell" if "cannot tell" in values else "pass"


def _of_one(
    facts: Facts, definition: Definition, shelf: Shelf, as_of: int
) -> tuple[Value, list[Judged]]:
    """Judge one parcel, or a piece without its parts."""
    facts = in_order(facts)
    origins = _origins(facts)
    by_origin = [
        (
            origin,
            [
                ruled(Asked(facts, origin, told, definition, rule, shelf, on, as_of))
                for rule in definition.rules
            ],
        )
        for origin in origins
        for on in (_imported(facts, origin, definition, as_of),)
        for told in (told_of(facts, origin, as_of),)
    ]
    value = _together(facts, by_origin)
    judged = [one for _origin, reasons in by_origin for one in reasons]
    gap = _gap(facts, definition)
    if gap and value != "fail":
        return "cannot tell", [*judged, gap]
    return value, judged


def _origins(facts: Facts) -> list[Origin]:
    """Return what the goods may be, ascending; of a piece itself, only where it is."""
    possible = [origin for origin in facts.origins if origin.most > 0]
    if facts.form == "piece":
        weight = facts.weight_millicarats
        return [
            Origin(facts.country, None, "", facts.made_at or 0, facts.made_at or 0, weight, weight)
        ]
    return sorted(possible or facts.origins, key=lambda origin: (origin.key, origin.mined_from))


def _imported(facts: Facts, origin: Origin, definition: Definition, as_of: int) -> int:
    """Return the day that import rules are applied on.

    If the authority of the jurisdiction cleared this very parcel, and it is there still, that day
    is known; otherwise goods are judged as if they were imported on the day asked about.
    """
    area, made_at = definition.jurisdiction, facts.made_at
    if definition.sort != "import" or made_at is None:
        return as_of
    inward = [
        crossing.cleared_at
        for crossing in facts.crossings
        if crossing.cleared_at is not None
        and made_at <= crossing.cleared_at <= as_of
        and crossing.state == "confirmed"
        and origin.key in crossing.concerns
        and is_within(crossing.destination, area)
        and not is_within(crossing.issuer, area)
        and not any(ground.is_suspect for ground in crossing.grounds)
    ]
    if not inward:
        return as_of
    last = max(inward)
    has_left = any(
        last <= crossing.issued_at <= as_of and is_within(crossing.issuer, area)
        for crossing in facts.crossings
    ) or any(
        last <= stay.since <= as_of and not is_within(stay.country, area) for stay in facts.stays
    )
    return as_of if has_left else last


def _together(facts: Facts, by_origin: list[tuple[Origin, list[Judged]]]) -> Value:
    """Combine what each possible origin gives.

    Some part of the goods certainly fails if an origin that is certainly there fails, or if those
    that do not fail cannot make up the weight; unless what fails is one of several stones, which
    may be of another origin.
    """
    values = {id(origin): _of_origin(judged) for origin, judged in by_origin}
    if all(value == "pass" for value in values.values()):
        return "pass"
    is_complete = facts.is_whole and not facts.is_contradicted
    if is_complete and all(value == "fail" for value in values.values()):
        return "fail"
    failing = [
        origin
        for origin, judged in by_origin
        if any(one.reason.value == "fail" and not one.is_of_some for one in judged)
    ]
    if any(origin.least > 0 for origin in failing) and not facts.is_contradicted:
        return "fail"
    others = [origin for origin, _judged in by_origin if origin not in failing]
    at_most = sum(origin.most for origin in others) + facts.tolerance_millicarats
    if is_complete and failing and at_most < facts.weight_millicarats:
        return "fail"
    for country, least in facts.least_by_country:
        of_country = {origin.country for origin in failing} & {country}
        all_fail = not any(origin.country == country for origin in others)
        if least > 0 and of_country and all_fail and is_complete:
            return "fail"
    return "cannot tell"


def _of_origin(judged: list[Judged]) -> Value:
    return _worst({one.reason.value for one in judged})


def _gap(facts: Facts, definition: Definition) -> Judged | None:
    """Say why nothing can pass: the ancestry was not followed whole, or contradicts itself."""
    lacks_parts = facts.form == "piece" and definition.judges_parts and not facts.parts
    if facts.is_whole and not facts.is_contradicted and not lacks_parts:
        return None
    words = "The records leave no possible origin of these goods."
    decide = "a Correction of the record that contradicts the others"
    if not facts.is_contradicted:
        words = "The ancestry of these goods is longer than was followed."
        decide = "the rest of the ancestry"
    reason = Reason(
        f"{definition.id}.{ANCESTRY}", "cannot tell", words, "docs/spec/verdicts.md",
        would_decide=decide,
    )  # fmt: skip
    return Judged(reason, is_applied=True)


def _merged(judged: list[Judged]) -> tuple[Reason, ...]:
    """Say once what is the same for every origin; those that do not pass come first if too many."""
    merged = dict[tuple[object, ...], Reason]()
    for one in judged:
        reason = one.reason
        key = (reason.rule, reason.value, reason.words, reason.parcel)
        before = merged.get(key)
        if before is None:
            merged[key] = reason
        elif before.origin != reason.origin:
            both = sorted(set(before.grounds) | set(reason.grounds), key=log_order)
            grounds = tuple(both[: LIMITS.reason_grounds_max])
            merged[key] = replace(before, origin="", grounds=grounds)
    reasons = tuple(merged.values())
    if len(reasons) <= LIMITS.verdict_reasons_max:
        return reasons
    order = sorted(range(len(reasons)), key=lambda place: (reasons[place].value == "pass", place))
    return tuple(reasons[place] for place in sorted(order[: LIMITS.verdict_reasons_max]))


def _deciding(value: Value, judged: list[Judged]) -> tuple[Reason, ...]:
    """Return the reasons without which the value would be another.

    Of a fail those that fail, of a pass those of the rules that were applied (all, if none was).
    Where one cannot tell, those that cannot, and those that fail for an origin that is only
    possible.
    """
    if value == "pass":
        applied = [one for one in judged if one.is_applied]
        return _merged(applied or judged)
    wanted = {"fail"} if value == "fail" else {"fail", "cannot tell"}
    return _merged([one for one in judged if one.reason.value in wanted])
