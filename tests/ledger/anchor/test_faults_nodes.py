"""Anchors on real nodes, which fail in every way that nodes fail.

However it went, there is one anchor for each size, and none is called anchored that is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from random import Random

import pytest

from ledger.errors import ChainDown, Diverged
from ledger.values import to_hex
from tests.ledger.anchor.real_yard import GWEI, RealYard
from tests.ledger.anchor.tiny import sign
from tests.ledger.anchor.yard import PAYER, Crash, Fuse
from tests.nodes import anvil, hardhat, why_no_anvil
from tests.trials import dice, trials
from tests.world import secret_of

pytestmark = [pytest.mark.node, pytest.mark.long]
WITH_ANVIL = pytest.mark.skipif(bool(why_no_anvil()), reason=why_no_anvil())
BOTH = [
    "hardhat",
    pytest.param("anvil", marks=WITH_ANVIL),
]
ETHEREUMS_FINALITY = 64  # blocks: two epochs
# After some nine hundred blocks anvil 1.7 loses contracts that were final when it reorganises; the
# worker then rightly wants an operator to look.
REORGANISATIONS_A_NODE = 20


@contextmanager
def yard_on(name: str, final_after: int = 2) -> Iterator[RealYard]:
    """Run a worker on a node of its own."""
    if name == "hardhat":
        running, final_after = hardhat(), 0  # whose last block is final
    else:
        running = anvil(slots_in_an_epoch=final_after // 2)
    with running as node, closing(RealYard(node, final_after)) as made:
        yield made


@pytest.fixture(params=BOTH)
def yard(request: pytest.FixtureRequest) -> Iterator[RealYard]:
    with yard_on(request.param) as made:
        yield made


def waiting(yard: RealYard) -> None:
    """Have an anchor of all that is published wait in the node's pool."""
    yard.node.automine(on=False)
    yard.worker.ask()
    assert yard.step() is None
    assert yard.states[yard.log.published()[0]] == "submitted"


def killed(yard: RealYard, errand: str, moment: str) -> None:
    """Kill the node around the transaction of an errand.

    Before it is handed in; when it waits in the pool; or when it is mined, and nobody has looked.
    """
    yard.chain.errand = errand
    if moment == "before":
        yard.chain.before = yard.kill
    else:
        yard.chain.before = lambda: yard.node.automine(on=moment == "mined")
        yard.chain.after = yard.kill
    yard.worker.ask()
    for _ in range(20):
        yard.step()
        if yard.node.is_dead():
            break
        yard.node.mine(max(yard.final_after, 1))
        yard.now += 61
    else:
        raise AssertionError(yard.worker.status())
    for _ in range(3):
        assert isinstance(yard.step(), ChainDown)
        yard.now += 61


def test_a_contract_is_made_opened_and_anchored_in(yard: RealYard) -> None:
    yard.settled()
    for entries in (1, 90, 1_000):
        yard.log.append(entries)
        yard.settled()
    assert yard.told == yard.on_chain() == [5, 6, 96, 1_096]
    assert set(yard.states.values()) == {"finalized"}


# Nodes that die.


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("errand", ["deploy", "open", "anchor 5"])
@pytest.mark.parametrize("moment", ["before", "waiting", "mined"])
def test_a_node_killed_around_a_transaction_leaves_one_anchor(
    name: str, errand: str, moment: str
) -> None:
    with yard_on(name) as yard:
        killed(yard, errand, moment)
        contract = yard.place.contract
        yard.restart(with_disk=True)
        yard.settled()
        assert yard.told == yard.on_chain() == [5]
        assert yard.place.contract == contract


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("errand", ["deploy", "open"])
def test_a_contract_that_the_chain_forgot_before_anything_was_signed_is_made_again(
    name: str, errand: str
) -> None:
    with yard_on(name) as yard:
        killed(yard, errand, "mined")
        contract = yard.place.contract
        yard.restart(with_disk=False)
        yard.settled()
        assert yard.told == yard.on_chain() == [5]
        assert yard.place.contract == contract


