"""What every store can do; adapters are named by ``config`` alone.

A store holds the log (entries and envelopes, append-only), the full Merkle tiles over it, and the
derived tables: record id to index, items of state, which records speak of a parcel. The log and the
derived tables change in one durable transaction; the head moves by compare-and-swap. The derived
tables can be emptied and made again from the log, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Protocol

from ledger.custody import Item, Parcel, State
from ledger.merkle import EMPTY_ROOT
from ledger.values import NO_HASH, Address, Hash32, Milliseconds, ParcelId


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: how many entries, their Merkle root, the last entry's hash and time."""

    size: int
    root: Hash32
    entry_hash: Hash32
    recorded_at_ms: Milliseconds


_SIZE_BYTES: Final = 8
EMPTY_HEAD: Final = Head(0, EMPTY_ROOT, NO_HASH, Milliseconds(0))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the log: its index, the 73 bytes of its entry, the bytes of its envelope."""

    index: int
    entry: bytes
    envelope: bytes


@dataclass(frozen=True, slots=True)
class Derived:
    """What one record adds to the derived tables, beside items of state."""

    index: int
    record_id: Hash32
    mentions: tuple[ParcelId, ...] = ()


@dataclass(frozen=True, slots=True)
class FullTile:
    """A full tile of 256 hashes of the Merkle tree (C2SP tlog-tiles), and its own root."""

    level: int
    number: int
    hashes: bytes
    root: Hash32


@dataclass(frozen=True, slots=True)
class Group:
    """Records sequenced together, in one durable transaction.

    Attributes:
        old, new: the head before and after; ``old`` must be the store's.
        rows: the lines of the log, ascending and without a gap.
        derived: one for each row.
        items: the items of state as they are after the whole group.
        tiles: the tiles that became full.

    Raises:
        ValueError: the rows are not those between the two heads, or not derived one by one.

    """

    old: Head
    new: Head
    rows: Sequence[Row]
    derived: Sequence[Derived]
    items: Sequence[Item]
    tiles: Sequence[FullTile] = field(default=())

    def __post_init__(self) -> None:
        indices = list(range(self.old.size, self.new.size))
        if [row.index for row in self.rows] != indices:
            raise ValueError("the rows of a group follow its old head and end at its new one")
        if [derived.index for derived in self.derived] != indices:
            raise ValueError("each row of a group has what is derived from it")


class View(State, Protocol):
    """A consistent view of the store; nothing written later is seen in it.

    Every question may raise ``Damaged`` when what is stored is not what was written.
    """

    def head(self) -> Head:
        """Return the head."""

    def row(self, index: int) -> Row | None:
        """Return one line of the log."""

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the lines from ``start`` up to but not including ``stop``, ascending."""

    def index_of(self, record_id: Hash32) -> int | None:
        """Return the index of an accepted record."""

    def indices_of(self, record_ids: Sequence[Hash32]) -> dict[Hash32, int]:
        """Return the indices of those among many records that were accepted."""

    def mentions(self, parcel: ParcelId) -> tuple[int, ...]:
        """Return the indices of the records that speak of a parcel, ascending."""

    def last_mentions(self, parcel: ParcelId, before: int, limit: int) -> tuple[int, ...]:
        """Return the last ``limit`` of a parcel's mentions below an index, descending."""

    def count_mentions(self, parcel: ParcelId) -> int:
        """Return how many records speak of a parcel."""

    def parcels_of(self, holder: Address, after: ParcelId, limit: int) -> list[Parcel]:
        """Return live parcels held by or offered to a party, in the order of their making.

        Args:
            holder: the party.
            after: the parcel behind which they begin; from the first on where it is none.
            limit: at most so many.

        """

    def items_of(self, sort: type[Item], after: bytes, limit: int) -> list[Item]:
        """Return items of a sort by key, from after the key ``after`` on."""

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return at least ``width`` hashes of a tile, full or not, of the tree at this head.

        Raises:
            BadQuestion: the tree has no such tile, or not so wide.

        """

    def tile_roots(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return the stored roots of the full tiles from ``start`` to before ``stop``, if there."""

    def count_tiles(self) -> int:
        """Return how many full tiles are stored."""

    def fingerprint(self) -> Hash32:
        """Return SHA-256 over every row of the derived tables, in one order for all stores.

        Raises:
            Damaged: a row is there and is not found by its id, too.

        """


