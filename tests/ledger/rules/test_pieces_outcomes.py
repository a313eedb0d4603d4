"""What Settings and Sales change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.custody import NEVER, Blended, Operation, Parcel, as_held, operation_key
from ledger.derivation import decide
from ledger.errors import Refused
from ledger.trace.kept import bounds_of
from tests.ledger.rules.cases import SOME_HASH, Stage, new_stage
from tests.ledger.rules.test_pieces import (
    JEWELLER,
    as_jeweller,
    jewel,
    ring,
    second_jeweller,
    setting,
    unsetting,
)
from tests.world import address_of


def test_a_piece_weighs_what_is_in_it_and_begins_where_it_is_set() -> None:
    stage = new_stage()
    parcels = sorted([jewel(stage, 4_000, 3), jewel(stage, 1_000, 1)])
    piece = stage.set_in(parcels, label="ring")
    book = stage.parcel(piece)
    assert (book.weight_millicarats, book.stones, book.hs_code, book.form) == (
        5_000,
        4,
        "",
        "piece",
    )
    assert (book.state, book.country, book.position) == ("held", "FR", 0)
    index = len(stage.log) - 1
    assert (book.made_by, book.blended_by) == (index, index)
    for parcel in parcels:
        inside = stage.parcel(parcel)
        assert (inside.state, inside.spent_by, inside.head) == ("set", index, book.head)
    operation = stage.state.read(Operation, operation_key(index))
    assert operation is not None
    assert (operation.name, operation.inputs) == ("setting", tuple(parcels))
    assert (operation.outputs, operation.loss_millicarats) == ((piece,), 0)
    assert stage.log[-1][2].parcels == (*parcels, piece)


def test_a_piece_with_a_parcel_that_is_not_counted_is_not_counted() -> None:
    stage = new_stage()
    piece = stage.set_in([jewel(stage, 4_000, 0), jewel(stage)])
    assert stage.parcel(piece).stones == 0


def test_what_is_set_is_held_by_whoever_holds_the_piece() -> None:
    stage = new_stage()
    piece, parcel = ring(stage)
    stage.hand_over(piece, "jeweller-fr", "trader-be")
    assert as_held(stage.state, stage.parcel(parcel)).custodian == address_of("trader-be")
    assert as_held(stage.state, stage.parcel(piece)) == stage.parcel(piece)
    assert stage.parcel(piece).country == "BE"


def test_stones_taken_out_are_held_where_the_piece_was_and_are_what_they_were() -> None:
    stage = new_stage()
    second_jeweller(stage)
    parcels = sorted([jewel(stage, 4_000, 3), jewel(stage, 1_000, 1)])
    before = [stage.parcel(parcel) for parcel in parcels]
    piece = stage.set_in(parcels)
    stage.hand_over(piece, "jeweller-fr", "trader-be", weight_millicarats=0)
    assert stage.parcel(piece).weight_millicarats == 5_000
    stage.later()
    signed = stage.say(as_jeweller(unsetting(stage, piece, parcels, "trader-be")), "trader-be")
    index = len(stage.log) - 1
    assert (stage.parcel(piece).state, stage.parcel(piece).spent_by) == ("spent", index)
    for parcel, was in zip(parcels, before, strict=True):
        expected = replace(
            was,
            custodian=address_of("trader-be"),
            country="BE",
            head=signed.record_id,
            head_at=stage.now_s,
        )
        assert stage.parcel(parcel) == expected
        assert expected.spent_by == NEVER
    operation = stage.state.read(Operation, operation_key(index))
    assert operation is not None
    assert (operation.name, operation.inputs, operation.outputs) == (
        "unsetting",
        (piece,),
        tuple(parcels),
    )
    assert stage.log[-1][2].parcels == (piece, *parcels)


def test_a_piece_has_the_origins_of_its_stones_and_they_keep_their_own() -> None:
    stage = new_stage()
    parcels = sorted([jewel(stage), jewel(stage)])
    said = setting(stage, parcels)
    signed = stage.read(stage.sign(said, *JEWELLER))
    stage.place(*_blends(stage))
    changes = decide(stage.state, signed, len(stage.log), stage.now_ms)
    kept = [item for item in changes.items if isinstance(item, Blended)]
    assert [item.index for item in kept] == [len(stage.log)]
    stage.say(said, *JEWELLER)
    stage.place(*kept)
    (piece,) = stage.outputs(stage.log[-1][1])
    bounds = bounds_of(stage.state, stage.parcel(piece))
    assert [one.country for one in bounds.countries] == ["BW"]
    assert bounds.country("BW").least == 8_000
    before = bounds_of(stage.state, stage.parcel(parcels[0]))
    taken = stage.read(stage.sign(unsetting(stage, piece, parcels), *JEWELLER))
    changes = decide(stage.state, taken, len(stage.log), stage.now_ms)
    assert [item for item in changes.items if isinstance(item, Blended)] == []
    stage.take_out(piece, parcels)
    assert bounds_of(stage.state, stage.parcel(parcels[0])) == before


def _blends(stage: Stage) -> list[Blended]:
    """Return the blends of all that was said, which a stage's rules alone do not keep."""
    other = Stage(now_s=stage.now_s)
    made: list[Blended] = []
    for index, (now_ms, signed, _) in enumerate(stage.log):
        changes = decide(other.state, signed, index, now_ms)
        other.state.apply(signed.record_id, signed.record, changes.items)
        made += [item for item in changes.items if isinstance(item, Blended)]
    return made


def test_a_sale_and_a_return_move_nothing_but_the_state() -> None:
    stage = new_stage()
    piece, parcel = ring(stage)
    before = stage.parcel(piece)
    for operation, state in (("sale", "sold"), ("return", "held")):
        stage.later()
        signed = stage.sell(piece, operation=operation)
        expected: Parcel = replace(before, state=state, head=signed.record_id, head_at=stage.now_s)
        assert stage.parcel(piece) == expected
        assert as_held(stage.state, stage.parcel(parcel)).custodian == address_of("jeweller-fr")


def test_who_takes_out_the_stones_of_another_is_not_told_their_head() -> None:
    stage = new_stage()
    second_jeweller(stage)
    piece, _ = ring(stage)
    other = stage.polished("trader-be")
    second = setting(stage, [other], "trader-be")
    stage.say(as_jeweller(second), "trader-be")
    record = unsetting(stage, piece, [other], what__previous=(SOME_HASH,))
    with pytest.raises(Refused) as told:
        stage.check(record, *JEWELLER)
    assert told.value.refusal.rule == "stale-previous"
    assert told.value.refusal.expected == "the last record of its chain"
