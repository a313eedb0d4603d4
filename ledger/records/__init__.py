"""Every kind of record, declared once: fields, types, order, sheets, what may be empty.

The written form is ``docs/spec/records.md``; a test compares it with these declarations. A kind's
type never changes: new fields mean a new kind name. Kinds in :data:`KINDS` that are not in
:data:`WRITABLE` are specified, and refused as ``kind`` until rules for them exist.
"""

from ledger.records.border import Certificate, Clearance
from ledger.records.chains import previous_of
from ledger.records.fields import (
    CUSTODY_ROLES,
    KINDS,
    ROLES,
    SHEETS,
    Field,
    Kind,
    Record,
    Sheet,
    Spec,
)
from ledger.records.goods import (
    Handoff,
    Receipt,
    Transformation,
    Withdrawal,
)
from ledger.records.mines import Registration, Site
from ledger.records.parts import NotShown, Withheld, withheld_of
from ledger.records.people import Admission, Amendment, Charter, KeyChange, Revocation
from ledger.records.pieces import Sale, Setting
from ledger.records.sayings import FREEZING, LIFTING, Correction, Report, Statement

WRITABLE: tuple[type[Record], ...] = (
    Charter,
    Amendment,
    Admission,
    Revocation,
    KeyChange,
    Site,
    Registration,
    Handoff,
    Receipt,
    Withdrawal,
    Transformation,
    Certificate,
    Clearance,
    Statement,
    Setting,
    Sale,
    Report,
    Correction,
)
"""The kinds that rules version 1 takes."""

__all__ = [
    "CUSTODY_ROLES",
    "FREEZING",
    "KINDS",
    "LIFTING",
    "ROLES",
    "SHEETS",
    "WRITABLE",
    "Admission",
    "Amendment",
    "Certificate",
    "Charter",
    "Clearance",
    "Correction",
    "Field",
    "Handoff",
    "KeyChange",
    "Kind",
    "NotShown",
    "Receipt",
    "Record",
    "Registration",
    "Report",
    "Revocation",
    "Sale",
    "Setting",
    "Sheet",
    "Site",
    "Spec",
    "Statement",
    "Transformation",
    "Withdrawal",
    "Withheld",
    "previous_of",
    "withheld_of",
]
