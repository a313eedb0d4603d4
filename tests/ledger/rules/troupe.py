"""Actors who do anything, allowed or not, beside a model that knows what is.

Each act is drawn by dice from what there is, mostly well and often badly: wrong hands, wrong keys,
wrong sums, records kept back until they are stale. The model says beforehand whether the ledger
must take it; whatever it takes, the model follows.
"""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Callable, Sequence
from random import Random

from ledger import drafts
from ledger.drafts import Goods
from ledger.errors import Refusal, Refused
from ledger.records import Clearance, Record, Registration
from ledger.signing import SignedRecord
from ledger.values import NO_HASH, ParcelId
from tests.ledger.rules.cases import SOME_HASH, Stage, new_stage
from tests.ledger.rules.guests import GUESTS
from tests.ledger.rules.model import COUNTRIES, PIECE, POLISHED, ROUGH, Lot, Model, Plan, Signer
from tests.world import GOVERNORS, WEEK, address_of

PARTIES = tuple(COUNTRIES)
WORKERS = ("miner-bw", "trader-be", "trader-ae", "cutter-in", "cutter-be", "jeweller-fr")
CUTTERS = ("cutter-in", "cutter-be")
AREAS = {
    "authority-bw": {"BW"},
    "authority-be": {"BE"},
    "authority-in": {"IN"},
    "authority-eu": {"BE", "FR"},
}
AGENT_KINDS = (
    "Registration", "Handoff", "Receipt", "Withdrawal", "Transformation", "Report", "Setting",
    "Sale",
)  # fmt: skip
REVOKED: frozenset[str] = frozenset()


@functools.cache
def beginning() -> tuple[Stage, Model]:
    """Return a stage with rough and polished goods in several hands, and the model of it."""
    stage = new_stage()
    model = Model(signers={party: Signer(party) for party in PARTIES})
    for holder, stones in (("miner-bw", 3), ("trader-be", 0), ("cutter-in", 6), ("cutter-in", 4)):
        parcel = stage.give(holder, 10_000, stones)
        model.registered += 10_000
        model.lots[parcel] = _lot(stage, parcel, holder, ROUGH, "BW")
    parcel = stage.polished("jeweller-fr", 4_000, 3)
    model.registered, model.lost_named = model.registered + 10_000, 6_000
    model.lots[parcel] = _lot(stage, parcel, "jeweller-fr", POLISHED, "FR")
    stage.later()
    return stage, model


def _lot(stage: Stage, parcel: ParcelId, holder: str, code: str, country: str) -> Lot:
    goods = stage.goods(parcel)
    made = next(signed for _, signed, changes in stage.log if parcel in changes.parcels)
    weight, stones = goods.weight_millicarats, goods.stones
    return Lot(holder, weight, stones, code, goods.previous, made.record_id, country=country)


