"""The weights of a story, replayed: each step takes what the one before left, and gives no more.

Only the parcels of the story are followed. What a Transformation makes beside them is in its own
sums, which must balance to the millicarat all the same.
"""

from __future__ import annotations

from ledger.records import Handoff, Receipt, Record, Registration, Transformation
from ledger.rules import outputs_of
from ledger.values import Hash32, ParcelId, carats, to_hex


class Books:
    """The book weight of each parcel of a story, in millicarats, as its steps leave it."""

    def __init__(self) -> None:
        self._weights: dict[ParcelId, int] = {}

    def weight(self, parcel: ParcelId) -> int | None:
        """Return the book weight of a parcel, or None before the record that makes it."""
        return self._weights.get(parcel)

    def take(self, record: Record, record_id: Hash32) -> str:
        """Take the next record; return what does not fit, or ""."""
        if isinstance(record, Registration):
            self._weights[outputs_of(record, record_id)[0]] = record.amounts.weight_millicarats
        elif isinstance(record, Handoff):
            return self._stated(record.what.parcel, record.amounts.weight_millicarats)
        elif isinstance(record, Receipt) and record.what.operation != "refuse":
            return self._received(record)
        elif isinstance(record, Transformation):
            return self._transformed(record, record_id)
        return ""

    def _stated(self, parcel: ParcelId, weight: int) -> str:
        book = self._weights.get(parcel)
        if book == weight:
            return ""
        known = "nothing" if book is None else f"{carats(book)} ct"
        return f"{carats(weight)} ct of {to_hex(parcel)}, where the step before left {known}"

    def _received(self, record: Receipt) -> str:
        book = self._weights.get(record.what.parcel)
        if book is None:
            return f"{to_hex(record.what.parcel)} is received before it is there"
        self._weights[record.what.parcel] = min(book, record.amounts.weight_millicarats)
        return ""

    def _transformed(self, record: Transformation, record_id: Hash32) -> str:
        amounts = record.amounts
        given = amounts.input_weight_millicarats
        made = sum(amounts.weights_millicarats)
        lost = sum(amounts.loss_weights_millicarats)
        outputs = outputs_of(record, record_id)
        self._weights.update(zip(outputs, amounts.weights_millicarats, strict=True))
        if given != made + lost:
            return f"{carats(given)} ct in, {carats(made)} ct out, {carats(lost)} ct lost"
        books = [self._weights.pop(parcel, None) for parcel in record.what.inputs]
        if None in books or sum(filter(None, books)) != given:
            return f"{carats(given)} ct in, which is not what the steps before left"
        return ""
