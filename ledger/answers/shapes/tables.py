"""Shapes of what is said about reference tables and definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.answers.shapes.log import AsOf
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class TableShown:
    """A version of a table or a definition.

    Attributes:
        name: of a definition: ``definition-`` and its id.
        sha256: of its file.
        sort: a table (CSV) or a definition (TOML).
        is_adopted: the charter that was asked about names this version.
        is_shipped: it is the one that comes with this server's version of the package.
        is_here: its file is here; what is missing is judged by nothing else.
        bytes: how long the file is; null if it is not here.

    """

    name: str
    sha256: Hash32
    sort: Literal["table", "definition"]
    is_adopted: bool
    is_shipped: bool
    is_here: bool
    bytes: int | None


@dataclass(frozen=True, slots=True)
class TablesAnswer:
    """The versions of tables and definitions that count.

    Attributes:
        tables: ascending by name.
        charter_index: of the Charter or Amendment that was in force.

    """

    tables: tuple[TableShown, ...]
    charter_index: int
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The file of one version.

    Attributes:
        text: the file: its bytes, read as UTF-8, have the hash.

    """

    table: TableShown
    text: str
    as_of: AsOf
