"""What the reference tables say of a country, a zone and a date: yes, no or unknown, and by what.

``no`` means: no row of this version of the table says so. Nothing here knows more than its rows,
and a definition that builds on the absence of a row says so itself (``reading``).

Countries are alpha-2 codes, zones as sites spell them ("" where a site names none); a zone is the
same in capitals and without accents. Times are whole seconds since 1970-01-01 UTC.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ledger.errors import Unknown
from ledger.verdicts.spans import Held, all_of, any_of, negation
from ledger.verdicts.tables import UNNAMED_ZONE, Row, Table
from ledger.verdicts.verdict import TableUsed


@dataclass(frozen=True, slots=True)
class Found:
    """What a table answers.

    Attributes:
        value: yes, no or unknown.
        rows: those that decided, in the table's order. For ``no``: the rows about the same
            subject that do not hold then, if there are any.
        used: the table, its version and the keys of these rows.
        is_unconfirmed: one of these rows is from memory (where several hold and one is enough,
            the confirmed ones alone are taken).

    """

    value: Held
    rows: tuple[Row, ...]
    used: TableUsed
    is_unconfirmed: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """The versions of the tables that a verdict is made with.

    Attributes:
        tables: each name once.
        adopted: names of those whose very file the charter in force names.

    """

    tables: tuple[Table, ...]
    adopted: frozenset[str] = frozenset()

    def table(self, name: str) -> Table:
        """Return a table.

        Raises:
            Unknown: there is none of this name.

        """
        for table in self.tables:
            if table.name == name:
                return table
        raise Unknown("table", name)

    def used(self, name: str, rows: Iterable[Row]) -> TableUsed:
        """Name a table, its version, and rows of it."""
        table = self.table(name)
        return TableUsed(name, table.sha256, name in self.adopted, tuple(row.key for row in rows))

    def participant(self, country: str, when: int) -> Found:
        """Tell whether a country was a participant, itself or as a member of one (KPCS VI.8)."""
        return self._any_on("kp-participants", self._about("kp-participants", country), when)

    def measures(self, country: str, zone: str, when: int) -> tuple[tuple[Row, Held], ...]:
        """Return the measures of the KP for a country's goods, and whether each held then.

        A measure for one zone is ``unknown`` for goods whose zone is not told.
        """
        rows = self._about("kp-measures", country)
        return tuple((row, all_of((_concerns(row, zone), row.span.on(when)))) for row in rows)

    def may_export(self, country: str, zone: str, when: int) -> Found:
        """Tell whether no measure of the KP kept a country's goods from being exported.

        Goods of a country whose zones were released one by one are told apart by their zone; of
        one whose exports were supervised, or open to named operations alone, it is ``unknown``.
        """
        measures = self.measures(country, zone, when)
        barred, limited = _of(measures, "no-exports"), _of(measures, "compliant-zones-only")
        released = _of(measures, "compliant-zone")
        supervised = _of(measures, "supervised-exports", "compliant-operations-only")
        value = all_of(
            (
                negation(_any(barred)),
                any_of((negation(_any(limited)), _any(released))),
                "yes" if _any(supervised) == "no" else "unknown",
            )
        )
        if value == "no":
            rows = _held(barred) or _held(limited)
        elif value == "yes":
            rows = (*_held(limited), *_held(released)) if _held(limited) else ()
        else:
            open_ = (*barred, *limited, *released, *supervised)
            rows = tuple(row for row, held in open_ if held != "no")
        past = tuple(r for r in self._about("kp-measures", country) if _concerns(r, zone) != "no")
        return self._found("kp-measures", value, rows or past)

    def embargo(self, country: str, when: int, what: Collection[str] = ()) -> Found:
        """Tell whether the Security Council held an embargo on a country's rough.

        ``what`` narrows it to kinds of embargo (:data:`ledger.verdicts.tables.EMBARGOES`).
        """
        rows = self._about("un-embargoes", country)
        return self._any_on(
            "un-embargoes", [row for row in rows if not what or row["what"] in what], when
        )

    def determinations(
        self, country: str, zone: str, actors: Collection[str], since: int, until: int
    ) -> tuple[tuple[Row, Held], ...]:
        """Return the determinations about armed actors, and whether each meets some goods.

        The goods are of this country and zone, mined at a moment from ``since`` to ``until``. A
        determination about *some* of an area's goods is never more than ``unknown`` for others.
        """
        name = "armed-determinations"
        rows = [row for row in self._about(name, country) if row["actor"] in actors]
        return tuple((row, _meets(row, zone, since, until)) for row in rows)

    def determined(
        self, country: str, zone: str, actors: Collection[str], since: int, until: int
    ) -> Found:
        """Tell whether any of :meth:`determinations` meets some goods."""
        met = self.determinations(country, zone, actors, since, until)
        return self._found_any("armed-determinations", met)

    def warranty(self, text_id: str, form: str, when: int) -> Found:
        """Tell whether a warranty in this wording was one to give then, for goods of this form."""
        rows = [
            row
            for row in self.table("warranty-texts").rows
            if row["text_id"] == text_id and row["form"] == form
        ]
        return self._any_on("warranty-texts", rows, when)

    def place(self, country: str) -> Row | None:
        """Return the row of a country's one place, or None."""
        return next(iter(self._about("places", country)), None)

    def production(self, country: str, year: int) -> Row | None:
        """Return the row of what a country mined in a year, or None."""
        rows = self._about("production", country)
        return next((row for row in rows if row["year"] == str(year)), None)

    def _about(self, name: str, country: str) -> tuple[Row, ...]:
        return tuple(row for row in self.table(name).rows if row["country"] == country)

    def _any_on(self, name: str, rows: Iterable[Row], when: int) -> Found:
        return self._found_any(name, tuple((row, row.span.on(when)) for row in rows))

    def _found_any(self, name: str, judged: Sequence[tuple[Row, Held]]) -> Found:
        value = _any(judged)
        if value == "no":
            return self._found(name, value, (row for row, _ in judged))
        if value == "yes":
            return self._found(name, value, _held(judged))
        return self._found(name, value, (row for row, held in judged if held == "unknown"))

    def _found(self, name: str, value: Held, rows: Iterable[Row]) -> Found:
        decided = tuple(sorted(rows, key=lambda row: row.key))
        unconfirmed = any(not row.is_confirmed for row in decided)
        return Found(value, decided, self.used(name, decided), unconfirmed)


Judged = Sequence[tuple[Row, Held]]


def _of(measures: Judged, *what: str) -> tuple[tuple[Row, Held], ...]:
    return tuple((row, held) for row, held in measures if row["what"] in what)


def _any(judged: Judged) -> Held:
    return any_of(held for _, held in judged)


def _held(judged: Judged) -> tuple[Row, ...]:
    """Return the rows that hold: the confirmed ones where there are any, since one is enough."""
    held = tuple(row for row, value in judged if value == "yes")
    return tuple(row for row in held if row.is_confirmed) or held


def _meets(row: Row, zone: str, since: int, until: int) -> Held:
    met = all_of((_concerns(row, zone), row.span.throughout(since, until)))
    return "unknown" if met == "yes" and row["scope"] == "some" else met


def _concerns(row: Row, zone: str) -> Held:
    """Tell whether a row about a zone, or a whole country (""), is about goods of a zone."""
    named = _plain(row["zone"])
    if not named or named == _plain(zone):
        return "yes"
    return "unknown" if named == UNNAMED_ZONE or not zone.strip() else "no"


def _plain(zone: str) -> str:
    """Write a zone without accents, capitals and space around it."""
    letters = unicodedata.normalize("NFKD", zone.strip())
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()
