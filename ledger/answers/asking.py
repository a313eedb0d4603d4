"""Reading what a question names: ids, addresses, numbers, tokens, cursors; strictly.

One thing has one writing, so a question that is well asked can be compared by its text. Whatever is
not exactly of its form is refused with :class:`~ledger.errors.BadQuestion`, which says what was
expected and never quotes what came.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from ledger.errors import BadQuestion
from ledger.limits import LIMITS
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Address, Hash32, from_hex

_TOKEN: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_INTEGER: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_TAG_BYTES: Final = 6
_INDEX_BYTES: Final = 8
_CURSOR_EXPECTED: Final = "the cursor that the page before gave"


def read_hash(field: str, text: str) -> Hash32:
    """Read the id of a record, a parcel or a site.

    Raises:
        BadQuestion: it is anything but 32 bytes of lower-case 0x hex.

    """
    value = from_hex(text, HASH_BYTES)
    if value is None:
        raise BadQuestion(field, "32 bytes as lower-case hex with 0x")
    return Hash32(value)


def read_address(field: str, text: str) -> Address:
    """Read the address of a party, an agent or a key.

    Raises:
        BadQuestion: it is anything but 20 bytes of lower-case 0x hex.

    """
    value = from_hex(text, ADDRESS_BYTES)
    if value is None:
        raise BadQuestion(field, "20 bytes as lower-case hex with 0x")
    return Address(value)


def read_token(text: str) -> bytes:
    """Read the token of a link to a stone's page.

    Raises:
        BadQuestion: it is anything but 32 lower-case hex digits.

    """
    if not _TOKEN.fullmatch(text):
        raise BadQuestion("token", "32 lower-case hex digits, without 0x")
    return bytes.fromhex(text)


def read_integer(field: str, text: str) -> int:
    """Read a decimal integer from 0 on.

    Raises:
        BadQuestion: it has a sign, a leading zero, or is no such number.

    """
    if not _INTEGER.fullmatch(text):
        raise BadQuestion(field, "a decimal number without sign or leading zeros")
    return int(text)


def read_limit(limit: int | None) -> int:
    """Read how many rows a page is to have; a usual number when it is not said.

    Raises:
        BadQuestion: it is out of range.

    """
    if limit is None:
        return LIMITS.page_rows
    if not 1 <= limit <= LIMITS.page_rows_max:
        raise BadQuestion("limit", f"1 to {LIMITS.page_rows_max}")
    return limit


class Cursors:
    """Writes and reads the cursors of one question: opaque to callers, the same every time.

    A cursor says after which step the next page begins, and bears a tag of the question, so that
    one question's cursor is refused by another.

    Args:
        question: the question without its page: ``history 0x…``.

    """

    def __init__(self, question: str) -> None:
        self._tag = hashlib.sha256(question.encode()).digest()[:_TAG_BYTES]

    def write(self, position: bytes) -> str:
        """Write a cursor after a position."""
        return base64.urlsafe_b64encode(self._tag + position).decode().rstrip("=")

    def write_index(self, index: int | None) -> str | None:
        """Write a cursor after an index; None when there is no further page."""
        return None if index is None else self.write(index.to_bytes(_INDEX_BYTES, "big"))

    def read(self, cursor: str, length: int) -> bytes:
        """Read a cursor; a position of ``length`` bytes.

        Raises:
            BadQuestion: this question did not give it.

        """
        padded = cursor + "=" * (-len(cursor) % 4)
        try:
            raw = base64.b64decode(padded.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        tag, position = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if tag != self._tag or len(position) != length or self.write(position) != cursor:
            raise BadQuestion("cursor", _CURSOR_EXPECTED)
        return position

    def read_index(self, cursor: str) -> int | None:
        """Read a cursor after an index; None for the first page.

        Raises:
            BadQuestion: this question did not give it; so too, if no log has such an index.

        """
        if not cursor:
            return None
        index = int.from_bytes(self.read(cursor, _INDEX_BYTES), "big")
        if index >= LIMITS.tree_leaves_max:
            raise BadQuestion("cursor", _CURSOR_EXPECTED)
        return index
