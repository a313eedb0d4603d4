"""One rule for goods of one origin: its time, its scope, its conditions, its exemptions.

A rule forbids goods if all of these are yes: it is in force on the day, the goods are in its scope,
a condition holds, and no exemption does. Each is yes, no or unknown, and so is the whole. A no that
rests on a suspect record becomes unknown; a yes stands, or a compromised key would be the cheapest
way out of a fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.limits import LIMITS
from ledger.verdicts.asked import Asked, Found, day
from ledger.verdicts.conditions import any_found, found
from ledger.verdicts.exemptions import exempted
from ledger.verdicts.facts import Ground
from ledger.verdicts.scope import Covered, covered
from ledger.verdicts.spans import Held, all_of, negation
from ledger.verdicts.verdict import Reason, Value

VALUES: dict[Held, Value] = {"yes": "fail", "no": "pass", "unknown": "cannot tell"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule for one origin: the reason, and how far it goes.

    Attributes:
        is_applied: the rule was in force, and about these goods.
        is_of_some: what fails is one of several stones, and nobody knows which.

    """

    reason: Reason
    is_applied: bool
    is_of_some: bool = False


def ruled(asked: Asked) -> Judged:
    """Judge one rule for one origin."""
    rule = asked.rule
    if not rule.since <= asked.on < rule.until:
        span = f"from {day(rule.since)}" if asked.on < rule.since else f"until {day(rule.until)}"
        words = f"{rule.title}: it holds {span}, and is not applied to {_on(asked)}."
        return Judged(_reason(asked, Found("no", words)), is_applied=False)
    scope = covered(rule.scope, asked.facts)
    if scope.held == "no":
        found_scope = Found("no", f"{rule.title}: {scope.words}.")
        return Judged(_reason(asked, found_scope), is_applied=False)
    hit = any_found([found(condition, asked) for condition in rule.conditions])
    exempt = Found("no", "")
    if hit.held != "no" and rule.exemptions:
        exempt = _exempt(asked)
    held, result = _combined(asked, scope, hit, exempt)
    is_of_some = held == "yes" and scope.reach == "some stone"
    return Judged(_reason(asked, result), is_applied=True, is_of_some=is_of_some)


def _on(asked: Asked) -> str:
    if asked.on != asked.as_of:
        return f"goods that were cleared into {asked.definition.jurisdiction} on {day(asked.on)}"
    return day(asked.on)


def _exempt(asked: Asked) -> Found:
    """Return the exemption that decides: one that holds, else those that are unknown."""
    tried = [exempted(exemption, asked) for exemption in asked.rule.exemptions]
    pairs = list(zip(asked.rule.exemptions, tried, strict=True))
    for exemption, one in pairs:
        if one.held == "yes":
            return replace(one, words=f"exempt by {exemption.id} ({exemption.title}): {one.words}")
    if any(one.held == "unknown" for one in tried):
        return any_found(
            replace(one, words=f"whether exempt by {exemption.id} is open: {one.words}")
            for exemption, one in pairs
            if one.held == "unknown"
        )
    told = [(exemption, one) for exemption, one in pairs if one.words]
    words = "; ".join(f"not exempt by {exemption.id}: {one.words}" for exemption, one in told)
    grounds = tuple(dict.fromkeys(ground for one in tried for ground in one.grounds))
    return Found("no", words, grounds)


def _combined(asked: Asked, scope: Covered, hit: Found, exempt: Found) -> tuple[Held, Found]:
    """Put scope, conditions and exemptions together, in a value and in words."""
    held = all_of((scope.held, hit.held, negation(exempt.held)))
    if held == "yes" and asked.rule.is_doubtful:
        held = "unknown"
    uses_hit = held != "no" or hit.held == "no"
    grounds = hit.grounds + exempt.grounds if uses_hit or exempt.held == "yes" else ()
    parts = [scope.words, hit.words, exempt.words]
    suspects = [ground for ground in grounds if ground.is_suspect]
    decide = [one.would_decide for one in (scope, hit, exempt) if one.held == "unknown"]
    if held == "no" and suspects:
        held, decide = "unknown", ["records that do not rest on a suspect key or party"]
        parts.append("it rests on a record that a Revocation calls suspect")
    elif suspects:
        parts.append("a record that it rests on is called suspect by a Revocation")
    if asked.rule.is_doubtful and all_of((scope.held, hit.held)) != "no" and exempt.held != "yes":
        parts.append("whether this rule holds is not confirmed")
        decide.append("a confirmed source for this rule")
    if asked.on != asked.as_of:
        parts.append(f"applied to {_on(asked)}")
    words = f"{asked.rule.title}: {'; '.join(part for part in parts if part)}."
    text = "; ".join(dict.fromkeys(one for one in decide if one)) if held == "unknown" else ""
    return held, Found(held, words, tuple(dict.fromkeys(grounds)), hit.rows, text)


def _reason(asked: Asked, result: Found) -> Reason:
    rule = asked.rule
    keys = [(name, row.key) for name, row in result.rows]
    names = [name for condition in rule.conditions for name in condition.tables]
    rows = [row for _name, row in result.rows]
    is_confirmed = (
        rule.is_confirmed
        and asked.definition.is_confirmed
        and all(row.is_confirmed for row in rows)
    )
    return Reason(
        rule=rule.id,
        value=VALUES[result.held],
        words=result.words,
        source=rule.source,
        origin=asked.origin.key if asked.facts.form != "piece" else "",
        grounds=tuple(sorted(result.grounds, key=log_order))[: LIMITS.reason_grounds_max],
        tables=asked.shelf.used(names, keys),
        is_unconfirmed=not is_confirmed,
        would_decide=result.would_decide,
    )


def log_order(ground: Ground) -> tuple[object, ...]:
    """Sort grounds as the log has them."""
    return (ground.index, ground.record_id, ground.occurred_at, ground.recorded_at_ms, ground.role,
            ground.country, ground.is_suspect)  # fmt: skip
