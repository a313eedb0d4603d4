"""Money as people type it: US dollars, with cents or without."""

from __future__ import annotations

import re
from typing import Final

from ledger.errors import BadQuestion

_DOLLARS: Final = re.compile(r"([0-9]{1,13})(?:\.([0-9]{2}))?", re.ASCII)


def read_dollars(text: str, option: str) -> int:
    """Read US dollars as cents: ``1250``, ``1250.50``.

    Raises:
        BadQuestion: it is neither.

    """
    match = _DOLLARS.fullmatch(text)
    if match is None:
        raise BadQuestion(option, "US dollars, such as 1250 or 1250.50")
    return int(match[1]) * 100 + int(match[2] or 0)
