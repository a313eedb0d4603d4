"""Tells from a node's words what it refuses, and why.

JSON-RPC fixes no codes for refusals of transactions, so clients differ in code and wording. The
words below were read in the public sources of these clients, and tests quote them:

* go-ethereum ``core/txpool/errors.go``, ``core/error.go``, ``internal/ethapi/errors.go``; Reth
  ``rpc-eth-types/src/error`` follows it to the word; so does Nethermind today, whose former words
  were the names of ``AcceptTxResult``;
* Erigon ``txnprovider/txpool/txpoolcfg``; Besu ``RpcErrorType``;
* Anvil ``crates/anvil/src/eth/error``; Hardhat 3 (EDR), as it answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import ChainRefusal

WORDS_MAX: Final = 200
DATA_DEPTH_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """The error that a node answered with.

    Attributes:
        code: JSON-RPC's or the client's own.
        words: its message, cut short, fit to be shown, without secrets of the node's address.
        data: what came with it, of whichever form.

    """

    code: int
    words: str
    data: object = None


class NodeSaid(Exception):
    """A node answered with an error; never leaves this room."""

    def __init__(self, said: Said) -> None:
        super().__init__(f"error {said.code}: {said.words}")
        self.said = said


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_KNOWN: Final = _any(
    r"already known", r"known transaction", r"already imported", r"\bAlreadyKnown\b",
    r"existing txn? with same hash",
)  # fmt: skip
_REFUSALS: Final[tuple[tuple[ChainRefusal, re.Pattern[str]], ...]] = (
    ("nonce-too-low", _any(r"nonce (is )?too low", r"\bOldNonce\b")),
    (
        "no-funds",
        _any(
            r"insufficient (funds|balance)", r"\bInsufficientFunds\b", r"not enough funds",
            r"doesn't have enough funds", r"upfront cost exceeds account balance",
        ),
    ),
    (
        "underpriced",
        _any(
            r"underpriced", r"\bfee ?too ?low", r"gas ?price (is )?too low",
            r"less than block base fee", r"gas price below", r"max(imum )?fee ?per ?gas .*too low",
            r"insufficient gas price to replace", r"could not replace existing tx",
            r"below minimum required priority fee", r"\bReplacementNotAllowed\b",
        ),
    ),
)  # fmt: skip
_REVERT: Final = _any(r"revert", r"VM execution error", r"VM Exception")
_HALT: Final = _any(
    r"invalid opcode", r"EVM error", r"out of gas", r"gas required exceeds",
    r"stack (under|over)flow", r"invalid jump", r"execution halted",
)  # fmt: skip
_NO_BLOCK: Final = _any(
    r"(block|header) not found", r"unknown block", r"not found", r"invalid (argument|block|tag)",
    r"hex string without 0x", r"did not match any variant", r"unsupported", r"not supported",
)  # fmt: skip
_TOO_MUCH: Final = _any(
    r"range", r"more than \d+", r"too many", r"too large", r"exceeds?", r"limit"
)
_TOO_OFTEN: Final = _any(r"\brate", r"request count", r"quota", r"per (second|minute|day)")
# Of JSON-RPC 2.0 §5.1, EIP-1474 and Besu: the node's own trouble, which says nothing about what was
# asked: internal error, method not there (four ways), resource unavailable, limit exceeded.
_TROUBLE: Final = frozenset({-32603, -32601, -32604, -32004, -32002, -32005, 429})
_REVERTED: Final = 3
_INVALID_PARAMS: Final = -32602
_VM_ERROR: Final = -32015
_DATA: Final = re.compile(r"(?:Reverted |err: )?(0x(?:[0-9a-fA-F]{2})*)(?: \(supplied gas \d+\))?")


def is_known(said: Said) -> bool:
    """Tell whether a transaction was not taken because the node has it already."""
    return bool(_KNOWN.search(said.words))


def refusal(said: Said) -> ChainRefusal | None:
    """Return why a transaction was not taken, or None where the node is in trouble itself."""
    for reason, words in _REFUSALS:
        if words.search(said.words):
            return reason
    return None if said.code in _TROUBLE else "other"


def reverted(said: Said) -> bytes | None:
    """Return the error of the contract that refused, or None where none did.

    It is empty where execution stopped in any other way: an invalid instruction, out of gas.
    """
    if said.code in (_REVERTED, _VM_ERROR) or _REVERT.search(said.words):
        return _error_data(said.data)
    return b"" if _HALT.search(said.words) else None


def _error_data(data: object, depth: int = 0) -> bytes:
    """Return the bytes that came with a revert: as hex, with words around it, or further inside."""
    if isinstance(data, dict) and depth < DATA_DEPTH_MAX:
        inside = (_error_data(data.get(key), depth + 1) for key in ("data", "result", "error"))
        return next((found for found in inside if found), b"")
    written = _DATA.fullmatch(data) if isinstance(data, str) else None
    return bytes.fromhex(written[1][2:]) if written else b""


def is_no_block(said: Said) -> bool:
    """Tell whether a node has no such block, or does not know the tag by which it was asked."""
    if said.code in _TROUBLE:
        return False
    return said.code == _INVALID_PARAMS or bool(_NO_BLOCK.search(said.words))


def is_too_much(said: Said) -> bool:
    """Tell whether the node would answer for fewer blocks, rather than less often."""
    return bool(_TOO_MUCH.search(said.words)) and not _TOO_OFTEN.search(said.words)
