"""The tables of the mirror, in the journal's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from ledger.anchor.kept import Deployment, Place, Spot, Transaction
from ledger.anchor.mirror_kept import LeftOut, Mirrored, Progress
from ledger.database import Database
from ledger.values import Address, Hash32

_Write: TypeAlias = tuple[str, tuple[Any, ...]]
_Row: TypeAlias = Callable[[Transaction], tuple[Any, ...]]


class SqliteMirror:
    """What is kept of a mirror; see :class:`ledger.anchor.mirror_kept.MirrorJournal`.

    Args:
        file: the journal's.
        sql: its statements.
        row_of: how a transaction is written in its table.

    """

    def __init__(self, file: Database, sql: Mapping[str, str], row_of: _Row) -> None:
        self._file = file
        self._sql = sql
        self._row_of = row_of

    def deployment(self) -> Deployment | None:
        """Return the mirror's contract."""
        for chain_id, contract, code_hash, first_block in self._read("read_mirror"):
            place = Place(int(chain_id), Address(contract))
            return Deployment(place, Hash32(code_hash), first_block)
        return None

    def keep_deployment(
        self, deployment: Deployment, transaction: Transaction | None = None
    ) -> None:
        """Keep the contract in the place of the one before, and the transaction that makes it."""
        values = (*_where(deployment.place), deployment.code_hash, deployment.first_block)
        writes: list[_Write] = [("keep_mirror", values)]
        if transaction is not None:
            writes.append(("keep_transaction", self._row_of(transaction)))
        self._write(writes)

    def progress(self, place: Place) -> Progress:
        """Return how far the mirror at a place is."""
        found = self._read("read_mirror_progress", *_where(place))
        return Progress(*found[0]) if found else Progress()

    def keep(
        self,
        place: Place,
        progress: Progress,
        mirrored: Sequence[Mirrored] = (),
        left_out: Sequence[LeftOut] = (),
    ) -> None:
        """Keep what was settled and how far that is; all or none."""
        where = _where(place)
        writes: list[_Write] = [
            ("keep_mirrored", (*where, one.record_id, *_spot(one.spot))) for one in mirrored
        ]
        writes += [
            ("keep_left_out", (*where, one.index, one.record_id, one.reason)) for one in left_out
        ]
        writes.append(("keep_mirror_progress", (*where, progress.looked_to, progress.position)))
        self._write(writes)

    def mirrored(self, place: Place, record_id: Hash32) -> Mirrored | None:
        """Return what is known of a record that is in the mirror for good."""
        found = self._read("read_mirrored", *_where(place), record_id)
        return _mirrored(found[0]) if found else None

    def all_mirrored(self, place: Place, after: bytes, limit: int) -> list[Mirrored]:
        """Return what is in the mirror for good by record id, from after the id ``after`` on."""
        return [_mirrored(row) for row in self._read("page_mirrored", *_where(place), after, limit)]

    def left_out(self, place: Place, after: int = -1, limit: int = 100) -> list[LeftOut]:
        """Return what was left out, by index, from after the index ``after`` on."""
        rows = self._read("page_left_out", *_where(place), after, limit)
        return [LeftOut(index, Hash32(record_id), reason) for index, record_id, reason in rows]

    def counts(self, place: Place) -> tuple[int, int]:
        """Return how many records are in the mirror for good, and how many were left out."""
        ((mirrored, left_out),) = self._read("count_mirrored", *_where(place), *_where(place))
        return mirrored, left_out

    def _read(self, name: str, *values: Any) -> list[Any]:  # noqa: ANN401 - of any column
        with self._file.reading() as connection, self._file.health:
            return connection.execute(self._sql[name], values).fetchall()

    def _write(self, writes: Sequence[_Write]) -> None:
        with self._file.turn() as connection, self._file.health:
            for name, values in writes:
                connection.execute(self._sql[name], values)
            connection.execute("COMMIT")


def _where(place: Place) -> tuple[str, bytes]:
    return str(place.chain_id), place.contract


def _spot(spot: Spot) -> tuple[int, bytes, bytes]:
    return spot.block_number, spot.block_hash, spot.transaction_hash


def _mirrored(row: Any) -> Mirrored:  # noqa: ANN401 - a row of its columns
    record_id, number, block_hash, transaction_hash = row
    return Mirrored(Hash32(record_id), Spot(number, Hash32(block_hash), Hash32(transaction_hash)))
