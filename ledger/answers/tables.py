"""Which versions of the reference tables and definitions count, and what stands in them.

Everyone may ask: a verdict names the files that it rests on, and whoever doubts it reads them.
"""

from __future__ import annotations

from ledger.answers.asking import read_hash
from ledger.answers.reading import Reading
from ledger.answers.shapes.tables import TableAnswer, TablesAnswer, TableShown
from ledger.errors import BadQuestion, TableMissing
from ledger.reference import Library, Version, adopted_at, is_definition
from ledger.reference.shipped import shipped
from ledger.values import Hash32
from ledger.verdicts.tables import NAME


def tables(reading: Reading, library: Library, size: int | None) -> TablesAnswer:
    """Answer which versions count after ``size`` entries; at the head if not said."""
    adopted = adopted_at(reading.view, size)
    versions = library.versions_at(reading.view, size)
    return TablesAnswer(tuple(map(_shown, versions)), adopted.index, reading.as_of)


def table(
    reading: Reading, library: Library, name: str, sha256: str | None, size: int | None
) -> TableAnswer:
    """Answer with one file: that of a hash, or the one that counts after ``size`` entries.

    Raises:
        BadQuestion: there is no such name, or both a hash and a size were given.
        Unknown: there is no such table, or no file of this hash here.
        TableMissing: the charter names a version whose file is not here.

    """
    if not NAME.fullmatch(name):
        raise BadQuestion("name", "1 to 40 small letters, digits and dashes")
    if sha256 is None:
        version = library.version_at(reading.view, name, size)
    elif size is not None:
        raise BadQuestion("size", "no size where a hash is given")
    else:
        version = _version(reading, library, name, read_hash("sha256", sha256))
    if version.file is None:
        raise TableMissing(name, version.sha256.hex())
    return TableAnswer(_shown(version), version.file.raw.decode(), reading.as_of)


def _version(reading: Reading, library: Library, name: str, sha256: Hash32) -> Version:
    file = library.find(name, sha256)
    is_adopted = adopted_at(reading.view).hashes.get(name) == sha256
    return Version(name, sha256, is_adopted, shipped().get(name) == file, file)


def _shown(version: Version) -> TableShown:
    return TableShown(
        version.name,
        version.sha256,
        "definition" if is_definition(version.name) else "table",
        version.is_adopted,
        version.is_shipped,
        version.file is not None,
        None if version.file is None else len(version.file.raw),
    )
