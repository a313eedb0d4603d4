"""The ledger's folder: what lies in it, under which name, and its key.

::

    log.db           the log and its derived tables
    checkpoints.db   the second store (or wherever the settings say)
    private.db       private fields, once there are any (or wherever the settings say)
    links.db         links to stones' pages, once one was minted
    tables/          files of the reference tables that the charters name, by their hash
    log.key          signs checkpoints, one key a line; readable by its owner alone
    anchor.key       signs anchors of checkpoints on a chain; likewise
    submitter.key    pays for them there, once something is anchored; likewise
    anchors.db       what was sent to the chain, and what became of it
    chain.db         the local chain, if there is one
    ledger.toml      settings
    clock.json       how the machine's clock stood when the ledger was first opened on this boot
    charter.json     the Charter, until it has founded the ledger
    keys/            party keys of whoever works with this folder
    lock             held by the one process that may write
    server.json      address of that process, while it is a server, and its operator's token
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from ledger.checkpoint import SignerKey
from ledger.checkpoint.keys import KEY_BYTES
from ledger.config.chain_keys import ChainKey, write_chain_key
from ledger.config.settings import Settings, read_settings, write_fresh
from ledger.errors import AlreadyThere, BadQuestion, RefusesToStart, Unknown
from ledger.files import write_once, write_over
from ledger.lock import FolderLock
from ledger.reference import FOLDER

OWNER_ONLY_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server of this ledger listens, its process id, and what opens all reading there.

    The token is for whoever can read the folder: its operator. It ends with the process.
    """

    url: str
    pid: int
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LedgerFolder:
    """The paths of one ledger; making this object touches nothing."""

    path: Path

    @property
    def log(self) -> Path:
        """The log and its derived tables."""
        return self.path / "log.db"

    @property
    def log_key(self) -> Path:
        """The keys that sign checkpoints."""
        return self.path / "log.key"

    @property
    def anchor_key(self) -> Path:
        """The key that signs anchors, unless it is kept elsewhere."""
        return self.path / "anchor.key"

    @property
    def submitter_key(self) -> Path:
        """The key that pays on the chain."""
        return self.path / "submitter.key"

    @property
    def anchors(self) -> Path:
        """What was sent to the chain."""
        return self.path / "anchors.db"

    @property
    def local_chain(self) -> Path:
        """The chain in the process."""
        return self.path / "chain.db"

    @property
    def tables(self) -> Path:
        """Files of reference tables and definitions."""
        return self.path / FOLDER

    @property
    def settings_file(self) -> Path:
        """The settings."""
        return self.path / "ledger.toml"

    @property
    def lock(self) -> Path:
        """Held by the one process that may write."""
        return self.path / "lock"

    @property
    def keys(self) -> Path:
        """Party keys."""
        return self.path / "keys"

    @property
    def charter_draft(self) -> Path:
        """The Charter until it has founded the ledger: governors elsewhere may have to sign it."""
        return self.path / "charter.json"

    @property
    def server_file(self) -> Path:
        """Written by a server while it holds the lock."""
        return self.path / "server.json"

    def settings(self) -> Settings:
        """Read the settings.

        Raises:
            BadQuestion: one is unknown or has not the right form.

        """
        return read_settings(self.settings_file)

    def checkpoints(self) -> Path:
        """Return the file of the second store."""
        return self.path / self.settings().checkpoints

    def private(self) -> Path:
        """Return the file of private fields."""
        return self.path / self.settings().private

    @property
    def links(self) -> Path:
        """Links to stones' pages: no record makes them, so they are lost with this file."""
        return self.path / "links.db"

    @property
    def is_made(self) -> bool:
        """Tell whether a ledger was made here, founded or not."""
        return self.log_key.exists() or self.log.exists()

    def check_is_made(self) -> None:
        """Return if a ledger was made here.

        Raises:
            Unknown: there is none.

        """
        if not self.is_made:
            raise Unknown("ledger", f"in {self.path}")

    @property
    def clock_file(self) -> Path:
        """How the clock stood when the ledger was first opened on this boot."""
        return self.path / "clock.json"

    # -- the key -----------------------------------------------------------------------------

    def read_log_key(self) -> SignerKey:
        """Read the first of the keys that sign checkpoints; see :meth:`read_log_keys`."""
        return self.read_log_keys()[0]

    def read_log_keys(self) -> tuple[SignerKey, ...]:
        """Read the keys that sign checkpoints, one a line; the charter says which of them do.

        Raises:
            RefusesToStart: the file is missing, open to others, or holds what is no key, or one
                key twice.

        """
        try:
            text = self.log_key.read_text("utf-8").removesuffix("\n")
            mode = self.log_key.stat().st_mode
        except (OSError, ValueError):
            raise RefusesToStart(f"the log's key, {self.log_key}, cannot be read") from None
        if mode & 0o077:
            raise RefusesToStart(
                f"the log's key, {self.log_key}, is open to others: chmod 600 it, and "
                "name another key by an amendment if somebody may have read it"
            )
        try:
            keys = tuple(SignerKey.parse(line) for line in text.split("\n"))
        except BadQuestion:
            raise RefusesToStart(f"the log's key, {self.log_key}, is no C2SP signer key") from None
        if len({str(key.verifier_key) for key in keys}) < len(keys):
            raise RefusesToStart(f"the log's key, {self.log_key}, holds one key twice")
        return keys

    # -- the server --------------------------------------------------------------------------

    def server(self) -> Server | None:
        """Return the server that holds the lock, or held it last; None if that was no server.

        What a killed server left behind says nothing about whoever took the lock after it.
        """
        try:
            plain = json.loads(self.server_file.read_text("utf-8"))
            server = Server(str(plain["url"]), int(plain["pid"]), str(plain.get("token", "")))
            holder = self.lock.read_text("utf-8")
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return server if holder.startswith(f"process {server.pid},") else None

    def write_server(self, url: str, token: str = "") -> None:
        """Say where this process, which holds the lock, listens, and by what its operator reads."""
        server = {"url": url, "pid": os.getpid(), "token": token}
        write_over(self.server_file, json.dumps(server) + "\n")

    def remove_server(self) -> None:
        """Take the address away."""
        self.server_file.unlink(missing_ok=True)


