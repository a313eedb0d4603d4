"""Asking for reference tables and definitions, as methods that every desk has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

from ledger.desk.answering import about
from ledger.values import Hash32, to_hex
from ledger.verdicts.tables import sha256_of

Plain = dict[str, Any]


class AsksForTables(ABC):
    """Asks which files count, and for their bytes."""

    @abstractmethod
    def ask(self, path: str, **given: str | int) -> Plain:
        """Ask the question of a path of the API, with the parameters of its query."""

    def tables(self, size: int | None = None) -> Plain:
        """Ask which versions of the reference tables and definitions count, or counted."""
        return self.ask("/v1/tables", **({} if size is None else {"size": size}))

    def table(self, name: str, sha256: Hash32 | None = None, size: int | None = None) -> Plain:
        """Ask for the file of a table or a definition, whose hash is computed again here.

        Raises:
            Unknown: there is no such table, or no file of this hash there.
            AnotherAnswer: what came is another table, or its bytes have another hash.

        """
        asked: dict[str, str | int] = {} if size is None else {"size": size}
        if sha256 is not None:
            asked["sha256"] = to_hex(sha256)
        answer = self.ask(f"/v1/tables/{quote(name, safe='')}", **asked)
        read = sha256_of(answer["text"].encode())
        about(answer["table"], "table", name=name, sha256=to_hex(sha256 or read))
        about({"sha256": to_hex(read)}, "table", sha256=answer["table"]["sha256"])
        return answer
