"""The ledger's own two keys for a chain: one that signs anchors, one that pays for them.

The *anchor key* speaks for the ledger: its address stands in the Charter, and a contract takes no
anchor without its signature. The *submitting key* speaks for nobody: it has money on the chain, and
whoever steals it can spend that and no more. Both sign without anybody being asked, so, like the
log's key, they lie in files that their owner alone can read: one line, 32 bytes as 0x hex.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ledger.errors import RefusesToStart
from ledger.files import write_once
from ledger.signing import address_of_secret
from ledger.values import Address, from_hex, to_hex

_SECRET_BYTES: Final = 32


EXTRA: Final = "needs the extra [evm]: pip install 'adamant-ledger[evm]'"


def check_local_chain() -> None:
    """Return if a local chain can be run here.

    Raises:
        RefusesToStart: py-evm is not installed.

    """
    if find_spec("eth") is None:
        raise RefusesToStart(f"a local chain {EXTRA}")


@dataclass(frozen=True, slots=True)
class ChainKey:
    """A secret key of secp256k1, and its address."""

    secret: bytes = field(repr=False)
    address: Address


def fresh_chain_key() -> ChainKey:
    """Make a key from the machine's randomness."""
    secret = secrets.token_bytes(_SECRET_BYTES)  # no key once in 2^128 times
    return ChainKey(secret, address_of_secret(secret))


def write_chain_key(path: Path, key: ChainKey) -> None:
    """Keep a key.

    Raises:
        FileExistsError: there is one already; it is left as it is.

    """
    write_once(path, to_hex(key.secret) + "\n")


def read_chain_key(path: Path, name: str) -> ChainKey:
    """Read a key.

    Args:
        path: its file.
        name: what it is, as in "the anchor key".

    Raises:
        RefusesToStart: the file is missing, open to others, or holds no key.

    """
    try:
        text = path.read_text("utf-8")
        mode = path.stat().st_mode
    except (OSError, ValueError):
        raise RefusesToStart(f"{name}, {path}, cannot be read") from None
    if mode & 0o077:
        raise RefusesToStart(f"{name}, {path}, is open to others: chmod 600 it, and rotate it")
    secret = from_hex(text.removesuffix("\n"), _SECRET_BYTES)
    try:
        if secret is not None:
            return ChainKey(secret, address_of_secret(secret))
    except ValueError:
        pass
    raise RefusesToStart(f"{name}, {path}, is not 32 bytes of a key as 0x hex")


def known_or_fresh(path: Path, name: str) -> ChainKey:
    """Return the key of a file, or one just made, which is kept nowhere yet.

    Raises:
        RefusesToStart: see :func:`read_chain_key`.

    """
    return read_chain_key(path, name) if path.exists() else fresh_chain_key()


def read_or_make_chain_key(path: Path, name: str) -> ChainKey:
    """Read a key, or make it where there is no file.

    Raises:
        RefusesToStart: see :func:`read_chain_key`.

    """
    if not path.exists():
        with suppress(FileExistsError):  # another process was quicker
            write_chain_key(path, fresh_chain_key())
    return read_chain_key(path, name)
