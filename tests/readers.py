"""A busy trade ledger, everybody who may ask it, and what each may read by a naive reading.

``Expected`` says it again from the written rule (``docs/spec/access.md``) and the records alone, by
replaying every hand-over and following every parcel to its mines, without bounds and without
anything of ``ledger.access``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ledger import drafts
from ledger.drafts import Constitution, Loss, Output
from ledger.rules import touches
from ledger.values import EU_COUNTRIES, ParcelId
from tests.access_table import SHOWN, SORTS
from tests.scene import ABROAD, POLISHED, Scene, jewel
from tests.world import CAST, GOVERNORS, ORIGIN, address_of

EVERYBODY = {**CAST, **ABROAD, "authority-eu": ("authority", "EU")}
KEYS = {"scribe": "trader-be", "cutter-key": "cutter-in"}
"""Keys that are no party's first: an agent, and the key that a party changed to."""

LAPSED = ("cutter-in", "lab-be", "nobody")
"""Keys that open nothing: changed, of a party without a role, of nobody."""

PARTIES = {
    **{name: name for name in (*EVERYBODY, *GOVERNORS) if name not in LAPSED},
    **KEYS,
}
"""Who can sign in, by key, and as which party."""


def busy(mode: str = "trade") -> Scene:
    """Return the stone's way with one record more of every kind and ending."""
    scene = jewel(mode)
    scene.admit("authority-eu", "authority", "EU")
    scene.admit_agent("trader-be", "scribe", "Handoff", "Receipt")
    bag = scene.register(scene.sites["home"], 900, 2, zone="South")
    scene.offer(bag, "miner-bw", "trader-ae")
    scene.say(
        drafts.withdrawal(scene.speaker("miner-bw"), scene.moment(), scene.goods(bag)), "miner-bw"
    )
    scene.offer(bag, "miner-bw", "trader-ae")
    scene.say(
        drafts.receipt(
            scene.speaker("trader-ae"), scene.moment(), scene.goods(bag), address_of("miner-bw"),
            operation="refuse", reason="goods", weight_millicarats=0,
        ),
        "trader-ae",
    )  # fmt: skip
    scene.hand_over(bag, "miner-bw", "trader-be")
    stone, rest = scene.parcels["stone"], scene.parcels["rest"]
    scene.report("dispute", stone, "lab-be", state=scene.parcel(stone).head)
    graded = scene.grade("lab-be", stone, "R1")
    scene.correct("lab-be", graded, {"what.color": "H"})
    mined = next(one for _, one, _ in scene.log if one.record.KIND.name == "Registration")
    scene.correct("miner-bw", mined, {"amounts.label": "Bag 7"})
    _make_a_piece(scene)
    scene.report("theft", rest, "trader-be", previous=scene.parcel(rest).head)
    _at_borders_and_in_shops(scene)
    handoff = drafts.handoff(
        scene.speaker("trader-be"), scene.moment(), scene.goods(bag),
        address_of("trader-ae"), "AE",
    )  # fmt: skip
    scene.say(handoff, "scribe")
    scene.change_key("rotate", "cutter-in", "cutter-key")
    scene.revoke("lab-be")
    _amend(scene)
    scene.later()
    scene.parcels["bag"] = bag
    return scene


def _make_a_piece(scene: Scene) -> None:
    """Bring a stone over a border, polish it, set it in a piece and sell that."""
    rough = scene.register(scene.sites["home"], 2_000, 1, zone="South")
    scene.hand_over(rough, "miner-bw", "trader-be")
    certificate = scene.certify([rough], "BW0001", "BE")
    scene.clear(certificate)
    scene.hand_over(rough, "trader-be", "cutter-in")
    (gem,) = scene.transform(
        "cutter-in", "polish", [rough], [Output(900, 1, POLISHED)], polishing=Loss(1_100)
    )
    scene.hand_over(gem, "cutter-in", "jeweller-fr")
    piece = scene.set_in([gem])
    scene.sell(piece)
    scene.parcels |= {"gem": gem, "piece": piece}


def _at_borders_and_in_shops(scene: Scene) -> None:
    """Certify rough, polish it, and sell it in a piece; the stone and its mine are spoken of."""
    rough = scene.register(scene.sites["home"], 700, 2, zone="South")
    registered = scene.log[-1][1]
    certificate = scene.certify([rough], "BW20260001", "BE", origins=("BW",))
    scene.clear(certificate)
    scene.correct("miner-bw", registered, {"amounts.label": "Bag 9"})
    scene.hand_over(rough, "miner-bw", "cutter-in")
    (stone,) = scene.transform(
        "cutter-in", "polish", [rough], [Output(300, 2, "7102.39")], polishing=Loss(400)
    )
    scene.hand_over(stone, "cutter-in", "jeweller-fr")
    scene.state_that("jeweller-fr", "warranty", stone, text_id="wdc-sow-2")
    piece = scene.set_in([stone], label="ring")
    scene.sell(piece)
    scene.parcels |= {"set": stone, "piece": piece}


def _amend(scene: Scene) -> None:
    known = scene.charter()
    constitution = Constitution(
        governors=known.governors, threshold=2, checkpoint_keys=known.checkpoint_keys,
        mode=known.mode, tolerance_millicarats=known.tolerance_millicarats + 1,
    )  # fmt: skip
    assert known.origin == ORIGIN
    record = constitution.amendment(address_of(GOVERNORS[0]), known.head, scene.moment())
    scene.say(record, *GOVERNORS[:2])


