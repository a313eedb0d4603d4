"""Reference tables and definitions as files: shipped, kept in a ledger's folder, adopted by it.

Three places, one way to know a file (the SHA-256 of its bytes):

* the package ships a version of each (``data/*.csv``, ``definitions/*.toml``);
* a ledger's folder keeps those that its charters name (``tables/<sha256>.csv`` or ``.toml``);
* the charter in force says which versions the governors adopted (records §3.1), and so a past
  charter says which were adopted then.

A definition is one more table, named ``definition-<id>``. What the files say is read by
:mod:`ledger.verdicts`; here nothing is judged.
"""

from ledger.reference.library import (
    Adopted,
    Collection,
    Library,
    Version,
    adopted_at,
    check_file,
)
from ledger.reference.shelf import FOLDER, Shelf, read_file
from ledger.reference.shipped import DEFINITION, File, file_of, is_definition, shipped

__all__ = [
    "DEFINITION",
    "FOLDER",
    "Adopted",
    "Collection",
    "File",
    "Library",
    "Shelf",
    "Version",
    "adopted_at",
    "check_file",
    "file_of",
    "is_definition",
    "read_file",
    "shipped",
]
