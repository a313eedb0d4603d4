"""The anchor contract: what is a fork, and that its mark stays."""

from __future__ import annotations

import pytest

from ledger.anchor.artifacts import Told
from ledger.signing import address_of_secret
from ledger.values import NO_ADDRESS, NO_HASH
from tests.contracts.anchoring import (
    KEY,
    LEDGER,
    OPENING,
    OTHER_KEY,
    OTHER_SECRET,
    REWRITTEN,
    SECRET,
    TREE,
    Anchored,
    elsewhere,
    events,
    forms,
    head,
    proof,
    refusal,
)

ROOT = head(5)[1]


def forked(anchored, one_secret=SECRET, other_secret=SECRET, here=None, there=None, size=6):
    """Return two signed anchors of one size, and the fork that they are."""
    here = here or anchored.place(LEDGER)
    one = here.said(*head(size), head(5), one_secret)
    other = (there or here).said(*head(size, REWRITTEN), head(5), other_secret)
    keys = map(address_of_secret, (one_secret, other_secret))
    key, other_key = keys
    return one, other, (size, key, TREE.mth(0, size), other_key, REWRITTEN.mth(0, size))


def test_a_reported_fork_stays_visible_for_ever(at_five):
    one, other, fork = forked(at_five)
    done = at_five.do("reportFork", LEDGER, one, other)
    names = ("size", "key", "root", "otherKey", "otherRoot")
    values = {"ledger": LEDGER, **dict(zip(names, fork, strict=True))}
    assert events(done) == [Told("Forked", values)]
    assert at_five.ask("latest", LEDGER) == (*head(5), KEY, 0, True)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == (0, NO_ADDRESS, NO_HASH, NO_ADDRESS, NO_HASH)
    at_five.anchor(LEDGER, head(8), proof(5, 8))
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    at_five.evm.transact(at_five.contract, OPENING.data())
    assert at_five.ask("latest", LEDGER) == (*head(8), OTHER_KEY, 1, True)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork


def test_the_first_report_stays_and_another_does_nothing(at_five):
    one, other, fork = forked(at_five)
    at_five.do("reportFork", LEDGER, other, one)
    first = at_five.ask("forkOf", LEDGER, KEY)
    assert first == (fork[0], *fork[3:], *fork[1:3])
    for pair in ((one, other), (other, one), forked(at_five, size=7)[:2]):
        assert at_five.do("reportFork", LEDGER, *pair).logs == ()
    assert at_five.ask("forkOf", LEDGER, KEY) == first


@pytest.mark.parametrize("what", ["chain", "contract"])
def test_a_fork_over_two_chains_or_contracts_is_reported_to_either(at_five, what):
    there = elsewhere(at_five.place(LEDGER))[what]
    one, other, fork = forked(at_five, there=there)
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork


def test_a_fork_of_which_neither_half_was_signed_for_this_contract_is_reported_too(at_five):
    places = elsewhere(at_five.place(LEDGER))
    one, other, fork = forked(at_five, here=places["chain"], there=places["contract"])
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork


def test_replacing_the_key_between_two_roots_hides_no_fork(at_five):
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    one, other, fork = forked(at_five, SECRET, OTHER_SECRET)
    at_five.do("reportFork", LEDGER, one, other)
    for key in (KEY, OTHER_KEY):
        assert at_five.ask("forkOf", LEDGER, key) == fork


def test_who_has_a_former_key_cannot_hide_a_fork_of_the_key_in_force(at_five):
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    one, other, planted = forked(at_five)
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY)[0] == 0
    one, other, fork = forked(at_five, OTHER_SECRET, OTHER_SECRET)
    assert len(at_five.do("reportFork", LEDGER, one, other).logs) == 1
    assert at_five.ask("forkOf", LEDGER, KEY) == planted
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == fork


