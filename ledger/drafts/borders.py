"""Drafts of the records of rough that crosses a border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.custody import CertificateState
from ledger.drafts.base import Goods, Moment, Sheets, Speaker, draft
from ledger.records import Record
from ledger.values import NO_ADDRESS, NO_HASH, Address, Hash32


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a certificate besides its goods and its exporter.

    Attributes:
        number: two letters of the issuing country, then 1 to 20 of 0-9 and A-Z.
        destination: alpha-2, or ``EU``: the participant whose authority will clear it.
        expires_at: last second of validity.
        values_us_cents: declared customs value by HS code, of all the parcels of that code.
        provenance: last exporting participant; "" = the issuing country.
        origins: where mined; () = plain "mixed".
        importer: zero if not a party.
        original: the refused Certificate of an ordered re-export, or zeros: an export.

    """

    number: str
    destination: str
    expires_at: int
    values_us_cents: Mapping[str, int]
    provenance: str = ""
    origins: tuple[str, ...] = ()
    importer: Address = NO_ADDRESS
    original: Hash32 = NO_HASH


def certificate(
    speaker: Speaker,
    moment: Moment,
    exporter: Address,
    parcels: Sequence[Goods],
    paper: Paper,
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft the Certificate of parcels as their books stand: weights are summed by code."""
    ordered = sorted(parcels, key=lambda goods: goods.parcel)
    codes = sorted({goods.hs_code for goods in ordered})
    weights = dict.fromkeys(codes, 0)
    for goods in ordered:
        weights[goods.hs_code] += goods.weight_millicarats
    sheets: Sheets = {
        "who": {"exporter": exporter, "importer": paper.importer},
        "what": {
            "operation": "export" if paper.original == NO_HASH else "technical",
            "number": paper.number,
            "original": paper.original,
            "parcels": [goods.parcel for goods in ordered],
            "states": [goods.previous for goods in ordered],
            "hsCodes": codes,
        },
        "amounts": {
            "weightsMillicarats": [weights[code] for code in codes],
            "valuesUsCents": [paper.values_us_cents.get(code, 0) for code in codes],
        },
        "scene": {
            "expiresAt": paper.expires_at,
            "origins": sorted(paper.origins),
            "provenance": paper.provenance or speaker.country,
            "destination": paper.destination,
        },
    }
    return draft("Certificate", speaker, moment, sheets, details)


@dataclass(frozen=True, slots=True)
class Found:
    """What an authority found of one HS code."""

    weight_millicarats: int
    value_us_cents: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an importing authority found.

    Attributes:
        number: as shown.
        arrival_country: where the goods are, alpha-2.
        parcel_count: parcels found.
        found: by HS code.
        exporter, importer: as found; zero if not a party.
        certificate: the open Certificate of that number, or zeros: shown on paper only.

    """

    number: str
    arrival_country: str
    parcel_count: int
    found: Mapping[str, Found]
    exporter: Address = NO_ADDRESS
    importer: Address = NO_ADDRESS
    certificate: Hash32 = NO_HASH


def as_declared(certificate_state: CertificateState, arrival_country: str) -> Arrival:
    """Return the arrival of exactly what a certificate declares."""
    known = certificate_state
    amounts = zip(known.weights_millicarats, known.values_us_cents, strict=True)
    found = [Found(weight, value) for weight, value in amounts]
    return Arrival(
        number=known.number,
        arrival_country=arrival_country,
        parcel_count=len(known.parcels),
        found=dict(zip(known.hs_codes, found, strict=True)),
        exporter=known.exporter,
        importer=known.importer,
        certificate=known.id,
    )


def clearance(
    speaker: Speaker,
    moment: Moment,
    arrival: Arrival,
    *,
    reason: str = "",
    details: Hash32 = NO_HASH,
) -> Record:
    """Draft a Clearance: one that confirms, or one that refuses for a reason."""
    codes = sorted(arrival.found)
    sheets: Sheets = {
        "who": {"exporter": arrival.exporter, "importer": arrival.importer},
        "what": {
            "operation": "refuse" if reason else "confirm",
            "certificate": arrival.certificate,
            "number": arrival.number,
            "reason": reason,
            "hsCodes": codes,
        },
        "amounts": {
            "parcelCount": arrival.parcel_count,
            "weightsMillicarats": [arrival.found[code].weight_millicarats for code in codes],
            "valuesUsCents": [arrival.found[code].value_us_cents for code in codes],
        },
        "scene": {"arrivalCountry": arrival.arrival_country},
    }
    return draft("Clearance", speaker, moment, sheets, details)
