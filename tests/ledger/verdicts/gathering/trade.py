"""A random trade whose truth is known: where each stone is from, was, and what was said of it.

Stones are real: each is of one site, in one parcel, and in one country or on the way to another.
What the ledger knows of them are the records alone.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from ledger import drafts
from ledger.drafts import Loss, Output, Speaker
from ledger.values import EU_COUNTRIES, Hash32, ParcelId
from tests.world import World, address_of

MINING = ("BW", "CA", "RU")
TRADERS = {
    "trader-be": ("trader", "BE"),
    "trader-de": ("trader", "DE"),
    "trader-ae": ("trader", "AE"),
    "cutter-in": ("cutter", "IN"),
    "cutter-be": ("cutter", "BE"),
    "jeweller-fr": ("jeweller", "FR"),
    "jeweller-ae": ("jeweller", "AE"),
    "lab-be": ("lab", "BE"),
    "auditor-ch": ("auditor", "CH"),
}
AUTHORITIES = (*MINING, "BE", "DE", "FR", "AE", "IN")
CAST = {
    **TRADERS,
    **{f"miner-{country.lower()}": ("miner", country) for country in MINING},
    **{f"authority-{country.lower()}": ("authority", country) for country in AUTHORITIES},
}
ROUGH, POLISHED = "7102.31", "7102.39"
ON_THE_WAY = ""


@dataclass
class Stone:
    """One stone.

    Attributes:
        moves: (second, country) from when on it was where; on the way it is nowhere.
        records: the ids of all records that moved, made or spoke of its parcel while it was in it.

    """

    country: str
    site: Hash32
    weight: int
    moves: list[tuple[int, str]]
    records: set[Hash32] = field(default_factory=set)

    def was_in(self, country: str, since: int, until: int) -> bool:
        """Tell whether it was in a country all the time from one second to another."""
        times = [at for at, _ in self.moves]
        first = bisect_right(times, since) - 1
        touched = [
            self.moves[first],
            *(move for move in self.moves[first + 1 :] if move[0] < until),
        ]
        # At a second in which it moved, both places are true.
        before = [move[1] for move in self.moves[:first] if self.moves[first][0] == since][-1:]
        places = {place for _, place in touched}
        return places == {country} or (since == until and country in {*places, *before})


@dataclass
class Trade(World):
    """A world of dealers; ``truth`` holds the stones of each parcel that is still there."""

    truth: dict[ParcelId, list[Stone]] = field(default_factory=dict)
    pieces: dict[ParcelId, list[ParcelId]] = field(default_factory=dict)
    sites: dict[str, list[Hash32]] = field(default_factory=dict)
    numbers: int = 0

    def speaker(self, name: str) -> Speaker:
        """Return a named actor in its role."""
        return Speaker(address_of(name), *CAST[name]) if name in CAST else super().speaker(name)

    def holder(self, parcel: ParcelId) -> str:
        """Return the name of a parcel's custodian."""
        custodian = self.parcel(parcel).custodian
        return next(name for name in CAST if address_of(name) == custodian)

    def touch(self, *parcels: ParcelId) -> None:
        """Note the last record on every stone in some parcels."""
        record_id = self.log[-1][1].record_id
        for parcel in parcels:
            for stone in self.stones(parcel):
                stone.records.add(record_id)

    def stones(self, parcel: ParcelId) -> list[Stone]:
        """Return the stones in a parcel or a piece."""
        if parcel in self.pieces:
            return [stone for part in self.pieces[parcel] for stone in self.truth[part]]
        return self.truth[parcel]

    def move(self, parcel: ParcelId, country: str) -> None:
        """Let the stones of a parcel be in a country from this second on."""
        for stone in self.stones(parcel):
            stone.moves.append((self.now_s, country))


def founded(dice: random.Random) -> Trade:
    """Return a trade with two or three sites in each mining country."""
    trade = Trade()
    trade.found(tolerance_millicarats=5, tolerance_parts_per_million=1000)
    for name, (role, country) in CAST.items():
        trade.admit(name, role, country)
    for country in MINING:
        trade.sites[country] = [
            trade.open_site(f"authority-{country.lower()}", zone=dice.choice(["", "North"]))
            for _ in range(dice.randint(1, 3))
        ]
    return trade


def live(trade: Trade, *forms: str, holders: tuple[str, ...] = ()) -> list[ParcelId]:
    """Return the parcels and pieces that are held, of some forms."""
    candidates = [*trade.truth, *trade.pieces]
    return [
        parcel
        for parcel in candidates
        if (known := trade.parcel(parcel)).state == "held"
        and known.form in forms
        and (not holders or trade.holder(parcel) in holders)
    ]


