"""Commands for envelopes as files: sign a draft, add a signature, send what is signed.

How k of n governors, or both sides of a short receipt, sign one record: the first writes it with
``--out``, each of the others adds a signature, and anybody sends it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.book import Answer
from ledger.canonical import Envelope
from ledger.cli.drafting import (
    STDIN,
    Private,
    add_signature,
    check_signers,
    document_of,
    id_of,
    read_envelopes,
    read_with_private,
    sent_bytes,
    show_draft,
    write_draft,
)
from ledger.cli.options import Context, PassphraseFile, WaitOption, Yes
from ledger.cli.outcome import REFUSED
from ledger.cli.passphrases import Passphrases
from ledger.cli.results import print_line, print_result
from ledger.cli.session import Session, session_of
from ledger.cli.speaking import Pen, only_key, unlock
from ledger.cli.words import count_of
from ledger.errors import BadQuestion
from ledger.records import Charter
from ledger.signing import check_signatures
from ledger.values import NO_HASH, Hash32

commands = typer.Typer()
PANEL: Final = "Signing together"

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="The file of the draft.")]
KeysOption = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="KEY",
        envvar="ADAMANT_AS",
        help="The key that signs, by name; the only one there is if not said.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where to write it; to the same file if not said."),
]


def ledger_of(session: Session, envelope: Envelope) -> Hash32:
    """Return the id of the ledger that a draft is for; a pinned one needs no ledger at hand."""
    if isinstance(envelope.record, Charter):
        return NO_HASH
    if session.pinned is not None:
        return session.pinned
    with session.desk() as desk:
        return session.ledger_id(desk)


def _sign(
    session: Session, file: str, pen: Pen, draft: tuple[Envelope, Private], *, yes: bool
) -> None:
    """Show a draft in full, ask, add signatures, and write it."""
    envelope, private = draft
    if file == STDIN and pen.out is None:
        raise BadQuestion("--out", "a file to write to, since the draft comes from stdin")
    if not yes and not sys.stdin.isatty():
        raise BadQuestion("--yes", "to be given, since nobody can be asked whether to sign this")
    ledger_id = ledger_of(session, envelope)
    show_draft(session.out, envelope, ledger_id, session.name)
    if not yes:
        typer.confirm("Sign this?", abort=True, err=True)
    keys = pen.keys or (only_key(session),)
    for signer in unlock(session, pen, keys):
        envelope = add_signature(envelope, ledger_id, signer)
    target = pen.out or Path(file)
    write_draft(target, envelope, private)
    document = document_of(envelope, ledger_id, str(target))
    if session.out.as_json:
        session.out.document(document)
    else:
        session.out.say(f"{target} has {count_of(len(document['signers']), 'signature')}")


@commands.command(rich_help_panel=PANEL)
def sign(
    context: Context,
    file: FileArgument,
    keys: KeysOption = None,
    out: OutOption = None,
    passphrase_file: PassphraseFile = None,
    *,
    yes: Yes = False,
) -> None:
    """Sign a draft that nobody has signed yet, after showing all of it in plain words.

    Example: adamant sign draft.json --as governor-1
    """
    draft = read_with_private(file)
    if draft[0].signatures:
        raise BadQuestion("file", "a draft without signatures; this one has some: `adamant cosign`")
    pen = Pen(tuple(keys or ()), out=out, passphrases=Passphrases(passphrase_file))
    _sign(session_of(context), file, pen, draft, yes=yes)


@commands.command(rich_help_panel=PANEL)
def cosign(
    context: Context,
    file: FileArgument,
    keys: KeysOption = None,
    out: OutOption = None,
    passphrase_file: PassphraseFile = None,
    *,
    yes: Yes = False,
) -> None:
    """Add a signature to a draft that others have signed, after showing all of it in plain words.

    With --ledger-id 0x… this needs no ledger at hand.

    Example: adamant cosign admission.json --as governor-2
    """
    pen = Pen(tuple(keys or ()), out=out, passphrases=Passphrases(passphrase_file))
    _sign(session_of(context), file, pen, read_with_private(file), yes=yes)


@commands.command(rich_help_panel=PANEL)
def send(
    context: Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Envelopes, one a line in each file; - for stdin."),
    ],
    *,
    atomic: Annotated[bool, typer.Option("--atomic", help="All of them or none.")] = False,
    wait: WaitOption = "checkpointed",
) -> None:
    """Send envelopes that have all their signatures; the same one twice is recorded once.

    Example: adamant send admission.json
    """
    session = session_of(context)
    found = [one for file in files for one in read_envelopes(file)]
    envelopes = [envelope for envelope, _ in found]
    raws = [sent_bytes(envelope, private) for envelope, private in found]
    with session.desk() as desk:
        ledger_id = session.ledger_id(desk)
        ids = [id_of(envelope.record, ledger_id) for envelope in envelopes]
        # Whose signatures they are is found out here, before any of it leaves.
        signed = [check_signatures(envelope, ledger_id) for envelope in envelopes]
        check_signers(session, desk, signed)
        if len(envelopes) == 1:
            answer = desk.hand_in(raws[0], ids[0], wait)
            print_result(session.out, envelopes[0].record, answer, session.name)
            return
        lines = desk.hand_in_all(raws, ids, wait=wait, atomic=atomic)
    for envelope, line in zip(envelopes, lines, strict=True):
        print_line(session.out, envelope.record, line)
    if not all(isinstance(line, Answer) for line in lines):
        raise typer.Exit(REFUSED)
