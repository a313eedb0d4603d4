"""What one command works with: which ledger, which keys, how it prints."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final

import typer

from ledger.answers.wording import called
from ledger.cli.output import Output
from ledger.cli.passphrases import Passphrases
from ledger.cli.words import read_address
from ledger.config import LedgerFolder
from ledger.desk import Desk, is_url, open_desk
from ledger.errors import BadQuestion
from ledger.keys import Keyring, Signer
from ledger.values import ADDRESS_BYTES, Address, Hash32, from_hex, to_hex

HOME_KEYS: Final = Path("~/.adamant/keys")


class Session:
    """One run of the command.

    Args:
        ledger: a folder, or the address of a server.
        keys: the folder of party keys, if it was said.
        pinned: the id that the ledger must have, if it was said.
        out: where to print.

    Attributes:
        reader: the name of the key that signs in at a server, or "".
        reader_signer: what signs for that key, once it is unlocked.
        has_named: whether anything was written that bears the name of a party.

    """

    def __init__(self, ledger: str, keys: Path | None, pinned: Hash32 | None, out: Output) -> None:
        self.ledger = ledger
        self.pinned = pinned
        self.out = out
        self.reader = ""
        self.reader_signer: Signer | None = None
        self.has_named = False
        self._keys = keys
        self._party_names: dict[str, str] = {}

    @property
    def folder(self) -> LedgerFolder:
        """The ledger's folder.

        Raises:
            BadQuestion: the ledger is a server's.

        """
        if is_url(self.ledger):
            raise BadQuestion("--ledger", "a folder on this machine, for this command")
        return LedgerFolder(Path(self.ledger))

    @property
    def keys_folder(self) -> Path:
        """Where party keys lie: as said, or in the ledger's folder, or at the user's home."""
        if self._keys is not None:
            return self._keys
        return HOME_KEYS.expanduser() if is_url(self.ledger) else self.folder.keys

    @cached_property
    def keyring(self) -> Keyring:
        """The party keys."""
        return Keyring(self.keys_folder, os.environ)

    def signer(self, name: str, passphrases: Passphrases) -> Signer:
        """Return what signs for a key; a passphrase is asked for if the key has one.

        Raises:
            Unknown: there is no such key.
            BadQuestion: it cannot be opened.

        """
        return self.keyring.signer(name, lambda: passphrases.of(name))

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the ledger's desk; if a ledger id was said, that ledger's only.

        Raises:
            Unknown: there is no ledger.
            Unavailable: it is away, or busy.
            BadQuestion: it is another ledger than the one that was said.

        """
        with open_desk(self.ledger) as desk:
            desk.read_by(self._unlock_reader)
            if self.pinned is not None:
                self.ledger_id(desk)
            yield desk

    def _unlock_reader(self) -> Signer | None:
        """Return what signs in at a server, unlocked once; None if no key was named."""
        if self.reader_signer is None and self.reader:
            self.reader_signer = self.signer(self.reader, Passphrases())
        return self.reader_signer

    def ledger_id(self, desk: Desk) -> Hash32:
        """Return the ledger's id as its desk says, which must be the pinned one if there is one.

        Raises:
            BadQuestion: it is another.

        """
        said = Hash32(bytes.fromhex(desk.status()["ledgerId"].removeprefix("0x")))
        if self.pinned not in (None, said):
            raise BadQuestion("--ledger-id", f"the id of this ledger, which says {to_hex(said)}")
        return said

    def address(self, who: str, option: str) -> Address:
        """Return the address of a key by its name here, or as it was typed.

        Raises:
            Unknown: no key has this name.
            BadQuestion: it is neither a name nor an address.

        """
        typed = from_hex(who, ADDRESS_BYTES)
        if typed is not None:
            return Address(typed)
        if who.startswith("0x"):
            return read_address(who, option)
        return self.keyring.address(who)

    def learn(self, names: Mapping[str, str]) -> None:
        """Take note of what an answer calls parties, by their addresses."""
        self._party_names.update(names)

    def name(self, address: str | bytes | None) -> str:
        """Write an address after its names, if it has any; None is withheld.

        The name of a key here stands bare before the address, the name that the ledger gives to its
        party with the address in brackets behind it: ``miner-bw 0x…``, ``Debswana (0x…)``.
        """
        if address is None:
            return "withheld"
        text = to_hex(address) if isinstance(address, bytes) else address
        known, given = self._names.get(text, ""), self._party_names.get(text)
        if given is None:
            return f"{known} {text}".lstrip()
        self.has_named = True
        return f"{known} {called(given, text)}".lstrip()

    @property
    def keys_by_name(self) -> dict[str, Address]:
        """The addresses of the keys here, by name."""
        return dict(self.keyring)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {to_hex(address): name for name, address in self.keys_by_name.items()}


def session_of(context: typer.Context) -> Session:
    """Return the session that the first options of the command made."""
    session = context.obj
    assert isinstance(session, Session)  # noqa: S101 - made before any command runs
    return session
