"""The demo's records are accepted by the rules, one after the other, and lose no millicarat."""

import pytest

from ledger.custody import Finding, Nothing, Overlay, Parcel
from ledger.demo.customs import area_of
from ledger.demo.figures import load_figures
from ledger.demo.plan import make_plan
from ledger.demo.scribe import GOVERNORS, Scribe, fresh_secret
from ledger.demo.world import admit_everybody, from_mine_to_jeweller, open_sites
from ledger.drafts import Constitution
from ledger.records import Certificate, Clearance, Handoff, Sale, Statement
from ledger.rules import check
from ledger.signing import read_signed
from ledger.values import NO_HASH
from tests.world import ORIGIN, START, World

PLAN = make_plan(load_figures(), 1, 20260101)


@pytest.fixture(scope="module")
def played():
    """The whole demo, through the real rules."""
    scribe = Scribe(NO_HASH, START)
    governors = [scribe.add(name, fresh_secret(), "governor") for name in GOVERNORS]
    key = str(World.log_key().verifier_key)
    constitution = Constitution(tuple(g.address for g in governors), 2, (key,))
    charter = scribe.sign(constitution.charter(ORIGIN, scribe.moment()), *governors)
    state, parcels, findings, log = Overlay(Nothing()), {}, [], []
    index = 0

    def append(envelopes):
        nonlocal index
        for envelope in envelopes:
            signed = read_signed(envelope.raw, scribe.ledger_id)
            changes = check(state, signed, index, (START + 27 * 86_400) * 1000)
            state.apply(signed.record_id, signed.record, changes.items)
            index += 1
            log.append(signed.record)
            for item in changes.items:
                if isinstance(item, Parcel):
                    parcels[item.id] = item
                if isinstance(item, Finding):
                    findings.append(item)

    append([charter])
    scribe.ledger_id = read_signed(charter.raw, NO_HASH).record_id
    admit_everybody(scribe, PLAN)
    sites = open_sites(scribe, PLAN)
    finished = list(from_mine_to_jeweller(scribe, PLAN, sites, lambda: append(scribe.take())))
    return scribe, parcels, findings, finished, log


def test_every_planned_stone_arrives_at_a_jeweller(played):
    _, parcels, _, finished, _ = played
    assert len(finished) == PLAN.stones
    for stone in finished:
        parcel = parcels[stone.goods.parcel]
        state = "held" if stone.piece is None else "set"
        assert (parcel.state, parcel.custodian) == (state, stone.jeweller.address)
        assert parcel.weight_millicarats == stone.stone.polished_millicarats


def test_what_the_scribe_believes_of_each_parcel_is_what_the_ledger_says(played):
    _, parcels, _, finished, _ = played
    for stone in finished:
        parcel = parcels[stone.goods.parcel]
        assert (parcel.head, parcel.stones, parcel.hs_code) == (
            stone.goods.previous,
            stone.goods.stones,
            stone.goods.hs_code,
        )


def test_a_true_world_raises_no_finding(played):
    assert played[2] == []


def test_rough_crosses_no_border_without_a_certificate_that_is_confirmed(played):
    _, parcels, _, _, log = played
    cleared = {one.what.certificate for one in log if isinstance(one, Clearance)}
    issued = [one for one in log if isinstance(one, Certificate)]
    assert len(issued) == len(cleared) > len(PLAN.mixes)
    crossing = [
        one
        for one in log
        if isinstance(one, Handoff)
        and area_of(one.scene.author_country) != area_of(one.scene.recipient_country)
        and parcels[one.what.parcel].form == "rough"
    ]
    certified = {parcel for one in issued for parcel in one.what.parcels}
    assert {one.what.parcel for one in crossing} == certified


def test_stones_from_half_a_carat_on_are_graded_and_some_are_set_and_sold(played):
    _, parcels, _, finished, log = played
    graded = [one for one in log if isinstance(one, Statement) and one.what.operation == "grading"]
    large = [one for one in finished if one.stone.polished_millicarats >= 500]
    assert {one.what.parcel for one in graded} == {one.goods.parcel for one in large}
    assert len({one.what.report_number for one in graded}) == len(graded)
    pieces = {one.piece.parcel: parcels[one.piece.parcel] for one in finished if one.piece}
    assert {piece.state for piece in pieces.values()} == {"held", "sold"}
    sales = [one for one in log if isinstance(one, Sale)]
    assert len(sales) == sum(piece.state == "sold" for piece in pieces.values())


def test_goods_that_large_markets_do_not_admit_never_come_there(played):
    scribe, _, _, finished, log = played
    elsewhere = {scribe.actors[name].address for name in ("aggregator-dubai", "jeweller-dubai")}
    for lots, mix in ((mix, {lot.country for lot in mix}) for mix in PLAN.mixes):
        assert mix == {"RU"} or "RU" not in mix, lots
    russian = [one for one in log if isinstance(one, Certificate) and "RU" in one.scene.origins]
    assert russian
    assert {one.scene.destination for one in russian} <= {"AE", "IN"}
    stones = sum(len(lot.stones) for mix in PLAN.mixes for lot in mix if lot.country == "RU")
    assert sum(one.jeweller.address in elsewhere for one in finished) == stones
