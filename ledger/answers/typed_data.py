"""What a wallet needs to sign a record of a kind: EIP-712 types, domain, and an example message.

All of it follows from the declarations in :mod:`ledger.records`. The example has made-up parties,
parcels and salts; it shows the form, and would be refused for what it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from ledger.answers.shapes import TypedDataAnswer, TypedField
from ledger.answers.wire import Plain
from ledger.canonical import to_plain
from ledger.errors import Unknown
from ledger.records import KINDS, ROLES, SHEETS, WRITABLE, Field, Kind, Record, Spec
from ledger.signing import DOMAIN_NAME, DOMAIN_VERSION
from ledger.values import ADDRESS_BYTES, HASH_BYTES, NO_HASH, Hash32, to_hex

DOMAIN_FIELDS: Final = (("name", "string"), ("version", "string"), ("salt", "bytes32"))
EXAMPLE_AT: Final = 1_767_225_600
"""2026-01-01T00:00:00Z."""

_ORIGIN: Final = "ledger.example/adamant"
_ROUGH, _POLISHED = "7102.31", "7102.39"
# What a field holds in the examples, where the first that fits its type would say too little.
_USUAL: Final[Mapping[str, Plain]] = {
    "origin": _ORIGIN,
    "checkpointKeys": [f"{_ORIGIN}+00000000+AQ=="],
    "rulesVersion": 1,
    "recoveryDelaySeconds": 604_800,
    "licence": "ML-2026-14",
    "number": "BW20260001",
    "occurredAt": EXAMPLE_AT,
    "periodFrom": EXAMPLE_AT - 86_400,
    "periodTo": EXAMPLE_AT,
    "expiresAt": EXAMPLE_AT + 86_400,
    "validUntil": 0,
    "weightMillicarats": 12_500,
    "inputWeightMillicarats": 12_500,
    "reportNumber": "2026000001",
    "label": "Lot 7",
}
_USUAL_OF_KIND: Final[Mapping[str, Mapping[str, Plain]]] = {
    "Transformation": {
        "hsCodes": [_ROUGH, _ROUGH],
        "weightsMillicarats": [7_500, 5_000],
        "stones": [2, 1],
        "labels": ["7a", "7b"],
    },
    "Registration": {"stones": 3},
    "Correction": {"details": to_hex(hashlib.sha256(b"corrected details").digest())},
}


def typed_data(kind_name: str, ledger_id: Hash32) -> TypedDataAnswer:
    """Answer what a wallet needs for a kind of record of a ledger.

    Raises:
        Unknown: no kind has this name.

    """
    kind = kind_named(kind_name)
    fields = list(_fields(kind))
    return TypedDataAnswer(
        kind=kind.name,
        is_written=kind.record in WRITABLE,
        primary_type=kind.name,
        domain=_domain(kind, ledger_id),
        types=_types(kind),
        message=example(kind),
        closed_lists={
            path: list(field.spec.one_of) for path, field in fields if field.spec.one_of is not None
        },
        fields=tuple(
            TypedField(path, field.spec.full_type, field.spec.meaning) for path, field in fields
        ),
    )


def kind_named(name: str) -> Kind:
    """Return a kind by its name.

    Raises:
        Unknown: no kind has this name.

    """
    if name not in KINDS:
        raise Unknown("kind of record", "of this name")
    return KINDS[name]


def data_of(record: Record, ledger_id: Hash32) -> dict[str, Plain]:
    """Return a record of a ledger as typed data (``eth_signTypedData_v4``)."""
    return {
        "types": _types(record.KIND),
        "primaryType": record.KIND.name,
        "domain": _domain(record.KIND, ledger_id),
        "message": to_plain(record),
    }


def _domain(kind: Kind, ledger_id: Hash32) -> dict[str, Plain]:
    salt = NO_HASH if kind.name == "Charter" else ledger_id
    return {"name": DOMAIN_NAME, "version": DOMAIN_VERSION, "salt": to_hex(salt)}


def _types(kind: Kind) -> dict[str, Plain]:
    domain_type = [{"name": name, "type": wire_type} for name, wire_type in DOMAIN_FIELDS]
    return {"EIP712Domain": domain_type, **kind.type_table}


def _fields(kind: Kind) -> Iterator[tuple[str, Field]]:
    for place in SHEETS:
        for field in kind.sheets[place].FIELDS:
            yield f"{place}.{field.wire}", field


def example(kind: Kind) -> dict[str, Plain]:
    """Return a plain record of a kind that strict reading takes: its first operation."""
    operation = _first_operation(kind)
    role = kind.roles.get(operation, kind.roles.get("", ROLES))[0]
    made: dict[str, Plain] = {
        place: {
            field.wire: _value(kind, field, operation, role) for field in kind.sheets[place].FIELDS
        }
        for place in SHEETS
    }
    for place in SHEETS:
        made[place]["salt"] = to_hex(hashlib.sha256(f"example salt of {place}".encode()).digest())
    return {**made, "details": _USUAL_OF_KIND.get(kind.name, {}).get("details", to_hex(NO_HASH))}


def _first_operation(kind: Kind) -> str:
    for field in kind.sheets["what"].FIELDS:
        if field.wire == kind.selector and field.spec.one_of:
            return field.spec.one_of[0]
    return ""


def _value(kind: Kind, field: Field, operation: str, role: str) -> Plain:
    if field.wire == "authorRole":
        return role
    if field.wire == "authorCountry":
        return "" if role == "governor" else "BW"
    if field.wire == kind.selector:
        return operation
    usual = {**_USUAL, **_USUAL_OF_KIND.get(kind.name, {})}.get(field.wire)
    filling = field.spec.filling.of(operation)
    if filling == "empty" or (filling == "either" and usual is None):
        return [] if field.spec.items else _empty(field.spec)
    if usual is not None:
        return usual
    one = _sample(field)
    return [one] if field.spec.items else one


def _empty(spec: Spec) -> Plain:
    lengths = {"address": ADDRESS_BYTES, "bytes32": HASH_BYTES}
    if spec.wire_type in lengths:
        return to_hex(bytes(lengths[spec.wire_type]))
    return 0 if spec.wire_type == "uint64" else ""


def _sample(field: Field) -> Plain:
    spec = field.spec
    seed = hashlib.sha256(f"example {field.wire}".encode()).digest()
    if spec.wire_type == "address":
        return to_hex(seed[:ADDRESS_BYTES])
    if spec.wire_type == "bytes32":
        return to_hex(seed)
    if spec.wire_type == "uint64":
        return 1
    if spec.one_of is not None:
        fit = [text for text in spec.one_of if text]
        return "BW" if "BW" in fit else _POLISHED if fit == [_POLISHED] else fit[0]
    return "example"
