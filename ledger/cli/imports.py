"""An import under way: rows drafted, signed in batches, sent, and what became of each.

The order of events is that of the journal (:mod:`ledger.sheets.journal`): a batch is signed, made
durable, sent, and noted as told. A crash between any two of these leaves a journal from which the
same command goes on, with the very same records.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MapOf
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.book import Answer, Line, Status
from ledger.canonical import read_envelope, seal
from ledger.desk import Desk
from ledger.errors import Refusal
from ledger.keys import RecordStatement, Signer
from ledger.limits import LIMITS
from ledger.rules import outputs_of
from ledger.sheets import Clerk, Drafted, Fault, Mapping, Order
from ledger.sheets.cells import Cell, write_rows
from ledger.sheets.faults import Unfit, shown
from ledger.sheets.journal import Journal, Kept
from ledger.values import Address, Hash32, to_hex

RECORDED: Final = "recorded"
REFUSED: Final = "refused"
BAD: Final = "bad"
WAITING: Final = "waiting"

Told = dict[str, Any]
Advance = Callable[[int, int], None]

RESULT_COLUMNS: Final = (
    *("line", "what", "status", "index", "recordId", "parcels"),
    *("column", "reason", "came"),
)


@dataclass
class Checked:
    """The rows of a table, looked at before any is signed.

    Attributes:
        orders: those that the file alone shows no fault of.
        drafts: those that were never signed and are ready, in the order of the file.
        faults: every fault of the others.
        signed: how many were signed by an earlier run.
        called: the recipients that rows call by a party's own name.

    """

    orders: Sequence[Order]
    drafts: list[Drafted] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    signed: int = 0
    called: MapOf[str, Address] = field(default_factory=dict)

    @property
    def bad_lines(self) -> set[int]:
        """The lines that are not taken."""
        return {fault.line for fault in self.faults}


def check_rows(
    orders: Sequence[Order],
    faults: Iterable[Fault],
    clerk: Clerk,
    mapping: Mapping,
    journal: Journal | None,
    advance: Advance,
) -> Checked:
    """Draft every row that no journal holds; note every fault."""
    checked = Checked(orders, faults=list(faults))
    for number, order in enumerate(orders, start=1):
        kept = journal.kept.get(order.line) if journal else None
        if kept is not None:
            checked.signed += 1
            if journal and not _is_in(journal, kept):
                clerk.take(read_envelope(kept.raw).record, kept.record_id)
        else:
            try:
                checked.drafts.append(clerk.draft(order))
            except Unfit as unfit:
                came = shown(order.texts.get(unfit.field, ""))
                heading = mapping.heading(unfit.field) if unfit.field else ""
                checked.faults.append(Fault(order.line, heading, unfit.reason, came))
        if number % 100 == 0 or number == len(orders):
            advance(number, len(orders))
    checked.faults.sort()
    checked.called = clerk.called
    return checked


def _is_in(journal: Journal, kept: Kept) -> bool:
    return bool(journal.told.get(kept.line, {}).get("state") == RECORDED)


class Sender:
    """Signs and sends what a journal says is still to come.

    Args:
        desk: whom to hand in to.
        journal: keeps what is signed.
        ledger_id: the ledger that the records are for.
        signer: what signs each of them.
        wait: what must be reached before a batch counts as told.

    """

    def __init__(
        self, desk: Desk, journal: Journal, ledger_id: Hash32, signer: Signer, wait: Status
    ) -> None:
        self._desk = desk
        self._journal = journal
        self._ledger_id = ledger_id
        self._signer = signer
        self._wait = wait

    def send(self, drafts: list[Drafted], advance: Advance) -> None:
        """Send what was signed and not told yet, then sign and send the drafts, batch by batch.

        Raises:
            Unavailable: the ledger is away; what was signed is kept.
            AnotherAnswer: likewise.
            OSError: the journal cannot be written; what it does not hold was not sent.

        """
        left = [one for one in self._journal.kept.values() if not _is_in(self._journal, one)]
        total, done = len(left) + len(drafts), 0
        for batch in _batches(left):
            self._hand_in(batch)
            done += len(batch)
            advance(done, total)
        for at in range(0, len(drafts), LIMITS.import_batch_records):
            signed = [self._sign(one) for one in drafts[at : at + LIMITS.import_batch_records]]
            self._journal.keep(signed)
            for batch in _batches(signed):
                self._hand_in(batch)
                done += len(batch)
                advance(done, total)

    def _sign(self, drafted: Drafted) -> Kept:
        statement = RecordStatement(drafted.record, self._ledger_id)
        envelope = seal(drafted.record, (self._signer.sign(statement),))
        return Kept(drafted.line, drafted.record_id, envelope.raw)

    def _hand_in(self, batch: Sequence[Kept]) -> None:
        ids = [one.record_id for one in batch]
        lines = self._desk.hand_in_all([one.raw for one in batch], ids, wait=self._wait)
        self._journal.tell({one.line: _told(line) for one, line in zip(batch, lines, strict=True)})


def _batches(rows: Sequence[Kept]) -> Iterator[list[Kept]]:
    """Cut rows into batches that a ledger takes at once."""
    batch: list[Kept] = []
    size = 0
    for row in rows:
        is_full = len(batch) == LIMITS.import_batch_records
        if batch and (is_full or size + len(row.raw) > LIMITS.group_bytes_max):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row.raw)
    if batch:
        yield batch


def _told(line: Line) -> Told:
    if isinstance(line, Answer):
        return {"state": RECORDED, "index": line.index, "again": line.again}
    assert isinstance(line, Refusal)  # noqa: S101 - rows are not sent as all or none
    names = ("rule", "field", "expected", "came")
    return {"state": REFUSED, **{name: getattr(line, name) for name in names}}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row.

    Attributes:
        line: the row.
        what: which sort it is; "" where that is what is wrong.
        state: recorded, refused by the ledger, bad, or waiting to be sent.
        record_id: of what was signed, or None.
        parcels: the ids of what it made.
        told: what the ledger answered.
        faults: what is wrong with it.

    """

    line: int
    what: str
    state: str
    record_id: Hash32 | None = None
    parcels: tuple[Hash32, ...] = ()
    told: Told = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        shown_faults = [
            {"column": one.column, "reason": one.reason, "came": one.came} for one in self.faults
        ]
        refused = {name: self.told.get(name) for name in ("rule", "field", "expected", "came")}
        return {
            "line": self.line,
            "what": self.what,
            "state": self.state,
            "index": self.told.get("index"),
            "recordId": self.record_id and to_hex(self.record_id),
            "parcels": [to_hex(one) for one in self.parcels],
            "faults": shown_faults,
            "refused": refused if self.state == REFUSED else None,
        }


