"""Commands for keys that no command speaks to: typed data to a wallet, and its signature back.

A wallet in a browser or on a telephone is given a draft's typed data by hand; what it signed is
brought back by hand. The digest is computed here, from the checked draft, and the signer recovered
from that: a signature by another key, or over anything else, is refused and nothing is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ledger.answers.clear_signing import descriptor
from ledger.answers.drafted import parties_asked, read_signature, with_signature
from ledger.answers.typed_data import data_of
from ledger.canonical import Envelope
from ledger.cli.drafting import (
    STDIN,
    document_of,
    id_of,
    read_with_private,
    show_draft,
    write_draft,
)
from ledger.cli.envelopes import PANEL, FileArgument, OutOption, ledger_of
from ledger.cli.options import Context
from ledger.cli.session import Session, session_of
from ledger.cli.words import count_of
from ledger.errors import BadQuestion, Refused
from ledger.keys import check_signature
from ledger.records import Record
from ledger.signing import recover
from ledger.values import Address, Hash32

commands = typer.Typer()


@commands.command("typed-data", rich_help_panel=PANEL)
def typed_data(
    context: Context,
    file: FileArgument,
    *,
    descriptor_too: Annotated[
        bool,
        typer.Option("--descriptor", help="Print how a wallet shows it (ERC-7730) instead."),
    ] = False,
) -> None:
    """Print what a wallet signs of a draft: EIP-712 typed data, as for eth_signTypedData_v4.

    With --ledger-id 0x… this needs no ledger at hand.

    Example: adamant typed-data draft.json > typed-data.json
    """
    session = session_of(context)
    envelope, _ = read_with_private(file)
    ledger_id = ledger_of(session, envelope)
    if not session.out.as_json:
        show_draft(session.out, envelope, ledger_id, session.name)
    record = envelope.record
    told = descriptor(record.KIND, ledger_id) if descriptor_too else data_of(record, ledger_id)
    session.out.raw(json.dumps(told, ensure_ascii=False, indent=2))


@commands.command("add-signature", rich_help_panel=PANEL)
def add_signature(
    context: Context,
    file: FileArgument,
    signature: Annotated[
        str, typer.Argument(metavar="SIGNATURE", help="What the wallet gave: 65 bytes in hex.")
    ],
    by: Annotated[
        str,
        typer.Option(
            metavar="KEY|ADDRESS",
            help="Whose signature it must be; if not said, by the address of a party it asks.",
        ),
    ] = "",
    out: OutOption = None,
) -> None:
    """Add a signature that a wallet made to a draft, if it is over this draft and by that key.

    With --ledger-id 0x… this needs no ledger at hand.

    Example: adamant add-signature draft.json 0x08d1… --by 0xe1ab…
    """
    session = session_of(context)
    if file == STDIN and out is None:
        raise BadQuestion("--out", "a file to write to, since the draft comes from stdin")
    envelope, private = read_with_private(file)
    ledger_id = ledger_of(session, envelope)
    made = read_signature(signature)
    _check(session, envelope.record, ledger_id, made, by)
    envelope = with_signature(envelope, ledger_id, made)
    target = out or Path(file)
    write_draft(target, envelope, private)
    _tell(session, envelope, ledger_id, target)


def _check(session: Session, record: Record, ledger_id: Hash32, made: bytes, by: str) -> None:
    """Check who made a signature.

    Raises:
        BadQuestion: ``signer-form`` or ``signer-address``.

    """
    digest, asked = id_of(record, ledger_id), parties_asked(record)
    expected = session.address(by, "--by") if by else _one_of(asked, digest, made)
    check_signature(digest, made, expected, "from the wallet")


def _one_of(asked: tuple[Address, ...], digest: Hash32, made: bytes) -> Address:
    """Return the one of those asked who made it; the first of them if none did."""
    try:
        signer = recover(digest, made)
    except Refused:
        return asked[0]
    return signer if signer in asked else asked[0]


def _tell(session: Session, envelope: Envelope, ledger_id: Hash32, target: Path) -> None:
    document = document_of(envelope, ledger_id, str(target))
    if session.out.as_json:
        session.out.document(document)
        return
    show_draft(session.out, envelope, ledger_id, session.name)
    session.out.say(f"{target} has {count_of(len(document['signers']), 'signature')}")
