"""What the worker asks the anchor contract and tells it, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.anchor.artifacts import Contract, contract
from ledger.anchor.protocol import Event
from ledger.errors import Diverged
from ledger.records import Charter
from ledger.signing import sheet_hashes
from ledger.values import NO_ADDRESS, Address, Hash32


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
    return _contract().call("latest", ledger)


def read_latest(answer: bytes) -> Latest:
    """Read the answer to :func:`latest_call`.

    Raises:
        Diverged: it is none.

    """
    ((size, root, anchor_key, rotations, is_forked),) = _contract().answer("latest", answer)
    return Latest(size, Hash32(root), Address(anchor_key), rotations, is_forked)


def anchor_call(
    ledger: Hash32, size: int, root: Hash32, proof: Sequence[Hash32], signature: bytes
) -> bytes:
    """Anchor a checkpoint."""
    return _contract().call("anchor", ledger, size, root, tuple(proof), signature)


def open_call(ledger: Hash32, charter: Charter) -> bytes:
    """Open a ledger by its Charter: the sheet *what* in clear, the others as their hashes."""
    what, sheets = charter.what, sheet_hashes(charter)
    shown = tuple(getattr(what, field.name) for field in what.FIELDS)
    rest = (sheets["who"], sheets["amounts"], sheets["scene"], charter.details)
    return _contract().call("open", ledger, shown, *rest)


def rotate_call(ledger: Hash32, new_key: Address, signature: bytes) -> bytes:
    """Replace the anchor key."""
    return _contract().call("rotate", ledger, new_key, signature)


def anchored_topics(ledger: Hash32) -> tuple[Hash32 | None, ...]:
    """Return the topics of all of a ledger's anchors."""
    return (_contract().topic("Anchored"), ledger)


def read_anchored(event: Event) -> Anchored:
    """Read an event that has :func:`anchored_topics`.

    Raises:
        Diverged: it is none.

    """
    told = _contract().event(event.topics, event.data)
    if told is None or told.name != "Anchored":
        raise Diverged("the contract told something else than an anchor")
    values = told.values
    return Anchored(
        values["size"],
        Hash32(values["root"]),
        values["previousSize"],
        Hash32(values["previousRoot"]),
        event,
    )


def refusal(data: bytes) -> str:
    """Say in words why the contract refuses, from its error's data."""
    told = _contract().error(data)
    return told.name if told is not None else f"0x{data[:100].hex()}"


def _contract() -> Contract:
    return contract("CheckpointAnchor")
