"""Canonical JSON (RFC 8785) for the values that records hold, read strictly.

Records hold objects, lists, texts and integers from 0 to 2^53-1, and every member name is ASCII.
For these, RFC 8785 is plain: members in ascending order, no white space, the shortest escapes.
A test compares :func:`encode` with the reference implementation ``rfc8785``.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ledger.errors import Refusal, Refused
from ledger.limits import LIMITS

Plain = Any
"""What JSON reads as: dict, list, str or int (and bool or None, which no record holds)."""

_BOM: Final = b"\xef\xbb\xbf"


def refuse(rule: str, field: str, expected: str, came: str) -> Refused:
    """Make the error that refuses an envelope."""
    return Refused(Refusal(rule, field, expected, came))


def encode(plain: Plain) -> bytes:
    """Write a value as canonical JSON, UTF-8.

    Raises:
        UnicodeEncodeError: a text holds a lone surrogate.

    """
    return _ENCODER.encode(plain).encode()


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
)


class _FaultyJson(ValueError):
    """JSON that the ledger does not take; the message never quotes the input."""


def _object(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _FaultyJson("a member name twice")
    return members


def _integer(digits: str) -> int:
    # Longer than any allowed integer, and long before the cost of reading it is felt.
    return int(digits) if len(digits) <= 20 else LIMITS.integer_max + 1


def _no_float(_digits: str) -> float:
    raise _FaultyJson("a number with a fraction or an exponent")


def _no_constant(_name: str) -> float:
    raise _FaultyJson("NaN or Infinity")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_no_float,
    parse_constant=_no_constant,
    strict=True,
)


# The reader calls itself at each level, and some libraries lift Python's limit on that to where the
# machine's own stack does not reach, so that brackets alone could end the process.
_LEVELS_READ_MAX: Final = 64
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


def _is_too_deep_to_read(raw: bytes) -> bool:
    """Tell whether brackets outside of texts are nested deeper than the reader may go."""
    if raw.count(b"[") + raw.count(b"{") <= _LEVELS_READ_MAX:
        return False
    level = 0
    for byte in _STRING.sub(b"", raw):
        if byte in b"[{":
            level += 1
            if level > _LEVELS_READ_MAX:
                return True
        elif byte in b"]}":
            level -= 1
    return False


def decode(raw: bytes) -> Plain:
    """Read JSON strictly.

    Args:
        raw: at most ``LIMITS.envelope_bytes_max`` bytes of UTF-8.

    Raises:
        Refused: ``size``, ``json`` or ``depth``; the message never quotes the input. Beyond 64
            levels nothing is read, so that ``depth`` is then the answer whatever else is wrong.

    """
    if len(raw) > LIMITS.envelope_bytes_max:
        raise refuse("size", "", f"at most {LIMITS.envelope_bytes_max} bytes", f"{len(raw)} bytes")
    if raw.startswith(_BOM):
        raise refuse("json", "", "JSON in UTF-8", "a byte order mark")
    try:
        text = raw.decode()
        if _is_too_deep_to_read(raw):
            raise refuse("depth", "", f"at most {LIMITS.envelope_depth_max} levels", "more")
        plain = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise refuse("json", "", "JSON in UTF-8", "bytes that are not UTF-8") from None
    except _FaultyJson as fault:
        raise refuse("json", "", "JSON as RFC 8785 writes it", str(fault)) from None
    except json.JSONDecodeError as fault:
        raise refuse("json", "", "JSON", f"a fault at character {fault.pos}") from None
    if b"\\u" in raw and _has_lone_surrogate(plain):
        raise refuse("json", "", "JSON in UTF-8", "a lone surrogate")
    return plain


def _has_lone_surrogate(plain: Plain) -> bool:
    try:
        encode(plain)
    except UnicodeEncodeError:
        return True
    return False


def is_deeper_than(plain: Plain, levels: int) -> bool:
    """Tell whether lists and objects are nested deeper than ``levels``."""
    if isinstance(plain, dict):
        inner = list(plain.values())
    elif isinstance(plain, list):
        inner = plain
    else:
        return False
    return levels == 0 or any(is_deeper_than(value, levels - 1) for value in inner)
