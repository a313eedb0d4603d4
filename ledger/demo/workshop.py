"""The demo's far end: rough is polished, stones are graded, sold to jewellers, and set in rings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, cycle
from typing import Final

from ledger.demo.customs import HOUR
from ledger.demo.plan import Stone
from ledger.demo.scribe import Actor, Scribe
from ledger.drafts import Goods, Grades, Loss, Output

DAY: Final = 24 * HOUR
LABORATORIES: Final = (("lab-antwerp", "lab", "BE"), ("lab-mumbai", "lab", "IN"))
POLISHED: Final = "7102.39"
WARRANTY: Final = "wdc-sow-2"
GRADED_FROM_MILLICARATS: Final = 500
STONES_IN_A_RING: Final = 2


@dataclass(frozen=True, slots=True)
class FinishedStone:
    """A polished stone at its jeweller's; or set there in a piece, which may have been sold."""

    goods: Goods
    stone: Stone
    jeweller: Actor
    piece: Goods | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Through whose hands a mix goes."""

    aggregator: Actor
    cutter: Actor
    jewellers: tuple[Actor, ...]

    @property
    def laboratory(self) -> str:
        """The laboratory in the cutter's country."""
        return next(
            name for name, _, country in LABORATORIES if country == self.cutter.speaker.country
        )


def polish(scribe: Scribe, goods: Goods, stones: list[Stone], cutter: Actor) -> tuple[Goods, ...]:
    """Saw a mixed lot, then polish each stone of it; return the polished stones."""
    sawing_loss = goods.weight_millicarats // 50
    sawn = scribe.transform(
        cutter, "cut", [goods], [Output(goods.weight_millicarats - sawing_loss, goods.stones)],
        {"sawing": Loss(sawing_loss)},
    )  # fmt: skip
    scribe.later(DAY)
    outputs = [Output(s.polished_millicarats, 1, POLISHED, s.label) for s in stones]
    lost = sawn[0].weight_millicarats - sum(output.weight_millicarats for output in outputs)
    return scribe.transform(cutter, "polish", sawn, outputs, {"polishing": Loss(lost)})


class Workshop:
    """What cutters, laboratories and jewellers do with a mix.

    Args:
        scribe: writes the records.

    """

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe
        self._reports = count(1)
        self._pieces = count(1)

    def finish(self, goods: Goods, stones: list[Stone], way: Way) -> list[FinishedStone]:
        """Polish a mix, have its larger stones graded, sell all of them, and set some in rings."""
        scribe = self._scribe
        polished = polish(scribe, goods, stones, way.cutter)
        scribe.later(DAY)
        began, arrived = scribe.occurred_at, []
        for each, stone, jeweller in zip(polished, stones, cycle(way.jewellers), strict=False):
            scribe.occurred_at = began
            graded = self._graded(each, stone, way)
            scribe.occurred_at = began + 3 * DAY
            scribe.state(graded, way.cutter, "warranty", text_id=WARRANTY)
            held = scribe.hand_over(graded, way.cutter, jeweller)
            arrived.append(FinishedStone(held, stone, jeweller))
        scribe.later(DAY)
        rings = [self._ring(arrived, jeweller) for jeweller in way.jewellers]
        by_parcel = {one.goods.parcel: one for ring in rings for one in ring}
        return [by_parcel.get(one.goods.parcel, one) for one in arrived]

    def _graded(self, goods: Goods, stone: Stone, way: Way) -> Goods:
        """Send a stone to a laboratory and back, if it is large enough to be worth it."""
        if goods.weight_millicarats < GRADED_FROM_MILLICARATS:
            return goods
        scribe, laboratory = self._scribe, self._scribe.actors[way.laboratory]
        there = scribe.hand_over(goods, way.cutter, laboratory, operation="consignment")
        scribe.later(DAY)
        _, color, clarity = stone.grade.rsplit(" ", 2)
        scribe.state(
            there, laboratory, "grading",
            report_number=f"{next(self._reports):09}",
            grades=Grades("round", color, clarity, stone.measurements_micrometres),
            weight_millicarats=goods.weight_millicarats,
        )  # fmt: skip
        return scribe.hand_over(there, laboratory, way.cutter, operation="return")

    def _ring(self, stones: list[FinishedStone], jeweller: Actor) -> list[FinishedStone]:
        """Set a jeweller's two lightest stones in a ring, if it has more; sell every other one."""
        own = [one for one in stones if one.jeweller is jeweller]
        own.sort(key=lambda one: one.goods.weight_millicarats)
        chosen = own[:STONES_IN_A_RING]
        if len(own) <= len(chosen):
            return []
        scribe = self._scribe
        goods = [one.goods for one in chosen]
        piece = scribe.set_in(goods, jeweller, "Ring")
        if next(self._pieces) % 2 == 0:
            scribe.later(HOUR)
            piece = scribe.sell(piece, jeweller)
        return [
            replace(one, goods=scribe.books[one.goods.parcel], piece=piece) for one in chosen
        ]  # fmt: skip