class Writer(View, Protocol):
    """The one writer: it holds the store's lock, and sees the state that it will change."""

    def commit(self, group: Group) -> None:
        """Write a group durably, as the writer's last act: whatever is asked after it is refused.

        Raises:
            HeadMoved: the store's head is not ``group.old``; nothing was written.
            BadQuestion: a record of the group has an index already; nothing was written.
            StoreFailed: the medium failed; whether the group is there is known after a restart.

        """

    def clear_derived(self) -> None:
        """Empty the derived tables, as the first step of a rebuild."""

    def derive(self, derived: Sequence[Derived], items: Sequence[Item]) -> None:
        """Write to the derived tables alone, as the further steps of a rebuild.

        The writer sees what it wrote. Of which log the records are is not asked.

        Raises:
            BadQuestion: a record has an index already, or two; the rebuild is at its end.

        """

    def finish_rebuild(self) -> None:
        """Make what :meth:`clear_derived` and :meth:`derive` did durable, all at once.

        The writer's last act, like :meth:`commit`.
        """


class Store(Protocol):
    """A ledger's records, on a medium.

    A store that has failed once (``StoreFailed``) refuses all further work; one that has met damage
    (``Damaged``) is read on, so that all of it can be found, and not written to again.
    """

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent view; any thread, at any time.

        Raises:
            Unavailable: too many are open, or the store is closed.

        """

    def view_aside(self) -> AbstractContextManager[View]:
        """Open a view for the publisher, which no number of open views can keep from it.

        One at a time.
        """

    def write(self) -> AbstractContextManager[Writer]:
        """Take the lock, then let the caller read and commit; without a commit nothing changes.

        Raises:
            Unavailable: another process holds the lock, or the store is closed.

        """

    def close(self) -> None:
        """Close every connection."""


@dataclass(frozen=True, slots=True)
class Published:
    """A head claimed for publication, and its signed note once it is kept.

    Attributes:
        size: how many entries it covers.
        root: their Merkle root.
        note: the signed checkpoint, or None.
        chain: what a store wrote when it was claimed, :func:`chain_claim`; whoever names a claim
            by size, root and note need not know it.

    """

    size: int
    root: Hash32
    note: bytes | None
    chain: Hash32 = field(default=NO_HASH, compare=False)


def chain_claim(before: Published | None, size: int, root: Hash32) -> Hash32:
    """Chain a claim to the one before it, so that none is lost from between them unseen.

    The chain has no key. It shows loss and clumsy hands; whoever writes the file and knows this
    rule can take claims out and chain the others again.

    Returns:
        SHA-256 over the chain value of the claim before (32 zeros for the first), the size as 8
        bytes, big-endian, and the root.

    """
    previous = before.chain if before else NO_HASH
    return Hash32(sha256(previous + size.to_bytes(_SIZE_BYTES, "big") + root).digest())


class CheckpointStore(Protocol):
    """The second, separate store: what was ever claimed and signed, in order."""

    def latest(self) -> Published | None:
        """Return the last claim, with its note if that is kept; None when nothing was claimed."""

    def note_at(self, size: int) -> bytes | None:
        """Return the kept note of a size."""

    def claims(self, after: int, limit: int) -> list[Published]:
        """Return claims by size, their notes kept or not, from after the size ``after`` on."""

    def claim(self, old: Published | None, size: int, root: Hash32) -> None:
        """Claim a head durably, by compare-and-swap from the last claim.

        Raises:
            HeadMoved: the last claim is not ``old``.
            BadQuestion: the size is not above that of the last claim.

        """

    def keep(self, size: int, note: bytes) -> None:
        """Keep the signed note of the last claim durably, in the place of one kept before.

        Raises:
            BadQuestion: the last claim is not of this size.

        """

    def close(self) -> None:
        """Close the store."""
