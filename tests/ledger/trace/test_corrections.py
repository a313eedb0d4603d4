"""Present values of a record, and its Corrections one by one."""

from __future__ import annotations

import pytest

from ledger.canonical.correcting import corrected
from ledger.custody import Corrected
from ledger.errors import Damaged
from ledger.records import Correction
from ledger.trace.corrections import corrections_of, record_now
from ledger.values import Hash32
from tests.ledger.rules.cases import SOME_HASH, Stage, new_stage

LABELS = ("A", "B", "C", "D")


class Told:
    """A world as walks read it."""

    def __init__(self, stage: Stage) -> None:
        self.read = stage.state.read
        self.record = stage.state.record
        self._ids = [signed.record_id for _, signed, _ in stage.log]

    def index_of(self, record_id: Hash32) -> int | None:
        """Return where a record stands, or None."""
        return self._ids.index(record_id) if record_id in self._ids else None


def relabelled() -> tuple[Stage, Hash32, list[int]]:
    """Return a stage with a label that was corrected four times, and where."""
    stage = new_stage()
    stage.register(stage.site, 10_000, 3, label="first")
    signed, at = stage.log[-1][1], []
    for label in LABELS:
        stage.correct("miner-bw", signed, {"amounts.label": label})
        at.append(len(stage.log) - 1)
        stage.register(stage.site)
    return stage, signed.record_id, at


def test_a_record_that_nobody_corrected_reads_as_it_was_signed() -> None:
    stage = new_stage()
    record_id = stage.log[-1][1].record_id
    assert record_now(stage.state, record_id) is stage.log[-1][1].record
    assert record_now(stage.state, SOME_HASH) is None
    assert corrections_of(stage.state, Told(stage), record_id, 9) == ()


def test_corrections_are_told_from_the_earliest_with_where_they_stand() -> None:
    stage, record_id, at = relabelled()
    found = corrections_of(stage.state, Told(stage), record_id, 9)
    assert [index for index, _, _ in found] == at
    assert [one.amounts.values for _, _, one in found] == [(label,) for label in LABELS]
    assert [stage.log[index][1].record_id for index in at] == [one for _, one, _ in found]


def test_of_many_corrections_the_last_are_told() -> None:
    stage, record_id, at = relabelled()
    found = corrections_of(stage.state, Told(stage), record_id, 2)
    assert [index for index, _, _ in found] == at[-2:]


@pytest.mark.parametrize("count", range(len(LABELS) + 1))
def test_the_record_as_it_was_at_an_earlier_size_follows_from_those_below(count: int) -> None:
    stage, record_id, at = relabelled()
    below = at[count] if count < len(at) else len(stage.log)
    found = corrections_of(stage.state, Told(stage), record_id, 9, below)
    assert [index for index, _, _ in found] == at[:count]
    record = stage.state.record(record_id)
    assert record is not None
    then = corrected(record, [one for _, _, one in found])
    assert then.amounts.label == ("first", *LABELS)[count]


def test_all_corrections_together_are_the_present_values() -> None:
    stage, record_id, _ = relabelled()
    record = stage.state.record(record_id)
    assert record is not None
    chain = [one for _, _, one in corrections_of(stage.state, Told(stage), record_id, 9)]
    assert all(isinstance(one, Correction) for one in chain)
    assert corrected(record, chain) == record_now(stage.state, record_id)


def test_a_correction_that_is_named_and_not_there_is_damage() -> None:
    stage, record_id, _ = relabelled()
    known = stage.state.read(Corrected, record_id)
    assert known is not None
    stage.place(Corrected(record_id, SOME_HASH, known.paths, known.values, known.details))
    with pytest.raises(Damaged):
        corrections_of(stage.state, Told(stage), record_id, 9)
