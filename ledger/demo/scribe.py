"""The demo's pens: every party's key, and what each parcel's book says after the last record.

Records are drafted, signed and queued; :meth:`Scribe.take` hands over what is queued, in order. The
scribe follows each parcel's head itself, as the parties' own books would, so that a whole batch can
be written before it is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ledger import drafts
from ledger.canonical import Envelope
from ledger.drafts import Goods, Loss, Moment, Output, SiteStatement, Speaker, Work
from ledger.records import Record
from ledger.rules import outputs_of
from ledger.signing import address_of_secret, output_id, record_id, sign_record
from ledger.values import Address, Hash32, ParcelId, SiteId

GOVERNORS = ("governor-1", "governor-2", "governor-3")


@dataclass(frozen=True, slots=True)
class Actor:
    """A party of the demo: its key and how it speaks."""

    name: str
    secret: bytes = field(repr=False)
    speaker: Speaker

    @property
    def address(self) -> Address:
        """The party's address."""
        return self.speaker.author


class Scribe:
    """Writes and signs the demo's records, one after the other."""

    def __init__(self, ledger_id: Hash32, starts_at: int) -> None:
        self.ledger_id = ledger_id
        self.occurred_at = starts_at
        self.actors: dict[str, Actor] = {}
        self.books: dict[ParcelId, Goods] = {}
        self._queue: list[Envelope] = []

    def moment(self) -> Moment:
        """Return the demo's present, with fresh salts."""
        return Moment(self.occurred_at, lambda: secrets.token_bytes(32))

    def later(self, seconds: int) -> None:
        """Let time pass."""
        self.occurred_at += seconds

    def add(self, name: str, secret: bytes, role: str, country: str = "") -> Actor:
        """Make an actor of a key."""
        actor = Actor(name, secret, Speaker(address_of_secret(secret), role, country))
        self.actors[name] = actor
        return actor

    def sign(self, record: Record, *signers: Actor) -> Envelope:
        """Sign a record without queueing it."""
        return sign_record(record, self.ledger_id, [signer.secret for signer in signers])

    def say(self, record: Record, *signers: Actor) -> Hash32:
        """Sign and queue a record; return its id."""
        self._queue.append(self.sign(record, *signers))
        return record_id(record, self.ledger_id)

    def take(self) -> list[Envelope]:
        """Hand over what is queued."""
        queued, self._queue = self._queue, []
        return queued

    # -- the usual acts ----------------------------------------------------------------------

    def admit(self, actor: Actor, *by: Actor) -> None:
        """Admit an actor in its role and country."""
        speaker = actor.speaker
        record = drafts.admission(
            by[0].speaker, self.moment(), speaker.author, speaker.role, speaker.country
        )
        self.say(record, *by)

    def open_site(self, authority: Actor, stated: SiteStatement) -> SiteId:
        """Open a site."""
        record = drafts.site(authority.speaker, self.moment(), "open", stated)
        return output_id(self.say(record, authority), 0)

    def register(self, miner: Actor, site: SiteId, weight: int, stones: int, label: str) -> Goods:
        """Register a parcel of unsorted rough."""
        record = drafts.registration(
            miner.speaker, self.moment(), site, weight,
            stones=stones, hs_code="7102.10", label=label,
        )  # fmt: skip
        return self._made(record, self.say(record, miner))[0]

    def _made(self, record: Record, of: Hash32) -> tuple[Goods, ...]:
        amounts, what = record.amounts, record.what
        if record.KIND.name == "Registration":
            rows = [(amounts.weight_millicarats, amounts.stones, what.hs_code)]
        else:
            rows = list(
                zip(amounts.weights_millicarats, amounts.stones, what.hs_codes, strict=True)
            )
        made = tuple(
            Goods(parcel, of, weight, stones, code)
            for parcel, (weight, stones, code) in zip(outputs_of(record, of), rows, strict=True)
        )
        self.books.update({goods.parcel: goods for goods in made})
        return made

    def transform(
        self,
        by: Actor,
        operation: str,
        inputs: Sequence[Goods],
        outputs: Sequence[Output],
        losses: Mapping[str, Loss] | None = None,
    ) -> tuple[Goods, ...]:
        """Transform goods and return what they became."""
        work = Work(outputs, losses or {})
        record = drafts.transformation(by.speaker, self.moment(), operation, inputs, work)
        return self._made(record, self.say(record, by))

    def offer(self, goods: Goods, sender: Actor, recipient: Actor, operation: str) -> Goods:
        """Offer a parcel."""
        record = drafts.handoff(
            sender.speaker, self.moment(), goods, recipient.address, recipient.speaker.country,
            operation=operation,
        )  # fmt: skip
        return self._moved(goods, self.say(record, sender))

    def _moved(self, goods: Goods, by: Hash32, weight_millicarats: int | None = None) -> Goods:
        weight = goods.weight_millicarats if weight_millicarats is None else weight_millicarats
        moved = replace(goods, previous=by, weight_millicarats=weight)
        self.books[goods.parcel] = moved
        return moved

    def hand_over(
        self,
        goods: Goods,
        sender: Actor,
        recipient: Actor,
        *,
        operation: str = "sale",
        received_millicarats: int | None = None,
    ) -> Goods:
        """Offer a parcel and accept it, at the recipient's own weight."""
        offered = self.offer(goods, sender, recipient, operation)
        self.later(6 * 3600)
        return self.accept(offered, sender, recipient, received_millicarats)

    def accept(
        self,
        offered: Goods,
        sender: Actor,
        recipient: Actor,
        received_millicarats: int | None = None,
    ) -> Goods:
        """Accept what was offered, at the recipient's own weight."""
        weight = offered.weight_millicarats
        if received_millicarats is not None:
            weight = received_millicarats
        record = drafts.receipt(
            recipient.speaker, self.moment(), offered, sender.address,
            weight_millicarats=weight, stones=offered.stones,
        )  # fmt: skip
        by = self.say(record, recipient)
        return self._moved(offered, by, min(offered.weight_millicarats, weight))

    def state(self, goods: Goods, by: Actor, operation: str, **said: Any) -> None:  # noqa: ANN401 - as drafted
        """Say something of goods that moves nothing."""
        spoken = drafts.Spoken(goods.parcel, goods.previous)
        self.say(drafts.statement(by.speaker, self.moment(), operation, spoken, **said), by)

    def set_in(self, stones: Sequence[Goods], jeweller: Actor, label: str) -> Goods:
        """Set stones in a piece; return the piece."""
        record = drafts.setting(jeweller.speaker, self.moment(), stones, label=label)
        of = self.say(record, jeweller)
        for goods in stones:
            self._moved(goods, of)
        weight, count = record.amounts.weight_millicarats, record.amounts.stones
        piece = Goods(outputs_of(record, of)[0], of, weight, count, "")
        self.books[piece.parcel] = piece
        return piece

    def sell(self, goods: Goods, jeweller: Actor) -> Goods:
        """Sell goods to a consumer."""
        record = drafts.sale(jeweller.speaker, self.moment(), goods)
        return self._moved(goods, self.say(record, jeweller))

    def refuse(self, offered: Goods, sender: Actor, recipient: Actor, reason: str) -> Goods:
        """Refuse an offer: the goods go back to their sender."""
        record = drafts.receipt(
            recipient.speaker, self.moment(), offered, sender.address,
            operation="refuse", reason=reason, weight_millicarats=offered.weight_millicarats,
        )  # fmt: skip
        return self._moved(offered, self.say(record, recipient))


def fresh_secret() -> bytes:
    """Return a key from the machine's randomness."""
    return secrets.token_bytes(32)
