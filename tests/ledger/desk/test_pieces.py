"""The story of stones in a piece, checked from what a desk answers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ledger.desk.books import Books
from ledger.desk.checking import check_story
from tests.ledger.desk.conftest import local
from tests.scene import Shown, jewel, shown


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


def changed(record, **amounts):
    """Return a record with other amounts, as no ledger would have taken it."""
    return replace(record, amounts=replace(record.amounts, **amounts))
