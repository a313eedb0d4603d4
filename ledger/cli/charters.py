"""The command that changes the charter: it is restated in full, with what was asked changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

import typer

from ledger.cli.options import Context, speaking
from ledger.cli.session import Session, session_of
from ledger.cli.speaking import Pen, Speech, speak
from ledger.cli.tables import adopted
from ledger.cli.words import read_address, read_carats
from ledger.desk import is_url
from ledger.drafts import Constitution
from ledger.errors import BadQuestion, RefusesToStart
from ledger.records import Record
from ledger.values import NO_ADDRESS, Address, Hash32

commands = typer.Typer()
PANEL: Final = "Who is who"
DAY_SECONDS: Final = 24 * 3600

TableOption = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        metavar="NAME[=FILE]",
        help="Adopt this file as a table or definition; without one, the version that comes "
        "with this package. Once for each.",
    ),
]
DropOption = Annotated[
    list[str] | None,
    typer.Option("--drop-table", metavar="NAME", help="Adopt no version of this table."),
]
CheckpointKeyOption = Annotated[
    list[str] | None,
    typer.Option("--checkpoint-key", metavar="KEY", help="The log's keys (C2SP); all of them."),
]


def constitution_of(charter: Record) -> Constitution:
    """Return the charter values that a Charter or an Amendment states."""
    what, amounts = charter.what, charter.amounts
    return Constitution(
        governors=charter.who.governors,
        threshold=amounts.threshold,
        checkpoint_keys=what.checkpoint_keys,
        mode=what.mode,
        mirror=what.mirror,
        rules_version=what.rules_version,
        anchor_key=what.anchor_key,
        tables=dict(zip(what.tables, what.table_hashes, strict=True)),
        tolerance_millicarats=amounts.tolerance_millicarats,
        tolerance_parts_per_million=amounts.tolerance_parts_per_million,
        recovery_delay_seconds=amounts.recovery_delay_seconds,
    )


def read_anchor_key(text: str) -> Address:
    """Read the address of the key that signs anchors, or ``none``.

    Raises:
        BadQuestion: it is neither.

    """
    return NO_ADDRESS if text == "none" else read_address(text, "--anchor-key")


def _warn_of_keys(session: Session, named: tuple[str, ...]) -> None:
    """Warn of keys that the ledger on this machine could not sign with: it would stop."""
    if is_url(session.ledger):
        return
    try:
        held = {str(key.verifier_key) for key in session.folder.read_log_keys()}
    except RefusesToStart:
        return  # no ledger is kept here, or not by whoever speaks
    for key in sorted(set(named) - held):
        session.out.note(f"warning: {key} is not in {session.folder.log_key}")
    if held.isdisjoint(named):
        session.out.note("warning: with none of its keys named, the ledger stops: add one first")


def _without(tables: Mapping[str, Hash32], dropped: Sequence[str]) -> dict[str, Hash32]:
    """Return tables without those that are dropped.

    Raises:
        BadQuestion: the charter does not name one of these.

    """
    for name in dropped:
        if name not in tables:
            raise BadQuestion("--drop-table", f"one that is adopted: {', '.join(tables) or 'none'}")
    return {name: sha256 for name, sha256 in tables.items() if name not in dropped}


@commands.command(rich_help_panel=PANEL)
@speaking("role", "country")
def amend(
    context: Context,
    *,
    pen: Pen,
    governors: Annotated[
        list[str] | None,
        typer.Option("--governor", metavar="PARTY", help="The governors; all of them, each once."),
    ] = None,
    threshold: Annotated[
        int | None, typer.Option(metavar="K", min=1, help="How many governors decide.")
    ] = None,
    checkpoint_keys: CheckpointKeyOption = None,
    mode: Annotated[
        Literal["open", "trade"] | None,
        typer.Option(help="Who may read. A trade ledger never becomes open."),
    ] = None,
    mirror: Annotated[
        Literal["forbidden", "allowed"] | None,
        typer.Option(help="Whether records may be mirrored on a chain, for everybody to read."),
    ] = None,
    anchor_key: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="The key that signs anchors; none = no anchoring."),
    ] = "",
    tolerance: Annotated[
        str, typer.Option(metavar="CARATS", help="Weighing tolerance, absolute.")
    ] = "",
    tolerance_ppm: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="Weighing tolerance, parts per million of the weight."
        ),
    ] = None,
    recovery_days: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Days before a recovered key takes effect."),
    ] = None,
    tables: TableOption = None,
    dropped: DropOption = None,
) -> None:
    """Amend the charter, as governors; what is not said stays as it is.

    Example: adamant amend --threshold 3 --as governor-1 --as governor-2
    """
    session = session_of(context)
    asked: dict[str, Any] = {
        "governors": tuple(session.address(one, "--governor") for one in governors or ()),
        "threshold": threshold,
        "checkpoint_keys": tuple(checkpoint_keys or ()),
        "mode": mode,
        "mirror": mirror,
        "anchor_key": read_anchor_key(anchor_key) if anchor_key else None,
        "tolerance_millicarats": read_carats(tolerance, "--tolerance") if tolerance else None,
        "tolerance_parts_per_million": tolerance_ppm,
        "recovery_delay_seconds": recovery_days and recovery_days * DAY_SECONDS,
    }
    changes = {name: value for name, value in asked.items() if value not in (None, ())}

    def compose(speech: Speech) -> Record:
        # Everything is restated from the record itself: an old one is refused as stale.
        charter, head = speech.charter()
        speech.speaker("Amendment")
        restated = replace(constitution_of(charter), **changes)
        kept = _without(restated.tables, dropped or ())
        read = adopted(session, speech.desk, tables or [])
        restated = replace(restated, tables={**kept, **read})
        _warn_of_keys(session, restated.checkpoint_keys)
        return restated.amendment(speech.author, head, speech.moment())

    speak(session, pen, compose)
