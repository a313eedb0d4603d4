"""Weights replayed: a step that takes more than there is, or gives more than it takes, is named."""

from dataclasses import replace
from itertools import combinations

import pytest

from ledger.desk.books import Books
from ledger.drafts import Loss, Output
from ledger.records import Withheld
from tests.world import usual_world


@pytest.fixture(scope="module")
def told():
    """A world in which a bag is registered, received lighter, and split; and its records."""
    world = usual_world()
    start = len(world.log)
    bag = world.register(world.open_site(), 12_500, 3)
    world.hand_over(bag, "miner-bw", "trader-be", weight_millicarats=12_495)
    world.transform(
        "trader-be", "split", [bag], [Output(7_000, 2), Output(5_490, 1)], sorting=Loss(5)
    )
    return bag, [(signed.record, signed.record_id) for _, signed, _ in world.log[start + 1 :]]


def faults(records) -> list[str]:
    """Replay records; return what did not fit, for each."""
    books = Books()
    return [books.take(*record) for record in records]


def changed(record, **amounts):
    """Return a record with other amounts, as no ledger would have taken it."""
    return replace(record, amounts=replace(record.amounts, **amounts))


def test_a_true_story_fits(told):
    bag, records = told
    assert faults(records) == [""] * 4
    books = Books()
    for record in records[:3]:
        books.take(*record)
    assert books.goods(bag).weight_millicarats == 12_495


def test_an_offer_above_the_book_does_not_fit(told):
    _, (mined, (offer, offer_id), *_) = told
    heavier = (changed(offer, weight_millicarats=12_501), offer_id)
    assert "12.501 ct" in faults([mined, heavier])[1]


def test_goods_that_were_never_there_do_not_fit(told):
    _, (_, offer, receipt, work) = told
    assert "nothing" in faults([offer])[0]
    assert "before it is there" in faults([receipt])[0]
    assert "not what the steps before left" in faults([work])[0]


def test_work_that_does_not_balance_does_not_fit(told):
    _, (*before, (work, work_id)) = told
    grown = changed(work, weights_millicarats=(7_001, 5_490))
    assert "7.001" not in faults([*before, (work, work_id)])[-1]
    assert "12.491 ct out" in faults([*before, (grown, work_id)])[-1]


def test_goods_that_were_used_up_cannot_be_used_again(told):
    _, records = told
    assert faults([*records, records[-1]])[-1] != ""


def test_work_on_more_than_the_book_holds_does_not_fit(told):
    _, (*before, (work, work_id)) = told
    inflated = changed(work, input_weight_millicarats=12_500, weights_millicarats=(7_005, 5_490))
    assert "not what the steps before left" in faults([*before, (inflated, work_id)])[-1]


def test_a_story_that_ends_in_a_mix_says_nothing_of_what_went_in_beside():
    world = usual_world()
    site = world.open_site()
    start = len(world.log)
    own, beside = (world.register(site, weight, 1) for weight in (4_000, 2_000))
    world.transform("miner-bw", "mix", sorted([own, beside]), [Output(6_000, 2)])
    mined, _, mix = [(signed.record, signed.record_id) for _, signed, _ in world.log[start:]]
    books = Books()
    assert books.take(*mined, [own]) == ""
    assert books.take(*mix, [own]) == ""
    assert books.goods(own).weight_millicarats == 4_000
    heavier = changed(mined[0], weight_millicarats=6_001)
    books = Books()
    books.take(heavier, mined[1], [own])
    assert "not what the steps before left" in books.take(*mix, [own])


# -- shown in part ---------------------------------------------------------------------------


def in_part(record):
    """Return a record as a later holder is shown it: without who and amounts."""
    hidden = Withheld(bytes(32))
    return replace(record, who=hidden, amounts=hidden)


def hiding(records, *numbers) -> list:
    """Return records of which some are shown in part."""
    return [
        (in_part(record), record_id) if number in numbers else (record, record_id)
        for number, (record, record_id) in enumerate(records)
    ]


@pytest.mark.parametrize(
    "numbers", [hidden for size in range(5) for hidden in combinations(range(4), size)]
)
def test_a_true_story_fits_however_much_of_it_is_withheld(told, numbers):
    _, records = told
    assert faults(hiding(records, *numbers)) == [""] * 4


def test_what_a_withheld_record_leaves_is_not_known_until_another_says_it(told):
    bag, records = told
    books, known = Books(), []
    for record in hiding(records, 0, 2):
        books.take(*record)
        known.append(books.goods(bag))
    assert [one.weight_millicarats for one in known] == [None, 12_500, None, None]
    assert [one.stones for one in known] == [None, 3, None, None]
    assert [one.custodian is None for one in known] == [True, False, True, True]
    assert {one.hs_code for one in known} == {records[0][0].what.hs_code}
    assert {one.label for one in known} == {None}


def test_what_a_receipt_weighs_is_no_book_weight_where_that_is_withheld(told):
    bag, records = told
    (receipt, record_id), books = records[2], Books()
    heavy = changed(receipt, weight_millicarats=99_000)
    for record in [*hiding(records, 0, 1)[:2], (heavy, record_id)]:
        assert books.take(*record) == ""
    assert books.goods(bag).weight_millicarats is None, "a book never goes up"


def test_a_parcel_moved_before_it_is_there_does_not_fit_though_weights_are_withheld(told):
    _, (_, offer, receipt, work) = told
    for record, record_id in (offer, receipt, work):
        assert faults([(in_part(record), record_id)]) != [""]


def test_work_on_less_than_what_is_known_to_go_in_does_not_fit():
    world = usual_world()
    start, site = len(world.log), world.open_site()
    bags = sorted(world.register(site, weight, 1) for weight in (5_000, 7_000))
    world.transform("miner-bw", "mix", bags, [Output(12_000, 2)])
    records = [(one.record, one.record_id) for _, one, _ in world.log[start + 1 :]]
    assert faults(hiding(records, 0)) == ["", "", ""]
    work, work_id = records[-1]
    light = changed(work, input_weight_millicarats=7_000, weights_millicarats=(7_000,))
    known = next(n for n in (0, 1) if records[n][0].amounts.weight_millicarats == 7_000)
    told = hiding([*records[:2], (light, work_id)], 1 - known)
    assert "not what the steps before left" in faults(told)[2]
    again = [*hiding(records, 0, 1, 2), hiding(records, 2)[2]]
    assert faults(again)[3] == "what goes in is not what the steps before left"
