"""Shapes of what is said about certificates: what stands on the paper, and what became of it.

Whoever holds the paper, and so its token, is shown what stands on it and no more: on a trade ledger
the parcels are then a number, and who was shown what at the border is for those concerned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ledger.answers.shapes.goods import FindingShown
from ledger.answers.shapes.log import AsOf, CorrectionShown, InclusionAnswer, Names, Status
from ledger.values import Address, Hash32, ParcelId, RecordId

CertificateStanding = Literal["open", "confirmed", "refused", "void", "expired"]
OriginSort = Literal["unmixed", "named", "mixed"]
"""Of one country; of several that are named; or plain "mixed", of which none is."""


@dataclass(frozen=True, slots=True)
class CodeShown:
    """What a certificate says of one HS code.

    Attributes:
        words: what the code means.
        weight_carats: the weight in carats, all three decimals.
        value_us_cents: as it stands, endorsements included; ``value_us_dollars`` the same in words.

    """

    hs_code: str
    words: str
    weight_millicarats: int
    weight_carats: str
    value_us_cents: int
    value_us_dollars: str


@dataclass(frozen=True, slots=True)
class FoundShown:
    """What was found at the border for one HS code, beside what was declared.

    Attributes:
        declared_millicarats, declared_us_cents: by the certificate, 0 if it has no such code.
        delta_carats, delta_us_dollars: found less declared, with their sign.

    """

    hs_code: str
    weight_millicarats: int
    weight_carats: str
    value_us_cents: int
    value_us_dollars: str
    declared_millicarats: int
    declared_us_cents: int
    delta_carats: str
    delta_us_dollars: str


@dataclass(frozen=True, slots=True)
class ClearanceShown:
    """What the importing authority found.

    Attributes:
        reason: why it refused, in words; or "".
        exporter, importer: as found; null for nobody that is a party.
        parcel_count: as found; ``declared_count`` by the certificate.
        found: code by code.
        agrees: whether number of parcels, carats, values, importer and exporter are as declared.

    Id, author, exporter, importer and what was found are null for a reader who is not shown that
    record whole.

    """

    index: int
    record_id: RecordId | None
    operation: str
    reason: str
    author: Address | None
    country: str
    country_name: str
    arrival_country: str
    arrival_country_name: str
    exporter: Address | None
    importer: Address | None
    parcel_count: int | None
    declared_count: int
    found: tuple[FoundShown, ...] | None
    agrees: bool
    occurred_at: int
    recorded_at_ms: int
    status: Status


@dataclass(frozen=True, slots=True)
class ParcelCertified:
    """A parcel under a certificate: its id, and the last record of its chain when it was issued."""

    parcel_id: ParcelId
    state: RecordId


@dataclass(frozen=True, slots=True)
class PrivateShown:
    """A private field of the certificate that this reader may see: its name, and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CertificateAnswer:
    """A Kimberley Process certificate: what stands on the paper, and its state in this ledger.

    Attributes:
        token: by which its QR code leads here; null for a reader who is not shown all of it.
        certificate_id: its record's id.
        title, statement: those that KPCS Annex I fixes.
        number: as printed.
        operation: export, or technical for an ordered re-export.
        original: the number of the refused certificate, of a technical one; else "".
        issued_at: as the authority declares; recorded by the ledger at ``recorded_at_ms``.
        expires_at: its last second, endorsements included.
        exporter: its address; ``importer`` likewise, null for who is no party. Both are null for a
            reader who is not shown *who*.
        codes: ascending; null for a reader who is not shown *amounts*.
        parcel_count: number of parcels.
        parcels: those; null for a reader who is not told of them.
        origins: where mined; empty for plain "mixed". ``provenance`` is from where exported last.
        state: of the certificate now; ``state_says`` in words.
        clearance: null while it was not cleared, or if this reader may not read that.
        findings: warnings about it, or about what cleared it, with what was answered.
        private: private fields of the record that this reader may see.
        inclusion: proves the entry under the checkpoint; null until one covers it.
        note: the signed checkpoint.

    """

    token: str | None
    certificate_id: RecordId
    ledger_id: Hash32
    origin: str
    mode: str
    title: str
    statement: str
    number: str
    operation: str
    original: str
    issued_at: int
    expires_at: int
    authority: Address | None
    authority_country: str
    authority_name: str
    exporter: Address | None
    importer: Address | None
    codes: tuple[CodeShown, ...] | None
    weight_carats: str | None
    value_us_dollars: str | None
    parcel_count: int
    parcels: tuple[ParcelCertified, ...] | None
    origin_sort: OriginSort
    origins: tuple[str, ...]
    origin_names: tuple[str, ...]
    provenance: str
    provenance_name: str
    destination: str
    destination_name: str
    state: CertificateStanding
    state_says: str
    closed_by: int | None
    clearance: ClearanceShown | None
    corrections: tuple[CorrectionShown, ...]
    findings: tuple[FindingShown, ...]
    private: tuple[PrivateShown, ...]
    index: int
    recorded_at_ms: int
    status: Status
    is_suspected: bool
    inclusion: InclusionAnswer | None
    note: str
    as_of: AsOf
    names: Names = field(default_factory=dict)
