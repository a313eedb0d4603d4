"""What a node answers with when it is right, and every question that it is asked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ledger.anchor.protocol import Event
from ledger.anchor.rpc import RpcChain
from ledger.limits import NodeLimits
from ledger.signing import keccak
from ledger.values import Address, Hash32, to_hex

LIMITS = NodeLimits(connect_seconds=20.0, answer_seconds=20.0, answer_bytes_max=100_000)
IMPATIENT = NodeLimits(connect_seconds=0.3, answer_seconds=0.3)
ADDRESS = Address(bytes.fromhex("c0" * 20))
HASHES = [Hash32(bytes([number]) * 32) for number in range(10)]
RAW = b"a signed transaction"
SENT = keccak(RAW)
BLOCK = {
    "number": "0x7",
    "hash": to_hex(HASHES[7]),
    "parentHash": to_hex(HASHES[6]),
    "timestamp": "0x6b02a3a3",
    "baseFeePerGas": "0x3b9aca00",
    "transactions": [],
}
EVENT = {
    "address": to_hex(ADDRESS),
    "topics": [to_hex(HASHES[1]), to_hex(HASHES[2])],
    "data": "0x0102",
    "blockNumber": "0x7",
    "blockHash": to_hex(HASHES[7]),
    "transactionHash": to_hex(SENT),
    "transactionIndex": "0x0",
    "logIndex": "0x0",
    "removed": False,
}
RECEIPT = {
    "transactionHash": to_hex(SENT),
    "blockNumber": "0x7",
    "blockHash": to_hex(HASHES[7]),
    "status": "0x1",
    "gasUsed": "0xd5b2",
    "effectiveGasPrice": "0x3b9aca07",
    "contractAddress": None,
    "logs": [EVENT],
}
READ_EVENT = Event(
    ADDRESS, (HASHES[1], HASHES[2]), b"\1\2", 7, HASHES[7], Hash32(SENT), 0
)  # fmt: skip


def changed(value: Any, **changes: Any) -> Any:
    """Return a copy of an object with other fields; a field of None stays and is null."""
    return {**copy.deepcopy(value), **changes}


def without(value: Any, name: str) -> Any:
    """Return a copy of an object without one field."""
    return {key: copy.deepcopy(kept) for key, kept in value.items() if key != name}


QUESTIONS: dict[str, Callable[[RpcChain], object]] = {
    "eth_getBlockByNumber": lambda chain: chain.block(7),
    "eth_getCode": lambda chain: chain.code(ADDRESS),
    "eth_getBalance": lambda chain: chain.balance(ADDRESS),
    "eth_getTransactionCount": lambda chain: chain.nonce(ADDRESS),
    "eth_call": lambda chain: chain.call(ADDRESS, b""),
    "eth_estimateGas": lambda chain: chain.estimate_gas(ADDRESS, None, b""),
    "eth_feeHistory": lambda chain: chain.fees(),
    "eth_maxPriorityFeePerGas": lambda chain: chain.fees(),
    "eth_sendRawTransaction": lambda chain: chain.send(RAW),
    "eth_getTransactionReceipt": lambda chain: chain.mined(SENT),
    "eth_getLogs": lambda chain: chain.events(ADDRESS, (HASHES[1], HASHES[2]), 0, 7),
}
