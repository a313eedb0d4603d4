"""Plausibility warnings about accepted records: derived like state, never a refusal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from ledger.canonical import encode
from ledger.custody import Changes, Finding, Operation, SiteState, YearOutput
from ledger.limits import LIMITS
from ledger.rules.case import Case
from ledger.values import Hash32, carats, to_hex

PLAUSIBLE_YIELD_PERCENT: Final = (20, 90)
"""Polished weight over rough weight; outside it a yield is flagged."""


def finding_id(name: str, record_id: Hash32, subject: Hash32) -> Hash32:
    """Return the id of a finding (``docs/spec/records.md``, "Ids")."""
    text = encode([name, to_hex(record_id), to_hex(subject)])
    return Hash32(hashlib.sha256(text).digest())


def _late(case: Case, changes: Changes) -> Iterator[tuple[str, Hash32, str]]:
    late_seconds = case.now_ms // 1000 - case.record.scene.occurred_at
    if late_seconds > LIMITS.late_seconds:
        days = late_seconds // 86400
        subject = changes.parcels[-1] if changes.parcels else case.signed.record_id
        yield "declared-late", subject, f"recorded {days} days after it is said to have occurred"


def _over_capacity(case: Case, changes: Changes) -> Iterator[tuple[str, Hash32, str]]:
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
            yield "over-capacity", item.site, evidence


def _implausible_yield(_case: Case, changes: Changes) -> Iterator[tuple[str, Hash32, str]]:
    least, most = PLAUSIBLE_YIELD_PERCENT
    for item in changes.items:
        if not isinstance(item, Operation) or item.name != "polish":
            continue
        rough, polished = sum(item.input_weights_millicarats), sum(item.weights_millicarats)
        if not least * rough <= 100 * polished <= most * rough:
            evidence = f"{carats(polished)} ct polished from {carats(rough)} ct of rough"
            yield "implausible-yield", item.outputs[0], evidence


_NOTICERS: Final = (_late, _over_capacity, _implausible_yield)


def findings_of(case: Case, changes: Changes) -> tuple[Finding, ...]:
    """Return the findings that an accepted record raises."""
    record_id = case.signed.record_id
    return tuple(
        Finding(
            id=finding_id(name, record_id, subject),
            name=name,
            index=case.index,
            record_id=record_id,
            subject=subject,
            evidence=evidence,
        )
        for notice in _NOTICERS
        for name, subject, evidence in notice(case, changes)
    )
