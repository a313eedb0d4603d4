from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from ledger.book.answers import Answer
from ledger.book.queueing import Batch, Portion, Queue, portions_of, work_of
from ledger.drafts import Loss, Output
from ledger.errors import Refusal, Unavailable
from ledger.limits import LIMITS
from ledger.signing import SignedRecord
from ledger.values import Milliseconds, RecordId
from tests.desk import Desk, journey
from tests.world import usual_world

REFUSAL = Refusal("kind", "", "", "")


@pytest.fixture(scope="module")
def signed() -> list[SignedRecord]:
    """Return some records."""
    return [one for _, one, _ in Desk(journey()).world.log]


def portion(signed: list[SignedRecord], count: int, *, atomic: bool = False) -> Portion:
    """Return the first records as one portion."""
    batch = Batch(count, "sequenced")
    (made,) = portions_of(batch, list(enumerate(signed[:count])), atomic=atomic)
    return made


def test_first_come_is_first_served(signed: list[SignedRecord]) -> None:
    queue = Queue()
    portions = [portion(signed, count) for count in (1, 2, 3)]
    for one in portions:
        queue.put([one])
    assert queue.take() == portions


def test_callers_take_turns_and_each_keeps_its_order(
    signed: list[SignedRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.queueing.LIMITS", replace(LIMITS, group_records_max=1))
    queue = Queue()
    first, second = ([portion(signed, 1) for _ in range(3)] for _ in range(2))
    alone, later = portion(signed, 1), portion(signed, 1)
    queue.put(first[:2], "first")
    queue.put(second, "second")
    queue.put(first[2:], "first")
    queue.put([alone])
    taken = [queue.take()[0]]
    queue.put([later])
    taken += [queue.take()[0] for _ in range(7)]
    assert taken == [
        *(first[0], second[0], alone),
        *(first[1], later, second[1]),
        *(first[2], second[2]),
    ]


def test_what_is_left_in_a_queue_is_handed_back_whole(signed: list[SignedRecord]) -> None:
    queue = Queue()
    mine, others = ([portion(signed, count) for count in (1, 2)] for _ in range(2))
    queue.put(mine, "mine")
    queue.put(others, "others")
    left = queue.abandon("it failed")
    assert sorted(map(id, left)) == sorted(map(id, mine + others))


def test_a_group_has_at_most_so_many_records_and_bytes(
    signed: list[SignedRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [portion(signed, 1).size_bytes, portion(signed, 2).size_bytes]
    for limits in (
        replace(LIMITS, group_records_max=3),
        replace(LIMITS, group_bytes_max=sizes[0] + sizes[1]),
    ):
        monkeypatch.setattr("ledger.book.queueing.LIMITS", limits)
        queue = Queue()
        queue.put([portion(signed, 1), portion(signed, 2), portion(signed, 2)])
        assert [len(one.records) for one in queue.take()] == [1, 2]
        assert [len(one.records) for one in queue.take()] == [2]


def test_a_group_takes_so_many_parcels_into_and_out_of_transformations(
    signed: list[SignedRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    works = [work_of(one) for one in signed]
    split, mix = (at for at, work in enumerate(works) if work)
    assert (works[split], works[mix]) == (3, 3)  # one into two, two into one
    records = list(enumerate(4 * [signed[split]] + 2 * [signed[0]]))
    monkeypatch.setattr("ledger.book.queueing.LIMITS", replace(LIMITS, group_parcels_max=7))
    cut = list(portions_of(Batch(6, "sequenced"), records, atomic=False))
    assert [(len(one.records), one.parcels) for one in cut] == [(2, 6), (4, 6)]
    assert [one for portion in cut for one in portion.records] == records
    queue = Queue()
    queue.put(cut)
    alone = portion(signed, 1)
    queue.put([alone])
    assert queue.take() == [cut[0], alone]
    assert queue.take() == cut[1:]
    (whole,) = portions_of(Batch(6, "sequenced"), records, atomic=True)
    assert whole.parcels == 12


def test_records_of_many_parcels_count_them_and_those_of_others_goods_count_some() -> None:
    world = usual_world()
    site = world.open_site()
    bags = sorted(world.register(site) for _ in range(3))
    certificate = world.certify(bags, "BW1", "BE")
    world.correct("authority-bw", certificate, {"amounts.valuesUsCents.0": "5"})
    world.clear(certificate)
    world.clear_paper("BW2")
    world.hand_over(bags[0], "miner-bw", "cutter-in")
    work = [Output(4_000, 1, "7102.39"), Output(1_000, 2, "7102.39")]
    stones = world.transform("cutter-in", "polish", bags[:1], work, polishing=Loss(7_500))
    for stone in stones:
        world.hand_over(stone, "cutter-in", "jeweller-fr")
    world.take_out(world.set_in(sorted(stones)), sorted(stones))
    works = [(one.record.KIND.name, work_of(one)) for _, one, _ in world.log]
    untold = LIMITS.group_parcels_untold
    assert [work for work in works if work[1] or work[0] == "Clearance"] == [
        ("Certificate", 3),
        ("Correction", untold),
        ("Clearance", untold),
        ("Clearance", 0),
        ("Transformation", 3),
        ("Setting", 2),
        ("Setting", 2),
    ]


def test_a_portion_larger_than_a_group_is_taken_alone(
    signed: list[SignedRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.queueing.LIMITS", replace(LIMITS, group_records_max=3))
    queue = Queue()
    queue.put([portion(signed, 9, atomic=True), portion(signed, 1)])
    assert [len(one.records) for one in queue.take()] == [9]
    assert [len(one.records) for one in queue.take()] == [1]


def test_a_batch_is_cut_unless_it_is_atomic(
    signed: list[SignedRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.queueing.LIMITS", replace(LIMITS, group_records_max=4))
    records = list(enumerate(signed[:10]))
    cut = list(portions_of(Batch(10, "sequenced"), records, atomic=False))
    assert [[at for at, _ in one.records] for one in cut] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
    ]
    (whole,) = portions_of(Batch(10, "sequenced"), records, atomic=True)
    assert whole.records == records


@pytest.mark.parametrize("limit", ["queue_records_max", "queue_bytes_max"])
def test_a_full_queue_takes_nothing_more_until_it_is_emptied(
    signed: list[SignedRecord], monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    room = 5 if limit == "queue_records_max" else portion(signed, 5).size_bytes
    monkeypatch.setattr("ledger.book.queueing.LIMITS", replace(LIMITS, **{limit: room}))
    queue = Queue()
    queue.put([portion(signed, 5)])
    with pytest.raises(Unavailable, match="5 records are waiting"):
        queue.put([portion(signed, 1)])
    queue.take()
    queue.put([portion(signed, 1)])
    assert len(queue.take()) == 1


def test_a_closed_queue_gives_out_what_it_holds_and_then_nothing(
    signed: list[SignedRecord],
) -> None:
    queue = Queue()
    queue.put([portion(signed, 1)])
    queue.close("done")
    queue.close("for another reason")
    with pytest.raises(Unavailable, match="done"):
        queue.put([portion(signed, 1)])
    assert len(queue.take()) == 1
    assert queue.take() == []


def test_an_abandoned_queue_hands_back_what_it_holds(signed: list[SignedRecord]) -> None:
    queue = Queue()
    left = [portion(signed, 1), portion(signed, 2)]
    queue.put(left)
    assert queue.abandon("stopped") == left
    assert queue.take() == []


def test_whoever_waits_for_records_is_woken_by_them(signed: list[SignedRecord]) -> None:
    queue, taken = Queue(), list[list[Portion]]()
    thread = threading.Thread(target=lambda: taken.append(queue.take()))
    thread.start()
    one = portion(signed, 1)
    queue.put([one])
    thread.join(60)
    assert taken == [[one]]


def test_what_is_queued_cannot_be_cancelled() -> None:
    batch = Batch(1, "sequenced")
    assert not batch.future.cancel()
    batch.put(0, REFUSAL)
    batch.resolve(0)
    assert batch.future.result(0) == (REFUSAL,)


def test_a_broken_promise_tells_what_was_refused_before() -> None:
    batch = Batch(3, "checkpointed")
    batch.put(1, REFUSAL)
    batch.put(2, Answer("sequenced", 7, RecordId(bytes(32)), Milliseconds(1), ()))
    batch.fail(Unavailable("the ledger stopped"))
    batch.put(0, REFUSAL)
    assert batch.future.refusals == {1: REFUSAL}
    with pytest.raises(Unavailable, match="stopped"):
        batch.future.result(0)


def test_a_promise_is_kept_or_broken_once() -> None:
    batch = Batch(1, "sequenced")
    batch.fail(Unavailable("first"))
    batch.fail(Unavailable("second"))
    batch.put(0, REFUSAL)
    batch.resolve(0)
    with pytest.raises(Unavailable, match="first"):
        batch.future.result(0)
