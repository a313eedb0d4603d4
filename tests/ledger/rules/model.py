"""Who holds what, said again in the simplest words: the machine compares the ledger with it.

The model knows nothing of ``ledger.custody`` or ``ledger.rules``. It says beforehand whether goods
and keys allow something, and is told what was done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from ledger.drafts import Loss, Output, Work
from ledger.values import NO_HASH, Hash32, ParcelId

ROUGH, POLISHED, PIECE = "7102.31", "7102.39", ""
TOLERANCE_MILLICARATS, TOLERANCE_PARTS = 5, 1_000
COUNTRIES = {
    "miner-bw": "BW",
    "trader-be": "BE",
    "trader-ae": "AE",
    "cutter-in": "IN",
    "cutter-be": "BE",
    "lab-be": "BE",
    "jeweller-fr": "FR",
}
"""Every party that may hold goods, and where it is."""


@dataclass
class Paper:
    """A certificate: open until it is cleared, void or out of date."""

    number: str
    parcels: tuple[ParcelId, ...]
    country: str
    destination: str
    expires_at: int
    state: str = "open"
    cleared_in: str = ""
    original: Hash32 = NO_HASH

    def is_open(self, now_s: int) -> bool:
        """Tell whether it still certifies its parcels."""
        return self.state == "open" and now_s <= self.expires_at


@dataclass
class Lot:
    """A parcel as the model keeps it: one holder, or spent."""

    holder: str
    weight: int
    stones: int
    code: str
    head: Hash32
    made: Hash32
    state: str = "held"
    to: str = ""
    reporter: str = ""
    seized: bool = False
    country: str = "BW"
    inside: tuple[ParcelId, ...] = ()
    """Of a piece: the parcels set in it."""
    paper: Paper | None = None
    """The certificate last issued for it that nothing has closed."""

    @property
    def is_live(self) -> bool:
        """Tell whether the goods are still this parcel."""
        return self.state != "spent"

    @property
    def is_weighed_here(self) -> bool:
        """Tell whether its weight counts: what is set is counted by its piece."""
        return self.state not in ("spent", "set")

    @property
    def tolerance(self) -> int:
        """The tolerance for its weight: 5 millicarats, or one part in a thousand."""
        return max(TOLERANCE_MILLICARATS, self.weight // TOLERANCE_PARTS)

    def is_like(self, other: Lot) -> bool:
        """Tell whether two lots can be worked on together."""
        forms = {self.code == POLISHED, other.code == POLISHED}
        return (self.holder, self.state, len(forms)) == (other.holder, other.state, 1)

    def takes(self, operation: str, weight: int, count: int) -> bool:
        """Tell whether an answer may state this weight and count."""
        if self.code == PIECE and operation != "refuse":
            return weight in (0, self.weight) and count in (0, self.stones)
        counted = bool(self.stones and count)
        over = weight > self.weight + self.tolerance or (counted and count > self.stones)
        short = weight < self.weight - self.tolerance or (counted and count < self.stones)
        return operation == "refuse" or (not over and (operation == "acceptShort" or not short))

    def freeze(self, by: str, head: Hash32, *, seized: bool) -> None:
        """Freeze the lot and end its offer."""
        self.state, self.to, self.reporter, self.head, self.seized = "frozen", "", by, head, seized


@dataclass
class Signer:
    """What may sign for a party: a key, agents, and what is announced."""

    key: str
    keys_ever: list[str] = field(default_factory=list)
    agents: dict[str, frozenset[str]] = field(default_factory=dict)
    announced: str = ""
    effect_at: int = 0
    objected: bool = False

    @property
    def is_frozen(self) -> bool:
        """Tell whether a recovery is announced."""
        return bool(self.announced)

    def settle(self, now_s: int) -> None:
        """Let an announced key take effect when its time has come."""
        if self.announced and now_s >= self.effect_at:
            self._take(self.announced)

    def change(self, operation: str, key: str, effect_at: int) -> None:
        """Follow a KeyChange."""
        if operation == "object":
            self.objected, self.announced = True, ""
        elif operation == "recover":
            self.announced, self.effect_at = key, effect_at
        else:
            self._take(key)

    def _take(self, key: str) -> None:
        self.keys_ever.append(self.key)
        self.key, self.announced = key, ""


@dataclass
class Model:
    """All lots, all signers, and what was registered and lost."""

    lots: dict[ParcelId, Lot] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)
    papers: dict[Hash32, Paper] = field(default_factory=dict)
    registered: int = 0
    lost_named: int = 0
    lost_in_transit: int = 0

    @property
    def live_weight(self) -> int:
        """The weight of all goods there are, millicarats."""
        return sum(lot.weight for lot in self.lots.values() if lot.is_weighed_here)

    def may_move(self, holder: str, *parcels: ParcelId) -> bool:
        """Tell whether a party may offer or work on parcels now."""
        lots = [self.lots[parcel] for parcel in parcels]
        held = all((lot.holder, lot.state) == (holder, "held") for lot in lots)
        return held and not self.signers[holder].is_frozen

    def spend(
        self, record: Hash32, inputs: list[ParcelId], outputs: dict[ParcelId, tuple[int, int, str]]
    ) -> None:
        """Replace lots by others of the same holder; what weight is missing is lost by name."""
        lots = [self.lots[parcel] for parcel in inputs]
        holder, countries = lots[0].holder, {lot.country for lot in lots}
        country = COUNTRIES[holder] if len(countries) > 1 else countries.pop()
        for lot in lots:
            lot.state, lot.head = "spent", record
            self.void(lot.paper)
        for parcel, (weight, stones, code) in outputs.items():
            self.lots[parcel] = Lot(holder, weight, stones, code, record, record, country=country)
        weight_out = sum(weight for weight, _, _ in outputs.values())
        self.lost_named += sum(lot.weight for lot in lots) - weight_out

    def void(self, paper: Paper | None) -> None:
        """Void a certificate, expired or not, if there is one."""
        if paper is not None:
            paper.state = "void"
            self.let_go(paper)

    def let_go(self, paper: Paper, country: str = "") -> None:
        """Take a certificate from its parcels, which are in a country if one is given."""
        for parcel in paper.parcels:
            lot = self.lots[parcel]
            lot.paper, lot.country = None, country or lot.country

    def was_last_refused(self, parcel: ParcelId, original: Hash32) -> bool:
        """Tell whether a parcel's last certificate is a refused one, or a way back that none used.

        Of ways back that are open, another rule tells.
        """
        papers = [(at, paper) for at, paper in self.papers.items() if parcel in paper.parcels]
        at, last = papers[-1]
        return at == original or (last.original == original and last.state in ("open", "void"))

    def receive(self, parcel: ParcelId, by: str, weight: int, count: int) -> None:
        """Move a lot to who answered its offer, at the lower weight."""
        lot = self.lots[parcel]
        lighter = lot.weight if lot.code == PIECE else min(lot.weight, weight)
        self.lost_in_transit += lot.weight - lighter
        lot.weight, lot.holder, lot.state, lot.to = lighter, by, "held", ""
        if lot.stones and count:
            lot.stones = count
        if lot.code in (POLISHED, PIECE):
            lot.country = COUNTRIES[by]
        for inside in lot.inside:
            self.lots[inside].holder = by


@dataclass
class Plan:
    """What somebody means to make of lots, and whether the document allows it."""

    work: Work
    is_sound: bool

    @classmethod
    def of(cls, lots: list[Lot], operation: str, dice: Random) -> Plan | None:
        """Plan an operation on lots, well or badly; None where there is too little to share."""
        bend = dice.choice([None] * 12 + ["weight", "stones", "form", "shape"])
        usual = {"split": dice.randint(2, 4), "reweigh": 1}.get(operation, dice.randint(1, 3))
        count = dice.randint(1, 3) if bend == "shape" else usual
        weight_in, stones_in = sum(lot.weight for lot in lots), sum(lot.stones for lot in lots)
        loss = dice.choice([0, 0, 1, dice.randrange(weight_in // 2 + 1)])
        weight_out = weight_in - loss + (dice.choice([-1, 1]) if bend == "weight" else 0)
        if weight_out < count:
            return None
        counted = all(lot.stones for lot in lots)
        stones_lost = dice.choice([0, 0, 0, 1, stones_in + 1]) if counted else dice.randrange(2)
        stones = _shared(max(stones_in - stones_lost, 1), count)
        if bend == "stones":
            stones[0] += dice.choice([-1, 1, 2])
        if not counted and dice.randrange(2):
            stones = [0] * count
        polished_in = {lot.code == POLISHED for lot in lots}
        gives = {"cut": False, "polish": True, "recut": True}.get(operation, min(polished_in))
        polished_out = gives != (bend == "form")
        rough = ROUGH if lots[0].code in (POLISHED, PIECE) else lots[0].code
        code = POLISHED if polished_out else rough
        weights = _shared(weight_out, count)
        outputs = [Output(*made, code) for made in zip(weights, stones, strict=True)]
        losses = {"other": Loss(loss, stones_lost)} if loss or stones_lost else {}
        sound = (
            _fits(operation, len(lots), count)
            and len(polished_in) == 1
            and all(lot.code != PIECE for lot in lots)
            and _takes(operation, polished=min(polished_in))
            and polished_out == gives
            and weight_in == weight_out + loss
            and (not counted or _adds_up(operation, stones_in, stones, stones_lost))
        )
        return cls(Work(outputs, losses), sound)


def _fits(operation: str, inputs: int, outputs: int) -> bool:
    if operation == "split":
        return inputs == 1 and outputs >= 2
    if operation == "mix":
        return inputs >= 2
    return operation != "reweigh" or (inputs, outputs) == (1, 1)


def _takes(operation: str, *, polished: bool) -> bool:
    return {"cut": not polished, "polish": not polished, "recut": polished}.get(operation, True)


def _adds_up(operation: str, stones_in: int, stones: list[int], lost: int) -> bool:
    out = sum(stones)
    enough = out >= stones_in - lost if operation == "cut" else out == stones_in - lost
    return enough and min(stones) > 0 and lost <= stones_in


def _shared(whole: int, count: int) -> list[int]:
    """Share a whole out: one to each but the last, who gets the rest, and at least one."""
    return [*[1] * (count - 1), max(whole - (count - 1), 1)]
