"""Passphrases: from the environment, from a file, or asked for without showing them.

A passphrase is handed on to the keyring and to nothing else: it is never printed, logged, put into
an error or into an argument of a process, where others could read it.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from ledger.errors import BadQuestion

VARIABLE: Final = "ADAMANT_PASSPHRASE"
NEW_VARIABLE: Final = "ADAMANT_NEW_PASSPHRASE"
"""Of the passphrase that takes another one's place."""


@dataclass(frozen=True, slots=True)
class Passphrases:
    """Where the passphrases of one command come from.

    Attributes:
        file: a file whose first line is the passphrase, if one was named.
        option: the option that names it.
        variable: the variable that holds it otherwise.

    """

    file: Path | None = None
    option: str = "--passphrase-file"
    variable: str = VARIABLE

    def of(self, key: str, *, is_new: bool = False) -> str:
        """Return the passphrase of a key; a person is asked twice for a new key's.

        Raises:
            BadQuestion: there is none, and nobody who could be asked.

        """
        given = self._from_file() if self.file else os.environ.get(self.variable)
        if given is None:
            given = self._ask(key, is_new=is_new)
        if is_new and not given:
            raise BadQuestion("passphrase", "one that is not empty: it alone protects the key")
        if is_new and unicodedata.normalize("NFKC", given) != given:
            # Wallets differ in whether they bring a passphrase into that form first.
            raise BadQuestion("passphrase", "characters that every wallet takes alike (NFKC)")
        return given

    def _from_file(self) -> str:
        assert self.file is not None  # noqa: S101 - only called when a file was named
        try:
            lines = self.file.read_text("utf-8").splitlines()
        except (OSError, ValueError):
            raise BadQuestion(self.option, "a text file that can be read") from None
        return lines[0] if lines else ""

    def _ask(self, key: str, *, is_new: bool) -> str:
        if not sys.stdin.isatty():
            expected = f"{self.variable} in the environment, or {self.option} FILE"
            raise BadQuestion("passphrase", expected)
        question = f"Passphrase of key {key}"
        if is_new:
            is_change = self.variable == NEW_VARIABLE
            question = f"{'New passphrase of' if is_change else 'Passphrase for the new'} key {key}"
        answer: str = typer.prompt(
            question, hide_input=True, confirmation_prompt=is_new, default="", show_default=False,
            err=True,
        )  # fmt: skip
        return answer
