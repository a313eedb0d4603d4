"""A journal of anchors in one SQLite file, beside the ledger's others.

Each write is one durable transaction. The caller holds the folder's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import apsw

from ledger.anchor.journal.mirror import SqliteMirror
from ledger.anchor.kept import (
    STATES,
    AnchorState,
    Deployment,
    KeptAnchor,
    Place,
    Spot,
    Transaction,
)
from ledger.database import SETTINGS, Database, Layout, Settings, create, statements
from ledger.signing.anchors import Anchor
from ledger.values import Address, Hash32

ANCHORS: Final = Layout(__name__, "anchors", 0x41444341)
_SMALL: Final = replace(SETTINGS, readers=4, writer_cache_kib=1024, reader_cache_kib=256)
_ORDER: Final[tuple[AnchorState, ...]] = (*STATES, "overtaken")
"""What the column ``state`` counts: the surer, the larger; ``overtaken`` stands behind all."""

_Write: TypeAlias = tuple[str, tuple[Any, ...]]
"""The name of a statement, and its values."""


class SqliteJournal:
    """A journal in one SQLite file; see :class:`ledger.anchor.kept.Journal`."""

    def __init__(self, path: Path, settings: Settings = _SMALL) -> None:
        """Open the file at ``path``.

        Raises:
            RefusesToStart: it is missing, another's, of another version or not as durable as asked.
            Damaged: commits that were durable are gone, or a page is not what was written.
            StoreFailed: the medium failed.

        """
        self._file = Database(path, ANCHORS, settings)
        self._sql = statements(ANCHORS.package, ANCHORS.name)
        self.mirror = SqliteMirror(self._file, self._sql, _row_of)

    @classmethod
    def create(cls, path: Path, settings: Settings = _SMALL) -> SqliteJournal:
        """Make the file, and open it.

        Raises:
            RefusesToStart: there is one already.
            StoreFailed: the medium failed.

        """
        create(path, ANCHORS, settings)
        return cls(path, settings)

    # -- the contract --------------------------------------------------------------------------

    def deployment(self) -> Deployment | None:
        """Return the contract that anchors go to."""
        for chain_id, contract, code_hash, first_block in self._read("read_deployment"):
            place = Place(int(chain_id), Address(contract))
            return Deployment(place, Hash32(code_hash), first_block)
        return None

    def keep_deployment(
        self, deployment: Deployment, transaction: Transaction | None = None
    ) -> None:
        """Keep the contract in the place of the one before, and the transaction that makes it."""
        place = deployment.place
        values = (str(place.chain_id), place.contract, deployment.code_hash, deployment.first_block)
        writes: list[_Write] = [("keep_deployment", values)]
        if transaction is not None:
            writes.append(("keep_transaction", _row_of(transaction)))
        self._write(writes)

    # -- anchors -------------------------------------------------------------------------------

    def anchor(self, place: Place, size: int) -> KeptAnchor | None:
        """Return the anchor of a size at a place."""
        return self._one("read_anchor", place, size)

    def anchors(self, place: Place, after: int, limit: int) -> list[KeptAnchor]:
        """Return anchors at a place by size, from after the size ``after`` on."""
        return self._anchors("page_anchors", place, after, limit)

    def unended(self, place: Place) -> list[KeptAnchor]:
        """Return those that are neither final nor overtaken, by size."""
        return self._anchors("read_unended", place)

    def last(self, place: Place, state: AnchorState = "finalized") -> KeptAnchor | None:
        """Return the largest that is at least as sure as a state (not ``overtaken``)."""
        return self._one("read_last", place, _ORDER.index(state), len(STATES))

    def covering(self, place: Place, size: int) -> KeptAnchor | None:
        """Return the smallest anchor of at least ``size`` entries that is not overtaken."""
        return self._one("read_covering", place, size, len(STATES))

    def keep(
        self, place: Place, anchors: Sequence[KeptAnchor], looked_to: int | None = None
    ) -> None:
        """Keep anchors at a place, each instead of what was kept of its size; all or none."""
        where = (str(place.chain_id), place.contract)
        writes: list[_Write] = [("keep_anchor", (*where, *_columns_of(kept))) for kept in anchors]
        if looked_to is not None:
            writes.append(("keep_looked_to", (*where, looked_to)))
        self._write(writes)

    def looked_to(self, place: Place) -> int:
        """Return up to which block all events are known for good; -1 for none."""
        found = self._read("read_looked_to", str(place.chain_id), place.contract)
        return int(found[0][0]) if found else -1

    # -- transactions --------------------------------------------------------------------------

    def keep_transaction(self, transaction: Transaction) -> None:
        """Keep a signed transaction; again changes nothing."""
        self._write([("keep_transaction", _row_of(transaction))])

    def transactions(self, chain_id: int, sender: Address, errand: str) -> list[Transaction]:
        """Return an errand's transactions of an account, in the order in which they were kept."""
        return [
            _transaction(row) for row in self._read("read_errand", str(chain_id), sender, errand)
        ]

    def at_nonce(self, chain_id: int, sender: Address, nonce: int) -> list[Transaction]:
        """Return an account's transactions with a nonce, in the order in which they were kept."""
        return [_transaction(row) for row in self._read("read_nonce", str(chain_id), sender, nonce)]

    # -- the file ------------------------------------------------------------------------------

    def close(self) -> None:
        """Refuse all further work; safe to call again."""
        self._file.close()

    def _read(self, name: str, *values: Any) -> list[Any]:  # noqa: ANN401 - of any column
        with self._file.reading() as connection, self._file.health:
            return connection.execute(self._sql[name], values).fetchall()

    def _write(self, writes: Sequence[_Write]) -> None:
        with self._file.turn() as connection, self._file.health:
            for name, values in writes:
                connection.execute(self._sql[name], values)
            connection.execute("COMMIT")

    def _anchors(self, name: str, place: Place, *values: Any) -> list[KeptAnchor]:  # noqa: ANN401 - of any column
        rows = self._read(name, str(place.chain_id), place.contract, *values)
        return [_anchor(place, row) for row in rows]

    def _one(self, name: str, place: Place, *values: Any) -> KeptAnchor | None:  # noqa: ANN401 - of any column
        found = self._anchors(name, place, *values)
        return found[0] if found else None


