"""Options that many commands share, each written once.

A command that says something takes a :class:`~ledger.cli.speaking.Pen`; :func:`speaking` turns
that one parameter into the options that fill it.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ledger.cli.passphrases import Passphrases
from ledger.cli.speaking import Pen
from ledger.cli.words import read_country

SIGNING = "Signing and sending"
"""The heading in --help of the options that every speaking command has."""

Context = typer.Context
ParcelArgument = Annotated[
    str,
    typer.Argument(
        metavar="PARCEL",
        help="The parcel: its id, or the first digits of its id if it is yours.",
    ),
]
ParcelsArgument = Annotated[
    list[str], typer.Argument(metavar="PARCEL...", help="The parcels, as for one parcel.")
]
PartyArgument = Annotated[
    str, typer.Argument(metavar="PARTY", help="The party: the name of its key here, or 0x….")
]
StonesOption = Annotated[
    int, typer.Option("--stones", metavar="N", min=0, help="Number of stones; 0 = not counted.")
]
IntoOption = Annotated[
    list[str],
    typer.Option(
        "--into",
        metavar="CARATS[:STONES[:LABEL]]",
        help='One parcel that comes out, such as 2.50:1:"Lot 7". Once for each.',
    ),
]
LoseOption = Annotated[
    list[str] | None,
    typer.Option(
        "--lose",
        metavar="REASON=CARATS[:STONES]",
        help="A loss, such as sawing=0.10; REASON=rest is whatever is left over.",
    ),
]
HsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--hs", metavar="CODE", help="HS code of what comes out: one for all, or one for each."
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Read the passphrase from the first line of FILE.",
        rich_help_panel=SIGNING,
    ),
]
WaitOption = Annotated[
    Literal["sequenced", "checkpointed", "anchored"],
    typer.Option(
        help="Come back when it has a place that never moves, or also a signed checkpoint, or that "
        "is anchored on the ledger's chain too, for which it waits a while and no longer.",
        rich_help_panel=SIGNING,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before signing.")]

_PEN_OPTIONS: dict[str, tuple[Any, Any]] = {
    "as_": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--as",
                metavar="KEY",
                envvar="ADAMANT_AS",
                help="The key that signs, by name; the only one there is if not said. Again for "
                "each further signer. With --out also a party's address, to be signed elsewhere.",
                rich_help_panel=SIGNING,
            ),
        ],
        None,
    ),
    "role": (
        Annotated[
            str,
            typer.Option(
                metavar="ROLE", help="Role to speak in, if several would do.",
                rich_help_panel=SIGNING,
            ),
        ],
        "",
    ),
    "country": (
        Annotated[
            str,
            typer.Option(
                metavar="CC", help="Country of that role, if several would do.",
                rich_help_panel=SIGNING,
            ),
        ],
        "",
    ),
    "at": (
        Annotated[
            str,
            typer.Option(
                metavar="TIME",
                help="When it happened, UTC: 2026-03-01 or 2026-03-01T14:30Z. Now if not said.",
                rich_help_panel=SIGNING,
            ),
        ],
        "",
    ),
    "out": (
        Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help="Write the signed envelope to FILE instead of sending it.",
                rich_help_panel=SIGNING,
            ),
        ],
        None,
    ),
    "private": (
        Annotated[
            list[str] | None,
            typer.Option(
                "--private",
                metavar="NAME=VALUE",
                help="A private field, kept outside the log; NAME=@FILE reads it from a file, "
                "where other users and the shell's history do not see it. Once for each.",
                rich_help_panel=SIGNING,
            ),
        ],
        None,
    ),
    "wait": (WaitOption, "checkpointed"),
    "passphrase_file": (PassphraseFile, None),
    "yes": (
        Annotated[
            bool,
            typer.Option(
                "--yes",
                help="Do not ask before signing what a server had a part in; it is shown all the "
                "same.",
                rich_help_panel=SIGNING,
            ),
        ],
        False,
    ),
}  # fmt: skip


def _pen(given: dict[str, Any]) -> Pen:
    return Pen(
        keys=tuple(given["as_"] or ()),
        role=given["role"],
        country=read_country(given["country"], "--country"),
        at=given["at"],
        out=given["out"],
        wait=given["wait"],
        passphrases=Passphrases(given["passphrase_file"]),
        yes=given["yes"],
        private=tuple(given["private"] or ()),
    )


def speaking(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a pen in place of its parameter ``pen``.

    Args:
        without: options that it has not: ``role`` and ``country`` where the role is certain.

    """

    def replace(command: Callable[..., None]) -> Callable[..., None]:
        hints = typing.get_type_hints(command, include_extras=True)
        named = inspect.signature(command).parameters.items()
        own = [
            parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in named
            if name != "pen"
        ]
        shared = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
            )
            for name, (annotation, default) in _PEN_OPTIONS.items()
            if name not in without
        ]

        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
            options = {name: default for name, (_, default) in _PEN_OPTIONS.items()}
            options |= {one.name: given.pop(one.name) for one in shared}
            command(**given, pen=_pen(options))

        del vars(run)["__wrapped__"]  # whose signature is not this one's
        vars(run)["__signature__"] = inspect.Signature([*own, *shared])
        run.__annotations__ = {one.name: one.annotation for one in (*own, *shared)}
        return run

    return replace
