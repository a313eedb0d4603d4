"""EIP-712 digests of checked records: who says what, in 32 bytes.

The domain is ``{name: "Adamant", version: "1", salt: ledger id}``, without a chain id, since a
record belongs to a ledger and not to a chain; the Charter alone is signed under a zero salt. Type
hashes are computed once, at import, from the declarations. Source: EIP-712, "Definition of
hashStruct" and "Definition of domainSeparator".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from ledger.records import KINDS, SHEETS, Kind, Record, Sheet
from ledger.signing.packing import hasher, keccak
from ledger.values import HASH_BYTES, NO_HASH, Hash32

DOMAIN_NAME: Final = "Adamant"
DOMAIN_VERSION: Final = "1"
DOMAIN_TYPE: Final = "EIP712Domain(string name,string version,bytes32 salt)"
_WORD: Final = 32
_TYPE_HASHES: Final = {
    struct: keccak(kind.encode_type(struct).encode())
    for kind in KINDS.values()
    for struct in kind.type_table
}
_HASHERS: Final = {
    sheet: hasher(sheet, _TYPE_HASHES[sheet.__name__])
    for kind in KINDS.values()
    for sheet in kind.sheets.values()
}


def type_hash(struct: str) -> Hash32:
    """Return the type hash of a kind (``Handoff``) or of one of its sheets (``HandoffWho``)."""
    return _TYPE_HASHES[struct]


def sheet_hash(sheet: Sheet) -> Hash32:
    """Return the EIP-712 hashStruct of one sheet."""
    return _HASHERS[type(sheet)](sheet)


def sheet_hashes(record: Record) -> dict[str, Hash32]:
    """Return the hashes of the four sheets, by place."""
    return {place: sheet_hash(getattr(record, place)) for place in SHEETS}


def struct_hash(kind: str, sheets: dict[str, Hash32], details: Hash32) -> Hash32:
    """Return the hash of a record from the hashes of its sheets, so that sheets may be withheld.

    Raises:
        ValueError: a hash is not 32 bytes; two of other lengths could stand for one another.

    """
    words = [sheets[place] for place in SHEETS]
    return keccak(_TYPE_HASHES[kind] + b"".join(map(_bytes32, (*words, details))))


def _bytes32(value: bytes) -> bytes:
    if len(value) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    return value


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
    return digest(kind, _RECORD_HASHERS[kind](record), ledger_id)


def _record_hasher(kind: Kind) -> Callable[[Record], Hash32]:
    """Return what gives the :func:`struct_hash` of whole records of a kind."""
    type_hash = _TYPE_HASHES[kind.name]
    who, what, amounts, scene = (_HASHERS[kind.sheets[place]] for place in SHEETS)

    def hash_record(record: Record) -> Hash32:
        return keccak(
            type_hash
            + who(record.who)
            + what(record.what)
            + amounts(record.amounts)
            + scene(record.scene)
            + _bytes32(record.details)
        )

    return hash_record


_RECORD_HASHERS: Final = {kind.name: _record_hasher(kind) for kind in KINDS.values()}


def output_id(record: Hash32, position: int) -> Hash32:
    """Return the id of a record's output: a parcel, a piece, or (position 0) a site."""
    return keccak(record + position.to_bytes(_WORD, "big"))
