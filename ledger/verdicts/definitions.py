"""What a definition file says, read strictly: a rule book as frozen data, or the key at fault.

A definition is one TOML file and needs no other: its rules stand in it in full, so that its
SHA-256 says all that a verdict was judged by (besides the tables that its conditions name). The
keys and what they mean are written in ``docs/definitions.md`` and ``docs/spec/verdicts.md``; an
unknown key is an error, since a misspelt exemption would otherwise quietly not exist.

A date begins at 00:00 UTC; ``until`` is the first day on which something no longer holds.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from typing import Final

from ledger.errors import BadDefinition
from ledger.limits import LIMITS
from ledger.values import HS_CODES, Hash32
from ledger.verdicts.clauses import (
    FORMS,
    Condition,
    Exemption,
    read_condition,
    read_exemption,
)
from ledger.verdicts.keys import Keys
from ledger.verdicts.spans import AFTER_ALL, BEFORE_ALL

SORTS: Final = ("conflict", "embargo", "import", "warranty")
STATUSES: Final = ("adopted", "proposed", "rejected")
PARTS: Final = ("judged", "ignored")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_RULE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,47}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which goods a rule is about.

    Attributes:
        forms: of rough, polished, piece.
        hs_codes: () is every code of those forms; a piece has none.
        at_least_millicarats: what a stone weighs at least; 0 is every stone.

    """

    forms: tuple[str, ...]
    hs_codes: tuple[str, ...]
    at_least_millicarats: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: in its time, goods in its scope fail if a condition holds and no exemption does.

    Attributes:
        id: unique among all definitions.
        since, until: when it holds, seconds; the second one is the first outside.
        is_confirmed: its source was seen.
        is_doubtful: whether it holds at all is not confirmed: what it would fail, it cannot tell.
        conditions: any of them is enough.
        exemptions: any of them is enough.

    """

    id: str
    title: str
    since: int
    until: int
    source: str
    is_confirmed: bool
    is_doubtful: bool
    scope: Scope
    conditions: tuple[Condition, ...]
    exemptions: tuple[Exemption, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition, as its file says it.

    Attributes:
        jurisdiction: of an import rule: alpha-2 or EU; else "".
        since, until: when it is in force, seconds; of a proposed or rejected one, all times.
        sources: where it stands.
        is_confirmed: its sources were seen.
        reading: how it is read here, printed with each verdict.
        judges_parts: a piece is judged by its parts as well; if not, as a whole alone.
        sha256: of its file.

    """

    id: str
    title: str
    short: str
    sort: str
    status: str
    adopted_by: str
    jurisdiction: str
    since: int
    until: int
    sources: tuple[str, ...]
    is_confirmed: bool
    reading: str
    judges_parts: bool
    rules: tuple[Rule, ...]
    sha256: Hash32

    @property
    def is_adopted(self) -> bool:
        """Whether somebody adopted it; others are judged as if they were in force."""
        return self.status == "adopted"

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that its conditions read, ascending."""
        return tuple(
            sorted({name for rule in self.rules for c in rule.conditions for name in c.tables})
        )


def read_definition(raw: bytes, name: str = "") -> Definition:
    """Read a definition file; ``name`` is its stem, which must be its id if it is given.

    Raises:
        BadDefinition: it is not one; names the key at fault.

    """
    keys = Keys(name or "definition", "", _parsed(raw, name or "definition"))
    status = keys.choice("status", STATUSES)
    sort = keys.choice("sort", SORTS)
    read = Definition(
        id=keys.matching("id", _ID, "a to z, 0 to 9 and -, at most 40"),
        title=keys.text("title"),
        short=keys.text("short"),
        sort=sort,
        status=status,
        adopted_by=keys.text("adopted_by", "") if status != "adopted" else keys.text("adopted_by"),
        jurisdiction=keys.area("jurisdiction") if sort == "import" else "",
        since=keys.day("from", BEFORE_ALL),
        until=keys.day("until", AFTER_ALL),
        sources=keys.texts("sources"),
        is_confirmed=keys.is_confirmed(),
        reading=keys.text("reading", characters_max=1_000),
        judges_parts=keys.choice("parts", PARTS, "judged") == "judged",
        rules=tuple(_rule(rule) for rule in keys.list_of("rule")),
        sha256=Hash32(hashlib.sha256(raw).digest()),
    )
    keys.close()
    _check_whole(keys, read, name)
    return read


def _parsed(raw: bytes, name: str) -> dict[str, object]:
    if len(raw) > LIMITS.definition_bytes_max:
        raise BadDefinition(name, "", f"at most {LIMITS.definition_bytes_max} bytes")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadDefinition(name, "", f"TOML in UTF-8 ({str(error)[:80]})") from None


def _rule(keys: Keys) -> Rule:
    scope = keys.inner("scope")
    rule = Rule(
        id=keys.matching("id", _RULE_ID, "letters, digits, dots and -, at most 48"),
        title=keys.text("title"),
        since=keys.day("from", BEFORE_ALL),
        until=keys.day("until", AFTER_ALL),
        source=keys.text("source"),
        is_confirmed=keys.is_confirmed(),
        is_doubtful=keys.flag("doubtful"),
        scope=Scope(
            forms=scope.choices("forms", FORMS),
            hs_codes=scope.choices("hs_codes", HS_CODES, ()),
            at_least_millicarats=scope.whole("at_least_millicarats", 0),
        ),
        conditions=tuple(read_condition(clause) for clause in keys.list_of("fails")),
        exemptions=tuple(
            read_exemption(clause) for clause in keys.list_of("exempt", may_lack=True)
        ),
    )
    scope.close()
    keys.close()
    if rule.since >= rule.until:
        raise keys.bad("until", "a date after the one it is from")
    return rule


def _check_whole(keys: Keys, read: Definition, name: str) -> None:
    if name and read.id != name:
        raise keys.bad("id", f"the name of its file, {name}")
    if read.since >= read.until:
        raise keys.bad("until", "a date after the one it is from")
    if len({rule.id for rule in read.rules}) != len(read.rules):
        raise keys.bad("rule", "rules with an id of their own each")