def _columns_of(kept: KeptAnchor) -> tuple[apsw.SQLiteValue, ...]:
    said, spot = kept.statement, kept.spot
    where = (spot.block_number, spot.block_hash, spot.transaction_hash) if spot else (None,) * 3
    return (
        said.size,
        said.ledger,
        said.root,
        said.previous_size,
        said.previous_root,
        kept.signature,
        _ORDER.index(kept.state),
        kept.signed_at,
        *where,
    )


def _anchor(place: Place, row: Any) -> KeptAnchor:  # noqa: ANN401 - a row of its columns
    size, ledger, root, previous_size, previous_root, signature, state, signed_at, *where = row
    said = Anchor(
        Hash32(ledger),
        place.chain_id,
        place.contract,
        size,
        Hash32(root),
        previous_size,
        Hash32(previous_root),
    )
    number, block_hash, transaction_hash = where
    spot = None if number is None else Spot(number, Hash32(block_hash), Hash32(transaction_hash))
    return KeptAnchor(said, signature, _ORDER[state], signed_at, spot)


def _row_of(one: Transaction) -> tuple[apsw.SQLiteValue, ...]:
    return (
        str(one.chain_id),
        one.sender,
        one.nonce,
        one.errand,
        one.to,
        one.data,
        one.gas,
        str(one.max_fee_wei),
        str(one.priority_fee_wei),
        one.raw,
        one.transaction_hash,
        one.made_at,
    )


def _transaction(row: Any) -> Transaction:  # noqa: ANN401 - a row of its columns
    chain_id, sender, nonce, errand, to, data, gas, most, priority, raw, hashed, made_at = row
    return Transaction(
        int(chain_id),
        Address(sender),
        nonce,
        errand,
        None if to is None else Address(to),
        data,
        gas,
        int(most),
        int(priority),
        raw,
        Hash32(hashed),
        made_at,
    )
