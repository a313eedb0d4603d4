"""Each certificate beside what the importing authority found: declared, found, and the difference.

A row is one Certificate of the participant, or to it, by date of issue; or one Clearance that names
no Certificate of this ledger, by its own date: a number seen on paper alone. A confirmation is
missing once the validity of a certificate that nobody cleared has ended. Nothing here says why.

Source: KPCS core document, Section III (a) and Annex II (confirmation of import).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ledger.custody import CertificateNumber, CertificateState
from ledger.records import Certificate, Clearance
from ledger.reporting.corrected import as_it_stands
from ledger.reporting.participants import participant_of
from ledger.reporting.periods import Period
from ledger.reporting.scanning import Told, first_since, told
from ledger.signing import record_id as id_of
from ledger.store.protocol import View
from ledger.store.stored import read_record
from ledger.values import NO_HASH, Hash32

Status = Literal["open", "expired", "confirmed", "refused", "void", "paper"]


@dataclass(frozen=True, slots=True)
class CodeCompared:
    """One HS code: what the certificate declares, and what was found; None: nothing was said.

    Attributes:
        hs_code: the code.
        declared_millicarats, found_millicarats: weights.
        declared_us_cents, found_us_cents: values.

    """

    hs_code: str
    declared_millicarats: int | None
    found_millicarats: int | None
    declared_us_cents: int | None
    found_us_cents: int | None

    @property
    def delta_millicarats(self) -> int | None:
        """Found less declared; None where there are not both."""
        return _less(self.found_millicarats, self.declared_millicarats)

    @property
    def delta_us_cents(self) -> int | None:
        """Found less declared; None where there are not both."""
        return _less(self.found_us_cents, self.declared_us_cents)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A certificate, and what became of it.

    Attributes:
        index: of the record that the row begins with.
        number: of the certificate.
        status: ``expired``: open, and its validity ended before the time of asking; ``paper``: no
            Certificate of this ledger was named.
        operation: export or technical; "" on paper.
        issuer: the participant that issued it; by its number where it is on paper.
        destination: the participant that it goes to, as endorsed; on paper: that cleared it.
        issued_at, expires_at: seconds; None on paper.
        certificate, certificate_index: the Certificate; None on paper.
        clearance, clearance_index, cleared_at: the Clearance, or None.
        reason: why it was refused, or "".
        parcels_declared, parcels_found: how many, or None.
        codes: by HS code, ascending.
        corrected_by: the last Correction of the Certificate, or None.
        clearance_corrected_by: of the Clearance.
        same_number: on paper: a Certificate of this ledger that bears the number, or None.

    """

    index: int
    number: str
    status: Status
    operation: str
    issuer: str
    destination: str
    issued_at: int | None
    expires_at: int | None
    certificate: Hash32 | None
    certificate_index: int | None
    clearance: Hash32 | None
    clearance_index: int | None
    cleared_at: int | None
    reason: str
    parcels_declared: int | None
    parcels_found: int | None
    codes: tuple[CodeCompared, ...]
    corrected_by: Hash32 | None = None
    clearance_corrected_by: Hash32 | None = None
    same_number: Hash32 | None = None

    @property
    def is_missing(self) -> bool:
        """Whether a confirmation is missing."""
        return self.status == "expired"

    @property
    def parcels_delta(self) -> int | None:
        """Parcels found less declared; None where there are not both."""
        return _less(self.parcels_found, self.parcels_declared)


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What is asked.

    Attributes:
        participant: whose certificates, issued by it or going to it.
        period: of their issue.
        size: how many entries of the log are taken into account.
        now_s: the time of asking: until when a confirmation may still come.
        ledger_id: the ledger.

    """

    participant: str
    period: Period
    size: int
    now_s: int
    ledger_id: Hash32


def reconciled(view: View, asked: Reconciling, after: int = -1) -> Iterator[Reconciled]:
    """Yield a row for each certificate asked for, in the order of the log.

    Args:
        view: the ledger.
        asked: which.
        after: only those whose row begins with a higher index.

    Raises:
        Damaged: what is stored is not what was written.

    """
    start = max(after + 1, first_since(view, asked.period.since, asked.size))
    times = asked.period.since, asked.period.until
    kinds = {"Certificate": times, "Clearance": times}
    for one in told(view, asked.ledger_id, kinds, start, asked.size):
        record = one.record
        if isinstance(record, Certificate):
            yield from _recorded(view, asked, one, record)
        elif isinstance(record, Clearance) and record.what.certificate == NO_HASH:
            yield from _on_paper(view, asked, one, record)


@dataclass(frozen=True, slots=True)
class _Found:
    """The Clearance of a certificate, as it stands."""

    record_id: Hash32
    index: int
    record: Clearance
    by: Hash32 | None


def _recorded(
    view: View, asked: Reconciling, one: Told, signed: Certificate
) -> Iterator[Reconciled]:
    stands = as_it_stands(view, one.record_id, signed, asked.size)
    record, by = stands.record, stands.by
    issuer = participant_of(record.scene.author_country)
    destination = participant_of(record.scene.destination)
    state = view.read(CertificateState, one.record_id)
    is_closed = state is not None and state.state != "open" and state.closed_by < asked.size
    status: Status = state.state if state is not None and is_closed else "open"
    # A destination can be endorsed after the goods arrived: what was found stays for its finder.
    cleared_in = participant_of(state.cleared_in) if state is not None and is_closed else ""
    if asked.participant not in (issuer, cleared_in or destination):
        return
    if status == "open" and asked.now_s > record.scene.expires_at:
        status = "expired"
    cleared_by = status in ("confirmed", "refused") and state is not None
    found = _clearance_at(view, asked, state.closed_by) if cleared_by and state else None
    yield Reconciled(
        index=one.index,
        number=record.what.number,
        status=status,
        operation=record.what.operation,
        issuer=issuer,
        destination=destination,
        issued_at=record.scene.occurred_at,
        expires_at=record.scene.expires_at,
        certificate=one.record_id,
        certificate_index=one.index,
        clearance=found.record_id if found else None,
        clearance_index=found.index if found else None,
        cleared_at=found.record.scene.occurred_at if found else None,
        reason=found.record.what.reason if found else "",
        parcels_declared=len(record.what.parcels),
        parcels_found=_parcels_found(found.record) if found else None,
        codes=_compared(record, found.record if found else None),
        corrected_by=by,
        clearance_corrected_by=found.by if found else None,
    )


def _clearance_at(view: View, asked: Reconciling, index: int) -> _Found | None:
    row = view.row(index)
    signed = read_record(index, row.envelope) if row is not None else None
    if not isinstance(signed, Clearance):
        return None
    record_id = id_of(signed, asked.ledger_id)
    stands = as_it_stands(view, record_id, signed, asked.size)
    return _Found(record_id, index, stands.record, stands.by)


def _on_paper(view: View, asked: Reconciling, one: Told, signed: Clearance) -> Iterator[Reconciled]:
    stands = as_it_stands(view, one.record_id, signed, asked.size)
    record, by = stands.record, stands.by
    number = record.what.number
    issuer = participant_of(number[:2])
    destination = participant_of(record.scene.author_country)
    if asked.participant not in (issuer, destination):
        return
    known = view.read(CertificateNumber, number.encode())
    own = known.certificate if known is not None and any(known.certificate) else None
    own_index = view.index_of(own) if own is not None else None
    is_in_time = own_index is not None and own_index < asked.size
    yield Reconciled(
        index=one.index,
        number=number,
        status="paper",
        operation="",
        issuer=issuer,
        destination=destination,
        issued_at=None,
        expires_at=None,
        certificate=None,
        certificate_index=None,
        clearance=one.record_id,
        clearance_index=one.index,
        cleared_at=record.scene.occurred_at,
        reason=record.what.reason,
        parcels_declared=None,
        parcels_found=_parcels_found(record),
        codes=_compared(None, record),
        clearance_corrected_by=by,
        same_number=own if is_in_time else None,
    )


def _parcels_found(record: Clearance) -> int | None:
    """Return how many parcels were found; a refusal need not have counted them."""
    count = record.amounts.parcel_count
    return None if count == 0 and record.what.operation == "refuse" else count


def _compared(
    certificate: Certificate | None, clearance: Clearance | None
) -> tuple[CodeCompared, ...]:
    declared, found = _by_code(certificate), _by_code(clearance)
    codes = sorted({*declared, *found})
    nothing = (None, None)
    # A code that the other side does not name was not there, once it named any.
    absent_declared = (0, 0) if declared else nothing
    absent_found = (0, 0) if found else nothing
    rows = ((code, declared.get(code, absent_declared), found.get(code, absent_found))
            for code in codes)  # fmt: skip
    return tuple(CodeCompared(code, d[0], f[0], d[1], f[1]) for code, d, f in rows)


def _by_code(record: Certificate | Clearance | None) -> dict[str, tuple[int, int]]:
    if record is None:
        return {}
    amounts = record.amounts
    goods = zip(amounts.weights_millicarats, amounts.values_us_cents, strict=True)
    return dict(zip(record.what.hs_codes, goods, strict=True))


def _less(found: int | None, declared: int | None) -> int | None:
    return None if found is None or declared is None else found - declared
