from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from ledger import drafts
from ledger.book import found, recover
from ledger.book.charters import key_sets
from ledger.checkpoint import Checkpoint, SignerKey, open_checkpoint, sign_checkpoint
from ledger.errors import BadQuestion, Damaged, ProofError, Refused, RefusesToStart, Unavailable
from ledger.merkle import EMPTY_ROOT
from ledger.store.checkpoints import MemoryCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Published
from ledger.values import Hash32
from tests.desk import LOG_KEY, Desk, journey
from tests.failing import STEPS, Disk, FailingCheckpoints, FailingStore
from tests.planting import Tables
from tests.world import GOVERNORS, ORIGIN, World, address_of, secret_of

SECOND_KEY = SignerKey(ORIGIN, secret_of("second log key"))
STRANGER = SignerKey(ORIGIN, secret_of("stranger"))


@pytest.fixture
def desk() -> Desk:
    return Desk(journey()).fill()


def at_size(desk: Desk, size: int) -> Desk:
    """Return a desk whose ledger ends at a size, published there."""
    return Desk(desk.world.fork()).fill(size)


# -- founding --------------------------------------------------------------------------------


def test_founding_writes_the_charter_and_publishes_it() -> None:
    desk = Desk(journey())
    answer = desk.found()
    assert (answer.index, answer.status) == (0, "checkpointed")
    assert answer.record_id == desk.world.ledger_id
    kept = desk.checkpoints.claims(-1, 10)
    assert [published.size for published in kept] == [0, 1]
    empty = open_checkpoint(kept[0].note or b"", [LOG_KEY.verifier_key]).checkpoint
    assert empty == Checkpoint(ORIGIN, 0, EMPTY_ROOT)


def test_only_a_charter_founds_a_ledger() -> None:
    desk = Desk(journey())
    with pytest.raises(Refused) as refused:
        found(desk.store, desk.checkpoints, desk.raws(1, 2)[0], [LOG_KEY], desk.clock)
    assert refused.value.refusal.rule == "charter-first"
    assert desk.checkpoints.latest() is None


def test_a_charter_that_the_rules_refuse_founds_nothing() -> None:
    desk = Desk(World())
    world = desk.world
    values = drafts.Constitution(
        tuple(address_of(name) for name in GOVERNORS), 2, (str(LOG_KEY.verifier_key),)
    )
    envelope = world.sign(values.charter(ORIGIN, world.moment()), *GOVERNORS[:2])
    with pytest.raises(Refused) as refused:
        found(desk.store, desk.checkpoints, envelope.raw, [LOG_KEY], desk.clock)
    assert refused.value.refusal.rule == "governors"
    assert desk.head().size == 0
    desk.world = journey()  # the same stores are still good for the right one
    assert desk.found().index == 0


def test_the_charter_must_name_one_of_the_logs_keys() -> None:
    desk = Desk(journey())
    with pytest.raises(BadQuestion):
        found(desk.store, desk.checkpoints, desk.raws(0, 1)[0], [STRANGER], desk.clock)
    assert desk.checkpoints.latest() is None


def test_nothing_is_founded_over_a_ledger(desk: Desk) -> None:
    other = World()
    values = drafts.Constitution(
        tuple(address_of(name) for name in GOVERNORS), 3, (str(LOG_KEY.verifier_key),)
    )
    raw = other.sign(values.charter(ORIGIN, other.moment()), *GOVERNORS).raw
    with pytest.raises(RefusesToStart, match="already"):
        found(desk.store, desk.checkpoints, raw, [LOG_KEY], desk.clock)
    desk.store = MemoryStore()
    with pytest.raises(RefusesToStart, match="25 entries"):
        desk.found()


@pytest.mark.parametrize("step", STEPS)
def test_founding_that_was_cut_short_is_done_again_or_opened(step: str) -> None:
    whole = Desk(journey())
    disk = Disk()
    broken = Desk(
        whole.world,
        FailingStore(whole.store, disk),
        FailingCheckpoints(whole.checkpoints, disk),
    )
    disk.fails_at = step
    with pytest.raises(Exception, match="planted"):
        broken.found()
    was_there = whole.head().size > 0
    answer = whole.found()
    assert (answer.index, answer.status, answer.again) == (0, "checkpointed", was_there)
    with whole.open() as book:
        whole.catch_up(book)
    assert whole.audit().faults == ()


def test_the_charter_that_founded_a_ledger_changes_nothing_any_more(desk: Desk) -> None:
    before = desk.checkpoints.latest()
    answer = desk.found()
    assert (answer.index, answer.status, answer.again) == (0, "checkpointed", True)
    assert (desk.head().size, desk.checkpoints.latest()) == (25, before)
    desk.checkpoints = MemoryCheckpoints()
    with pytest.raises(RefusesToStart, match="recover"):
        desk.found()


