"""Private values that are sent with an envelope: cut off before anything else reads the bytes.

They stand as one further member, ``private``, in its canonical place: directly behind ``kind``.
What stands before it and behind it is the envelope, byte for byte as it was sent, so that nothing
private is ever hashed, signed or stored with a record. Whoever sends none sends the envelope alone.
A member in any other place stays where it is, and is refused as an undeclared field.
"""

from __future__ import annotations

import re
from typing import Final

from ledger.canonical.text import Plain, decode, encode, refuse
from ledger.errors import Refused
from ledger.limits import LIMITS

PLACE: Final = "private"
_HEAD: Final = re.compile(rb'\{"kind":"[A-Za-z]{1,40}",(?="private":)')
_NAME: Final = b'"private":'
# A text without its end is one token too: looked for anew from each quote in it, it would take time
# by the square of its length.
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_LEVELS_MAX: Final = 3


def cut_private(raw: bytes) -> tuple[bytes, Plain | None]:
    """Cut the private values off a body.

    Args:
        raw: what was sent, of any length and content.

    Returns:
        The bytes of the envelope, not looked at yet, and the plain value of the member; None where
        there is none.

    Raises:
        Refused: a rule of the group *bytes*, at ``private``; the input is never quoted.

    """
    head = _HEAD.match(raw)
    if head is None:
        return raw, None
    start = head.end() + len(_NAME)
    end = _end_of(raw, start)
    member = raw[start:end]
    try:
        plain = decode(member)
    except Refused as refused:
        fault = refused.refusal
        raise refuse(fault.rule, PLACE, fault.expected, fault.came) from None
    if encode(plain) != member:
        raise refuse("canonical", PLACE, "canonical JSON (RFC 8785)", "other bytes")
    if raw[end : end + 1] != b",":
        raise refuse("json", PLACE, "members of an envelope behind it", "something else")
    return head.group() + raw[end + 1 :], plain


def _end_of(raw: bytes, start: int) -> int:
    """Return where the object that starts here ends, at once beyond any bound."""
    stop = start + LIMITS.private_bytes_max
    level = 0
    if raw[start : start + 1] != b"{":
        raise refuse("type", PLACE, "an object", "something else")
    for token in _TOKEN.finditer(raw, start, stop):
        if token.group() in b"{[":
            level += 1
        elif token.group() in b"}]":
            level -= 1
        if level > _LEVELS_MAX:
            raise refuse("depth", PLACE, f"at most {_LEVELS_MAX} levels", "more")
        if level == 0:
            return token.end()
    if len(raw) > stop:
        raise refuse("size", PLACE, f"at most {LIMITS.private_bytes_max} bytes", "more")
    raise refuse("json", PLACE, "JSON", "an object without its end")


def join_private(envelope: bytes, plain: Plain) -> bytes:
    """Put private values beside an envelope, as they are sent."""
    comma = envelope.index(b",") + 1
    return envelope[:comma] + _NAME + encode(plain) + b"," + envelope[comma:]
