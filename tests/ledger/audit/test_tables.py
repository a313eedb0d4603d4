"""Damage planted in the derived tables: each row is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.custody import (
    SORTS,
    Blended,
    CharterInForce,
    Finding,
    Item,
    Operation,
    Parcel,
    SiteState,
)
from ledger.drafts import Loss, Output
from ledger.values import to_hex
from tests.desk import Desk, journey
from tests.planting import Tables
from tests.world import address_of


@pytest.fixture
def desk() -> Desk:
    desk = Desk(journey())
    parcel = desk.world.log[-1][2].parcels[0]
    desk.world.later(40 * 24 * 3600)
    world = desk.world
    world.offer(parcel, "cutter-in", "trader-be")
    site = next(item.id for _, _, said in world.log for item in said.items if is_site(item))
    rough = world.register(site, 1_000, 1)
    registration = world.log[-1][1]
    world.certify([rough], "BW1", "BE")
    world.hand_over(rough, "miner-bw", "cutter-in")
    work = [Output(400, 1, "7102.39")]
    (stone,) = world.transform("cutter-in", "polish", [rough], work, polishing=Loss(600))
    world.grade("lab-be", stone, "LG1")
    world.correct("miner-bw", registration, {"amounts.label": "Bag 7"})
    world.answer_finding("miner-bw", world.ledger_id)
    return desk.fill()


def is_site(item: Item) -> bool:
    """Tell whether an item is a site."""
    return isinstance(item, SiteState)


def tables(desk: Desk) -> Tables:
    """Read the derived tables of a ledger."""
    ids = {index: signed.record_id for index, (_, signed, _) in enumerate(desk.world.log)}
    with desk.store.view() as view:
        return Tables.of(view, ids)


def found(desk: Desk) -> list[tuple[str, str]]:
    """Return kind and place of each fault."""
    return [(fault.kind, fault.place) for fault in desk.audit().faults]


def test_tables_put_back_as_they_were_are_clean(desk: Desk) -> None:
    tables(desk).put(desk.store)
    assert found(desk) == []


def first(of: Tables, sort: type[Item]) -> tuple[type[Item], bytes]:
    """Return the place of the first item of a sort."""
    return next(place for place in of.items if place[0] is sort)


SORTS_HERE = [sort for sort in SORTS if sort.__name__ not in ("Agent", "Suspicion", "Finding")]


@pytest.mark.parametrize("sort", SORTS_HERE)
def test_a_row_that_is_not_there_is_a_gap(desk: Desk, sort: type[Item]) -> None:
    planted = tables(desk)
    place = first(planted, sort)
    del planted.items[place]
    planted.put(desk.store)
    assert found(desk) == [("gap", f"table {sort.__name__}, {to_hex(place[1])}")]


ALTERATIONS: dict[type, Callable[[Item], Item]] = {
    Parcel: lambda item: replace(item, weight_millicarats=item.weight_millicarats + 1),
    CharterInForce: lambda item: replace(item, threshold=1),
    Operation: lambda item: replace(item, loss_millicarats=7),
    Blended: lambda item: replace(item, blend=item.blend.replace("1", "2", 1)),
}


@pytest.mark.parametrize("sort", ALTERATIONS)
def test_an_altered_row_is_named(desk: Desk, sort: type[Item]) -> None:
    planted = tables(desk)
    place = first(planted, sort)
    planted.items[place] = ALTERATIONS[sort](planted.items[place])
    planted.put(desk.store)
    assert found(desk) == [("altered", f"table {sort.__name__}, {to_hex(place[1])}")]


def test_a_parcel_given_to_another_holder_is_named(desk: Desk) -> None:
    planted = tables(desk)
    place = first(planted, Parcel)
    planted.items[place] = replace(planted.items[place], custodian=address_of("thief"))
    planted.put(desk.store)
    assert found(desk) == [("altered", f"table Parcel, {to_hex(place[1])}")]


@pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32], ids=["first", "last"])
def test_a_row_that_no_record_leaves_is_named(desk: Desk, key: bytes) -> None:
    planted = tables(desk)
    made_up = replace(planted.items[first(planted, Parcel)], id=key)
    planted.items[Parcel, key] = made_up
    planted.put(desk.store)
    assert found(desk) == [("altered", f"table Parcel, {to_hex(key)}")]


def test_a_finding_made_up_is_named(desk: Desk) -> None:
    planted = tables(desk)
    record_id = desk.world.ledger_id
    made_up = Finding(record_id, "over-capacity", 0, record_id, record_id, "made up")
    planted.items[Finding, made_up.key] = made_up
    planted.put(desk.store)
    assert found(desk) == [("altered", f"table Finding, {to_hex(made_up.key)}")]


def test_a_record_looked_up_at_another_index_is_named(desk: Desk) -> None:
    planted = tables(desk)
    planted.derived[7] = replace(planted.derived[7], index=3)
    planted.put(desk.store)
    assert found(desk)[0] == ("altered", "table of record ids, entry 7")


def test_a_record_that_cannot_be_looked_up_is_a_gap(desk: Desk) -> None:
    planted = tables(desk)
    del planted.derived[25]
    planted.put(desk.store)
    assert found(desk)[0] == ("gap", "table of record ids, entry 25")


def test_a_mention_made_up_is_named(desk: Desk) -> None:
    planted = tables(desk)
    _, parcel = first(planted, Parcel)
    planted.derived[4] = replace(planted.derived[4], mentions=(parcel,))
    planted.put(desk.store)
    assert found(desk) == [("altered", f"table of mentions, {to_hex(parcel)}")]


def test_a_look_up_of_a_record_that_does_not_exist_is_seen_by_the_fingerprint(desk: Desk) -> None:
    planted = tables(desk)
    planted.derived.append(replace(planted.derived[0], record_id=bytes(32)))
    planted.put(desk.store)
    assert found(desk) == [("altered", "derived tables")]


def test_everything_gone_is_named_row_by_row(desk: Desk) -> None:
    Tables([], {}).put(desk.store)
    report = desk.audit(faults_max=20)
    assert len(report.faults) == 20
    assert {fault.kind for fault in report.faults} == {"gap"}
    assert report.unlisted > 0
