"""What is wrong with a row: where, why, and what came."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.limits import LIMITS


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a table.

    Attributes:
        line: the row, as the spreadsheet counts: the first is 1.
        column: the heading of its column; or the field's name, where no column gives it; "" for
            the whole row.
        reason: what is wrong, in words.
        came: the cell's value as it can be shown safely.

    """

    line: int
    column: str
    reason: str
    came: str = ""

    def __str__(self) -> str:
        """Return the fault as one line for people."""
        place = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.reason}" + (f" ({self.came})" if self.came else "")


class Unfit(Exception):
    """A cell, or a row, cannot mean what it must mean.

    Attributes:
        reason: why, in words.
        field: which field is at fault; "" for the one that is being read, or the whole row.

    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


def shown(text: str) -> str:
    """Return a cell's text as it can be shown: what cannot be printed escaped, and cut short."""
    most = LIMITS.refusal_value_characters_max
    cut = text[:most]
    safe = "".join(
        c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in cut
    )
    is_whole = len(text) <= most and len(safe) <= most
    return safe if is_whole else safe[: most - 1] + "…"
