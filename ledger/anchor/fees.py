"""What a transaction offers for its gas, within a cap (EIP-1559)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.anchor.protocol import Fees
from ledger.limits import AnchorLimits

_HEADROOM: Final = 2
"""Times the base fee that is offered: six full blocks may follow before it is outgrown."""

_WHOLE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Offer:
    """What is paid for each gas at most, and of this to the block's maker."""

    max_fee_wei: int
    priority_fee_wei: int


def first_offer(fees: Fees, limits: AnchorLimits) -> Offer | None:
    """Return what to offer; None while the chain asks more than the cap."""
    wanted = _HEADROOM * fees.base_fee_wei + fees.priority_fee_wei
    most = min(wanted, limits.fee_wei_max)
    if most < fees.base_fee_wei or fees.base_fee_wei >= limits.fee_wei_max:
        return None
    return Offer(most, min(fees.priority_fee_wei, most))


def raised_offer(before: Offer, fees: Fees, limits: AnchorLimits) -> Offer | None:
    """Return what to offer for a transaction of the same nonce, so that nodes take it.

    Both fees are raised by what the limits say, rounded up, or to what the chain asks.

    Returns:
        None where that is above the cap.

    """
    least = Offer(
        _raised(before.max_fee_wei, limits.fee_bump_per_mille),
        _raised(before.priority_fee_wei, limits.fee_bump_per_mille),
    )
    wanted = _HEADROOM * fees.base_fee_wei + fees.priority_fee_wei
    most = max(least.max_fee_wei, min(wanted, limits.fee_wei_max))
    priority = max(least.priority_fee_wei, min(fees.priority_fee_wei, most))
    most = max(most, priority)
    return Offer(most, priority) if most <= limits.fee_wei_max else None


def _raised(fee_wei: int, per_mille: int) -> int:
    return max(fee_wei + 1, -(-fee_wei * (_WHOLE + per_mille) // _WHOLE))
