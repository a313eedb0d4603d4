"""Running code without writing: calls, and how much gas a transaction would take."""

from __future__ import annotations

from typing import Final, cast

from eth.abc import BlockHeaderAPI, ComputationAPI, SignedTransactionAPI, StateAPI
from eth.constants import CREATE_CONTRACT_ADDRESS
from eth.exceptions import Revert
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address as EvmAddress

from ledger.anchor.local.identity import CALL_GAS, GAS_LIMIT, VM, Evm
from ledger.anchor.local.mining import floor_gas
from ledger.errors import Reverted
from ledger.values import NO_ADDRESS, Address

_PRECISION: Final = 64
"""An estimate is above what is needed by one part in so many at most."""


def call(chain: Evm, block: BlockHeaderAPI, to: Address, data: bytes) -> bytes:
    """Ask a contract, on the state that a block left; nobody pays.

    Raises:
        Reverted: it refuses, or uses up all gas.

    """
    with chain.get_vm(block).in_costless_state() as state:
        computation = _run(state, NO_ADDRESS, to, data, CALL_GAS)
    _check(computation)
    return computation.output


def estimate_gas(chain: Evm, sender: Address, to: Address | None, data: bytes) -> int:
    """Return a gas limit with which a transaction succeeds on the last block's state.

    What a run uses up is mostly what it needs, before refunds. Where it is not, since each call
    may pass on 63 of 64 parts only (EIP-150), the limit is searched for.

    Raises:
        Reverted: it would fail with any limit.

    """
    with chain.get_vm(chain.header).in_costless_state() as state:

        def run(gas: int) -> ComputationAPI:
            before = state.snapshot()
            try:
                return _run(state, sender, to, data, gas)
            finally:
                state.revert(before)

        freely = run(GAS_LIMIT)
        _check(freely)
        used = max(GAS_LIMIT - freely.get_gas_remaining(), floor_gas(data))
        if not run(used).is_error:
            return used
        too_low, enough = used, GAS_LIMIT
        step = used // _PRECISION + 1
        while enough - too_low > step:
            middle = min((too_low + enough) // 2, too_low + 2 * (too_low - used) + step)
            if run(middle).is_error:
                too_low = middle
            else:
                enough = middle
        return enough


def _run(
    state: StateAPI, sender: Address, to: Address | None, data: bytes, gas: int
) -> ComputationAPI:
    builder = VM.get_transaction_builder()
    transaction = builder.create_unsigned_transaction(
        nonce=state.get_nonce(EvmAddress(sender)),
        gas_price=0,
        gas=gas,
        to=CREATE_CONTRACT_ADDRESS if to is None else EvmAddress(to),
        value=0,
        data=data,
    )
    unsigned = SpoofTransaction(transaction, from_=EvmAddress(sender))
    try:
        return state.apply_transaction(cast("SignedTransactionAPI", unsigned))
    except RecursionError as error:  # its calls nest deeper than this EVM can follow
        raise Reverted(b"") from error


def _check(computation: ComputationAPI) -> None:
    """Raise ``Reverted`` for what failed; only a revert carries data, other failures have none."""
    if computation.is_error:
        raise Reverted(computation.output if isinstance(computation.error, Revert) else b"")