class Troupe:
    """The ledger on one side, the model on the other."""

    def __init__(self) -> None:
        stage, model = beginning()
        self.stage, self.model = stage.branch(), copy.deepcopy(model)
        self.kept_back: list[tuple[Record, ParcelId, str]] = []
        self.names = itertools.count()

    def act(self, dice: Random) -> None:
        """Let somebody do something."""
        acts = [act for act, often in ACTS for _ in range(often)]
        dice.choice(acts)(self, dice)

    def attempt(self, record: Record, *signers: str, allowed: bool) -> SignedRecord | None:
        """Say something; the ledger must take it exactly when the model allows it."""
        came: SignedRecord | Refusal
        try:
            came = self.stage.append(self.stage.sign(record, *signers))
        except Refused as refused:
            came = refused.refusal
        assert isinstance(came, SignedRecord) == allowed, (came, record)
        return came if isinstance(came, SignedRecord) else None

    # -- choices -----------------------------------------------------------------------------

    def some_parcel(self, dice: Random, *states: str) -> ParcelId:
        """Return a parcel, most times in one of the states asked; spent ones but seldom."""
        lots, luck = self.model.lots, dice.randrange(16)
        fit = [parcel for parcel, lot in lots.items() if lot.state in states] if luck < 13 else []
        if not fit and luck < 15:
            fit = [parcel for parcel, lot in lots.items() if lot.is_live]
        return dice.choice(fit or list(lots))

    def holder_or_other(self, dice: Random, parcel: ParcelId) -> str:
        """Return who holds a parcel, most times; or any party."""
        return dice.choice(PARTIES) if dice.randrange(8) == 0 else self.model.lots[parcel].holder

    def goods(self, parcel: ParcelId) -> Goods:
        """Return a parcel as the model keeps it."""
        lot = self.model.lots[parcel]
        return Goods(parcel, lot.head, lot.weight, lot.stones, lot.code)

    def signer(self, dice: Random, party: str, kind: str) -> tuple[str, bool]:
        """Return a key that signs for a party, and whether it may."""
        signer, luck = self.model.signers[party], dice.randrange(16)
        if luck == 0:
            return "stranger", False
        if luck == 1 and signer.keys_ever:
            return dice.choice(signer.keys_ever), False
        if luck <= 5 and signer.agents:
            name, kinds = dice.choice(sorted(signer.agents.items()))
            return name, kind in kinds
        return signer.key, True

    # -- goods -------------------------------------------------------------------------------

    def register(self, dice: Random) -> None:
        """Register rough."""
        weight, stones = dice.choice([1, 5, 10_000, 10**6]) + dice.randrange(9), dice.randrange(7)
        code = dice.choice(["7102.10", "7102.21", ROUGH])
        record = drafts.registration(
            self.stage.speaker("miner-bw"), self.stage.moment(), self.stage.site, weight,
            stones=stones, hs_code=code,
        )  # fmt: skip
        signer, allowed = self.signer(dice, "miner-bw", "Registration")
        signed = self.attempt(record, signer, allowed=allowed)
        if signed is not None:
            (parcel,) = self.stage.outputs(signed)
            made = signed.record_id
            self.model.lots[parcel] = Lot("miner-bw", weight, stones, code, made, made)
            self.model.registered += weight

    def offer(self, dice: Random) -> None:
        """Offer a parcel, or sign the offer and keep it back."""
        parcel = self.some_parcel(dice, "held")
        sender, to = self.holder_or_other(dice, parcel), dice.choice(PARTIES)
        record = drafts.handoff(
            self.stage.speaker(sender), self.stage.moment(), self.goods(parcel),
            address_of(to), COUNTRIES[to],
        )  # fmt: skip
        if dice.randrange(6) == 0:
            self.kept_back.append((record, parcel, sender))
            return
        signer, may_sign = self.signer(dice, sender, "Handoff")
        allowed = may_sign and self.model.may_move(sender, parcel) and sender != to
        signed = self.attempt(record, signer, allowed=allowed)
        if signed is not None:
            lot = self.model.lots[parcel]
            lot.state, lot.to, lot.head = "offered", to, signed.record_id

    def say_what_was_kept_back(self, dice: Random) -> None:
        """Say an offer that was signed a while ago."""
        if not self.kept_back:
            return
        record, parcel, sender = self.kept_back.pop(dice.randrange(len(self.kept_back)))
        lot, recipient = self.model.lots[parcel], record.who.recipient
        to = next(name for name in PARTIES if address_of(name) == recipient)
        fresh = lot.head == record.what.previous
        allowed = fresh and self.model.may_move(sender, parcel) and to != sender
        signed = self.attempt(record, self.model.signers[sender].key, allowed=allowed)
        if signed is not None:
            lot.state, lot.to, lot.head = "offered", to, signed.record_id

    def answer(self, dice: Random) -> None:
        """Answer an offer, at some weight and count."""
        parcel = self.some_parcel(dice, "offered")
        lot = self.model.lots[parcel]
        by = lot.to if lot.to and dice.randrange(8) else dice.choice(PARTIES)
        operation = dice.choice(["accept", "accept", "accept", "acceptShort", "refuse"])
        edge = lot.tolerance
        off = dice.choice([0, 0, 0, -edge - 1, -edge, edge, edge + 1, dice.randint(-9_000, 9_000)])
        weight = max(lot.weight + off, 0 if lot.code == PIECE else 1)
        if lot.code == PIECE and dice.randrange(2):
            weight = 0
        count = max(lot.stones + dice.choice([0, 0, 0, -1, 1]), 0)
        record = drafts.receipt(
            self.stage.speaker(by), self.stage.moment(), self.goods(parcel),
            address_of(lot.holder), operation=operation, weight_millicarats=weight,
            stones=count, reason="other" if operation == "refuse" else "",
        )  # fmt: skip
        signer, may_sign = self.signer(dice, by, "Receipt")
        second = self.model.signers[lot.holder].key
        signers = (signer, second) if operation == "acceptShort" else (signer,)
        if len(set(signers)) != len(signers):
            return
        allowed = may_sign and lot.state == "offered" and lot.to == by
        allowed = allowed and lot.takes(operation, weight, count)
        signed = self.attempt(record, *signers, allowed=allowed)
        if signed is None:
            return
        lot.head = signed.record_id
        if operation == "refuse":
            lot.state, lot.to = "held", ""
        else:
            self.model.receive(parcel, by, weight, count)

    def withdraw(self, dice: Random) -> None:
        """Take an offer back."""
        parcel = self.some_parcel(dice, "offered")
        lot, by = self.model.lots[parcel], self.holder_or_other(dice, parcel)
        record = drafts.withdrawal(self.stage.speaker(by), self.stage.moment(), self.goods(parcel))
        signer, may_sign = self.signer(dice, by, "Withdrawal")
        allowed = may_sign and (lot.state, lot.holder) == ("offered", by)
        signed = self.attempt(record, signer, allowed=allowed)
        if signed is not None:
            lot.state, lot.to, lot.head = "held", "", signed.record_id

    def work(self, dice: Random) -> None:
        """Split, mix, cut, polish, recut or reweigh, well or badly."""
        parcel = self.some_parcel(dice, "held")
        by = self.holder_or_other(dice, parcel)
        operation = dice.choice(["split", "split", "mix", "mix", "reweigh"])
        if by in CUTTERS or dice.randrange(16) == 0:
            polished = self.model.lots[parcel].code == POLISHED
            operation = "recut" if polished else dice.choice(["cut", "polish"])
        inputs = self.inputs_beside(dice, parcel, operation)
        plan = Plan.of([self.model.lots[each] for each in inputs], operation, dice)
        if plan is None:
            return
        goods = [self.goods(each) for each in inputs]
        record = drafts.transformation(
            self.stage.speaker(by), self.stage.moment(), operation, goods, plan.work
        )
        signer, may_sign = self.signer(dice, by, "Transformation")
        may_work = by in (CUTTERS if operation in ("cut", "polish", "recut") else WORKERS)
        allowed = may_sign and may_work and plan.is_sound and self.model.may_move(by, *inputs)
        signed = self.attempt(record, signer, allowed=allowed)
        if signed is not None:
            made = self.stage.outputs(signed)
            lots = [(o.weight_millicarats, o.stones, o.hs_code) for o in plan.work.outputs]
            self.model.spend(signed.record_id, inputs, dict(zip(made, lots, strict=True)))

    def inputs_beside(self, dice: Random, parcel: ParcelId, operation: str) -> list[ParcelId]:
        """Return the inputs of an operation: one parcel, and sometimes others like it."""
        if operation in ("split", "reweigh") and dice.randrange(12):
            return [parcel]
        lots, lot = self.model.lots, self.model.lots[parcel]
        others = [other for other in lots if other != parcel]
        if dice.randrange(8):
            others = [other for other in others if lots[other].is_like(lot)]
        return sorted([parcel, *dice.sample(others, min(len(others), dice.randrange(3)))])

    # -- reports -----------------------------------------------------------------------------

    def report(self, by: str, operation: str, parcel: ParcelId) -> Record:
        """Return a Report that advances a parcel's chain."""
        head = self.model.lots[parcel].head
        speaker, moment = self.stage.speaker(by), self.stage.moment()
        return drafts.report(speaker, moment, operation, parcel, previous=head)

    def freeze(self, dice: Random) -> None:
        """Report a theft or a loss."""
        parcel = self.some_parcel(dice, "held", "offered")
        lot, by = self.model.lots[parcel], self.holder_or_other(dice, parcel)
        signer, may_sign = self.signer(dice, by, "Report")
        allowed = may_sign and lot.holder == by and lot.state in ("held", "offered")
        record = self.report(by, dice.choice(["theft", "loss"]), parcel)
        signed = self.attempt(record, signer, allowed=allowed)
        if signed is not None:
            lot.freeze(by, signed.record_id, seized=False)

    def seize(self, dice: Random) -> None:
        """Seize a parcel, mostly as an authority of the country it is in."""
        parcel = self.some_parcel(dice, "held", "offered", "frozen")
        lot = self.model.lots[parcel]
        near = [by for by, area in AREAS.items() if lot.country in area and dice.randrange(8)]
        by = dice.choice(near or sorted(AREAS))
        free = lot.state in ("held", "offered") or (lot.state == "frozen" and not lot.seized)
        allowed = free and lot.country in AREAS[by]
        signed = self.attempt(self.report(by, "seizure", parcel), by, allowed=allowed)
        if signed is not None:
            lot.freeze(by, signed.record_id, seized=True)

    def lift(self, dice: Random) -> None:
        """Recover a parcel as its reporter or another, or release it as governors."""
        parcel = self.some_parcel(dice, "frozen")
        lot, release = self.model.lots[parcel], dice.randrange(3) == 0
        by = lot.reporter if lot.reporter and dice.randrange(6) else dice.choice(PARTIES)
        signer = self.model.signers[by].key if by in self.model.signers else by
        signers = GOVERNORS[:2] if release else (signer,)
        allowed = lot.state == "frozen" and (release or lot.reporter == by)
        operation = "release" if release else "recovery"
        record = self.report("governor-1" if release else by, operation, parcel)
        signed = self.attempt(record, *signers, allowed=allowed)
        if signed is not None:
            lot.state, lot.reporter, lot.seized, lot.head = "held", "", False, signed.record_id

    def dispute(self, dice: Random) -> None:
        """Dispute a record of a parcel's chain, or another."""
        parcel, party = self.some_parcel(dice), dice.choice(PARTIES)
        lot = self.model.lots[parcel]
        state = dice.choice([lot.head, lot.made, SOME_HASH, self.stage.party(party).head])
        speaker, moment = self.stage.speaker(party), self.stage.moment()
        record = drafts.report(speaker, moment, "dispute", parcel, state=state)
        allowed = state in (lot.head, lot.made)
        self.attempt(record, self.model.signers[party].key, allowed=allowed)

    # -- keys, time and replays --------------------------------------------------------------

    def change_key(self, dice: Random) -> None:
        """Rotate, recover, object or override."""
        party = dice.choice(PARTIES)
        operation = dice.choice(["rotate", "recover", "recover", "object", "override"])
        signer, by_party = self.model.signers[party], operation in ("rotate", "object")
        name = "" if operation == "object" else f"{party} key {next(self.names)}"
        by = party if by_party else GOVERNORS[0]
        record = self.stage.changing_key(by, operation, party, name)
        key, _ = self.signer(dice, party, "KeyChange")
        is_key = key == signer.key
        signers: dict[str, tuple[str, ...]] = {
            "rotate": (key, name),
            "object": (key,),
            "recover": GOVERNORS[:2],
            "override": GOVERNORS,
        }
        allowed = {
            "rotate": is_key and not signer.is_frozen,
            "object": is_key and signer.is_frozen,
            "recover": not signer.is_frozen and not signer.objected,
            "override": signer.objected,
        }
        if self.attempt(record, *signers[operation], allowed=allowed[operation]) is not None:
            signer.change(operation, name, self.stage.now_s + WEEK)

    def admit_agent(self, dice: Random) -> None:
        """Admit an agent for some kinds."""
        party, name = dice.choice(PARTIES), f"agent {next(self.names)}"
        signer, kinds = self.model.signers[party], dice.sample(AGENT_KINDS, dice.randint(1, 5))
        record = self.stage.admitting(party, name, "agent", COUNTRIES[party], kinds=kinds)
        if self.attempt(record, signer.key, allowed=not signer.is_frozen) is not None:
            signer.agents[name] = frozenset(kinds)

    def revoke_agent(self, dice: Random) -> None:
        """Revoke an agent, perhaps for the second time."""
        party = dice.choice(PARTIES)
        signer = self.model.signers[party]
        if signer.agents:
            name = dice.choice(sorted(signer.agents))
            record = self.stage.revoking(party, name, "agent", COUNTRIES[party])
            self.attempt(record, signer.key, allowed=signer.agents[name] != REVOKED)
            signer.agents[name] = REVOKED

    def wait(self, dice: Random) -> None:
        """Let time pass: a moment, or about as long as a recovery takes."""
        self.stage.later(dice.choice([1, 60, 60, 60, WEEK - 1, WEEK]))
        for signer in self.model.signers.values():
            signer.settle(self.stage.now_s)

    def replay(self, dice: Random) -> None:
        """Send an old record again to rules that do not know that it was said before."""
        _, signed, _ = dice.choice(self.stage.log)
        begins = isinstance(signed.record, Registration)
        on_paper = (
            isinstance(signed.record, Clearance) and signed.record.what.certificate == NO_HASH
        )
        if not (begins or on_paper) and signed.record.operation not in ("open", "dispute"):
            assert self.stage.refusal_of_signed(signed) is not None


ACTS: Sequence[tuple[Callable[[Troupe, Random], None], int]] = (
    (Troupe.register, 3),
    (Troupe.offer, 10),
    (Troupe.say_what_was_kept_back, 3),
    (Troupe.answer, 9),
    (Troupe.withdraw, 2),
    (Troupe.work, 14),
    (Troupe.freeze, 2),
    (Troupe.seize, 2),
    (Troupe.lift, 5),
    (Troupe.dispute, 1),
    (Troupe.change_key, 4),
    (Troupe.admit_agent, 2),
    (Troupe.revoke_agent, 1),
    (Troupe.wait, 3),
    (Troupe.replay, 2),
    *GUESTS,
)
"""Every act, and how often it is drawn."""
