"""The log's own line for a record: 73 bytes that chain each record to all before it.

::

    offset  bytes
    0       1      sort: 0x01 a record, 0x02 a map root; others are refused
    1       8      recorded_at_ms, unsigned, big-endian
    9       32     SHA-256 of the previous entry's 73 bytes; zeros at index 0
    41      32     root: the record root, or the root of the map from parcels to last records

The lines are the leaves of the Merkle tree, so the chain lives inside it; what the public sees of
a record is its time alone. This room never asks whether an entry follows another: who appends and
who audits compare ``previous`` with :func:`hash_of`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Final

from ledger.errors import BadQuestion, Damaged
from ledger.values import HASH_BYTES, SIGNATURE_BYTES, Hash32, Milliseconds, RecordId

ENTRY_BYTES: Final = 73

_TIME_MAX: Final = 2**64 - 1
_RECORD_ROOT: Final = b"\x02"


class Sort(IntEnum):
    """What an entry's root stands for."""

    RECORD = 0x01
    MAP = 0x02


_SORTS: Final = {sort.value: sort for sort in Sort}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes:
        recorded_at_ms: when the ledger sequenced it.
        previous: :func:`hash_of` the entry before; zeros at index 0.
        root: the record root or the map root, as ``sort`` says.
        sort: what ``root`` stands for.

    """

    recorded_at_ms: Milliseconds
    previous: Hash32
    root: Hash32
    sort: Sort = Sort.RECORD

    def encode(self) -> bytes:
        """Write the entry as its 73 bytes.

        Raises:
            BadQuestion: a value does not fit its place.

        """
        if not 0 <= self.recorded_at_ms <= _TIME_MAX:
            raise BadQuestion("recorded_at_ms", "a time that fits 8 bytes")
        if len(self.previous) != HASH_BYTES or len(self.root) != HASH_BYTES:
            raise BadQuestion("entry", "hashes of 32 bytes")
        time = self.recorded_at_ms.to_bytes(8, "big")
        return b"%c%b%b%b" % (self.sort, time, self.previous, self.root)


def decode(data: bytes, place: str = "entry") -> Entry:
    """Read the 73 bytes of an entry; ``place`` names it in the error.

    Raises:
        Damaged: ``truncated`` when bytes are missing, ``altered`` when there are too many or the
            sort is none that the ledger writes.

    """
    _check_length(data, place)
    sort = _SORTS.get(data[0])
    if sort is None:
        raise Damaged("altered", place, f"sort 0x{data[0]:02x}")
    time = Milliseconds(int.from_bytes(data[1:9], "big"))
    return Entry(time, Hash32(data[9:41]), Hash32(data[41:]), sort)


def hash_of(entry_bytes: bytes) -> Hash32:
    """Return what the next entry names as its ``previous``.

    Raises:
        Damaged: these are not 73 bytes.

    """
    _check_length(entry_bytes, "entry")
    return Hash32(sha256(entry_bytes).digest())


def record_root(record_id: RecordId, signatures: Iterable[bytes]) -> Hash32:
    """Bind a record to the signatures it came with: its root in the log.

    SHA-256(0x02 ‖ record id ‖ signatures hash).

    Raises:
        BadQuestion: the id is not 32 bytes or a signature not 65.

    """
    return root_of(record_id, signatures_hash(signatures))


def signatures_hash(signatures: Iterable[bytes]) -> Hash32:
    """Return SHA-256(signatures, concatenated in their order): what stands for them in the root.

    Signatures are all of one length, so the concatenation can be read in one way only.

    Raises:
        BadQuestion: a signature is not 65 bytes.

    """
    signed = tuple(signatures)
    for signature in signed:
        if len(signature) != SIGNATURE_BYTES:
            raise BadQuestion("signature", f"{SIGNATURE_BYTES} bytes")
    return Hash32(sha256(b"".join(signed)).digest())


def root_of(record_id: RecordId, signatures_hash: Hash32) -> Hash32:
    """Return a record's root for whoever is shown the hash of its signatures in their place.

    Raises:
        BadQuestion: the id or the hash is not 32 bytes.

    """
    if len(record_id) != HASH_BYTES or len(signatures_hash) != HASH_BYTES:
        raise BadQuestion("record id", f"{HASH_BYTES} bytes")
    return Hash32(sha256(_RECORD_ROOT + record_id + signatures_hash).digest())


def _check_length(data: bytes, place: str) -> None:
    if len(data) != ENTRY_BYTES:
        fault = "truncated" if len(data) < ENTRY_BYTES else "altered"
        raise Damaged(fault, place, f"{len(data)} bytes instead of {ENTRY_BYTES}")
