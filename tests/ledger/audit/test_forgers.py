"""What whoever holds the files, but no key, can do to them, page checksums made right.

Most of it is named. What is not, because nothing in the files tells it, is stated here too, beside
the checkpoint held elsewhere that shows it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from ledger.audit import Report, audit
from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.database import SETTINGS, check_all
from ledger.database.layout import connect
from ledger.entry import decode
from ledger.errors import BadQuestion, Damaged, RefusesToStart
from ledger.limits import LIMITS
from ledger.store.checkpoints import MemoryCheckpoints, SqliteCheckpoints
from ledger.store.memory import MemoryStore
from ledger.store.protocol import Published, chain_claim
from ledger.store.sqlite import CHECKPOINTS, LOG, SqliteStore
from ledger.values import Hash32, Milliseconds
from tests.desk import LOG_KEY, Desk, journey, long_journey
from tests.ledger.audit.test_log import forge, journey_and_times, rows_of
from tests.world import ORIGIN, secret_of

Named = list[tuple[str, str]]
DAY_MS = LIMITS.clock_ahead_ms_max


@contextmanager
def pen(path: Path) -> Iterator[apsw.Connection]:
    """Lend a connection that writes good checksums and asks nobody."""
    connection = connect(path, SETTINGS, may_write=True)
    with closing(connection):
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
        yield connection
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a ledger in files, closed, with a checkpoint for each of its last records."""
    with (
        closing(SqliteStore.create(tmp_path / "log.db")) as log,
        closing(SqliteCheckpoints.create(tmp_path / "checkpoints.db")) as checkpoints,
    ):
        desk = Desk(journey(), log, checkpoints).fill(15)
        with desk.open() as book:
            for raw in desk.raws(15):
                book.append(raw)
    return tmp_path


def audited(folder: Path, *notes: bytes) -> Report:
    """Audit the files of a folder."""
    with (
        closing(SqliteStore(folder / "log.db")) as log,
        closing(SqliteCheckpoints(folder / "checkpoints.db")) as checkpoints,
    ):
        return audit(log, checkpoints, MemoryStore(), notes=notes)


def named(report: Report) -> Named:
    """Return kind and place of each fault."""
    return [(fault.kind, fault.place) for fault in report.faults]


CLAIMS: list[tuple[str, Named]] = [
    ("UPDATE claims SET note = NULL WHERE size = 18", [("gap", "checkpoint 18")]),
    (
        "UPDATE claims SET note = NULL, root = zeroblob(32) WHERE size = 18",
        # Both claims are no longer what was chained: the one that changed is the altered one.
        [("altered", "checkpoint 18"), ("gap", "checkpoint 18"), ("forked", "checkpoint 18")],
    ),
    ("DELETE FROM claims WHERE size = 18", [("gap", "checkpoint 19")]),
    ("DELETE FROM claims WHERE size < 25", [("gap", "checkpoint 25")]),
    ("DELETE FROM claims WHERE size = 0", [("gap", "checkpoint 1")]),
]


@pytest.mark.parametrize(("statement", "faults"), CLAIMS, ids=[one for one, _ in CLAIMS])
def test_a_claim_that_was_changed_or_taken_out_is_named(
    folder: Path, statement: str, faults: Named
) -> None:
    assert named(audited(folder)) == []
    with pen(folder / "checkpoints.db") as connection:
        connection.execute(statement)
        assert connection.total_changes() > 0
    assert named(audited(folder)) == faults


def test_claims_taken_out_and_the_others_chained_again_are_seen_by_a_note_held_elsewhere_alone(
    folder: Path,
) -> None:
    with closing(SqliteCheckpoints(folder / "checkpoints.db")) as checkpoints:
        claims = checkpoints.claims(-1, 100)
    left = [one for one in claims if one.size not in (17, 18, 20)]
    with pen(folder / "checkpoints.db") as connection:
        connection.execute("DELETE FROM claims WHERE size IN (17, 18, 20)")
        before: Published | None = None
        for one in left:  # the rule is public, and asks for no key
            before = replace(one, chain=chain_claim(before, one.size, one.root))
            values = (before.chain, one.size)
            connection.execute("UPDATE claims SET chain = ? WHERE size = ?", values)
    report = audited(folder)
    assert (named(report), report.figures.checkpoints) == ([], len(left))
    (shown,) = [one.note or b"" for one in claims if one.size == 18]
    report = audited(folder, shown)  # it fits: what was taken out said nothing else than the log
    assert (named(report), report.figures.held_checkpoints) == ([], 1)
    other = sign_checkpoint(Checkpoint(ORIGIN, 18, Hash32(bytes(32))), [LOG_KEY]).encode()
    assert named(audited(folder, other)) == [("forked", "checkpoint 18 held elsewhere")]


