"""Whether a ledger may be opened; how one is founded, and started again after a loss.

The checkpoint store remembers what the world was told. Without it, or when it knows more than the
ledger does, nothing is written or signed: going on from an older state would contradict checkpoints
that others hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from ledger.book.answers import Answer, Line
from ledger.book.charters import keys_at, keys_ever
from ledger.book.publishing import Publisher
from ledger.book.queueing import Batch, portions_of
from ledger.book.rereading import root_at
from ledger.book.sequencing import Clock, sequence, time_of_group
from ledger.checkpoint import Checkpoint, SignerKey, open_checkpoint, sign_checkpoint
from ledger.errors import (
    AlreadyThere,
    BadQuestion,
    ClockAhead,
    ClockBehind,
    Damaged,
    ProofError,
    Refusal,
    Refused,
    RefusesToStart,
)
from ledger.merkle import EMPTY_ROOT
from ledger.records import Charter
from ledger.signing import SignedRecord, read_signed
from ledger.store.protocol import CheckpointStore, Published, Store, View
from ledger.values import NO_HASH, Hash32

RECOVER = (
    "start again by `recover`, with the last checkpoint that somebody else holds: a witness's, an "
    "anchored or a published one"
)
OLDER = (
    "restore a copy that reaches that checkpoint (its entries can come from published tiles and "
    "the members' envelopes), or found a successor ledger whose charter names the old head"
)


def may_start(store: Store, checkpoints: CheckpointStore, clock: Clock) -> None:
    """Return when nothing speaks against opening the ledger.

    Raises:
        RefusesToStart: it was never founded; the checkpoint store is missing or empty, knows a
            longer log, or another one; a kept checkpoint is not what was signed; or the clock is
            behind, or has leapt ahead.

    """
    latest = checkpoints.latest()
    with store.view() as view:
        head = view.head()
        if head.size == 0:
            raise RefusesToStart("this ledger was never founded")
        if latest is None:
            raise RefusesToStart(f"the checkpoint store is missing or empty: {RECOVER}")
        if head.size < latest.size:
            raise RefusesToStart(
                f"the ledger has {head.size} entries, but checkpoint {latest.size} was claimed: "
                f"it is older than its checkpoint store; {OLDER}"
            )
        try:
            _check_published(view, latest)
        except (Damaged, ProofError) as error:
            raise RefusesToStart(f"{error}; run the audit") from error
        try:
            time_of_group(clock(), head)
        except (ClockAhead, ClockBehind) as error:
            raise RefusesToStart(str(error)) from error


def _check_published(view: View, latest: Published) -> None:
    if root_at(view, latest.size) != latest.root:
        raise Damaged("forked", f"checkpoint {latest.size}", "the log has another root there")
    if latest.note is None:
        return
    checkpoint = open_checkpoint(latest.note, keys_at(view, latest.size)).checkpoint
    if (checkpoint.size, checkpoint.root) != (latest.size, latest.root):
        raise Damaged("altered", f"checkpoint {latest.size}", "its note says something else")


def ledger_id_of(store: Store) -> Hash32:
    """Return the id of a ledger, from its Charter's envelope.

    Raises:
        RefusesToStart: index 0 holds no Charter.

    """
    with store.view() as view:
        row = view.row(0)
    try:
        signed = read_signed(row.envelope if row else b"", NO_HASH)
    except Refused as refused:
        raise RefusesToStart(f"altered at entry 0: {refused}; run the audit") from refused
    if not isinstance(signed.record, Charter):
        raise RefusesToStart("altered at entry 0: it is no Charter; run the audit")
    return signed.record_id


def found(
    store: Store,
    checkpoints: CheckpointStore,
    raw: bytes,
    signers: Sequence[SignerKey],
    clock: Clock,
) -> Answer:
    """Found a ledger: write the Charter as index 0 of an empty store, and publish it.

    The empty log is claimed and signed first, so that from the first entry on there is a
    checkpoint store to compare with. Founding that was cut short goes on, wherever that was: the
    Charter that founded a ledger gets its first answer, marked *again*.

    Args:
        store: an empty store, or one that this Charter founded.
        checkpoints: its checkpoint store.
        raw: the Charter's envelope, signed by every governor.
        signers: the log's keys; at least one is named by the Charter.
        clock: gives milliseconds since 1970-01-01 UTC.

    Raises:
        Refused: the Charter was not accepted.
        BadQuestion: the Charter names none of the keys.
        RefusesToStart: one of the stores is another ledger's, or what is stored must be settled.

    """
    signed = read_signed(raw, NO_HASH)
    if not isinstance(signed.record, Charter):
        refusal = Refusal("charter-first", "", "a Charter at index 0", signed.record.KIND.name)
        raise Refused(refusal)
    named = [key for key in signers if str(key.verifier_key) in signed.record.what.checkpoint_keys]
    if not named:
        raise BadQuestion("checkpoint keys", "one of the log's keys among the Charter's")
    with store.view() as view:
        is_founded = view.index_of(signed.record_id) == 0
    if is_founded:
        may_start(store, checkpoints, clock)
    else:
        _claim_nothing(store, checkpoints, signed.record.what.origin, named)
    answer = _first(store, signed, clock)
    with closing(Publisher(store, checkpoints, signers, signed.record_id)) as publisher:
        published = publisher.publish()
    return replace(answer, status="checkpointed") if published.size else answer


def _claim_nothing(
    store: Store, checkpoints: CheckpointStore, origin: str, signers: Sequence[SignerKey]
) -> None:
    """Claim and sign the empty log, in stores that hold nothing else."""
    with store.view() as view:
        if view.head().size:
            raise AlreadyThere("there is a ledger in this store already")
    latest = checkpoints.latest()
    if latest is None:
        checkpoints.claim(None, 0, EMPTY_ROOT)
    elif (latest.size, latest.root) != (0, EMPTY_ROOT):
        raise RefusesToStart(f"the checkpoint store is of a ledger of {latest.size} entries")
    if latest is None or latest.note is None:
        note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), signers)
        checkpoints.keep(0, note.encode())


def _first(store: Store, signed: SignedRecord, clock: Clock) -> Answer:
    batch = Batch(1, "sequenced")
    group = list(portions_of(batch, [(0, signed)], atomic=False))
    line: Line = sequence(store, group, None, clock).lines[0][0]
    if isinstance(line, Refusal):
        raise Refused(line)
    assert isinstance(line, Answer)  # noqa: S101 - a single record has no other line
    return line


def recover(store: Store, checkpoints: CheckpointStore, note: bytes) -> Published:
    """Start again with an empty checkpoint store, against a checkpoint that somebody else holds.

    Whatever was published after that checkpoint can no longer be compared: bring the last one.

    Args:
        store: the ledger.
        checkpoints: an empty checkpoint store.
        note: the checkpoint, as it was published, with its cosignatures if it has any.

    Returns:
        The checkpoint, which is now the first of the checkpoint store.

    Raises:
        ProofError: the note was not signed by a key that the charter then named.
        RefusesToStart: there is nothing to recover; or the ledger is shorter than the checkpoint,
            or has another root there.

    """
    latest = checkpoints.latest()
    if latest is not None and latest.note is not None:
        raise AlreadyThere("nothing to recover: the checkpoint store is there; open the ledger")
    with store.view() as view:
        if view.head().size == 0:
            raise RefusesToStart("this ledger was never founded")
        size = open_checkpoint(note, keys_ever(view)).checkpoint.size
        checkpoint = open_checkpoint(note, keys_at(view, size)).checkpoint
        if not 0 < size <= view.head().size:
            raise RefusesToStart(
                f"the ledger has {view.head().size} entries, the checkpoint {size}; {OLDER}"
            )
        if root_at(view, size) != checkpoint.root:
            raise RefusesToStart(f"forked at checkpoint {size}: the ledger has another root there")
    claim = Published(size, checkpoint.root, None)
    if latest is None:
        checkpoints.claim(None, claim.size, claim.root)
    elif latest != claim:
        raise AlreadyThere(
            f"nothing to recover: checkpoint {latest.size} was claimed already; open the ledger"
        )
    checkpoints.keep(size, note)
    return Published(size, checkpoint.root, note)
