"""The goods of a story, replayed: each step takes what the one before left, and gives no more.

Only the parcels of the story are followed. What a Transformation makes beside them is in its own
sums, which must balance to the millicarat all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from ledger.records import Handoff, Receipt, Record, Registration, Transformation
from ledger.rules import outputs_of
from ledger.values import Address, Hash32, ParcelId, carats, form_of, to_hex


@dataclass(frozen=True, slots=True)
class Goods:
    """What the steps so far say of a parcel: its book weight, and who holds it.

    Attributes:
        weight_millicarats: its book weight.
        stones: 0 = not counted.
        hs_code: its code.
        label: as its maker gave it.
        custodian: who made it, or took it over last.

    """

    weight_millicarats: int
    stones: int
    hs_code: str
    label: str
    custodian: Address

    def shown(self) -> dict[str, Any]:
        """Return it as a desk's answer about the parcel writes it."""
        return {
            "weightMillicarats": self.weight_millicarats,
            "stones": self.stones,
            "hsCode": self.hs_code,
            "form": form_of(self.hs_code),
            "label": self.label,
            "custodian": to_hex(self.custodian),
        }


class Books:
    """The goods of a story, parcel by parcel, as its steps leave them."""

    def __init__(self) -> None:
        self._goods: dict[ParcelId, Goods] = {}
        self._used_up: set[ParcelId] = set()

    def goods(self, parcel: ParcelId) -> Goods | None:
        """Return what is known of a parcel, used up or not; None before it is made."""
        return self._goods.get(parcel)

    def take(self, record: Record, record_id: Hash32, of: Collection[ParcelId] = ()) -> str:
        """Take the next record; return what does not fit, or "".

        Args:
            record: what it says.
            record_id: its id.
            of: the parcels of the story that it makes or advances; all of its own if not said.

        """
        if isinstance(record, Registration):
            amounts = record.amounts
            self._goods[outputs_of(record, record_id)[0]] = Goods(
                amounts.weight_millicarats,
                amounts.stones,
                record.what.hs_code,
                amounts.label,
                record.author,
            )
        elif isinstance(record, Handoff):
            return self._stated(record.what.parcel, record.amounts.weight_millicarats)
        elif isinstance(record, Receipt) and record.what.operation != "refuse":
            return self._received(record)
        elif isinstance(record, Transformation):
            return self._transformed(record, record_id, of)
        return ""

    def _left(self, parcel: ParcelId) -> Goods | None:
        return None if parcel in self._used_up else self._goods.get(parcel)

    def _stated(self, parcel: ParcelId, weight: int) -> str:
        left = self._left(parcel)
        if left is not None and left.weight_millicarats == weight:
            return ""
        known = "nothing" if left is None else f"{carats(left.weight_millicarats)} ct"
        return f"{carats(weight)} ct of {to_hex(parcel)}, where the step before left {known}"

    def _received(self, record: Receipt) -> str:
        left = self._left(record.what.parcel)
        if left is None:
            return f"{to_hex(record.what.parcel)} is received before it is there"
        weight, counted = record.amounts.weight_millicarats, record.amounts.stones
        self._goods[record.what.parcel] = replace(
            left,
            weight_millicarats=min(left.weight_millicarats, weight),
            stones=counted if left.stones and counted else left.stones,
            custodian=record.author,
        )
        return ""

    def _transformed(
        self, record: Transformation, record_id: Hash32, of: Collection[ParcelId]
    ) -> str:
        amounts = record.amounts
        given = amounts.input_weight_millicarats
        made = sum(amounts.weights_millicarats)
        lost = sum(amounts.loss_weights_millicarats)
        # Where a story ends with its parcel used up, what went in beside it is no part of it.
        is_end = bool(of) and set(of) <= set(record.what.inputs)
        inputs = of if is_end else record.what.inputs
        taken = [self._left(parcel) for parcel in inputs]
        most = sum(one.weight_millicarats for one in taken if one)
        self._used_up.update(record.what.inputs)
        self._make(record, record_id)
        if given != made + lost:
            return f"{carats(given)} ct in, {carats(made)} ct out, {carats(lost)} ct lost"
        has_more_beside = len(inputs) < len(record.what.inputs) and most < given
        if None in taken or (most != given and not has_more_beside):
            return f"{carats(given)} ct in, which is not what the steps before left"
        return ""

    def _make(self, record: Transformation, record_id: Hash32) -> None:
        amounts = record.amounts
        for at, parcel in enumerate(outputs_of(record, record_id)):
            self._goods[parcel] = Goods(
                amounts.weights_millicarats[at],
                amounts.stones[at],
                record.what.hs_codes[at],
                amounts.labels[at],
                record.author,
            )