def test_entries_whose_claims_were_taken_away_are_counted_and_fit_no_note_held_elsewhere(
    folder: Path,
) -> None:
    with closing(SqliteCheckpoints(folder / "checkpoints.db")) as checkpoints:
        held = {one.size: one.note or b"" for one in checkpoints.claims(-1, 100)}
    assert audited(folder).figures.uncovered == 0
    with pen(folder / "checkpoints.db") as connection:
        connection.execute("DELETE FROM claims WHERE size > 0")
    report = audited(folder)
    assert report.figures.uncovered == 25
    assert (report.is_clean, report.figures.held_checkpoints) == (True, 0)
    report = audited(folder, held[25], held[16], held[0])
    assert (named(report), report.figures.held_checkpoints) == ([], 3)


def shortened(change: Callable[[list[bytes], list[int]], None]) -> tuple[Desk, list[bytes]]:
    """Return a ledger made again otherwise, with no claim but that of nothing, and true notes."""
    true = Desk(journey()).fill(20)
    with true.open() as book:
        true.catch_up(book)
    notes = [one.note or b"" for one in true.checkpoints.claims(-1, 100)]
    raws = true.raws()
    times: list[int] = [decode(row.entry).recorded_at_ms for row in rows_of(true)]
    change(raws, times)
    forged = forge(raws, times)
    forged.checkpoints = MemoryCheckpoints()
    nothing = true.checkpoints.claims(-1, 1)[0]
    forged.checkpoints.claim(None, 0, nothing.root)
    forged.checkpoints.keep(0, nothing.note or b"")
    return forged, notes


def test_a_log_without_its_last_entries_does_not_fit_a_note_held_elsewhere() -> None:
    def drop(raws: list[bytes], times: list[int]) -> None:
        del raws[-3:], times[-3:]

    forged, notes = shortened(drop)
    report = forged.audit()
    assert (report.is_clean, report.figures.uncovered) == (True, 22)
    report = forged.audit(notes=notes)
    assert named(report) == [("truncated", "checkpoint 25 held elsewhere")]
    assert report.figures.held_checkpoints == len(notes) - 1


def test_a_log_whose_times_were_moved_does_not_fit_a_note_held_elsewhere() -> None:
    def delay(_: list[bytes], times: list[int]) -> None:
        times[-3:] = [time + DAY_MS for time in times[-3:]]

    forged, notes = shortened(delay)
    report = forged.audit()
    assert (report.is_clean, report.figures.uncovered) == (True, 25)
    assert named(forged.audit(notes=notes[::-1])) == [("forked", "checkpoint 25 held elsewhere")]


def test_a_note_that_the_log_did_not_sign_is_named_and_proves_nothing() -> None:
    desk, stranger = Desk(journey()).fill(), SignerKey(ORIGIN, secret_of("stranger"))
    for size in (5, 400):
        note = sign_checkpoint(Checkpoint(ORIGIN, size, Hash32(bytes(32))), [stranger]).encode()
        report = desk.audit(notes=[note])
        assert named(report) == [("altered", f"checkpoint {size} held elsewhere")]
    true = sign_checkpoint(Checkpoint(ORIGIN, 400, Hash32(bytes(32))), [LOG_KEY]).encode()
    assert named(desk.audit(notes=[true])) == [("truncated", "checkpoint 400 held elsewhere")]
    with pytest.raises(BadQuestion):
        desk.audit(notes=[b"no note"])


def test_an_entry_of_the_future_is_named_once() -> None:
    raws, times = journey_and_times()
    times[-2:] = [2**62, 2**62]
    forged, now_ms = forge(raws, times), times[-3]
    assert named(forged.audit()) == []
    assert named(forged.audit(clock_ms=now_ms)) == [("altered", "entry 23")]
    honest, last_ms = Desk(journey()).fill(), Milliseconds(0)
    with honest.store.view() as view:
        last_ms = decode(view.row(24).entry).recorded_at_ms
    assert named(honest.audit(clock_ms=last_ms - DAY_MS)) == []
    assert len(named(honest.audit(clock_ms=last_ms - DAY_MS - 1))) == 1


def test_a_tile_that_no_entries_fill_is_named(folder: Path) -> None:
    with pen(folder / "log.db") as connection:
        connection.execute("INSERT INTO tiles VALUES (77, zeroblob(32), zeroblob(8192))")
    assert named(audited(folder)) == [("altered", "table of tiles")]