@pytest.mark.parametrize("name", BOTH)
def test_a_chain_that_forgot_the_contract_that_an_anchor_was_signed_for_gets_none(
    name: str,
) -> None:
    with yard_on(name) as yard:
        killed(yard, "anchor 5", "waiting")
        yard.restart(with_disk=False)
        for _ in range(30):
            assert isinstance(yard.step(), ChainDown)
            yard.node.mine(3)
        assert yard.told == yard.on_chain() == []
        assert yard.worker.anchored_size() == yard.chain.nonce(yard.payer) == 0


@pytest.mark.parametrize("name", BOTH)
def test_a_chain_that_forgot_an_anchor_that_was_final_is_never_believed(name: str) -> None:
    with yard_on(name) as yard:
        yard.settled()
        yard.log.append(5)
        killed(yard, "anchor 10", "waiting")
        yard.restart(with_disk=False)
        assert isinstance(yard.step(), ChainDown), "it has no more than its first block"
        yard.node.mine(100)
        for _ in range(2):
            with pytest.raises(Diverged, match="which was final, is another one"):
                yard.step()
        assert yard.told == [5]
        assert yard.worker.anchored_size() == 5
        assert yard.on_chain() == []


def test_a_node_that_hangs_between_transaction_and_receipt_is_asked_again(yard: RealYard) -> None:
    yard.settled()
    yard.log.append(5)
    yard.chain.after = yard.node.freeze
    yard.worker.ask()
    try:
        yard.worker.step()
        with pytest.raises(ChainDown):
            yard.worker.step()
    finally:
        yard.node.thaw()
    assert yard.told == [5]
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10]


def test_our_own_death_between_transaction_and_receipt_leaves_one_anchor(yard: RealYard) -> None:
    yard.settled()
    yard.log.append(5)
    waiting(yard)
    yard.reopened()
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10]


def test_our_own_death_at_any_question_leaves_one_anchor(yard: RealYard) -> None:
    chance = dice(f"anchor.deaths.{yard.node.name}")
    yard.settled()
    for _ in range(trials("anchor.deaths")):
        yard.log.append(chance.randint(1, 9))
        yard.fuse = Fuse(chance.randint(1, 40), is_after=chance.random() < 0.5)
        with suppress(Crash):
            yard.reopened()
            while yard.fuse.left is not None:
                yard.worker.ask()
                yard.go()
        yard.fuse = Fuse()
        yard.reopened()
        yard.settled()
    assert yard.told[-1] == yard.log.published()[0]
    assert set(yard.told) <= set(yard.on_chain())


def test_a_node_that_lost_its_last_blocks_is_told_of_the_anchor_again(yard: RealYard) -> None:
    """It was killed before it wrote them."""
    yard.settled()
    yard.log.append(5)
    yard.disk = yard.node.disk()
    yard.chain.after = yard.node.kill
    yard.worker.ask()
    assert yard.step() is None
    assert isinstance(yard.step(), ChainDown)
    yard.restart(with_disk=True)
    assert yard.on_chain() == [5], "it has forgotten the anchor"
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10]


def test_a_node_that_comes_back_on_another_chain_is_told_nothing(yard: RealYard) -> None:
    yard.settled()
    yard.log.append(5)
    yard.node.kill()
    other = [str(int(word) + 1) if word == str(yard.node.chain_id) else word
             for word in yard.node.command]  # fmt: skip
    yard.node.command, yard.node.chain_id = other, yard.node.chain_id + 1
    yard.restart(with_disk=False)
    yard.worker.ask()
    for _ in range(2):
        with pytest.raises(Diverged, match="is on chain"):
            yard.step()
    assert yard.told == [5]
    assert yard.node.number() == 0


# Fees, pools and nonces.


def test_while_the_chain_asks_more_than_the_cap_anchors_wait(yard: RealYard) -> None:
    yard.settled()
    yard.log.append(5)
    yard.node.ask_base_fee(yard.limits.fee_wei_max + 1)
    yard.worker.ask()
    for _ in range(3):
        assert yard.step() is None
        yard.now += 600
    assert yard.on_chain() == [5]
    assert yard.states == {5: "finalized", 10: "signed"}
    yard.node.ask_base_fee(GWEI)
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10]


def test_a_transaction_that_a_fee_spike_outgrew_is_replaced_by_one_that_pays(
    yard: RealYard,
) -> None:
    yard.settled()
    yard.log.append(5)
    waiting(yard)
    yard.node.ask_base_fee(40 * GWEI)
    yard.node.mine(3)
    assert yard.on_chain() == [5], "it pays too little for these blocks"
    yard.now += yard.limits.bump_seconds
    assert yard.step() is None
    yard.node.mine()
    assert yard.on_chain() == [5, 10]
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10]


