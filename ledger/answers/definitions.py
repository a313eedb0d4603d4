"""The definitions by which goods are judged here; for everyone, like the tables.

Two things are called adopted, and kept apart: whether some state or body adopted a text (its
status), and whether the governors of this ledger named the very file in its charter.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ledger.answers.reading import Reading
from ledger.answers.shapes import (
    DefinitionAnswer,
    DefinitionsAnswer,
    DefinitionShown,
    RuleShown,
)
from ledger.errors import BadQuestion, Unknown
from ledger.reference import DEFINITION, Collection
from ledger.values import Hash32
from ledger.verdicts.definitions import Definition
from ledger.verdicts.spans import AFTER_ALL, BEFORE_ALL

NOTICE: Final = (
    "A verdict says what follows from a text, as its file here reads it, from the tables that it "
    "names and from what is recorded. It is not legal advice, and the ledger takes no side between "
    "texts."
)
_DAY_SECONDS: Final = 86_400


def definitions(reading: Reading, collection: Collection) -> DefinitionsAnswer:
    """Answer with all of them, ascending by id."""
    shown = (definition_shown(one, collection.adopted) for one in in_order(collection))
    return DefinitionsAnswer(tuple(shown), NOTICE, reading.as_of)


def definition(reading: Reading, collection: Collection, name: str) -> DefinitionAnswer:
    """Answer with one, and its rules.

    Raises:
        Unknown: there is none of this id.

    """
    one = known(collection, name)
    rules = tuple(
        RuleShown(
            id=rule.id,
            title=rule.title,
            since=day_of(rule.since),
            until=day_of(rule.until),
            source=rule.source,
            is_confirmed=rule.is_confirmed and not rule.is_doubtful,
        )
        for rule in one.rules
    )
    return DefinitionAnswer(definition_shown(one, collection.adopted), rules, NOTICE, reading.as_of)


def in_order(collection: Collection) -> list[Definition]:
    """Return the definitions, ascending by id."""
    return [collection.definitions[name] for name in sorted(collection.definitions)]


def known(collection: Collection, name: str) -> Definition:
    """Return a definition by its id.

    Raises:
        Unknown: there is none.

    """
    found = collection.definitions.get(name)
    if found is None:
        raise Unknown("definition", name)
    return found


def definition_shown(one: Definition, adopted: frozenset[Hash32]) -> DefinitionShown:
    """Show a definition without its rules."""
    return DefinitionShown(
        id=one.id,
        title=one.title,
        short=one.short,
        sort=one.sort,
        status=one.status,
        adopted_by=one.adopted_by,
        jurisdiction=one.jurisdiction,
        since=day_of(one.since),
        until=day_of(one.until),
        sources=one.sources,
        is_confirmed=one.is_confirmed,
        reading=" ".join(one.reading.split()),
        sha256=one.sha256,
        is_adopted_here=one.sha256 in adopted,
        table=f"{DEFINITION}{one.id}",
    )


def day_of(seconds: int) -> str:
    """Write the day of a second as ``2024-03-01``; "" for always."""
    if seconds in (BEFORE_ALL, AFTER_ALL):
        return ""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def last_second(field: str, text: str) -> int:
    """Read a day, as its last second: what happened on that day counts.

    Raises:
        BadQuestion: it is no day of the calendar.

    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        day = None
    if day is None or day.date().isoformat() != text:
        raise BadQuestion(field, "a day such as 2025-03-01")
    return int(day.timestamp()) + _DAY_SECONDS - 1


def today(now_ms: int) -> int:
    """Return the last second of the day of a time."""
    seconds = now_ms // 1000
    return seconds - seconds % _DAY_SECONDS + _DAY_SECONDS - 1