def fresh_log_key(origin: str) -> SignerKey:
    """Make a log key from the machine's randomness.

    Raises:
        BadQuestion: the origin cannot name a key.

    """
    return SignerKey(origin, secrets.token_bytes(KEY_BYTES))


def make_folder(
    path: Path,
    origin: str,
    checkpoints: Path | None = None,
    key: SignerKey | None = None,
    charter: bytes | None = None,
    anchor_key: ChainKey | None = None,
) -> LedgerFolder:
    """Make the folder of a ledger, with its settings, the Charter's draft and its log key.

    The key comes last: without it a folder that was made in part is made again, and with it there
    is all that founding the ledger takes.

    Args:
        path: the folder; it may exist, but hold no ledger.
        origin: the log's name, which its key bears.
        checkpoints: the file of the second store, if it is to lie elsewhere.
        key: the log key; a fresh one if none is given.
        charter: the Charter's envelope, which names the key; kept as a draft until it has founded
            the ledger.
        anchor_key: signs anchors, if that key is kept here.

    Raises:
        RefusesToStart: there is a ledger in the folder already, or in the second store's place; or
            another process makes one.
        BadQuestion: the origin cannot name a key, or the folder's settings name another second
            store.

    """
    folder = LedgerFolder(path)
    if folder.is_made:
        raise AlreadyThere(f"there is a ledger in {path} already")
    key = key or fresh_log_key(origin)
    second = folder.settings().checkpoints if checkpoints is None else checkpoints.absolute()
    if (path / second).exists():
        raise AlreadyThere(f"there is a checkpoint store in {path / second} already")
    path.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    try:
        with FolderLock(path):  # the draft and the key are to be of one process
            _fill(folder, second, key, charter, anchor_key)
    except FileExistsError as error:
        raise AlreadyThere(f"there is a ledger in {path} already") from error
    return folder


def _fill(
    folder: LedgerFolder,
    second: Path,
    key: SignerKey,
    charter: bytes | None,
    anchor_key: ChainKey | None,
) -> None:
    if folder.log_key.exists():
        raise FileExistsError(folder.log_key)
    if not folder.settings_file.exists():
        write_fresh(folder.settings_file, second)
    elif (folder.path / second).absolute() != folder.checkpoints().absolute():
        raise BadQuestion("checkpoints", f"what {folder.settings_file} says, or nothing")
    if charter is not None:
        write_over(folder.charter_draft, charter.decode() + "\n")
    if anchor_key is not None and not folder.anchor_key.exists():
        write_chain_key(folder.anchor_key, anchor_key)
    write_once(folder.log_key, key.reveal_secret() + "\n")