# -- opening ---------------------------------------------------------------------------------


def test_a_ledger_that_was_never_founded_is_not_opened() -> None:
    with pytest.raises(RefusesToStart, match="never founded"):
        Desk(journey()).open()


def test_a_ledger_without_its_checkpoint_store_is_not_opened(desk: Desk) -> None:
    desk.checkpoints = MemoryCheckpoints()
    with pytest.raises(RefusesToStart, match=r"missing or empty.*recover"):
        desk.open()


def test_a_ledger_older_than_its_checkpoint_store_is_not_opened(desk: Desk) -> None:
    older = at_size(desk, 20)
    older.checkpoints = desk.checkpoints
    with pytest.raises(RefusesToStart, match="older than its checkpoint store") as refused:
        older.open()
    assert "restore a copy that reaches that checkpoint" in str(refused.value)
    assert "successor ledger" in str(refused.value)


def test_a_ledger_restored_far_enough_is_opened(desk: Desk) -> None:
    shorter = at_size(desk, 20)
    desk.checkpoints = shorter.checkpoints
    with desk.open() as book:
        assert book.published.size == 25
    assert desk.audit().faults == ()


def test_a_forked_ledger_is_not_opened(desk: Desk) -> None:
    other = Desk(desk.world.fork())
    other.world.log[-1:] = []
    other.fill()
    assert other.head().size == 24
    other.checkpoints.claim(other.checkpoints.latest(), 25, Hash32(bytes(32)))
    desk.checkpoints = other.checkpoints
    with pytest.raises(RefusesToStart, match="forked at checkpoint 25"):
        desk.open()


def test_a_kept_note_that_does_not_verify_is_not_opened(desk: Desk) -> None:
    latest = desk.checkpoints.latest()
    assert latest is not None
    note = sign_checkpoint(Checkpoint(ORIGIN, latest.size, latest.root), [STRANGER])
    desk.checkpoints.keep(latest.size, note.encode())
    with pytest.raises(RefusesToStart, match="no-known-signature"):
        desk.open()


def test_a_kept_note_of_another_head_is_not_opened(desk: Desk) -> None:
    latest = desk.checkpoints.latest()
    assert latest is not None
    note = sign_checkpoint(Checkpoint(ORIGIN, latest.size - 1, latest.root), [LOG_KEY])
    desk.checkpoints.keep(latest.size, note.encode())
    with pytest.raises(RefusesToStart, match="says something else"):
        desk.open()


def test_entries_beyond_the_last_checkpoint_are_published_at_the_start(desk: Desk) -> None:
    desk.checkpoints = at_size(desk, 3).checkpoints
    with desk.open() as book:
        assert book.published.size == 25
        assert book.published.note is not None


# -- keys ------------------------------------------------------------------------------------


def amend_keys(desk: Desk, *keys: SignerKey) -> bytes:
    """Have the governors name other keys of the log."""
    world = desk.world
    values = drafts.Constitution(
        tuple(address_of(name) for name in GOVERNORS),
        2,
        tuple(str(key.verifier_key) for key in keys),
    )
    record = values.amendment(address_of(GOVERNORS[0]), world.charter().head, world.moment())
    return world.say(record, *GOVERNORS[:2]).envelope.raw


def test_a_key_that_the_charter_does_not_name_signs_nothing(desk: Desk) -> None:
    desk.say_registrations(1)
    desk.checkpoints = at_size(desk, 24).checkpoints
    with pytest.raises(RefusesToStart, match="names none of the log's keys"):
        desk.open(signers=[STRANGER])


def test_a_key_that_the_charter_does_not_name_opens_nothing_before_a_record_is_taken(
    desk: Desk,
) -> None:
    assert desk.checkpoints.latest() is not None
    with pytest.raises(RefusesToStart, match="names none of the log's keys"):
        desk.open(signers=[STRANGER])
    with desk.open() as book:
        assert book.published.size == 25


def test_an_amendment_changes_the_log_key_without_a_stop_when_both_are_at_hand(desk: Desk) -> None:
    raw = amend_keys(desk, SECOND_KEY)
    with desk.open(signers=[LOG_KEY, SECOND_KEY]) as book:
        size = book.append(raw).index + 1
        published = book.published
    assert published.size == size
    opened = open_checkpoint(published.note or b"", [SECOND_KEY.verifier_key])
    assert opened.checkpoint.size == size
    with pytest.raises(ProofError):
        open_checkpoint(published.note or b"", [LOG_KEY.verifier_key])
    assert desk.audit().faults == ()