def results_of(checked: Checked, journal: Journal | None) -> list[Result]:
    """Return what became of every row, in the order of the file."""
    found: list[Result] = []
    by_line: dict[int, list[Fault]] = {}
    for fault in checked.faults:
        by_line.setdefault(fault.line, []).append(fault)
    sorts = {order.line: order.what for order in checked.orders}
    for line, faults in by_line.items():
        found.append(Result(line, sorts.get(line, ""), BAD, faults=tuple(faults)))
    for order in checked.orders:
        kept = journal.kept.get(order.line) if journal else None
        if kept is not None and journal is not None:
            found.append(_result(order, kept, journal.told.get(order.line, {})))
        elif order.line not in by_line:
            found.append(Result(order.line, order.what, WAITING))
    return sorted(found, key=lambda one: one.line)


def _result(order: Order, kept: Kept, told: Told) -> Result:
    state = told.get("state", WAITING)
    parcels: tuple[Hash32, ...] = ()
    if state == RECORDED:
        parcels = outputs_of(read_envelope(kept.raw).record, kept.record_id)
    return Result(order.line, order.what, state, kept.record_id, parcels, told)


def write_results(results: Iterable[Result]) -> str:
    """Write the results as CSV, one line for each fault of a bad row."""
    written = io.StringIO()
    write_rows(written, [RESULT_COLUMNS, *(row for one in results for row in _rows(one))])
    return written.getvalue()


def _rows(result: Result) -> Iterator[list[Cell]]:
    parcels = " ".join(map(to_hex, result.parcels))
    record_id = to_hex(result.record_id) if result.record_id else None
    index = result.told.get("index")
    head: list[Cell] = [result.line, result.what, result.state, index, record_id, parcels]
    if result.state == REFUSED:
        told = result.told
        yield [*head, told["field"], f"{told['rule']}: expected {told['expected']}", told["came"]]
        return
    for fault in result.faults:
        yield [*head, fault.column, fault.reason, fault.came]
    if not result.faults:
        yield [*head, None, None, None]
