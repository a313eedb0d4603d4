"""Certificates: what stands on the paper, what became of it, and what proves it.

The title and the statement are those of KPCS Annex I, section A, which also names the fields. By
the token of its QR code anyone is shown what stands on the paper, whatever the ledger's mode: who
has the token holds the paper, or may read the whole record. Everything else - the parcels, what was
found at the border - is shown as the records that say it are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ledger.access import ALL
from ledger.answers import log
from ledger.answers.correcting import corrections_shown
from ledger.answers.country_names import name_in_text, name_of
from ledger.answers.parcels import findings_about
from ledger.answers.reading import Line, Reading
from ledger.answers.seeing import Sheets, findings_seen, sheets_of
from ledger.answers.shapes import (
    CertificateAnswer,
    CertificateStanding,
    ClearanceShown,
    CodeShown,
    FindingShown,
    FoundShown,
    InclusionAnswer,
    ParcelCertified,
    PrivateShown,
)
from ledger.answers.told import REASONS
from ledger.answers.wording import day, dollars
from ledger.custody import (
    NEVER,
    NOBODY,
    CertificateLink,
    CertificateNumber,
    CertificateState,
)
from ledger.errors import BadQuestion, Unknown
from ledger.records import Certificate, Clearance
from ledger.rules.borders import link_token
from ledger.values import HASH_BYTES, NO_HASH, Address, Hash32, carats, from_hex

CERTIFICATES_PATH: Final = "/certificates/"
TITLE: Final = "Kimberley Process Certificate"
STATEMENT: Final = (
    "The rough diamonds in this shipment have been handled in accordance with the provisions of "
    "the Kimberley Process Certification Scheme for rough diamonds"
)
CODES: Final[Mapping[str, str]] = {
    "7102.10": "unsorted",
    "7102.21": "industrial, unworked",
    "7102.31": "non-industrial, unworked",
}
"""What the codes of rough mean (HS 2022, heading 71.02)."""
_NUMBER: Final = re.compile(r"[A-Z]{2}[0-9A-Z]{1,20}", re.ASCII)


def by_token(reading: Reading, token: bytes) -> CertificateAnswer:
    """Answer what stands on the paper whose QR code bears a token.

    Raises:
        Unknown: no certificate has it.

    """
    link = reading.view.read(CertificateLink, token)
    if link is None:
        raise Unknown("certificate", "by this link")
    is_open = reading.charter.mode == "open"
    certificate = _answer(reading, link.certificate, ALL, shows_goods=is_open)
    return replace(certificate, token=token.hex())


def by_name(reading: Reading, subject: str) -> CertificateAnswer:
    """Answer about a certificate by its record's id or its number, as its reader may read it.

    Raises:
        BadQuestion: the subject is neither.
        Unknown: there is no such certificate, or the reader may read nothing of it.

    """
    certificate_id = _id_of(reading, subject)
    sheets: Sheets = ()
    if certificate_id is not None:
        line = reading.line(reading.index_of(certificate_id))
        sheets = ALL if reading.is_whole else sheets_of(reading, line)
    if certificate_id is None or not sheets:
        raise Unknown("certificate", subject)
    return _answer(reading, certificate_id, sheets, shows_goods=True)


def _id_of(reading: Reading, subject: str) -> Hash32 | None:
    whole = from_hex(subject, HASH_BYTES)
    if whole is not None:
        known = reading.view.read(CertificateState, whole)
        return known.id if known else None
    if not _NUMBER.fullmatch(subject):
        raise BadQuestion("id", "a record id, or a number such as BW20260001, without spaces")
    number = reading.view.read(CertificateNumber, subject.encode())
    return None if number is None or number.certificate == NO_HASH else number.certificate


def _answer(
    reading: Reading, certificate_id: Hash32, sheets: Sheets, *, shows_goods: bool
) -> CertificateAnswer:
    known = reading.view.read(CertificateState, certificate_id)
    if known is None:
        raise Unknown("certificate", "by this id")
    line = reading.line(known.index)
    record = line.record
    assert isinstance(record, Certificate)  # noqa: S101 - its state was made by it
    shows_who, shows_amounts = "who" in sheets, "amounts" in sheets
    state, says = standing(known, reading.now_ms)
    is_whole = shows_who and shows_amounts
    return CertificateAnswer(
        token=link_token(record).hex() if is_whole else None,
        certificate_id=known.id,
        ledger_id=reading.charter.ledger_id,
        origin=reading.charter.origin,
        mode=reading.charter.mode,
        title=TITLE,
        statement=STATEMENT,
        number=known.number,
        operation=known.operation,
        original=_number_of(reading, known.original),
        issued_at=known.issued_at,
        expires_at=known.expires_at,
        authority=known.author if shows_who else None,
        authority_country=known.country,
        authority_name=name_of(known.country),
        exporter=known.exporter if shows_who else None,
        importer=_somebody(known.importer) if shows_who else None,
        codes=_codes(known) if shows_amounts else None,
        weight_carats=carats(sum(known.weights_millicarats)) if shows_amounts else None,
        value_us_dollars=dollars(sum(known.values_us_cents)) if shows_amounts else None,
        parcel_count=len(known.parcels),
        parcels=_parcels(record) if shows_goods else None,
        origin_sort=("mixed", "unmixed", "named")[min(len(known.origins), 2)],
        origins=known.origins,
        origin_names=tuple(name_of(country) for country in known.origins),
        provenance=known.provenance,
        provenance_name=name_of(known.provenance),
        destination=known.destination,
        destination_name=name_of(known.destination),
        state=state,
        state_says=says,
        closed_by=None if known.closed_by == NEVER else known.closed_by,
        clearance=_clearance(reading, known, shows_goods=shows_goods),
        corrections=corrections_shown(reading, line, sheets),
        findings=_findings(reading, known, shows_goods=shows_goods),
        private=(),
        index=line.index,
        recorded_at_ms=line.entry.recorded_at_ms,
        status=reading.status(line.index),
        is_suspected=reading.is_suspected(line.index, record.author, *line.signed.signers),
        inclusion=_inclusion(reading, line),
        note=log.note_of(reading),
        as_of=reading.as_of,
    )


def standing(known: CertificateState, now_ms: int) -> tuple[CertificateStanding, str]:
    """Return the state of a certificate at a time, and say what it means."""
    to = name_in_text(known.destination)
    if known.state == "open" and not known.is_open(now_ms):
        return "expired", (
            f"It expired on {day(known.expires_at)}. No arrival in {to} is recorded here."
        )
    words = {
        "open": f"It was issued; its arrival in {to} is not recorded here yet.",
        "confirmed": f"The authority of {to} confirmed the arrival.",
        "refused": f"The authority of {to} refused the shipment.",
        "void": "It certifies nothing any more: its goods were worked on, or certified again, "
        "before they were cleared.",
    }
    return known.state, words[known.state]


def private_of(answer: CertificateAnswer) -> Hash32:
    """Return whose private fields a certificate's are: its own, or its last endorsement's."""
    ends = [one.record_id for one in answer.corrections if one.field == "details" and one.record_id]
    return (ends or [answer.certificate_id])[-1]


def with_private(answer: CertificateAnswer, fields: Mapping[str, object]) -> CertificateAnswer:
    """Return an answer with those private fields of the record that its reader may see."""
    shown = tuple(PrivateShown(name, str(value)) for name, value in fields.items())
    return replace(answer, private=shown)


def _codes(known: CertificateState) -> tuple[CodeShown, ...]:
    rows = zip(known.hs_codes, known.weights_millicarats, known.values_us_cents, strict=True)
    return tuple(
        CodeShown(code, CODES[code], weight, carats(weight), value, dollars(value))
        for code, weight, value in rows
    )


def _parcels(record: Certificate) -> tuple[ParcelCertified, ...]:
    rows = zip(record.what.parcels, record.what.states, strict=True)
    return tuple(ParcelCertified(parcel, state) for parcel, state in rows)


def _somebody(address: Address) -> Address | None:
    return None if address == NOBODY else address


def _number_of(reading: Reading, certificate_id: Hash32) -> str:
    known = None
    if certificate_id != NO_HASH:
        known = reading.view.read(CertificateState, certificate_id)
    return known.number if known else ""


def _inclusion(reading: Reading, line: Line) -> InclusionAnswer | None:
    if line.index >= reading.published.size:
        return None
    return log.inclusion(reading, line.index, None)


def _findings(
    reading: Reading, known: CertificateState, *, shows_goods: bool
) -> tuple[FindingShown, ...]:
    """Show the findings about a certificate and about what cleared it, with their answers.

    Whoever holds the paper is told what was noticed and when it was answered, and by whom in which
    role; not what was compared, and no record of another.
    """
    subjects = [known.id]
    if known.closed_by != NEVER:
        subjects.append(reading.line(known.closed_by).signed.record_id)
    found = [one for subject in subjects for one in findings_about(reading, subject)]
    seen = findings_seen(reading, found, NEVER)
    if shows_goods:
        return seen
    return tuple(
        replace(
            one,
            finding_id=None,
            record_id=None,
            evidence=None,
            answers=tuple(replace(answer, record_id=None, author=None) for answer in one.answers),
        )
        for one in seen
    )


# -- at the border -------------------------------------------------------------------------------


def _clearance(
    reading: Reading, known: CertificateState, *, shows_goods: bool
) -> ClearanceShown | None:
    """Show the Clearance that closed a certificate; whole, in part, or not at all.

    Whoever holds the paper is told that it was cleared, where and when, and whether what was found
    is what the paper says; what was found is for those who may read that record.
    """
    if known.closed_by == NEVER:
        return None
    line = reading.line(known.closed_by)
    record = line.record
    if not isinstance(record, Clearance):
        return None
    sheets = ALL if reading.is_whole else sheets_of(reading, line)
    is_whole = shows_goods and sheets == ALL
    found = _found(known, record)
    return ClearanceShown(
        index=line.index,
        record_id=line.signed.record_id if is_whole else None,
        operation=record.what.operation,
        reason=REASONS.get(record.what.reason, ""),
        author=record.author if is_whole else None,
        country=record.scene.author_country,
        country_name=name_of(record.scene.author_country),
        arrival_country=record.scene.arrival_country,
        arrival_country_name=name_of(record.scene.arrival_country),
        exporter=_somebody(record.who.exporter) if is_whole else None,
        importer=_somebody(record.who.importer) if is_whole else None,
        parcel_count=record.amounts.parcel_count if is_whole else None,
        declared_count=len(known.parcels),
        found=found if is_whole else None,
        agrees=_agrees(known, record, found),
        occurred_at=record.scene.occurred_at,
        recorded_at_ms=line.entry.recorded_at_ms,
        status=reading.status(line.index),
    )


def _found(known: CertificateState, record: Clearance) -> tuple[FoundShown, ...]:
    """Lay what was found beside what was declared, code by code."""
    declared = {
        code: (weight, value)
        for code, weight, value in zip(
            known.hs_codes, known.weights_millicarats, known.values_us_cents, strict=True
        )
    }
    amounts = record.amounts
    came = {
        code: (weight, value)
        for code, weight, value in zip(
            record.what.hs_codes, amounts.weights_millicarats, amounts.values_us_cents, strict=True
        )
    }
    nothing = (0, 0)
    return tuple(
        _compared(code, came.get(code, nothing), declared.get(code, nothing))
        for code in sorted({*declared, *came})
    )


def _compared(code: str, came: tuple[int, int], declared: tuple[int, int]) -> FoundShown:
    weight, value = (found - said for found, said in zip(came, declared, strict=True))
    return FoundShown(
        hs_code=code,
        weight_millicarats=came[0],
        weight_carats=carats(came[0]),
        value_us_cents=came[1],
        value_us_dollars=dollars(came[1]),
        declared_millicarats=declared[0],
        declared_us_cents=declared[1],
        delta_carats=f"{'-' if weight < 0 else '+' if weight else ''}{carats(abs(weight))}",
        delta_us_dollars=("+" if value > 0 else "") + dollars(value),
    )


def _agrees(known: CertificateState, record: Clearance, found: tuple[FoundShown, ...]) -> bool:
    return (
        record.amounts.parcel_count == len(known.parcels)
        and (record.who.exporter, record.who.importer) == (known.exporter, known.importer)
        and all(
            (one.weight_millicarats, one.value_us_cents)
            == (one.declared_millicarats, one.declared_us_cents)
            for one in found
        )
    )
