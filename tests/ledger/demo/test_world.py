"""The demo's records are accepted by the rules, one after the other, and lose no millicarat."""

import pytest

from ledger.custody import Finding, Nothing, Overlay, Parcel
from ledger.demo.figures import load_figures
from ledger.demo.plan import make_plan
from ledger.demo.scribe import GOVERNORS, Scribe, fresh_secret
from ledger.demo.world import admit_everybody, from_mine_to_jeweller, open_sites
from ledger.drafts import Constitution
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
    state, parcels, findings = Overlay(Nothing()), {}, []
    index = 0

    def append(envelopes):
        nonlocal index
        for envelope in envelopes:
            signed = read_signed(envelope.raw, scribe.ledger_id)
            changes = check(state, signed, index, (START + 27 * 86_400) * 1000)
            state.apply(signed.record_id, signed.record, changes.items)
            index += 1
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
    return scribe, parcels, findings, finished


def test_every_planned_stone_arrives_at_a_jeweller(played):
    _, parcels, _, finished = played
    assert len(finished) == PLAN.stones
    for stone in finished:
        parcel = parcels[stone.goods.parcel]
        assert (parcel.state, parcel.custodian) == ("held", stone.jeweller.address)
        assert parcel.weight_millicarats == stone.stone.polished_millicarats


def test_what_the_scribe_believes_of_each_parcel_is_what_the_ledger_says(played):
    _, parcels, _, finished = played
    for stone in finished:
        parcel = parcels[stone.goods.parcel]
        assert (parcel.head, parcel.stones, parcel.hs_code) == (
            stone.goods.previous,
            stone.goods.stones,
            stone.goods.hs_code,
        )


def test_a_true_world_raises_no_finding(played):
    assert played[2] == []
