"""Which records go into one transaction of the mirror, and which the contract would refuse.

The contract itself is asked, as of one block: a batch that it refuses names the call at fault,
which is taken out, and the others are asked for again. What it refuses depends on nothing but the
records before, so an answer stands for as long as these do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.anchor.mirroring import batch_of, registry
from ledger.anchor.protocol import Chain
from ledger.errors import Reverted
from ledger.limits import MirrorLimits
from ledger.values import Address, Hash32, to_hex

_HEADROOM_PER_MILLE: Final = 1_250
_HEADROOM: Final = 10_000
_REASON_CHARACTERS_MAX: Final = 300
_REFUSED: Final = "CallRefused"


@dataclass(frozen=True, slots=True)
class Call:
    """A record of the log, as the contract is told it."""

    index: int
    record_id: Hash32
    data: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes into one transaction.

    Attributes:
        calls: in the order of the log; empty for none.
        data: of the transaction.
        gas: how much to allow it.
        refused: why others of the records cannot be mirrored after what is on the chain, by id.

    """

    calls: tuple[Call, ...]
    data: bytes
    gas: int
    refused: dict[Hash32, str]


class Judge:
    """Asks the contract what it would take.

    Args:
        chain: is asked.
        limits: how large transactions may be.

    """

    def __init__(self, chain: Chain, limits: MirrorLimits) -> None:
        self._chain = chain
        self._limits = limits

    def batch(self, payer: Address, to: Address, calls: Sequence[Call], block: int) -> Batch:
        """Return as many of some calls, from the first on, as fit into one transaction.

        Args:
            payer: of the transaction.
            to: the contract.
            calls: in the order of the log.
            block: the number of the chain's last block, as of which the contract is asked.

        """
        refused: dict[Hash32, str] = {}
        left = self._short(calls, refused)
        while left:
            gas, reason = self._gas(payer, to, left)
            if not reason:
                return Batch(tuple(left), _data(left), gas, refused)
            place, fault = self._fault(to, _data(left), len(left), block)
            if fault:
                refused[left[place].record_id] = fault
                del left[place]
                continue
            if len(left) == 1:
                refused[left[0].record_id] = reason
            left = left[: len(left) // 2]
        return Batch((), b"", 0, refused)

    def reason(self, payer: Address, to: Address, call: Call, block: int) -> str:
        """Return why a record cannot be mirrored as of a block, or nothing."""
        if len(call.data) > self._limits.bytes_max:
            return self._too_long(call)
        _, fault = self._fault(to, call.data, 1, block)
        return fault or self._gas(payer, to, [call])[1]

    def _fault(self, to: Address, data: bytes, count: int, block: int) -> tuple[int, str]:
        """Return which of some calls the contract refuses as of a block, and why, or nothing.

        Nothing too where it gives no reason, since it may have run out of gas.
        """
        try:
            self._chain.call(to, data, block)
        except Reverted as error:
            return _read_fault(error.data, count)
        return 0, ""

    def _short(self, calls: Sequence[Call], refused: dict[Hash32, str]) -> list[Call]:
        """Return the first calls that are short enough together."""
        found: list[Call] = []
        room = self._limits.bytes_max
        for call in calls:
            if len(call.data) > self._limits.bytes_max:
                refused[call.record_id] = self._too_long(call)
                continue
            room -= len(call.data)
            if room < 0 or len(found) == self._limits.records_max:
                break
            found.append(call)
        return found

    def _too_long(self, call: Call) -> str:
        return f"{len(call.data)} bytes; a transaction may have {self._limits.bytes_max}"

    def _gas(self, payer: Address, to: Address, calls: Sequence[Call]) -> tuple[int, str]:
        """Return how much gas to allow some calls, and why that cannot be, or nothing."""
        try:
            estimate = self._chain.estimate_gas(payer, to, _data(calls))
        except Reverted as error:
            return 0, _read_fault(error.data, len(calls))[
                1
            ] or "no transaction has gas enough for it"
        gas = estimate * _HEADROOM_PER_MILLE // 1000 + _HEADROOM
        limits = self._limits
        most = limits.gas_max if len(calls) == 1 else limits.batch_gas_max
        if gas > most and len(calls) == 1 and estimate <= most:
            gas = most
        return gas, f"{estimate} gas; a transaction may take {most}" if gas > most else ""


def _data(calls: Sequence[Call]) -> bytes:
    return calls[0].data if len(calls) == 1 else batch_of(call.data for call in calls)


def _read_fault(data: bytes, count: int) -> tuple[int, str]:
    """Return the place of the call that is refused, and why; no reason where none is given."""
    told = registry().error(data)
    if count == 1:
        return 0, "" if told is None else _said(told.name, dict(told.values))
    if told is None or told.name != _REFUSED or not told.values["place"] < count:
        return 0, ""
    inner = registry().error(told.values["reason"])
    return told.values["place"], "" if inner is None else _said(inner.name, dict(inner.values))


def _said(name: str, values: dict[str, Any]) -> str:
    shown = ", ".join(f"{key} {_shown(value)}" for key, value in values.items())
    text = f"{name}: {shown}" if shown else name
    return text[:_REASON_CHARACTERS_MAX]


def _shown(value: Any) -> str:  # noqa: ANN401 - as the ABI has them
    if isinstance(value, bytes):
        word = value.rstrip(b"\0")
        is_word = len(value) in (2, 32) and word and word.isascii() and word.decode().isprintable()
        return word.decode() if is_word else to_hex(value)
    if isinstance(value, tuple):
        return " ".join(map(_shown, value))
    return str(value)
