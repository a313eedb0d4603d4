from __future__ import annotations

import pytest

from ledger.book import Answer
from ledger.canonical import seal
from ledger.custody import Parcel
from ledger.errors import BadQuestion, Refusal, Refused, Unavailable
from ledger.rules import outputs_of
from ledger.values import NO_HASH
from tests.desk import Desk, journey
from tests.world import World


@pytest.fixture
def desk() -> Desk:
    desk = Desk(journey())
    desk.fill()
    return desk


def test_every_record_of_a_journey_is_answered_at_its_index() -> None:
    desk = Desk(journey())
    desk.found()
    with desk.open() as book:
        lines = desk.catch_up(book)
    expected = [(index, signed.record_id) for index, (_, signed, _) in enumerate(desk.world.log)]
    assert [(line.index, line.record_id) for line in lines if isinstance(line, Answer)] == (
        expected[1:]
    )
    assert {line.status for line in lines if isinstance(line, Answer)} == {"checkpointed"}


def test_an_answer_names_the_parcels_made_and_advanced(desk: Desk) -> None:
    with desk.open() as book:
        for raw, (_, signed, changes) in zip(desk.raws(), desk.world.log, strict=True):
            answer = book.append(raw)
            assert answer.parcels == changes.parcels
            assert set(outputs_of(signed.record, signed.record_id)) <= set(answer.parcels)


def test_the_state_in_the_store_is_what_the_rules_left(desk: Desk) -> None:
    with desk.store.view() as view:
        for item in desk.world.state.items():
            stored = view.read(type(item), item.key)
            if isinstance(item, Parcel):
                assert stored == item


def test_whoever_waits_for_sequenced_alone_is_told_no_more() -> None:
    desk = Desk(journey())
    desk.found()
    with desk.open() as book:
        (line,) = book.submit(desk.raws(1, 2), wait="sequenced").result(60)
    assert isinstance(line, Answer)
    assert line.index == 1
    with desk.open() as book:
        assert book.append(desk.raws(1, 2)[0], wait="sequenced").status == "checkpointed"


def test_the_same_record_again_gets_the_first_answer(desk: Desk) -> None:
    (raw,) = desk.say_registrations(1)
    with desk.open() as book:
        first = book.append(raw)
        desk.clock.now_ms += 60_000
        again = book.append(raw)
    assert not first.again
    assert again.again
    assert (again.index, again.recorded_at_ms) == (first.index, first.recorded_at_ms)
    assert (again.parcels, again.record_id) == (first.parcels, first.record_id)
    assert desk.head().size == first.index + 1


def test_the_same_record_under_another_valid_signature_is_the_same_record(desk: Desk) -> None:
    signed = desk.world.log[-1][1]
    other = desk.world.log[-2][1].envelope.signatures
    with desk.open() as book:
        answer = book.append(seal(signed.record, other).raw)
    assert answer.again
    assert answer.index == len(desk.world.log) - 1


def test_a_refused_record_changes_nothing(desk: Desk) -> None:
    elsewhere = World(salts_given=1_000)
    elsewhere.found()
    foreign = elsewhere.admit("lab-be").envelope.raw
    late = desk.world.fork()
    (offered,) = [item for item in late.log[-1][2].items if isinstance(item, Parcel)]
    late.offer(offered.id, "cutter-in", "trader-be")
    desk.world.offer(offered.id, "cutter-in", "trader-ae")
    refusals = []
    with desk.open() as book:
        book.append(desk.raws()[-1])
        before, state = desk.head(), desk.fingerprint()
        for raw in (foreign, late.log[-1][1].envelope.raw, b"{}", desk.raws()[3][:-1]):
            with pytest.raises(Refused) as refused:
                book.append(raw)
            refusals.append(refused.value.refusal.rule)
    assert refusals == ["signer", "parcel-offered", "kind", "json"]
    assert (desk.head(), desk.fingerprint()) == (before, state)


def test_records_of_one_call_are_sequenced_in_their_order(desk: Desk) -> None:
    raws = desk.say_registrations(7)
    broken = [*raws[:3], b"not a record", *raws[3:]]
    with desk.open() as book:
        lines = book.submit(broken).result(60)
    assert isinstance(lines[3], Refusal)
    indices = [line.index for line in lines if isinstance(line, Answer)]
    assert indices == list(range(indices[0], indices[0] + 7))


def test_an_empty_call_is_answered_at_once(desk: Desk) -> None:
    with desk.open() as book:
        assert book.submit([]).result(0) == ()


def test_too_many_records_at_once_are_no_question(desk: Desk) -> None:
    with desk.open() as book, pytest.raises(BadQuestion):
        book.submit([b""] * 10_001)
    with desk.open() as book, pytest.raises(BadQuestion):
        book.submit([bytes(2**20)] * 65)


def test_a_closed_book_takes_nothing(desk: Desk) -> None:
    book = desk.open()
    book.close()
    book.close()
    with pytest.raises(Unavailable, match="closed"):
        book.append(desk.raws()[1])


def test_closing_sequences_and_publishes_what_was_taken_in(desk: Desk) -> None:
    raws = desk.say_registrations(5)
    book = desk.open()
    promises = [book.submit([raw]) for raw in raws]
    book.close()
    assert all(promise.done() for promise in promises)
    latest = desk.checkpoints.latest()
    assert latest is not None
    assert latest.size == desk.head().size == len(desk.world.log)


def test_each_published_checkpoint_is_told_of(desk: Desk) -> None:
    told: list[int] = []
    raws = desk.say_registrations(3)
    with desk.open(on_published=lambda published: told.append(published.size)) as book:
        for raw in raws:
            book.append(raw)
        assert book.published.size == told[-1]
    start = len(desk.world.log) - 3
    assert told == [start + 1, start + 2, start + 3]


def test_a_book_knows_its_ledger(desk: Desk) -> None:
    with desk.open() as book:
        assert book.ledger_id == desk.world.ledger_id != NO_HASH
        assert book.fault is None
