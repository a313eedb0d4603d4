"""The log: its state, its lines, its records, its checkpoint, and proofs over it.

Proofs reach up to the last checkpoint only: a root that nobody signed proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from ledger import merkle
from ledger.anchor.kept import KeptAnchor
from ledger.anchor.mirror_kept import MirrorStatus
from ledger.anchor.status import Status
from ledger.answers.asking import Cursors, read_limit
from ledger.answers.correcting import corrections_shown
from ledger.answers.reading import Line, Reading, withheld
from ledger.answers.seeing import sheets_of, shown_record
from ledger.answers.shapes import (
    AnchorsAnswer,
    AnchorShown,
    ChainAnswer,
    CheckpointAnswer,
    ConsistencyAnswer,
    EntriesAnswer,
    EntryShown,
    InclusionAnswer,
    MirrorShown,
    RecordAnswer,
    StatusAnswer,
)
from ledger.entry import signatures_hash
from ledger.errors import BadQuestion, Damaged, Unknown
from ledger.limits import LIMITS
from ledger.merkle import ReadNode, leaf_hash, node_from_tiles
from ledger.rules import touches
from ledger.values import Hash32, ParcelId, RecordId, to_hex


def status(reading: Reading, *, takes_records: bool) -> StatusAnswer:
    """Answer what the ledger is, and how far it has come."""
    head, charter = reading.view.head(), reading.charter
    return StatusAnswer(
        ledger_id=charter.ledger_id,
        origin=charter.origin,
        mode=charter.mode,
        rules_version=charter.rules_version,
        takes_records=takes_records,
        size=head.size,
        root=head.root,
        entry_hash=head.entry_hash,
        recorded_at_ms=head.recorded_at_ms,
        checkpoint_size=reading.published.size,
        checkpoint_root=reading.published.root,
        anchored_size=reading.as_of.anchored_size,
    )


def chain(reading: Reading) -> ChainAnswer:
    """Answer where checkpoints are anchored, and how that goes."""
    known = reading.anchors
    told = Status("closed") if known is None else known.status()
    place = told.place
    return ChainAnswer(
        is_anchored=known is not None,
        condition=told.condition,
        chain_id=None if place is None else place.chain_id,
        contract=None if place is None else place.contract,
        is_open=told.is_open,
        is_forked=told.is_forked,
        chain_size=told.chain_size,
        anchored_size=reading.as_of.anchored_size,
        head_block=told.head_block,
        final_block=told.final_block,
        mirror=None if told.mirror is None else _mirror_shown(told.mirror),
        as_of=reading.as_of,
    )


def _mirror_shown(told: MirrorStatus) -> MirrorShown:
    place = told.place
    return MirrorShown(
        condition=told.condition,
        chain_id=None if place is None else place.chain_id,
        contract=None if place is None else place.contract,
        position=told.position,
        mirrored=told.mirrored,
        left_out=told.left_out,
    )


def anchors(reading: Reading, after: int, limit: int | None, cursor: str) -> AnchorsAnswer:
    """Answer with the ledger's anchors of more than ``after`` entries, by size."""
    rows, known, cursors = read_limit(limit), reading.anchors, Cursors("anchors")
    after = max(after, cursors.read_index(cursor) or 0)
    after = min(after, LIMITS.tree_leaves_max)
    found = () if known is None else known.page(after, rows + 1)
    page = found[:rows]
    return AnchorsAnswer(
        is_anchored=known is not None,
        anchors=tuple(map(_anchor_shown, page)),
        cursor=cursors.write_index(page[-1].size if len(found) > rows else None),
        as_of=reading.as_of,
    )


def anchors_of(reading: Reading, indices: Sequence[int]) -> tuple[AnchorShown, ...]:
    """Show for each entry the smallest anchor that covers it, each anchor once."""
    known = reading.anchors
    return () if known is None else tuple(map(_anchor_shown, known.covering(indices)))


def _anchor_shown(anchor: KeptAnchor) -> AnchorShown:
    spot = anchor.spot
    return AnchorShown(
        size=anchor.size,
        root=anchor.statement.root,
        state=anchor.state,
        chain_id=anchor.place.chain_id,
        contract=anchor.place.contract,
        block_number=None if spot is None else spot.block_number,
        block_hash=None if spot is None else spot.block_hash,
        transaction=None if spot is None else spot.transaction_hash,
    )


def record(reading: Reading, record_id: RecordId, through: ParcelId | None = None) -> RecordAnswer:
    """Answer with one record, as it was signed, as far as the reader is shown it.

    Raises:
        Unknown: there is no such record, or the reader may read nothing of it.

    """
    line, sheets = _line_of(reading, record_id, through)
    index, shows_who = line.index, "who" in sheets
    envelope = json.loads(line.signed.envelope.raw)
    return RecordAnswer(
        record_id=record_id,
        index=index,
        status=reading.status(index),
        recorded_at_ms=line.entry.recorded_at_ms,
        entry=line.raw,
        signers=line.signed.signers if shows_who else None,
        parcels=touches(line.record, record_id),
        envelope={
            **envelope,
            "record": shown_record(line, sheets),
            "signatures": envelope["signatures"] if shows_who else _stand_in(line),
        },
        withheld=withheld(sheets),
        corrections=corrections_shown(reading, line, sheets),
        as_of=reading.as_of,
    )


