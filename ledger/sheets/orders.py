"""Rows read into orders: what each says, as far as the file alone can tell.

Pure: nothing is asked of a ledger here. Rows that repeat another, and labels that stand twice, are
bad, since nobody can tell whether one bag or two are meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ledger.drafts import Loss, Output
from ledger.sheets import fields
from ledger.sheets.columns import BY_NAME, HANDOFF, REGISTER, SAYS, SPLIT
from ledger.sheets.faults import Fault, Unfit, shown
from ledger.sheets.mapping import Mapping, check_mapping
from ledger.sheets.tables import Row, Table
from ledger.sheets.workbooks import Number


@dataclass(frozen=True, slots=True)
class Registering:
    """A parcel of rough to register; the site as typed, times in seconds."""

    site: str
    weight_millicarats: int
    stones: int
    label: str
    hs_code: str
    mined: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Splitting:
    """A parcel, as typed, to split; outputs without a code have the parcel's own."""

    parcel: str
    outputs: tuple[Output, ...]
    losses: dict[str, Loss | None]
    hs_code: str


@dataclass(frozen=True, slots=True)
class Handing:
    """A parcel to hand over, to a recipient, both as typed; 0 = the weight is not said."""

    parcel: str
    recipient: str
    country: str
    purpose: str
    seal: str
    weight_millicarats: int


@dataclass(frozen=True, slots=True)
class Order:
    """What one row says.

    Attributes:
        line: the row.
        at: when it happened, in seconds; None = when it is signed.
        until: the last second that is meant as well: of a date, the end of its day.
        says: what it says.
        texts: each field as typed, to be shown with what the ledger finds wrong.

    """

    line: int
    at: int | None
    until: int | None
    says: Registering | Splitting | Handing
    texts: dict[str, str]

    @property
    def what(self) -> str:
        """Which sort of row it is."""
        sorts: dict[type[object], str] = {
            Registering: REGISTER,
            Splitting: SPLIT,
            Handing: HANDOFF,
        }
        return sorts[type(self.says)]


@dataclass(frozen=True, slots=True)
class Read:
    """What a table says: its good rows as orders, and every fault of the others."""

    orders: tuple[Order, ...]
    faults: tuple[Fault, ...]


def read_orders(table: Table, mapping: Mapping) -> Read:
    """Read every row of a table.

    Raises:
        BadQuestion: the mapping does not fit the table.

    """
    check_mapping(mapping, table.headings)
    places = {name: table.headings.index(at) for name, at in mapping.columns.items()}
    orders: list[Order] = []
    faults: list[Fault] = []
    seen = _Seen()
    for row in table.rows:
        reading = _Reading(row, table.headings, mapping, places)
        order = reading.order()
        found = reading.faults or seen.again(row, order, mapping)
        faults += found
        if order is not None and not found:
            orders.append(order)
    return Read(tuple(orders), tuple(faults))


@dataclass(slots=True)
class _Seen:
    """The rows and the labels of parcels so far, by the line where they stand first."""

    rows: dict[tuple[str, ...], int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)

    def again(self, row: Row, order: Order | None, mapping: Mapping) -> list[Fault]:
        """Return why a good row must not be taken a second time."""
        first = self.rows.setdefault(row.cells, row.line)
        if first != row.line:
            reason = f"the same row as line {first}; tell bags apart by their labels"
            return [Fault(row.line, "", reason, shown(", ".join(row.cells)))]
        own: set[str] = set()
        for column, label in _labels(order):
            if label in own:
                reason = "the same label twice in one row"
            elif label in self.labels:
                reason = f"the same label as in line {self.labels[label]}"
            else:
                own.add(label)
                continue
            return [Fault(row.line, mapping.heading(column), reason, shown(label))]
        self.labels |= dict.fromkeys(own, row.line)
        return []


def _labels(order: Order | None) -> list[tuple[str, str]]:
    if order is None or isinstance(order.says, Handing):
        return []
    if isinstance(order.says, Registering):
        return [("label", order.says.label)] if order.says.label else []
    return [("outputs", output.label) for output in order.says.outputs if output.label]


