"""Commands for party keys: making, keeping and showing them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.drafting import STDIN
from ledger.cli.options import Context, PassphraseFile
from ledger.cli.passphrases import NEW_VARIABLE, Passphrases
from ledger.cli.session import Session, session_of
from ledger.cli.words import read_address
from ledger.errors import BadQuestion
from ledger.files import write_once
from ledger.keys import (
    CommandSigner,
    Key,
    TextStatement,
    open_keystore,
    read_file,
    read_keystore,
)
from ledger.limits import LIMITS
from ledger.values import to_hex

commands = typer.Typer(no_args_is_help=True)
_SECRET_DIGITS: Final = 64
TRIAL: Final = "Adamant tries whether this key signs. This signs no record and opens nothing."

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The key's name: a-z, 0-9 and -.")
]
NewPassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--new-passphrase-file",
        metavar="FILE",
        help=f"Read the new passphrase from the first line of FILE; else from {NEW_VARIABLE}.",
    ),
]


def _document(key: Key) -> dict[str, Any]:
    is_file = key.kind != "environment"
    return {
        "name": key.name,
        "address": to_hex(key.address),
        "kind": key.kind,
        "file": key.place if is_file else None,
        "weakness": key.weakness or None,
    }


def _told(session: Session, name: str, said: str, findings: list[str] | None = None) -> None:
    key = session.keyring.key(name)
    if session.out.as_json:
        more = {} if findings is None else {"findings": findings}
        session.out.document({**_document(key), **more})
        return
    session.out.say(said)
    session.out.pairs(
        [("name", name), ("address", to_hex(key.address)), ("kind", key.kind), ("in", key.place)]
    )
    for finding in findings or ([key.weakness] if key.weakness else []):
        session.out.note(f"warning: {finding}")


@commands.command()
def new(context: Context, name: NameArgument, passphrase_file: PassphraseFile = None) -> None:
    """Make a key, protected by a passphrase.

    Example: adamant keys new miner-bw
    """
    session = session_of(context)
    session.keyring.check_free(name)  # before anybody is asked for a passphrase
    passphrase = Passphrases(passphrase_file).of(name, is_new=True)
    session.keyring.create(name, passphrase)
    _told(session, name, f"key made in {session.keys_folder}")


@commands.command("list")
def list_(context: Context) -> None:
    """List the keys here: their addresses, and where each of them lies.

    Example: adamant keys list
    """
    session = session_of(context)
    known = list(session.keyring.entries())
    if session.out.as_json:
        session.out.document({"keys": [_document(key) for key in known]})
    elif known:
        rows = [(key.name, to_hex(key.address), key.kind) for key in known]
        session.out.table(["name", "address", "kind"], rows)
    else:
        session.out.note(f"no keys in {session.keys_folder}: make one with `adamant keys new NAME`")
    for place in session.keyring.left_out():
        session.out.note(f"{place} is no key, or another of the same name, and is left out")
    weak = [key.name for key in known if key.weakness]
    if weak and not session.out.as_json:
        session.out.note(
            f"cheap to guess: {', '.join(weak)}; `adamant keys change-passphrase NAME` mends that"
        )


@commands.command()
def show(context: Context, name: NameArgument) -> None:
    """Show a key's address and where it lies; never its secret.

    Example: adamant keys show miner-bw
    """
    session = session_of(context)
    _told(session, name, f"key in {session.keys_folder}")


@commands.command("import")
def import_(
    context: Context,
    name: NameArgument,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A keystore (version 3), or - for a hex secret.")
    ],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Keep a key that was made elsewhere: a wallet's keystore, or a secret on stdin.

    A keystore is checked, opened, and encrypted again under the same passphrase at the full cost of
    guessing it. The file it came in stays as it was.

    Examples: adamant keys import trader-be wallet.json; adamant keys import trader-be - < secret
    """
    session = session_of(context)
    session.keyring.check_free(name)
    passphrases = Passphrases(passphrase_file)
    findings: list[str] = []
    if file == STDIN:
        secret = _secret_on_stdin()
        passphrase = passphrases.of(name, is_new=True)
    else:
        keystore = read_keystore(read_file(Path(file)))
        passphrase = passphrases.of(name)
        secret = open_keystore(keystore, passphrase, file)
        if keystore.weakness:
            findings.append(f"{keystore.weakness} in {file}; the key is kept here at full cost")
        if keystore.address is None:
            findings.append(f"{file} states no address: compare this one with what you expect")
        if not passphrase:
            findings.append("the passphrase is empty: `adamant keys change-passphrase` sets one")
    session.keyring.add(name, secret, passphrase)
    _told(session, name, f"key kept in {session.keys_folder}", findings)


def _secret_on_stdin() -> bytes:
    text = sys.stdin.readline().strip().removeprefix("0x")
    try:
        if len(text) == _SECRET_DIGITS:
            return bytes.fromhex(text)
    except ValueError:
        pass
    raise BadQuestion("secret", "64 hex digits on stdin")


@commands.command()
def attach(
    context: Context,
    name: NameArgument,
    words: Annotated[
        list[str],
        typer.Argument(metavar="COMMAND...", help="The command, by absolute path, behind --."),
    ],
    *,
    address: Annotated[
        str, typer.Option("--address", metavar="0x…", help="The address that it signs for.")
    ],
    timeout: Annotated[
        int, typer.Option("--timeout", metavar="SECONDS", min=1, help="How long it may take.")
    ] = LIMITS.signer_seconds,
) -> None:
    """Use a key that a command holds: a hardware wallet, an HSM, a signer elsewhere.

    The command is tried first, on a text that signs nothing. How it is asked: docs/keys.md.

    Example: adamant keys attach vault --address 0x… -- /usr/local/bin/sign-by-device --account 0
    """
    session = session_of(context)
    session.keyring.check_free(name)
    signer = CommandSigner(name, read_address(address, "--address"), tuple(words), timeout)
    session.out.aside(f"trying {words[0]}: {TRIAL}")
    signer.sign(TextStatement(TRIAL))
    session.keyring.attach(signer)
    _told(session, name, f"key attached in {session.keys_folder}")


@commands.command()
def export(
    context: Context,
    name: NameArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write it; there must be no such file.")
    ],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write a copy of a keystore that was opened first: a backup, or for another wallet.

    Example: adamant keys export miner-bw /media/safe/miner-bw.json
    """
    session = session_of(context)
    key = session.keyring.key(name)
    session.keyring.keystore(name)
    text = read_file(Path(key.place)).decode("utf-8")
    open_keystore(
        read_keystore(text.encode()), Passphrases(passphrase_file).of(name), f"key {name}"
    )
    try:
        write_once(file, text)
    except FileExistsError:
        raise BadQuestion("file", f"a file that is not there yet; {file} is") from None
    _told(session, name, f"keystore written to {file}; its passphrase opens it")


@commands.command("change-passphrase")
def change_passphrase(
    context: Context,
    name: NameArgument,
    new_passphrase_file: NewPassphraseFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Encrypt a keystore under another passphrase, at the full cost of guessing it.

    Copies and backups still open under the old one.

    Example: adamant keys change-passphrase miner-bw
    """
    session = session_of(context)
    keyring = session.keyring
    keyring.keystore(name)
    old = Passphrases(passphrase_file).of(name)
    keyring.unlock(name, old)  # before anybody thinks of another
    changed = Passphrases(new_passphrase_file, "--new-passphrase-file", NEW_VARIABLE)
    keyring.change_passphrase(name, old, changed.of(name, is_new=True))
    _told(session, name, "passphrase changed")
