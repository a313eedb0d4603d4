"""Which ways goods came, against taking parcels out of the graph and looking again."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ledger.custody import Nothing, Operation, Parcel
from ledger.values import NO_ADDRESS, Hash32, Milliseconds, ParcelId
from ledger.verdicts.gathering.ancestry import Ancestry, Origins, Ways
from tests.trials import dice

COUNTRIES = ("AO", "BW", "CA")
NO_RECORD = Hash32(bytes(32))


def parcel_id(number: int) -> ParcelId:
    return ParcelId(number.to_bytes(32, "big"))


def parcel(number: int, made_by: int, position: int) -> Parcel:
    return Parcel(
        id=parcel_id(number), state="held", custodian=NO_ADDRESS, weight_millicarats=1, stones=0,
        hs_code="7102.31", country="BE", head=NO_RECORD, head_at=0, made_by=made_by,
        position=position, blended_by=made_by,
    )  # fmt: skip


def operation(index: int, name: str, country: str, inputs: list[Parcel], made: int) -> Operation:
    ids = tuple(one.id for one in inputs)
    return Operation(
        index=index, record_id=NO_RECORD, name=name, author=NO_ADDRESS, occurred_at=0,
        recorded_at_ms=Milliseconds(0), country=country, site=NO_RECORD, inputs=ids,
        input_weights_millicarats=(1,) * len(ids),
        inputs_made_by=tuple(one.made_by for one in inputs),
        outputs=tuple(parcel_id(100 * index + at) for at in range(made)),
        weights_millicarats=(1,) * made, stones=(0,) * made, loss_millicarats=0,
    )  # fmt: skip


def grown(random_: random.Random) -> tuple[Ancestry, dict[int, int]]:
    """Return the ancestry of the last parcel of a random history, and the bit of each mine."""
    alive: list[Parcel] = []
    operations: dict[int, Operation] = {}
    bits: dict[int, int] = {}
    for index in range(1, random_.randint(4, 16)):
        is_last = index == 15
        if len(alive) < 2 or random_.random() < 0.35:
            country = random_.choice(COUNTRIES)
            made = operation(index, "registration", country, [], 1)
            bits[index] = 1 << COUNTRIES.index(country)
        else:
            inputs = random_.sample(alive, random_.randint(1, min(3, len(alive))))
            made = operation(index, "mix", "BE", inputs, 1 if is_last else random_.randint(1, 3))
            alive = [one for one in alive if one not in inputs]
        operations[index] = made
        alive += [parcel(100 * index + at, index, at) for at in range(len(made.outputs))]
    return ancestry_of(alive[-1], operations), bits


def ancestry_of(subject: Parcel, operations: dict[int, Operation]) -> Ancestry:
    needed, parcels = {subject.made_by}, {subject.id: subject}
    for index in sorted(operations, reverse=True):
        if index in needed:
            needed |= set(operations[index].inputs_made_by)
            for number in operations[index].inputs:
                value = int.from_bytes(number, "big")
                parcels[number] = parcel(value, value // 100, value % 100)
    kept = tuple(operations[index] for index in sorted(needed))
    return Ancestry(subject, kept, parcels, is_cut=False)


def reaches(ancestry: Ancestry, bits: dict[int, int], without: set[ParcelId]) -> int:
    """Tell of which countries goods come to the subject past some parcels, step by step."""
    found, waiting = 0, [ancestry.subject.id]
    makers = {made: one for one in ancestry.operations for made in one.outputs}
    while waiting:
        at = waiting.pop()
        if at not in without:
            found |= bits.get(makers[at].index, 0)
            waiting += makers[at].inputs
    return found


def through(ancestry: Ancestry, bits: dict[int, int], parcels: set[ParcelId]) -> int:
    """Tell of which countries goods come to the subject through some parcels."""
    makers = {made: one for one in ancestry.operations for made in one.outputs}
    found, waiting = 0, list(parcels)
    while waiting:
        made = makers[waiting.pop()]
        found |= bits.get(made.index, 0)
        waiting += made.inputs
    return found


@pytest.mark.parametrize("number", range(150))
def test_an_origin_is_concerned_when_it_cannot_come_past(number: int) -> None:
    random_ = dice(f"verdicts.ways.{number}")
    ancestry, bits = grown(random_)
    origins = Origins((country, None, country) for country in COUNTRIES)
    ways = Ways(Nothing(), ancestry, bits, origins)
    present = reaches(ancestry, bits, set())
    ids = sorted(ancestry.parcels)
    groups = [{one} for one in ids]
    groups += [set(random_.sample(ids, random_.randint(1, len(ids)))) for _ in range(5)]
    for group in groups:
        may = through(ancestry, bits, group)
        past = reaches(ancestry, bits, group)
        pathless = origins.all & ~present
        assert ways.may_concern(group) == may | pathless
        assert ways.concerns(frozenset(group)) == present & ~past
        single = ways.concerns(frozenset(group), is_exact=False)
        assert single & ~(present & ~past) == 0


def test_nothing_is_certain_of_an_ancestry_that_was_cut() -> None:
    ancestry, bits = grown(dice("verdicts.cut"))
    origins = Origins((country, None, country) for country in COUNTRIES)
    ways = Ways(Nothing(), replace(ancestry, is_cut=True), bits, origins)
    assert {ways.concerns(frozenset({one})) for one in ancestry.parcels} == {0}
