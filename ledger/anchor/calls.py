"""What the anchor contract is asked and told, as ABI bytes.

Source: ``contracts/interfaces/ICheckpointAnchor.sol``; a test compares the names with the compiled
contract's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError

from ledger.anchor.protocol import Event
from ledger.errors import ChainDown
from ledger.records import Charter
from ledger.signing import keccak, sheet_hashes
from ledger.values import ADDRESS_BYTES, NO_ADDRESS, Address, Hash32, to_hex

_SELECTOR_BYTES: Final = 4
_LATEST: Final = ("uint64", "bytes32", "address", "uint64", "bool")
_ANCHOR: Final = ("bytes32", "uint64", "bytes32", "bytes32[]", "bytes")
_WHAT: Final = (
    "(string,string,string,string,uint64,string[],address,string[],bytes32[],"
    "bytes32,bytes32,bytes32)"
)
_OPEN: Final = ("bytes32", _WHAT, "bytes32", "bytes32", "bytes32", "bytes32")
_ROTATE: Final = ("bytes32", "address", "bytes")
_ANCHORED_DATA: Final = ("bytes32", "uint64", "bytes32")
ANCHORED: Final = keccak(b"Anchored(bytes32,uint64,bytes32,uint64,bytes32)")
"""The topic of the event by which an anchor is told."""


def _selector(name: str, types: Sequence[str]) -> bytes:
    return keccak(f"{name}({','.join(types)})".encode())[:_SELECTOR_BYTES]


@dataclass(frozen=True, slots=True)
class Latest:
    """What the contract holds of a ledger; all zero for one that was never opened."""

    size: int
    root: Hash32
    anchor_key: Address
    rotations: int
    is_forked: bool

    @property
    def is_open(self) -> bool:
        """Whether the ledger was opened."""
        return self.anchor_key != NO_ADDRESS


@dataclass(frozen=True, slots=True)
class Anchored:
    """What the contract told when it took an anchor, and where."""

    size: int
    root: Hash32
    previous_size: int
    previous_root: Hash32
    event: Event


def latest_call(ledger: Hash32) -> bytes:
    """Ask for the last anchor of a ledger."""
    return _selector("latest", ("bytes32",)) + encode(("bytes32",), (ledger,))


def read_latest(answer: bytes) -> Latest:
    """Read the answer to :func:`latest_call`.

    Raises:
        ChainDown: it is none, as of a node that has no code there.

    """
    try:
        size, root, key, rotations, is_forked = decode(_LATEST, answer)
    except DecodingError as error:
        raise ChainDown(f"the contract's answer is none: {error}") from error
    return Latest(size, Hash32(root), _read_address(key), rotations, is_forked)


def anchor_call(
    ledger: Hash32, size: int, root: Hash32, proof: Sequence[Hash32], signature: bytes
) -> bytes:
    """Anchor a checkpoint."""
    values = (ledger, size, root, list(proof), signature)
    return _selector("anchor", _ANCHOR) + encode(_ANCHOR, values)


def read_anchor_call(data: bytes) -> tuple[Hash32, int, Hash32, tuple[Hash32, ...], bytes] | None:
    """Read what :func:`anchor_call` wrote; None for other calls."""
    if data[:_SELECTOR_BYTES] != _selector("anchor", _ANCHOR):
        return None
    ledger, size, root, proof, signature = decode(_ANCHOR, data[_SELECTOR_BYTES:])
    return Hash32(ledger), size, Hash32(root), tuple(map(Hash32, proof)), signature


def open_call(ledger: Hash32, charter: Charter) -> bytes:
    """Open a ledger by its Charter: the sheet *what* in clear, the others as their hashes."""
    what, sheets = charter.what, sheet_hashes(charter)
    shown = (
        what.author_role,
        what.origin,
        what.mode,
        what.mirror,
        what.rules_version,
        what.checkpoint_keys,
        to_hex(what.anchor_key),
        what.tables,
        what.table_hashes,
        what.predecessor,
        what.predecessor_root,
        what.salt,
    )
    rest = (sheets["who"], sheets["amounts"], sheets["scene"], charter.details)
    return _selector("open", _OPEN) + encode(_OPEN, (ledger, shown, *rest))


def rotate_call(ledger: Hash32, new_key: Address, signature: bytes) -> bytes:
    """Replace the anchor key."""
    values = (ledger, to_hex(new_key), signature)
    return _selector("rotate", _ROTATE) + encode(_ROTATE, values)


def anchored_topics(ledger: Hash32) -> tuple[Hash32 | None, ...]:
    """Return the topics of all of a ledger's anchors."""
    return (ANCHORED, ledger)


def read_anchored(event: Event) -> Anchored:
    """Read an event that has :func:`anchored_topics`.

    Raises:
        ChainDown: it is none.

    """
    try:
        root, previous_size, previous_root = decode(_ANCHORED_DATA, event.data)
        _, _, size = event.topics
    except (DecodingError, ValueError) as error:
        raise ChainDown(f"an event of the contract is none: {error}") from error
    sizes = (int.from_bytes(size, "big"), previous_size)
    return Anchored(sizes[0], Hash32(root), sizes[1], Hash32(previous_root), event)


def _read_address(value: object) -> Address:
    address = bytes.fromhex(str(value).removeprefix("0x"))
    if len(address) != ADDRESS_BYTES:
        raise ChainDown("the contract's answer holds no address")
    return Address(address)
