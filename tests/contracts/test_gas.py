"""Gas is what the table of the benchmarks says, in py-evm and in Hardhat's network alike."""

from __future__ import annotations

import pytest

from benchmarks.gas import gas
from ledger.merkle import consistency_proof, inclusion_proof
from tests.contracts.anchoring import ANCHORS, Anchored, Place, charter, opening
from tests.evm import Evm
from tests.nodes import hardhat
from tests.reference_merkle import Reference

OPENING = opening(charter())
LEDGER = OPENING.ledger
TREE = Reference({index: b"entry %d" % index for index in range(1024)})
GOALS = {
    "gas-anchor-at-10^3": 62_000,
    "gas-anchor-at-2^10-at-worst": 62_000,
    "gas-anchor-at-10^6": 70_000,
    "gas-anchor-at-2^20-at-worst": 70_000,
    "gas-anchor-at-10^9": 78_000,
    "gas-anchor-at-2^30-at-worst": 78_000,
    "gas-inclusion-at-depth-20": 45_000,
}


def head(size):
    return size, TREE.mth(0, size)


def calldata(data: bytes) -> int:
    """Return what the bytes of a call cost by themselves (EIP-2028)."""
    return sum(16 if byte else 4 for byte in data)


@pytest.mark.long
def test_every_goal_is_reached():
    figures = {figure.name: figure for figure in gas()}
    goals = {name: figure.floor for name, figure in figures.items() if figure.floor is not None}
    assert {name: goals[name] for name in GOALS} == GOALS
    for figure in figures.values():
        assert figure.is_reached, figure


def calls(place: Place) -> list[bytes]:
    """Return calls, well signed for a place, that open a ledger, anchor twice and ask."""
    before, after = head(1023), head(1024)
    first = place.sign("Anchor", (*before, 0, bytes(32)))
    second = place.sign("Anchor", (*after, *before))
    proof = consistency_proof(1023, 1024, TREE.read)
    shown = inclusion_proof(7, 1024, TREE.read)
    return [
        OPENING.data(),
        ANCHORS.call("anchor", LEDGER, *before, (), first),
        ANCHORS.call("anchor", LEDGER, *after, proof, second),
        ANCHORS.call("verifyInclusion", LEDGER, 7, TREE.mth(7, 8), shown),
    ]


@pytest.mark.node
@pytest.mark.long
def test_hardhat_counts_the_same_gas():
    anchored = Anchored(Evm())
    ours = [
        anchored.evm.transact(anchored.contract, data).gas_used - calldata(data)
        for data in calls(anchored.place(LEDGER))
    ]
    with hardhat() as node:
        payer = node.rpc("eth_accounts")[0]

        def send(transaction):
            sent = node.rpc("eth_sendTransaction", {"from": payer, "gas": hex(2**24)} | transaction)
            receipt = node.rpc("eth_getTransactionReceipt", sent)
            assert receipt["status"] == "0x1"
            return receipt

        made = send({"data": "0x" + ANCHORS.bytecode.hex()})
        there = made["contractAddress"]
        place = Place(node.chain_id, bytes.fromhex(there[2:]), LEDGER)
        theirs = [
            int(send({"to": there, "data": "0x" + data.hex()})["gasUsed"], 16) - calldata(data)
            for data in calls(place)
        ]
    assert theirs == ours
