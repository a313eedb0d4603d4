"""What an export holds for a reader who is not shown everything."""

from __future__ import annotations

import pytest

from ledger.answers import Answers
from ledger.cli.exports import COLUMNS, rows_of
from ledger.desk import Desk
from tests.scene import jewel, shown
from tests.world import address_of


class ReaderDesk(Desk):
    """A desk that answers as one reader is answered."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def ask(self, path, **given):
        return self.answers.ask(path, **given)

    def append(self, envelopes, *, wait="checkpointed", atomic=False):
        raise NotImplementedError


@pytest.fixture(scope="module")
def desks():
    """Return the desks of the operator, of an auditor and of the miner, on a trade ledger."""
    with shown(jewel("trade")) as made:
        readers = {
            name: made.answers.reader(address_of(name)) for name in ("auditor-ch", "miner-bw")
        }
        found = {
            name: ReaderDesk(Answers(made.book, made.desk.clock, reader))
            for name, reader in readers.items()
        }
        found["operator"] = ReaderDesk(Answers(made.book, made.desk.clock))
        found["ledger_id"] = made.scene.ledger_id
        yield found


def rows(desks, reader, what):
    """Return the rows of a table as a reader is shown them."""
    return list(rows_of(what, desks[reader], desks["ledger_id"], _quiet))


def _quiet(done, total):
    assert done <= total


@pytest.mark.parametrize("what", ["entries", "records", "parcels"])
def test_an_auditor_exports_what_the_operator_does(desks, what):
    assert rows(desks, "auditor-ch", what) == rows(desks, "operator", what)


@pytest.mark.parametrize("what", ["entries", "records", "parcels"])
def test_every_row_has_every_column_whoever_reads(desks, what):
    for row in rows(desks, "miner-bw", what):
        assert {column.name for column in COLUMNS[what]} <= row.keys()


def test_what_a_reader_is_not_shown_is_null(desks):
    every = {row["index"]: row for row in rows(desks, "operator", "records")}
    hidden = 0
    for row in rows(desks, "miner-bw", "records"):
        for name in ("author", "authorRole", "occurredAt", "signers"):
            assert row[name] in (None, every[row["index"]][name])
        hidden += row["author"] is None
    assert 0 < hidden < len(every)


def test_parcels_that_a_reader_is_not_shown_are_left_out(desks):
    every = {row["parcelId"] for row in rows(desks, "operator", "parcels")}
    own = {row["parcelId"] for row in rows(desks, "miner-bw", "parcels")}
    assert own < every
