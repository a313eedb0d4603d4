"""How far each address was told, in a small file; an address is named there by its hash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ledger.errors import RefusesToStart
from ledger.files import write_over


@dataclass(frozen=True, slots=True)
class Told:
    """How far one address was told.

    Attributes:
        entries: how many entries, from the log's first.
        checkpoint: the size of the last checkpoint.

    """

    entries: int
    checkpoint: int


class Positions:
    """What is remembered over a restart.

    Args:
        file: where; it need not be there yet.

    Raises:
        RefusesToStart: the file is none that was written here.

    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            plain = json.loads(file.read_text("utf-8")) if file.exists() else {}
            self._told = {
                str(name): Told(int(one["entries"]), int(one["checkpoint"]))
                for name, one in plain.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise RefusesToStart(f"{file} does not say how far webhooks were told") from None

    def of(self, url: str, size: int) -> Told:
        """Return how far an address was told; one that was never told begins at ``size``."""
        name = _name(url)
        if name not in self._told:
            self.remember(url, Told(size, size))
        return self._told[name]

    def remember(self, url: str, told: Told) -> None:
        """Remember durably how far an address was told."""
        self._told[_name(url)] = told
        plain = {
            name: {"entries": one.entries, "checkpoint": one.checkpoint}
            for name, one in self._told.items()
        }
        write_over(self._file, json.dumps(plain) + "\n")


def _name(url: str) -> str:
    return sha256(url.encode()).hexdigest()
