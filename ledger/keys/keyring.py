"""A folder of keys, and the one place that decides what signs for a name.

==================  ============================================================
where a key lies    kind
==================  ============================================================
``NAME.json``       ``keystore``: a secret in a file, under a passphrase
``NAME.toml``       ``command``: a command that signs, such as a hardware wallet
``ADAMANT_KEY_…``   ``environment``: a variable, or a file that it names
==================  ============================================================

One name is one key: whoever puts it in two places is told so, and nothing is signed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import BadQuestion, Unknown
from ledger.files import write_once, write_over
from ledger.keys.commands import (
    CommandSigner,
    parse_settings,
    read_settings,
    write_settings,
)
from ledger.keys.environment import names_in, secret_in, variable_of
from ledger.keys.keystores import (
    SCRYPT_COST,
    SECRET_BYTES,
    Keystore,
    check_secret,
    open_keystore,
    read_keystore,
    write_keystore,
)
from ledger.keys.signers import SecretSigner, Signer, SignerKind
from ledger.limits import LIMITS
from ledger.values import Address, to_hex

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)
_SUFFIXES: Final[Mapping[SignerKind, str]] = {"keystore": ".json", "command": ".toml"}


@dataclass(frozen=True, slots=True)
class Key:
    """What a keyring tells of a key without a passphrase.

    Attributes:
        name: what it is called here.
        address: its address, as its file states it.
        kind: where it lies.
        place: the file, or the variable.
        weakness: why its passphrase is cheap to guess; "" if it is not, or there is none.

    """

    name: str
    address: Address
    kind: SignerKind
    place: str
    weakness: str = ""


class Keyring:
    """A folder of keys.

    Args:
        folder: where files of keys lie; made when the first one is.
        environ: the variables among which there may be keys.

    """

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environ: Mapping[str, str] = environ or {}

    # -- making and keeping ----------------------------------------------------------------------

    def create(self, name: str, passphrase: str, cost: int = SCRYPT_COST) -> Address:
        """Make a key from the machine's randomness and keep it; return its address.

        Args:
            name: what the key is called here.
            passphrase: what encrypts it.
            cost: the scrypt work factor N, a power of two.

        Raises:
            BadQuestion: the name is not of its form, or taken.

        """
        return self.add(name, secrets.token_bytes(SECRET_BYTES), passphrase, cost)

    def add(self, name: str, secret: bytes, passphrase: str, cost: int = SCRYPT_COST) -> Address:
        """Keep a 32-byte secret that was made elsewhere; return its address.

        Raises:
            BadQuestion: the name is not of its form, or taken; or the secret is no key.

        """
        self.check_free(name)
        address = check_secret(secret)
        self._keep(name, "keystore", write_keystore(secret, passphrase, cost))
        return address

    def attach(self, signer: CommandSigner) -> None:
        """Keep the settings of a key that a command holds, under the signer's name.

        Raises:
            BadQuestion: the name is not of its form, or taken; or what it says could not be read
                again.

        """
        self.check_free(signer.name)
        text = write_settings(signer)
        if parse_settings(text.encode("utf-8", "replace"), signer.name) != signer:
            raise BadQuestion("command", "words of Unicode text")
        self._keep(signer.name, "command", text)

    def _keep(self, name: str, kind: SignerKind, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            write_once(self._path(name, kind), text)
        except FileExistsError:
            raise _taken(name) from None

    def change_passphrase(self, name: str, old: str, new: str, cost: int = SCRYPT_COST) -> Address:
        """Encrypt a keystore again, under another passphrase or at another cost.

        The file is replaced in one step, and only by one that was opened again.

        Raises:
            Unknown: there is no such key.
            BadQuestion: it is no keystore, or the old passphrase does not open it.

        """
        secret = self.unlock(name, old)
        text = write_keystore(secret, new, cost)
        if open_keystore(read_keystore(text.encode()), new) != secret:
            raise BadQuestion("keystore", "one that opens again")
        write_over(self._path(name, "keystore"), text)
        return check_secret(secret)

    # -- what is there ---------------------------------------------------------------------------

    def _path(self, name: str, kind: SignerKind) -> Path:
        return self._folder / f"{name}{_SUFFIXES[kind]}"

    def _kinds(self, name: str) -> list[SignerKind]:
        if not _NAME.fullmatch(name):
            raise BadQuestion("name", "1 to 48 of a-z, 0-9 and -, not - first")
        if self._folder.exists() and not self._folder.is_dir():
            raise BadQuestion("--keys", f"a folder; {self._folder} is none")
        found: list[SignerKind] = [kind for kind in _SUFFIXES if self._is_there(name, kind)]
        return [*found, "environment"] if variable_of(name) in self._environ else found

    def _is_there(self, name: str, kind: SignerKind) -> bool:
        path = self._path(name, kind)
        return path.is_symlink() or path.exists()

    def kind(self, name: str) -> SignerKind:
        """Return where a key lies.

        Raises:
            Unknown: there is no such key.
            BadQuestion: the name is not of its form, or means more than one key.

        """
        kinds = self._kinds(name)
        if not kinds:
            raise Unknown("key", name)
        if len(kinds) > 1:
            places = " and ".join(self._place(name, kind) for kind in kinds)
            raise BadQuestion("key", f"one key called {name}, not both {places}")
        return kinds[0]

    def check_free(self, name: str) -> None:
        """Check that no key has a name yet.

        Raises:
            BadQuestion: the name is not of its form, or taken.

        """
        if self._kinds(name):
            raise _taken(name)

    def _place(self, name: str, kind: SignerKind) -> str:
        return variable_of(name) if kind == "environment" else str(self._path(name, kind))

    def key(self, name: str) -> Key:
        """Return what can be told of a key without its passphrase.

        Raises:
            Unknown: there is no such key.
            BadQuestion: what lies there is no key, or states no address.

        """
        kind = self.kind(name)
        weakness = ""
        if kind == "environment":
            address = check_secret(secret_in(self._environ, name))
        elif kind == "command":
            address = read_settings(self._path(name, kind)).address
        else:
            keystore = self.keystore(name)
            if keystore.address is None:
                raise BadQuestion("address", f"an address in the file of {name}")
            address, weakness = keystore.address, keystore.weakness
        return Key(name, address, kind, self._place(name, kind), weakness)

    def address(self, name: str) -> Address:
        """Return the address of a key without its passphrase; raises as :meth:`key` does."""
        return self.key(name).address

    def keystore(self, name: str) -> Keystore:
        """Return the keystore of a key.

        Raises:
            Unknown: there is no such key.
            BadQuestion: it is no keystore.

        """
        kind = self.kind(name)
        if kind != "keystore":
            raise BadQuestion("key", f"a key in a keystore; {name} is of the kind {kind}")
        return read_keystore(read_file(self._path(name, kind)))

    # -- signing ---------------------------------------------------------------------------------

    def unlock(self, name: str, passphrase: str) -> bytes:
        """Return the 32-byte secret of a key in a keystore.

        Raises:
            Unknown: there is no such key.
            BadQuestion: the passphrase does not open it, or it is no keystore.

        """
        return open_keystore(self.keystore(name), passphrase, f"key {name}")

    def signer(self, name: str, passphrase: Callable[[], str]) -> Signer:
        """Return what signs for a name.

        Args:
            name: the key.
            passphrase: asked for the passphrase, if the key has one.

        Raises:
            Unknown: there is no such key.
            BadQuestion: the key cannot be opened.

        """
        kind = self.kind(name)
        if kind == "environment":
            return SecretSigner(secret_in(self._environ, name), kind)
        if kind == "command":
            return read_settings(self._path(name, kind))
        return SecretSigner(self.unlock(name, passphrase()))

    # -- all of them -----------------------------------------------------------------------------

    def entries(self) -> Iterator[Key]:
        """Yield the keys by name; what is no key is left out."""
        return (found for _, found in self._look() if found is not None)

    def __iter__(self) -> Iterator[tuple[str, Address]]:
        """Yield each key's name and address, by name; what is no key is left out."""
        return ((key.name, key.address) for key in self.entries())

    def left_out(self) -> list[str]:
        """Return the files and variables that look like keys and are none, or two of one name."""
        return [place for place, found in self._look() if found is None]

    def _look(self) -> Iterator[tuple[str, Key | None]]:
        there = {
            path.name: path.stem
            for suffix in _SUFFIXES.values()
            for path in self._folder.glob(f"*{suffix}")
        }
        there |= {variable_of(name): name for name in names_in(self._environ)}
        for place, name in sorted(there.items(), key=lambda one: (one[1], one[0])):
            try:
                yield place, self.key(name)
            except (BadQuestion, Unknown):  # one wrong file keeps nobody from the other keys
                yield place, None

    def name_of(self, address: Address) -> str | None:
        """Return the name of the key with an address, or None."""
        return next((name for name, known in self if known == address), None)

    def __str__(self) -> str:
        return f"keys in {self._folder}: " + ", ".join(f"{n} {to_hex(a)}" for n, a in self)


def _taken(name: str) -> BadQuestion:
    return BadQuestion("name", f"a name that no key has yet; {name} has one")


def read_file(path: Path) -> bytes:
    """Return the bytes of what may be a keystore, and no more than one may have.

    Raises:
        BadQuestion: it cannot be read.

    """
    try:
        with path.open("rb") as file:
            return file.read(LIMITS.keystore_bytes_max + 1)
    except OSError as error:
        raise BadQuestion("file", f"a keystore that can be read: {error.strerror}") from None
