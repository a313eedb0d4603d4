"""Writes ``cli.md``, the manual of the ``adamant`` command, from the command itself.

From the project's folder::

    python -m docs.generate_cli

``tests/ledger/cli/test_documentation.py`` finds the manual out of date if this would change it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from ledger.cli.app import app
from ledger.cli.documents import DOCUMENTS, DRAFTED, ERROR, RECORDED, REFUSED
from ledger.cli.options import SIGNING
from ledger.cli.outcome import CODES

MANUAL: Final = Path(__file__).with_name("cli.md")

_INTRODUCTION: Final = """\
# The command line

`adamant` founds a ledger, says things in it as one of its parties, asks it, checks it and serves
it. It works alike on a ledger's folder and on a server (`--ledger`). Beside a running server a
command on the folder goes through that server. A copy of a folder without its `log.key` answers
questions, and takes nothing in.

This manual is written from the command itself by `python -m docs.generate_cli`; every command
prints its own part with `--help`.

Weights are typed and shown in carats with at most three decimals, exact to the millicarat. Times
are UTC. A parcel is named by its id, or, if you hold it or it is offered to you, by `0x` and the
first 6 or more digits of its id. A command that asks also takes the token of a link to its page
(the last 32 digits of the link) where the ledger tells whose it is: to everybody on an open ledger,
to whoever may end the link on a trade ledger. A command that signs does not: nothing there shows
that the ledger told the truth. A party is named by its address, or by the name of its key where
that lies in the folder of keys.
"""

_JSON: Final = """\
## JSON

With `--json` a command prints exactly one JSON document on stdout (`send` of several envelopes: one
line for each), and an error as one JSON document on stderr; see *Before signing* for what stands
before it. Names and units are those of the API.

"""

_PASSPHRASES: Final = """\
## Passphrases

A key lies in a file of its own, encrypted under a passphrase (a version 3 keystore); or in the
environment, or with a command that speaks to a device ([keys.md](keys.md)), which need none. The
passphrase comes from `--passphrase-file`, which every command has that opens or makes a key, else
from the environment (`ADAMANT_PASSPHRASE`), else it is asked for without showing it, and asked for
twice when a key is made. It is never an argument, is never printed and never logged.
"""

_BEFORE: Final = """\
## Before signing

What a command signs rests on what the ledger answered. An answer about another parcel, party, site
or record than was asked for ends the command (exit code 5), and nothing is signed. Through a
server, all of the record is shown on stderr, in plain words, before it is signed. At a terminal the
command then asks; `--yes` answers for you. A script is not asked. With `--json` what is signed is
one line on stderr, `{"signing": {"said": ..., "record": ...}}`; an error is the document after it.

If `--to` or PARTY is the address of a key or an agent, the ledger says whose it is, and the
command says so. When that is a server's word, it asks whether the party is meant; where nobody can
be asked, it needs `--yes`.

`--ledger-id` settles which ledger it is; without it, that is the word of whoever answers.
"""

_SHARED: Final = """\
Commands that say something take these besides their own options. Where the role to speak in is
certain, `--role` and `--country` are not there, or are a record's own, as for `admit`.
"""

_TOGETHER: Final = """\
## Signing together

Some records bear several signatures: those of k of n governors, of both sides of a short receipt,
of an old and a new key. Whoever has all the keys names each with `--as`. Otherwise the record goes
round as a file, which holds the envelope and no secret:

```
adamant admit 0x… --role authority --country BW --as governor-1 --out admission.json
adamant cosign admission.json --as governor-2
adamant send admission.json
```

