"""What makes the difference between two verdicts on the same goods, in words and as data.

Two verdicts may differ in what was asked (another definition, another day, another size of the log)
or in what answered (another version of a table). What decides is compared rule by rule where both
have the rule; between two definitions what decides in each stands side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ledger.errors import BadQuestion
from ledger.values import Hash32
from ledger.verdicts.asked import day
from ledger.verdicts.facts import Ground
from ledger.verdicts.verdict import Reason, TableUsed, Verdict

Asked = Literal["definition", "definition file", "as_of", "size", "tables"]


@dataclass(frozen=True, slots=True)
class Changed:
    """One rule, for one origin of one part, that says something else; None: it is not there."""

    rule: str
    origin: str
    parcel: Hash32 | None
    before: Reason | None
    after: Reason | None


@dataclass(frozen=True, slots=True)
class OtherTable:
    """A table of which the two verdicts read other versions, or were decided by other rows.

    Attributes:
        before, after: the SHA-256 of its file; None where it was not read.
        rows_before, rows_after: keys of rows that decided there alone.

    """

    name: str
    before: Hash32 | None
    after: Hash32 | None
    rows_before: tuple[str, ...]
    rows_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What makes the difference.

    Attributes:
        is_same: the values are the same.
        asked: in what the two were asked or answered differently.
        rules: what decides in one of them and does not say the same in the other.
        grounds_before, grounds_after: records that decide there alone.
        tables: as above.
        words: the same as sentences.

    """

    before: Verdict
    after: Verdict
    is_same: bool
    asked: tuple[Asked, ...]
    rules: tuple[Changed, ...]
    grounds_before: tuple[Ground, ...]
    grounds_after: tuple[Ground, ...]
    tables: tuple[OtherTable, ...]
    words: tuple[str, ...]


def compare(before: Verdict, after: Verdict) -> Difference:
    """Compare two verdicts on the same goods.

    Raises:
        BadQuestion: they are about different goods.

    """
    if before.parcel != after.parcel:
        raise BadQuestion("parcel", "two verdicts on the same goods")
    rules = tuple(_rules(before, after))
    tables = tuple(_tables(before, after))
    first, second = _grounds(before), _grounds(after)
    asked = tuple(_asked(before, after, tables))
    return Difference(
        before=before,
        after=after,
        is_same=before.value == after.value,
        asked=asked,
        rules=rules,
        grounds_before=tuple(ground for ground in first if ground not in second),
        grounds_after=tuple(ground for ground in second if ground not in first),
        tables=tables,
        words=tuple(_words(before, after, rules, tables)),
    )


def _asked(before: Verdict, after: Verdict, tables: tuple[OtherTable, ...]) -> Iterator[Asked]:
    if before.definition != after.definition:
        yield "definition"
    elif before.sha256 != after.sha256:
        yield "definition file"
    if before.as_of != after.as_of:
        yield "as_of"
    if before.size != after.size:
        yield "size"
    if any(table.before and table.after and table.before != table.after for table in tables):
        yield "tables"


_Key = tuple[str, str, Hash32 | None]


def _by_rule(reasons: Iterable[Reason]) -> dict[_Key, Reason]:
    """Return the reasons by what they are of; of several the weightiest, a fail first."""
    order = {"fail": 0, "cannot tell": 1, "pass": 2}
    found = dict[_Key, Reason]()
    for reason in reasons:
        key = (reason.rule, reason.origin, reason.parcel)
        if key not in found or order[reason.value] < order[found[key].value]:
            found[key] = reason
    return found


def _rules(before: Verdict, after: Verdict) -> Iterator[Changed]:
    first, second = _by_rule(before.reasons), _by_rule(after.reasons)
    decides = {*_by_rule(before.deciding), *_by_rule(after.deciding)}
    for key in dict.fromkeys((*first, *second)):
        one, other = first.get(key), second.get(key)
        is_same = one is not None and other is not None and _said(one) == _said(other)
        if key in decides and not is_same:
            yield Changed(*key, one, other)


def _said(reason: Reason) -> tuple[object, ...]:
    """Return what a reason says, whatever version of a table it was read in."""
    return (reason.value, reason.grounds, tuple(table.rows for table in reason.tables))


def _grounds(verdict: Verdict) -> tuple[Ground, ...]:
    return tuple(dict.fromkeys(ground for reason in verdict.deciding for ground in reason.grounds))


def _read(verdict: Verdict) -> dict[str, tuple[Hash32, set[str]]]:
    """Return every table that a verdict read: its version, and the rows that decided."""
    read = dict[str, tuple[Hash32, set[str]]]()
    for reason in verdict.reasons:
        for table in reason.tables:
            read.setdefault(table.name, (table.sha256, set()))
    for table in _deciding_tables(verdict):
        read.setdefault(table.name, (table.sha256, set()))[1].update(table.rows)
    return read


def _deciding_tables(verdict: Verdict) -> Iterator[TableUsed]:
    return (table for reason in verdict.deciding for table in reason.tables)


def _tables(before: Verdict, after: Verdict) -> Iterator[OtherTable]:
    first, second = _read(before), _read(after)
    for name in sorted(first.keys() | second.keys()):
        old, rows_old = first.get(name, (None, set[str]()))
        new, rows_new = second.get(name, (None, set[str]()))
        gone, come = tuple(sorted(rows_old - rows_new)), tuple(sorted(rows_new - rows_old))
        if old != new or gone or come:
            yield OtherTable(name, old, new, gone, come)


def _named(verdict: Verdict, other: Verdict) -> str:
    told = f"{verdict.definition} as of {day(verdict.as_of)}"
    return f"{told}, from the first {verdict.size} entries" if verdict.size != other.size else told


def _words(
    before: Verdict, after: Verdict, rules: tuple[Changed, ...], tables: tuple[OtherTable, ...]
) -> Iterator[str]:
    yield f"{_named(before, after)}: {before.value}. {_named(after, before)}: {after.value}."
    for changed in rules:
        one, other = changed.before, changed.after
        if one is not None and other is not None and one.value == other.value:
            yield f"{changed.rule} says {one.value} in both, for other reasons: {other.words}"
        elif one is not None and other is not None:
            yield f"{changed.rule}: {one.value} ({one.words}) became {other.value} ({other.words})"
        else:
            reason, of = (one, before) if one is not None else (other, after)
            if reason is not None:
                yield f"{changed.rule}, in {_named(of, of)} alone: {reason.value} ({reason.words})"
    for table in tables:
        if table.before and table.after and table.before != table.after:
            yield (
                f"The table {table.name} is another version: {table.before.hex()[:16]} and "
                f"{table.after.hex()[:16]}."
            )
        for rows, of in ((table.rows_before, before), (table.rows_after, after)):
            if rows:
                yield f"Of {table.name}, decided in {_named(of, of)} alone: {', '.join(rows)}."
