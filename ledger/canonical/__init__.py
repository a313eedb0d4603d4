"""Envelopes: a record with its signatures, as canonical bytes, read strictly.

An envelope is exactly ``{"kind", "record", "signatures"}``. It is refused by name, in the order of
``docs/spec/records.md`` §6, without quoting what could not be read. What has been read encodes to
the same bytes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.canonical.parts import read_part
from ledger.canonical.quick import read_quickly
from ledger.canonical.reading import Faults, has_members, part_to_plain, read_record, to_plain
from ledger.canonical.text import Plain, decode, encode, is_deeper_than, refuse
from ledger.limits import LIMITS
from ledger.records import KINDS, SHEETS, WRITABLE, Record
from ledger.records.compiled import maker
from ledger.values import from_hex, to_hex

_MEMBERS: Final = frozenset(("kind", "record", "signatures"))
_WRITABLE_NAMES: Final = frozenset(record.KIND.name for record in WRITABLE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A checked record with its signatures, which are not checked yet, and its canonical bytes."""

    record: Record
    signatures: tuple[bytes, ...]
    raw: bytes

    @property
    def kind(self) -> str:
        """The name of the record's kind."""
        return self.record.KIND.name


_make_envelope: Final = maker(Envelope)


def seal(record: Record, signatures: tuple[bytes, ...]) -> Envelope:
    """Put a checked record and its signatures into an envelope."""
    plain = {
        "kind": record.KIND.name,
        "record": to_plain(record),
        "signatures": [to_hex(signature) for signature in signatures],
    }
    return Envelope(record, signatures, encode(plain))


def read_envelope(raw: bytes) -> Envelope:
    """Read an envelope from bytes.

    Raises:
        Refused: a rule of the groups *bytes* and, for the form of signatures, *signatures*.

    """
    read = read_quickly(raw)
    if read is None:
        return _read_strictly(raw)
    record, signatures = read
    return _make_envelope(record, signatures, raw)


def _read_strictly(raw: bytes) -> Envelope:
    plain = decode(raw)
    if is_deeper_than(plain, LIMITS.envelope_depth_max):
        raise refuse("depth", "", f"at most {LIMITS.envelope_depth_max} levels", "more")
    envelope = seal(*read_plain(plain))
    if envelope.raw != raw:
        raise refuse("canonical", "", "the canonical bytes of this record", "other bytes")
    return envelope


def read_plain(plain: Plain) -> tuple[Record, tuple[bytes, ...]]:
    """Read the record and the signatures, which may be none yet, of a plain envelope.

    Raises:
        Refused: a rule of the group *bytes*.

    """
    kind = plain.get("kind") if isinstance(plain, dict) else None
    if not isinstance(kind, str) or kind not in _WRITABLE_NAMES:
        raise refuse("kind", "kind", "one of " + " ".join(sorted(_WRITABLE_NAMES)), "another")
    faults = Faults()
    if not has_members(plain, _MEMBERS, "", faults):
        faults.raise_first()
    signatures = _read_signatures(plain["signatures"], faults)
    return read_record(KINDS[kind], plain["record"], faults), signatures


def _read_signatures(plain: Plain, faults: Faults) -> tuple[bytes, ...]:
    if not isinstance(plain, list):
        faults.add("type", "signatures", "a list", "something else")
        return ()
    if len(plain) > LIMITS.list_elements_max:
        expected = f"0 to {LIMITS.list_elements_max} elements"
        faults.add("list-size", "signatures", expected, f"{len(plain)} elements")
    signatures = []
    for number, text in enumerate(plain):
        place = f"signatures.{number}"
        if not isinstance(text, str):
            faults.add("type", place, "a text", "something else")
            continue
        signature = from_hex(text, (len(text) - 2) // 2)
        if signature is None:
            faults.add("hex", place, "lower-case 0x hex", "another text")
            continue
        signatures.append(signature)
    return tuple(signatures)


__all__ = [
    "SHEETS",
    "Envelope",
    "Plain",
    "decode",
    "encode",
    "part_to_plain",
    "read_envelope",
    "read_part",
    "read_plain",
    "read_record",
    "refuse",
    "seal",
    "to_plain",
]
