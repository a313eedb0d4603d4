"""EIP-712 digests of checked records: who says what, in 32 bytes.

The domain is ``{name: "Adamant", version: "1", salt: ledger id}``, without a chain id, since a
record belongs to a ledger and not to a chain; the Charter alone is signed under a zero salt. Type
hashes are computed once, at import, from the declarations. Source: EIP-712, "Definition of
hashStruct" and "Definition of domainSeparator".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import sha3

from ledger.records import KINDS, SHEETS, Record, Sheet
from ledger.values import ADDRESS_BYTES, HASH_BYTES, NO_HASH, Hash32

DOMAIN_NAME: Final = "Adamant"
DOMAIN_VERSION: Final = "1"
DOMAIN_TYPE: Final = "EIP712Domain(string name,string version,bytes32 salt)"
_WORD: Final = 32
_TEXTS_REMEMBERED: Final = 4_096
"""Most texts of most records are roles, countries and codes, again and again."""


def keccak(data: bytes) -> Hash32:
    """Return keccak-256 as Ethereum uses it (not SHA3-256)."""
    hashed: Hash32 = sha3.keccak_256(data).digest()
    return hashed


def _address(value: bytes) -> bytes:
    if len(value) != ADDRESS_BYTES:
        raise ValueError("an address has 20 bytes")
    return _ADDRESS_PAD + value


def _bytes32(value: bytes) -> bytes:
    if len(value) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    return value


def _uint64(value: int) -> bytes:
    return _UINT64_PAD + value.to_bytes(8, "big")


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def _string(value: str) -> bytes:
    return keccak(value.encode())


_ADDRESS_PAD: Final = bytes(_WORD - ADDRESS_BYTES)
_UINT64_PAD: Final = bytes(_WORD - 8)
_ENCODERS: Final[dict[str, Callable[[Any], bytes]]] = {
    "address": _address,
    "bytes32": _bytes32,
    "uint64": _uint64,
    "string": _string,
}


def _list_of(encode: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    def encode_list(values: tuple[Any, ...]) -> bytes:
        return keccak(b"".join(map(encode, values)))

    return encode_list


_TYPE_HASHES: Final = {
    struct: keccak(kind.encode_type(struct).encode())
    for kind in KINDS.values()
    for struct in kind.type_table
}
_Form = tuple[Hash32, tuple[Callable[[Any], bytes], ...], Callable[[Sheet], tuple[Any, ...]]]


def _form_of(sheet: type[Sheet]) -> _Form:
    """Return a sheet's type hash, the encoders of its fields, and what gives their values."""
    names = [field.name for field in sheet.FIELDS]
    give = attrgetter(*names) if len(names) > 1 else lambda made: (made.salt,)
    encoders = (
        (_ENCODERS[field.spec.wire_type], field.spec.items is not None) for field in sheet.FIELDS
    )
    by_field = tuple(_list_of(encode) if is_list else encode for encode, is_list in encoders)
    return _TYPE_HASHES[sheet.__name__], by_field, give


_SHEETS_OF: Final = attrgetter(*SHEETS)
_FORMS: Final = {
    sheet: _form_of(sheet) for kind in KINDS.values() for sheet in kind.sheets.values()
}


def type_hash(struct: str) -> Hash32:
    """Return the type hash of a kind (``Handoff``) or of one of its sheets (``HandoffWho``)."""
    return _TYPE_HASHES[struct]


def sheet_hash(sheet: Sheet) -> Hash32:
    """Return the EIP-712 hashStruct of one sheet."""
    type_hash, encoders, give = _FORMS[type(sheet)]
    words = [encode(value) for encode, value in zip(encoders, give(sheet), strict=True)]
    return keccak(type_hash + b"".join(words))


def sheet_hashes(record: Record) -> dict[str, Hash32]:
    """Return the hashes of the four sheets, by place."""
    return {place: sheet_hash(getattr(record, place)) for place in SHEETS}


def struct_hash(kind: str, sheets: dict[str, Hash32], details: Hash32) -> Hash32:
    """Return the hash of a record from the hashes of its sheets, so that sheets may be withheld.

    Raises:
        ValueError: a hash is not 32 bytes; two of other lengths could stand for one another.

    """
    return _struct_hash(kind, [sheets[place] for place in SHEETS], details)


def _struct_hash(kind: str, sheets: list[Hash32], details: Hash32) -> Hash32:
    return keccak(_TYPE_HASHES[kind] + b"".join(map(_bytes32, (*sheets, details))))


@lru_cache(maxsize=64)
def domain_separator(salt: Hash32) -> Hash32:
    """Return the hash of the domain of the ledger whose id is ``salt``."""
    words = (DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION)
    return keccak(b"".join(keccak(word.encode()) for word in words) + _bytes32(salt))


def digest(kind: str, struct: Hash32, ledger_id: Hash32) -> Hash32:
    """Return the record id from a record's struct hash.

    Args:
        kind: the kind's name; a Charter's domain salt is zero, whatever ``ledger_id`` is.
        struct: the record's :func:`struct_hash`.
        ledger_id: the ledger that the record belongs to.

    """
    salt = NO_HASH if kind == "Charter" else ledger_id
    return keccak(b"\x19\x01" + domain_separator(salt) + struct)


def record_id(record: Record, ledger_id: Hash32) -> Hash32:
    """Return the EIP-712 digest of a checked record: its id, and what its signers sign."""
    kind = record.KIND.name
    sheets = [sheet_hash(sheet) for sheet in _SHEETS_OF(record)]
    return digest(kind, _struct_hash(kind, sheets, record.details), ledger_id)


def output_id(record: Hash32, position: int) -> Hash32:
    """Return the id of a record's output: a parcel, a piece, or (position 0) a site."""
    return keccak(record + position.to_bytes(_WORD, "big"))
