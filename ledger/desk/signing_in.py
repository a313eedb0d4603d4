"""Signing in at a server: a message for this server and no other, signed, for a token.

The message names the server by the address that the person at this desk typed, never by what the
server says of itself: what is signed for one server must open nothing at another.
"""

from __future__ import annotations

import re
from typing import Any, Final

import httpx2

from ledger.errors import SignInRefused, Unavailable
from ledger.keys import Signer, TextStatement
from ledger.signin import Message, time_text, write_message
from ledger.values import to_hex

STATEMENT: Final = "I ask to read what I may read of this ledger. This signs no record."
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)


def sign_in_body(url: str, nonce: object, signer: Signer, now_ms: int) -> dict[str, str]:
    """Return what is sent to sign in.

    Args:
        url: the server's address, as it was typed.
        nonce: what the server gave.
        signer: what signs.
        now_ms: the time here.

    Raises:
        Unavailable: the server gave no nonce.

    """
    address = httpx2.URL(url)
    authority = address.netloc.decode()
    try:
        message = Message(
            authority,
            signer.address,
            f"{address.scheme}://{authority}{address.path.rstrip('/')}",
            nonce if isinstance(nonce, str) else "",
            time_text(now_ms),
            statement=STATEMENT,
        )
    except SignInRefused:
        raise Unavailable(f"{url} does not let parties sign in") from None
    text = write_message(message)
    return {"message": text, "signature": to_hex(signer.sign(TextStatement(text)))}


def token_in(plain: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """Return the token of a server's answer, or None if there is none that a header can bear."""
    token = plain.get("token") if isinstance(plain, dict) else None
    return token if isinstance(token, str) and _TOKEN.fullmatch(token) else None
