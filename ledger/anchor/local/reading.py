"""What a chain holds, in the words of the protocol: blocks, transactions, events.

A transaction is found by py-evm's own index, events by ours, so neither is ever searched for.
"""

from __future__ import annotations

from collections.abc import Iterator

from eth._utils.address import generate_contract_address
from eth.abc import BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI
from eth.exceptions import TransactionNotFound
from eth_typing import BlockNumber
from eth_typing import Hash32 as EvmHash

from ledger.anchor.local.identity import Evm, base_fee_of
from ledger.anchor.protocol import Block, Event, Mined
from ledger.values import Address, Hash32


def block_of(header: BlockHeaderAPI) -> Block:
    """Return a block by its header."""
    return Block(
        header.block_number,
        Hash32(header.hash),
        Hash32(header.parent_hash),
        header.timestamp,
        base_fee_of(header),
    )


def header_of(chain: Evm, number: int) -> BlockHeaderAPI | None:
    """Return the header of a block by its number; None where there is none."""
    if not 0 <= number <= chain.header.block_number:
        return None
    return chain.get_canonical_block_header_by_number(BlockNumber(number))


def is_known(chain: Evm, transaction_hash: Hash32) -> bool:
    """Tell whether a transaction is in a block."""
    return _block_number(chain, transaction_hash) is not None


def mined(chain: Evm, transaction_hash: Hash32) -> Mined | None:
    """Return what became of a transaction, which is the one of its block."""
    number = _block_number(chain, transaction_hash)
    if number is None:
        return None
    header = chain.get_canonical_block_header_by_number(BlockNumber(number))
    transaction = chain.get_canonical_transaction(EvmHash(transaction_hash))
    receipt = chain.get_transaction_receipt_by_index(BlockNumber(number), 0)
    price = min(
        transaction.max_fee_per_gas,
        base_fee_of(header) + transaction.max_priority_fee_per_gas,
    )
    succeeded = receipt.state_root == b"\x01"
    return Mined(
        transaction_hash,
        number,
        Hash32(header.hash),
        succeeded,
        receipt.gas_used,
        price,
        _contract_of(transaction) if succeeded else None,
        tuple(events_of(header, transaction_hash, receipt)),
    )


def events_in(chain: Evm, number: int) -> Iterator[Event]:
    """Yield the events of a block, in order."""
    header = chain.get_canonical_block_header_by_number(BlockNumber(number))
    transaction = chain.get_canonical_transaction_by_index(BlockNumber(number), 0)
    receipt = chain.get_transaction_receipt_by_index(BlockNumber(number), 0)
    yield from events_of(header, Hash32(transaction.hash), receipt)


def events_of(
    header: BlockHeaderAPI, transaction_hash: Hash32, receipt: ReceiptAPI
) -> Iterator[Event]:
    """Yield the events of a block's one transaction, in order."""
    for place, log in enumerate(receipt.logs):
        yield Event(
            Address(log.address),
            tuple(Hash32(topic.to_bytes(32, "big")) for topic in log.topics),
            log.data,
            header.block_number,
            Hash32(header.hash),
            transaction_hash,
            place,
        )


def is_asked_for(event: Event, address: Address, topics: tuple[Hash32 | None, ...]) -> bool:
    """Tell whether an event is of an address and has the topics; None is any."""
    if event.address != address or len(topics) > len(event.topics):
        return False
    return all(
        wanted is None or wanted == found
        for wanted, found in zip(topics, event.topics, strict=False)
    )


def _block_number(chain: Evm, transaction_hash: Hash32) -> int | None:
    try:
        number, _ = chain.get_canonical_transaction_index(EvmHash(transaction_hash))
    except TransactionNotFound:
        return None
    return number


def _contract_of(transaction: SignedTransactionAPI) -> Address | None:
    if transaction.to:
        return None
    return Address(generate_contract_address(transaction.sender, transaction.nonce))