class _Reading:
    """One row that is being read; every fault of it is noted."""

    def __init__(
        self, row: Row, headings: tuple[str, ...], mapping: Mapping, places: dict[str, int]
    ) -> None:
        self._row = row
        self._mapping = mapping
        self.faults: list[Fault] = []
        cells = row.cells
        self._texts = {
            name: cells[place] if place < len(cells) else "" for name, place in places.items()
        }
        for name, text in mapping.always.items():
            self._texts[name] = self._texts.get(name) or text
        said = self._texts.get("what", "").lower()
        self._says = SAYS.get(said, "") if said else mapping.says
        if len(cells) > len(headings):
            extra = ", ".join(filter(None, cells[len(headings) :]))
            self._note("", "more cells than there are headings", extra)

    def order(self) -> Order | None:
        """Return what the row says; None where a fault leaves that open."""
        what = self._says
        if not what:
            text = self._texts.get("what", "")
            self._note("what", "not register, split or handoff" if text else "empty", text)
            return None
        self._check_foreign(what)
        at, until = self._read("date", fields.day_or_time, (None, None))
        read: dict[str, Callable[[], Registering | Splitting | Handing]] = {
            REGISTER: self._registering,
            SPLIT: self._splitting,
            HANDOFF: self._handing,
        }
        says = read[what]()
        if self.faults:
            return None
        texts = {name: text for name, text in self._texts.items() if text}
        return Order(self._row.line, at, until, says, texts)

    def _check_foreign(self, what: str) -> None:
        """Name cells that such a row has no use for: they would be dropped in silence."""
        for name, text in self._texts.items():
            is_own = name in self._mapping.columns and text
            if is_own and what not in BY_NAME[name].of:
                self._note(name, f"a {what} has no {name}", text)

    def _registering(self) -> Registering:
        return Registering(
            self._read("site", str, ""),
            self._read("weight", self._weight, 0),
            self._read("stones", fields.count, 0),
            self._read("label", fields.words, ""),
            self._read("hs", fields.rough_code, ""),
            self._mined(),
        )

    def _mined(self) -> tuple[int | None, int | None]:
        whole: tuple[int, int] | None = self._read("period", fields.period, None)
        since = self._read("mined_from", fields.time, None)
        until = self._read("mined_until", fields.last_second, None)
        if whole is not None:
            if since is not None or until is not None:
                self._note("period", "the period stands in other columns as well")
            return whole
        if since is not None and until is not None and since > until:
            self._note("mined_until", "it ends before it begins")
        return since, until

    def _splitting(self) -> Splitting:
        decimal = self._mapping.decimal
        return Splitting(
            self._read("parcel", fields.words_or_id, ""),
            self._read("outputs", lambda text: fields.outputs(text, decimal), ()),
            self._read("losses", lambda text: fields.losses(text, decimal), {}),
            self._read("hs", fields.hs_code, ""),
        )

    def _handing(self) -> Handing:
        return Handing(
            self._read("parcel", fields.words_or_id, ""),
            self._read("recipient", fields.name, ""),
            self._read("country", fields.country, ""),
            self._read(
                "purpose", lambda text: fields.choice(text, "sale", "consignment", "return"), "sale"
            ),
            self._read("seal", fields.words, ""),
            self._read("weight", self._weight, 0),
        )

    def _weight(self, text: str) -> int:
        return fields.weight(text, "." if isinstance(text, Number) else self._mapping.decimal)

    def _read(self, name: str, read: Callable[[str], Any], empty: Any) -> Any:  # noqa: ANN401
        """Read one field by its reader; note a fault, and what is needed and not there."""
        text = self._texts.get(name, "")
        if not text:
            if self._says in BY_NAME[name].needed_by:
                self._note(name, "empty")
            return empty
        try:
            fields.check_cell(text)
            return read(text)
        except Unfit as unfit:
            self._note(name, unfit.reason)
            return empty

    def _note(self, name: str, reason: str, came: str | None = None) -> None:
        text = self._texts.get(name, "") if came is None else came
        heading = self._mapping.heading(name) if name else ""
        self.faults.append(Fault(self._row.line, heading, reason, shown(text)))
