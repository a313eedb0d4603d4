"""The clerk: from orders to drafts, with one view of the ledger for the whole table.

What many rows share is asked once: a mine, a recipient, a role, a parcel. Whether a draft is
accepted is decided by the ledger alone when it is sequenced; what can be seen to be wrong before is
said before anything is signed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from ledger import drafts
from ledger.drafts import Goods, Loss, Moment, Output, Speaker, Work
from ledger.errors import BadQuestion, Refused
from ledger.limits import LIMITS
from ledger.records import Record
from ledger.sheets.faults import Unfit
from ledger.sheets.orders import Handing, Order, Registering, Splitting
from ledger.sheets.places import Mines, People, Recipients
from ledger.sheets.shelf import Shelf, Source, Stock
from ledger.signing import record_id
from ledger.values import Address, Hash32, carats

Voice = Callable[[str, str, str], Speaker]
"""Chooses who speaks by kind, operation and the likely country; raises Refused, BadQuestion."""

FRESH_CODE: Final = "7102.10"
"""The HS code of rough as it is mined: unsorted."""

_DAY_SECONDS: Final = 24 * 3600
_FIELD_OF: Final = (
    ("amounts.labels", "outputs"),
    ("amounts.label", "label"),
    ("amounts.lossReasons", "losses"),
    ("amounts.loss", "losses"),
    ("amounts.seal", "seal"),
    ("amounts.stones", "stones"),
    ("amounts.weights", "outputs"),
    ("amounts.weight", "weight"),
    ("scene.occurredAt", "date"),
    ("scene.period", "period"),
    ("scene.recipientCountry", "country"),
    ("what.hsCode", "hs"),
    ("what.parcel", "parcel"),
    ("what.inputs", "parcel"),
    ("who.site", "site"),
    ("who.recipient", "recipient"),
)


def field_at(place: str) -> str:
    """Return which field of a row gave a field of its record; "" if none did."""
    return next((name for start, name in _FIELD_OF if place.startswith(start)), "")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A row's record, checked and not signed: its line, and its id, which is what is signed."""

    line: int
    what: str
    record: Record
    record_id: Hash32


class Clerk:
    """Drafts the records of one table.

    Args:
        source: the ledger.
        ledger_id: which it is.
        author: the party that speaks.
        voice: chooses its role.
        people: knows the keys of recipients by name.
        now: the time, in seconds.
        at: when rows happened that do not say it; now if it is not said.

    """

    def __init__(
        self,
        source: Source,
        ledger_id: Hash32,
        author: Address,
        *,
        voice: Voice,
        people: People,
        now: int,
        at: int | None = None,
    ) -> None:
        self._ledger_id = ledger_id
        self._now = now
        self._at = now if at is None else at
        self._is_at_said = at is not None
        self._voice = cache(voice)
        self._mines = Mines(source, author, now)
        self._recipients = Recipients(source, people, author)
        self._shelf = Shelf(source, author)

    @property
    def called(self) -> Mapping[str, Address]:
        """The recipients that rows called by a party's own name, by that name."""
        return self._recipients.called

    def draft(self, order: Order) -> Drafted:
        """Draft the record of a row; the rows after it follow what it leaves behind.

        Raises:
            Unfit: the ledger knows better, or no such record can be said.

        """
        try:
            record = self._record(order)
        except Refused as refused:
            refusal = refused.refusal
            reason = f"{refusal.rule}: expected {refusal.expected}"
            raise Unfit(reason, field_at(refusal.field)) from None
        drafted = Drafted(order.line, order.what, record, record_id(record, self._ledger_id))
        self._shelf.take(record, drafted.record_id)
        return drafted

    def take(self, record: Record, record_id: Hash32) -> None:
        """Take note of a record that was signed before and may not be recorded yet."""
        self._shelf.take(record, record_id)

    def _record(self, order: Order) -> Record:
        says = order.says
        if isinstance(says, Registering):
            return self._registration(order, says)
        if isinstance(says, Splitting):
            return self._split(order, says)
        return self._handoff(order, says)

    def _registration(self, order: Order, says: Registering) -> Record:
        site = _within("site", self._mines.named, says.site)
        moment = self._moment(order, 0)
        return drafts.registration(
            self._speaker("Registration", "", site["country"], "site"),
            moment,
            Hash32(bytes.fromhex(site["siteId"].removeprefix("0x"))),
            says.weight_millicarats,
            stones=says.stones,
            hs_code=says.hs_code or FRESH_CODE,
            label=says.label,
            zone=site["zone"],
            mined=_mined(says, moment.occurred_at),
        )

    def _split(self, order: Order, says: Splitting) -> Record:
        stock: Stock = _within("parcel", self._shelf.own, says.parcel)
        code = says.hs_code or stock.goods.hs_code
        outputs = [
            Output(one.weight_millicarats, one.stones, code, one.label) for one in says.outputs
        ]
        work = Work(outputs, _losses(stock.goods, outputs, says.losses))
        _check_stones(stock.goods, work)
        speaker = self._speaker("Transformation", "split", stock.country, "parcel")
        moment = self._moment(order, stock.head_at)
        return drafts.transformation(speaker, moment, "split", [stock.goods], work)

    def _handoff(self, order: Order, says: Handing) -> Record:
        stock: Stock = _within("parcel", self._shelf.own, says.parcel)
        book = stock.goods.weight_millicarats
        if says.weight_millicarats not in (0, book):
            raise Unfit(f"the book says {carats(book)} ct", "weight")
        party = _within("recipient", self._recipients.named, says.recipient)
        return drafts.handoff(
            self._speaker("Handoff", says.purpose, stock.country, "parcel"),
            self._moment(order, stock.head_at),
            stock.goods,
            Address(bytes.fromhex(party["address"].removeprefix("0x"))),
            self._recipients.country(party, says.country),
            operation=says.purpose,
            seal=says.seal,
        )

    def _speaker(self, kind: str, operation: str, country: str, field: str) -> Speaker:
        try:
            return self._voice(kind, operation, country)
        except BadQuestion as error:
            raise Unfit(str(error), field) from None

    def _moment(self, order: Order, not_before: int) -> Moment:
        at = self._at if order.at is None else order.at
        ahead = LIMITS.ahead_seconds_max
        if order.at is None and not self._is_at_said and at < not_before <= at + ahead:
            # The clock of whoever spoke before is a little ahead of this one.
            at = not_before
        if order.at is not None and order.until is not None and at < not_before <= order.until:
            # The row names the day alone, on which something was said of the parcel already.
            at = not_before
        if at > self._now + ahead:
            raise Unfit(f"a time to come: it is {_written(self._now)}", "date")
        if at < not_before:
            raise Unfit("before the last that was said of the parcel", "date")
        return Moment(at, _fresh_salt)


