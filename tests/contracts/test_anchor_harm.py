"""The anchor contract against those who want to do harm."""

from __future__ import annotations

import pytest
from eth.vm.forks.cancun import CancunVM

from ledger.anchor.artifacts import Told
from ledger.errors import Reverted
from ledger.merkle import inclusion_proof
from tests.contracts.anchoring import (
    ANCHORS,
    LEDGER,
    OPENING,
    REWRITTEN,
    TREE,
    Anchored,
    head,
    proof,
    refusal,
)
from tests.evm import GAS_MAX, Evm
from tests.reference_merkle import Reference


def test_a_call_that_runs_out_of_gas_anywhere_takes_nothing_and_shows_nothing():
    """A SHA-256 that fails for want of gas must not leave its hash to what was there before."""
    anchored = Anchored(Evm(fork=CancunVM))  # without EIP-7623, which asks for more than is used
    anchored.open(OPENING)
    anchored.anchor(LEDGER, head(299))
    right = inclusion_proof(298, 299, TREE.read)
    for of, answers in ((TREE, {True}), (REWRITTEN, {False})):
        wanted = of.mth(298, 299) if of is TREE else of.mth(3, 4)
        ask = ANCHORS.call("verifyInclusion", LEDGER, 298, wanted, right)
        assert answers_by_gas(anchored, ask) == answers | {None}
    grown = anchored.anchor_call(LEDGER, head(300), proof(299, 300))
    rewritten = anchored.anchor_call(LEDGER, head(300, REWRITTEN), proof(299, 300, REWRITTEN))
    assert answers_by_gas(anchored, grown) == {b"", None}
    assert answers_by_gas(anchored, rewritten) == {None}


def answers_by_gas(anchored, data):
    """Return every answer to a call with less gas and more; None for none at all."""
    answers = set()
    least = 21_000 + sum(16 if byte else 4 for byte in data)
    for gas in range(least, least + 30_000, 331):
        anchored.evm.gas_max = gas
        try:
            answer = anchored.evm.call(anchored.contract, data)
            answers.add(bool(int.from_bytes(answer, "big")) if answer else answer)
        except Reverted:
            answers.add(None)
    anchored.evm.gas_max = GAS_MAX
    return answers


def test_a_proof_of_ten_thousand_hashes_is_refused_and_costs_its_sender_alone(at_five):
    long = tuple(number.to_bytes(32, "big") for number in range(1, 10_001))
    told = refusal(at_five.anchor, LEDGER, head(6), (*proof(5, 6), *long))
    assert told is not None
    assert told.name == "NotAContinuation"
    assert not at_five.ask("verifyInclusion", LEDGER, 3, TREE.mth(3, 4), long)
    told = refusal(at_five.do, "anchor", LEDGER, *head(6), proof(5, 6), bytes(100_000))
    assert told == Told("BadSignature", {"signature": bytes(100_000)})


@pytest.mark.parametrize("cut", [32, 33, 96, 97, 200])
def test_a_call_cut_short_is_refused(at_five, cut):
    data = at_five.anchor_call(LEDGER, head(6), proof(5, 6))
    with pytest.raises(Reverted):
        at_five.evm.transact(at_five.contract, data[:-cut])
    at_five.evm.transact(at_five.contract, data)


def test_a_size_of_more_than_64_bits_is_no_size(at_five):
    data = bytearray(at_five.anchor_call(LEDGER, head(6), proof(5, 6)))
    at = 4 + 32
    assert data[at : at + 32] == (6).to_bytes(32, "big")
    data[at] = 1
    with pytest.raises(Reverted):
        at_five.evm.transact(at_five.contract, bytes(data))


def test_whoever_sends_first_what_was_signed_takes_nothing_from_the_signer(at_five):
    call = at_five.anchor_call(LEDGER, head(8), proof(5, 8))
    at_five.evm.transact(at_five.contract, call)
    assert at_five.evm.transact(at_five.contract, call).logs == ()
    assert at_five.head(LEDGER) == head(8)


def test_a_thief_of_the_key_in_force_continues_the_log_but_rewrites_nothing(at_five):
    """What the document says of it: the true log is then no continuation."""
    stolen = Reference(
        {i: b"entry %d" % i for i in range(5)} | dict.fromkeys(range(5, 9), b"thief")
    )
    at_five.anchor(LEDGER, head(9, stolen), proof(5, 9, stolen))
    told = refusal(at_five.anchor, LEDGER, head(12), proof(9, 12))
    assert told is not None
    assert told.name == "NotAContinuation"
    assert at_five.ask(
        "verifyInclusion", LEDGER, 3, TREE.mth(3, 4), inclusion_proof(3, 9, stolen.read)
    )
