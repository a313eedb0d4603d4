"""How a chain's file is made, and what is looked at before it is believed again.

The beginning is computed anew and compared. Of the rest, the last block is checked against its own
hash, and that its state is there; every page has its checksum, which is verified as it is read.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import apsw
from eth.abc import AtomicDatabaseAPI, BlockHeaderAPI
from eth.db.atomic import AtomicDB
from eth.db.backends.memory import MemoryDB
from eth.db.chain import ChainDB
from eth_typing import BlockNumber

from ledger.anchor.local.identity import CHAIN_ID_MAX, write_genesis
from ledger.anchor.local.layout import CHAIN
from ledger.anchor.local.pairs import Pairs
from ledger.database import Database, Settings, create, statements
from ledger.errors import BadQuestion, Damaged, RefusesToStart, StoreFailed
from ledger.files import flush
from ledger.values import Address

_SQL: Final = statements(CHAIN.package, CHAIN.name)
_ENDINGS: Final = ("", "-wal", "-shm")


def make(path: Path, chain_id: int, funded: Address, settings: Settings) -> None:
    """Make a chain's file: aside, with its first block, then under its name at once.

    Raises:
        BadQuestion: no chain can have this id.
        RefusesToStart: there is a file of that name already, or a log that belonged to one.
        StoreFailed: the medium failed.

    """
    if not 0 < chain_id <= CHAIN_ID_MAX:
        raise BadQuestion("chain id", f"1 to {CHAIN_ID_MAX}")
    taken = [f"{path.name}{end}" for end in _ENDINGS if path.with_name(path.name + end).exists()]
    if taken:
        raise RefusesToStart(f"{taken[0]} is there already")
    aside = path.with_name(f"{path.name}.first")
    try:
        for end in _ENDINGS:  # a crash may have left them
            aside.with_name(aside.name + end).unlink(missing_ok=True)
        create(aside, CHAIN, settings)
        with closing(Database(aside, CHAIN, settings)) as database:
            _write_beginning(database, chain_id, funded)
        flush(aside)
        aside.rename(path)
        flush(path.parent)
    except OSError as error:
        raise StoreFailed(f"{path.name} could not be made: {error}") from error


def _write_beginning(database: Database, chain_id: int, funded: Address) -> None:
    with database.turn() as connection:
        write_genesis(AtomicDB(Pairs(connection, database.health)), chain_id, funded)
        with database.health:
            connection.execute(_SQL["name_chain"], (chain_id, funded))
            connection.execute("COMMIT")


def read_beginning(connection: apsw.Connection, pairs: AtomicDatabaseAPI) -> tuple[int, Address]:
    """Return the chain's id and the account that was funded, once its first block agrees.

    Raises:
        Damaged: the file does not say, or begins with another block.

    """
    named = connection.execute(_SQL["read_chain"]).fetchone()
    if named is None:
        raise Damaged("gap", "table chain")
    chain_id, funded = named
    expected = write_genesis(AtomicDB(MemoryDB()), chain_id, Address(funded))
    found = ChainDB(pairs).get_canonical_block_header_by_number(BlockNumber(0))
    if found != expected:
        raise Damaged("altered", "block 0", "not the first block of this chain")
    return chain_id, Address(funded)


def check_end(pairs: AtomicDatabaseAPI) -> None:
    """Check that the last block is one, and that its state is there.

    Raises:
        Damaged: it is not.

    """
    chaindb = ChainDB(pairs)
    head: BlockHeaderAPI = chaindb.get_canonical_head()
    place = f"block {head.block_number}"
    if chaindb.get_canonical_block_hash(head.block_number) != head.hash:
        raise Damaged("altered", place, "not the last block by its number")
    if not pairs.exists(head.state_root):
        raise Damaged("gap", place, "its state is not there")
