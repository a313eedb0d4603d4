"""The anchor contract's rules, said again in Python, for chains that run no code.

Types and errors are written down here a second time on purpose: what the worker encodes is read by
somebody else. Source: ``contracts/interfaces/ICheckpointAnchor.sol``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from eth_abi.abi import decode, encode

from ledger.errors import ProofError, Refused, Reverted
from ledger.merkle import verify_consistency
from ledger.records import KINDS
from ledger.signing import keccak, sheet_hash, struct_hash
from ledger.signing.anchors import Anchor, signer_of
from ledger.signing.hashing import digest
from ledger.values import NO_ADDRESS, NO_HASH, Address, Hash32

CREATION = b"makes the stand-in of the anchor contract"
CODE = b"the stand-in of the anchor contract"
OPEN_GAS, ANCHOR_GAS, NOTHING_GAS = 90_000, 62_000, 26_000

_WHAT = (
    "(string,string,string,string,uint64,string[],address,string[],bytes32[],"
    "bytes32,bytes32,bytes32)"
)


def selector(text: str) -> bytes:
    """Return the selector of a function or error."""
    return keccak(text.encode())[:4]


def _types(text: str) -> list[str]:
    """Split the types of a signature at the commas outside of brackets."""
    inner, depth, parts = text[text.index("(") + 1 : -1], 0, [""]
    for letter in inner:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


OPEN = f"open(bytes32,{_WHAT},bytes32,bytes32,bytes32,bytes32)"
ANCHOR = "anchor(bytes32,uint64,bytes32,bytes32[],bytes)"
LATEST = "latest(bytes32)"
ANCHORED = keccak(b"Anchored(bytes32,uint64,bytes32,uint64,bytes32)")
OPENED = keccak(b"Opened(bytes32,address)")


@dataclass(frozen=True)
class Told:
    """An event, without its place."""

    topics: tuple[Hash32, ...]
    data: bytes


@dataclass(frozen=True)
class LedgerState:
    """What the contract holds of a ledger."""

    size: int = 0
    root: Hash32 = NO_HASH
    anchor_key: Address = NO_ADDRESS
    is_forked: bool = False


@dataclass(frozen=True)
class StandIn:
    """The contract's storage; a call returns another one."""

    chain_id: int
    address: Address
    ledgers: tuple[tuple[Hash32, LedgerState], ...] = ()

    def of(self, ledger: Hash32) -> LedgerState:
        """Return what it holds of a ledger."""
        return dict(self.ledgers).get(ledger, LedgerState())

    def with_ledger(self, ledger: Hash32, state: LedgerState) -> StandIn:
        """Return it with another state of a ledger."""
        return replace(self, ledgers=tuple((dict(self.ledgers) | {ledger: state}).items()))

    def ask(self, data: bytes) -> bytes:
        """Answer a question."""
        if data[:4] != selector(LATEST):
            raise Reverted(b"")
        (ledger,) = decode(_types(LATEST), data[4:])
        held = self.of(Hash32(ledger))
        key = "0x" + held.anchor_key.hex()
        return encode(
            ["uint64", "bytes32", "address", "uint64", "bool"],
            [held.size, held.root, key, 0, held.is_forked],
        )

    def do(self, data: bytes) -> tuple[StandIn, tuple[Told, ...], int]:
        """Take a call; return the contract after it, what it told, and the gas it took."""
        if data[:4] == selector(OPEN):
            return self._open(*decode(_types(OPEN), data[4:]))
        if data[:4] == selector(ANCHOR):
            return self._anchor(*decode(_types(ANCHOR), data[4:]))
        raise Reverted(b"")

    def _open(self, ledger: Hash32, what: Any, who: Any, amounts: Any, scene: Any, details: Any):
        kind = KINDS["Charter"]
        sheet = kind.sheets["what"]
        key = Address(bytes.fromhex(what[6][2:]))
        values = dict(zip((field.name for field in sheet.FIELDS), what, strict=True))
        said = sheet(**(values | {"anchor_key": key}))
        sheets = {"who": who, "what": sheet_hash(said), "amounts": amounts, "scene": scene}
        if digest("Charter", struct_hash("Charter", sheets, details), NO_HASH) != ledger:
            raise Reverted(selector("AnotherLedger(bytes32,bytes32)") + ledger + NO_HASH)
        if key == NO_ADDRESS:
            raise Reverted(selector("NoAnchorKey(bytes32)") + ledger)
        if self.of(ledger).anchor_key != NO_ADDRESS:
            return self, (), NOTHING_GAS
        told = Told((OPENED, ledger, Hash32(key.rjust(32, b"\0"))), b"")
        return self.with_ledger(ledger, LedgerState(anchor_key=key)), (told,), OPEN_GAS

    def _anchor(self, ledger: Hash32, size: int, root: Hash32, proof: Any, signature: bytes):
        held = self.of(ledger)
        if held.anchor_key == NO_ADDRESS:
            raise Reverted(selector("UnknownLedger(bytes32)") + ledger)
        if size == held.size:
            if root == held.root:
                return self, (), NOTHING_GAS
            raise _refused("AnotherRoot(bytes32,uint64,bytes32,bytes32)", ledger)
        if size < held.size:
            raise _refused("Shrunk(bytes32,uint64,uint64)", ledger)
        if not _continues(held, size, root, proof):
            raise _refused("NotAContinuation(bytes32,uint64,bytes32,uint64,bytes32)", ledger)
        statement = Anchor(ledger, self.chain_id, self.address, size, root, held.size, held.root)
        try:
            signer = signer_of(statement, signature)
        except Refused:
            raise _refused("BadSignature(bytes)", ledger) from None
        if signer != held.anchor_key:
            raise _refused("WrongSigner(bytes32,address,address)", ledger)
        data = encode(["bytes32", "uint64", "bytes32"], [root, held.size, held.root])
        told = Told((ANCHORED, ledger, Hash32(size.to_bytes(32, "big"))), data)
        after = replace(held, size=size, root=root)
        return self.with_ledger(ledger, after), (told,), ANCHOR_GAS


def _continues(held: LedgerState, size: int, root: Hash32, proof: Any) -> bool:
    """Tell whether a proof shows that a log continues the one that is anchored."""
    if held.size == 0:
        return not proof
    try:
        verify_consistency(held.size, size, proof, held.root, root)
    except ProofError:
        return False
    return True


def _refused(name: str, ledger: Hash32) -> Reverted:
    """Refuse; whoever reads it is told the name, the values are left out but for the ledger."""
    return Reverted(selector(name) + ledger)
