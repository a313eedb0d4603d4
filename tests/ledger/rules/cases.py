"""Cases of one refusal each, with the twin at its boundary that is accepted.

A case is a function ``(stage, wrong) -> Said``: it prepares a stage and returns what is to be said
there. Told ``wrong``, that must be refused by exactly the case's rule at its field; otherwise the
same words, or the nearest that are right, must be accepted. Test modules declare cases by
:class:`Cases`; ``test_refusals`` asks that together they reach every refusal of the document.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger import drafts
from ledger.custody import Parcel
from ledger.drafts import Moment, Output, Speaker
from ledger.records import Record
from ledger.values import NO_HASH, Address, Hash32, ParcelId
from tests.world import CAST, World, address_of, usual_world

EXTRAS = {
    "authority-eu": ("authority", "EU"),
    "miner-za": ("miner", "ZA"),
    "cutter-be": ("cutter", "BE"),
}
MINUTES_5 = 5 * 60
SOME_HASH = Hash32(b"\x09" * 32)
"""A hash of nothing that any ledger here holds."""


@dataclass(frozen=True)
class Said:
    """A record and the names of the actors whose keys sign it."""

    record: Record
    signers: tuple[str, ...]


@dataclass
class Stage(World):
    """The usual world with an open site, some more actors and quick ways to goods."""

    site: Hash32 = NO_HASH

    def speaker(self, name: str) -> Speaker:
        """Return a named actor in its role."""
        if name in EXTRAS:
            return Speaker(address_of(name), *EXTRAS[name])
        return super().speaker(name)

    def branch(self) -> Stage:
        """Return a stage that goes on from here, and leaves this one as it is."""
        fork = self.fork()
        assert isinstance(fork, Stage)
        return fork

    def give(self, holder: str, weight: int = 10_000, stones: int = 3) -> ParcelId:
        """Register a parcel of rough and hand it over to its holder."""
        parcel = self.register(self.site, weight, stones)
        if holder != "miner-bw":
            self.hand_over(parcel, "miner-bw", holder)
        return parcel

    def polished(self, holder: str, weight: int = 4_000, stones: int = 3) -> ParcelId:
        """Have a parcel polished in India and hand it over to its holder."""
        rough = self.give("cutter-in", weight + 6_000, stones)
        loss = drafts.Loss(6_000)
        output = Output(weight, stones, "7102.39")
        (parcel,) = self.transform("cutter-in", "polish", [rough], [output], polishing=loss)
        if holder != "cutter-in":
            self.hand_over(parcel, "cutter-in", holder)
        return parcel

    def report_on(self, parcel: ParcelId, by: str, operation: str) -> Record:
        """Return a Report that advances a parcel's chain."""
        previous = self.parcel(parcel).head
        speaker, moment = self.speaker(by), self.moment()
        return drafts.report(speaker, moment, operation, parcel, previous=previous)

    def answer(self, parcel: ParcelId, by: str, operation: str = "accept", **more: Any) -> Record:
        """Return a Receipt of an offered parcel, at its book weight unless told otherwise."""
        known, goods = self.parcel(parcel), self.goods(parcel)
        values = {"weight_millicarats": known.weight_millicarats, **more}
        if operation == "refuse":
            values = {"reason": "seal", **values}
        speaker, moment = self.speaker(by), self.moment()
        return drafts.receipt(
            speaker, moment, goods, known.custodian, operation=operation, **values
        )

    def offering(self, parcel: ParcelId, by: str, to: str, country: str = "") -> Record:
        """Return a Handoff of a parcel."""
        return drafts.handoff(
            self.speaker(by), self.moment(), self.goods(parcel), address_of(to),
            country or self.speaker(to).country,
        )  # fmt: skip

    def working(
        self, by: str, operation: str, parcels: list[ParcelId], outputs: list[Output],
        **losses: drafts.Loss,
    ) -> Record:  # fmt: skip
        """Return a Transformation."""
        inputs = [self.goods(parcel) for parcel in parcels]
        work = drafts.Work(outputs, losses)
        return drafts.transformation(self.speaker(by), self.moment(), operation, inputs, work)

    def admitting(
        self, by: str, name: str, role: str, country: str, moment: Moment | None = None, **more: Any
    ) -> Record:
        """Return an Admission."""
        values = {"previous": self.head_of(address_of(name)), **more}
        return drafts.admission(
            self.speaker(by), moment or self.moment(), address_of(name), role, country, **values
        )

    def revoking(self, by: str, name: str, role: str, country: str, **more: Any) -> Record:
        """Return a Revocation."""
        head = self.head_of(address_of(name))
        values = {"previous": SOME_HASH if head == NO_HASH else head, **more}
        return drafts.revocation(
            self.speaker(by), self.moment(), address_of(name), role, country, **values
        )

    def changing_key(self, by: str, operation: str, name: str, new_key: str = "") -> Record:
        """Return a KeyChange."""
        return drafts.key_change(
            self.speaker(by), self.moment(), operation, address_of(name),
            previous=self.head_of(address_of(name)),
            new_key=address_of(new_key) if new_key else Address(bytes(20)),
        )  # fmt: skip

    def book(self, parcel: ParcelId) -> Parcel:
        """Return a parcel that must exist."""
        return self.parcel(parcel)


@functools.cache
def _usual_stage() -> Stage:
    usual = usual_world()
    stage = Stage(**{name: getattr(usual, name) for name in vars(usual)})
    for name, (role, country) in EXTRAS.items():
        stage.admit(name, role, country)
    stage.site = stage.open_site()
    stage.later()
    return stage


def new_stage() -> Stage:
    """Return a stage of its own, with the whole cast and one site."""
    return _usual_stage().branch()


def altered(record: Record, values: Mapping[str, object]) -> Record:
    """Return a record with fields set by Python path: ``{"scene.occurred_at": 1}``."""
    sheets: dict[str, Any] = {}
    for path, value in values.items():
        place, _, name = path.partition(".")
        sheet = sheets.get(place, getattr(record, place))
        sheets[place] = replace(sheet, **{name: value})
    return replace(record, **sheets)  # type: ignore[type-var]  # every Record is a dataclass


Make = Callable[[Stage, bool], Said]


@dataclass(frozen=True)
class Case:
    """One refusal and how to meet it."""

    rule: str
    field: str
    make: Make

    @property
    def name(self) -> str:
        """The case's name: rule and circumstances, as one sentence."""
        return f"{self.rule}: {self.make.__name__.strip('_').replace('_', ' ')}"

    def refusal(self) -> tuple[str, str] | None:
        """Say what is wrong; return the rule and the field that it is refused by."""
        stage = new_stage()
        said = self.make(stage, True)
        refusal = stage.refusal_of(said.record, *said.signers)
        return None if refusal is None else (refusal.rule, refusal.field)

    def accept(self) -> None:
        """Say the twin; it is accepted, or raises."""
        stage = new_stage()
        said = self.make(stage, False)
        stage.check(said.record, *said.signers)


@dataclass
class Cases:
    """The cases of one test module."""

    all: list[Case] = field(default_factory=list)

    def __call__(self, rule: str, at: str) -> Callable[[Make], Make]:
        """Declare a case."""

        def declare(make: Make) -> Make:
            self.all.append(Case(rule, at, make))
            return make

        return declare


def name_of(case: Case) -> str:
    """Return a case's name, for pytest."""
    return case.name


def cast_names() -> tuple[str, ...]:
    """Return the names of the whole cast."""
    return (*CAST, *EXTRAS)
