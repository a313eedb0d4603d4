"""py-evm's database of keys and values, as a table; and what it means when a key is not there.

A connection is lent for one question or one block, with a transaction open on it, so every answer
is of one moment, and all that a block writes is there together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw
from eth.db.backends.base import BaseDB
from eth.exceptions import PyEVMError
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # rlp has no types
from trie.exceptions import MissingTrieNode

from ledger.anchor.local.layout import CHAIN
from ledger.database import Health, statements
from ledger.errors import Damaged

_SQL = statements(CHAIN.package, CHAIN.name)


class Pairs(BaseDB):
    """The table ``pairs`` on one connection."""

    def __init__(self, connection: apsw.Connection, health: Health) -> None:
        self._connection = connection
        self._health = health

    def __getitem__(self, key: bytes) -> bytes:
        with self._health:
            found = self._connection.execute(_SQL["read_pair"], (key,)).fetchone()
        if found is None:
            raise KeyError(key)
        value: bytes = found[0]
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        with self._health:
            self._connection.execute(_SQL["write_pair"], (key, value))

    def __delitem__(self, key: bytes) -> None:
        if not self._exists(key):
            raise KeyError(key)
        with self._health:
            self._connection.execute(_SQL["remove_pair"], (key,))

    def _exists(self, key: bytes) -> bool:
        with self._health:
            return self._connection.execute(_SQL["has_pair"], (key,)).fetchone() is not None


@contextmanager
def damage_named(health: Health, place: str) -> Iterator[None]:
    """Turn what py-evm says of a gap in its data into ``Damaged``.

    The caller asks only for what is there, and has settled before whether what came from outside
    is well formed: so what is missing or cannot be read was lost.
    """
    try:
        yield
    except (KeyError, MissingTrieNode, PyEVMError) as error:
        with health:
            raise Damaged("gap", place, f"{type(error).__name__}: {error}"[:300]) from error
    except (RLPException, ValidationError) as error:
        with health:
            raise Damaged("altered", place, f"{type(error).__name__}: {error}"[:300]) from error
