"""Printing: for people, short and calm; or, with ``--json``, exactly one JSON document.

What is asked for goes to stdout, everything else to stderr. Text that came from a ledger or a
server is printed as text: no markup is read in it, and characters that could steer a terminal are
shown as their numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from ledger.cli.outcome import Trouble, in_units

Pair = tuple[str, object]


def safe(value: object) -> str:
    """Return a value as text that cannot steer a terminal."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


class Output:
    """Where a command prints.

    Args:
        as_json: print one JSON document instead of words.

    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        # Ids are copied from here: a line is never broken for the sake of a width.
        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._errors = Console(
            stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True
        )

    # -- for programs ------------------------------------------------------------------------

    def document(self, document: Any) -> None:  # noqa: ANN401 - any JSON value
        """Print the command's JSON document, whatever else it would say."""
        self.raw(json.dumps(document, ensure_ascii=False, indent=2))

    def line(self, document: Any) -> None:  # noqa: ANN401 - any JSON value
        """Print one line of NDJSON."""
        self.raw(json.dumps(document, ensure_ascii=False, separators=(",", ":")))

    def line_aside(self, document: Any) -> None:  # noqa: ANN401 - any JSON value
        """Print one line of NDJSON on stderr."""
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        self._errors.out(text, highlight=False)

    def aside(self, text: str) -> None:
        """Say on stderr what whoever signs must know; programs read it in the record."""
        if not self.as_json:
            self.note(text, style="bold")

    def raw(self, text: str) -> None:
        """Print text as it is, for files and pipes."""
        self._console.out(text, highlight=False)

    def either(self, document: Any, words: str) -> None:  # noqa: ANN401 - any JSON value
        """Print a document in one line, or the words that say the same."""
        if self.as_json:
            self.line(document)
        else:
            self.say(words)

    # -- for people --------------------------------------------------------------------------

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line."""
        self._console.print(Text(safe(text), style=style))

    def note(self, text: str, style: str = "dim") -> None:
        """Print a line beside what was asked for."""
        self._errors.print(Text(safe(text), style=style))

    def pairs(self, pairs: Iterable[Pair], *, aside: bool = False) -> None:
        """Print names and values, one pair a line; pairs without a value are left out."""
        console = self._errors if aside else self._console
        told = [(name, safe(value)) for name, value in pairs if value not in ("", None)]
        width = max((len(name) for name, _ in told), default=0)
        for name, value in told:
            shown = value.replace("\n", "\n" + " " * (width + 2))
            console.print(Text(name.ljust(width + 2), style="dim").append(shown, style="not dim"))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table; a heading that begins with > is of a column of numbers.

        Columns are as wide as what they hold: nothing is cut short, since ids are copied from here.
        """
        names = [heading.removeprefix(">") for heading in headings]
        cells = [[safe(value) for value in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
        for number, row in enumerate([names, *cells]):
            parts = [
                cell.rjust(width) if heading.startswith(">") else cell.ljust(width)
                for cell, width, heading in zip(row, widths, headings, strict=True)
            ]
            self.say("  ".join(parts).rstrip(), style="" if number else "bold")

    def trouble(self, trouble: Trouble) -> None:
        """Print why the command did not do what it was asked, on stderr."""
        if self.as_json:
            text = json.dumps(trouble.document(), ensure_ascii=False, indent=2)
            self._errors.out(text, highlight=False)
            return
        self._errors.print(Text(safe(f"adamant: {trouble.said}"), style="bold red"))
        pairs: list[Pair] = [("next", trouble.next)]
        if trouble.rule:
            expected, came = (
                in_units(trouble.field, text) for text in (trouble.expected, trouble.came)
            )
            named = [("field", trouble.field), ("expected", expected), ("came", came)]
            pairs = [*named, *pairs]
        self.pairs(pairs, aside=True)

    @contextmanager
    def progress(self, what: str) -> Iterator[Progress]:
        """Show a progress bar on stderr while it is a terminal; otherwise nothing."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        quiet = self.as_json or not self._errors.is_terminal
        with Progress(*columns, console=self._errors, transient=True, disable=quiet) as progress:
            progress.add_task(what, total=None)
            yield progress