@pytest.mark.parametrize("secrets", [(SECRET, OTHER_SECRET), (OTHER_SECRET, SECRET)])
def test_who_signs_with_a_former_key_against_an_anchor_cannot_hide_what_comes_later(
    at_five, secrets
):
    """A fork beside another key fills no place: one of the key's own takes it, once."""
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    one, other, planted = forked(at_five, *secrets)
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == planted
    one, other, fork = forked(at_five, OTHER_SECRET, OTHER_SECRET, size=7)
    (told,) = events(at_five.do("reportFork", LEDGER, one, other))
    assert told is not None
    assert told.name == "Forked"
    for later in ((one, other), forked(at_five, OTHER_SECRET, OTHER_SECRET, size=8)[:2]):
        assert at_five.do("reportFork", LEDGER, *later).logs == ()
    one, other, _ = forked(at_five, *secrets, size=9)
    assert at_five.do("reportFork", LEDGER, one, other).logs == ()
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == fork
    assert at_five.ask("forkOf", LEDGER, KEY) == planted


@pytest.mark.parametrize("secrets", [(SECRET, OTHER_SECRET), (OTHER_SECRET, SECRET)])
def test_a_key_keeps_its_first_fork_when_it_takes_part_in_a_later_one(at_five, secrets):
    one, other, first = forked(at_five)
    at_five.do("reportFork", LEDGER, one, other)
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    one, other, later = forked(at_five, *secrets, size=7)
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, KEY) == first
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == later


def test_a_fork_by_a_key_that_never_was_the_ledgers_is_none(at_five):
    for secrets in ((OTHER_SECRET, OTHER_SECRET), (SECRET, OTHER_SECRET), (OTHER_SECRET, SECRET)):
        one, other, _ = forked(at_five, *secrets)
        told = refusal(at_five.do, "reportFork", LEDGER, one, other)
        values = {"ledger": LEDGER, "signer": OTHER_KEY, "anchorKey": KEY}
        assert told == Told("WrongSigner", values)
    assert at_five.ask("latest", LEDGER)[4] is False


def test_a_fork_of_another_ledger_is_none_of_this_one(at_five):
    there = elsewhere(at_five.place(LEDGER))["ledger"]
    one, other, _ = forked(at_five, there=there)
    told = refusal(at_five.do, "reportFork", LEDGER, one, other)
    assert told is not None
    assert told.name == "WrongSigner"


def test_what_is_no_fork_is_refused_with_both_heads(at_five):
    place = at_five.place(LEDGER)
    zero = place.said(0, ROOT), place.said(0, TREE.mth(0, 6))
    same = place.said(*head(6), head(5)), place.said(*head(6), head(3))
    grown = place.said(*head(6), head(5)), place.said(*head(7), head(5))
    for one, other in (zero, same, grown):
        told = refusal(at_five.do, "reportFork", LEDGER, one, other)
        values = {"size": one[2], "root": one[3], "otherSize": other[2], "otherRoot": other[3]}
        assert told == Told("NoFork", {"ledger": LEDGER, **values})


@pytest.mark.parametrize("form", ["high s", "64 bytes (EIP-2098)", "v 0 or 1", "zeros"])
def test_a_fork_is_reported_with_well_formed_signatures_only(at_five, form):
    one, other, _ = forked(at_five)
    wrong = forms(other[-1])[form]
    for pair in ((one, (*other[:-1], wrong)), ((*other[:-1], wrong), one)):
        told = refusal(at_five.do, "reportFork", LEDGER, *pair)
        assert told == Told("BadSignature", {"signature": wrong})


def test_a_fork_is_reported_of_a_ledger_that_was_opened(at_five):
    one, other, _ = forked(at_five)
    fresh = Anchored(at_five.evm)
    told = refusal(fresh.do, "reportFork", LEDGER, one, other)
    assert told == Told("WrongSigner", {"ledger": LEDGER, "signer": KEY, "anchorKey": NO_ADDRESS})
    fresh.open(OPENING)
    fresh.do("reportFork", LEDGER, one, other)
