"""From a raw signed transaction to the one block that holds it.

Whether a transaction may be taken is settled before anything is written, by the rules that nodes
have for their pools, and named as they name it. This chain has no pool: a nonce must be the
account's next.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth.abc import AtomicDatabaseAPI, BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI, StateAPI
from eth.exceptions import PyEVMError
from eth.vm.forks.cancun.constants import BLOB_TX_TYPE
from eth.vm.forks.london.headers import calculate_expected_base_fee_per_gas
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # rlp has no types

from ledger.anchor.local.identity import VM, Evm, base_fee_of
from ledger.errors import ChainRefused

_TRANSACTION_GAS = 21_000
_FLOOR_GAS_PER_TOKEN = 10
_TOKENS_PER_BYTE = 4
_DETAIL_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Sealed:
    """A block that was made, and the receipt of its transaction."""

    header: BlockHeaderAPI
    receipt: ReceiptAPI


def floor_gas(data: bytes) -> int:
    """Return the least that a transaction with this data costs (EIP-7623)."""
    zeros = data.count(0)
    tokens = zeros + (len(data) - zeros) * _TOKENS_PER_BYTE
    return _TRANSACTION_GAS + _FLOOR_GAS_PER_TOKEN * tokens


def next_base_fee(head: BlockHeaderAPI) -> int:
    """Return the base fee of the block after ``head`` (EIP-1559)."""
    return calculate_expected_base_fee_per_gas(head)


def read_transaction(raw: bytes, chain_id: int) -> SignedTransactionAPI:
    """Read a raw transaction and recover who signed it.

    Raises:
        ChainRefused: it is none, it is for another chain or for any, or nobody signed it.

    """
    builder = VM.get_transaction_builder()
    try:
        transaction = builder.decode(raw)
    except (RLPException, PyEVMError, ValidationError, ValueError, TypeError, IndexError) as error:
        raise _refused("no transaction", error) from error
    if transaction.type_id == BLOB_TX_TYPE:
        raise ChainRefused("other", "this chain carries no blobs")
    if transaction.chain_id != chain_id:
        signed_for = "any chain" if transaction.chain_id is None else f"{transaction.chain_id}"
        raise ChainRefused("other", f"signed for chain {signed_for}, not {chain_id}")
    try:
        transaction.validate()
        _ = transaction.sender
    except (ValidationError, BadSignature, ValueError) as error:
        raise _refused("not valid", error) from error
    return transaction


def check_may_be_taken(
    transaction: SignedTransactionAPI, state: StateAPI, block: BlockHeaderAPI
) -> None:
    """Check that a transaction can be in ``block``, whose state before it is ``state``.

    Raises:
        ChainRefused: it cannot.

    """
    nonce = state.get_nonce(transaction.sender)
    if transaction.nonce < nonce:
        raise ChainRefused("nonce-too-low", f"next nonce {nonce}, came {transaction.nonce}")
    if transaction.nonce > nonce:
        raise ChainRefused("other", f"nonce too high: next {nonce}, came {transaction.nonce}")
    fee = base_fee_of(block)
    if transaction.max_fee_per_gas < fee:
        detail = f"max fee {transaction.max_fee_per_gas} is below the base fee {fee}"
        raise ChainRefused("underpriced", detail)
    cost = transaction.gas * transaction.max_fee_per_gas + transaction.value
    balance = state.get_balance(transaction.sender)
    if balance < cost:
        raise ChainRefused("no-funds", f"may cost {cost} wei, the account has {balance}")
    least = floor_gas(transaction.data)
    if not least <= transaction.gas <= block.gas_limit:
        detail = f"gas limit {transaction.gas}, expected {least} to {block.gas_limit}"
        raise ChainRefused("other", detail)


def seal(
    last: Evm, pairs: AtomicDatabaseAPI, transaction: SignedTransactionAPI, time_seconds: int
) -> Sealed:
    """Run a transaction on the last block's state, and write the block after it.

    A block is later than the one before it by a second at least, whatever the clock says: so
    block time runs ahead of the clock when blocks come fast, and is no evidence of time.

    Raises:
        ChainRefused: it cannot be taken; what was written meanwhile must be undone.

    """
    parent = last.header
    block = last.create_header_from_parent(
        parent,
        coinbase=parent.coinbase,
        gas_limit=parent.gas_limit,
        timestamp=max(time_seconds, parent.timestamp + 1),
    )
    chain = type(last)(pairs, block)
    check_may_be_taken(transaction, chain.get_vm().state, block)
    try:
        result, receipts, _ = chain.mine_all([transaction])
    except ValidationError as error:
        raise _refused("not taken", error) from error
    except RecursionError as error:
        raise ChainRefused("other", "its calls nest deeper than this EVM can follow") from error
    return Sealed(result.imported_block.header, receipts[0])


def _refused(what: str, error: Exception) -> ChainRefused:
    return ChainRefused("other", f"{what}: {error}"[:_DETAIL_CHARACTERS_MAX])
