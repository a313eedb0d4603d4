"""The parcels that rows name: found once in the ledger, and followed from row to row.

A row may name a parcel that an earlier row of the same table makes: what each row leaves behind is
kept here, so that the next one follows it as if it had been recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ledger.drafts import Goods
from ledger.errors import Unknown
from ledger.records import Handoff, Record, Registration, Transformation
from ledger.sheets.faults import Unfit
from ledger.signing import output_id
from ledger.values import (
    ADDRESS_BYTES,
    HASH_BYTES,
    NO_ADDRESS,
    NO_HASH,
    Address,
    Hash32,
    from_hex,
    to_hex,
)

Plain = dict[str, Any]


class Source(Protocol):
    """Who answers what rows ask of a ledger; answers are those of the API."""

    def parcel(self, parcel: Hash32) -> Plain:
        """Tell what the book says of a parcel, or raise ``Unknown``."""

    def parcels_of(self, address: Address) -> Iterator[Plain]:
        """Yield what a party holds and what is offered to it."""

    def party(self, address: Address) -> Plain:
        """Tell who an address is, or raise ``Unknown``."""

    def parties(self) -> Iterator[Plain]:
        """Yield every party in pages, with the names that this reader may see."""

    def site(self, site: Hash32) -> Plain:
        """Tell what a site is, or raise ``Unknown``."""

    def sites(self) -> Iterator[Plain]:
        """Yield every site."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A parcel as the next row finds it.

    Attributes:
        goods: as a record must name it.
        label: as its maker gave it.
        state: held, offered, or spent.
        custodian: who holds it.
        country: where it is.
        head_at: when the last that was said of it happened, in seconds.
        is_frozen: whether it may not move.

    """

    goods: Goods
    label: str
    state: str
    custodian: Address
    country: str
    head_at: int
    is_frozen: bool = False


class Shelf:
    """The parcels of a table.

    Args:
        source: the ledger.
        author: whose labels are meant.

    """

    def __init__(self, source: Source, author: Address) -> None:
        self._source = source
        self._author = author
        self._stocks: dict[Hash32, Stock] = {}
        self._labels: dict[str, set[Hash32]] = {}
        self._are_labels_known = False

    def own(self, text: str) -> Stock:
        """Return a parcel that the party holds and may move.

        Raises:
            Unfit: there is none such.

        """
        stock = self._named(text)
        if stock.state == "spent":
            raise Unfit("a parcel that became others")
        if stock.custodian != self._author:
            raise Unfit("a parcel that another party holds")
        if stock.state != "held":
            raise Unfit(f"a parcel that is {stock.state}, and not held")
        if stock.is_frozen:
            raise Unfit("a parcel that is frozen by a report")
        return stock

    def take(self, record: Record, record_id: Hash32) -> None:
        """Note what a record leaves behind."""
        if isinstance(record, Registration):
            amounts = record.amounts
            goods = (amounts.weight_millicarats, amounts.stones, record.what.hs_code)
            self._make(record, record_id, 0, goods, amounts.label)
        elif isinstance(record, Transformation):
            for parcel in record.what.inputs:
                self._move(parcel, record, record_id, "spent")
            made = record.amounts
            columns = (made.weights_millicarats, made.stones, record.what.hs_codes, made.labels)
            rows = zip(*columns, strict=True)
            for position, (weight, stones, code, label) in enumerate(rows):
                self._make(record, record_id, position, (weight, stones, code), label)
        elif isinstance(record, Handoff):
            self._move(record.what.parcel, record, record_id, "offered")

    def _make(
        self, record: Record, record_id: Hash32, position: int, of: tuple[int, int, str], label: str
    ) -> None:
        goods = Goods(output_id(record_id, position), record_id, *of)
        country, at = record.scene.author_country, record.scene.occurred_at
        self._put(Stock(goods, label, "held", record.author, country, at))

    def _move(self, parcel: Hash32, record: Record, record_id: Hash32, state: str) -> None:
        try:
            known = self._by_id(parcel)
        except Unfit:
            return
        goods = replace(known.goods, previous=record_id)
        at = record.scene.occurred_at
        self._put(replace(known, goods=goods, state=state, head_at=at))

    def _put(self, stock: Stock) -> None:
        parcel = stock.goods.parcel
        self._stocks[parcel] = stock
        if stock.label and stock.custodian == self._author:
            self._labels.setdefault(stock.label, set()).add(parcel)

    def _named(self, text: str) -> Stock:
        parcel = from_hex(text, HASH_BYTES)
        if parcel is not None:
            return self._by_id(Hash32(parcel))
        return self._by_label(text)

    def _by_id(self, parcel: Hash32) -> Stock:
        if parcel not in self._stocks:
            try:
                answer = self._source.parcel(parcel)
            except Unknown:
                raise Unfit("a parcel that this ledger does not know") from None
            self._put(_stock_of(answer))
        return self._stocks[parcel]

    def _by_label(self, label: str) -> Stock:
        self._know_labels()
        fitting = [self._stocks[one] for one in self._labels.get(label, ())]
        held = [one for one in fitting if one.state == "held"] or fitting
        if not held:
            raise Unfit("neither an id nor the label of a parcel that you hold")
        if len(held) > 1:
            raise Unfit(f"the label of {len(held)} parcels that you hold: give its id")
        return held[0]

    def _know_labels(self) -> None:
        """Ask for the labels of all that the party holds, once: pages of parcels lack them."""
        if self._are_labels_known:
            return
        self._are_labels_known = True
        author = to_hex(self._author)
        for one in self._source.parcels_of(self._author):
            if one["custodian"] == author and one["state"] == "held":
                self._by_id(_hash(one["parcelId"]))


def _stock_of(answer: Plain) -> Stock:
    goods = Goods(
        _hash(answer["parcelId"]),
        _hash(answer["head"]),
        answer["weightMillicarats"] or 0,
        answer["stones"] or 0,
        answer["hsCode"] or "",
    )
    # A reader who is not concerned is told less: what is hidden is another's.
    custodian = Address(from_hex(answer["custodian"] or "", ADDRESS_BYTES) or NO_ADDRESS)
    return Stock(
        goods,
        answer["label"] or "",
        answer["state"],
        custodian,
        answer["country"] or "",
        answer["headAt"] or 0,
        answer["frozenBy"] is not None or answer["isSeized"],
    )


def _hash(text: str | None) -> Hash32:
    return Hash32(from_hex(text or "", HASH_BYTES) or NO_HASH)
