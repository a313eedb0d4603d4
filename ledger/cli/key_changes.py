"""Commands that change a party's key on the ledger: its key changes, its identity never does."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from ledger import drafts
from ledger.cli.options import Context, PartyArgument, speaking
from ledger.cli.parties import address_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.errors import BadQuestion
from ledger.records import Record
from ledger.values import NO_ADDRESS, Address

commands = typer.Typer()
PANEL: Final = "On the ledger"
KIND: Final = "KeyChange"

NewKeyOption = Annotated[
    str, typer.Option("--new", metavar="KEY", help="The key from then on: its name or 0x….")
]


def _draft(speech: Speech, operation: str, party: Address, new_key: Address) -> Record:
    previous = speech.chain_head(party)
    speaker = speech.speaker(KIND, operation)
    return drafts.key_change(
        speaker, speech.moment(), operation, party, previous=previous, new_key=new_key
    )


@commands.command(rich_help_panel=PANEL)
@speaking("role", "country")
def rotate(context: Context, *, pen: Pen, new: NewKeyOption) -> None:
    """Change to another key of yours; the old key and the new one both sign.

    Example: adamant keys new miner-bw-2; adamant keys rotate --as miner-bw --new miner-bw-2
    """
    session = session_of(context)
    new_key = session.address(new, "--new")
    if new.startswith("0x") and pen.out is None:
        raise BadQuestion("--new", "the name of a key; or --out FILE, for its owner to cosign")

    def compose(speech: Speech) -> Record:
        return _draft(speech, "rotate", speech.author, new_key)

    speak(session, pen.also(session, new) if not new.startswith("0x") else pen, compose)


@commands.command("object", rich_help_panel=PANEL)
@speaking("role", "country")
def object_(context: Context, *, pen: Pen) -> None:
    """Object, once, to an announced recovery of your key that you did not ask for.

    Example: adamant keys object --as miner-bw
    """

    def compose(speech: Speech) -> Record:
        return _draft(speech, "object", speech.author, NO_ADDRESS)

    speak(session_of(context), pen, compose)


def _by_governors(context: Context, pen: Pen, operation: str, party: str, new: str) -> None:
    session = session_of(context)

    def compose(speech: Speech) -> Record:
        known = address_of(speech.party_named(party, "PARTY")["address"])
        return _draft(speech, operation, known, session.address(new, "--new"))

    speak(session, pen, compose)


@commands.command(rich_help_panel=PANEL)
@speaking("role", "country")
def recover(context: Context, *, pen: Pen, party: PartyArgument, new: NewKeyOption) -> None:
    """Announce, as governors, a new key for a party that lost its own.

    It takes effect after the charter's delay, in which the old key may object.

    Example: adamant keys recover 0x… --new 0x… --as governor-1 --as governor-2
    """
    _by_governors(context, pen, "recover", party, new)


@commands.command(rich_help_panel=PANEL)
@speaking("role", "country")
def override(context: Context, *, pen: Pen, party: PartyArgument, new: NewKeyOption) -> None:
    """Change a party's key over its objection: all governors sign.

    Example: adamant keys override 0x… --new 0x… --as governor-1 --as governor-2 --as governor-3
    """
    _by_governors(context, pen, "override", party, new)
