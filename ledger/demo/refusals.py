"""What the ledger answers to a weight made up, a double spend and a returned parcel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.canonical import Envelope
from ledger.demo.scribe import Actor, Scribe
from ledger.demo.workshop import DAY, FinishedStone
from ledger.desk import Desk
from ledger.drafts import Output, Work, handoff, transformation
from ledger.errors import Refusal


@dataclass(frozen=True, slots=True)
class Try:
    """Something somebody tries, and what the ledger answered."""

    who: str
    what: str
    answer: str


def _answer(desk: Desk, *envelopes: Envelope) -> str:
    lines = desk.append([envelope.raw for envelope in envelopes])
    for line in lines:
        if isinstance(line, Refusal):
            return f"refused, {line}"
    return "accepted"


def _made_up_weight(desk: Desk, scribe: Scribe, finished: FinishedStone) -> Try:
    """Two stones out of one, together heavier than it was."""
    goods, jeweller = finished.goods, finished.jeweller
    half = goods.weight_millicarats // 2
    outputs = [Output(half + 100, 1, goods.hs_code), Output(half, 1, goods.hs_code)]
    record = transformation(jeweller.speaker, scribe.moment(), "split", [goods], Work(outputs))
    answer = _answer(desk, scribe.sign(record, jeweller))
    return Try(jeweller.name, "splits a stone into two that weigh 0.10 ct more than it did", answer)


def _double_spend(desk: Desk, scribe: Scribe, finished: FinishedStone, buyers: list[Actor]) -> Try:
    """Two hand-overs of one stone, both signed while it was still held."""
    seller, goods = finished.jeweller, finished.goods
    envelopes = [
        scribe.sign(
            handoff(seller.speaker, scribe.moment(), goods, buyer.address, buyer.speaker.country),
            seller,
        )
        for buyer in buyers
    ]
    answer = _answer(desk, *envelopes)
    return Try(seller.name, f"sells one stone to {buyers[0].name} and to {buyers[1].name}", answer)


def _returned(desk: Desk, scribe: Scribe, finished: FinishedStone, buyer: Actor) -> Try:
    """An offer refused: the goods stay with their sender, and the history stays too."""
    seller = finished.jeweller
    offered = scribe.offer(finished.goods, seller, buyer, "consignment")
    scribe.refuse(offered, seller, buyer, "goods")
    answer = _answer(desk, *scribe.take())
    book = desk.parcel(finished.goods.parcel)
    holder = "its sender" if book["custodian"] == "0x" + seller.address.hex() else "another"
    return Try(
        buyer.name,
        "refuses a stone that it was sent",
        f"{answer}; the stone is {book['state']} by {holder}, the offer stays in its history",
    )


def tries(
    desk: Desk, scribe: Scribe, finished: list[FinishedStone], buyers: list[Actor]
) -> Iterator[Try]:
    """Try all three, each on a stone of its own."""
    scribe.later(DAY)
    yield _made_up_weight(desk, scribe, finished[0])
    yield _double_spend(desk, scribe, finished[1], buyers)
    yield _returned(desk, scribe, finished[2], buyers[0])