def mine(trade: Trade, dice: random.Random) -> None:
    """Register a parcel of one to six stones."""
    country = dice.choice(MINING)
    site = dice.choice(trade.sites[country])
    stones = [
        Stone(country, site, int(50 + dice.paretovariate(0.9) * 100), [(trade.now_s, country)])
        for _ in range(dice.choice([1, 1, 2, 3, 6]))
    ]
    parcel = trade.register(
        site,
        sum(stone.weight for stone in stones),
        dice.choice([len(stones), 0]) if len(stones) > 1 else 1,
        by=f"miner-{country.lower()}",
        zone=trade.site_state(site).zone,
    )
    trade.truth[parcel] = stones
    trade.touch(parcel)


def area(country: str) -> str:
    """Return the participant that a country belongs to."""
    return "EU" if country in EU_COUNTRIES else country


def hand_over(trade: Trade, dice: random.Random) -> None:
    """Send goods to another dealer; rough mostly under a certificate when it crosses a border."""
    goods = live(trade, "rough", "polished", "piece")
    if not goods:
        return
    parcel = dice.choice(goods)
    sender = trade.holder(parcel)
    recipient = dice.choice([name for name in liked(trade, parcel) if name != sender])
    here = trade.stones(parcel)[0].moves[-1][1]
    there = CAST[recipient][1]
    known = trade.parcel(parcel)
    certificate, sent = None, [parcel]
    if known.form == "rough" and area(known.country) != area(there) and dice.random() < 0.7:
        certificate = issue(trade, dice, parcel, there)
        trade.later(60)
    if certificate is not None:
        sent = list(trade.certificate(certificate).parcels)
    for one in sent:
        trade.offer(one, sender, recipient)
        trade.touch(one)
        if here != there:
            trade.move(one, ON_THE_WAY)
    trade.later(dice.choice([60, 3_600]))
    if certificate is not None and dice.random() < 0.8:
        trade.clear(certificate, f"authority-{there.lower()}", there)
        trade.touch(*sent)
        for one in sent:
            trade.move(one, there)
        trade.later(60)
    for one in sent:
        receive(trade, dice, one, sender, recipient)


def liked(trade: Trade, parcel: ParcelId) -> list[str]:
    """List to whom goods are likely to go: rough to few dealers, so that it is mixed."""
    if trade.parcel(parcel).form == "rough":
        return ["trader-be", "trader-be", "cutter-in", "cutter-be", "trader-ae", "trader-de"]
    return ["jeweller-fr", "jeweller-fr", "jeweller-ae", "trader-be", "lab-be"]


def receive(
    trade: Trade, dice: random.Random, parcel: ParcelId, sender: str, recipient: str
) -> None:
    """Receive offered goods, a little lighter at times: then a stone was chipped."""
    stones, weight = trade.stones(parcel), trade.parcel(parcel).weight_millicarats
    is_lost = dice.random() < 0.3 and parcel not in trade.pieces
    lost = min(3, min(stone.weight for stone in stones) - 1) if is_lost else 0
    record = drafts.receipt(
        trade.speaker(recipient), trade.moment(), trade.goods(parcel), address_of(sender),
        weight_millicarats=weight - lost,
    )  # fmt: skip
    trade.say(record, recipient)
    dice.choice(stones).weight -= lost
    trade.touch(parcel)
    trade.move(parcel, CAST[recipient][1])


def issue(trade: Trade, dice: random.Random, parcel: ParcelId, destination: str) -> Hash32 | None:
    """Certify a parcel, with others of its holder at times; None where its country cannot."""
    known = trade.parcel(parcel)
    if known.country not in AUTHORITIES:
        return None
    trade.numbers += 1
    also = [
        other
        for other in live(trade, "rough", holders=(trade.holder(parcel),))
        if other != parcel and trade.parcel(other).country == known.country and dice.random() < 0.5
    ]
    issuer = f"authority-{known.country.lower()}"
    if any(trade.parcel(other).certificate for other in (parcel, *also)):
        return None
    parcels = sorted([parcel, *also])
    certificate = trade.certify(
        parcels, f"{known.country}{trade.numbers:06d}", destination, by=issuer
    )
    trade.touch(*parcels)
    return certificate


