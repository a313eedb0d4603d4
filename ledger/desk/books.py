"""The goods of a story, replayed: each step takes what the one before left, and gives no more.

Only the parcels of the story are followed. What a Transformation makes beside them is in its own
sums, which must balance to the millicarat all the same.

Of a record whose *who* and *amounts* are withheld only its links count: what it leaves of weight,
stones, label and holder is not known, until a later record that is shown says it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.records import (
    Handoff,
    Receipt,
    Record,
    Registration,
    Setting,
    Transformation,
    withheld_of,
)
from ledger.rules import outputs_of
from ledger.values import Address, Hash32, ParcelId, carats, form_of, to_hex


@dataclass(frozen=True, slots=True)
class Goods:
    """What the steps so far say of a parcel: its book weight, and who holds it.

    Attributes:
        weight_millicarats: its book weight; None where it is withheld, as with the others.
        stones: 0 = not counted.
        hs_code: its code.
        label: as its maker gave it.
        custodian: who made it, or took it over last.

    """

    weight_millicarats: int | None
    stones: int | None
    hs_code: str
    label: str | None
    custodian: Address | None

    def shown(self) -> dict[str, Any]:
        """Return it as a desk's answer about the parcel writes it."""
        return {
            "weightMillicarats": self.weight_millicarats,
            "stones": self.stones,
            "hsCode": self.hs_code,
            "form": form_of(self.hs_code),
            "label": self.label,
            "custodian": None if self.custodian is None else to_hex(self.custodian),
        }


