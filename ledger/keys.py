"""Party keys in files: encrypted keystores, one a name, as other wallets write them.

A key file is a version 3 keystore (Web3 Secret Storage Definition): the 32-byte secret under a
passphrase, by scrypt and AES-128-CTR. Files are readable by their owner alone. A secret leaves this
room only as the return value of :meth:`Keyring.unlock`; it is never printed, logged or put into an
error.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ledger.errors import BadQuestion, Unknown
from ledger.files import write_once
from ledger.signing import address_of_secret
from ledger.values import ADDRESS_BYTES, Address, to_hex

SCRYPT_COST: Final = 2**18
"""The work factor N that wallets use: about a second a try."""

DEMO_SCRYPT_COST: Final = 2**10
"""For keys that guard nothing, as a demo's: fast, and no protection against guessing."""

_SECRET_BYTES: Final = 32
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)


def _wallet() -> Any:  # noqa: ANN401 - eth_account's Account, imported when a keystore is opened
    """Return eth-account's Account, without what importing it does to the whole process.

    It imports py_ecc, which raises Python's recursion limit to 100,000; deep JSON from outside
    would then overflow the C stack instead of being refused.
    """
    limit = sys.getrecursionlimit()
    from eth_account import Account

    sys.setrecursionlimit(limit)
    return Account


def _address_of(secret: bytes) -> Address:
    try:
        if len(secret) == _SECRET_BYTES:
            return address_of_secret(secret)
    except ValueError:
        pass
    raise BadQuestion("secret", "a secp256k1 key of 32 bytes")


class Keyring:
    """A folder of keystores."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadQuestion("name", "1 to 48 of a-z, 0-9 and -, not - first")
        return self._folder / f"{name}.json"

    def create(self, name: str, passphrase: str, cost: int = SCRYPT_COST) -> Address:
        """Make a key from the machine's randomness and keep it; return its address.

        Args:
            name: what the key is called here.
            passphrase: what encrypts it.
            cost: the scrypt work factor N, a power of two.

        Raises:
            BadQuestion: the name is not of its form, or taken.

        """
        return self.add(name, secrets.token_bytes(_SECRET_BYTES), passphrase, cost)

    def add(self, name: str, secret: bytes, passphrase: str, cost: int = SCRYPT_COST) -> Address:
        """Keep a 32-byte secret that was made elsewhere; return its address.

        Raises:
            BadQuestion: the name is not of its form, or taken; or the secret is no key.

        """
        path = self._path(name)
        address = _address_of(secret)
        keystore = _wallet().encrypt(secret, passphrase, kdf="scrypt", iterations=cost)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            write_once(path, json.dumps(keystore))
        except FileExistsError:
            raise BadQuestion("name", f"a name that no key has yet; {name} has one") from None
        return address

    def unlock(self, name: str, passphrase: str) -> bytes:
        """Return the 32-byte secret of a key.

        Raises:
            Unknown: there is no such key.
            BadQuestion: the passphrase does not open it, or the file is no keystore.

        """
        keystore = self._read(name)
        try:
            return bytes(_wallet().decrypt(keystore, passphrase))
        except (ValueError, TypeError, KeyError):
            raise BadQuestion("passphrase", f"the one that key {name} was kept under") from None

    def _read(self, name: str) -> dict[str, object]:
        try:
            keystore = json.loads(self._path(name).read_text("utf-8"))
        except FileNotFoundError:
            raise Unknown("key", name) from None
        except (OSError, ValueError, RecursionError):
            raise BadQuestion("key", f"a keystore in the file of {name}") from None
        if not isinstance(keystore, dict):
            raise BadQuestion("key", f"a keystore in the file of {name}")
        return keystore

    def address(self, name: str) -> Address:
        """Return the address of a key without its passphrase, as its file states it.

        Raises:
            Unknown: there is no such key.
            BadQuestion: the file is no keystore.

        """
        stated = str(self._read(name).get("address", "")).removeprefix("0x").lower()
        try:
            address = Address(bytes.fromhex(stated))
        except ValueError:
            address = Address(b"")
        if len(address) != ADDRESS_BYTES:
            raise BadQuestion("key", f"an address in the file of {name}")
        return address

    def __iter__(self) -> Iterator[tuple[str, Address]]:
        """Yield each key's name and address, by name; what is no keystore is left out."""
        return ((name, address) for name, address in self._look() if address is not None)

    def left_out(self) -> list[str]:
        """Return the names of the files in this folder that look like keystores and are none."""
        return [f"{name}.json" for name, address in self._look() if address is None]

    def _look(self) -> Iterator[tuple[str, Address | None]]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                yield path.stem, self.address(path.stem)
            except (BadQuestion, Unknown):  # one wrong file keeps nobody from the other keys
                yield path.stem, None

    def name_of(self, address: Address) -> str | None:
        """Return the name of the key with an address, or None."""
        return next((name for name, known in self if known == address), None)

    def __str__(self) -> str:
        return f"keys in {self._folder}: " + ", ".join(f"{n} {to_hex(a)}" for n, a in self)
