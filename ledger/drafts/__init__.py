"""Drafting records: from what somebody means to a checked record, ready to sign.

Pure: the time and the salts are given. Each function makes one kind; what could never be said is
refused here by the same names as anywhere. A draft names the state that its author saw; whether
that still stands is decided when it is sequenced.
"""

from ledger.drafts.base import Goods, Moment, Speaker, draft
from ledger.drafts.borders import Arrival, Found, Paper, as_declared, certificate, clearance
from ledger.drafts.goods import (
    Loss,
    Output,
    SiteStatement,
    Work,
    handoff,
    receipt,
    registration,
    report,
    site,
    transformation,
    withdrawal,
)
from ledger.drafts.people import Constitution, admission, key_change, revocation
from ledger.drafts.pieces import sale, setting, unsetting
from ledger.drafts.sayings import Grades, Spoken, correction, statement

__all__ = [
    "Arrival",
    "Constitution",
    "Found",
    "Goods",
    "Grades",
    "Loss",
    "Moment",
    "Output",
    "Paper",
    "SiteStatement",
    "Speaker",
    "Spoken",
    "Work",
    "admission",
    "as_declared",
    "certificate",
    "clearance",
    "correction",
    "draft",
    "handoff",
    "key_change",
    "receipt",
    "registration",
    "report",
    "revocation",
    "sale",
    "setting",
    "site",
    "statement",
    "transformation",
    "unsetting",
    "withdrawal",
]