class Books:
    """The goods of a story, parcel by parcel, as its steps leave them."""

    def __init__(self) -> None:
        self._goods: dict[ParcelId, Goods] = {}
        self._used_up: set[ParcelId] = set()
        self._set_in: dict[ParcelId, ParcelId] = {}  # by parcel: its piece

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
            self._registered(record, record_id)
        elif isinstance(record, Handoff):
            return self._offered(record)
        elif isinstance(record, Receipt) and record.what.operation != "refuse":
            return self._received(record)
        elif isinstance(record, Transformation):
            return self._transformed(record, record_id, of)
        elif isinstance(record, Setting):
            if record.what.operation == "set":
                return self._set(record, record_id, of)
            return self._taken_out(record)
        return ""

    def _left(self, parcel: ParcelId) -> Goods | None:
        is_gone = parcel in self._used_up or parcel in self._set_in
        return None if is_gone else self._goods.get(parcel)

    def _registered(self, record: Registration, record_id: Hash32) -> None:
        (made,) = outputs_of(record, record_id)
        code = record.what.hs_code
        if withheld_of(record):
            self._goods[made] = Goods(None, None, code, None, None)
            return
        amounts = record.amounts
        self._goods[made] = Goods(
            amounts.weight_millicarats, amounts.stones, code, amounts.label, record.author
        )

    def _offered(self, record: Handoff) -> str:
        parcel, left = record.what.parcel, self._left(record.what.parcel)
        if withheld_of(record):
            return "" if left else f"{to_hex(parcel)} is offered where the step before left nothing"
        weight = record.amounts.weight_millicarats
        if left is None or left.weight_millicarats not in (None, weight):
            known = "nothing" if left is None else _weight(left)
            return f"{carats(weight)} ct of {to_hex(parcel)}, where the step before left {known}"
        self._goods[parcel] = replace(
            left,
            weight_millicarats=weight,
            stones=record.amounts.stones if left.stones is None else left.stones,
            custodian=left.custodian or record.author,
        )
        return ""

    def _received(self, record: Receipt) -> str:
        left = self._left(record.what.parcel)
        if left is None:
            return f"{to_hex(record.what.parcel)} is received before it is there"
        if withheld_of(record):
            after = replace(left, weight_millicarats=None, stones=None, custodian=None)
        else:
            before, found = left.weight_millicarats, record.amounts.weight_millicarats
            counted = record.amounts.stones
            after = replace(
                left,
                weight_millicarats=self._lower(left, before, found),
                stones=counted if left.stones and counted else left.stones,
                custodian=record.author,
            )
        self._goods[record.what.parcel] = after
        return ""

    @staticmethod
    def _lower(left: Goods, before: int | None, found: int) -> int | None:
        """Return the book weight after a Receipt: a piece keeps its own."""
        return before if before is None or left.hs_code == "" else min(before, found)

    def _set(self, record: Setting, record_id: Hash32, of: Collection[ParcelId]) -> str:
        # What is set beside the stone of a story went its own way since it was made.
        told = [parcel for parcel in record.what.parcels if parcel in of] or record.what.parcels
        taken = [self._left(parcel) for parcel in told if parcel in self._goods]
        is_all = len(taken) == len(record.what.parcels)
        (piece,) = outputs_of(record, record_id)
        self._set_in.update(dict.fromkeys(record.what.parcels, piece))
        if withheld_of(record):
            self._goods[piece] = Goods(None, None, "", None, None)
            return "" if all(taken) else "what is set is not what the steps before left"
        given = record.amounts.weight_millicarats
        stones, label = record.amounts.stones, record.amounts.label
        self._goods[piece] = Goods(given, stones, "", label, record.author)
        if _fits(given, taken, has_more_beside=not is_all):
            return ""
        return f"{carats(given)} ct set, which is not what the steps before left"

    def _taken_out(self, record: Setting) -> str:
        holder = None if withheld_of(record) else record.author
        was_there = self._left(record.what.piece) is not None
        self._used_up.add(record.what.piece)
        were_in = True
        for parcel in record.what.parcels:
            if (goods := self._goods.get(parcel)) is not None:
                self._goods[parcel] = replace(goods, custodian=holder)
                were_in = were_in and self._set_in.pop(parcel, None) == record.what.piece
        if not was_there:
            return "parcels are taken out of a piece that is not there"
        return "" if were_in else "parcels are taken out of a piece in which they were not set"

    def _transformed(
        self, record: Transformation, record_id: Hash32, of: Collection[ParcelId]
    ) -> str:
        # Where a story ends with its parcel used up, what went in beside it is no part of it.
        is_end = bool(of) and set(of) <= set(record.what.inputs)
        inputs = of if is_end else record.what.inputs
        taken = [self._left(parcel) for parcel in inputs]
        self._used_up.update(record.what.inputs)
        self._make(record, record_id)
        if withheld_of(record):
            return "" if all(taken) else "what goes in is not what the steps before left"
        return _balance(record, taken, has_more_beside=len(inputs) < len(record.what.inputs))

    def _make(self, record: Transformation, record_id: Hash32) -> None:
        is_shown = not withheld_of(record)
        for at, parcel in enumerate(outputs_of(record, record_id)):
            code = record.what.hs_codes[at]
            self._goods[parcel] = (
                Goods(
                    record.amounts.weights_millicarats[at],
                    record.amounts.stones[at],
                    code,
                    record.amounts.labels[at],
                    record.author,
                )
                if is_shown
                else Goods(None, None, code, None, None)
            )


def _weight(goods: Goods) -> str:
    weight = goods.weight_millicarats
    return "a weight that is withheld" if weight is None else f"{carats(weight)} ct"


def _balance(
    record: Transformation, taken: Sequence[Goods | None], *, has_more_beside: bool
) -> str:
    """Lay what goes in beside what comes out and is lost, and beside what the steps before left."""
    amounts = record.amounts
    given = amounts.input_weight_millicarats
    made = sum(amounts.weights_millicarats)
    lost = sum(amounts.loss_weights_millicarats)
    if given != made + lost:
        return f"{carats(given)} ct in, {carats(made)} ct out, {carats(lost)} ct lost"
    if not _fits(given, taken, has_more_beside=has_more_beside):
        return f"{carats(given)} ct in, which is not what the steps before left"
    return ""


def _fits(given: int, taken: Sequence[Goods | None], *, has_more_beside: bool) -> bool:
    """Tell whether a stated sum can be that of what the steps before left."""
    left = [one.weight_millicarats for one in taken if one is not None]
    known = sum(weight for weight in left if weight is not None)
    # The others weigh something too.
    has_unknown = has_more_beside or None in left
    return len(left) == len(taken) and (known < given if has_unknown else known == given)