def _written(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _fresh_salt() -> bytes:
    return secrets.token_bytes(32)


def _within(field: str, find: Callable[[str], Any], text: str) -> Any:  # noqa: ANN401 - any
    """Find what a field names; the fault is that field's unless it says another's."""
    try:
        return find(text)
    except Unfit as unfit:
        raise Unfit(unfit.reason, unfit.field or field) from None


def _mined(says: Registering, at: int) -> tuple[int, int]:
    since, until = says.mined
    if until is not None and until > at:
        if until - at >= _DAY_SECONDS:
            raise Unfit("it ends after the parcel was registered", "period")
        until = at
    last = at if until is None else until
    first = min(at, last) if since is None else since
    if first > last:
        raise Unfit("it begins after the parcel was registered", "period")
    return first, last


def _losses(goods: Goods, outputs: list[Output], said: dict[str, Loss | None]) -> dict[str, Loss]:
    """Return the losses of a split: the rest to whom it was given; everything must balance."""
    losses = {reason: loss for reason, loss in said.items() if loss is not None}
    out = sum(one.weight_millicarats for one in outputs)
    rest = goods.weight_millicarats - out - sum(one.weight_millicarats for one in losses.values())
    for reason in said.keys() - losses.keys():
        if rest <= 0:
            raise Unfit("nothing is left over", "losses")
        losses[reason] = Loss(rest)
        rest = 0
    if rest:
        raise Unfit(
            f"the parts weigh {carats(abs(rest))} ct {'less' if rest > 0 else 'more'} than the "
            f"parcel, {carats(goods.weight_millicarats)} ct",
            "outputs",
        )
    return losses


def _check_stones(goods: Goods, work: Work) -> None:
    """Check that the stones of a parcel that is counted are counted in its parts as well."""
    if not goods.stones:
        return
    if not all(one.stones for one in work.outputs):
        raise Unfit("its stones are counted: give each part its number, CARATS:STONES", "outputs")
    lost = sum(one.stones for one in work.losses.values())
    stones = sum(one.stones for one in work.outputs) + lost
    if stones != goods.stones:
        reason = f"the parts and losses have {stones} stones, the parcel has {goods.stones}"
        raise Unfit(reason, "outputs")
