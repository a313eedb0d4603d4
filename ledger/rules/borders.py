"""Rules of Certificate and Clearance: rough that crosses a border, and what was found there.

Sources: the Kimberley Process Certification Scheme (Annex I: what a certificate says; section III:
the importing authority confirms receipt). Standing is no rule here: a participant that was
suspended on that date may well have issued a certificate, and verdicts ask about it.

A parcel has at most one certificate that may still be open. An open one is void once a parcel under
it is transformed, or once another is issued for one of them after it expired: so that a Correction
of ``expiresAt`` can never bring it back beside the other. A parcel names the last one until goods
are confirmed under it, whatever became of it: a mix of 512 parcels, each under a certificate of 512
others, writes no row of those others; and goods that went on by another certificate are not sent
back by whom an earlier one was refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, get_args

from ledger.custody import (
    NO_CERTIFICATE,
    NOBODY,
    CertificateLink,
    CertificateNumber,
    CertificateState,
    Changes,
    Item,
    Parcel,
    ParcelState,
)
from ledger.errors import Damaged
from ledger.records import Certificate, Clearance
from ledger.rules.case import Case, refuse, shown
from ledger.rules.goods import check_custodian, check_state, known_parcel
from ledger.rules.numbering import used_here, used_on_paper
from ledger.rules.who import check_who
from ledger.values import NO_HASH, Address, Hash32, is_within, to_hex

_STATES: Final = get_args(ParcelState)
"""In the order of their refusals."""
_NUMBER: Final = re.compile("[A-Z]{2}[0-9A-Z]{1,20}", re.ASCII)
_TOKEN_BYTES: Final = 16


def link_token(record: Certificate) -> bytes:
    """Return the 16 bytes that a certificate's QR code leads by (:class:`CertificateLink`)."""
    return hashlib.sha256(record.who.salt + record.amounts.salt).digest()[:_TOKEN_BYTES]


def check_certificate(case: Case, record: Certificate) -> Changes:
    """Check a Certificate, and open it on its parcels."""
    named = _named(("who.exporter", record.who.exporter), ("who.importer", record.who.importer))
    check_who(case, *named)
    parcels = _exported(case, record)
    original = _original(case, record)
    for at, parcel in enumerate(parcels):
        if parcel.form != "rough":
            raise refuse("form", f"what.parcels.{at}", "a parcel of rough", parcel.form)
    own = all(_is_told(case, parcel) for parcel in parcels)
    since = [parcel.head_at for parcel in parcels] + [original.issued_at if original else 0]
    case.check_time(since, "" if own else "no earlier than what it speaks of")
    expires_at, issued_at = record.scene.expires_at, record.scene.occurred_at
    if expires_at <= issued_at:
        raise refuse("period", "scene.expiresAt", f"after occurredAt, {issued_at}", expires_at)
    _check_number(record.what.number)
    if record.what.number[:2] != record.scene.author_country:
        expected = f"a number that begins with {record.scene.author_country}"
        raise refuse("certificate-prefix", "what.number", expected, record.what.number[:2])
    known = case.state.read(CertificateNumber, record.what.number.encode())
    if known is not None and known.certificate != NO_HASH:
        raise refuse("certificate-used", "what.number", "an unused number", record.what.number)
    _check_country(case, record, parcels, original)
    for at, parcel in enumerate(parcels):
        if _open_certificate(case, parcel):
            raise refuse("certificate-open", f"what.parcels.{at}", "no open certificate", parcel.id)
    _check_sums(record, parcels)
    return _issue(case, record, parcels, known)


def _named(*fields: tuple[str, Address]) -> list[tuple[str, Address]]:
    return [(field, address) for field, address in fields if address != NOBODY]


def _is_told(case: Case, parcel: Parcel) -> bool:
    """Tell whether the author may be told the book of a parcel: an authority of where it is."""
    return parcel.is_in(case.record.scene.author_country)


