"""Origin bounds as the ledger keeps them, along a journey of real records."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ledger.custody import Blended, Nothing, Operation, Overlay, Parcel, operation_key
from ledger.derivation import decide
from ledger.drafts import Output
from ledger.errors import Damaged
from ledger.trace import kept as kept_module
from ledger.trace.bounds import Blend, Bound
from ledger.trace.kept import Blends, blend_of, bounds_of
from ledger.values import ParcelId
from tests.world import World, usual_world

ROUGH = "7102.31"


class Journey:
    """Goods of two countries, mixed, split and received lighter."""

    def __init__(self) -> None:
        world = usual_world()
        world.admit("miner-in", "miner", "IN")
        home = world.open_site()
        self.bag = world.register(home, 3_000, 2)
        self.other = world.register(home, 1_000, 1)
        world.hand_over(self.bag, "miner-bw", "trader-be")
        world.hand_over(self.other, "miner-bw", "trader-be", weight_millicarats=997)
        self.parts = world.transform(
            "trader-be", "split", [self.bag], [Output(2_000, 1, ROUGH), Output(1_000, 1, ROUGH)]
        )
        self.mixed = world.transform(
            "trader-be",
            "mix",
            sorted([self.parts[0], self.other]),
            [Output(1_997, 1, ROUGH), Output(1_000, 1, ROUGH)],
        )
        self.world = world
        self.state = Overlay(Nothing())
        for index, (now_ms, signed, _) in enumerate(world.log):
            changes = decide(self.state, signed, index, now_ms)
            self.state.apply(signed.record_id, signed.record, changes.items)

    def parcel(self, parcel: ParcelId) -> Parcel:
        """Return a parcel."""
        known = self.state.read(Parcel, parcel)
        assert known is not None
        return known


@pytest.fixture(scope="module")
def made() -> Journey:
    return Journey()


def test_a_registration_keeps_no_blend_and_is_wholly_of_its_site(made: Journey) -> None:
    parcel = made.parcel(made.bag)
    assert made.state.read(Blended, operation_key(parcel.made_by)) is None
    bounds = bounds_of(made.state, parcel)
    assert bounds.country("BW") == Bound(3_000, 3_000, 3_000)
    assert bounds.weight_millicarats == 3_000


def test_a_lighter_receipt_keeps_a_blend_of_its_one_output(made: Journey) -> None:
    parcel = made.parcel(made.other)
    assert parcel.blended_by != parcel.made_by
    bounds = bounds_of(made.state, parcel)
    assert bounds.weight_millicarats == parcel.weight_millicarats == 997
    assert bounds.country("BW") == Bound(997, 997, 997)


def test_every_output_is_bounded_at_its_book_weight(made: Journey) -> None:
    for parcel_id in (*made.parts, *made.mixed):
        parcel = made.parcel(parcel_id)
        bounds = bounds_of(made.state, parcel)
        assert bounds.weight_millicarats == parcel.weight_millicarats
        assert bounds.certain() == bounds.possible() == ("BW",)
        assert bounds.country("BW").least == parcel.weight_millicarats


def test_each_operation_keeps_one_blend_whatever_its_outputs(made: Journey) -> None:
    parcel = made.parcel(made.mixed[0])
    operation = made.state.read(Operation, operation_key(parcel.made_by))
    kept = made.state.read(Blended, operation_key(parcel.made_by))
    assert operation is not None
    assert kept is not None
    assert kept.index == operation.index
    assert made.parcel(made.mixed[1]).blended_by == operation.index


def test_a_missing_or_altered_blend_is_damage(made: Journey) -> None:
    parcel = made.parcel(made.mixed[0])
    for blend in ("", "{}", "[1]", '{"origins":[]}'):
        state = Overlay(made.state)
        record = made.world.log[0][1]
        state.apply(record.record_id, record.record, [Blended(parcel.blended_by, blend)])
        with pytest.raises(Damaged, match="origin bounds"):
            bounds_of(state, parcel)
    with pytest.raises(Damaged, match="nothing is kept"):
        bounds_of(World().state, parcel)


def test_a_blend_that_was_kept_just_now_answers_as_one_read_back(made: Journey) -> None:
    operations = [item for _, _, changes in made.world.log for item in changes.items
                  if isinstance(item, Operation) and item.inputs]  # fmt: skip
    assert len(operations) > 1
    for operation in operations:
        stored = made.state.read(Blended, operation.key)
        assert stored is not None
        blends = Blends()
        kept = blends.keep(operation.index, Blend.from_plain(json.loads(stored.blend)))
        assert kept == stored
        for position in range(len(operation.outputs)):
            now = blends.outputs(kept).output(position)
            assert now == Blends().outputs(stored).output(position)


def test_what_is_remembered_of_a_blend_changes_no_answer(made: Journey) -> None:
    blends = Blends()
    for parcel in (*made.parts, *made.mixed, *made.mixed):
        held = made.state.read(Parcel, parcel)
        assert held is not None
        assert bounds_of(made.state, held, blends) == bounds_of(made.state, held)


def test_a_blend_that_was_undone_is_not_remembered_for_another_at_its_index(
    made: Journey,
) -> None:
    blends = Blends()
    held = made.state.read(Parcel, made.mixed[0])
    assert held is not None
    kept = made.state.read(Blended, operation_key(held.blended_by))
    assert kept is not None
    blends.outputs(Blended(kept.index, _other_blend(made)))
    assert bounds_of(made.state, held, blends) == bounds_of(made.state, held)


def _other_blend(made: Journey) -> str:
    split = made.state.read(Parcel, made.parts[0])
    assert split is not None
    kept = made.state.read(Blended, operation_key(split.made_by))
    assert kept is not None
    return kept.blend


def test_the_blend_of_inputs_from_one_operation_is_read_once(
    made: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    read = kept_module.read_blend  # counted, and done for real

    def counted(kept: Blended) -> object:
        reads.append(kept.index)
        return read(kept)

    monkeypatch.setattr(kept_module, "read_blend", counted)
    inputs = [made.state.read(Parcel, parcel) for parcel in made.mixed]
    operation = next(
        item for _, _, changes in made.world.log for item in changes.items
        if isinstance(item, Operation) and item.name == "mix"
    )  # fmt: skip
    again = replace(operation, inputs=tuple(one.id for one in inputs if one))
    assert blend_of(made.state, again) is not None
    assert reads == [operation.index]
