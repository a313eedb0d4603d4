"""One errand, brought into a block: which transaction to send next, kept before it is sent.

The errand that comes first rides the account's next nonce, and no other nonce. So a gap is filled,
a nonce that somebody else used up is left behind, and whatever waits in a node's pool for the same
nonce is replaced by paying more: all of it follows from the chain's own count, at any time.
Transactions are never forgotten, so whichever of an errand's hashes is mined is known for its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.anchor.calls import refusal
from ledger.anchor.errands import Errand
from ledger.anchor.fees import Offer, first_offer, raised_offer
from ledger.anchor.kept import Journal, Transaction
from ledger.anchor.protocol import Chain
from ledger.anchor.submitting import Fields, Submitter, contract_of
from ledger.errors import ChainRefused, Reverted
from ledger.limits import AnchorLimits
from ledger.signing import keccak
from ledger.values import Address, Hash32

_GAS_HEADROOM_PER_MILLE: Final = 1_250
_GAS_HEADROOM: Final = 10_000
_AFTER_FAILURE: Final = 2
"""Times the gas of a transaction that was mined and failed."""


class Carrier:
    """Makes transactions of one account, and hands them in.

    Args:
        chain: takes them.
        journal: keeps them.
        submitter: signs them.
        limits: what they may cost, and when they are raised.

    """

    def __init__(
        self, chain: Chain, journal: Journal, submitter: Submitter, limits: AnchorLimits
    ) -> None:
        self._chain = chain
        self._journal = journal
        self._submitter = submitter
        self._limits = limits
        self._handed_in: dict[Hash32, int] = {}  # by this process, and when
        self.is_dear = False  # whether the last offer would have been above the cap
        self._too_low: set[Hash32] = set()  # what nodes want to be paid more for

    @property
    def address(self) -> Address:
        """The account that pays."""
        return self._submitter.address

    def nonce(self) -> int:
        """Return the account's next nonce, as the chain counts."""
        return self._chain.nonce(self.address)

    def following(self) -> Address:
        """Return the address of a contract that the account would make next."""
        return contract_of(self.address, self.nonce())

    def kept(self, name: str) -> list[Transaction]:
        """Return all transactions of an errand, in the order in which they were kept."""
        return self._journal.transactions(self._chain.chain_id, self.address, name)

    def is_mined(self, errand: Errand) -> bool:
        """Tell whether a transaction is in a block that did the errand."""
        done_by = filter(errand.is_done_by, self.kept(errand.name))
        receipts = (self._chain.mined(one.transaction_hash) for one in done_by)
        return any(receipt is not None and receipt.succeeded for receipt in receipts)

    def due(self, errand: Errand, nonce: int, now: int) -> Transaction | None:
        """Return what to keep and send at this nonce; None where waiting is all there is to do."""
        self.is_dear = False
        chain_id = self._chain.chain_id
        there = self._journal.at_nonce(chain_id, self.address, nonce)
        last = there[-1] if there else None
        if last is None or not self._is_good_for(last, errand, now):
            made = self._make(errand, nonce, there, now)
            if made is not None or last is None:
                return made
            # Above the cap: whatever is there may still be mined, and then the next nonce is free.
        handed_in = self._handed_in.get(last.transaction_hash)
        is_waiting = handed_in is not None and now - handed_in < self._limits.resend_seconds
        return None if is_waiting else last

    def _is_good_for(self, last: Transaction, errand: Errand, now: int) -> bool:
        """Tell whether a transaction that is there does the errand, and is not to be raised."""
        is_ours = (last.errand, last.to, last.data) == (errand.name, errand.to, errand.data)
        is_slow = now - last.made_at >= self._limits.bump_seconds
        return is_ours and not is_slow and last.transaction_hash not in self._too_low

    def hand_in(self, transaction: Transaction, now: int) -> bool:
        """Send a transaction; tell whether the node took it.

        Raises:
            ChainDown: nobody knows whether it was taken.
            ChainRefused: it was not, and only its operator can change that.

        """
        try:
            self._chain.send(transaction.raw)
        except ChainRefused as error:
            if error.reason == "underpriced":
                self._too_low.add(transaction.transaction_hash)
            elif error.reason != "nonce-too-low":  # then something of this nonce is mined
                raise
            return False
        self._handed_in[transaction.transaction_hash] = now
        return True

    def forget_when(self) -> None:
        """Take everything for due to be handed in again, whenever it was handed in before."""
        self._handed_in.clear()

    def _make(
        self, errand: Errand, nonce: int, there: Sequence[Transaction], now: int
    ) -> Transaction | None:
        """Return a transaction that nodes take in the place of those that are there."""
        fees = self._chain.fees()
        if there:
            highest = Offer(
                max(one.max_fee_wei for one in there), max(one.priority_fee_wei for one in there)
            )
            offer = raised_offer(highest, fees, self._limits)
        else:
            offer = first_offer(fees, self._limits)
        self.is_dear = offer is None
        if offer is None:
            return None
        fields = Fields(
            self._chain.chain_id,
            nonce,
            errand.to,
            errand.data,
            self._gas(errand, there),
            offer.max_fee_wei,
            offer.priority_fee_wei,
        )
        raw = self._submitter.sign(fields)
        return Transaction(
            fields.chain_id,
            self.address,
            nonce,
            errand.name,
            errand.to,
            errand.data,
            fields.gas,
            offer.max_fee_wei,
            offer.priority_fee_wei,
            raw,
            keccak(raw),
            now,
        )

    def _gas(self, errand: Errand, there: Sequence[Transaction]) -> int:
        """Return how much gas to allow.

        What waits at this nonce may be counted in by a node that estimates: the call might then
        seem to have nothing left to do. So a replacement takes what its predecessor took.
        """
        alike = [one.gas for one in there if one.data == errand.data and one.to == errand.to]
        if alike:
            return max(alike)
        if errand.gas:
            return errand.gas
        try:
            estimate = self._chain.estimate_gas(self.address, errand.to, errand.data)
        except Reverted as error:
            raise ChainRefused("other", f"{errand.name}: {refusal(error.data)}") from error
        gas = estimate * _GAS_HEADROOM_PER_MILLE // 1000 + _GAS_HEADROOM
        for one in self.kept(errand.name):
            receipt = self._chain.mined(one.transaction_hash)
            is_failed = receipt is not None and not receipt.succeeded
            gas = max(gas, one.gas * _AFTER_FAILURE if is_failed else one.gas)
        return min(gas, self._limits.gas_max)
