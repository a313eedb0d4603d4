"""Private fields: agreed prices, names, documents, kept outside the log under one root inside it.

The root is that of an RFC 6962 tree over exactly 16 leaves. The leaf at position i, the field's
index in its kind's declaration, is SHA-256(salt ‖ canonical ``[name, value]``); a position that is
not used, or whose field is not given, holds 32 random bytes, so that nobody can tell which. Values
and their salts can be erased for ever; the root, and every proof over it, stays. The root of a
record that has no private fields is zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger import merkle
from ledger.canonical import encode
from ledger.errors import Refusal, Refused
from ledger.limits import LIMITS
from ledger.values import HASH_BYTES, Hash32, from_hex, text_fault

POSITIONS: Final = 16
_MONEY: Final = "UsCents"
_DOCUMENT: Final = "document"


@dataclass(frozen=True, slots=True)
class Detail:
    """One private field: its value, text or whole US cents, and its 32-byte random salt."""

    value: str | int
    salt: bytes


def check_detail(name: str, value: str | int) -> None:
    """Check the value of a private field.

    Raises:
        Refused: ``type``, ``integer``, ``hex`` (a ``document`` is named by its SHA-256), ``text``
            or ``emptiness``.

    """
    field = f"private.{name}"
    if name.endswith(_MONEY):
        if type(value) is not int:
            raise Refused(Refusal("type", field, "an integer", "something else"))
        if not 0 <= value <= LIMITS.integer_max:
            raise Refused(Refusal("integer", field, f"0 to {LIMITS.integer_max}", "out of range"))
        return
    if not isinstance(value, str):
        raise Refused(Refusal("type", field, "a text", "something else"))
    if name == _DOCUMENT and from_hex(value, HASH_BYTES) is None:
        raise Refused(Refusal("hex", field, "lower-case 0x hex of 32 bytes", "another text"))
    fault = text_fault(value)
    if fault or len(value.encode()) > LIMITS.detail_text_bytes_max:
        expected = f"NFC text of at most {LIMITS.detail_text_bytes_max} bytes"
        raise Refused(Refusal("text", field, expected, fault or "more"))
    if not value:
        raise Refused(Refusal("emptiness", field, "a value", "an empty text"))


def leaf(name: str, detail: Detail) -> bytes:
    """Return the 32 bytes of leaf data of one private field.

    Raises:
        Refused: the value or the salt is not of its form.

    """
    check_detail(name, detail.value)
    if len(detail.salt) != HASH_BYTES or not any(detail.salt):
        raise Refused(Refusal("salt", f"private.{name}", "32 random bytes", "something else"))
    return hashlib.sha256(detail.salt + encode([name, detail.value])).digest()


def details_leaves(
    names: Sequence[str], given: Mapping[str, Detail], filler: Sequence[bytes]
) -> tuple[bytes, ...]:
    """Return the 16 leaves of a record's private fields.

    Args:
        names: the kind's private fields in the order of their declaration.
        given: the fields that this record has.
        filler: 16 times 32 random bytes, for the positions not given.

    Raises:
        Refused: ``fields``: a field is not declared; or what :func:`leaf` raises.

    """
    undeclared = sorted(given.keys() - set(names))
    if undeclared:
        expected = "one of " + " ".join(names)
        raise Refused(Refusal("fields", "private", expected, f"{len(undeclared)} undeclared"))
    if len(filler) != POSITIONS or any(len(fill) != HASH_BYTES for fill in filler):
        raise ValueError("16 fillers of 32 bytes")
    at = dict(enumerate(names))
    return tuple(
        leaf(at[i], given[at[i]]) if at.get(i) in given else filler[i] for i in range(POSITIONS)
    )


def details_root(leaves: Sequence[bytes]) -> Hash32:
    """Return the root over exactly 16 leaves, which a record carries as ``details``."""
    if len(leaves) != POSITIONS:
        raise ValueError("details have 16 leaves")
    frontier = merkle.Frontier()
    for data in leaves:
        frontier.append(merkle.leaf_hash(data))
    return frontier.root()
