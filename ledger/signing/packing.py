"""Hashes of sheets, by one function for each class of sheet, written out from its declaration.

A sheet is hashed as EIP-712 says: its type hash and one word of 32 bytes for each field, in
declared order, are packed at once and hashed. A text stands as the hash of its UTF-8, a list as the
hash of its elements' words. Lengths are checked, since two values of other lengths could stand for
one another. Source: EIP-712, "Definition of encodeData".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Any, Final

import sha3

from ledger.records import Field, Sheet
from ledger.records.compiled import compiled, function_source
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Hash32

_TEXTS_REMEMBERED: Final = 4_096
"""Most texts of most records are roles, countries and codes, again and again."""

_WORDS: Final = {"address": "12x20s", "bytes32": "32s", "uint64": "24xQ", "string": "32s"}
"""How :mod:`struct` packs a value of each type into a word; a text or a list comes as its hash."""

_BYTES: Final = {"address": ADDRESS_BYTES, "bytes32": HASH_BYTES}
_LENGTHS: Final = "an address has 20 bytes, a hash has 32"


def keccak(data: bytes) -> Hash32:
    """Return keccak-256 as Ethereum uses it (not SHA3-256)."""
    hashed: Hash32 = sha3.keccak_256(data).digest()
    return hashed


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def hash_of_text(value: str) -> Hash32:
    """Return what stands for a text."""
    return keccak(value.encode())


def _list_hasher(wire_type: str) -> Callable[[tuple[Any, ...]], Hash32]:
    """Return what gives the hash that stands for a list of a type."""
    pack, length = Struct(">" + _WORDS[wire_type]).pack, _BYTES.get(wire_type)

    def hash_of_list(values: tuple[Any, ...]) -> Hash32:
        if length is not None and any(len(value) != length for value in values):
            raise ValueError(_LENGTHS)
        return keccak(b"".join(map(pack, values)))

    return hash_of_list


def _hash_of_texts(values: tuple[str, ...]) -> Hash32:
    return keccak(b"".join(map(hash_of_text, values)))


_LIST_HASHERS: Final = {
    "hash_of_address_list": _list_hasher("address"),
    "hash_of_bytes32_list": _list_hasher("bytes32"),
    "hash_of_uint64_list": _list_hasher("uint64"),
    "hash_of_string_list": _hash_of_texts,
}


def _word_source(field: Field) -> str:
    value = f"sheet.{field.name}"
    if field.spec.items is not None:
        return f"hash_of_{field.spec.wire_type}_list({value})"
    return f"hash_of_text({value})" if field.spec.wire_type == "string" else value


def hasher_source(sheet: type[Sheet]) -> str:
    """Write the function that hashes one class of sheet."""
    sized = [
        f"len(sheet.{field.name}) != {_BYTES[field.spec.wire_type]}"
        for field in sheet.FIELDS
        if field.spec.wire_type in _BYTES and field.spec.items is None
    ]
    lines = [
        f"if {' or '.join(sized)}:",
        "    raise ValueError(LENGTHS)",
        "return keccak_256(pack(",
        "    TYPE_HASH,",
        *(f"    {_word_source(field)}," for field in sheet.FIELDS),
        ")).digest()",
    ]
    return function_source(f"hash_{sheet.__name__}", ("sheet",), lines)


def hasher(sheet: type[Sheet], type_hash: Hash32) -> Callable[[Sheet], Hash32]:
    """Return the function that gives the EIP-712 hashStruct of sheets of a class.

    Its errors: ValueError for bytes of another length; :class:`struct.error` for an integer that
    is not of 64 bits.
    """
    words = (_WORDS["bytes32" if f.spec.items else f.spec.wire_type] for f in sheet.FIELDS)
    given = {
        "TYPE_HASH": type_hash,
        "pack": Struct(">32s" + "".join(words)).pack,
        "keccak_256": sha3.keccak_256,
        "hash_of_text": hash_of_text,
        "LENGTHS": _LENGTHS,
        **_LIST_HASHERS,
    }
    return compiled(hasher_source(sheet), given)  # type: ignore[no-any-return]  # as its source says
