"""Shapes of what definitions say of goods: verdicts, their reasons, and what makes a difference.

A verdict follows from a definition's file, the tables it names and what is recorded. It is not
legal advice, and it is no claim of the ledger's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ledger.answers.shapes.goods import FindingShown
from ledger.answers.shapes.log import AsOf, Names
from ledger.values import Hash32, ParcelId, RecordId

VerdictValue = Literal["pass", "fail", "cannot tell"]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule of a definition.

    Attributes:
        since, until: when it holds, as days; ``until`` is the first day on which it does not; "" is
            always.
        is_confirmed: its source was seen; if not, it is from memory.

    """

    id: str
    title: str
    since: str
    until: str
    source: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class DefinitionShown:
    """A definition, without its rules' conditions; its file has them.

    Attributes:
        short: what it is about, in a sentence.
        sort: conflict, embargo, import or warranty.
        status: adopted, proposed or rejected, as far as states and bodies go; ``adopted_by`` whom.
        jurisdiction: of an import rule: alpha-2 or EU; else "".
        since, until: when it is in force, as days; "" is always.
        reading: how this file reads the text.
        sha256: of its file; ``is_adopted_here`` whether this ledger's charter names it.
        table: the name under which its file is asked for.

    """

    id: str
    title: str
    short: str
    sort: str
    status: str
    adopted_by: str
    jurisdiction: str
    since: str
    until: str
    sources: tuple[str, ...]
    is_confirmed: bool
    reading: str
    sha256: Hash32
    is_adopted_here: bool
    table: str


@dataclass(frozen=True, slots=True)
class DefinitionsAnswer:
    """All definitions by which goods are judged here, ascending by id."""

    definitions: tuple[DefinitionShown, ...]
    notice: str
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class DefinitionAnswer:
    """One definition with its rules."""

    definition: DefinitionShown
    rules: tuple[RuleShown, ...]
    notice: str
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class GroundShown:
    """A record that a reason rests on.

    Attributes:
        record_id: null where this reader may not be told it.
        occurred_at: declared; ``recorded_at_ms``: evidenced.
        is_suspect: the key that signed it was reported as compromised.

    """

    index: int
    record_id: RecordId | None
    kind: str
    operation: str
    role: str
    country: str
    occurred_at: int
    recorded_at_ms: int
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class TableUsedShown:
    """A version of a table that a reason rests on, and the keys of the rows that decided."""

    name: str
    sha256: Hash32
    is_adopted_here: bool
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """What one rule says of the goods.

    Attributes:
        origin: of which origin it was asked: a country, or country and site; "" for all of them.
        parcel: of a piece, the part that it was asked of; null for the whole, or where no parcel
            may be told.
        is_deciding: without it the verdict would be another.
        is_unconfirmed: the rule, or a row of a table that decided, is known from memory alone.
        would_decide: where it cannot tell: what evidence would settle it.

    """

    rule: str
    value: VerdictValue
    words: str
    source: str
    origin: str
    parcel: ParcelId | None
    is_deciding: bool
    is_unconfirmed: bool
    would_decide: str
    grounds: tuple[GroundShown, ...]
    tables: tuple[TableUsedShown, ...]


@dataclass(frozen=True, slots=True)
class VerdictShown:
    """What one definition says of the goods on a day.

    Attributes:
        because: the first of the reasons that decide, in words.
        reasons: the deciding ones first.

    """

    definition: DefinitionShown
    value: VerdictValue
    because: str
    is_unconfirmed: bool
    reasons: tuple[ReasonShown, ...]


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """A definition, or two, and what makes the verdicts differ.

    Attributes:
        definition, other: the same id where two days are compared.
        value, other_value: of the first and of the second.
        only, other_only: reasons of which one verdict hangs, and not the other.
        words: the same in sentences, with the tables that differ.

    """

    definition: str
    value: VerdictValue
    other: str
    other_value: VerdictValue
    is_different: bool
    only: tuple[ReasonShown, ...]
    other_only: tuple[ReasonShown, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonShown:
    """Two verdicts of the same goods, side by side: of two days, or by two definitions.

    Attributes:
        date: the day that the goods are judged for in the second place.
        verdicts: those of the second place; the first are the answer's own.

    """

    date: str
    verdicts: tuple[VerdictShown, ...]
    differences: tuple[DifferenceShown, ...]


@dataclass(frozen=True, slots=True)
class VerdictsAnswer:
    """The goods under every definition, or under one.

    Attributes:
        date: the day that they are judged for; ``judged_at`` its second.
        size: how many entries of the log were taken into account.
        country: where the goods are by the book.
        origins: countries where they can have been mined.
        is_whole: whether the whole ancestry was followed; if not, nothing passes.
        is_tightened: origins were narrowed by the whole ancestry, beyond the bounds of each step.
        findings: what is noticed with tables at hand, or by the day: judged anew whenever asked.
        notice: what a verdict is, and is not.

    """

    parcel_id: ParcelId
    date: str
    judged_at: int
    size: int
    form: str
    country: str
    origins: tuple[str, ...]
    is_whole: bool
    is_tightened: bool
    verdicts: tuple[VerdictShown, ...]
    comparison: ComparisonShown | None
    findings: tuple[FindingShown, ...]
    notice: str
    as_of: AsOf
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoneVerdict:
    """What one definition says of a stone, for its page; see :class:`DefinitionShown`.

    Attributes:
        because: what decides, in sentences; ``because_left_out`` more are in the whole answer.
        would_decide: where it cannot tell: what evidence would settle it.
        entries: the places in the log of the records that decide.
        tables: the versions of tables that decide.
        is_unconfirmed: the definition, a rule or a row that decides is known from memory alone.

    """

    definition: str
    title: str
    short: str
    status: str
    adopted_by: str
    sources: tuple[str, ...]
    reading: str
    sha256: Hash32
    is_adopted_here: bool
    value: VerdictValue
    because: tuple[str, ...]
    because_left_out: int
    would_decide: tuple[str, ...]
    entries: tuple[int, ...]
    entries_left_out: int
    tables: tuple[TableUsedShown, ...]
    is_unconfirmed: bool


@dataclass(frozen=True, slots=True)
class StoneVerdicts:
    """Every definition's verdict of a stone, for one day; adopted ones first.

    Attributes:
        fault: why there are none: a file that the charter names is not here; or "".

    """

    date: str
    rows: tuple[StoneVerdict, ...]
    fault: str
    notice: str
