"""Drafting records: from what somebody means to a checked record, ready to sign.

Pure: the time and the salts are given. Each function makes one kind; what could never be said is
refused here by the same names as anywhere. A draft names the state that its author saw; whether
that still stands is decided when it is sequenced.
"""

from ledger.drafts.base import Goods, Moment, Speaker, draft
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

__all__ = [
    "Constitution",
    "Goods",
    "Loss",
    "Moment",
    "Output",
    "SiteStatement",
    "Speaker",
    "Work",
    "admission",
    "draft",
    "handoff",
    "key_change",
    "receipt",
    "registration",
    "report",
    "revocation",
    "site",
    "transformation",
    "withdrawal",
]
