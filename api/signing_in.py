"""The routes by which a party signs in and out: a nonce, a signed message, a token."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import TooLarge, read_body
from api.problems import problem
from api.requests import JSON, check_media_type, check_names, query_of
from api.responses import json_response
from api.sessions import Sessions
from ledger.answers.wire import to_wire
from ledger.errors import BadQuestion
from ledger.limits import LIMITS, DoorLimits
from ledger.signin import CHAIN_ID
from ledger.values import SIGNATURE_BYTES, from_hex

_SECRET: Final = {"cache-control": "no-store"}
_MEMBERS: Final = ("message", "signature")


class SigningIn:
    """Endpoints that open and end sessions.

    Args:
        sessions: who has signed in.
        limits: how long a body may take.

    """

    def __init__(self, sessions: Sessions, limits: DoorLimits) -> None:
        self._sessions = sessions
        self._limits = limits

    async def nonce(self, request: Request) -> Response:
        """Give a nonce, for one message."""
        check_names(query_of(request))
        nonce, ends_at_ms = self._sessions.nonce()
        plain = {"nonce": nonce, "endsAtMs": ends_at_ms, "chainId": CHAIN_ID, "version": "1"}
        return json_response(plain, headers=_SECRET)

    async def sign_in(self, request: Request) -> Response:
        """Open a session for whoever signed a message."""
        check_names(query_of(request))
        check_media_type(request, JSON)
        most = LIMITS.sign_in_body_bytes_max
        try:
            raw = await read_body(request, most, self._limits.body_seconds_max)
        except TooLarge:
            raise problem("body-size", field="body", expected=f"at most {most} bytes") from None
        text, signature = _read(raw)
        opened = await run_in_threadpool(self._sessions.open, text, signature)
        reader = opened.reader
        plain = {
            "token": opened.token,
            "endsAtMs": opened.ends_at_ms,
            "party": to_wire(reader.party),
            "signer": to_wire(reader.signer),
            "isAgent": reader.is_agent,
            "roles": to_wire(reader.offices),
        }
        return json_response(plain, headers=_SECRET)

    async def sign_out(self, request: Request) -> Response:
        """End a session; whoever has none, or none any more, is answered alike."""
        check_names(query_of(request))
        self._sessions.close(request)
        return Response(status_code=204, headers=_SECRET)


def _read(raw: bytes) -> tuple[str, bytes]:
    expected = "JSON of exactly message and signature, texts"
    try:
        plain = json.loads(raw.decode(), object_pairs_hook=_members)
    except (ValueError, RecursionError):
        raise BadQuestion("body", expected) from None
    is_whole = isinstance(plain, dict) and sorted(plain) == sorted(_MEMBERS)
    if not is_whole or not all(isinstance(plain[name], str) for name in _MEMBERS):
        raise BadQuestion("body", expected)
    signature = from_hex(plain["signature"], SIGNATURE_BYTES)
    if signature is None:
        raise problem("sign-in-signature", field="signature", expected="65 bytes as 0x hex")
    return plain["message"], signature


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)
