"""Commands for who is who: admitting parties and agents, and ending their roles."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from ledger import drafts
from ledger.cli.options import Context, PartyArgument, speaking
from ledger.cli.parties import address_of
from ledger.cli.session import session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.words import read_country, read_last_second
from ledger.drafts import Speaker
from ledger.errors import BadQuestion
from ledger.records import Record
from ledger.records.people import AGENT_KINDS

commands = typer.Typer()
PANEL: Final = "Who is who"
AGENT: Final = "agent"

GivenRole = Annotated[
    Literal["authority", "miner", "trader", "cutter", "lab", "jeweller", "auditor", "agent"],
    typer.Option("--role", help="The role."),
]
GivenCountry = Annotated[
    str, typer.Option("--country", metavar="CC", help="Its country; EU for an authority only.")
]


def _speaker(speech: Speech, kind: str, role: str, country: str) -> Speaker:
    # An agent's country is that of the role in which its party speaks.
    likely, within = (country, "") if role == AGENT else ("", country)
    return speech.speaker(kind, role, likely, within)


@commands.command(rich_help_panel=PANEL)
@speaking("role", "country")
def admit(
    context: Context,
    *,
    pen: Pen,
    party: PartyArgument,
    role: GivenRole,
    country: GivenCountry,
    until: Annotated[
        str, typer.Option(metavar="DATE", help="Last day; until it is revoked if not said.")
    ] = "",
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="For an agent: a kind that it may sign."),
    ] = None,
) -> None:
    """Admit a party in a role, as governor or authority; or an agent of your own, as any party.

    Authorities and auditors are admitted by as many governors as the charter asks.

    Examples: adamant admit miner-bw --role miner --country BW --as authority-bw; adamant admit
    authority-bw --role authority --country BW --as governor-1 --as governor-2
    """
    if role == AGENT and not kinds:
        raise BadQuestion("--kind", "what the agent may sign: " + " ".join(AGENT_KINDS))
    session = session_of(context)
    address = session.address(party, "PARTY")
    read_country(country, "--country")

    def compose(speech: Speech) -> Record:
        previous = speech.chain_head(address)
        return drafts.admission(
            _speaker(speech, "Admission", role, country),
            speech.moment(),
            address,
            role,
            country,
            previous=previous,
            kinds=kinds or (),
            valid_until=read_last_second(until, "--until"),
        )

    speak(session, pen, compose)


@commands.command(rich_help_panel=PANEL)
@speaking("role", "country")
def revoke(
    context: Context,
    *,
    pen: Pen,
    party: PartyArgument,
    role: GivenRole,
    country: GivenCountry,
    compromised_since: Annotated[
        int,
        typer.Option(
            min=0, metavar="INDEX", help="Index from which the party's records are suspect."
        ),
    ] = 0,
) -> None:
    """End a role of a party, or an agent of yours, from this record on; nothing is undone.

    Example: adamant revoke miner-bw --role miner --country BW --as authority-bw
    """
    session = session_of(context)
    address = session.address(party, "PARTY")

    def compose(speech: Speech) -> Record:
        known = speech.desk.party(address)
        named = address_of(known["party"]) if known["sort"] == "key" else address
        speech.check_named(address, named, "PARTY")
        previous = speech.chain_head(named)
        return drafts.revocation(
            _speaker(speech, "Revocation", role, country),
            speech.moment(),
            named,
            role,
            country,
            previous=previous,
            compromised_since=compromised_since,
        )

    speak(session, pen, compose)
