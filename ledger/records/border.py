"""Borders: Certificate and Clearance (Kimberley Process Certification Scheme, Annex I)."""

from __future__ import annotations

from ledger.records.fields import (
    EITHER,
    ListSpec,
    Record,
    Sheet,
    address,
    author,
    author_country,
    author_role,
    choice,
    country,
    filled_for,
    hash32,
    kind,
    occurred_at,
    optional_for,
    salt,
    sheet,
    text,
    uint,
)
from ledger.values import ROUGH_CODES, Address, Hash32

_CODES = ListSpec(least=1, most=3, ascending=True)
_PER_CODE = ListSpec(least=1, most=3, parallel_to="what.hsCodes")
_FOUND_CODES = ListSpec(most=3, ascending=True)
_PER_FOUND_CODE = ListSpec(most=3, parallel_to="what.hsCodes", empty_elements=True)
_REFUSAL_MAY_LACK = optional_for("refuse", otherwise="filled")


@sheet
class CertificateWho(Sheet):
    """Who exports to whom."""

    author: Address = author()
    exporter: Address = address("custodian of all parcels")
    importer: Address = address("zero if not a party (its name is then a private field)", EITHER)
    salt: Hash32 = salt()


@sheet
class CertificateWhat(Sheet):
    """Number and parcels."""

    operation: str = choice(
        "export, or technical: ordered re-export after a refused Clearance",
        ("export", "technical"),
    )
    author_role: str = author_role()
    number: str = text("unique; two letters of the issuing country, then 1 to 20 of [0-9A-Z]")
    original: Hash32 = hash32(
        "technical: the Certificate that this authority refused; export: zero",
        filled_for("technical"),
    )
    parcels: tuple[Hash32, ...] = hash32("rough", items=ListSpec(least=1, ascending=True))
    states: tuple[Hash32, ...] = hash32(
        "last record of each parcel; spoken of, not advanced",
        items=ListSpec(least=1, parallel_to="what.parcels"),
    )
    hs_codes: tuple[str, ...] = choice("the parcels' codes", ROUGH_CODES, items=_CODES)
    salt: Hash32 = salt()


@sheet
class CertificateAmounts(Sheet):
    """Carats and declared customs value per code."""

    weights_millicarats: tuple[int, ...] = uint("sum of book weights per code", items=_PER_CODE)
    values_us_cents: tuple[int, ...] = uint("declared customs value per code", items=_PER_CODE)
    salt: Hash32 = salt()


@sheet
class CertificateScene(Sheet):
    """Validity, origin, provenance, destination."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    expires_at: int = uint("last second of validity, after occurredAt")
    origins: tuple[str, ...] = country(
        "where mined: one = unmixed, several = named, empty = plain mixed",
        EITHER,
        ListSpec(ascending=True),
    )
    provenance: str = country("last exporting participant", eu=True)
    destination: str = country("importing participant", eu=True)
    salt: Hash32 = salt()


@kind(
    details=(
        "exporterName",
        "importerName",
        "exporterStreet",
        "importerStreet",
        "seal",
        "document",
    ),
    roles=("authority",),
    correctable=(
        "amounts.valuesUsCents.*",
        "scene.expiresAt",
        "scene.provenance",
        "scene.destination",
        "details",
    ),
)
class Certificate(Record):
    """The Kimberley Process certificate of a shipment of rough."""

    who: CertificateWho
    what: CertificateWhat
    amounts: CertificateAmounts
    scene: CertificateScene
    details: Hash32


@sheet
class ClearanceWho(Sheet):
    """Exporter and importer, as found."""

    author: Address = author()
    exporter: Address = address("as found; zero if not a party", EITHER)
    importer: Address = address("as found; zero if not a party", EITHER)
    salt: Hash32 = salt()


@sheet
class ClearanceWhat(Sheet):
    """The answer to a certificate."""

    operation: str = choice("confirm or refuse", ("confirm", "refuse"))
    author_role: str = author_role()
    certificate: Hash32 = hash32("the open Certificate; zero = shown on paper only", EITHER)
    number: str = text("the number as shown, in the Certificate's form")
    reason: str = choice(
        "why refused; otherwise empty",
        ("", "number", "expired", "seal", "weight", "value", "documents", "origin", "other"),
        filled_for("refuse"),
    )
    hs_codes: tuple[str, ...] = choice(
        "codes found; may be empty for refuse", ROUGH_CODES, _REFUSAL_MAY_LACK, _FOUND_CODES
    )
    salt: Hash32 = salt()


@sheet
class ClearanceAmounts(Sheet):
    """What was found."""

    parcel_count: int = uint("parcels found; may be 0 for refuse", _REFUSAL_MAY_LACK)
    weights_millicarats: tuple[int, ...] = uint(
        "found per code, may be 0", _REFUSAL_MAY_LACK, _PER_FOUND_CODE
    )
    values_us_cents: tuple[int, ...] = uint(
        "found per code, may be 0", _REFUSAL_MAY_LACK, _PER_FOUND_CODE
    )
    salt: Hash32 = salt()


@sheet
class ClearanceScene(Sheet):
    """Where the goods are."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    arrival_country: str = country("where the goods are, inside authorCountry when that is EU")
    salt: Hash32 = salt()


@kind(
    details=("exporterName", "importerName", "remarks", "document"),
    roles=("authority",),
    correctable=("amounts.valuesUsCents.*", "details"),
)
class Clearance(Record):
    """What the importing authority found."""

    who: ClearanceWho
    what: ClearanceWhat
    amounts: ClearanceAmounts
    scene: ClearanceScene
    details: Hash32
