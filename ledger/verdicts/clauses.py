"""The clauses of a rule: what makes goods fail it, and what exempts them, each a closed sort.

A definition file can combine these clauses, and no other: whoever writes one writes no code. What
each means for goods is decided in :mod:`ledger.verdicts.conditions` and
:mod:`ledger.verdicts.exemptions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from ledger.verdicts.keys import Keys
from ledger.verdicts.spans import AFTER_ALL, BEFORE_ALL
from ledger.verdicts.tables import ACTORS, EMBARGOES, MEASURES

FORMS: Final = ("rough", "polished", "piece")
CERTIFICATE_FAULTS: Final = ("refused", "void", "expired", "reused")
SAID: Final = ("grading", "origin", "location", "document")
ROLES: Final = ("authority", "miner", "trader", "cutter", "jeweller", "lab", "auditor")


@dataclass(frozen=True, slots=True)
class MinedIn:
    """Mined in one of these countries, however it was worked since."""

    countries: tuple[str, ...]
    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class OriginatesIn:
    """Rough mined, or polished goods polished, in one of these countries."""

    countries: tuple[str, ...]
    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class PassedThrough:
    """Exported from one of these countries, or there on the way, since the rule holds."""

    countries: tuple[str, ...]
    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class UnderMeasure:
    """Exported, or to be exported as rough, from a country or zone under a measure in ``table``.

    Attributes:
        table: kp-measures or un-embargoes.
        fails: measures that forbid.
        unclear: measures that allow under conditions which the ledger cannot see.

    """

    table: str
    fails: tuple[str, ...]
    unclear: tuple[str, ...]
    unless_returned: bool

    @property
    def tables(self) -> tuple[str, ...]:
        """The table that it reads."""
        return (self.table,)


@dataclass(frozen=True, slots=True)
class Armed:
    """Mined where and while one of these actors was determined to be at work."""

    actors: tuple[str, ...]
    tables: ClassVar[tuple[str, ...]] = ("armed-determinations",)


@dataclass(frozen=True, slots=True)
class CrossedWithout:
    """Rough crossed a border without a certificate, or left home in a way that is not recorded."""

    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class NonParticipant:
    """Rough crossed a border from or to a country that did not take part on that date."""

    unless_returned: bool
    tables: ClassVar[tuple[str, ...]] = ("kp-participants",)


@dataclass(frozen=True, slots=True)
class CrossedUnder:
    """Rough crossed a border under a certificate that was at fault."""

    faults: tuple[str, ...]
    unless_returned: bool
    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class PlainMixed:
    """Rough came into the jurisdiction under a certificate that does not name every origin."""

    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class LacksSaying:
    """No such Statement is recorded; it may still exist outside the ledger: never a fail."""

    operations: tuple[str, ...]
    tables: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Warranty:
    """The latest warranty of these goods has a text that was out of date when it was given."""

    tables: ClassVar[tuple[str, ...]] = ("warranty-texts",)


Condition: TypeAlias = (
    MinedIn
    | OriginatesIn
    | PassedThrough
    | UnderMeasure
    | Armed
    | CrossedWithout
    | NonParticipant
    | CrossedUnder
    | PlainMixed
    | LacksSaying
    | Warranty
)


@dataclass(frozen=True, slots=True)
class Outside:
    """Outside a country before a date, and not there since.

    Attributes:
        country: which one.
        before: seconds.
        not_since: being in the country, or exported from it, later ends the exemption.
        witnesses: roles whose word is taken of a date before it was recorded.

    """

    id: str
    title: str
    country: str
    before: int
    not_since: bool
    witnesses: tuple[str, ...]
    since: int
    until: int
    unknown_from: int


@dataclass(frozen=True, slots=True)
class Exported:
    """Exported from a country before a date, which a certificate or clearance out of it shows."""

    id: str
    title: str
    country: str
    before: int
    witnesses: tuple[str, ...]
    since: int
    until: int
    unknown_from: int


@dataclass(frozen=True, slots=True)
class Said:
    """Said of these goods, by an author of one of these roles for the jurisdiction."""

    id: str
    title: str
    operations: tuple[str, ...]
    roles: tuple[str, ...]
    since: int
    until: int
    unknown_from: int


@dataclass(frozen=True, slots=True)
class Analysed:
    """An origin that is only possible is ruled out by an origin analysis of these very goods."""

    id: str
    title: str
    roles: tuple[str, ...]
    since: int
    until: int
    unknown_from: int


Exemption: TypeAlias = Outside | Exported | Said | Analysed


_Read: TypeAlias = Callable[[Keys], Condition]
_MEASURES_OF: Final = {"kp-measures": MEASURES, "un-embargoes": EMBARGOES}


def _under_measure(keys: Keys) -> Condition:
    table = keys.choice("table", tuple(_MEASURES_OF))
    return UnderMeasure(
        table,
        keys.choices("measures", _MEASURES_OF[table]),
        keys.choices("unclear", _MEASURES_OF[table], ()),
        keys.flag("unless_returned"),
    )


_CONDITIONS: Final[Mapping[str, _Read]] = {
    "mined-in": lambda keys: MinedIn(keys.countries("countries")),
    "originates-in": lambda keys: OriginatesIn(keys.countries("countries")),
    "passed-through": lambda keys: PassedThrough(keys.countries("countries")),
    "under-measure": _under_measure,
    "armed": lambda keys: Armed(keys.choices("actors", ACTORS)),
    "crossed-without-certificate": lambda _keys: CrossedWithout(),
    "crossed-with-non-participant": lambda keys: NonParticipant(keys.flag("unless_returned")),
    "crossed-under-certificate": lambda keys: CrossedUnder(
        keys.choices("faults", CERTIFICATE_FAULTS), keys.flag("unless_returned")
    ),
    "certificate-lacks-origins": lambda _keys: PlainMixed(),
    "lacks-statement": lambda keys: LacksSaying(keys.choices("operations", SAID)),
    "warranty-out-of-date": lambda _keys: Warranty(),
}
"""Every condition, by the word that a definition file has for it in ``when``."""

EXEMPTIONS: Final = ("outside", "exported", "said", "analysed")


def read_condition(keys: Keys) -> Condition:
    """Read a table of ``fails``."""
    read = _CONDITIONS[keys.choice("when", tuple(_CONDITIONS))](keys)
    keys.close()
    return read


def read_exemption(keys: Keys) -> Exemption:
    """Read a table of ``exempt``."""
    when = keys.choice("when", EXEMPTIONS)
    name, title = keys.text("id"), keys.text("title")
    times = (
        keys.day("from", BEFORE_ALL),
        keys.day("until", AFTER_ALL),
        keys.day("unknown_from", AFTER_ALL),
    )
    read: Exemption
    if when == "outside":
        read = Outside(
            name, title, *_before(keys), keys.flag("not_since"),
            _witnesses(keys), *times,
        )  # fmt: skip
    elif when == "exported":
        read = Exported(name, title, *_before(keys), _witnesses(keys), *times)
    elif when == "analysed":
        read = Analysed(name, title, keys.choices("roles", ROLES), *times)
    else:
        read = Said(
            name, title, keys.choices("operations", SAID), keys.choices("roles", ROLES), *times
        )
    keys.close()
    return read


def _before(keys: Keys) -> tuple[str, int]:
    return keys.area("country"), keys.day("before")


def _witnesses(keys: Keys) -> tuple[str, ...]:
    return keys.choices("witnesses", ROLES, ())
