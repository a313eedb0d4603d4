"""The ``adamant`` command: its first options, its commands, and how all of them end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from ledger import __version__
from ledger.cli import (
    asking,
    borders,
    certificates,
    chains,
    charters,
    correcting,
    demo,
    documented,
    envelopes,
    exporting,
    five_years,
    founding,
    goods,
    importing,
    keeping,
    key_changes,
    keys,
    linking,
    people,
    pieces,
    privacy,
    recalls,
    reporting,
    reports,
    serving,
    sites,
    stating,
    tables,
    tracing,
    verdicts,
    wallets,
    work,
)
from ledger.cli.outcome import CODES, WRONG, trouble_of, trouble_of_usage
from ledger.cli.output import Output
from ledger.cli.session import Session
from ledger.cli.words import read_id
from ledger.config import leave_no_core_file, stay_quiet
from ledger.errors import AdamantError

DEFAULT_LEDGER: Final = "adamant-ledger"
EPILOG: Final = "Exit codes: " + "; ".join(f"{code} {means}" for code, means in CODES.items()) + "."
_WITH_VALUE: Final = ("--ledger", "--keys", "--ledger-id", "--reader")
_FLAGS: Final = ("--json",)


def first_options_first(words: list[str]) -> list[str]:
    """Move the options that every command takes before the command, wherever they were typed."""
    moved: list[str] = []
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            kept += [word, *rest]
        elif word in _WITH_VALUE:
            moved += [word, *[value for value in (next(rest, None),) if value is not None]]
        elif word in _FLAGS or word.partition("=")[0] in _WITH_VALUE:
            moved.append(word)
        else:
            kept.append(word)
    return moved + kept


def _end_wrong_usage(error: TyperException, *, as_json: bool) -> NoReturn:
    """End with one document, or as typer does."""
    if not as_json:
        raise error
    Output(as_json=True).trouble(trouble_of_usage(error))
    raise typer.Exit(WRONG) from None


def _without_types(options: Any) -> Any:  # noqa: ANN401 - typer's own
    """Let flags show no type in the help: they take no value."""
    for option in options:
        if getattr(option, "is_flag", False):
            option.metavar = ""
    return options


class Commands(TyperGroup):
    """Commands, and the options before them, whose flags show no type."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - likewise
        """Return the first options."""
        return _without_types(super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - likewise
        """Return a command by its name, or None."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _without_types(command.get_params(ctx))
        return command


class Group(Commands):
    """The commands; an error raised on purpose ends each of them with its exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own
        """Parse the first options."""
        ordered = first_options_first(args)
        is_json = "--json" in ordered  # parsing uses the list up
        try:
            return super().parse_args(ctx, ordered)
        except TyperException as error:
            _end_wrong_usage(error, as_json=is_json)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - likewise
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # whoever read the output has seen enough
        except TyperException as error:
            _end_wrong_usage(error, as_json=ctx.params["as_json"])
        except (AdamantError, OSError) as error:
            trouble = trouble_of(error)
            out = ctx.obj.out if isinstance(ctx.obj, Session) else Output(as_json=False)
            out.trouble(trouble)
            raise typer.Exit(trouble.code) from None


app = typer.Typer(
    cls=Group,
    name="adamant",
    no_args_is_help=True,
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,  # frames hold secrets
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        Output(as_json=False).raw(f"adamant {__version__}")
        raise typer.Exit


@app.callback()
def first(
    context: typer.Context,
    *,
    ledger: Annotated[
        str,
        typer.Option(
            metavar="FOLDER|URL",
            envvar="ADAMANT_LEDGER",
            help="The ledger: a folder, or the address of a server.",
        ),
    ] = DEFAULT_LEDGER,
    keys_folder: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            metavar="DIR",
            envvar="ADAMANT_KEYS",
            help="Folder of party keys. If not said: keys in the ledger's folder, or "
            "~/.adamant/keys for a server.",
        ),
    ] = None,
    ledger_id: Annotated[
        str,
        typer.Option(
            metavar="ID",
            envvar="ADAMANT_LEDGER_ID",
            help="The id that the ledger must have; any if not said.",
        ),
    ] = "",
    reader: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            envvar="ADAMANT_READER",
            help="The key, by name, that signs in at a server to read there; that of --as, for a "
            "command that signs. A folder of your own needs none.",
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of words.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback does all
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda value: _print_version(is_asked=value),
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Adamant: a provenance ledger for natural diamonds.

    Who said what, when, and that nothing was changed, dropped or counted twice since. These options
    may stand before or after a command.
    """
    stay_quiet()
    out = Output(as_json=as_json)
    context.obj = Session(ledger, keys_folder, None, out)
    context.obj.reader = reader
    if ledger_id:
        context.obj.pinned = read_id(ledger_id, "--ledger-id")


for room in (
    founding,
    demo,
    goods,
    work,
    pieces,
    borders,
    correcting,
    people,
    charters,
    envelopes,
    wallets,
    asking,
    tracing,
    verdicts,
    recalls,
):
    app.add_typer(room.commands)
app.add_typer(importing.commands)
app.add_typer(exporting.commands)
app.add_typer(keeping.commands)
app.add_typer(serving.commands)
keys.commands.add_typer(key_changes.commands)
app.add_typer(
    keys.commands,
    name="keys",
    cls=Commands,
    help="Make and keep party keys; change them on the ledger.",
    rich_help_panel=people.PANEL,
)
app.add_typer(
    privacy.commands,
    name="private",
    cls=Commands,
    help="Show, grant and erase private fields.",
    rich_help_panel=people.PANEL,
)
app.add_typer(
    linking.commands,
    name="link",
    cls=Commands,
    help="Mint, list and end links to the pages of stones.",
    rich_help_panel=goods.PANEL,
)
app.add_typer(
    stating.commands,
    name="state",
    cls=Commands,
    help="State something of goods: graded, analysed, located, warranted, documented.",
    rich_help_panel=goods.PANEL,
)
app.add_typer(
    documented.commands,
    name="document",
    cls=Commands,
    help="Check a document against the hash that a record names.",
    rich_help_panel=goods.PANEL,
)
app.add_typer(
    certificates.commands,
    name="certificate",
    cls=Commands,
    help="Show a certificate, and print it as PDF with its QR code.",
    rich_help_panel=borders.PANEL,
)
app.add_typer(
    sites.commands,
    name="site",
    cls=Commands,
    help="Open, change and close mines and diggings.",
    rich_help_panel=people.PANEL,
)


reports.commands.add_typer(reporting.commands)
reports.commands.add_typer(five_years.commands)
app.add_typer(
    reports.commands,
    name="report",
    cls=Commands,
    help="Report theft, loss and the like; write figures, sheets and files for regulators.",
    rich_help_panel=goods.PANEL,
)
app.add_typer(
    tables.commands,
    name="tables",
    cls=Commands,
    help="List, check and keep reference tables and definitions; amend adopts them.",
    rich_help_panel=keeping.PANEL,
)
app.add_typer(
    chains.commands,
    name="chain",
    cls=Commands,
    help="Anchor checkpoints on a chain: set it up, look at it, follow it.",
    rich_help_panel=serving.PANEL,
)


def main() -> None:
    """Run the command, in a process of its own: what holds for all of it is never undone."""
    leave_no_core_file()
    app(prog_name="adamant")
