"""What is offered for gas, within the cap."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor.fees import Offer, first_offer, raised_offer
from ledger.anchor.protocol import Fees
from ledger.limits import AnchorLimits

LIMITS = AnchorLimits(fee_wei_max=1_000)
WEI = st.integers(0, 2_000)


def test_twice_the_base_fee_and_the_share_are_offered_up_to_the_cap() -> None:
    assert first_offer(Fees(100, 5), LIMITS) == Offer(205, 5)
    assert first_offer(Fees(600, 5), LIMITS) == Offer(1_000, 5)
    assert first_offer(Fees(0, 2_000), LIMITS) == Offer(1_000, 1_000)


def test_nothing_is_offered_while_the_chain_asks_for_the_cap_or_more() -> None:
    assert first_offer(Fees(999, 5), LIMITS) == Offer(1_000, 5)
    assert first_offer(Fees(1_000, 5), LIMITS) is None
    assert first_offer(Fees(1_001, 0), LIMITS) is None


def test_a_raise_is_an_eighth_rounded_up_or_what_the_chain_asks() -> None:
    assert raised_offer(Offer(205, 5), Fees(10, 1), LIMITS) == Offer(231, 6)
    assert raised_offer(Offer(205, 5), Fees(300, 20), LIMITS) == Offer(620, 20)
    assert raised_offer(Offer(8, 0), Fees(0, 0), LIMITS) == Offer(9, 1)
    assert raised_offer(Offer(900, 5), Fees(10, 1), LIMITS) is None


@given(base=WEI, priority=WEI, then_base=WEI, then_priority=WEI, per_mille=st.integers(100, 500))
def test_a_raise_is_taken_by_every_node_and_stays_within_the_cap(
    base: int, priority: int, then_base: int, then_priority: int, per_mille: int
) -> None:
    limits = replace(LIMITS, fee_bump_per_mille=per_mille)
    before = first_offer(Fees(base, priority), limits)
    if before is None:
        return
    assert before.priority_fee_wei <= before.max_fee_wei <= limits.fee_wei_max
    raised = raised_offer(before, Fees(then_base, then_priority), limits)
    if raised is None:
        return
    for ours, theirs in (
        (raised.max_fee_wei, before.max_fee_wei),
        (raised.priority_fee_wei, before.priority_fee_wei),
    ):
        assert ours * 1000 >= theirs * (1000 + per_mille)
        assert ours > theirs
    assert raised.priority_fee_wei <= raised.max_fee_wei <= limits.fee_wei_max
