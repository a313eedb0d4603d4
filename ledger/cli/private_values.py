"""Private values as they are typed: NAME=VALUE, or NAME=@FILE for what no one else is to see."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.records import Kind
from ledger.signing.details import check_detail
from ledger.values import to_hex

_OPTION: Final = "--private"
_DOCUMENT: Final = "document"
_MONEY: Final = "UsCents"


def read_values(kind: Kind, typed: Sequence[str]) -> dict[str, str | int]:
    """Read private values as they were typed: NAME=VALUE, NAME=@FILE or NAME=@-.

    Of a ``document`` in a file the SHA-256 is taken, of any other value the text. No error quotes a
    value.

    Raises:
        BadQuestion: a name is not one of the kind's, or stands twice; or a file cannot be read.
        Refused: a value has not its form.

    """
    values: dict[str, str | int] = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals or name not in kind.details:
            names = " ".join(kind.details) or "nothing"
            raise BadQuestion(_OPTION, f"NAME=VALUE, where a {kind.name} names: {names}")
        if name in values:
            raise BadQuestion(_OPTION, f"{name} once")
        values[name] = _value(name, value)
        check_detail(name, values[name])
    return values


def _value(name: str, text: str) -> str | int:
    if text.startswith("@"):
        raw = _read(name, text[1:])
        if name == _DOCUMENT:
            return to_hex(hashlib.sha256(raw).digest())
        if len(raw) > LIMITS.detail_text_bytes_max + 2:
            expected = f"{name} of at most {LIMITS.detail_text_bytes_max} bytes"
            raise BadQuestion(_OPTION, expected)
        try:
            text = raw.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise BadQuestion(_OPTION, f"{name} as UTF-8 text") from None
    if not name.endswith(_MONEY):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LIMITS.integer_max))):
        raise BadQuestion(_OPTION, f"{name} in whole US cents")
    return int(text)


def _read(name: str, file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError:
        raise BadQuestion(_OPTION, f"a file that can be read, for {name}") from None