class Expected:
    """What each reader may read of a scene, worked out the long way."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.parents: dict[ParcelId, tuple[ParcelId, ...]] = {}
        self.goods: list[set[ParcelId]] = []
        """Of each record: the parcels that it, or what it is about, makes, advances or names."""
        self.meant: list[tuple[Any, ...]] = []
        """Of each record: itself, and what it corrects or clears, if it does."""
        self.held: dict[tuple[str, ParcelId], int | None] = {}
        """Of each holder and parcel: the index at which it was given on; None if it was not."""
        self._records: dict[Any, Any] = {}
        for index, (_, signed, _) in enumerate(scene.log):
            self._replay(index, signed.record, signed.record_id)

    def _replay(self, index: int, record: Any, record_id: Any) -> None:
        kind = record.KIND.name
        if kind in ("Correction", "Clearance"):
            named = record.what.record if kind == "Correction" else record.what.certificate
            of = next(one for _, one, _ in self.scene.log if one.record_id == named)
            self.meant.append((record, of.record))
            self.goods.append(_named_goods(of.record, of.record_id))
            return
        self.meant.append((record,))
        touched = touches(record, record_id)
        self.goods.append(_named_goods(record, record_id))
        inputs = {"Transformation": "inputs", "Setting": "parcels"}.get(kind, "")
        inputs = getattr(record.what, inputs, ())
        author = record.author.hex()
        if kind in ("Registration", "Transformation", "Setting"):
            for parcel in touched:
                if parcel not in inputs:
                    self.parents[parcel] = tuple(inputs)
                    self.held[author, parcel] = None
        if kind == "Receipt" and record.what.operation != "refuse":
            self.held[record.who.sender.hex(), record.what.parcel] = index
            self.held[author, record.what.parcel] = None

    def about(self, record: Any) -> Any:
        """Return a record; of a Correction, what it corrects."""
        return self._records[record.what.record] if record.KIND.name == "Correction" else record

    def held_by(self, party: str) -> Iterator[ParcelId]:
        """Yield what a party holds or held."""
        for holder, parcel in self.held:
            if holder == address_of(party).hex():
                yield parcel

    def ancestors(self, parcel: ParcelId) -> set[ParcelId]:
        """Return a parcel and all that it comes from."""
        found = {parcel}
        for parent in self.parents.get(parcel, ()):
            found |= self.ancestors(parent)
        return found

    def row(self, party: str, index: int, through: ParcelId | None) -> str:
        """Return the name of the row of the table that a party is in for a record."""
        role, country = EVERYBODY.get(party, ("governor", ""))
        if role == "auditor":
            return "auditor"
        if self._is_named(party, index):
            return "named"
        mines = {self.scene.sites["home"]: "BW", self.scene.sites["abroad"]: "CA"}
        countries = set()
        for record in self.meant[index]:
            countries |= {text for text in _texts(record.scene) if len(text) == 2}
            countries.add(mines.get(getattr(record.who, "site", None), ""))
        within = {country} | (set(EU_COUNTRIES) if country == "EU" else set())
        if role == "authority" and countries & within:
            return "authority"
        return "line" if self._is_of_line(party, index, through) else "other"

    def _is_named(self, party: str, index: int) -> bool:
        signed = self.scene.log[index][1]
        keys = [party, *(key for key, of in KEYS.items() if of == party)]
        named = json.dumps([_plain(record.who) for record in self.meant[index]])
        named += str([one.hex() for one in signed.signers])
        return any(address_of(key).hex() in named for key in keys)

    def _concerned(self, record: Any) -> tuple[Any, ...]:
        """Return a record, and the one besides that says whom it concerns."""
        if record.KIND.name == "Clearance":
            return record, self._records[record.what.certificate]
        return record, self.about(record)

    def _is_of_line(self, party: str, index: int, through: ParcelId | None) -> bool:
        asked = [(goods, goods) for goods in self.goods[index]]
        if through is not None:
            line = self.ancestors(through)
            asked += [(goods, through) for goods in self.goods[index] if goods in line]
        for _, by in asked:
            given_on = self.held.get((address_of(party).hex(), by), -1)
            if given_on is None or index <= given_on:
                return True
        return False

    def sheets(
        self, party: str | None, index: int, through: ParcelId | None = None
    ) -> tuple[str, ...]:
        """Return the sheets of a record that a party, or a stranger, is shown."""
        sort = SORTS[self.meant[index][-1].KIND.name]
        if party is None:
            return SHOWN["stranger", "any"][sort]
        return SHOWN[self.row(party, index, through), "trade"][sort]


def _named_goods(record: Any, record_id: Any) -> set[ParcelId]:
    spoken = {getattr(record.what, "parcel", bytes(32)), *getattr(record.what, "parcels", ())}
    return {*touches(record, record_id), *spoken} - {bytes(32)}


def _texts(sheet: Any) -> Iterator[str]:
    for value in _plain(sheet).values():
        values = value if isinstance(value, list) else [value]
        yield from (one for one in values if isinstance(one, str))


def _plain(sheet: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return [plain(one) for one in value]
        return value.hex() if isinstance(value, bytes) else value

    return {field.name: plain(getattr(sheet, field.name)) for field in sheet.FIELDS}
