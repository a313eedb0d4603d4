"""The story of stones in a piece, checked from what a desk answers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ledger.desk.books import Books
from ledger.desk.checking import check_story
from ledger.drafts import Loss, Output
from ledger.values import ParcelId
from tests.ledger.desk.conftest import local
from tests.scene import POLISHED, Shown, jewel, shown


@pytest.fixture(scope="module")
def made() -> Iterator[Shown]:
    """A stone is set, handed on in its ring, comes back, is taken out, and set again."""
    scene = jewel()
    stone = scene.parcels["stone"]
    scene.parcels["ring"] = scene.set_in([stone])
    scene.hand_over(scene.parcels["ring"], "jeweller-fr", "lab-be", weight_millicarats=0)
    scene.hand_over(scene.parcels["ring"], "lab-be", "jeweller-fr")
    scene.take_out(scene.parcels["ring"], [stone])
    scene.parcels["second ring"] = scene.set_in([stone], label="second")
    scene.hand_over(scene.parcels["second ring"], "jeweller-fr", "lab-be", weight_millicarats=0)
    with shown(scene) as book:
        yield book


@pytest.mark.parametrize("parcel", ["stone", "ring", "second ring", "first", "mixed"])
def test_a_true_story_has_no_doubts(made: Shown, parcel: str) -> None:
    checked = check_story(local(made), made.scene.parcels[parcel])
    assert checked.doubts == []
    assert checked.gaps == 0
    assert checked.steps[0].record.KIND.name == "Registration"


def test_a_ring_that_weighs_more_than_its_stones_is_named(made: Shown) -> None:
    books, faults = Books(), []
    for _, signed, _ in made.scene.log:
        record = signed.record
        if record.KIND.name == "Setting" and record.what.operation == "set":
            heavier = record.amounts.weight_millicarats + 1
            record = changed(record, weight_millicarats=heavier)
        faults.append(books.take(record, signed.record_id))
    assert "1.851 ct set, which is not what the steps before left" in faults


@pytest.mark.parametrize("is_taken_out", [False, True])
def test_a_stone_that_is_set_beside_a_lighter_sister_has_no_doubts(is_taken_out: bool) -> None:
    scene = jewel()
    rough = scene.register(scene.sites["home"], 4_000, 2, zone="South")
    scene.hand_over(rough, "miner-bw", "cutter-in")
    outputs = [Output(1_000, 1, POLISHED), Output(900, 1, POLISHED)]
    sisters = scene.transform("cutter-in", "polish", [rough], outputs, polishing=Loss(2_100))
    for stone, weight in zip(sisters, (1_000, 898), strict=True):
        scene.hand_over(stone, "cutter-in", "jeweller-fr", weight_millicarats=weight)
    ring = scene.set_in(sorted(sisters))
    if is_taken_out:
        scene.take_out(ring, sorted(sisters))
    with shown(scene) as book:
        assert [check_story(local(book), one).doubts for one in (*sisters, ring)] == [[], [], []]


def test_what_is_taken_out_of_a_piece_was_set_in_it(made: Shown) -> None:
    books, faults = Books(), []
    spent = cut_up(made)
    for _, signed, _ in made.scene.log:
        record = signed.record
        if record.KIND.name == "Setting" and record.what.operation == "unset":
            record = replace(record, what=replace(record.what, parcels=(spent,)))
        faults.append(books.take(record, signed.record_id))
    assert "parcels are taken out of a piece in which they were not set" in faults


def cut_up(made: Shown) -> ParcelId:
    """Return a parcel that was cut up long ago."""
    return next(
        signed.record.what.inputs[0]
        for _, signed, _ in made.scene.log
        if signed.record.KIND.name == "Transformation"
    )


def changed(record, **amounts):
    """Return a record with other amounts, as no ledger would have taken it."""
    return replace(record, amounts=replace(record.amounts, **amounts))
