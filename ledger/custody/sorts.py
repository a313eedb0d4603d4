"""Every sort of item, and what one accepted record does to the state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ledger.custody.border import (
    CertificateLink,
    CertificateNumber,
    CertificateState,
    NumberSeries,
)
from ledger.custody.items import (
    Agent,
    Blended,
    CharterInForce,
    Claim,
    Finding,
    Operation,
    Parcel,
    Party,
    SiteState,
    Suspicion,
    YearOutput,
)
from ledger.custody.said import Answered, Corrected, Graded, Lookalikes, Mined, ReportNumber
from ledger.values import ParcelId

Item = (
    CharterInForce
    | Party
    | Agent
    | Claim
    | SiteState
    | YearOutput
    | Parcel
    | Operation
    | Suspicion
    | Finding
    | Blended
    | CertificateState
    | CertificateNumber
    | CertificateLink
    | Mined
    | Corrected
    | ReportNumber
    | Lookalikes
    | Answered
    | Graded
    | NumberSeries
)
SORTS: Final[tuple[type[Item], ...]] = (
    CharterInForce,
    Party,
    Agent,
    Claim,
    SiteState,
    YearOutput,
    Parcel,
    Operation,
    Suspicion,
    Finding,
    Blended,
    CertificateState,
    CertificateNumber,
    CertificateLink,
    Mined,
    Corrected,
    ReportNumber,
    Lookalikes,
    Answered,
    Graded,
    NumberSeries,
)
"""Every sort of item; a sort's place in this list is its number in stores, for ever."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one accepted record does to the state: the items that it makes or replaces."""

    items: tuple[Item, ...]
    parcels: tuple[ParcelId, ...] = field(default=())
    """The parcels that the record makes or advances, outputs last."""
    mentions: tuple[ParcelId, ...] = field(default=())
    """The parcels that the record speaks of without advancing their chain."""
