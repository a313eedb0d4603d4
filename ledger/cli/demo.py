"""The command that builds a small world from real figures and tells one stone's way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from ledger.cli.options import Context
from ledger.cli.session import session_of
from ledger.errors import BadQuestion

commands = typer.Typer()
PANEL: Final = "Start"


@commands.command(rich_help_panel=PANEL)
def demo(
    context: Context,
    *,
    scale: Annotated[
        int, typer.Option(metavar="N", min=1, help="How large a world; 1 is under a minute.")
    ] = 1,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed draws the same world.")] = 1,
    serve: Annotated[
        bool, typer.Option("--serve", help="Stay up, and print the stone's address.")
    ] = False,
    evm: Annotated[
        bool,
        typer.Option(
            "--evm", help="Anchor its checkpoints on a chain in its folder (needs the extra [evm])."
        ),
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where its ledger is kept; a fresh one if unsaid."),
    ] = None,
) -> None:
    """Build a small world from real figures, signed and recorded, and tell one stone's way.

    Example: adamant demo --serve
    """
    if session_of(context).out.as_json:
        raise BadQuestion("--json", "another command: the demo is told for people")
    from ledger.demo.run import run_demo  # loaded here: no other command needs it

    console = Console(highlight=False)
    code = run_demo(scale=scale, seed=seed, serve=serve, evm=evm, folder=folder, console=console)
    if code:
        raise typer.Exit(code)