def test_a_chain_of_charters_that_leads_back_to_itself_or_elsewhere_is_damage(desk: Desk) -> None:
    raw = amend_keys(desk, LOG_KEY, SECOND_KEY)
    with desk.open() as book:
        at = book.append(raw).index
    ids = {index: signed.record_id for index, (_, signed, _) in enumerate(desk.world.log)}
    for elsewhere in (at, 3):
        with desk.store.view() as view:
            tables = Tables.of(view, ids)
        charter = next(one for one in tables.derived if one.record_id == ids[0])
        tables.derived[tables.derived.index(charter)] = replace(charter, index=elsewhere)
        tables.put(desk.store)
        with (
            desk.store.view() as view,
            pytest.raises(Damaged, match=f"charter chain, entry {elsewhere}"),
        ):
            list(islice(key_sets(view), 10))


def test_without_the_key_that_an_amendment_names_the_book_stops_until_it_is_there(
    desk: Desk,
) -> None:
    raw = amend_keys(desk, SECOND_KEY)
    fatal: list[Exception] = []
    with desk.open(on_fatal=fatal.append) as book, pytest.raises(Unavailable):
        book.append(raw)
    assert "names none of the log's keys" in str(fatal[0])
    with desk.open(signers=[SECOND_KEY]) as book:
        assert book.append(raw).again


# -- recovering ------------------------------------------------------------------------------


def note_of(desk: Desk, size: int) -> bytes:
    """Return the checkpoint that was published at a size."""
    return at_size(desk, size).checkpoints.note_at(size) or b""


@pytest.mark.parametrize("size", [1, 20, 25])
def test_a_ledger_is_recovered_against_a_checkpoint_that_somebody_holds(
    desk: Desk, size: int
) -> None:
    note = note_of(desk, size)
    desk.checkpoints = MemoryCheckpoints()
    recovered = recover(desk.store, desk.checkpoints, note)
    assert recovered.size == size
    assert desk.checkpoints.note_at(size) == note
    with desk.open() as book:
        assert book.published.size == 25
    assert desk.audit().faults == ()


def test_a_checkpoint_beyond_the_ledger_recovers_nothing(desk: Desk) -> None:
    note = note_of(desk, 25)
    older = at_size(desk, 20)
    older.checkpoints = MemoryCheckpoints()
    with pytest.raises(RefusesToStart, match="restore a copy"):
        recover(older.store, older.checkpoints, note)
    assert older.checkpoints.latest() is None


def test_the_checkpoint_of_another_history_recovers_nothing(desk: Desk) -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 20, Hash32(bytes(32))), [LOG_KEY]).encode()
    desk.checkpoints = MemoryCheckpoints()
    with pytest.raises(RefusesToStart, match="forked"):
        recover(desk.store, desk.checkpoints, note)


def test_a_checkpoint_that_a_stranger_signed_recovers_nothing(desk: Desk) -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 25, desk.head().root), [STRANGER]).encode()
    desk.checkpoints = MemoryCheckpoints()
    with pytest.raises(ProofError):
        recover(desk.store, desk.checkpoints, note)


def test_the_checkpoint_of_the_empty_log_recovers_nothing(desk: Desk) -> None:
    note = desk.checkpoints.note_at(0) or b""
    desk.checkpoints = MemoryCheckpoints()
    with pytest.raises(RefusesToStart):
        recover(desk.store, desk.checkpoints, note)


def test_a_checkpoint_is_judged_by_the_keys_of_its_own_time(desk: Desk) -> None:
    before = note_of(desk, 25)
    raw = amend_keys(desk, SECOND_KEY)
    with desk.open(signers=[LOG_KEY, SECOND_KEY]) as book:
        book.append(raw)
    late = sign_checkpoint(Checkpoint(ORIGIN, 26, desk.head().root), [LOG_KEY]).encode()
    desk.checkpoints = MemoryCheckpoints()
    with pytest.raises(ProofError):
        recover(desk.store, desk.checkpoints, late)
    recover(desk.store, desk.checkpoints, before)
    with desk.open(signers=[SECOND_KEY]) as book:
        assert book.published.size == 26
    assert desk.audit().faults == ()


def test_a_checkpoint_store_that_is_there_is_not_recovered(desk: Desk) -> None:
    latest = desk.checkpoints.latest()
    assert latest is not None
    with pytest.raises(RefusesToStart, match="nothing to recover"):
        recover(desk.store, desk.checkpoints, latest.note or b"")


def test_recovering_that_was_cut_short_is_done_again(desk: Desk) -> None:
    note = note_of(desk, 20)
    desk.checkpoints = MemoryCheckpoints()
    disk = Disk()
    disk.fails_at = "keep-before"
    with pytest.raises(Exception, match="planted"):
        recover(desk.store, FailingCheckpoints(desk.checkpoints, disk), note)
    claimed = desk.checkpoints.latest()
    assert claimed == Published(20, claimed.root if claimed else Hash32(b""), None)
    with pytest.raises(RefusesToStart, match="claimed already"):
        recover(desk.store, desk.checkpoints, note_of(desk, 3))
    assert recover(desk.store, desk.checkpoints, note).note == note
