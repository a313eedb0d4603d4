"""Power is lost under a working book: what it acknowledged and showed is there, the audit clean.

A real book sequences the records of a journey, with both of its stores on a disk that writes down
whatever is done to it. At a random moment power is lost: of what was not synced then, any part is
there, torn between sectors. The ledger is started again from what is found. Every record that was
acknowledged must stand at its index, every checkpoint that was shown must be kept, the audit must
find nothing, and the book must be able to go on.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from ledger.book import Answer, Book
from ledger.config import LedgerFolder
from ledger.database import SETTINGS, Settings
from ledger.errors import AdamantError
from ledger.store.protocol import Published
from tests.desk import Desk, journey
from tests.ledger.store.disks import Disk, Mark, Tape, recording
from tests.ledger.store.histories import SMALL, make_folder, open_both, write_files
from tests.system.auditing import faults_of
from tests.trials import dice, seed, trials

LOSSES_A_TAPE = 10

pytestmark = pytest.mark.long


@dataclass
class Told:
    """What a book said before power was lost: answers with their envelopes, and checkpoints."""

    answers: list[tuple[Answer, bytes]] = field(default_factory=list)
    shown: list[Published] = field(default_factory=list)

    @classmethod
    def by(cls, tape: Tape) -> Told:
        told = cls()
        for mark in tape:
            if isinstance(mark, Mark):
                (told.shown if isinstance(mark.what, Published) else told.answers).append(mark.what)
        return told


def open_desk(folder: Path, opened: ExitStack, settings: Settings = SETTINGS) -> Desk:
    """Put a ledger's files on a desk."""
    return Desk(journey(), *open_both(folder, settings, opened))


def tape_of(folder: Path, random: Random, name: str) -> Tape:
    """Let books write the journey, and return all that was done and said meanwhile.

    One writes at a time, a few records at once, and waits for *sequenced* or *checkpointed*; now
    and then it is closed and another opened.
    """
    size, at = len(journey().log), 1  # the Charter is there already
    with recording(name) as disk:
        while at < size:
            with ExitStack() as opened:
                desk = open_desk(folder, opened, replace(SMALL, vfs=name))
                book = opened.enter_context(desk.open(on_published=partial(_mark, disk.tape)))
                stop = min(size, at + random.randrange(4, 13))
                while at < stop:
                    raws = desk.raws(at, min(stop, at + random.randrange(1, 4)))
                    at += len(raws)
                    _write(book, raws, random, disk.tape)
        return disk.tape


def _mark(tape: Tape, what: object) -> None:
    tape.append(Mark(what))


def _write(book: Book, raws: list[bytes], random: Random, tape: Tape) -> None:
    wait = random.choice(("sequenced", "checkpointed"))
    lines = book.submit(raws, wait=wait).result(60)
    for raw, line in zip(raws, lines, strict=True):
        assert isinstance(line, Answer), line
        tape.append(Mark((line, raw)))


def losses(tmp_path: Path, name: str, *, hears_syncs: bool) -> Iterator[tuple[Path, Told]]:
    """Lose power at random moments; yield what is found, and what was told before."""
    random = dice(f"system.power_loss.{name}")
    made = make_folder(tmp_path / "made")
    with ExitStack() as opened:
        open_desk(made, opened).found()
    for number in range(trials("store.power_losses")):
        if number % LOSSES_A_TAPE == 0:
            folder = Path(shutil.copytree(made, tmp_path / f"tape {number}"))
            before = Disk.of(folder)
            tape = tape_of(folder, random, name)
        disk = Disk(dict(before.durable))
        cut = random.randrange(len(tape) + 1)
        disk.replay(tape[:cut], hears_syncs=hears_syncs)
        found = write_files(tmp_path / f"found {number}", dict(disk.lose_power(random)))
        yield found, Told.by(tape[:cut])
        shutil.rmtree(found)


def survive(folder: Path, told: Told) -> None:
    """Start again; check all that was told, audit, and go on to the journey's end."""
    with ExitStack() as opened:
        desk = open_desk(folder, opened)
        with desk.open() as book:
            _check(desk, book, told)
    assert faults_of(LedgerFolder(folder)) == []
    with ExitStack() as opened:
        desk = open_desk(folder, opened)
        with desk.open() as book:
            desk.catch_up(book)
            _check(desk, book, told)
        assert desk.head().size == len(desk.world.log)
    assert faults_of(LedgerFolder(folder)) == []


def _check(desk: Desk, book: Book, told: Told) -> None:
    with book.view() as view:
        for answer, raw in told.answers:
            row = view.row(answer.index)
            assert row is not None, f"acknowledged record {answer.index} is gone"
            assert row.envelope == raw, f"another record stands at {answer.index}"
    for shown in told.shown:
        kept = desk.checkpoints.note_at(shown.size)
        assert kept == shown.note, f"shown checkpoint {shown.size} is not kept"


def test_after_a_loss_of_power_all_that_was_acknowledged_is_there_and_the_audit_is_clean(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    count = records = shown = 0
    for folder, told in losses(tmp_path, "heard", hears_syncs=True):
        survive(folder, told)
        count, records, shown = count + 1, records + len(told.answers), shown + len(told.shown)
    assert records > count  # the tapes do hold acknowledgements
    assert shown > count
    said = f"{records} acknowledged records and {shown} shown checkpoints"
    record_property("figure", f"power lost {count} times with seed {seed()}: {said}, all there")


def test_where_the_disk_does_not_sync_the_same_trial_notices(tmp_path: Path) -> None:
    missed = noticed = 0
    for folder, told in losses(tmp_path, "deaf", hears_syncs=False):
        try:
            survive(folder, told)
        except (AssertionError, AdamantError):
            noticed += 1
        else:
            missed += 1
    assert noticed > missed
