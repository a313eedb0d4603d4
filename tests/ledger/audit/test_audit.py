"""What a clean ledger's audit says, and that none ever ends by damage."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from ledger.audit import audit
from ledger.errors import BadQuestion, Damaged, StoreFailed
from ledger.store.checkpoints import MemoryCheckpoints, SqliteCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Row
from ledger.store.sqlite import SqliteStore
from tests.desk import Desk, journey, long_journey
from tests.failing import Disk, FailingCheckpoints, FailingStore
from tests.planting import Plan, Planted


@functools.cache
def whole() -> Desk:
    """Return a ledger of some pages that no test changes."""
    return Desk(long_journey()).fill()


CALLS = ("view", "head", "row", "rows", "read_tile", "index_of", "fingerprint", "items_of")


def test_a_clean_ledger_has_no_faults_and_true_figures() -> None:
    desk = Desk(journey()).fill()
    told: list[tuple[int, int]] = []
    report = audit(
        desk.store,
        desk.checkpoints,
        MemoryStore(),
        progress=lambda done, of: told.append((done, of)),
    )
    assert report.faults == ()
    assert report.is_clean
    assert (report.size, report.root) == (25, desk.head().root)
    figures = report.figures
    assert (figures.entries, figures.decided) == (25, 25)
    assert figures.signatures == sum(len(signed.signers) for _, signed, _ in desk.world.log)
    assert figures.kinds["Receipt"] == 4
    assert sum(figures.kinds.values()) == 25
    assert figures.checkpoints == len(desk.checkpoints.claims(-1, 100)) == 3
    assert figures.registered_millicarats == 15_300
    assert figures.lost_millicarats == 4
    assert figures.held_millicarats == 15_296
    assert told == [(25, 25)]


def test_full_tiles_and_many_pages_are_checked() -> None:
    report = whole().audit()
    assert report.faults == ()
    assert report.size > 512
    assert report.figures.tiles == 3  # two full ones, and the one above them


def test_an_audit_runs_beside_an_open_book() -> None:
    desk = Desk(journey()).fill()
    raws = desk.say_registrations(30)
    with desk.open() as book:
        promises = [book.submit([raw]) for raw in raws]
        reports = [desk.audit() for _ in range(5)]
        for promise in promises:
            promise.result(60)
    assert [report.faults for report in reports] == 5 * [()]


def test_an_empty_store_is_clean_but_for_what_was_never_claimed() -> None:
    report = audit(MemoryStore(), MemoryCheckpoints(), MemoryStore())
    assert [str(fault) for fault in report.faults] == [
        "truncated at checkpoint store: nothing was ever claimed in it"
    ]


def test_the_scratch_store_must_be_empty() -> None:
    desk = Desk(journey()).fill()
    with pytest.raises(BadQuestion):
        audit(desk.store, desk.checkpoints, desk.store)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [Damaged("altered", "log.db page 7"), ValueError("no sense")])
def test_whatever_a_damaged_medium_raises_is_a_fault_and_not_the_end(
    call: str, error: Exception
) -> None:
    desk = whole()
    raises = {call: error}
    if call in ("items_of", "index_of"):  # asked only where the tables differ
        raises["fingerprint"] = error
    report = audit(Planted(desk.store, Plan(raises=raises)), desk.checkpoints, MemoryStore())
    assert not report.is_clean
    kinds = {fault.kind for fault in report.faults}
    assert kinds == {"altered"}
    if isinstance(error, Damaged):
        assert {fault.place for fault in report.faults} == {"log.db page 7"}
    else:
        assert all("no sense" in fault.detail for fault in report.faults)


@pytest.mark.parametrize("call", ["latest", "claims"])
def test_a_checkpoint_store_that_cannot_be_read_is_a_fault(call: str) -> None:
    desk = Desk(journey()).fill()
    disk = Disk()
    disk.fails_at = call
    report = audit(desk.store, FailingCheckpoints(desk.checkpoints, disk), MemoryStore())
    assert report.faults[0].place == "checkpoint store"
    assert "planted" in report.faults[0].detail


def test_damage_that_nobody_thought_of_is_a_fault() -> None:
    rows = {7: Row(7, None, None)}  # type: ignore[arg-type]  # no store can give this
    report = audit(Planted(whole().store, Plan(rows)), whole().checkpoints, MemoryStore())
    assert not report.is_clean
    with whole().store.view() as view:
        numbers = {3: Row(3, 7, view.row(3).envelope)}
    report = audit(Planted(whole().store, Plan(numbers)), whole().checkpoints, MemoryStore())
    assert not report.is_clean


@pytest.mark.parametrize("step", ["lock", "derive", "view"])
def test_a_scratch_store_that_fails_is_no_fault_of_the_ledger(step: str) -> None:
    disk = Disk()
    scratch = FailingStore(MemoryStore(), disk)
    disk.fails_at = step
    with pytest.raises(StoreFailed, match="planted"):
        audit(whole().store, whole().checkpoints, scratch)


def test_no_more_faults_are_listed_than_asked_for() -> None:
    desk = whole()
    rows = dict.fromkeys(range(100, 500, 2))
    report = audit(Planted(desk.store, Plan(rows)), desk.checkpoints, MemoryStore(), faults_max=10)
    assert len(report.faults) == 10
    assert report.unlisted > 0
    assert {fault.kind for fault in report.faults} == {"gap"}


def test_a_ledger_in_files_is_audited_as_one_in_memory(tmp_path: Path) -> None:
    desk = Desk(
        long_journey(),
        SqliteStore.create(tmp_path / "log.db"),
        SqliteCheckpoints.create(tmp_path / "checkpoints.db"),
    )
    desk.fill()
    again = Desk(desk.world).fill()
    assert desk.fingerprint() == again.fingerprint()
    assert desk.head() == again.head()
    for scratch in (MemoryStore(), SqliteStore.create(tmp_path / "scratch.db")):
        report = audit(desk.store, desk.checkpoints, scratch)
        assert report.faults == ()
        assert report.figures == again.audit().figures
        scratch.close()
    desk.checkpoints.close()
    desk.store.close()