def _exported(case: Case, record: Certificate) -> tuple[Parcel, ...]:
    """Return the parcels, each in its exporter's custody; one rule is asked of all, then the next.

    Raises:
        Refused: ``parcel-absent``, ``not-custodian``, the state that a parcel is in, or
            ``stale-previous``.

    """
    fields = [f"what.parcels.{at}" for at in range(len(record.what.parcels))]
    parcels = tuple(
        [
            known_parcel(case, parcel, field)
            for parcel, field in zip(record.what.parcels, fields, strict=True)
        ]
    )
    exporter = case.known_party(record.who.exporter, "who.exporter")
    for parcel, field in zip(parcels, fields, strict=True):
        check_custodian(case, parcel, exporter, field, "a parcel that the exporter holds")
    for state in _STATES:
        for parcel, field in zip(parcels, fields, strict=True):
            if parcel.state == state:
                check_state(parcel, ("held", "offered"), field)
    for at, (parcel, head) in enumerate(zip(parcels, record.what.states, strict=True)):
        told = _is_told(case, parcel)
        case.check_head(f"what.states.{at}", head, parcel.head, is_told=told)
    return parcels


def _original(case: Case, record: Certificate) -> CertificateState | None:
    if record.what.operation != "technical":
        return None
    original = case.state.read(CertificateState, record.what.original)
    if original is None or not set(record.what.parcels) <= set(original.parcels):
        expected = "a Certificate that held these parcels"
        raise refuse("state-unknown", "what.original", expected, record.what.original)
    return original


def _check_number(number: str) -> None:
    if not _NUMBER.fullmatch(number):
        expected = "two letters, then 1 to 20 of 0-9 and A-Z, without spaces or hyphens"
        raise refuse("certificate-number", "what.number", expected, shown(number))


def _check_country(
    case: Case, record: Certificate, parcels: Sequence[Parcel], original: CertificateState | None
) -> None:
    own = record.scene.author_country
    if original is not None:
        if original.state != "refused" or original.cleared_in != own:
            expected = f"a Certificate that the authority of {own} refused"
            raise refuse("certificate-country", "what.original", expected, original.id)
        for at, parcel in enumerate(parcels):
            if not _is_where_refused(case, parcel, original):
                expected = "goods that no other certificate was issued for since"
                raise refuse("certificate-country", f"what.parcels.{at}", expected, parcel.id)
        return
    for at, parcel in enumerate(parcels):
        if not _is_told(case, parcel):
            raise refuse("certificate-country", f"what.parcels.{at}", f"goods in {own}", parcel.id)


def _is_where_refused(case: Case, parcel: Parcel, original: CertificateState) -> bool:
    """Tell whether a parcel's last certificate is the refused one, or would send it back for it.

    One that is open is: another rule refuses a second.
    """
    if parcel.certificate in (original.id, NO_CERTIFICATE):
        return parcel.certificate == original.id
    last = _certificate(case, parcel.certificate)
    is_unused = last.original == original.id and last.state in ("open", "void")
    return is_unused or last.is_open(case.now_ms)


def _open_certificate(case: Case, parcel: Parcel) -> bool:
    if parcel.certificate == NO_CERTIFICATE:
        return False
    return _certificate(case, parcel.certificate).is_open(case.now_ms)


def _certificate(case: Case, certificate: Hash32) -> CertificateState:
    known = case.state.read(CertificateState, certificate)
    if known is None:
        raise Damaged("gap", f"certificate {to_hex(certificate)}", "a parcel names it")
    return known


def _check_sums(record: Certificate, parcels: Sequence[Parcel]) -> None:
    sums = dict.fromkeys(sorted({parcel.hs_code for parcel in parcels}), 0)
    for parcel in parcels:
        sums[parcel.hs_code] += parcel.weight_millicarats
    if record.what.hs_codes != tuple(sums):
        expected, came = " ".join(sums), " ".join(record.what.hs_codes)
        raise refuse("certificate-sum", "what.hsCodes", expected, came)
    stated = record.amounts.weights_millicarats
    for at, (code, came_weight) in enumerate(zip(sums, stated, strict=True)):
        if came_weight != sums[code]:
            field = f"amounts.weightsMillicarats.{at}"
            raise refuse("certificate-sum", field, f"{sums[code]} of {code}", came_weight)


