"""Shapes of what is said about the log: entries, records, checkpoints, proofs, typed data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ledger.values import Address, Hash32, RecordId

Status = Literal["sequenced", "checkpointed", "anchored"]
"""Its index is durable and never moves; or a signed checkpoint covers it besides; or such a
checkpoint is on the ledger's chain, and final there."""

Names = Mapping[Address, str]
"""Names of parties whose addresses stand in an answer, as far as its reader may see them.

Each is what a private field of the party's Admission says. Nothing in the answer proves it.
"""


@dataclass(frozen=True, slots=True)
class AsOf:
    """How sure an answer is: what it was read from.

    Attributes:
        size: how many entries the log had.
        checkpoint_size: how many of them a signed checkpoint covered.
        anchored_size: how many an anchor covered that is final on the ledger's chain; 0 without.

    """

    size: int
    checkpoint_size: int
    anchored_size: int = 0


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What the ledger is, and how far it has come.

    Attributes:
        mode: open (every party reads all records) or trade (those concerned do, sheet by sheet).
        takes_records: false once the book has stopped.

    """

    ledger_id: Hash32
    origin: str
    mode: str
    rules_version: int
    takes_records: bool
    size: int
    root: Hash32
    entry_hash: Hash32
    recorded_at_ms: int
    checkpoint_size: int
    checkpoint_root: Hash32
    anchored_size: int = 0


@dataclass(frozen=True, slots=True)
class AnchorShown:
    """A checkpoint that is recorded on a chain, as this ledger last saw it there.

    Attributes:
        size, root: of the checkpoint.
        state: signed or submitted (on its way), mined, safe or finalized (in a block, more and more
            surely), overtaken (a larger one took its place).
        chain_id, contract: where it is recorded.
        block_number, block_hash, transaction: where it is found there; null while it is in no
            block.

    """

    size: int
    root: Hash32
    state: str
    chain_id: int
    contract: Address
    block_number: int | None
    block_hash: Hash32 | None
    transaction: Hash32 | None


@dataclass(frozen=True, slots=True)
class MirrorShown:
    """Hand-overs mirrored on the chain: how that goes.

    Attributes:
        condition: starting, waiting (nothing is to be done), working, undeployed (there is no
            contract), forbidden (by the charter in force), down (the chain does not take what is
            sent), diverged (the contract is not what it must be).
        chain_id, contract: where they are mirrored; null before there is a contract.
        position: every record below this index that can be mirrored is final there or left out.
        mirrored: how many records are in it for good, whoever brought them.
        left_out: how many records of this ledger are not mirrored, since the contract refuses them
            or they are too large.

    """

    condition: str
    chain_id: int | None
    contract: Address | None
    position: int
    mirrored: int
    left_out: int


@dataclass(frozen=True, slots=True)
class ChainAnswer:
    """Where the ledger's checkpoints are anchored, and how that goes.

    Attributes:
        is_anchored: whether this ledger has a chain at all; nothing else is said without.
        condition: of what anchors: starting, working, waiting, down (the chain cannot be asked),
            diverged (the chain or the contract is not what it must be), failed, closed.
        chain_id, contract: where anchors go; null before there is a contract.
        is_open: whether the contract knows the ledger.
        is_forked: whether the contract says that two roots of one size were signed.
        chain_size: how many entries the contract's last anchor has, final or not.
        anchored_size: how many the last final one has.
        head_block, final_block: of the chain, as last seen.
        mirror: how hand-overs are mirrored there; null where they are not.

    """

    is_anchored: bool
    condition: str
    chain_id: int | None
    contract: Address | None
    is_open: bool
    is_forked: bool
    chain_size: int
    anchored_size: int
    head_block: int | None
    final_block: int | None
    mirror: MirrorShown | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class AnchorsAnswer:
    """The ledger's anchors, by size.

    Attributes:
        is_anchored: whether this ledger has a chain at all.
        cursor: asks for the next page; null at the end.

    """

    is_anchored: bool
    anchors: tuple[AnchorShown, ...]
    cursor: str | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class CheckpointAnswer:
    """The last checkpoint: the signed note, and the values that stand in it."""

    origin: str
    size: int
    root: Hash32
    note: str


@dataclass(frozen=True, slots=True)
class InclusionAnswer:
    """An RFC 6962 proof that an entry is in the tree of ``size`` entries.

    Attributes:
        entry: the entry's 73 bytes; ``leaf_hash`` is SHA-256(0x00 and these bytes).
        proof: the sibling hashes, the lowest first.

    """

    index: int
    size: int
    root: Hash32
    entry: bytes
    leaf_hash: Hash32
    proof: tuple[Hash32, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyAnswer:
    """An RFC 6962 proof that the tree of ``to_size`` entries continues that of ``from_size``."""

    from_size: int
    to_size: int
    from_root: Hash32
    to_root: Hash32
    proof: tuple[Hash32, ...]


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One line of the log, and the record that it stands for.

    Attributes:
        record_id, kind: null if this reader may not read the record.

    """

    index: int
    entry: bytes
    recorded_at_ms: int
    previous: Hash32
    record_root: Hash32
    record_id: RecordId | None
    kind: str | None
    status: Status


@dataclass(frozen=True, slots=True)
class EntriesAnswer:
    """Lines of the log; ``next_start`` is where the next page starts, null at the end."""

    entries: tuple[EntryShown, ...]
    next_start: int | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """One value that a Correction replaced, old and new.

    Attributes:
        field: of the record, by sheet: ``scene.expiresAt``.
        label: the same in words.
        was, became: as people read them; null where this reader is not shown that sheet.
        index, record_id: of the Correction; the id is null where no record may be told.

    """

    field: str
    label: str
    was: str | None
    became: str | None
    index: int
    record_id: RecordId | None
    occurred_at: int
    recorded_at_ms: int
    status: Status


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """One record: its place in the log, its envelope, and the parcels that it made or advanced.

    Attributes:
        signers: null if *who* is withheld, since a signature reveals its signer.
        envelope: as it was signed; in the place of a withheld sheet stands its hash; in that of
            the signatures, if *who* is withheld, the hash that stands for them in the record root.
        withheld: the sheets that this reader is not shown.
        corrections: values that its author corrected since, old and new, the earliest first.

    """

    record_id: RecordId
    index: int
    status: Status
    recorded_at_ms: int
    entry: bytes
    signers: tuple[Address, ...] | None
    parcels: tuple[Hash32, ...]
    envelope: Mapping[str, Any]
    withheld: tuple[str, ...]
    corrections: tuple[CorrectionShown, ...]
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TypedField:
    """One field of a kind: where it stands, its EIP-712 type, and what it means."""

    path: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class TypedDataAnswer:
    """What a wallet needs to sign a record of one kind (EIP-712).

    Attributes:
        is_written: whether the rules in force take records of this kind.
        types: the structs, ``EIP712Domain`` among them.
        message: an example; well formed, with ids, salts and parties that are made up.
        closed_lists: for each field that takes one of a list, the list.

    """

    kind: str
    is_written: bool
    primary_type: str
    domain: Mapping[str, Any]
    types: Mapping[str, Any]
    message: Mapping[str, Any]
    closed_lists: Mapping[str, Any]
    fields: tuple[TypedField, ...]