def work(trade: Trade, dice: random.Random) -> None:
    """Sort, split, mix or polish goods of one holder."""
    goods = live(trade, "rough", "polished", holders=tuple(n for n in TRADERS if n[:3] != "lab"))
    if not goods:
        return
    first = dice.choice(goods)
    holder, form = trade.holder(first), trade.parcel(first).form
    inputs = [
        other
        for other in live(trade, form, holders=(holder,))
        if other == first or dice.random() < 0.6
    ][:5]
    stones = [stone for parcel in inputs for stone in trade.truth[parcel]]
    dice.shuffle(stones)
    is_polish = form == "rough" and CAST[holder][0] == "cutter" and dice.random() < 0.4
    if is_polish:
        for stone in stones:
            stone.weight = max(2, stone.weight // 2)
    outputs = heaps(dice, stones)
    code = POLISHED if is_polish or form == "polished" else ROUGH
    told = [Output(sum(stone.weight for stone in heap), len(heap), code) for heap in outputs]
    before = sum(trade.parcel(parcel).weight_millicarats for parcel in inputs)
    loss = before - sum(output.weight_millicarats for output in told)
    operation = "polish" if is_polish else "split" if len(inputs) == 1 else "mix"
    if operation == "split" and len(told) == 1:
        operation = "reweigh"
    losses = {"polishing" if is_polish else "weighing": Loss(loss)} if loss else {}
    made = trade.transform(holder, operation, sorted(inputs), told, **losses)
    trade.touch(*inputs)
    for parcel in inputs:
        del trade.truth[parcel]
    trade.truth |= dict(zip(made, outputs, strict=True))


def heaps(dice: random.Random, stones: list[Stone]) -> list[list[Stone]]:
    """Divide stones into single ones and heaps; two of the single ones are weighed badly."""
    singles = dice.choice([0, 0, 1, 2, 3])
    made = [[stone] for stone in stones[:singles]]
    if len(made) > 1:
        (heavy,), (light,) = made[:2]
        error = min(dice.randint(0, 5), light.weight - 1)
        heavy.weight, light.weight = heavy.weight + error, light.weight - error
    rest = stones[singles:]
    while rest:
        size = dice.randint(1, len(rest))
        made.append(rest[:size])
        rest = rest[size:]
    return made


def speak(trade: Trade, dice: random.Random) -> None:
    """Say something true of goods, or report them stolen and found again."""
    goods = live(trade, "rough", "polished", "piece")
    if not goods:
        return
    parcel = dice.choice(goods)
    place = trade.stones(parcel)[0].moves[-1][1]
    what = dice.choice(["location", "origin", "theft", "grading"])
    if what == "location":
        trade.state_that("auditor-ch", what, parcel, as_of=trade.now_s, countries=[place])
    elif what == "origin":
        countries = sorted({stone.country for stone in trade.stones(parcel)})
        trade.state_that("lab-be", what, parcel, countries=countries)
    elif what == "grading" and parcel not in trade.pieces:
        trade.numbers += 1
        trade.grade("lab-be", parcel, str(trade.numbers))
    else:
        holder = trade.holder(parcel)
        for operation in ("theft", "recovery"):
            record = drafts.report(
                trade.speaker(holder), trade.moment(), operation, parcel,
                previous=trade.parcel(parcel).head,
            )  # fmt: skip
            trade.say(record, holder)
            trade.touch(parcel)
            trade.later(60)
    trade.touch(parcel)


def set_stones(trade: Trade, dice: random.Random) -> None:
    """Set polished stones in a piece, or take them out of one."""
    pieces = live(trade, "piece", holders=("jeweller-fr", "jeweller-ae"))
    if pieces and dice.random() < 0.5:
        piece = dice.choice(pieces)
        trade.take_out(piece, trade.pieces[piece], by=trade.holder(piece))
        trade.touch(piece)
        del trade.pieces[piece]
        return
    goods = live(trade, "polished", holders=("jeweller-fr", "jeweller-ae"))
    if goods:
        holder = trade.holder(dice.choice(goods))
        parcels = sorted(live(trade, "polished", holders=(holder,)))[:3]
        piece = trade.set_in(parcels, by=holder)
        trade.pieces[piece] = parcels
        trade.touch(piece)


ACTS: tuple[Callable[[Trade, random.Random], None], ...] = (
    mine, *[hand_over] * 5, *[work] * 4, speak, set_stones,
)  # fmt: skip


def traded(dice: random.Random, acts: int) -> Trade:
    """Return a trade after some acts."""
    trade = founded(dice)
    for _ in range(3):
        mine(trade, dice)
    for _ in range(acts):
        trade.later(dice.choice([60, 86_400]))
        dice.choice(ACTS)(trade, dice)
    return trade
