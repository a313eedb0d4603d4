"""Plausibility warnings about accepted records: derived like state, never a refusal.

What raises each, about what, and its id stand in ``docs/spec/records.md``, "Findings".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, TypeAlias

from ledger.canonical import encode
from ledger.custody import (
    NEVER,
    CertificateNumber,
    CertificateState,
    Changes,
    Finding,
    Operation,
    YearOutput,
)
from ledger.limits import LIMITS
from ledger.records import (
    Certificate,
    Clearance,
    Correction,
    Receipt,
    Record,
    Registration,
    Statement,
    Transformation,
)
from ledger.rules import laboratories
from ledger.rules.case import Case
from ledger.rules.numbering import misfit, misfit_on_paper
from ledger.values import NO_HASH, Hash32, carats, to_hex

PLAUSIBLE_YIELD_PERCENT: Final = (20, 90)
"""Polished weight over rough weight; outside it a yield is flagged."""


def finding_id(name: str, record_id: Hash32, subject: Hash32) -> Hash32:
    """Return the id of a finding (``docs/spec/records.md``, "Findings")."""
    text = encode([name, to_hex(record_id), to_hex(subject)])
    return Hash32(hashlib.sha256(text).digest())


Noticed: TypeAlias = "Sequence[tuple[Hash32, str]]"
"""What a finding is about, and its evidence."""


def _late(case: Case, changes: Changes) -> Noticed:
    late_seconds = case.now_ms // 1000 - case.record.scene.occurred_at
    if late_seconds <= LIMITS.late_seconds:
        return ()
    days = late_seconds // 86400
    goods = changes.parcels or changes.mentions
    subject = goods[-1] if goods else case.signed.record_id
    return ((subject, f"recorded {days} days after it is said to have occurred"),)


def _over_capacity(case: Case, changes: Changes) -> Noticed:
    outputs = [item for item in changes.items if isinstance(item, YearOutput)]
    if not outputs:
        return ()
    output = outputs[-1]  # of two, that of the year into which a Correction moves goods
    site = case.site(output.site)
    capacity = site.yearly_capacity_millicarats if site else 0
    if not capacity or output.weight_millicarats <= capacity:
        return ()
    evidence = (
        f"{carats(output.weight_millicarats)} ct registered for {output.year}, "
        f"declared capacity {carats(capacity)} ct"
    )
    # A Correction is no step of any goods' ancestry, under which a finding about a site is shown.
    goods = changes.mentions if isinstance(case.record, Correction) else ()
    return tuple((subject, evidence) for subject in (output.site, *goods))


def _implausible_yield(_case: Case, changes: Changes) -> Noticed:
    (made,) = [item for item in changes.items if isinstance(item, Operation)]
    if made.name != "polish":
        return ()
    least, most = PLAUSIBLE_YIELD_PERCENT
    rough, polished = sum(made.input_weights_millicarats), sum(made.weights_millicarats)
    if least * rough <= 100 * polished <= most * rough:
        return ()
    evidence = f"{carats(polished)} ct polished from {carats(rough)} ct of rough"
    return ((made.outputs[0], evidence),)


def _number_shown_again(case: Case, number: str) -> Noticed:
    known = case.state.read(CertificateNumber, number.encode())
    if known is None:
        return ()
    subject = case.signed.record_id if known.certificate == NO_HASH else known.certificate
    if known.first_shown != NEVER:
        return ((subject, f"number {number} was shown before, at entry {known.first_shown}"),)
    certificate = case.state.read(CertificateState, known.certificate)
    if certificate is not None and certificate.state == "void":
        voided = f"is of a certificate that is void since entry {certificate.closed_by}"
        return ((subject, f"number {number} {voided}"),)
    return ()


def _reused_on_arrival(case: Case, _changes: Changes) -> Noticed:
    return _number_shown_again(case, case.record.what.number)


def _reused_on_issue(case: Case, _changes: Changes) -> Noticed:
    return [
        (case.signed.record_id, evidence)
        for _, evidence in _number_shown_again(case, case.record.what.number)
    ]


def _out_of_range_on_issue(case: Case, _changes: Changes) -> Noticed:
    record = case.record
    evidence = misfit(case.state, record.what.number, record.scene.occurred_at)
    return ((case.signed.record_id, evidence),) if evidence else ()


def _out_of_range_on_arrival(case: Case, _changes: Changes) -> Noticed:
    number = case.record.what.number
    known = case.state.read(CertificateNumber, number.encode())
    if known is not None:  # judged when it was issued, or first shown
        return ()
    evidence = misfit_on_paper(case.state, number, case.record.scene.occurred_at)
    return ((case.signed.record_id, evidence),) if evidence else ()


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


Notice = Callable[[Case, Changes], Noticed]
_OF_ALL: Final[Mapping[str, Notice]] = {"declared-late": _late}
_OF_REPORTS: Final[Mapping[str, Notice]] = {
    "report-number-reused": laboratories.number_reused,
    "report-weight-mismatch": laboratories.weight_mismatch,
    "lookalike-stone": laboratories.lookalikes,
}
_OF_KINDS: Final[Mapping[type[Record], Mapping[str, Notice]]] = {
    Registration: {**_OF_ALL, "over-capacity": _over_capacity},
    Receipt: {**_OF_ALL, "report-weight-mismatch": laboratories.received_mismatch},
    Transformation: {**_OF_ALL, "implausible-yield": _implausible_yield},
    Certificate: {
        **_OF_ALL,
        "certificate-number-reused": _reused_on_issue,
        "certificate-number-range": _out_of_range_on_issue,
    },
    Clearance: {
        **_OF_ALL,
        "certificate-number-reused": _reused_on_arrival,
        "certificate-number-range": _out_of_range_on_arrival,
    },
    Statement: {**_OF_ALL, **_OF_REPORTS},
    Correction: {**_OF_ALL, "over-capacity": _over_capacity, **_OF_REPORTS},
}
CONTRADICTED: Final = "origin-contradicted"
RAISED: Final = (*dict.fromkeys(chain(_OF_ALL, *_OF_KINDS.values())), CONTRADICTED)
"""The findings that accepted records raise, by name."""


def findings_of(case: Case, changes: Changes) -> tuple[Finding, ...]:
    """Return the findings that an accepted record raises."""
    return tuple(
        [
            _finding(name, case.index, case.signed.record_id, subject, evidence)
            for name, notice in _OF_KINDS.get(type(case.record), _OF_ALL).items()
            for subject, evidence in notice(case, changes)
        ]
    )