def _issue(
    case: Case,
    record: Certificate,
    parcels: Sequence[Parcel],
    known: CertificateNumber | None,
) -> Changes:
    record_id, what, scene = case.signed.record_id, record.what, record.scene
    certificate = CertificateState(
        id=record_id,
        index=case.index,
        state="open",
        operation=what.operation,
        number=what.number,
        author=record.author,
        country=scene.author_country,
        exporter=record.who.exporter,
        importer=record.who.importer,
        original=what.original,
        parcels=what.parcels,
        hs_codes=what.hs_codes,
        weights_millicarats=record.amounts.weights_millicarats,
        values_us_cents=record.amounts.values_us_cents,
        origins=scene.origins,
        provenance=scene.provenance,
        destination=scene.destination,
        issued_at=scene.occurred_at,
        expires_at=scene.expires_at,
    )
    number = CertificateNumber(what.number, record_id)
    if known is not None:
        number = replace(known, certificate=record_id)
    items: list[Item] = [certificate, number]
    link = CertificateLink(link_token(record), record_id)
    if case.state.read(CertificateLink, link.token) is None:  # salts can be copied: the first stays
        items.append(link)
    items += used_here(case.state, what.number, scene.occurred_at)
    items += voided(case, parcels)
    items += [replace(parcel, certificate=record_id) for parcel in parcels]
    return Changes(tuple(items), mentions=what.parcels)


def voided(case: Case, parcels: Iterable[Parcel]) -> list[Item]:
    """Void what certificates of these parcels may still be open."""
    named = dict.fromkeys(parcel.certificate for parcel in parcels)
    known = [_certificate(case, held) for held in named if held != NO_CERTIFICATE]
    return [
        replace(certificate, state="void", closed_by=case.index)
        for certificate in known
        if certificate.state == "open"
    ]


def _arrived(case: Case, certificate: CertificateState, country: str) -> list[Item]:
    """Return the parcels of a confirmed certificate, where they arrived."""
    known = [case.parcel(parcel) for parcel in certificate.parcels]
    return [
        replace(parcel, certificate=NO_CERTIFICATE, country=country)
        for parcel in known
        if parcel is not None and parcel.certificate == certificate.id
    ]


def check_clearance(case: Case, record: Clearance) -> Changes:
    """Check a Clearance, and confirm or refuse the certificate that it names, if it names one."""
    named = _named(("who.exporter", record.who.exporter), ("who.importer", record.who.importer))
    check_who(case, *named)
    country, own = record.scene.arrival_country, record.scene.author_country
    if not is_within(country, own):
        raise refuse("country", "scene.arrivalCountry", f"a country within {own}", country)
    certificate = None
    if record.what.certificate != NO_HASH:
        certificate = case.state.read(CertificateState, record.what.certificate)
        if certificate is None:
            came = record.what.certificate
            raise refuse("state-unknown", "what.certificate", "a Certificate, or none", came)
    since = (certificate.issued_at,) if certificate else ()
    case.check_time(since, "no earlier than the certificate")
    _check_number(record.what.number)
    if certificate is not None:
        _check_open(case, record, certificate)
    return _cleared(case, record, certificate)


def _check_open(case: Case, record: Clearance, certificate: CertificateState) -> None:
    if record.what.number != certificate.number:
        expected = "the number of the certificate"
        raise refuse("certificate-number", "what.number", expected, record.what.number)
    if not certificate.is_open(case.now_ms):
        expected = "an open certificate"
        raise refuse("certificate-not-open", "what.certificate", expected, certificate.id)
    if record.scene.author_country != certificate.destination:
        expected = "the authority of its destination"
        came = record.scene.author_country
        raise refuse("certificate-destination", "scene.authorCountry", expected, came)


def _cleared(case: Case, record: Clearance, certificate: CertificateState | None) -> Changes:
    known = case.state.read(CertificateNumber, record.what.number.encode())
    number = known or CertificateNumber(record.what.number, NO_HASH)
    items: list[Item] = []
    if number.first_shown < 0:
        items.append(replace(number, first_shown=case.index))
    if certificate is None:
        if record.what.operation == "confirm" and number.certificate == NO_HASH:
            items += used_on_paper(case.state, record.what.number, record.scene.occurred_at)
        return Changes(tuple(items))
    is_confirmed = record.what.operation == "confirm"
    closed = replace(
        certificate,
        state="confirmed" if is_confirmed else "refused",
        closed_by=case.index,
        cleared_in=record.scene.author_country,
    )
    items.append(closed)
    if is_confirmed:
        items += _arrived(case, certificate, record.scene.arrival_country)
    return Changes(tuple(items), mentions=certificate.parcels)
