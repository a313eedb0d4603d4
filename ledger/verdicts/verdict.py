"""What a verdict is: one of three values, and every reason for it.

The value is never a percentage and never a claim of the ledger's own: it says what follows from a
definition, the tables it names and what is recorded. Whatever evidence does not decide is
``cannot tell``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.values import Hash32
from ledger.verdicts.facts import Ground

Value = Literal["pass", "fail", "cannot tell"]


@dataclass(frozen=True, slots=True)
class TableUsed:
    """A table version that a verdict rests on.

    Attributes:
        name: of the table.
        sha256: of its file.
        is_adopted: whether the charter in force names this very file.
        rows: the keys of the rows that decided, in the table's order.

    """

    name: str
    sha256: Hash32
    is_adopted: bool
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one rule of a definition says of the parcel.

    Attributes:
        rule: its id, unique among all definitions.
        value: what follows from it.
        words: in one or two sentences, with dates, weights and countries.
        source: where the rule stands.
        origin: the key of the origin that it was asked of, or "" for the whole parcel.
        grounds: the records that decided, in the log's order.
        tables: the rows that decided.
        is_unconfirmed: a row or the rule itself is known from memory alone.
        would_decide: where it cannot tell: what evidence would settle it, in words.
        parcel: of a piece: the part that it was asked of; None for the parcel itself.

    """

    rule: str
    value: Value
    words: str
    source: str
    origin: str = ""
    grounds: tuple[Ground, ...] = ()
    tables: tuple[TableUsed, ...] = ()
    is_unconfirmed: bool = False
    would_decide: str = ""
    parcel: Hash32 | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Definition x parcel x date.

    Attributes:
        definition: its id; ``sha256`` of its file; ``is_adopted`` by the charter in force.
        parcel: the parcel's id.
        as_of: the date that it is judged for, seconds.
        size: how many entries of the log were taken into account.
        value: what follows.
        deciding: the reasons without which the value would be another.
        reasons: all of them, the deciding ones among them, in the definition's order.

    """

    definition: str
    sha256: Hash32
    is_adopted: bool
    parcel: Hash32
    as_of: int
    size: int
    value: Value
    deciding: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
