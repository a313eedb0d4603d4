"""How a record is declared: sheets of typed fields, four sheets to a kind.

One declaration serves the strict parser, the EIP-712 type table, the JSON form, the wallet's typed
data and the documentation. A field says its type on the wire, what it means, and what it may hold;
Python names are snake_case, wire names the same words in camelCase.

Wire types are ``address``, ``bytes32``, ``string``, ``uint64`` and lists of these, nothing else
(EIP-712, "Definition of typed structured data"; the narrow choice is this ledger's own).
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, TypeVar, dataclass_transform

from ledger.limits import LIMITS
from ledger.values import COUNTRIES, EU, Address, Hash32

Fill = Literal["filled", "empty", "either"]

SHEETS: Final = ("who", "what", "amounts", "scene")
ROLES: Final = (
    "governor",
    "authority",
    "miner",
    "trader",
    "cutter",
    "lab",
    "jeweller",
    "auditor",
)
CUSTODY_ROLES: Final = ("miner", "trader", "cutter", "lab", "jeweller")
COUNTRY_LIST: Final = tuple(sorted(COUNTRIES))


@dataclass(frozen=True, slots=True)
class Filling:
    """Whether a field must be filled, may be empty, or must be, by the record's operation."""

    otherwise: Fill = "filled"
    by_operation: Mapping[str, Fill] = dataclasses.field(default_factory=dict)

    def of(self, operation: str) -> Fill:
        """Return what holds for ``operation``."""
        return self.by_operation.get(operation, self.otherwise)


FILLED: Final = Filling()
EITHER: Final = Filling("either")


def filled_for(*operations: str) -> Filling:
    """Filled for these operations, empty for every other."""
    return Filling("empty", dict.fromkeys(operations, "filled"))


def filled_but_for(*operations: str) -> Filling:
    """Empty for these operations, filled for every other."""
    return Filling("filled", dict.fromkeys(operations, "empty"))


