"""What an anchor key signs: an anchor, and the rotation to its successor, as EIP-712 typed data.

The domain is ``{name: "Adamant Anchor", version: "1", chainId, verifyingContract, salt: ledger
id}``: an anchor belongs to one ledger on one contract of one chain, and to no other.
The contract computes the same digests (``contracts/interfaces/ICheckpointAnchor.sol``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from ledger.signing.curve import recover, sign
from ledger.signing.packing import keccak
from ledger.values import ADDRESS_BYTES, HASH_BYTES, NO_HASH, Address, Hash32, to_hex

ANCHOR_DOMAIN_NAME: Final = "Adamant Anchor"
ANCHOR_DOMAIN_VERSION: Final = "1"
UINT64_MAX: Final = 2**64 - 1
_UINT256_MAX: Final = 2**256 - 1
_WORD: Final = 32
_Members = tuple[tuple[str, str], ...]
_DOMAIN: Final[_Members] = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
    ("salt", "bytes32"),
)
_ANCHOR: Final[_Members] = (
    ("size", "uint64"),
    ("root", "bytes32"),
    ("previousSize", "uint64"),
    ("previousRoot", "bytes32"),
)
_ROTATION: Final[_Members] = (("oldKey", "address"), ("newKey", "address"), ("rotations", "uint64"))


class AnchorStatement(Protocol):
    """What an anchor key signs; a signer of the keys' room takes it as it is."""

    @property
    def digest(self) -> Hash32:
        """The 32 bytes that the curve signs."""

    def plain(self) -> dict[str, Any]:
        """Return typed data as wallets take it (``eth_signTypedData_v4``)."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A size and root, and the size and root anchored before them.

    Attributes:
        ledger: the ledger id.
        chain_id: of the chain that it is signed for (EIP-155).
        contract: that it is signed for.
        size: number of entries, above ``previous_size``.
        root: their Merkle root.
        previous_size, previous_root: what the contract holds until then; both zero for the first.

    Raises:
        ValueError: no contract would take it: a value has another length or range.

    """

    ledger: Hash32
    chain_id: int
    contract: Address
    size: int
    root: Hash32
    previous_size: int
    previous_root: Hash32

    def __post_init__(self) -> None:
        _check_lengths((self.ledger, self.root, self.previous_root), (self.contract,))
        if not 0 <= self.previous_size < self.size <= UINT64_MAX:
            raise ValueError("an anchor's size is of 64 bits, and above the one before it")
        if (self.previous_size == 0) != (self.previous_root == NO_HASH):
            raise ValueError("the first anchor alone has no size and no root before it")

    @property
    def digest(self) -> Hash32:
        """The 32 bytes that the curve signs."""
        words = (_number(self.size), self.root, _number(self.previous_size), self.previous_root)
        return _digest(self, _type_hash("Anchor", _ANCHOR), words)

    def plain(self) -> dict[str, Any]:
        """Return typed data as wallets take it (``eth_signTypedData_v4``)."""
        message = {
            "size": self.size,
            "root": to_hex(self.root),
            "previousSize": self.previous_size,
            "previousRoot": to_hex(self.previous_root),
        }
        return _plain(self, "Anchor", _ANCHOR, message)


@dataclass(frozen=True, slots=True)
class Rotation:
    """The old anchor key's word that another takes its place.

    Attributes:
        ledger, chain_id, contract: as of an :class:`Anchor`.
        old_key, new_key: the one that signs, and the one that signs from then on.
        rotations: how many there were before, so that none can be replayed.

    Raises:
        ValueError: no contract would take it: a value has another length or range.

    """

    ledger: Hash32
    chain_id: int
    contract: Address
    old_key: Address
    new_key: Address
    rotations: int

    def __post_init__(self) -> None:
        _check_lengths((self.ledger,), (self.contract, self.old_key, self.new_key))
        if not 0 <= self.rotations <= UINT64_MAX:
            raise ValueError("the number of rotations is of 64 bits")

    @property
    def digest(self) -> Hash32:
        """The 32 bytes that the curve signs."""
        words = (_address(self.old_key), _address(self.new_key), _number(self.rotations))
        return _digest(self, _type_hash("Rotation", _ROTATION), words)

    def plain(self) -> dict[str, Any]:
        """Return typed data as wallets take it (``eth_signTypedData_v4``)."""
        message = {
            "oldKey": to_hex(self.old_key),
            "newKey": to_hex(self.new_key),
            "rotations": self.rotations,
        }
        return _plain(self, "Rotation", _ROTATION, message)


def sign_statement(statement: AnchorStatement, secret: bytes) -> bytes:
    """Sign with a 32-byte secret key, deterministically; 65 bytes r ‖ s ‖ v.

    Raises:
        ValueError: the secret is no key.

    """
    return sign(statement.digest, secret)


def signer_of(statement: AnchorStatement, signature: bytes) -> Address:
    """Return the address whose key signed.

    Raises:
        Refused: ``signature-form``: another encoding, or no key recovers.

    """
    return recover(statement.digest, signature, "signature")


@lru_cache(maxsize=64)
def anchor_domain_separator(ledger: Hash32, chain_id: int, contract: Address) -> Hash32:
    """Return the hash of the domain of a ledger on a contract of a chain.

    Raises:
        ValueError: a value has another length or range.

    """
    _check_lengths((ledger,), (contract,))
    if not 0 <= chain_id <= _UINT256_MAX:
        raise ValueError("a chain id is of 256 bits")
    texts = (ANCHOR_DOMAIN_NAME, ANCHOR_DOMAIN_VERSION)
    return keccak(
        _type_hash("EIP712Domain", _DOMAIN)
        + b"".join(keccak(text.encode()) for text in texts)
        + _number(chain_id)
        + _address(contract)
        + ledger
    )


@lru_cache(maxsize=8)
def _type_hash(name: str, members: _Members) -> Hash32:
    fields = ",".join(f"{wire_type} {member}" for member, wire_type in members)
    return keccak(f"{name}({fields})".encode())


def _digest(statement: Anchor | Rotation, type_hash: Hash32, words: tuple[bytes, ...]) -> Hash32:
    place = (statement.ledger, statement.chain_id, statement.contract)
    struct = keccak(type_hash + b"".join(words))
    return keccak(b"\x19\x01" + anchor_domain_separator(*place) + struct)


def _plain(
    statement: Anchor | Rotation, name: str, members: _Members, message: dict[str, Any]
) -> dict[str, Any]:
    types = {"EIP712Domain": _DOMAIN, name: members}
    return {
        "kind": "typedData",
        "typedData": {
            "types": {
                struct: [{"name": member, "type": wire_type} for member, wire_type in declared]
                for struct, declared in types.items()
            },
            "primaryType": name,
            "domain": {
                "name": ANCHOR_DOMAIN_NAME,
                "version": ANCHOR_DOMAIN_VERSION,
                "chainId": statement.chain_id,
                "verifyingContract": to_hex(statement.contract),
                "salt": to_hex(statement.ledger),
            },
            "message": message,
        },
    }


def _number(value: int) -> bytes:
    return value.to_bytes(_WORD, "big")


def _address(value: Address) -> bytes:
    return value.rjust(_WORD, b"\0")


def _check_lengths(hashes: tuple[bytes, ...], addresses: tuple[bytes, ...]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ValueError("a hash has 32 bytes")
    if any(len(value) != ADDRESS_BYTES for value in addresses):
        raise ValueError("an address has 20 bytes")
