"""Plausibility warnings about accepted records: derived like state, never a refusal.

What raises each, about what, and its id stand in ``docs/spec/records.md``, "Findings".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from ledger.canonical import encode
from ledger.custody import Changes, Finding, Operation, SiteState, YearOutput
from ledger.limits import LIMITS
from ledger.rules.case import Case
from ledger.values import Hash32, carats, to_hex

PLAUSIBLE_YIELD_PERCENT: Final = (20, 90)
"""Polished weight over rough weight; outside it a yield is flagged."""


def finding_id(name: str, record_id: Hash32, subject: Hash32) -> Hash32:
    """Return the id of a finding (``docs/spec/records.md``, "Findings")."""
    text = encode([name, to_hex(record_id), to_hex(subject)])
    return Hash32(hashlib.sha256(text).digest())


def _late(case: Case, changes: Changes) -> Iterator[tuple[Hash32, str]]:
    late_seconds = case.now_ms // 1000 - case.record.scene.occurred_at
    if late_seconds > LIMITS.late_seconds:
        days = late_seconds // 86400
        subject = changes.parcels[-1] if changes.parcels else case.signed.record_id
        yield subject, f"recorded {days} days after it is said to have occurred"


def _over_capacity(case: Case, changes: Changes) -> Iterator[tuple[Hash32, str]]:
    for item in changes.items:
        if not isinstance(item, YearOutput):
            continue
        site = case.state.read(SiteState, item.site)
        capacity = site.yearly_capacity_millicarats if site else 0
        if capacity and item.weight_millicarats > capacity:
            evidence = (
                f"{carats(item.weight_millicarats)} ct registered for {item.year}, "
                f"declared capacity {carats(capacity)} ct"
            )
            yield item.site, evidence


def _implausible_yield(_case: Case, changes: Changes) -> Iterator[tuple[Hash32, str]]:
    least, most = PLAUSIBLE_YIELD_PERCENT
    for item in changes.items:
        if not isinstance(item, Operation) or item.name != "polish":
            continue
        rough, polished = sum(item.input_weights_millicarats), sum(item.weights_millicarats)
        if not least * rough <= 100 * polished <= most * rough:
            evidence = f"{carats(polished)} ct polished from {carats(rough)} ct of rough"
            yield item.outputs[0], evidence


def contradictions(operation: Operation, positions: Iterable[int]) -> Iterator[Finding]:
    """Name the outputs for which the records leave no origin (``docs/spec/bounds.md``, steps 3, 4).

    Args:
        operation: what the accepted record did.
        positions: of these outputs, from 0.

    """
    for position in positions:
        weight, stones = operation.weights_millicarats[position], operation.stones[position]
        made = "one stone" if stones == 1 else "an output"
        evidence = f"no origin of what went in fits {made} of {carats(weight)} ct"
        subject = operation.outputs[position]
        yield _finding(CONTRADICTED, operation.index, operation.record_id, subject, evidence)


def _finding(name: str, index: int, record_id: Hash32, subject: Hash32, evidence: str) -> Finding:
    return Finding(
        id=finding_id(name, record_id, subject),
        name=name,
        index=index,
        record_id=record_id,
        subject=subject,
        evidence=evidence,
    )


_NOTICERS: Final = {
    "declared-late": _late,
    "over-capacity": _over_capacity,
    "implausible-yield": _implausible_yield,
}
CONTRADICTED: Final = "origin-contradicted"
RAISED: Final = (*_NOTICERS, CONTRADICTED)
"""The findings that accepted records raise, by name."""


def findings_of(case: Case, changes: Changes) -> tuple[Finding, ...]:
    """Return the findings that an accepted record raises."""
    return tuple(
        [
            _finding(name, case.index, case.signed.record_id, subject, evidence)
            for name, notice in _NOTICERS.items()
            for subject, evidence in notice(case, changes)
        ]
    )
