from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.book import Answer, NotDone
from ledger.book.queueing import work_of
from ledger.errors import BadQuestion, Refusal
from ledger.limits import LIMITS
from tests.desk import Desk, journey


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


def test_an_atomic_batch_is_accepted_whole(desk: Desk) -> None:
    raws = desk.say_registrations(5)
    with desk.open() as book:
        lines = book.submit(raws, atomic=True).result(60)
    start = len(desk.world.log) - 5
    assert [line.index for line in lines if isinstance(line, Answer)] == [
        start + n for n in range(5)
    ]


def test_a_refused_record_undoes_its_atomic_batch_and_is_named(desk: Desk) -> None:
    parcel = desk.world.log[-1][2].parcels[0]
    rival = desk.world.fork()
    spent_twice = rival.offer(parcel, "cutter-in", "trader-ae").envelope.raw
    start = len(desk.world.log)
    desk.world.offer(parcel, "cutter-in", "trader-be")
    desk.say_registrations(3)
    raws, before, state = desk.raws(start), desk.head(), desk.fingerprint()
    with desk.open() as book:
        lines = book.submit([*raws[:2], spent_twice, *raws[2:]], atomic=True).result(60)
        assert (desk.head(), desk.fingerprint()) == (before, state)
        assert all(isinstance(line, Answer) for line in book.submit(raws, atomic=True).result(60))
    assert [type(line) for line in lines] == [NotDone, NotDone, Refusal, NotDone, NotDone]
    assert {line.refused_line for line in lines if isinstance(line, NotDone)} == {3}


def test_a_record_that_is_not_well_said_undoes_its_atomic_batch(desk: Desk) -> None:
    raws = desk.say_registrations(2)
    with desk.open() as book:
        lines = book.submit([*raws, b"[]"], atomic=True).result(0)
    assert lines[:2] == (NotDone(3), NotDone(3))
    assert isinstance(lines[2], Refusal)
    assert desk.head().size == len(desk.world.log) - 2


def test_what_follows_an_undone_batch_is_judged_without_it(desk: Desk) -> None:
    raws = desk.say_registrations(2)
    parcel = desk.world.log[-1][2].parcels[0]
    offer = desk.world.offer(parcel, "miner-bw", "trader-be").envelope.raw
    with desk.open() as book:
        undone = book.submit([*raws, b""], atomic=True)
        alone = book.submit([offer])
        undone.result(60)
        (line,) = alone.result(60)
    assert isinstance(line, Refusal)
    assert line.rule == "parcel-absent"


def test_an_atomic_batch_of_too_many_parcels_is_refused_before_it_is_queued(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = desk.raws()
    works = sum(work_of(signed) for _, signed, _ in desk.world.log)
    with desk.open() as book:
        for most, is_taken in ((works - 1, False), (works, True)):
            limits = replace(LIMITS, group_parcels_max=most)
            monkeypatch.setattr("ledger.book.book.LIMITS", limits)
            if is_taken:
                assert len(book.submit(raws, atomic=True).result(60)) == len(raws)
                continue
            with pytest.raises(BadQuestion, match="parcels in and out"):
                book.submit(raws, atomic=True)
            assert len(book.submit(raws).result(60)) == len(raws)


def test_a_record_twice_in_an_atomic_batch_is_accepted_once(desk: Desk) -> None:
    (raw,) = desk.say_registrations(1)
    with desk.open() as book:
        first, again = book.submit([raw, raw], atomic=True).result(60)
    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert (first.again, again.again) == (False, True)
    assert first.index == again.index


def test_a_record_of_an_atomic_batch_that_is_in_the_ledger_gets_its_first_answer(
    desk: Desk,
) -> None:
    raws = desk.say_registrations(3)
    with desk.open() as book:
        first = book.append(raws[1])
        lines = book.submit(raws, atomic=True).result(60)
    before, again, after = lines
    assert isinstance(before, Answer)
    assert isinstance(again, Answer)
    assert isinstance(after, Answer)
    assert (before.again, again.again, after.again) == (False, True, False)
    assert replace(again, again=False) == first
    assert (before.index, after.index) == (first.index + 1, first.index + 2)


def test_records_of_an_atomic_batch_build_on_each_other(desk: Desk) -> None:
    start = len(desk.world.log)
    desk.say_registrations(1)
    parcel = desk.world.log[-1][2].parcels[0]
    desk.world.hand_over(parcel, "miner-bw", "trader-ae")
    with desk.open() as book:
        lines = book.submit(desk.raws(start), atomic=True).result(60)
    assert all(isinstance(line, Answer) for line in lines)
    assert len(lines) == 3


def test_in_a_batch_that_is_not_atomic_each_record_stands_alone(desk: Desk) -> None:
    raws = desk.say_registrations(3)
    with desk.open() as book:
        lines = book.submit([raws[0], b"", raws[1], raws[1], raws[2]]).result(60)
    kinds = [type(line) for line in lines]
    assert kinds == [Answer, Refusal, Answer, Answer, Answer]
    assert [line.again for line in lines if isinstance(line, Answer)] == [False, False, True, False]
