"""Ledgers that are anchored in py-evm: their Charters, keys, statements and what comes of them.

Digests and signatures are those of eth-account, so that neither the contract nor ``ledger.signing``
is compared with itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data

from ledger.anchor.artifacts import Told, contract
from ledger.errors import Reverted
from ledger.merkle import consistency_proof
from ledger.records import Record
from ledger.signing import address_of_secret, sheet_hashes, struct_hash
from ledger.signing.hashing import digest
from ledger.values import NO_HASH, Address, Hash32
from tests.evm import Done, Evm
from tests.reference_merkle import Reference
from tests.world import World

ANCHORS = contract("CheckpointAnchor")
SECRET = sha256(b"anchor key").digest()
OTHER_SECRET = sha256(b"another anchor key").digest()
DOMAIN_FIELDS = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
    ("salt", "bytes32"),
)
ANCHOR_FIELDS = (
    ("size", "uint64"),
    ("root", "bytes32"),
    ("previousSize", "uint64"),
    ("previousRoot", "bytes32"),
)
ROTATION_FIELDS = (("oldKey", "address"), ("newKey", "address"), ("rotations", "uint64"))


def typed_data(kind: str, where: Place, values: Sequence[Any]) -> dict[str, Any]:
    """Return a statement as wallets are given it."""
    types = {"Anchor": ANCHOR_FIELDS, "Rotation": ROTATION_FIELDS, "EIP712Domain": DOMAIN_FIELDS}
    made = {
        name: [{"name": n, "type": t} for n, t in types[name]] for name in (kind, "EIP712Domain")
    }
    message = dict(zip((name for name, _ in types[kind]), values, strict=True))
    return {"types": made, "primaryType": kind, "domain": where.domain(), "message": message}


@dataclass(frozen=True, slots=True)
class Place:
    """Where and for which ledger a statement holds."""

    chain_id: int
    contract: Address
    ledger: Hash32

    def domain(self) -> dict[str, Any]:
        """Return the EIP-712 domain."""
        values = ("Adamant Anchor", "1", self.chain_id, self.contract, self.ledger)
        return dict(zip((name for name, _ in DOMAIN_FIELDS), values, strict=True))

    def sign(self, kind: str, values: Sequence[Any], secret: bytes = SECRET) -> bytes:
        """Sign a statement that holds here."""
        message = encode_typed_data(full_message=typed_data(kind, self, values))
        return bytes(Account.sign_message(message, secret).signature)

    def said(
        self, size: int, root: bytes, before: Head = (0, NO_HASH), secret: bytes = SECRET
    ) -> tuple[Any, ...]:
        """Return a signed anchor as ``reportFork`` takes it."""
        signature = self.sign("Anchor", (size, root, *before), secret)
        return (self.chain_id, self.contract, size, root, *before, signature)


Head = tuple[int, bytes]
"""A size and its root."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A Charter as ``open`` takes it: the sheet *what* in clear, and the hashes of all sheets."""

    what: tuple[Any, ...]
    hashes: dict[str, Hash32]
    details: Hash32

    @property
    def ledger(self) -> Hash32:
        """The ledger id."""
        return digest("Charter", struct_hash("Charter", self.hashes, self.details), NO_HASH)

    def data(self, ledger: Hash32 | None = None) -> bytes:
        """Return the call, for the right ledger unless another is named."""
        rest = (self.hashes["who"], self.hashes["amounts"], self.hashes["scene"], self.details)
        return ANCHORS.call("open", ledger or self.ledger, self.what, *rest)

    def other(self, who: bytes) -> Opening:
        """Return the opening of a ledger that differs in the sheet *who* alone."""
        return replace(self, hashes={**self.hashes, "who": Hash32(who)})


def opening(charter: Record) -> Opening:
    """Return how a Charter opens its ledger."""
    what = tuple(getattr(charter.what, each.name) for each in fields(charter.what))
    return Opening(what, sheet_hashes(charter), charter.details)


def charter(**values: object) -> Record:
    """Return a Charter whose anchor key is that of :data:`SECRET`, unless told otherwise."""
    return World().found(**{"anchor_key": address_of_secret(SECRET), **values}).record


