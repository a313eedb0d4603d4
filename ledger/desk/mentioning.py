"""What was said of a story's goods, read again: certificates, clearances, statements and the like.

None of these moves goods, so no link leads to them: which there are is the ledger's own word. What
is told is checked like a step of the story: its id, its signers, its place in the log; and that it
speaks of these goods.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ledger.desk.checked import CheckedStep
from ledger.desk.reading import Reread, RereadInPart
from ledger.desk.rereading import Reader
from ledger.desk.withholding import fault_of
from ledger.records import Clearance, Correction
from ledger.rules import touches
from ledger.values import NO_HASH, Hash32, ParcelId


def check_spoken(
    reader: Reader,
    record_ids: Iterable[Hash32],
    goods: Collection[ParcelId],
    count_signatures: Callable[[Reread], None],
) -> tuple[CheckedStep, ...]:
    """Read records that speak of goods, prove them, and doubt what speaks of none of these.

    Args:
        reader: reads and proves.
        record_ids: which records.
        goods: the parcels of the story.
        count_signatures: told of each record that is shown whole.

    Returns:
        What was read, the earliest first.

    """
    steps = []
    for record_id in dict.fromkeys(record_ids):
        read = reader.read_as_shown(record_id)
        if read is None:
            continue
        parcels = tuple(one for one in _goods_of(reader, read) if one in goods)
        if not parcels:
            reader.doubt(read.place, "it is told as speaking of these goods, and does not")
            continue
        hidden = fault_of(read, reader.checked.mode)
        if hidden:
            reader.doubt(read.place, hidden)
        if isinstance(read, Reread):
            count_signatures(read)
        steps.append(
            CheckedStep(
                index=read.index,
                recorded_at_ms=read.at_ms,
                record=read.record,
                record_id=read.record_id,
                signers=read.signers,
                withheld=read.withheld,
                parcels=parcels,
                is_proved=reader.prove(read),
            )
        )
    return tuple(sorted(steps, key=lambda step: step.index))


def _goods_of(reader: Reader, read: Reread | RereadInPart) -> tuple[ParcelId, ...]:
    """Return the parcels of which a record speaks, by itself or by what it corrects or clears."""
    about: Reread | RereadInPart | None = read
    for kind, named in ((Correction, "record"), (Clearance, "certificate")):
        if about is not None and isinstance(about.record, kind):
            record_id = getattr(about.record.what, named)
            about = None if record_id == NO_HASH else reader.read_as_shown(record_id)
    if about is None:
        return ()
    what = about.record.what
    spoken = (getattr(what, "parcel", NO_HASH), *getattr(what, "parcels", ()))
    every = dict.fromkeys((*touches(about.record, about.record_id), *spoken))
    return tuple(parcel for parcel in every if parcel != NO_HASH)
