"""The ledger's store in one SQLite file: views, and one writer at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import apsw

from ledger.custody import Item, Parcel, encode_item, sort_number
from ledger.database.check import check_pages, check_tables
from ledger.database.file import Database, create
from ledger.database.health import Health
from ledger.database.layout import SETTINGS, Settings
from ledger.entry import hash_of
from ledger.errors import BadQuestion, Damaged, HeadMoved
from ledger.store.protocol import Derived, Group, Head
from ledger.store.sqlite.layout import LOG
from ledger.store.sqlite.view import BY_INDEX, SqliteView, tile_id, to_index
from ledger.store.stored import row_of
from ledger.values import Hash32


class SqliteWriter(SqliteView):
    """The one writer, in a transaction that holds the file's lock."""

    def __init__(self, connection: apsw.Connection, health: Health) -> None:
        super().__init__(connection, health)
        self._is_rebuilding = False
        self._absent: set[Hash32] = set()  # nobody else writes until this writer ends

    def indices_of(self, record_ids: Sequence[Hash32]) -> dict[Hash32, int]:
        """Return the indices of those among many records that were accepted."""
        found = super().indices_of(record_ids)
        self._absent.update(record_id for record_id in record_ids if record_id not in found)
        return found

    def commit(self, group: Group) -> None:
        """Write a group durably, as the writer's last act."""
        self._check_use()
        with self._health:
            self._move_head(group.old, group.new)
            self._many("add_row", [(row.index, row.entry, row.envelope) for row in group.rows])
            self._many(
                "add_tile",
                [
                    (tile_id(tile.level, tile.number), tile.root, tile.hashes)
                    for tile in group.tiles
                ],
            )
            try:
                self._derive(group.derived, group.items)
            except apsw.ConstraintError as error:
                raise _known_already() from error
            self._finish()

    def clear_derived(self) -> None:
        """Empty the derived tables, for this writer alone until the rebuild is finished."""
        self._check_use()
        with self._health:
            for table in ("records", "mentions", "parcels", "operations", "blends", "items"):
                self._connection.execute(self._sql[f"clear_{table}"])
        self._is_rebuilding = True

    def derive(self, derived: Sequence[Derived], items: Sequence[Item]) -> None:
        """Write to the emptied tables."""
        self._check_rebuild()
        with self._health:
            self._derive(derived, items)

    def finish_rebuild(self) -> None:
        """Make the rebuilt tables durable, and let everyone see them."""
        self._check_rebuild()
        with self._health:
            self._finish()

    def _finish(self) -> None:
        self._connection.execute("COMMIT")
        self.end()

    def _check_rebuild(self) -> None:
        self._check_use()
        if not self._is_rebuilding:
            raise RuntimeError("a rebuild begins with clear_derived")

    def _move_head(self, old: Head, new: Head) -> None:
        values = (*_columns(new), *_columns(old))
        self._connection.execute(self._sql["move_head"], values)
        if self._connection.changes() != 1:
            raise HeadMoved(f"the head is at {self._head.size}, not as it was at {old.size}")

    def _derive(self, derived: Sequence[Derived], items: Sequence[Item]) -> None:
        self._check_absent([found.record_id for found in derived])
        self._many("add_record", [(found.index, found.record_id) for found in derived])
        # In the order of their keys: neighbours then lie on a page that is in memory already.
        mentions = {(parcel, found.index) for found in derived for parcel in found.mentions}
        self._many("add_mention", sorted(mentions))
        of_sorts: defaultdict[type[Item], list[Item]] = defaultdict(list)
        for item in items:
            of_sorts[type(item)].append(item)
        for sort, same in of_sorts.items():
            self._put(sort, same)

    def _check_absent(self, record_ids: Sequence[Hash32]) -> None:
        """Refuse records that are there already: no index keeps a whole id from standing twice."""
        given = set(record_ids)
        if len(given) < len(record_ids) or self.indices_of(list(given - self._absent)):
            raise _known_already()
        self._absent -= given

    def _put(self, sort: type[Item], items: Sequence[Item]) -> None:
        """Write items of one sort."""
        if sort is Parcel:
            self._many("put_parcel", [row_of(item) for item in items])
        elif table := BY_INDEX.get(sort):
            rows = [(to_index(item.key), encode_item(item)) for item in items]
            self._many(f"put_{table}", rows)
        else:
            number = sort_number(sort)
            self._many("put_item", [(number, *row_of(item)) for item in items])

    def _many(self, name: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._connection.executemany(self._sql[name], rows)


def _known_already() -> BadQuestion:
    return BadQuestion("group", "records that the log does not hold yet, each once")


def _columns(head: Head) -> tuple[int, bytes, bytes, int]:
    return head.size, head.root, head.entry_hash, head.recorded_at_ms


class SqliteStore:
    """A ledger's records in one SQLite file; the caller holds the folder's lock."""

    def __init__(self, path: Path, settings: Settings = SETTINGS) -> None:
        """Open the store at ``path``.

        Raises:
            RefusesToStart: the file is missing, another's, or its settings do not hold.
            Damaged: it is not what was written; see :func:`check_all`.
            StoreFailed: the medium failed.

        """
        self._path = path
        self._settings = settings
        self._database = Database(path, LOG, settings)
        try:
            with self.view() as view:
                self._check_head(view)
        except BaseException:
            self._database.close()
            raise

    @classmethod
    def create(cls, path: Path, settings: Settings = SETTINGS) -> SqliteStore:
        """Make an empty store at ``path`` and open it.

        Raises:
            RefusesToStart: there is one already.
            StoreFailed: the medium failed.

        """
        create(path, LOG, settings)
        return cls(path, settings)

    def view(self) -> AbstractContextManager[SqliteView]:
        """Open a consistent view; any thread, at any time."""
        return self._view(aside=False)

    def view_aside(self) -> AbstractContextManager[SqliteView]:
        """Open a view for the publisher, which no number of open views can keep from it."""
        return self._view(aside=True)

    @contextmanager
    def _view(self, *, aside: bool) -> Iterator[SqliteView]:
        with self._database.reading(aside=aside) as connection:
            view = SqliteView(connection, self._database.health)
            try:
                yield view
            finally:
                view.end()

    @contextmanager
    def write(self) -> Iterator[SqliteWriter]:
        """Take the lock, then let the caller read and commit; without a commit nothing changes."""
        with self._database.turn() as connection:
            writer = SqliteWriter(connection, self._database.health)
            try:
                yield writer
            finally:
                writer.end()

    def check(self) -> list[Damaged]:
        """Do what :func:`check_all` does, beside readers and between two commits."""
        with self._database.quiet():
            found = check_pages(self._path, self._settings)
        return found + check_tables(self._path, LOG, self._settings)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def _check_head(self, view: SqliteView) -> None:
        """Compare the head with the last entry, which the same transaction wrote."""
        head = view.head()
        with self._database.health:
            last = view.last_index()
            if last + 1 != head.size:
                fault = "truncated" if last + 1 < head.size else "altered"
                raise Damaged(fault, "entries", f"{last + 1} of them, and a head at {head.size}")
            row = view.row(last)
            if row is not None and hash_of(row.entry) != head.entry_hash:
                raise Damaged("altered", f"entry {last}", "not the one that the head names")