def _stand_in(line: Line) -> str:
    """Write what stands for the signatures in a record's root, for who is not shown them."""
    return to_hex(signatures_hash(line.signed.envelope.signatures))


def _line_of(
    reading: Reading, record_id: RecordId, through: ParcelId | None
) -> tuple[Line, tuple[str, ...]]:
    index = reading.view.index_of(record_id)
    line = None if index is None else reading.line(index)
    sheets = () if line is None else sheets_of(reading, line, through)
    if line is None or not sheets:
        raise Unknown("record", to_hex(record_id))
    return line, sheets


def entries(reading: Reading, start: int, limit: int | None) -> EntriesAnswer:
    """Answer with lines of the log from an index on."""
    rows, size = read_limit(limit), reading.as_of.size
    stop = min(start + rows, size)
    lines = (reading.line(index) for index in range(start, stop))
    return EntriesAnswer(
        entries=tuple(_shown(reading, line) for line in lines),
        next_start=stop if start < stop < size else None,
        as_of=reading.as_of,
    )


def entry(reading: Reading, index: int) -> EntryShown:
    """Answer with one line of the log."""
    if index >= reading.as_of.size:
        raise Unknown("entry", str(index))
    return _shown(reading, reading.line(index))


def _shown(reading: Reading, line: Line) -> EntryShown:
    # Whoever may not read a record is not told its id: the ids of its parcels follow from it.
    is_told = bool(reading.sheets(line))
    return EntryShown(
        index=line.index,
        entry=line.raw,
        recorded_at_ms=line.entry.recorded_at_ms,
        previous=line.entry.previous,
        record_root=line.entry.root,
        record_id=line.signed.record_id if is_told else None,
        kind=line.record.KIND.name if is_told else None,
        status=reading.status(line.index),
    )


def note_of(reading: Reading) -> str:
    """Return the signed note of the last checkpoint."""
    if reading.published.note is None:
        raise Damaged("gap", f"checkpoint {reading.published.size}", "its note is not kept")
    return reading.published.note.decode()


def checkpoint(reading: Reading) -> CheckpointAnswer:
    """Answer with the last checkpoint."""
    published = reading.published
    return CheckpointAnswer(
        origin=reading.charter.origin,
        size=published.size,
        root=published.root,
        note=note_of(reading),
    )


def index_asked(reading: Reading, index: int | None, record_id: RecordId | None) -> int:
    """Return the index of an entry that is asked for by index or by record id, one of them.

    Raises:
        BadQuestion: both are given, or neither.
        Unknown: there is no such record, or the reader may read nothing of it.

    """
    if index is not None and record_id is None:
        return index
    if record_id is None or index is not None:
        raise BadQuestion("index", "an index, or a record id in its place")
    return _line_of(reading, record_id, None)[0].index


def inclusion(reading: Reading, index: int, size: int | None) -> InclusionAnswer:
    """Prove that an entry is in the tree of ``size`` entries, the last checkpoint's if not said."""
    size = _size(reading, "size", size)
    if index >= size:
        raise BadQuestion("index", f"an index below {size}, the size of the tree")
    read = _reader(reading)
    raw = reading.line(index).raw
    return InclusionAnswer(
        index=index,
        size=size,
        root=_root(reading, size, read),
        entry=raw,
        leaf_hash=leaf_hash(raw),
        proof=merkle.inclusion_proof(index, size, read),
    )


def consistency(reading: Reading, from_size: int, to_size: int | None) -> ConsistencyAnswer:
    """Prove that a tree continues a smaller one; the last checkpoint's if not said."""
    to_size = _size(reading, "to", to_size)
    if not 1 <= from_size <= to_size:
        raise BadQuestion("from", f"1 to {to_size}, the size of the larger tree")
    read = _reader(reading)
    return ConsistencyAnswer(
        from_size=from_size,
        to_size=to_size,
        from_root=_root(reading, from_size, read),
        to_root=_root(reading, to_size, read),
        proof=merkle.consistency_proof(from_size, to_size, read),
    )


def _size(reading: Reading, field: str, size: int | None) -> int:
    most = reading.published.size
    if size is None:
        return most
    if not 1 <= size <= most:
        raise BadQuestion(field, f"1 to {most}, the size of the last checkpoint")
    return size


def _reader(reading: Reading) -> ReadNode:
    return partial(node_from_tiles, read_tile=reading.view.read_tile)


def _root(reading: Reading, size: int, read: ReadNode) -> Hash32:
    return reading.published.root if size == reading.published.size else merkle.root(size, read)
