"""Commands for party keys as files: making, keeping and showing them."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.drafting import STDIN
from ledger.cli.options import Context, PassphraseFile
from ledger.cli.passphrases import Passphrases
from ledger.cli.session import Session, session_of
from ledger.errors import BadQuestion, Unknown
from ledger.values import Address, to_hex

commands = typer.Typer(no_args_is_help=True)
_SECRET_DIGITS: Final = 64

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The key's name: a-z, 0-9 and -.")
]


def _document(session: Session, name: str, address: Address) -> dict[str, Any]:
    return {
        "name": name,
        "address": to_hex(address),
        "file": str(session.keys_folder / f"{name}.json"),
    }


def _told(session: Session, name: str, address: Address, said: str) -> None:
    if session.out.as_json:
        session.out.document(_document(session, name, address))
        return
    session.out.say(said)
    session.out.pairs([("name", name), ("address", to_hex(address))])


@commands.command()
def new(context: Context, name: NameArgument, passphrase_file: PassphraseFile = None) -> None:
    """Make a key, protected by a passphrase.

    Example: adamant keys new miner-bw
    """
    session = session_of(context)
    _check_free(session, name)
    passphrase = Passphrases(passphrase_file).of(name, is_new=True)
    address = session.keyring.create(name, passphrase)
    _told(session, name, address, f"key made in {session.keys_folder}")


def _check_free(session: Session, name: str) -> None:
    """Check that a name is free, before anybody is asked for a passphrase."""
    try:
        session.keyring.address(name)
    except Unknown:
        return
    raise BadQuestion("name", f"a name that no key has yet; {name} has one")


@commands.command("list")
def list_(context: Context) -> None:
    """List the keys here, with their addresses.

    Example: adamant keys list
    """
    session = session_of(context)
    known = list(session.keys_by_name.items())
    if session.out.as_json:
        session.out.document({"keys": [_document(session, *key) for key in known]})
    elif known:
        session.out.table(["name", "address"], [(name, to_hex(address)) for name, address in known])
    else:
        session.out.note(f"no keys in {session.keys_folder}: make one with `adamant keys new NAME`")
    for file in session.keyring.left_out():
        session.out.note(f"{file} in {session.keys_folder} is no keystore, and is left out")


@commands.command()
def show(context: Context, name: NameArgument) -> None:
    """Show a key's address and file; never its secret.

    Example: adamant keys show miner-bw
    """
    session = session_of(context)
    address = session.keyring.address(name)
    _told(session, name, address, f"key in {session.keys_folder}")


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

    Examples: adamant keys import trader-be wallet.json; adamant keys import trader-be - < secret
    """
    session = session_of(context)
    _check_free(session, name)
    passphrases = Passphrases(passphrase_file)
    if file == STDIN:
        secret = _secret_on_stdin()
        passphrase = passphrases.of(name, is_new=True)
    else:
        passphrase = passphrases.of(name)
        secret = _secret_of(Path(file), name, passphrase)
    _told(
        session, name, session.keyring.add(name, secret, passphrase),
        f"key kept in {session.keys_folder}",
    )  # fmt: skip


def _secret_on_stdin() -> bytes:
    text = sys.stdin.readline().strip().removeprefix("0x")
    try:
        if len(text) == _SECRET_DIGITS:
            return bytes.fromhex(text)
    except ValueError:
        pass
    raise BadQuestion("secret", "64 hex digits on stdin")


def _secret_of(file: Path, name: str, passphrase: str) -> bytes:
    """Open a keystore that lies anywhere, as if it were a key of this name in a keyring."""
    from ledger.keys import Keyring

    with tempfile.TemporaryDirectory(prefix="adamant-") as aside:
        try:
            shutil.copyfile(file, Path(aside) / f"{name}.json")
        except OSError:
            raise BadQuestion("file", f"a keystore that can be read; {file} cannot") from None
        return Keyring(Path(aside)).unlock(name, passphrase)
