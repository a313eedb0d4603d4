"""Shapes of reports: figures of production and trade, reconciliation, an importer's sheet."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.answers.shapes.log import AsOf
from ledger.answers.shapes.verdicts import VerdictShown
from ledger.values import ParcelId, RecordId


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """A year, a half or a quarter of it, UTC.

    Attributes:
        label: ``2026``, ``2026-H1`` or ``2026-Q3``.
        since, until: its first second, and the first after it.

    """

    label: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure: what it counts, and the sums.

    Attributes:
        figure: its name, by which its entries are asked for.
        flow: production, exports, imports; or a count of certificates or shipments: issued,
            technical, void, within, received, returned, arrived, refused, paper.
        period: the half-year or the quarter.
        partner: the other participant, or "-".
        origin: alpha-2; mixed or mixed-named as the certificate says; unstated; or "-".
        hs_code: or "-".
        records: how many records it was summed from.
        weight_carats: the weight in carats, all three decimals.
        value_us_cents: of those records whose value is known to this reader; null if of none.
        valued_millicarats: the weight of these.

    """

    figure: str
    flow: str
    period: str
    partner: str
    origin: str
    hs_code: str
    records: int
    weight_millicarats: int
    weight_carats: str
    value_us_cents: int | None
    valued_millicarats: int


@dataclass(frozen=True, slots=True)
class AnnexAnswer:
    """Production and trade of one participant of the Kimberley Process.

    Attributes:
        participant: alpha-2, or EU.
        size: how many entries of the log were taken into account.
        figures: in a fixed order.
        notes: what to know when reading them.

    """

    participant: str
    period: PeriodShown
    size: int
    figures: tuple[FigureShown, ...]
    notes: tuple[str, ...]
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A record that a figure was summed from, and what it adds.

    Attributes:
        value_us_cents: null where this reader knows none.
        corrected_by: the last Correction that was taken into account, or null.

    """

    figure: str
    index: int
    record_id: RecordId
    weight_millicarats: int
    value_us_cents: int | None
    corrected_by: RecordId | None


@dataclass(frozen=True, slots=True)
class FigureEntriesAnswer:
    """A page of the records that figures were summed from, in the order of the log.

    Attributes:
        figure: the one that is asked about, or null: all of the report.
        size: how many entries of the log were taken into account.
        cursor: of the next page, or null.

    """

    participant: str
    period: PeriodShown
    figure: str | None
    size: int
    entries: tuple[FigureEntry, ...]
    cursor: str | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class CodeReconciled:
    """One HS code of a certificate: declared, found, and found less declared; null: not said."""

    hs_code: str
    declared_millicarats: int | None
    found_millicarats: int | None
    delta_millicarats: int | None
    declared_us_cents: int | None
    found_us_cents: int | None
    delta_us_cents: int | None


@dataclass(frozen=True, slots=True)
class CertificateReconciled:
    """A certificate beside what the importing authority found.

    Attributes:
        status: open, expired, confirmed, refused or void; paper: no Certificate of this ledger.
        is_missing: its validity ended, and nobody cleared it.
        operation: export or technical; "" on paper.
        certificate, clearance: the records; null where there is none.
        reason: why it was refused, or "".
        same_number: of a number on paper: a Certificate of this ledger that bears it, or null.

    """

    number: str
    status: str
    is_missing: bool
    operation: str
    issuer: str
    destination: str
    issued_at: int | None
    expires_at: int | None
    certificate: RecordId | None
    certificate_index: int | None
    clearance: RecordId | None
    clearance_index: int | None
    cleared_at: int | None
    reason: str
    parcels_declared: int | None
    parcels_found: int | None
    parcels_delta: int | None
    codes: tuple[CodeReconciled, ...]
    corrected_by: RecordId | None
    clearance_corrected_by: RecordId | None
    same_number: RecordId | None


@dataclass(frozen=True, slots=True)
class ReconciliationAnswer:
    """A page of the certificates that a participant issued or received, in the log's order.

    Attributes:
        size: how many entries of the log were taken into account.
        asked_at: seconds; until when a confirmation may still come.
        cursor: of the next page, or null.

    """

    participant: str
    period: PeriodShown
    size: int
    asked_at: int
    certificates: tuple[CertificateReconciled, ...]
    cursor: str | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class SheetRecord:
    """A record that a line of an importer's sheet rests on, and who says so.

    Attributes:
        record_id: null where this reader is not told which it is.

    """

    index: int
    record_id: RecordId | None
    said_by: str


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One line of an importer's sheet; a blank one is for the importer to fill in."""

    label: str
    value: str
    is_blank: bool
    records: tuple[SheetRecord, ...]


@dataclass(frozen=True, slots=True)
class ImporterAnswer:
    """The sheet that an importer fills in its statement from.

    Attributes:
        asks: what the jurisdiction asks of an importer, in short; sources: where that stands.
        is_unconfirmed: it is known by report alone.
        wording: the text to sign where one is prescribed and fits these goods, or "".
        date: the day that is judged for.
        verdict: by the jurisdiction's definition; conclusion: what it means for whoever would sign.
        has_more: there are more facts than the sheet shows.
        notice: what the sheet is not.

    """

    parcel_id: ParcelId
    jurisdiction: str
    name: str
    title: str
    asks: str
    sources: tuple[str, ...]
    is_unconfirmed: bool
    items: tuple[SheetItem, ...]
    has_more: bool
    wording: str
    date: str
    size: int
    verdict: VerdictShown
    conclusion: str
    notice: str
    as_of: AsOf
