"""Keys that a command holds: a hardware wallet, an HSM, a signer on another machine.

``NAME.toml`` in the folder of keys says which command::

    kind = "command"
    address = "0x…"
    command = ["/usr/local/bin/sign-by-device", "--path", "m/44'/60'/0'/0/0"]
    timeout_seconds = 120

It is started without a shell and without this program's own variables, is given one line of JSON on
stdin (``version``, ``address``, ``kind``, ``typedData`` or ``text``, ``digest``), and answers with
one line on stdout: the signature in hex. Nothing it says is believed: the signature must have the
one encoding and recover to the address. What is refused is named ``signer-settings``,
``signer-start``, ``signer-time``, ``signer-exit``, ``signer-size``, ``signer-form`` or
``signer-address``.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from ledger.errors import BadQuestion
from ledger.keys.checking import FORM, check_signature, form_of
from ledger.keys.guarded import WRITABLE_BY_OTHERS, check_guarded, read_guarded
from ledger.keys.signers import SignerKind, Statement
from ledger.limits import LIMITS
from ledger.values import ADDRESS_BYTES, Address, from_hex, to_hex

PROTOCOL_VERSION: Final = 1
SETTINGS: Final = "signer-settings"
_NAMES: Final = {"kind", "address", "command", "timeout_seconds"}
_SIGNATURE: Final = re.compile(rb"\s*(?:0x)?([0-9a-fA-F]{130})\s*")
_CHUNK_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class CommandSigner:
    """Has a command sign.

    Attributes:
        name: what the key is called here.
        address: whose signature the command makes.
        command: the program, by its absolute path, and its arguments.
        timeout_seconds: how long it may take; a person may have to press a button.

    """

    name: str
    address: Address
    command: tuple[str, ...]
    timeout_seconds: int

    @property
    def kind(self) -> SignerKind:
        """Where its key lies."""
        return "command"

    def sign(self, statement: Statement) -> bytes:
        """Have the command sign a statement, and check its answer.

        Raises:
            BadQuestion: it gave no signature, or one that is not the address's.

        """
        digest = statement.digest
        asked = {
            "version": PROTOCOL_VERSION,
            "address": to_hex(self.address),
            **statement.plain(),
            "digest": to_hex(digest),
        }
        said = _run(self, json.dumps(asked, ensure_ascii=False).encode() + b"\n")
        found = _SIGNATURE.fullmatch(said)
        source = f"by the command of {self.name}"
        if found is None:
            raise BadQuestion(FORM, form_of(source))
        signature = bytes.fromhex(found[1].decode())
        check_signature(digest, signature, self.address, source)
        return signature


# -- settings ------------------------------------------------------------------------------------


def read_settings(path: Path) -> CommandSigner:
    """Read the settings of a key that a command holds.

    Raises:
        BadQuestion: ``signer-settings``: they are none, or others could have written them.

    """
    raw = read_guarded(path, WRITABLE_BY_OTHERS, SETTINGS, LIMITS.keystore_bytes_max)
    check_guarded(path.parent.stat(), WRITABLE_BY_OTHERS, SETTINGS)
    return parse_settings(raw, path.stem)


def parse_settings(raw: bytes, name: str) -> CommandSigner:
    """Parse settings; they need not lie in a file.

    Raises:
        BadQuestion: ``signer-settings``: they are none.

    """
    try:
        plain = tomllib.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadQuestion(SETTINGS, f"TOML for key {name}") from None
    if plain.keys() - _NAMES or plain.get("kind") != "command":
        expected = 'kind = "command", address, command and perhaps timeout_seconds'
        raise BadQuestion(SETTINGS, f"{expected} for key {name}")
    address, seconds = plain.get("address"), plain.get("timeout_seconds", LIMITS.signer_seconds)
    read = from_hex(address, ADDRESS_BYTES) if isinstance(address, str) else None
    if read is None:
        raise BadQuestion(SETTINGS, f"address = 0x and 40 hex digits for key {name}")
    if type(seconds) is not int or not 1 <= seconds <= LIMITS.signer_seconds_max:
        most = LIMITS.signer_seconds_max
        raise BadQuestion(SETTINGS, f"timeout_seconds from 1 to {most} for key {name}")
    return CommandSigner(name, Address(read), _command(plain.get("command"), name), seconds)


def write_settings(signer: CommandSigner) -> str:
    """Return settings, the inverse of :func:`parse_settings`."""
    words = ", ".join(_quoted(word) for word in signer.command)
    return (
        f'kind = "command"\naddress = "{to_hex(signer.address)}"\ncommand = [{words}]\n'
        f"timeout_seconds = {signer.timeout_seconds}\n"
    )


def _quoted(word: str) -> str:
    # JSON escapes all that TOML must, but for DEL.
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")


def _command(words: object, name: str) -> tuple[str, ...]:
    listed = words if isinstance(words, list) else []
    command = tuple(word for word in listed if isinstance(word, str) and "\0" not in word)
    if not command or len(command) < len(listed):
        raise BadQuestion(SETTINGS, f"command = a list of words for key {name}")
    if not Path(command[0]).is_absolute():
        raise BadQuestion(SETTINGS, f"a command by its absolute path for key {name}")
    return command


# -- the process ---------------------------------------------------------------------------------


def _run(signer: CommandSigner, asked: bytes) -> bytes:
    """Run the command; return what it printed on stdout."""
    is_seen = sys.stderr.isatty()
    try:
        process = subprocess.Popen(  # noqa: S603 - settings that only their owner can write
            signer.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # At a terminal its owner sees what it says; a program reads our own JSON there.
            stderr=None if is_seen else subprocess.DEVNULL,
            env=_environment(os.environ),
            close_fds=True,
        )
    except OSError as error:
        expected = f"{signer.command[0]}, which can be started: {error.strerror}"
        raise BadQuestion("signer-start", expected) from None
    assert process.stdin is not None  # noqa: S101 - asked for above
    assert process.stdout is not None  # noqa: S101 - likewise
    try:
        writer = threading.Thread(target=_write, args=(process.stdin, asked), daemon=True)
        writer.start()
        said = _read(signer, process.stdout, time.monotonic() + signer.timeout_seconds)
        code = process.wait(signer.timeout_seconds)
    except subprocess.TimeoutExpired:
        raise _late(signer) from None
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    if code != 0:
        raise BadQuestion("signer-exit", f"exit code 0 of the command of {signer.name}, not {code}")
    return said


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without passphrases and keys."""
    return {name: value for name, value in own.items() if not name.startswith("ADAMANT_")}


def _write(pipe: IO[bytes], asked: bytes) -> None:
    # A command that reads nothing, or that was killed, has closed its end.
    try:
        with pipe:
            pipe.write(asked)
    except OSError:
        pass


def _late(signer: CommandSigner) -> BadQuestion:
    seconds = signer.timeout_seconds
    return BadQuestion("signer-time", f"a signature by {signer.name} within {seconds} seconds")


def _read(signer: CommandSigner, pipe: IO[bytes], until: float) -> bytes:
    """Read to the end of a pipe, as long as it stays within its bounds."""
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(max(0.0, until - time.monotonic())):
            read = os.read(pipe.fileno(), _CHUNK_BYTES)
            if not read:
                return said
            said += read
            if len(said) > LIMITS.signer_answer_bytes_max:
                most = LIMITS.signer_answer_bytes_max
                raise BadQuestion("signer-size", f"at most {most} bytes by {signer.name}")
    raise _late(signer)