def test_the_tiles_of_a_longer_log_are_as_many_as_it_fills(tmp_path: Path) -> None:
    with closing(SqliteStore.create(tmp_path / "log.db")) as log:
        desk = Desk(long_journey(), log).fill()
        with log.view() as view:
            assert view.count_tiles() == 2
        assert named(desk.audit()) == []


def test_state_of_a_sort_that_nobody_reads_is_named(folder: Path) -> None:
    with pen(folder / "log.db") as connection:
        connection.execute("INSERT INTO state VALUES (99, x'00', x'00')")
    assert ("altered", "table state") in named(audited(folder))


def change_largest(path: Path, table: str, column: str, sort: str) -> bool:
    """Change the largest value of a column; False where there is none, or no other is allowed."""
    other = f"CAST(x'00' || substr({column}, 2) AS BLOB)" if sort == "BLOB" else f"{column} + 9"
    other = "1 - live" if column == "live" else other
    is_largest = f"{column} = (SELECT max({column}) FROM {table})"  # noqa: S608 - the schema's names
    with pen(path) as connection, suppress(apsw.ConstraintError):
        change = f"UPDATE {table} SET {column} = {other} WHERE {is_largest}"  # noqa: S608 - likewise
        connection.execute(change)
        return connection.total_changes() > 0
    return False


def is_seen(folder: Path) -> bool:
    """Tell whether an audit finds something, or the files cannot even be opened."""
    try:
        return not audited(folder).is_clean
    except (Damaged, RefusesToStart):
        return True


def test_no_column_of_any_table_is_changed_unseen(folder: Path, tmp_path: Path) -> None:
    with pen(folder / "log.db") as connection:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'tiles'"
        columns = [
            (table, column, sort)
            for (table,) in connection.execute(tables).fetchall()
            for _, column, sort, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall()
        ]
    changed, unseen = 0, []
    for table, column, sort in columns:
        copy = tmp_path / f"{table}.{column}"
        copy.mkdir()
        for name in ("log.db", "checkpoints.db"):
            shutil.copyfile(folder / name, copy / name)
        if change_largest(copy / "log.db", table, column, sort):
            changed += 1
            unseen += [] if is_seen(copy) else [copy.name]
    assert changed >= 20
    assert unseen == []


SCHEMA = [
    ("log.db", "CREATE TABLE shadow (a)", "table shadow"),
    ("log.db", "CREATE INDEX fast ON entries (entry)", "index fast"),
    ("log.db", "CREATE VIEW other AS SELECT * FROM entries", "view other"),
    (
        "log.db",
        "CREATE TRIGGER forget AFTER INSERT ON mentions BEGIN DELETE FROM mentions; END",
        "trigger forget",
    ),
    ("log.db", "DROP INDEX parcels_offered", "index parcels_offered"),
    ("checkpoints.db", "CREATE INDEX fast ON claims (root)", "index fast"),
]


@pytest.mark.parametrize(("file", "statement", "what"), SCHEMA, ids=[what for *_, what in SCHEMA])
def test_a_schema_that_is_not_the_declared_one_is_named(
    folder: Path, file: str, statement: str, what: str
) -> None:
    layout = LOG if file == "log.db" else CHECKPOINTS
    assert check_all(folder / file, layout) == []
    with pen(folder / file) as connection:
        connection.execute(statement)
    (fault,) = check_all(folder / file, layout)
    assert (fault.fault, fault.place) == ("altered", file)
    assert fault.detail == f"{what} is not as it is declared"


def test_a_claim_whose_chain_alone_was_altered_is_named(folder: Path) -> None:
    with pen(folder / "checkpoints.db") as connection:
        connection.execute("UPDATE claims SET chain = zeroblob(32) WHERE size = 25")
    assert named(audited(folder)) == [("gap", "checkpoint 25")]


def test_only_the_last_claim_may_wait_for_its_note(folder: Path) -> None:
    with pen(folder / "checkpoints.db") as connection:
        connection.execute("UPDATE claims SET note = NULL WHERE size = 25")
    report = audited(folder)
    assert (named(report), report.figures.uncovered) == ([], 1)


def test_a_claim_of_nothing_has_the_root_of_nothing(folder: Path) -> None:
    with pen(folder / "checkpoints.db") as connection:
        connection.execute("UPDATE claims SET root = zeroblob(32) WHERE size = 0")
    assert ("altered", "checkpoint 0") in named(audited(folder))


def test_a_replaced_claim_is_compared_as_one_without_its_chain() -> None:
    desk = Desk(journey()).fill()
    latest = desk.checkpoints.latest()
    assert latest is not None
    assert replace(latest, chain=Hash32(bytes(32))) == latest
