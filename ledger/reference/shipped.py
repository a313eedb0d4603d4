"""The files that come with the package: read once, known by their hash."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from ledger.values import Hash32
from ledger.verdicts.tables import sha256_of

DEFINITION: Final = "definition-"
"""What the name of a definition's file begins with, where it is one of a charter's tables."""


@dataclass(frozen=True, slots=True)
class File:
    """One version of a table or a definition: its name, the SHA-256 of its bytes, the bytes."""

    name: str
    sha256: Hash32
    raw: bytes

    @property
    def is_definition(self) -> bool:
        """Whether it is a definition (TOML); a table (CSV) otherwise."""
        return is_definition(self.name)


def is_definition(name: str) -> bool:
    """Tell whether a file of this name is a definition."""
    return name.startswith(DEFINITION)


def file_of(name: str, raw: bytes) -> File:
    """Make a version of these bytes."""
    return File(name, sha256_of(raw), raw)


@functools.cache
def shipped() -> Mapping[str, File]:
    """Return the files that come with the package, ascending by name."""
    room = files("ledger.reference")
    found = [
        file_of(prefix + resource.name.removesuffix(suffix), resource.read_bytes())
        for folder, prefix, suffix in (("data", "", ".csv"), ("definitions", DEFINITION, ".toml"))
        for resource in room.joinpath(folder).iterdir()
        if resource.name.endswith(suffix)
    ]
    return {file.name: file for file in sorted(found, key=lambda file: file.name)}