def optional_for(*operations: str, otherwise: Fill) -> Filling:
    """May be empty for these operations; ``otherwise`` for every other."""
    return Filling(otherwise, dict.fromkeys(operations, "either"))


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list may hold: sizes are numbers of elements."""

    least: int = 0
    most: int = LIMITS.list_elements_max
    ascending: bool = False
    parallel_to: str = ""
    empty_elements: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """What one field is and may hold.

    Attributes:
        wire_type: the type of the field, or of its elements when it is a list.
        meaning: one line for the reader of the documentation.
        filling: when it must be filled.
        one_of: the closed list of its texts, or None.
        pattern: what its text must match in full, or None.
        bytes_max: most bytes of UTF-8 of its text.
        integer_max: largest integer.
        items: what its list may hold, or None when it is no list.
        is_salt: whether it is a sheet's salt.

    """

    wire_type: str
    meaning: str
    filling: Filling = FILLED
    one_of: tuple[str, ...] | None = None
    pattern: re.Pattern[str] | None = None
    bytes_max: int = LIMITS.text_bytes_max
    integer_max: int = LIMITS.integer_max
    items: ListSpec | None = None
    is_salt: bool = False

    @property
    def full_type(self) -> str:
        """The EIP-712 type, with [] for a list."""
        return self.wire_type + ("[]" if self.items else "")


def _declared(spec: Spec) -> Any:  # noqa: ANN401 - a field specifier, typed by its annotation
    return dataclasses.field(metadata={"spec": spec})


def address(meaning: str, filling: Filling = FILLED, items: ListSpec | None = None) -> Any:  # noqa: ANN401
    """Declare a 20-byte address, or a list of them."""
    return _declared(Spec("address", meaning, filling, items=items))


def hash32(meaning: str, filling: Filling = FILLED, items: ListSpec | None = None) -> Any:  # noqa: ANN401
    """Declare 32 bytes, or a list of them."""
    return _declared(Spec("bytes32", meaning, filling, items=items))


def uint(
    meaning: str,
    filling: Filling = FILLED,
    items: ListSpec | None = None,
    integer_max: int = LIMITS.integer_max,
) -> Any:  # noqa: ANN401
    """Declare an unsigned integer, or a list of them."""
    return _declared(Spec("uint64", meaning, filling, items=items, integer_max=integer_max))


def text(
    meaning: str,
    filling: Filling = FILLED,
    items: ListSpec | None = None,
    pattern: str | None = None,
    bytes_max: int = LIMITS.text_bytes_max,
) -> Any:  # noqa: ANN401
    """Declare text, or a list of texts."""
    compiled = re.compile(pattern, re.ASCII) if pattern else None
    return _declared(
        Spec("string", meaning, filling, pattern=compiled, bytes_max=bytes_max, items=items)
    )


def choice(
    meaning: str,
    one_of: tuple[str, ...],
    filling: Filling = FILLED,
    items: ListSpec | None = None,
) -> Any:  # noqa: ANN401
    """Declare a text from a closed list, or a list of such texts."""
    return _declared(Spec("string", meaning, filling, one_of=one_of, items=items))


def country(
    meaning: str, filling: Filling = FILLED, items: ListSpec | None = None, *, eu: bool = False
) -> Any:  # noqa: ANN401
    """Declare an ISO 3166-1 alpha-2 code; ``eu`` admits the European Union besides."""
    one_of = (*COUNTRY_LIST, EU) if eu else COUNTRY_LIST
    return choice(meaning, one_of, filling, items)


def salt() -> Any:  # noqa: ANN401
    """Declare the random salt that ends each sheet."""
    return _declared(Spec("bytes32", "random; not zero; the four of a record differ", is_salt=True))


def author() -> Any:  # noqa: ANN401
    """Declare the author, first of *who* in every kind."""
    return address("the party spoken for, never a key or an agent")


def author_role() -> Any:  # noqa: ANN401
    """Declare the role in which the author speaks."""
    return choice("the role in which the author speaks", ROLES)


def occurred_at() -> Any:  # noqa: ANN401
    """Declare when it happened, as the author says."""
    return uint("when it happened, as the author says; seconds")


def author_country() -> Any:  # noqa: ANN401
    """Declare the country that, with the role, is one of the author's admissions."""
    return country(
        "with the role, one of the author's admissions in force; empty for a governor alone",
        EITHER,
        eu=True,
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field: its Python name, its name on the wire, and its specification."""

    name: str
    wire: str
    spec: Spec


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Sheet:
    """The base of every sheet: one nested EIP-712 struct of a record."""

    __slots__ = ()
    FIELDS: ClassVar[tuple[Field, ...]]
    salt: Hash32


SheetClass = TypeVar("SheetClass", bound=type[Sheet])


@dataclass_transform(
    frozen_default=True,
    field_specifiers=(
        address, hash32, uint, text, choice, country,
        salt, author, author_role, occurred_at, author_country,
    ),
)  # fmt: skip
def sheet(cls: SheetClass) -> SheetClass:
    """Make a class a frozen sheet and collect its declared fields."""
    made: Any = dataclass(frozen=True, slots=True)(cls)
    made.FIELDS = tuple(
        Field(field.name, _camel(field.name), field.metadata["spec"])
        for field in dataclasses.fields(made)
    )
    return made  # type: ignore[no-any-return]  # a decorator returns the class it was given


@dataclass(frozen=True)
class Kind:
    """One kind of record, as declared.

    Attributes:
        name: its name, and that of its EIP-712 struct.
        record: its class.
        details: names of its private fields by position, at most 16.
        roles: the roles that may author it, by operation ("" where it has none).
        correctable: fields that a Correction may name (``*`` for any element of a list).

    """

    name: str
    record: type[Record]
    sheets: Mapping[str, type[Sheet]]
    details: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    correctable: tuple[str, ...]

    @cached_property
    def selector(self) -> str:
        """The field of *what* that the operation stands in: operation, role, or "" for none."""
        names = [field.name for field in self.sheets["what"].FIELDS]
        return next((name for name in ("operation", "role") if name in names), "")

    @cached_property
    def type_table(self) -> dict[str, list[dict[str, str]]]:
        """The EIP-712 types of this kind: the record and its four sheets, as wallets take them."""
        table = {
            self.name: [
                *({"name": place, "type": self.name + place.capitalize()} for place in SHEETS),
                {"name": "details", "type": "bytes32"},
            ]
        }
        for place in SHEETS:
            table[self.name + place.capitalize()] = [
                {"name": field.wire, "type": field.spec.full_type}
                for field in self.sheets[place].FIELDS
            ]
        return table

    def encode_type(self, struct: str) -> str:
        """Return the EIP-712 encodeType string of the record or of one of its sheets."""
        referenced = sorted(set(self.type_table) - {struct}) if struct == self.name else []
        return "".join(
            name + "(" + ",".join(f"{f['type']} {f['name']}" for f in self.type_table[name]) + ")"
            for name in (struct, *referenced)
        )


class Record:
    """The base of every kind: four sheets and the root of the private fields."""

    __slots__ = ()
    KIND: ClassVar[Kind]
    who: Any
    what: Any
    amounts: Any
    scene: Any
    details: Hash32

    @property
    def author(self) -> Address:
        """The party spoken for."""
        return self.who.author  # type: ignore[no-any-return]  # every *who* begins with it

    @property
    def operation(self) -> str:
        """The record's operation; for Admission and Revocation the role; "" where it has none."""
        selector = self.KIND.selector
        return getattr(self.what, selector) if selector else ""

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (rule, field, expected, came) where fields contradict each other."""
        yield from ()


RecordClass = TypeVar("RecordClass", bound=type[Record])
KINDS: Final[dict[str, Kind]] = {}
"""Every declared kind by name, in the order of declaration."""


@dataclass_transform(frozen_default=True)
def kind(
    details: tuple[str, ...] = (),
    roles: Mapping[str, tuple[str, ...]] | tuple[str, ...] = (),
    correctable: tuple[str, ...] = (),
) -> Callable[[RecordClass], RecordClass]:
    """Declare a kind: make its class a frozen record and enter it in :data:`KINDS`."""

    def declare(cls: RecordClass) -> RecordClass:
        made: Any = dataclass(frozen=True, slots=True)(cls)
        hints = {f.name: f.type for f in dataclasses.fields(made)}
        namespace = vars(sys.modules[cls.__module__])
        sheets = {place: namespace[str(hints[place])] for place in SHEETS}
        by_operation = roles if isinstance(roles, Mapping) else {"": roles}
        made.KIND = Kind(made.__name__, made, sheets, details, by_operation, correctable)
        KINDS[made.__name__] = made.KIND
        return made  # type: ignore[no-any-return]  # a decorator returns the class it was given

    return declare
