"""Reading the keys of a definition file: each is taken once, in its type, and none is left over."""

from __future__ import annotations

import re
from calendar import timegm
from dataclasses import dataclass
from datetime import date, datetime

from ledger.errors import BadDefinition
from ledger.values import COUNTRIES, EU, text_fault
from ledger.verdicts.tables import CONFIDENCES


@dataclass(slots=True)
class Keys:
    """A table of a definition file: each key is taken once, and what is left is an error."""

    name: str
    path: str
    left: dict[str, object]

    def bad(self, key: str, expected: str) -> BadDefinition:
        """Return the error that names a key."""
        return BadDefinition(self.name, f"{self.path}{key}", expected)

    def take(self, key: str, default: object = ...) -> object:
        """Take a value; without it, the default, or an error if there is none."""
        if key in self.left:
            return self.left.pop(key)
        if default is ...:
            raise self.bad(key, "this key")
        return default

    def close(self) -> None:
        """Refuse any key that nobody took."""
        for key in self.left:
            raise self.bad(key[:40], "no such key")

    def text(self, key: str, default: str | None = None, characters_max: int = 300) -> str:
        """Take a text on one line; an empty one only where it may be left out."""
        value = self.take(key, ... if default is None else default)
        return self._text(key, value, characters_max, may_be_empty=default is not None)

    def _text(self, key: str, value: object, most: int = 300, *, may_be_empty: bool = False) -> str:
        if not isinstance(value, str) or len(value) > most or not (value or may_be_empty):
            raise self.bad(key, f"a text of at most {most} characters")
        joined = " ".join(value.split())
        if fault := text_fault(joined):
            raise self.bad(key, f"text in NFC without {fault}")
        return joined

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts, at least one."""
        return tuple(self._text(key, value) for value in self._list(key, ...))

    def matching(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        """Take a text of a pattern."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self.bad(key, expected)
        return value

    def choice(self, key: str, among: tuple[str, ...], default: str | None = None) -> str:
        """Take one of a closed list."""
        value = self.text(key, default)
        if value not in among:
            raise self.bad(key, f"one of: {', '.join(among)}")
        return value

    def choices(self, key: str, among: tuple[str, ...], default: object = ...) -> tuple[str, ...]:
        """Take some of a closed list, each once."""
        values = self._list(key, default)
        if len(set(map(str, values))) != len(values) or any(value not in among for value in values):
            raise self.bad(key, f"some of: {', '.join(among)}; each once")
        return tuple(map(str, values))

    def area(self, key: str) -> str:
        """Take a country's code, or EU."""
        value = self.text(key)
        if value not in COUNTRIES and value != EU:
            raise self.bad(key, "a country's ISO 3166-1 alpha-2 code, or EU")
        return value

    def countries(self, key: str) -> tuple[str, ...]:
        """Take a list of countries' codes."""
        return self.choices(key, tuple(sorted(COUNTRIES)))

    def day(self, key: str, default: object = ...) -> int:
        """Take a date, as its first second, UTC."""
        value = self.take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value is default:
            return value
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.bad(key, "a date, such as 2024-03-01")
        return timegm(value.timetuple())

    def whole(self, key: str, default: int) -> int:
        """Take a whole number, not negative."""
        value = self.take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
            raise self.bad(key, "a whole number, not negative")
        return value

    def flag(self, key: str) -> bool:
        """Take true or false; false if left out."""
        value = self.take(key, default=False)
        if not isinstance(value, bool):
            raise self.bad(key, "true or false")
        return value

    def is_confirmed(self) -> bool:
        """Take ``confidence``: confirmed or unconfirmed."""
        return self.choice("confidence", CONFIDENCES) == CONFIDENCES[0]

    def inner(self, key: str) -> Keys:
        """Take a table."""
        return self._inner(key, f"{self.path}{key}.", self.take(key))

    def list_of(self, key: str, *, may_lack: bool = False) -> list[Keys]:
        """Take a list of tables."""
        values = self._list(key, () if may_lack else ...)
        return [
            self._inner(key, f"{self.path}{key}[{place}].", value)
            for place, value in enumerate(values)
        ]

    def _inner(self, key: str, path: str, value: object) -> Keys:
        if not isinstance(value, dict):
            raise self.bad(key, "a table")
        return Keys(self.name, path, value)

    def _list(self, key: str, default: object) -> list[object]:
        value = self.take(key, default)
        if isinstance(value, tuple) and value is default:
            return list(value)
        if not isinstance(value, list) or not 0 < len(value) <= 100:
            raise self.bad(key, "a list of 1 to 100")
        return value