def test_a_transaction_that_the_node_dropped_is_handed_in_again(yard: RealYard) -> None:
    yard.settled()
    yard.log.append(5)
    waiting(yard)
    (kept,) = yard.journal.transactions(yard.node.chain_id, yard.payer, "anchor 10")
    yard.node.drop(kept.transaction_hash)
    yard.node.mine()
    assert yard.on_chain() == [5]
    yard.now += yard.limits.resend_seconds
    assert yard.step() is None
    yard.node.mine()
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10]
    assert len(yard.journal.transactions(yard.node.chain_id, yard.payer, "anchor 10")) == 1


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_whatever_else_the_account_sends_leaves_one_anchor(yard: RealYard, ahead: int) -> None:
    """Somebody uses the submitting key elsewhere: a nonce is used up, or one is taken ahead."""
    yard.settled()
    yard.log.append(5)
    waiting(yard)
    nonce = yard.chain.nonce(yard.payer) + ahead
    fees = {"maxFeePerGas": 90 * GWEI, "maxPriorityFeePerGas": 50 * GWEI}
    raw = sign(
        secret_of(PAYER), yard.payer, b"", nonce=nonce, gas=21_000,
        chainId=yard.node.chain_id, **fees,
    )  # fmt: skip
    yard.node.rpc("eth_sendRawTransaction", to_hex(raw))
    yard.node.mine()
    yard.settled()
    yard.log.append(5)
    yard.settled()
    assert yard.told == yard.on_chain() == [5, 10, 15]


# Reorganisations.


@WITH_ANVIL
@pytest.mark.parametrize("depth", [1, 2, 7, 32, 63, ETHEREUMS_FINALITY])
def test_an_anchor_that_a_reorganisation_took_away_is_made_again(depth: int) -> None:
    with yard_on("anvil", ETHEREUMS_FINALITY) as yard:
        yard.settled()
        yard.log.append(5)
        yard.worker.ask()
        yard.step()
        yard.node.mine(depth - 1)
        yard.step()
        assert yard.states[10] in ("mined", "safe")
        yard.node.rpc("anvil_reorg", depth, [])
        assert yard.on_chain() == [5], "it is gone"
        assert yard.told == [5]
        assert yard.step() is None
        assert yard.states[10] == "submitted"
        assert yard.worker.anchored_size() == 5
        yard.settled()
        assert yard.told == yard.on_chain() == [5, 10]


@WITH_ANVIL
def test_reorganisations_of_any_depth_at_any_time_leave_one_anchor_for_each_size() -> None:
    chance = dice("anchor.reorganisations")
    left = trials("anchor.reorganisations")
    while left > 0:
        with yard_on("anvil", ETHEREUMS_FINALITY) as yard:
            yard.settled()
            for _ in range(min(left, REORGANISATIONS_A_NODE)):
                reorganised(yard, chance)
            yard.settled()
            final = [size for size in yard.on_chain() if yard.states[size] == "finalized"]
            assert yard.told == final
            assert yard.told[-1] == yard.log.published()[0]
        left -= REORGANISATIONS_A_NODE


def reorganised(yard: RealYard, chance: Random) -> None:
    """Let the worker work a while, then take back the last blocks, or only look."""
    if chance.random() < 0.3:
        yard.log.append(chance.randint(1, 9))
    yard.worker.ask()
    for _ in range(chance.randint(1, 4)):
        yard.step()
        yard.node.mine(chance.choice((1, 1, 2, 20)))
        yard.now += chance.choice((1, 61, 200))
    deepest = min(ETHEREUMS_FINALITY, yard.node.number() - 1)
    yard.node.rpc("anvil_reorg", chance.randint(1, deepest), [])
    yard.step()


@WITH_ANVIL
def test_a_chain_that_went_back_past_what_was_final_is_never_believed() -> None:
    with yard_on("anvil") as yard:
        yard.settled()
        yard.node.mine(10)
        yard.node.rpc("anvil_reorg", yard.node.number() - 1, [])
        for _ in range(2):
            with pytest.raises(Diverged):
                yard.step()
        assert yard.told == [5]