class Anchored:
    """The contract, on a chain of its own."""

    def __init__(self, evm: Evm | None = None) -> None:
        """Deploy it."""
        self.evm = evm or Evm()
        self.contract = self.evm.deploy(ANCHORS.bytecode)

    def place(self, ledger: Hash32) -> Place:
        """Return where statements for this contract hold."""
        return Place(self.evm.chain_id, self.contract, ledger)

    def do(self, function: str, *values: Any) -> Done:
        """Send a transaction."""
        return self.evm.transact(self.contract, ANCHORS.call(function, *values))

    def ask(self, function: str, *values: Any) -> Any:
        """Ask for one value."""
        return ANCHORS.answer(
            function, self.evm.call(self.contract, ANCHORS.call(function, *values))
        )[0]

    def open(self, said: Opening) -> Hash32:
        """Open a ledger; return its id."""
        self.evm.transact(self.contract, said.data())
        return said.ledger

    def head(self, ledger: Hash32) -> Head:
        """Return the size and root that are anchored."""
        size, root, *_ = self.ask("latest", ledger)
        return size, root

    def anchor_call(
        self, ledger: Hash32, head: Head, proof: Sequence[bytes] = (), secret: bytes = SECRET
    ) -> bytes:
        """Return the call that anchors a head after the anchored one, well signed."""
        signature = self.place(ledger).sign("Anchor", (*head, *self.head(ledger)), secret)
        return ANCHORS.call("anchor", ledger, *head, tuple(proof), signature)

    def anchor(
        self, ledger: Hash32, head: Head, proof: Sequence[bytes] = (), secret: bytes = SECRET
    ) -> Done:
        """Anchor a head after the anchored one."""
        return self.evm.transact(self.contract, self.anchor_call(ledger, head, proof, secret))

    def rotate(self, ledger: Hash32, old: bytes, new: bytes) -> Done:
        """Replace an anchor key by another."""
        keys = (address_of_secret(old), address_of_secret(new))
        rotations = self.ask("latest", ledger)[3]
        signature = self.place(ledger).sign("Rotation", (*keys, rotations), old)
        return self.do("rotate", ledger, keys[1], signature)


def refusal(act: Callable[..., object], *values: object) -> Told | None:
    """Return the error by which the contract refuses an act, or None when it does not."""
    try:
        act(*values)
    except Reverted as reverted:
        return ANCHORS.error(reverted.data) or Told("no error of this contract", {})
    return None


KEY, OTHER_KEY = map(address_of_secret, (SECRET, OTHER_SECRET))
OPENING = opening(charter())
LEDGER = OPENING.ledger
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ENTRIES = {index: b"entry %d" % index for index in range(300)}
TREE = Reference(ENTRIES)
REWRITTEN = Reference(ENTRIES | {3: b"another"})
"""The same log but for one entry."""


def head(size: int, of: Reference = TREE) -> Head:
    """Return a size and its root."""
    return size, of.mth(0, size)


def proof(old: int, new: int, of: Reference = TREE) -> tuple[Hash32, ...]:
    """Return the proof that a log continues itself."""
    return consistency_proof(old, new, of.read)


def events(done: Done) -> list[Told | None]:
    """Return what the contract told."""
    return [ANCHORS.event(log.topics, log.data) for log in done.logs]


def elsewhere(here: Place) -> dict[str, Place]:
    """Return places that differ from one in one way each."""
    return {
        "chain": replace(here, chain_id=here.chain_id + 1),
        "contract": replace(here, contract=Address(b"\1" * 20)),
        "ledger": replace(here, ledger=OPENING.other(b"\1" * 32).ledger),
    }


def forms(signature: bytes) -> dict[str, bytes]:
    """Return other spellings of a signature, and some that are none."""
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    low = signature[:64]
    compact = (s | (v - 27) << 255).to_bytes(32, "big")
    return {
        "high s": r + (ORDER - s).to_bytes(32, "big") + bytes((55 - v,)),
        "high s, the same v": r + (ORDER - s).to_bytes(32, "big") + bytes((v,)),
        "64 bytes (EIP-2098)": r + compact,
        "64 bytes, v left out": low,
        "66 bytes": signature + b"\0",
        "v 0 or 1": low + bytes((v - 27,)),
        "v 29": low + b"\x1d",
        "v 35 or 36 (EIP-155)": low + bytes((v + 8,)),
        "nothing": b"",
        "zeros": bytes(65),
        "r zero": bytes(32) + signature[32:],
        "s zero": r + bytes(32) + bytes((v,)),
        "r the order": ORDER.to_bytes(32, "big") + signature[32:],
        "no point": b"\xff" * 32 + signature[32:],
        "both in a list of words": r + signature[32:64] + v.to_bytes(32, "big"),
    }
