"""What may be kept of an answer: strong entity tags, 304, and how long (RFC 9110 §8.8, RFC 9111).

* An answer of 200 to a GET bears a strong tag: a hash over the very bytes of its body. Whoever
  brings the tag back, and would get the same bytes, is answered 304 without them. What is streamed
  has no tag, and neither has a problem document.
* Everything is asked again before it is used again, but for proofs over trees of a named size:
  these are the same for everyone and for ever.
* What was answered to a reader who signed in is kept nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.answers import Question

ASK_AGAIN: Final = "no-cache"
FOR_EVER: Final = "public, max-age=31536000, immutable"
FOR_ONE_READER: Final = "private, no-store"

_NAMED_TREES: Final = {"inclusion": {"index", "size"}, "consistency": {"from", "to"}}
"""Questions whose answer never changes, if exactly these parameters are given."""

_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LIST: Final = re.compile(rf"[ \t,]*(?:{_TAG.pattern}[ \t]*(?:,[ \t,]*|$))*")
_NOT_OF_304: Final = ("content-length", "content-type")
_TAG_BYTES: Final = 18
_AT_ONCE_BYTES: Final = 64 * 1024
"""How much is hashed without going to another thread: some dozens of microseconds."""


def cache_control(question: Question, given: Collection[str]) -> str:
    """Return how long an answer that is the same for everyone may be kept.

    Args:
        question: what is asked.
        given: the names of the parameters that are given.

    """
    names = _NAMED_TREES.get(question.name)
    return FOR_EVER if names is not None and set(given) == names else ASK_AGAIN


def tag_of(body: bytes) -> str:
    """Return the strong entity tag of these bytes, in its quotes."""
    digest = hashlib.sha256(body).digest()[:_TAG_BYTES]
    return f'"{base64.urlsafe_b64encode(digest).decode()}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether an ``If-None-Match`` names a tag, weakly compared (RFC 9110 §13.1.2).

    What is no list of tags names none.
    """
    if if_none_match.strip(" \t") == "*":
        return True
    if not _LIST.fullmatch(if_none_match):
        return False
    return tag in _TAG.findall(if_none_match)


class Conditional:
    """Tags what is answered whole, and answers 304 to whoever has it already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] == "GET":
            # The lines of a list that came in several are one list (RFC 9110 §5.3).
            asked = ",".join(Headers(scope=scope).getlist("if-none-match"))
            send = _Tagging(send, asked).send
        await self._app(scope, receive, send)


class _Tagging:
    """One answer on its way; its head waits for its body."""

    def __init__(self, send: Send, asked: str) -> None:
        self._send = send
        self._asked = asked
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        """Send a message of the response."""
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._head = message
            return
        head, self._head = self._head, None
        if head is None:
            await self._send(message)
            return
        if not message.get("more_body", False):
            message = await self._tagged(head, message)
        await self._send(head)
        await self._send(message)

    async def _tagged(self, head: Message, message: Message) -> Message:
        body = message.get("body", b"")
        headers = MutableHeaders(scope=head)
        if "etag" not in headers:
            is_long = len(body) > _AT_ONCE_BYTES
            headers["etag"] = await run_in_threadpool(tag_of, body) if is_long else tag_of(body)
        if not matches(self._asked, headers["etag"]):
            return message
        head["status"] = 304
        for name in _NOT_OF_304:
            del headers[name]
        return {**message, "body": b""}
