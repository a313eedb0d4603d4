"""The rules: may this be said now? Pure, by name, in one fixed order.

``check`` is the same function for the API, the audit and a replay: from the state that the record
before left, a signed record, its index and its time, it returns the changes or refuses. Rules
refuse, findings flag. The rules version in force at the index decides; every version stays in the
code, so that what was once accepted is accepted again by ``rebuild``. Names and order of the
refusals stand in ``docs/spec/records.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from ledger.custody import Changes, State, charter_of
from ledger.errors import Damaged
from ledger.records import (
    Admission,
    Amendment,
    Certificate,
    Charter,
    Clearance,
    Correction,
    Handoff,
    KeyChange,
    Receipt,
    Record,
    Registration,
    Report,
    Revocation,
    Sale,
    Setting,
    Site,
    Statement,
    Transformation,
    Withdrawal,
)
from ledger.records.compiled import maker
from ledger.rules.borders import check_certificate, check_clearance
from ledger.rules.case import Case, refuse
from ledger.rules.findings import findings_of
from ledger.rules.goods import (
    check_handoff,
    check_receipt,
    check_registration,
    check_withdrawal,
)
from ledger.rules.lineage import outputs_of, touches
from ledger.rules.people import (
    KNOWN_RULES_VERSIONS,
    check_admission,
    check_amendment,
    check_charter,
    check_key_change,
    check_revocation,
)
from ledger.rules.pieces import check_sale, check_setting
from ledger.rules.sayings import check_correction, check_report, check_statement
from ledger.rules.sites import check_site
from ledger.rules.transforming import check_transformation
from ledger.signing import SignedRecord

RULES_VERSION: Final = KNOWN_RULES_VERSIONS[-1]
_make_case: Final = maker(Case)

_VERSION_1: Final[dict[type[Record], Callable[[Case, Any], Changes]]] = {
    Charter: check_charter,
    Amendment: check_amendment,
    Admission: check_admission,
    Revocation: check_revocation,
    KeyChange: check_key_change,
    Site: check_site,
    Registration: check_registration,
    Handoff: check_handoff,
    Receipt: check_receipt,
    Withdrawal: check_withdrawal,
    Transformation: check_transformation,
    Certificate: check_certificate,
    Clearance: check_clearance,
    Statement: check_statement,
    Setting: check_setting,
    Sale: check_sale,
    Report: check_report,
    Correction: check_correction,
}
_VERSIONS: Final = {1: _VERSION_1}


def check(state: State, signed: SignedRecord, index: int, now_ms: int) -> Changes:
    """Decide whether a record may be said now, and what it changes.

    Args:
        state: the state left by the record before; it must not hold this record.
        signed: the record, its id and its signers.
        index: the index that it would have.
        now_ms: the time that its entry would bear, milliseconds.

    Returns:
        The items that the record makes or replaces, findings last.

    Raises:
        Refused: a rule of the groups from *ledger* on, the first that applies.
        Damaged: the charter in force names rules that are not known, which no charter can.

    """
    record = signed.record
    charter = charter_of(state)
    if charter is None:
        if not isinstance(record, Charter):
            raise refuse("charter-first", "", "a Charter at index 0", record.KIND.name)
        # One of a version that is not known is refused by every version, as `charter-values`.
        rules = _VERSIONS.get(record.what.rules_version, _VERSIONS[RULES_VERSION])
    elif isinstance(record, Charter):
        raise refuse("charter-again", "", "any kind but Charter after index 0", "Charter")
    elif charter.rules_version in _VERSIONS:
        rules = _VERSIONS[charter.rules_version]
    else:
        version = charter.rules_version
        raise Damaged("altered", "charter in force", f"rules version {version} is not known")
    case = _make_case(state, signed, record, index, now_ms)
    changes = rules[type(record)](case, record)
    found = findings_of(case, changes)
    return replace(changes, items=(*changes.items, *found)) if found else changes


__all__ = ["RULES_VERSION", "check", "outputs_of", "touches"]
