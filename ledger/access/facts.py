"""The facts of a record that decide who reads it: the parties and countries that it involves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ledger.custody import (
    NOBODY,
    CertificateNumber,
    CertificateState,
    Claim,
    SiteState,
    State,
)
from ledger.records import KINDS, Certificate, Clearance, Correction, Record
from ledger.values import COUNTRIES, NO_HASH, Address


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a record decides who reads it.

    Attributes:
        kind: its kind's name; of a Correction, that of what it corrects.
        parties: its author, the others in *who*, and those whose keys or agents signed it.
        countries: those of its scene, and that of its site.
        is_of_line: whether it was said of goods that the reader holds, or of their ancestors; or of
            goods that the reader held, while or before it held them.

    """

    kind: str
    parties: frozenset[Address]
    countries: frozenset[str]
    is_of_line: bool = False


def facts_of(
    state: State, record: Record, signers: Iterable[Address], *, is_of_line: bool = False
) -> Facts:
    """Return the facts of an accepted record; of a Correction, those of what it corrects besides.

    Args:
        state: the present state; owners of keys and countries of sites never change.
        record: the record.
        signers: the addresses that signed it.
        is_of_line: see :class:`Facts`.

    """
    addresses = {*_values(record, "who", _address_fields(record.KIND.name)), *signers}
    parties = {_owner(state, address) for address in addresses if address != NOBODY}
    countries = set(_values(record, "scene", _country_fields(record.KIND.name)))
    site = getattr(record.who, "site", NO_HASH)
    known = state.read(SiteState, site) if site != NO_HASH else None
    if known is not None:
        countries.add(known.country)
    kind = record.KIND.name
    if isinstance(record, Correction):
        # Whoever is shown what was said is shown what is said instead: sheet by sheet.
        original = state.record(record.what.record)
        if original is not None:
            of = facts_of(state, original, ())
            kind, parties, countries = of.kind, parties | of.parties, countries | of.countries
    if isinstance(record, Certificate):
        # An endorsement sends it elsewhere: whoever clears it there reads what it clears.
        number = state.read(CertificateNumber, record.what.number.encode())
        issued = None if number is None else state.read(CertificateState, number.certificate)
        countries |= {issued.provenance, issued.destination} if issued is not None else set()
    if isinstance(record, Clearance):
        # Whoever issued the certificate, and whoever it names, learns what was found.
        countries.add(record.what.number[:2])
        certificate = state.read(CertificateState, record.what.certificate)
        if certificate is not None:
            countries |= {certificate.country, certificate.provenance, certificate.destination}
            parties |= {certificate.author, certificate.exporter, certificate.importer} - {NOBODY}
    return Facts(kind, frozenset(parties), frozenset(countries - {""}), is_of_line)


def _owner(state: State, address: Address) -> Address:
    """Return whose key or agent an address is; itself, where that is not known."""
    claim = state.read(Claim, address)
    return claim.owner if claim is not None else address


def _values(record: Record, place: str, names: Iterable[str]) -> Iterator[Any]:
    sheet = getattr(record, place)
    for name in names:
        value = getattr(sheet, name)
        yield from value if isinstance(value, tuple) else (value,)


_SOME_COUNTRY: Final = min(COUNTRIES)


@lru_cache(maxsize=64)
def _address_fields(kind: str) -> tuple[str, ...]:
    fields = KINDS[kind].sheets["who"].FIELDS
    return tuple(field.name for field in fields if field.spec.wire_type == "address")


@lru_cache(maxsize=64)
def _country_fields(kind: str) -> tuple[str, ...]:
    fields = KINDS[kind].sheets["scene"].FIELDS
    return tuple(field.name for field in fields if _SOME_COUNTRY in (field.spec.one_of or ()))
