"""Looks at all of a chain's file, for audits: each page, each hash, each block.

Page checksums tell what a disk changed, not what somebody changed through SQLite. So every value
that is found by its hash is hashed again, every block must follow the one before it, and what is in
the indexes is compared with the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
from eth.db.atomic import AtomicDB
from eth_typing import BlockNumber

from ledger.anchor.local.identity import Evm, evm_of
from ledger.anchor.local.layout import CHAIN, SETTINGS
from ledger.anchor.local.opening import check_end, read_beginning
from ledger.anchor.local.pairs import Pairs, damage_named
from ledger.anchor.local.reading import events_in, header_of, is_known
from ledger.database import Health, Settings, check_all, open_to_look, statements
from ledger.errors import Damaged, StoreFailed
from ledger.signing import keccak
from ledger.values import HASH_BYTES, Hash32, to_hex

_SQL = statements(CHAIN.package, CHAIN.name)


def check_chain(path: Path, settings: Settings = SETTINGS) -> list[Damaged]:
    """Read everything, while nobody writes; nothing is changed.

    Returns:
        The faults: those of pages and tables or, where there are none, those of what they hold.

    """
    faults = check_all(path, CHAIN, settings)
    if faults:
        return faults
    health = Health(path, settings.page_bytes)
    try:
        with closing(open_to_look(path, settings)) as connection:
            faults = list(_check_hashes(connection, health))
            with damage_named(health, path.name):
                faults += _check_blocks(connection, health)
    except Damaged as damaged:
        faults.append(damaged)
    except StoreFailed as failed:
        faults.append(Damaged("truncated", path.name, str(failed)))
    return faults


def _check_hashes(connection: apsw.Connection, health: Health) -> Iterator[Damaged]:
    with health:
        for key, value in connection.execute(_SQL["all_pairs"]):
            if len(key) == HASH_BYTES and keccak(value) != key:
                yield Damaged("altered", f"pair {to_hex(key)}", "not its hash")


def _check_blocks(connection: apsw.Connection, health: Health) -> Iterator[Damaged]:
    pairs = AtomicDB(Pairs(connection, health))
    chain_id, _ = read_beginning(connection, pairs)
    check_end(pairs)
    chain = evm_of(chain_id)(pairs)
    parent = header_of(chain, 0)
    for number in range(1, chain.header.block_number + 1):
        header = header_of(chain, number)
        if header is None or parent is None or header.parent_hash != parent.hash:
            yield Damaged("reorder", f"block {number}", "does not follow the one before it")
        parent = header
        transaction = chain.get_canonical_transaction_by_index(BlockNumber(number), 0)
        if not is_known(chain, Hash32(transaction.hash)):
            yield Damaged("gap", f"block {number}", "its transaction is not found by its hash")
    yield from _check_index(chain, connection)


def _check_index(chain: Evm, connection: apsw.Connection) -> Iterator[Damaged]:
    indexed = set(connection.execute(_SQL["all_logs"]))
    logged = {
        (event.address, event.block_number, event.topics[0] if event.topics else b"")
        for number in range(1, chain.header.block_number + 1)
        for event in events_in(chain, number)
    }
    for fault, rows in (("gap", logged - indexed), ("altered", indexed - logged)):
        for _, number, _ in sorted(rows):
            yield Damaged(fault, f"table logs, block {number}", "not as the block's receipt has it")
