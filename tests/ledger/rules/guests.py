"""What the troupe does in shops and at borders: sets, sells, certifies, clears; well and badly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from ledger import drafts
from ledger.drafts import Goods
from ledger.values import NO_HASH, Hash32
from tests.ledger.rules.cases import SOME_HASH
from tests.ledger.rules.model import COUNTRIES, PIECE, POLISHED, Lot, Paper
from tests.world import address_of

if TYPE_CHECKING:
    from tests.ledger.rules.troupe import Troupe

JEWELLER = "jeweller-fr"
AUTHORITIES = {
    "authority-bw": "BW",
    "authority-be": "BE",
    "authority-in": "IN",
    "authority-eu": "EU",
}
INSIDE = {"BW": ("BW",), "BE": ("BE",), "IN": ("IN",), "EU": ("BE", "FR")}
"""The countries where goods of the troupe can be, by the country of the authority."""
DAY = 86_400


def _bent(goods: list[Goods], dice: Random) -> tuple[list[Goods], bool]:
    """Return goods as they are, or seldom with another weight or head; and which."""
    luck = dice.randrange(16)
    if luck == 0:
        return [
            replace(goods[0], weight_millicarats=goods[0].weight_millicarats + 1),
            *goods[1:],
        ], True
    if luck == 1:
        return [replace(goods[0], previous=SOME_HASH), *goods[1:]], True
    return goods, False


def set_stones(troupe: Troupe, dice: Random) -> None:
    """Set parcels in a piece."""
    lots = troupe.model.lots
    jewels = [
        at
        for at, lot in lots.items()
        if (lot.holder, lot.code, lot.state) == (JEWELLER, POLISHED, "held")
    ]
    parcel = (
        dice.choice(jewels) if jewels and dice.randrange(8) else troupe.some_parcel(dice, "held")
    )
    by = troupe.holder_or_other(dice, parcel)
    parcels = troupe.inputs_beside(dice, parcel, "mix")
    goods, is_bent = _bent([troupe.goods(each) for each in parcels], dice)
    record = drafts.setting(troupe.stage.speaker(by), troupe.stage.moment(), goods, label="ring")
    signer, may_sign = troupe.signer(dice, by, "Setting")
    polished = all(lots[each].code == POLISHED for each in parcels)
    allowed = may_sign and by == JEWELLER and polished and not is_bent
    signed = troupe.attempt(record, signer, allowed=allowed and troupe.model.may_move(by, *parcels))
    if signed is None:
        return
    (piece,) = troupe.stage.outputs(signed)
    made, inside = signed.record_id, [lots[each] for each in parcels]
    for lot in inside:
        lot.state, lot.head = "set", made
    stones = sum(lot.stones for lot in inside) if all(lot.stones for lot in inside) else 0
    weight = sum(lot.weight for lot in inside)
    lots[piece] = Lot(
        by, weight, stones, PIECE, made, made, country=COUNTRIES[by], inside=tuple(parcels)
    )


def take_out(troupe: Troupe, dice: Random) -> None:
    """Take the parcels out of a piece; or some of them, or out of what is none."""
    lots = troupe.model.lots
    pieces = [at for at, lot in lots.items() if lot.inside and lot.is_live]
    piece = dice.choice(pieces) if pieces and dice.randrange(8) else troupe.some_parcel(dice)
    by, lot = troupe.holder_or_other(dice, piece), lots[piece]
    parcels = list(lot.inside) or [troupe.some_parcel(dice, "set")]
    if dice.randrange(8) == 0:
        parcels = sorted({*parcels[1:], troupe.some_parcel(dice, "set")})
    goods, is_bent = _bent([troupe.goods(each) for each in parcels], dice)
    record = drafts.unsetting(
        troupe.stage.speaker(by), troupe.stage.moment(), troupe.goods(piece), goods
    )
    signer, may_sign = troupe.signer(dice, by, "Setting")
    exact = tuple(parcels) == lot.inside and not is_bent
    allowed = may_sign and by == JEWELLER and exact and troupe.model.may_move(by, piece)
    signed = troupe.attempt(record, signer, allowed=allowed)
    if signed is None:
        return
    lot.state, lot.head = "spent", signed.record_id
    for each in parcels:
        taken = lots[each]
        taken.state, taken.holder, taken.head = "held", by, signed.record_id
        taken.country = lot.country


def sell(troupe: Troupe, dice: Random) -> None:
    """Sell to a consumer, or take back."""
    operation = dice.choice(["sale", "return", "return"])
    before, after = ("held", "sold") if operation == "sale" else ("sold", "held")
    own = [
        at
        for at, one in troupe.model.lots.items()
        if (one.holder, one.state) == (JEWELLER, before) and one.code in (POLISHED, PIECE)
    ]
    parcel = dice.choice(own) if own and dice.randrange(8) else troupe.some_parcel(dice, before)
    lot, by = troupe.model.lots[parcel], troupe.holder_or_other(dice, parcel)
    (goods,), is_bent = _bent([troupe.goods(parcel)], dice)
    record = drafts.sale(
        troupe.stage.speaker(by), troupe.stage.moment(), goods, operation=operation
    )
    signer, may_sign = troupe.signer(dice, by, "Sale")
    free = not troupe.model.signers[by].is_frozen
    fits = (lot.holder, lot.state) == (by, before) and lot.code in (POLISHED, PIECE)
    allowed = may_sign and by == JEWELLER and fits and free and not is_bent
    signed = troupe.attempt(record, signer, allowed=allowed)
    if signed is not None:
        lot.state, lot.head = after, signed.record_id


def certify(troupe: Troupe, dice: Random) -> None:
    """Issue a certificate for rough of one holder, under a number of its own or a used one."""
    model, stage = troupe.model, troupe.stage
    parcel = troupe.some_parcel(dice, "held", "offered")
    parcels = troupe.inputs_beside(dice, parcel, "mix")
    if any(model.lots[each].code in (POLISHED, PIECE) for each in parcels):
        return  # a Certificate cannot say their codes
    exporter = model.lots[parcel].holder if dice.randrange(12) else "trader-ae"
    near = [by for by, at in AUTHORITIES.items() if model.lots[parcel].country in INSIDE[at]]
    by = dice.choice(near) if near and dice.randrange(8) else dice.choice(sorted(AUTHORITIES))
    own = AUTHORITIES[by]
    used = [paper.number for paper in model.papers.values()]
    is_used = bool(used) and dice.randrange(12) == 0
    number = dice.choice(used) if is_used else f"{own}{dice.randrange(90_000)}X{next(troupe.names)}"
    refused = [at for at, paper in model.papers.items() if paper.state == "refused"]
    original = dice.choice(refused) if refused and dice.randrange(3) == 0 else NO_HASH
    if original != NO_HASH and dice.randrange(4):
        parcels = list(model.papers[original].parcels)
        by = next(
            name for name, at in AUTHORITIES.items() if at == model.papers[original].cleared_in
        )
        own, exporter = AUTHORITIES[by], model.lots[parcels[0]].holder
        number, is_used = f"{own}{next(troupe.names)}", False
    life = dice.choice([1, 10 * DAY, 60 * DAY])
    goods, is_bent = _bent([troupe.goods(each) for each in parcels], dice)
    paper = drafts.Paper(
        number, dice.choice(["AE", "BE", "BW", "EU", "IN"]), stage.now_s + life,
        {each.hs_code: 1 for each in goods}, original=original,
    )  # fmt: skip
    record = drafts.certificate(
        stage.speaker(by), stage.moment(), address_of(exporter), goods, paper
    )
    lots = [model.lots[each] for each in parcels]
    held = all(lot.holder == exporter and lot.state in ("held", "offered") for lot in lots)
    free = not any(lot.paper and lot.paper.is_open(stage.now_s) for lot in lots)
    here = all(lot.country in INSIDE[own] for lot in lots)
    if original != NO_HASH:
        of = model.papers[original]
        here = of.cleared_in == own and set(parcels) <= set(of.parcels)
        here = here and all(model.was_last_refused(each, original) for each in parcels)
    fits = held and free and here and number[:2] == own and not is_used and not is_bent
    signed = troupe.attempt(record, by, allowed=fits)
    if signed is None:
        return
    made = Paper(number, tuple(sorted(parcels)), own, paper.destination, paper.expires_at)
    made.original = original
    model.papers[signed.record_id] = made
    for lot in lots:
        model.void(lot.paper)
        lot.paper = made


def clear(troupe: Troupe, dice: Random) -> None:
    """Confirm or refuse a certificate, its own or another's; or one that is on paper alone."""
    model, stage = troupe.model, troupe.stage
    papers = [
        at for at, paper in model.papers.items() if paper.state == "open" or not dice.randrange(4)
    ]
    at: Hash32 = dice.choice(papers) if papers else NO_HASH
    paper = model.papers.get(at)
    by = dice.choice(sorted(AUTHORITIES))
    if paper is not None and paper.destination in AUTHORITIES.values() and dice.randrange(8):
        by = next(name for name, own in AUTHORITIES.items() if own == paper.destination)
    own = AUTHORITIES[by]
    country = dice.choice(INSIDE[own]) if dice.randrange(12) else "AE"
    named = at if dice.randrange(8) else NO_HASH
    number = paper.number if paper is not None else f"ZA{dice.randrange(9_999)}"
    arrival = drafts.Arrival(number, country, 1, {"7102.31": drafts.Found(1, 1)}, certificate=named)
    reason = dice.choice(["", "", "seal"])
    record = drafts.clearance(stage.speaker(by), stage.moment(), arrival, reason=reason)
    fits = country != "AE"
    if named != NO_HASH:
        assert paper is not None
        fits = fits and paper.is_open(stage.now_s) and paper.destination == own
    signed = troupe.attempt(record, by, allowed=fits)
    if signed is not None and named != NO_HASH and paper is not None:
        paper.state, paper.cleared_in = ("refused" if reason else "confirmed"), own
        model.let_go(paper, "" if reason else country)


Guest = Callable[["Troupe", Random], None]
GUESTS: Sequence[tuple[Guest, int]] = (
    (set_stones, 5),
    (take_out, 3),
    (sell, 3),
    (certify, 6),
    (clear, 5),
)
"""Every act of theirs, and how often it is drawn."""
