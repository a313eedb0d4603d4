"""The tables that a verdict is judged by: which versions, and which of them the charter names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.values import Hash32
from ledger.verdicts.tables import Table
from ledger.verdicts.verdict import TableUsed


@dataclass(frozen=True, slots=True)
class Shelf:
    """Tables by name, and the SHA-256 of every file (tables, definitions) that is adopted."""

    tables: Mapping[str, Table]
    adopted: frozenset[Hash32] = frozenset()

    def used(self, names: Iterable[str], rows: Iterable[tuple[str, str]]) -> tuple[TableUsed, ...]:
        """Name the versions of tables that were read, with the keys of the rows that decided.

        Args:
            names: of tables; one that is not here is left out.
            rows: (table, key).

        """
        kept = set(rows)
        return tuple(
            TableUsed(name, table.sha256, table.sha256 in self.adopted, keys)
            for name in sorted(set(names) & self.tables.keys())
            for table in (self.tables[name],)
            for keys in (tuple(sorted(key for of, key in kept if of == name)),)
        )
