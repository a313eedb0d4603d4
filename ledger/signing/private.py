"""Private fields as they are handed in and kept: value, salt, and the proof of their place.

A field is handed in by its name, with its value, its salt and the four hashes that lead from its
leaf to the record's ``details`` (RFC 9162 §2.1.3.2 over 16 leaves). Whoever hands in one field need
not know the others, and nothing is kept that does not prove itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ledger import merkle
from ledger.canonical import Plain
from ledger.canonical.reading import Faults, has_members
from ledger.errors import ProofError, Refusal, Refused
from ledger.records import KINDS, Kind, Record
from ledger.signing.details import (
    POSITIONS,
    Detail,
    check_detail,
    details_leaves,
    details_root,
    leaf,
)
from ledger.values import HASH_BYTES, Hash32, from_hex, to_hex

PROOF_HASHES: Final = 4
"""How many hashes lead from one of 16 leaves to their root."""
_MEMBERS: Final = frozenset(("value", "salt", "proof"))


@dataclass(frozen=True, slots=True)
class PrivateField:
    """One private field of a record.

    Attributes:
        position: its index in the kind's declaration.
        name: its name.
        value: text, or whole US cents.
        salt: 32 random bytes.
        proof: the four hashes from its leaf to the record's ``details``.

    """

    position: int
    name: str
    value: str | int
    salt: bytes
    proof: tuple[Hash32, ...]

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        text = self.value if isinstance(self.value, str) else ""
        return len(text.encode()) + HASH_BYTES * (PROOF_HASHES + 1) + len(self.name)

    def __repr__(self) -> str:
        """Show which field it is, and nothing of what it holds."""
        return f"PrivateField({self.position}, {self.name!r})"


def check_field(field: PrivateField, details: Hash32) -> None:
    """Check that a record whose root of private fields is ``details`` commits to a field.

    Raises:
        Refused: a rule of the group *bytes*, or ``details``.

    """
    hashed = merkle.leaf_hash(leaf(field.name, Detail(field.value, field.salt)))
    try:
        # Nothing hashes to the zeros of a record without private fields.
        merkle.verify_inclusion(hashed, field.position, POSITIONS, field.proof, details)
    except ProofError:
        expected = "value, salt and proof that lead to the record's details"
        raise Refused(Refusal("details", f"private.{field.name}", expected, "others")) from None


def read_private(record: Record, plain: Plain) -> tuple[PrivateField, ...]:
    """Read and check the private fields that are handed in with a record, by position.

    Raises:
        Refused: a rule of the group *bytes*, or ``details``; no value is ever quoted.

    """
    places = _places(record.KIND.name)
    if not isinstance(plain, dict):
        raise Refused(Refusal("type", "private", "an object", "something else"))
    if not plain:
        raise Refused(Refusal("emptiness", "private", "a field, or no such member", "none"))
    undeclared = plain.keys() - places.keys()
    if undeclared:
        expected = "one of " + " ".join(places) if places else f"none, for a {record.KIND.name}"
        raise Refused(Refusal("fields", "private", expected, f"{len(undeclared)} undeclared"))
    fields = (
        _placed(_read_field(name, plain[name]), positions, record.details)
        for name, positions in places.items()
        if name in plain
    )
    return tuple(sorted(fields, key=lambda field: field.position))


@functools.cache
def _places(kind: str) -> Mapping[str, tuple[int, ...]]:
    """Return at which positions a field of a name may stand.

    A Correction has the fields of the kind that it corrects. Which that is, the log knows; where a
    field stands, its proof says, which leads to the root from one position alone.
    """
    kinds = list(KINDS.values()) if kind == "Correction" else [KINDS[kind]]
    places: dict[str, tuple[int, ...]] = {}
    for one in kinds:
        for position, name in enumerate(one.details):
            places[name] = tuple(sorted({*places.get(name, ()), position}))
    return places


def _placed(field: PrivateField, positions: Sequence[int], details: Hash32) -> PrivateField:
    """Return a field at the one position from which its proof leads to the record's root.

    Raises:
        Refused: ``details``.

    """
    for position in positions[:-1]:
        placed = replace(field, position=position)
        try:
            check_field(placed, details)
        except Refused:
            continue
        return placed
    last = replace(field, position=positions[-1])
    check_field(last, details)
    return last


def _read_field(name: str, plain: Plain) -> PrivateField:
    place, faults = f"private.{name}", Faults()
    if not has_members(plain, _MEMBERS, place, faults):
        faults.raise_first()
    check_detail(name, plain["value"])
    proof = plain["proof"]
    if not isinstance(proof, list):
        raise Refused(Refusal("type", f"{place}.proof", "a list", "something else"))
    if len(proof) != PROOF_HASHES:
        expected = f"{PROOF_HASHES} elements"
        raise Refused(Refusal("list-size", f"{place}.proof", expected, f"{len(proof)} elements"))
    salt = _read_hash(plain["salt"], f"{place}.salt")
    hashes = tuple(_read_hash(one, f"{place}.proof.{at}") for at, one in enumerate(proof))
    return PrivateField(0, name, plain["value"], salt, hashes)


def _read_hash(plain: Plain, place: str) -> Hash32:
    if not isinstance(plain, str):
        raise Refused(Refusal("type", place, "a text", "something else"))
    value = from_hex(plain, HASH_BYTES)
    if value is None:
        raise Refused(Refusal("hex", place, "lower-case 0x hex of 32 bytes", "another text"))
    return Hash32(value)


def private_to_plain(fields: Sequence[PrivateField]) -> dict[str, Plain]:
    """Write fields as the plain member ``private`` that is sent."""
    return {
        field.name: {
            "proof": [to_hex(one) for one in field.proof],
            "salt": to_hex(field.salt),
            "value": field.value,
        }
        for field in fields
    }


def with_private(
    record: Record,
    values: Mapping[str, str | int],
    random: Callable[[], bytes],
    of: Kind | None = None,
) -> tuple[Record, tuple[PrivateField, ...]]:
    """Commit a record, which no one has signed yet, to private values.

    Args:
        record: a checked record.
        values: by the names of the kind's private fields.
        random: gives 32 random bytes at each call.
        of: for a Correction, the kind that it corrects, whose private fields it has.

    Returns:
        The record with its ``details``, and the fields by position.

    Raises:
        Refused: ``fields``: a name is not declared; or what :func:`check_detail` raises.

    """
    if not values:
        return record, ()
    names = (of or record.KIND).details
    given = {name: Detail(value, random()) for name, value in values.items()}
    leaves = details_leaves(names, given, [random() for _ in range(POSITIONS)])
    hashes = [merkle.leaf_hash(data) for data in leaves]
    fields = tuple(
        PrivateField(position, name, given[name].value, given[name].salt, _proof(position, hashes))
        for position, name in enumerate(names)
        if name in given
    )
    return replace(record, details=details_root(leaves)), fields  # type: ignore[type-var]  # every kind is a dataclass


def _proof(position: int, hashes: Sequence[Hash32]) -> tuple[Hash32, ...]:
    def read(level: int, index: int) -> Hash32:
        if level == 0:
            return hashes[index]
        return merkle.node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return merkle.inclusion_proof(position, POSITIONS, read)
