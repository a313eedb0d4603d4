"""Which versions of the tables and the definitions a ledger judges by, at any size of its log.

The charter in force names the versions that the governors adopted. A name that it does not name is
judged by the version that comes with the package, and every verdict says that this one is not
adopted. For a past size the charter then in force counts. A version that a charter names and whose
file is neither in the ledger's folder nor in the package is missing: nothing is judged in its
place.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ledger.errors import BadQuestion, TableMissing, Unknown
from ledger.reference.shelf import Shelf
from ledger.reference.shipped import DEFINITION, File, is_definition, shipped
from ledger.store.charters import charters
from ledger.store.protocol import View
from ledger.values import Hash32
from ledger.verdicts.definitions import Definition, read_definition
from ledger.verdicts.tables import COLUMNS, NAME, Table, read_table

_KEPT = 128
_definition = functools.lru_cache(maxsize=_KEPT)(read_definition)
_table = functools.lru_cache(maxsize=_KEPT)(read_table)


@dataclass(frozen=True, slots=True)
class Adopted:
    """What the charter in force at some size names.

    Attributes:
        index: of that Charter or Amendment.
        hashes: SHA-256 by name, ascending.

    """

    index: int
    hashes: Mapping[str, Hash32]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a table or a definition that counts at some size.

    Attributes:
        is_adopted: the charter in force names it.
        is_shipped: these very bytes come with the package.
        file: None where it is missing.

    """

    name: str
    sha256: Hash32
    is_adopted: bool
    is_shipped: bool
    file: File | None = field(repr=False)

    def read(self) -> File:
        """Return the file.

        Raises:
            TableMissing: it is not here.

        """
        if self.file is None:
            raise TableMissing(self.name, self.sha256.hex())
        return self.file


@dataclass(frozen=True, slots=True)
class Collection:
    """All versions that count at some size, read.

    Attributes:
        tables: by name; without those that this version of the package does not read.
        definitions: by id.
        adopted: the SHA-256 of every file that the charter in force names.

    """

    tables: Mapping[str, Table]
    definitions: Mapping[str, Definition]
    adopted: frozenset[Hash32]


def adopted_at(view: View, size: int | None = None) -> Adopted:
    """Return what the charter in force after ``size`` entries names; at the head if not said.

    Raises:
        BadQuestion: there is no such size.
        Damaged: the chain of charters has a gap.

    """
    head = view.head().size
    if size is not None and not 0 < size <= head:
        raise BadQuestion("size", f"from 1 to {head}")
    index, charter = next(
        (index, charter) for index, charter in charters(view) if index < (size or head)
    )
    what = charter.what
    return Adopted(index, dict(zip(what.tables, what.table_hashes, strict=True)))


def check_file(file: File) -> None:
    """Return if a file is one of its name: a table, or a definition.

    Raises:
        BadTable, BadDefinition: it is not in its one writing.
        BadQuestion: it cannot have such a name.

    """
    if not NAME.fullmatch(file.name):
        raise BadQuestion("table", "a name of 1 to 40 small letters, digits and dashes")
    if file.is_definition:
        read_definition(file.raw, file.name.removeprefix(DEFINITION))
    else:
        read_table(file.name, file.raw)


class Library:
    """Finds files: in the ledger's folder, and in the package.

    Args:
        folder: where the ledger keeps its table files; None: those of the package alone.

    """

    def __init__(self, folder: Path | None = None) -> None:
        self._shelf = None if folder is None else Shelf(folder)

    def find(self, name: str, sha256: Hash32) -> File:
        """Return a version by its hash.

        Raises:
            Unknown: it is not here.
            Damaged: the file in the folder is not what its name says.

        """
        if (file := self._find(name, sha256)) is None:
            raise Unknown("table", f"{name} of SHA-256 {sha256.hex()} here")
        return file

    def versions_at(self, view: View, size: int | None = None) -> tuple[Version, ...]:
        """Return the versions that count at some size, ascending by name.

        Raises:
            BadQuestion, Damaged: see :func:`adopted_at` and :meth:`find`.

        """
        adopted = adopted_at(view, size).hashes
        names = sorted(adopted.keys() | shipped().keys())
        return tuple(self._version(name, adopted.get(name)) for name in names)

    def version_at(self, view: View, name: str, size: int | None = None) -> Version:
        """Return the version of one name that counts at some size.

        Raises:
            Unknown: the charter does not name it, and the package has none.

        """
        adopted = adopted_at(view, size).hashes
        if name not in adopted and name not in shipped():
            raise Unknown("table", name)
        return self._version(name, adopted.get(name))

    def collection_at(self, view: View, size: int | None = None) -> Collection:
        """Read all that counts at some size.

        Raises:
            TableMissing: a version that the charter names is not here.
            BadTable, BadDefinition: one that it names is not in its one writing.

        """
        versions = self.versions_at(view, size)
        tables = {
            version.name: _table(version.name, version.read().raw)
            for version in versions
            if version.name in COLUMNS
        }
        read = [
            _definition(version.read().raw, version.name.removeprefix(DEFINITION))
            for version in versions
            if is_definition(version.name)
        ]
        adopted = frozenset(version.sha256 for version in versions if version.is_adopted)
        return Collection(tables, {definition.id: definition for definition in read}, adopted)

    def missing(self, view: View) -> Iterator[tuple[str, Hash32]]:
        """Yield (name, SHA-256) of every version that any charter names and that is not here."""
        seen: set[tuple[str, Hash32]] = set()
        for _, charter in charters(view):
            for named in zip(charter.what.tables, charter.what.table_hashes, strict=True):
                if named not in seen and self._find(*named) is None:
                    yield named
                seen.add(named)

    def _find(self, name: str, sha256: Hash32) -> File | None:
        ours = shipped().get(name)
        if ours is not None and ours.sha256 == sha256:
            return ours
        return None if self._shelf is None else self._shelf.find(name, sha256)

    def _version(self, name: str, adopted: Hash32 | None) -> Version:
        ours = shipped().get(name)
        if adopted is None:
            assert ours is not None  # noqa: S101 - one of the two names it
            return Version(name, ours.sha256, is_adopted=False, is_shipped=True, file=ours)
        is_shipped = ours is not None and ours.sha256 == adopted
        file = self._find(name, adopted)
        return Version(name, adopted, is_adopted=True, is_shipped=is_shipped, file=file)
