"""Keys of the environment: ``ADAMANT_KEY_MINER_BW`` is the key ``miner-bw``.

The variable holds 64 hex digits, or the absolute path of a file whose first line holds them and
which is closed to everybody else: how a service is given its key without a person at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ledger.errors import BadQuestion
from ledger.keys.guarded import OPEN_TO_OTHERS, read_guarded
from ledger.keys.keystores import check_secret

PREFIX: Final = "ADAMANT_KEY_"
FORM: Final = "64 hex digits, or the absolute path of a file that holds them"
_HEX: Final = re.compile(r"(?:0x)?([0-9a-f]{64})", re.ASCII | re.IGNORECASE)
_FILE_BYTES_MAX: Final = 1_024


def variable_of(name: str) -> str:
    """Return the variable of a key."""
    return PREFIX + name.upper().replace("-", "_")


def names_in(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the keys that the environment speaks of, well formed or not."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX):
            yield variable.removeprefix(PREFIX).lower().replace("_", "-")


def secret_in(environ: Mapping[str, str], name: str) -> bytes:
    """Return the 32-byte secret of a key of the environment.

    Raises:
        BadQuestion: the variable, or the file that it names, holds no key, or the file is open to
            others; the field is the variable's name.

    """
    field = variable_of(name)
    given = environ[field].strip()
    if given.startswith("/"):
        raw = read_guarded(Path(given), OPEN_TO_OTHERS, field, _FILE_BYTES_MAX)
        given = raw.decode("ascii", "replace").partition("\n")[0].strip()
    found = _HEX.fullmatch(given)
    if found is None:
        raise BadQuestion(field, FORM)
    secret = bytes.fromhex(found[1])
    try:
        check_secret(secret)
    except BadQuestion as error:
        raise BadQuestion(field, error.expected) from None
    return secret