`cosign` shows all of the record in plain words, and its id, before it asks whether to sign. With
`--ledger-id` it needs no ledger at hand.
"""


def manual() -> str:
    """Return the manual."""
    root = get_command(app)
    parts = [
        _INTRODUCTION,
        _codes(),
        _json(),
        _PASSPHRASES,
        _BEFORE,
        _TOGETHER,
        "## Options of every command\n\nThey stand before or after the command.\n",
        _options(root.params),
        _shared(root),
        *_groups(root),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _codes() -> str:
    rows = ((str(code), means) for code, means in CODES.items())
    return "## Exit codes\n\n" + _table(("code", "meaning"), rows)


def _json() -> str:
    documents = (
        ("a record that was accepted", _words(RECORDED)),
        ("a draft that was written", _words(DRAFTED)),
        ("an error, under `error`", f"{_words(ERROR)}; a refusal has {_words(REFUSED)} besides"),
    )
    return _JSON + _table(("document", "members"), documents)


def _shared(root: TyperGroup) -> str:
    speaking = root.commands["handoff"]
    shared = [one for one in speaking.params if one.rich_help_panel == SIGNING]
    return f"## {SIGNING}\n\n{_SHARED}\n" + _options(shared)


def _groups(root: TyperGroup) -> Iterator[str]:
    panels: dict[str, list[str]] = {}
    for name, command in root.commands.items():
        panels.setdefault(command.rich_help_panel, []).append(name)
    for panel, names in panels.items():
        yield f"## {panel}"
        for name in names:
            command = root.commands[name]
            if hasattr(command, "commands"):
                for inner, one in command.commands.items():
                    yield _command(f"{name} {inner}", one)
            else:
                yield _command(name, command)


def _command(name: str, command: TyperCommand) -> str:
    own = [one for one in command.params if getattr(one, "rich_help_panel", "") != SIGNING]
    arguments = [one for one in own if one.param_type_name == "argument"]
    options = [one for one in own if one.param_type_name == "option" and one.name != "help"]
    usage = " ".join(["adamant", name, *(one.display_name_raw for one in arguments), "[OPTIONS]"])
    parts = [f"### `{usage}`", *_help(command.help)]
    if arguments:
        rows = ((f"`{one.display_name_raw}`", one.help) for one in arguments)
        parts.append(_table(("argument", "meaning"), rows))
    if options:
        parts.append(_options(options))
    is_speaking = any(one.name == "out" for one in command.params if one not in own)
    parts.append(_printed(name, is_speaking=is_speaking))
    return "\n\n".join(part for part in parts if part)


def _help(text: str) -> Iterator[str]:
    """Give each paragraph on lines of its own, examples as code."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        line = " ".join(paragraph.split())
        if line.startswith("Example"):
            examples = line.partition(": ")[2].split("; ")
            yield "\n".join(("```", *examples, "```"))
        else:
            yield line


def _printed(name: str, *, is_speaking: bool) -> str:
    printed = DOCUMENTS.get(name)
    if printed is None:
        return ""
    if isinstance(printed, str):
        return f"`--json`: as `GET {printed}`." if printed[0] == "/" else f"`--json`: {printed}."
    draft = ", or a draft with `--out`" if is_speaking else ""
    known = {RECORDED: "a record that was accepted", DRAFTED: "a draft that was written"}
    return f"`--json`: {known.get(printed) or _words(printed)}{draft}."


def _options(options: Iterable[TyperOption]) -> str:
    rows = []
    for one in options:
        if one.name == "help":
            continue
        metavar = "" if one.is_flag else f" {_metavar(one)}"
        names = ", ".join(f"`{name}{metavar}`" for name in one.opts)
        rows.append((names, " ".join(filter(None, (one.help, *_notes(one))))))
    return _table(("option", "meaning"), rows)


def _metavar(option: TyperOption) -> str:
    if option.metavar:
        return str(option.metavar)
    choices = option.type_descriptor.choices
    return "|".join(choices) if choices else option.name.upper()


def _notes(option: TyperOption) -> Iterator[str]:
    if option.required:
        yield "Required."
    default = option.default
    if default not in (None, "", False, 0, ()) and not callable(default):
        yield f"Default: `{default}`."
    if option.envvar:
        yield f"Environment: `{option.envvar}`."


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    written = [" | ".join(cell.replace("|", r"\|") for cell in line) for line in lines]
    return "\n".join(f"| {line} |" for line in written)


def main() -> None:
    """Write the manual again."""
    MANUAL.write_text(manual(), "utf-8")


if __name__ == "__main__":
    main()
