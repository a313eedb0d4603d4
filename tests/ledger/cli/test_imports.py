"""Sending an import: whatever fails, and wherever, each row is signed once and recorded once."""

from __future__ import annotations

import os

import pytest

from ledger.book import Answer
from ledger.cli.imports import Sender, check_rows, results_of
from ledger.desk import LocalDesk
from ledger.drafts import Speaker
from ledger.errors import Unavailable
from ledger.keys import SecretSigner
from ledger.limits import LIMITS
from ledger.sheets import Clerk, guess, read_orders, read_table
from ledger.sheets.journal import Tie, open_journal
from tests import desk as desks
from tests.world import CAST, START, address_of, secret_of, usual_world

TIE = Tie("0x01", "0x02", "0x03", "0x04")
ROWS = 3 * LIMITS.import_batch_records + 7


class Failing(LocalDesk):
    """A desk that fails at a chosen batch: before it is taken, or before it is answered."""

    def __init__(self, book, batch=-1, *, is_taken=False) -> None:
        super().__init__(book)
        self.left = batch
        self.is_taken = is_taken
        self.sent = []

    def append(self, envelopes, *, wait="checkpointed", atomic=False):
        self.left -= 1
        if self.left == -1 and not self.is_taken:
            raise Unavailable("away")
        self.sent += envelopes
        lines = super().append(envelopes, wait=wait, atomic=atomic)
        if self.left == -1:
            raise Unavailable("away")
        return lines


class Import:
    """A spreadsheet, its journal, and a ledger in memory."""

    def __init__(self, path, rows=ROWS, more="") -> None:
        self.world = usual_world()
        self.world.open_site(label="Jwaneng")
        self.desk = desks.Desk(self.world).fill()
        self.desk.clock.now_ms = (START + 60) * 1000
        self.path = path
        head = "what,site,ct,bag,parcel,outputs\n"
        text = "".join(f"register,Jwaneng,1,B-{number},,\n" for number in range(rows))
        table = read_table(f"{head}{text}{more}".encode())
        self.mapping = guess(table.headings)
        self.read = read_orders(table, self.mapping)

    def run(self, book, batch=-1, *, is_taken=False):
        """Run the import until it ends or fails; return the desk and the results."""
        desk = Failing(book, batch, is_taken=is_taken)
        miner = address_of("miner-bw")

        def voice(kind, operation, country):
            return Speaker(miner, *CAST["miner-bw"])

        clerk = Clerk(
            desk, self.world.ledger_id, miner, voice=voice, people=address_of, now=START + 60
        )
        with open_journal(self.path, TIE) as journal:
            checked = check_rows(
                self.read.orders, self.read.faults, clerk, self.mapping, journal, _quiet
            )
            signer = SecretSigner(secret_of("miner-bw"))
            sender = Sender(desk, journal, self.world.ledger_id, signer, "checkpointed")
            try:
                sender.send(checked.drafts, _quiet)
            except (Unavailable, OSError) as error:
                return desk, error
            return desk, results_of(checked, journal)


def _quiet(done, total):
    assert done <= total


@pytest.fixture
def importing(tmp_path):
    return Import(tmp_path / "journal")


def test_rows_are_signed_once_and_sent_in_batches(importing):
    with importing.desk.open() as book:
        desk, results = importing.run(book)
        assert [one.state for one in results] == ["recorded"] * ROWS
        assert len({one.record_id for one in results}) == ROWS
        again, same = importing.run(book)
    assert (len(desk.sent), again.sent) == (ROWS, [])
    assert same == results


@pytest.mark.parametrize("is_taken", [False, True], ids=["not taken", "answer lost"])
@pytest.mark.parametrize("batch", range(4))
def test_after_a_failure_at_any_batch_the_very_same_records_are_sent(importing, batch, is_taken):
    size = importing.desk.head().size
    with importing.desk.open() as book:
        first, error = importing.run(book, batch, is_taken=is_taken)
        assert isinstance(error, Unavailable)
        second, results = importing.run(book)
    assert [one.state for one in results] == ["recorded"] * ROWS
    assert importing.desk.head().size == size + ROWS
    lost = LIMITS.import_batch_records if batch < 3 else 7
    repeated = set(first.sent) & set(second.sent)
    assert len(repeated) == (lost if is_taken else 0)
    assert len(set(first.sent) | set(second.sent)) == ROWS
    assert importing.desk.audit().faults == ()


@pytest.mark.parametrize("is_taken", [False, True], ids=["not taken", "answer lost"])
def test_rows_that_follow_others_go_on_from_what_was_signed_before(tmp_path, is_taken):
    rows = LIMITS.import_batch_records
    importing = Import(tmp_path / "journal", rows, "split,,,,B-0,0.4::Left; 0.6::Right\n")
    with importing.desk.open() as book:
        _, error = importing.run(book, 0, is_taken=is_taken)
        assert isinstance(error, Unavailable)
        _, results = importing.run(book)
    assert [one.state for one in results] == ["recorded"] * (rows + 1)
    assert len(results[-1].parcels) == 2
    assert importing.desk.audit().faults == ()


def test_what_the_journal_could_not_keep_was_not_sent(importing, monkeypatch):
    fsync, calls = os.fsync, []

    def fail(handle):
        calls.append(handle)
        if len(calls) == 5:  # the folder, the head, and the first batch with its answers before it
            raise OSError(28, "No space left on device")
        fsync(handle)

    with importing.desk.open() as book:
        monkeypatch.setattr(os, "fsync", fail)
        first, error = importing.run(book)
        assert isinstance(error, OSError)
        monkeypatch.undo()
        assert len(first.sent) == LIMITS.import_batch_records
        second, results = importing.run(book)
    assert {one.state for one in results} == {"recorded"}
    assert len(set(first.sent) | set(second.sent)) == ROWS


def test_a_row_that_is_in_is_told_with_its_index_and_parcel(importing):
    with importing.desk.open() as book:
        desk, results = importing.run(book)
        row = results[5]
        (line,) = desk.append([desk.sent[5]])
    assert isinstance(line, Answer)
    assert (row.told["index"], row.record_id) == (line.index, line.record_id)
    assert row.parcels == line.parcels
