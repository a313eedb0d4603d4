"""Reads what nodes answer, strictly: each value has one form, and anything else is no answer.

Forms are those of the Ethereum JSON-RPC specification (execution-apis, ``src/schemas``): quantities
and bytes as 0x hex, hashes of 32 bytes, addresses of 20. Letters may be of either case and
quantities may start with zeros, since nodes differ there.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ledger.anchor.protocol import Block, Event, Mined
from ledger.values import Address, Hash32

NUMBER_MAX: Final = 2**63 - 1  # of blocks, seconds and gas: what every store here can hold
WEI_MAX: Final = 2**256 - 1
TOPICS_MAX: Final = 4

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}", re.ASCII)
_BYTES: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)


class Malformed(ValueError):
    """A value is not of its form; the text says which, and never what came."""


def quantity(value: object, name: str, most: int = NUMBER_MAX) -> int:
    """Read a whole number of at most ``most``."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise Malformed(f"{name} that is no quantity")
    if (number := int(value, 16)) > most:
        raise Malformed(f"{name} that is too great")
    return number


def octets(value: object, name: str, length: int | None = None) -> bytes:
    """Read bytes, exactly ``length`` of them where it is given."""
    if not isinstance(value, str) or not _BYTES.fullmatch(value):
        raise Malformed(f"{name} that is not bytes")
    found = bytes.fromhex(value[2:])
    if length is not None and len(found) != length:
        raise Malformed(f"{name} that has not {length} bytes")
    return found


def hash32(value: object, name: str) -> Hash32:
    """Read a hash."""
    return Hash32(octets(value, name, 32))


def address(value: object, name: str) -> Address:
    """Read an address."""
    return Address(octets(value, name, 20))


def fields(value: object, name: str) -> dict[str, Any]:
    """Read an object."""
    if not isinstance(value, dict):
        raise Malformed(f"{name} that is no object")
    return value


def items(value: object, name: str) -> list[Any]:
    """Read a list."""
    if not isinstance(value, list):
        raise Malformed(f"{name} that is no list")
    return value


def block(value: object, number: int | None = None) -> Block:
    """Read a block; with its number where that was asked for."""
    found = fields(value, "a block")
    read = Block(
        number=quantity(found.get("number"), "a block number"),
        block_hash=hash32(found.get("hash"), "a block hash"),
        parent_hash=hash32(found.get("parentHash"), "a parent hash"),
        time_seconds=quantity(found.get("timestamp"), "a block time"),
        base_fee_wei=quantity(found.get("baseFeePerGas"), "a base fee", WEI_MAX),
    )
    if number is not None and read.number != number:
        raise Malformed("another block than was asked for")
    return read


def event(value: object) -> Event:
    """Read one event of a block."""
    found = fields(value, "an event")
    if found.get("removed", False) is not False:
        raise Malformed("an event of a block that is gone")
    topics = items(found.get("topics"), "topics")
    if len(topics) > TOPICS_MAX:
        raise Malformed("too many topics")
    return Event(
        address=address(found.get("address"), "an event's address"),
        topics=tuple(hash32(topic, "a topic") for topic in topics),
        data=octets(found.get("data"), "an event's data"),
        block_number=quantity(found.get("blockNumber"), "an event's block number"),
        block_hash=hash32(found.get("blockHash"), "an event's block hash"),
        transaction_hash=hash32(found.get("transactionHash"), "an event's transaction"),
        place=quantity(found.get("logIndex"), "an event's place"),
    )


def mined(value: object, transaction_hash: Hash32) -> Mined | None:
    """Read the receipt of a transaction; None where it names no block, as of one that waits."""
    found = fields(value, "a receipt")
    if hash32(found.get("transactionHash"), "a transaction hash") != transaction_hash:
        raise Malformed("the receipt of another transaction")
    if found.get("blockHash") is None and found.get("blockNumber") is None:
        return None
    succeeded = quantity(found.get("status"), "a receipt's status", 1) == 1
    # Nodes differ in whether they name the contract that was not made.
    made = found.get("contractAddress") if succeeded else None
    read = Mined(
        transaction_hash=transaction_hash,
        block_number=quantity(found.get("blockNumber"), "a receipt's block number"),
        block_hash=hash32(found.get("blockHash"), "a receipt's block hash"),
        succeeded=succeeded,
        gas_used=quantity(found.get("gasUsed"), "gas used"),
        gas_price_wei=quantity(found.get("effectiveGasPrice"), "a gas price", WEI_MAX),
        contract=None if made is None else address(made, "a contract's address"),
        events=tuple(event(one) for one in items(found.get("logs"), "events")),
    )
    for one in read.events:
        if (one.transaction_hash, one.block_number, one.block_hash) != (
            transaction_hash,
            read.block_number,
            read.block_hash,
        ):
            raise Malformed("a receipt with the events of another transaction")
    in_order(read.events)
    return read


def in_order(events: tuple[Event, ...]) -> None:
    """See to it that events come in order, none twice, and one block has one hash."""
    hashes: dict[int, Hash32] = {}
    before = (-1, -1)
    for one in events:
        if hashes.setdefault(one.block_number, one.block_hash) != one.block_hash:
            raise Malformed("events of two blocks with one number")
        if (one.block_number, one.place) <= before:
            raise Malformed("events out of order")
        before = (one.block_number, one.place)
