"""What an export holds: the columns of each table, and the rows as a desk answers them.

Rows come page by page, up to the size that the ledger had when the export began. A record is read
again here before it is written (:meth:`ledger.desk.Desk.record`), as far as it is shown to whoever
reads; what the book says of a parcel is what the ledger answers when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

from ledger.desk import Desk
from ledger.limits import LIMITS
from ledger.records import KINDS, Registration, Transformation
from ledger.sheets.writers import Column
from ledger.values import HASH_BYTES, NO_HASH, Hash32, from_hex

Plain = dict[str, Any]
Advance = Callable[[int, int], None]
Table = Literal["entries", "parcels", "records"]

COLUMNS: Final[dict[Table, tuple[Column, ...]]] = {
    "entries": (
        Column("index", "integer"),
        Column("recordId"),
        Column("kind"),
        Column("recordedAtMs", "integer"),
        Column("status"),
        Column("previous"),
        Column("recordRoot"),
        Column("entry"),
    ),
    "records": (
        Column("index", "integer"),
        Column("recordId"),
        Column("kind"),
        Column("operation"),
        Column("author"),
        Column("authorRole"),
        Column("authorCountry"),
        Column("occurredAt", "integer"),
        Column("recordedAtMs", "integer"),
        Column("status"),
        Column("signers", "nested"),
        Column("parcels", "nested"),
        Column("envelope", "nested"),
    ),
    "parcels": (
        Column("parcelId"),
        Column("state"),
        Column("form"),
        Column("hsCode"),
        Column("weightMillicarats", "integer"),
        Column("stones", "integer"),
        Column("label"),
        Column("country"),
        Column("custodian"),
        Column("recipient"),
        Column("frozenBy"),
        Column("isSeized", "truth"),
        Column("madeAtIndex", "integer"),
        Column("usedAtIndex", "integer"),
        Column("head"),
        Column("headAt", "integer"),
    ),
}
"""The columns of each table; names and units are those of the API."""

_MAKING: Final = (Registration.KIND.name, Transformation.KIND.name)


def rows_of(table: Table, desk: Desk, ledger_id: Hash32, advance: Advance) -> Iterator[Plain]:
    """Yield the rows of a table, in the order of the log.

    Args:
        table: which.
        desk: whom to ask.
        ledger_id: the ledger that its records were signed for.
        advance: is told how many entries of how many were read.

    Raises:
        Refused: ``reading-closed``: the ledger is not open to whoever asks.

    """
    size = desk.status()["size"]
    for entry in _entries(desk, size, advance):
        if table == "entries":
            yield entry
        elif table == "records":
            yield _record(desk, entry, ledger_id)
        else:
            yield from _parcels(desk, entry, ledger_id)


def _entries(desk: Desk, size: int, advance: Advance) -> Iterator[Plain]:
    start: int | None = 0
    while start is not None and start < size:
        page = desk.ask("/v1/entries", start=start, limit=min(LIMITS.page_rows_max, size - start))
        for entry in page["entries"]:
            yield entry
            advance(entry["index"] + 1, size)
        start = page["nextStart"]


def _record(desk: Desk, entry: Plain, ledger_id: Hash32) -> Plain:
    """Return a record as far as it is shown; what is withheld is null."""
    if entry["recordId"] is None:
        return {**dict.fromkeys(column.name for column in COLUMNS["records"]), **entry}
    answer = desk.record(_hash(entry["recordId"]), ledger_id)
    record: Plain = answer["envelope"]["record"]
    who, what, scene = (_sheet(record[name]) for name in ("who", "what", "scene"))
    kind = KINDS[entry["kind"]]
    return {
        "index": entry["index"],
        "recordId": entry["recordId"],
        "kind": entry["kind"],
        "operation": what.get(kind.selector) if kind.selector else "",
        "author": who.get("author"),
        "authorRole": what.get("authorRole"),
        "authorCountry": scene.get("authorCountry"),
        "occurredAt": scene.get("occurredAt"),
        "recordedAtMs": entry["recordedAtMs"],
        "status": answer["status"],
        "signers": answer["signers"],
        "parcels": answer["parcels"],
        "envelope": answer["envelope"],
    }


def _sheet(shown: Any) -> Plain:  # noqa: ANN401 - a sheet, or its hash
    return shown if isinstance(shown, dict) else {}


def _parcels(desk: Desk, entry: Plain, ledger_id: Hash32) -> Iterator[Plain]:
    """Yield the parcels that a record made, as far as they are shown."""
    if entry["kind"] not in _MAKING:
        return
    for text in desk.record(_hash(entry["recordId"]), ledger_id)["parcels"]:
        answer = desk.parcel(_hash(text))
        made = answer["made"]
        if made is not None and made["index"] == entry["index"]:
            yield {**answer, "madeAtIndex": made["index"], "usedAtIndex": answer["usedBy"]}


def _hash(text: str) -> Hash32:
    return Hash32(from_hex(text, HASH_BYTES) or NO_HASH)
