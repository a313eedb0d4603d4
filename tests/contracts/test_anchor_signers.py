"""The anchor contract: who may sign what, where that holds, and how the key is replaced."""

from __future__ import annotations

import pytest

from ledger.anchor.artifacts import Told
from ledger.values import NO_ADDRESS, NO_HASH
from tests.contracts.anchoring import (
    ANCHORS,
    KEY,
    LEDGER,
    OPENING,
    OTHER_KEY,
    OTHER_SECRET,
    SECRET,
    Anchored,
    elsewhere,
    events,
    forms,
    head,
    proof,
    refusal,
)
from tests.evm import Evm

# --- Who signs, and where it holds ---


def test_another_key_anchors_nothing(at_five):
    told = refusal(at_five.anchor, LEDGER, head(6), proof(5, 6), OTHER_SECRET)
    values = {"ledger": LEDGER, "signer": OTHER_KEY, "anchorKey": KEY}
    assert told == Told("WrongSigner", values)


@pytest.mark.parametrize("what", ["chain", "contract", "ledger"])
def test_an_anchor_signed_for_another_place_is_refused(at_five, what):
    other = elsewhere(at_five.place(LEDGER))[what]
    signature = other.sign("Anchor", (*head(6), *head(5)))
    told = refusal(at_five.do, "anchor", LEDGER, *head(6), proof(5, 6), signature)
    assert told is not None
    assert told.name == "WrongSigner"


def test_an_anchor_is_refused_when_it_is_replayed_on_another_chain_contract_or_ledger():
    evm = Evm()
    first, second, third = Anchored(evm), Anchored(evm), Anchored(Evm(evm.chain_id + 1))
    other = OPENING.other(b"\1" * 32)
    for each in (first, second, third):
        each.open(OPENING)
        each.open(other)
    call = first.anchor_call(LEDGER, head(5))
    replays = [(second, call), (third, call)]
    replays.append((first, call.replace(LEDGER, other.ledger)))
    for where, data in replays:
        told = refusal(where.evm.transact, where.contract, data)
        assert told is not None
        assert told.name == "WrongSigner"
    first.evm.transact(first.contract, call)


def test_an_anchor_holds_only_after_the_one_that_it_names(at_five):
    signature = at_five.place(LEDGER).sign("Anchor", (*head(8), *head(5)))
    at_five.anchor(LEDGER, head(6), proof(5, 6))
    told = refusal(at_five.do, "anchor", LEDGER, *head(8), proof(6, 8), signature)
    assert told is not None
    assert told.name == "WrongSigner"


@pytest.mark.parametrize("form", forms(bytes(64) + b"\x1b"))
def test_any_other_spelling_of_a_signature_is_refused_and_told(at_five, form):
    right = at_five.place(LEDGER).sign("Anchor", (*head(6), *head(5)))
    wrong = forms(right)[form]
    told = refusal(at_five.do, "anchor", LEDGER, *head(6), proof(5, 6), wrong)
    assert told == Told("BadSignature", {"signature": wrong})
    at_five.do("anchor", LEDGER, *head(6), proof(5, 6), right)


def test_the_domain_separator_is_that_of_the_typed_data(anchored):
    from eth_account._utils.encode_typed_data.encoding_and_hashing import hash_domain

    domain = anchored.place(LEDGER).domain()
    assert anchored.ask("domainSeparator", LEDGER) == hash_domain(domain)


# --- Rotation ---


def test_the_anchor_key_is_replaced_on_its_own_word(at_five):
    done = at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    values = {"ledger": LEDGER, "oldKey": KEY, "newKey": OTHER_KEY, "rotations": 1}
    assert events(done) == [Told("Rotated", values)]
    assert at_five.ask("latest", LEDGER) == (*head(5), OTHER_KEY, 1, False)
    told = refusal(at_five.anchor, LEDGER, head(6), proof(5, 6))
    assert told == Told("WrongSigner", {"ledger": LEDGER, "signer": KEY, "anchorKey": OTHER_KEY})
    at_five.anchor(LEDGER, head(6), proof(5, 6), OTHER_SECRET)
    assert at_five.ask("wasAnchorKey", LEDGER, KEY)
    assert at_five.ask("wasAnchorKey", LEDGER, OTHER_KEY)


def test_a_rotation_cannot_be_replayed_even_when_the_old_key_is_back(anchored):
    signature = anchored.place(LEDGER).sign("Rotation", (KEY, OTHER_KEY, 0))
    anchored.do("rotate", LEDGER, OTHER_KEY, signature)
    again = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature)
    anchored.rotate(LEDGER, OTHER_SECRET, SECRET)
    back = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature)
    for told in (again, back):
        assert told is not None
        assert told.name == "WrongSigner"
    assert anchored.ask("latest", LEDGER) == (0, NO_HASH, KEY, 2, False)


def test_nobody_else_replaces_the_key_and_none_is_no_key(anchored):
    place = anchored.place(LEDGER)
    signature = place.sign("Rotation", (KEY, OTHER_KEY, 0), OTHER_SECRET)
    told = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature)
    assert told == Told("WrongSigner", {"ledger": LEDGER, "signer": OTHER_KEY, "anchorKey": KEY})
    for other in elsewhere(place).values():
        elsewhere_signed = other.sign("Rotation", (KEY, OTHER_KEY, 0))
        told = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, elsewhere_signed)
        assert told is not None
        assert told.name == "WrongSigner"
    nobody = place.sign("Rotation", (KEY, NO_ADDRESS, 0))
    told = refusal(anchored.do, "rotate", LEDGER, NO_ADDRESS, nobody)
    assert told == Told("NoAnchorKey", {"ledger": LEDGER})
    told = refusal(anchored.do, "rotate", NO_HASH, OTHER_KEY, signature)
    assert told == Told("UnknownLedger", {"ledger": NO_HASH})
    told = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature[:64])
    assert told == Told("BadSignature", {"signature": signature[:64]})


def test_an_anchor_signature_rotates_nothing_and_the_other_way_round(at_five):
    place = at_five.place(LEDGER)
    anchor = place.sign("Anchor", (*head(6), *head(5)))
    rotation = place.sign("Rotation", (KEY, OTHER_KEY, 0))
    for data in (
        ANCHORS.call("rotate", LEDGER, OTHER_KEY, anchor),
        ANCHORS.call("anchor", LEDGER, *head(6), proof(5, 6), rotation),
    ):
        told = refusal(at_five.evm.transact, at_five.contract, data)
        assert told is not None
        assert told.name == "WrongSigner"
