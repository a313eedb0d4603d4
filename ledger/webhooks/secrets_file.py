"""The secret that signs messages: in a file of its own, in the form of Standard Webhooks."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Final

from ledger.errors import RefusesToStart
from ledger.files import write_once

PREFIX: Final = "whsec_"
_BYTES: Final = 32
_BYTES_MIN, _BYTES_MAX = 24, 64


def read_or_make_secret(file: Path) -> str:
    """Read the secret; make it from the machine's randomness if there is none.

    Raises:
        RefusesToStart: the file is open to others, or holds no such secret.

    """
    if not file.exists():
        write_once(file, PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode() + "\n")
    if file.stat().st_mode & 0o077:
        raise RefusesToStart(f"the secret of webhooks, {file}, is open to others: chmod 600 it")
    try:
        text = file.read_text("ascii").strip()
        secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (OSError, ValueError):
        text, secret = "", b""
    if not text.startswith(PREFIX) or not _BYTES_MIN <= len(secret) <= _BYTES_MAX:
        raise RefusesToStart(f"{file} holds no secret of webhooks, {PREFIX} and base64")
    return text
