"""The local chain, as the protocol of chains wants it (:class:`ledger.anchor.protocol.Chain`).

``send``: (1) the transaction is read, and its signature; (2) a turn of the file begins; (3) one
that is known is not sent again; (4) it is judged and run; (5) the block, its state, its receipt
and the index of its events are committed together, synced. A crash before (5) leaves nothing of
it, a crash after it leaves all: what ``send`` returned is there.

Any thread may ask at any time. A question sees the last whole block of the moment it is asked,
and waits for nobody who sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
from eth.abc import BlockHeaderAPI
from eth.db.atomic import AtomicDB
from eth_typing import Address as EvmAddress

from ledger.anchor.local import asking, mining, reading
from ledger.anchor.local.identity import Evm, evm_of
from ledger.anchor.local.layout import CHAIN, SETTINGS
from ledger.anchor.local.opening import check_end, make, read_beginning
from ledger.anchor.local.pairs import Pairs, damage_named
from ledger.anchor.protocol import Block, Event, Fees, Mined, Tag
from ledger.database import Database, Settings, statements
from ledger.errors import (
    ChainDown,
    Diverged,
    RefusesToStart,
    Unavailable,
)
from ledger.lock import FolderLock
from ledger.values import HASH_BYTES, Address, Hash32

Clock = Callable[[], int]
"""Gives milliseconds since 1970-01-01 UTC."""

_SQL = statements(CHAIN.package, CHAIN.name)


class LocalChain:
    """A chain in one file, held by one process at a time."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        chain_id: int | None = None,
        settings: Settings = SETTINGS,
    ) -> None:
        """Open the chain in the file at ``path``.

        Args:
            path: the file; its lock file stands beside it.
            clock: gives the time of blocks.
            chain_id: the chain that is expected there; None where any is welcome.
            settings: how the file is opened.

        Raises:
            RefusesToStart: there is none, another process holds it, or the file is no chain's.
            Diverged: it is another chain.
            Damaged: it does not begin as it must, or the last block or its state is not there.
            StoreFailed: the medium failed.

        """
        if not path.exists():
            raise RefusesToStart(f"{path.name} is missing")
        self._path = path
        self._clock = clock
        self._lock = FolderLock(path.parent, f"{path.name}.lock")
        try:
            self._database = Database(path, CHAIN, settings)
        except BaseException:
            self._lock.release()
            raise
        try:
            self._chain_id = self._check(chain_id)
            self._evm = evm_of(self._chain_id)
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(
        cls,
        path: Path,
        clock: Clock,
        chain_id: int,
        funded: Address,
        *,
        settings: Settings = SETTINGS,
    ) -> LocalChain:
        """Make a chain whose one account with money is ``funded``, and open it.

        The file is made aside with its first block, and then renamed.

        Raises:
            BadQuestion: no chain can have this id.
            RefusesToStart: there is a file of that name, or another process makes one.
            StoreFailed: the medium failed.

        """
        with FolderLock(path.parent, f"{path.name}.lock"):
            make(path, chain_id, funded, settings)
        return cls(path, clock, chain_id=chain_id, settings=settings)

    # -- what it is --------------------------------------------------------------------------

    @property
    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""
        return self._chain_id

    def block(self, which: Tag | int) -> Block | None:
        """Return a block by tag or number; None where the chain has none such (yet)."""
        with self._asking() as chain:
            header = _header(chain, which)
            return None if header is None else reading.block_of(header)

    def fees(self) -> Fees:
        """Return what the next block asks: its base fee, and nothing above it."""
        with self._asking() as chain:
            return Fees(mining.next_base_fee(chain.header), 0)

    # -- accounts and contracts --------------------------------------------------------------

    def code(self, address: Address) -> bytes:
        """Return the code at an address, as of the last block; empty where there is none."""
        with self._asking() as chain:
            return chain.get_vm().state.get_code(EvmAddress(address))

    def balance(self, address: Address) -> int:
        """Return an account's balance in wei, as of the last block."""
        with self._asking() as chain:
            return chain.get_vm().state.get_balance(EvmAddress(address))

    def nonce(self, address: Address, *, pending: bool = False) -> int:  # noqa: ARG002 - none waits
        """Return how many transactions an account has sent; none ever waits."""
        with self._asking() as chain:
            return chain.get_vm().state.get_nonce(EvmAddress(address))

    def call(self, to: Address, data: bytes, which: Tag | int = "latest") -> bytes:
        """Ask a contract, as of a block.

        Raises:
            Reverted: it refuses, with its error's data.
            ChainDown: there is no such block.

        """
        with self._asking() as chain:
            block = _header(chain, which)
            if block is None:
                raise ChainDown(f"the chain has no block {which}")
            return asking.call(chain, block, to, data)

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        """Return the gas that a transaction would take; ``to`` is None where it makes a contract.

        Raises:
            Reverted: it would fail.

        """
        with self._asking() as chain:
            return asking.estimate_gas(chain, sender, to, data)

    # -- transactions ------------------------------------------------------------------------

    def send(self, raw: bytes) -> Hash32:
        """Mine a signed transaction; it is durable and final when this returns.

        Raises:
            ChainRefused: it cannot be mined; nothing of it is kept.

        """
        transaction = mining.read_transaction(raw, self._chain_id)
        transaction_hash = Hash32(transaction.hash)
        with self._named(), self._database.turn() as connection:
            pairs = self._pairs(connection)
            last = self._evm(pairs)
            if reading.is_known(last, transaction_hash):
                return transaction_hash
            sealed = mining.seal(last, pairs, transaction, self._clock() // 1000)
            self._commit(connection, sealed)
        return transaction_hash

    def mined(self, transaction_hash: Hash32) -> Mined | None:
        """Return what became of a transaction; None where it was never mined."""
        with self._asking() as chain:
            return reading.mined(chain, transaction_hash)

    def events(
        self,
        address: Address,
        topics: tuple[Hash32 | None, ...],
        first_block: int,
        last_block: int,
    ) -> tuple[Event, ...]:
        """Return a contract's events in blocks first to last, in order; a topic of None is any."""
        first_topic = topics[0] if topics else None
        with self._named(), self._database.reading() as connection:
            chain = self._evm(self._pairs(connection))
            last_block = min(last_block, chain.header.block_number)
            values = (address, max(first_block, 0), last_block, first_topic)
            with self._database.health:
                blocks: list[Any] = connection.execute(_SQL["blocks_of"], values).fetchall()
            return tuple(
                event
                for (number,) in blocks
                for event in reading.events_in(chain, number)
                if reading.is_asked_for(event, address, topics)
            )

    def close(self) -> None:
        """Let go of the file; safe to call again."""
        try:
            self._database.close()
        finally:
            self._lock.release()

    # -- how it works with the file ----------------------------------------------------------

    def _check(self, expected: int | None) -> int:
        """Look at the beginning and the end; return the chain's id."""
        with self._named(), self._database.reading() as connection:
            pairs = self._pairs(connection)
            with self._database.health:
                chain_id, _ = read_beginning(connection, pairs)
                check_end(pairs)
        if expected not in (None, chain_id):
            raise Diverged(f"{self._path.name} is chain {chain_id}, not {expected}")
        return chain_id

    def _commit(self, connection: apsw.Connection, sealed: mining.Sealed) -> None:
        """Add a block's events to the index, and make all that was written durable."""
        found = {(log.address, log.topics[:1]) for log in sealed.receipt.logs}
        number = sealed.header.block_number
        rows = [
            (address, number, topics[0].to_bytes(HASH_BYTES, "big") if topics else b"")
            for address, topics in sorted(found)
        ]
        # What met damage on the way and went on is not to be kept.
        self._database.health.check_for_writing()
        with self._database.health:
            connection.executemany(_SQL["add_log"], rows)
            connection.execute("COMMIT")

    def _pairs(self, connection: apsw.Connection) -> AtomicDB:
        return AtomicDB(Pairs(connection, self._database.health))

    @contextmanager
    def _asking(self) -> Iterator[Evm]:
        """Lend the chain as it is at this moment."""
        with self._named(), self._database.reading() as connection:
            yield self._evm(self._pairs(connection))

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say in the ledger's words what goes wrong with the file."""
        try:
            with damage_named(self._database.health, self._path.name):
                yield
        except Unavailable as error:
            raise ChainDown(str(error)) from error


def _header(chain: Evm, which: Tag | int) -> BlockHeaderAPI | None:
    return reading.header_of(chain, which) if isinstance(which, int) else chain.header
