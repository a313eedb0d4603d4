"""A recall as a stream: NDJSON, a line for each parcel, from the first to the last.

* A line's member ``line`` says what it is: ``recall`` what the recall begins with and of which size
  it is; ``parcel`` a parcel, with the names of those who hold it or are offered it; ``cursor``
  where ``/v1/recalls`` or another stream goes on if this one breaks off; ``end`` how many parcels
  it told, as its last. One that ends otherwise was cut off, and says by which rule if it can.
* It is read a page at a time, each from a view of its own that is given back before anything is
  sent: a slow client holds none. How it is sent, and to how many, is as for every stream
  (:mod:`api.streams`).
* Who reads is asked again for every page: a stream ends with the session it was opened by.

Source: NDJSON 1.0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from api.problems import ProblemError, of_error
from api.requests import LINES, check_names, query_of
from api.responses import as_json
from api.sessions import Sessions
from api.streams import Streamed, Streams
from ledger.answers import QUESTIONS, Answers
from ledger.errors import AdamantError

_RECALLS: Final = next(question for question in QUESTIONS if question.name == "recalls")
_TAKES: Final = [one.name for one in _RECALLS.parameters if one.name != "limit"]
_PAGE_ROWS: Final = 500
_SAID_ONCE: Final = ("beginsWith", "subject", "since", "size", "isWhole", "asOf")

Page = dict[str, Any]


class Recalling:
    """The endpoint that streams a recall.

    Args:
        streams: among which its streams take their places.
        answers: answers each page.
        sessions: says who asks.

    """

    def __init__(self, streams: Streams, answers: Answers, sessions: Sessions) -> None:
        self._streams = streams
        self._answers = answers
        self._sessions = sessions

    async def recalls(self, request: Request) -> Response:
        """Open the stream of a recall."""
        query = query_of(request)
        check_names(query, *_TAKES)
        first = await self._page(request, query)  # what is badly asked is told before it begins
        return Streamed(self._streams, request, LINES, partial(self._chunks, request, query, first))

    async def _page(self, request: Request, query: Mapping[str, str]) -> Page:
        given = {**query, "limit": str(_PAGE_ROWS)}

        def read() -> Page:
            reader = self._sessions.reader(request)
            page: Page = self._answers.answer(_RECALLS, given, reader)
            return page

        return await self._streams.in_turn(read)

    async def _chunks(
        self, request: Request, query: Mapping[str, str], page: Page, ending: asyncio.Event
    ) -> AsyncIterator[bytes]:
        """Yield the lines of one page after the other."""
        yield line("recall", {name: page[name] for name in _SAID_ONCE})
        told = 0
        try:
            while not ending.is_set():
                told += len(page["parcels"])
                yield b"".join(line("parcel", _with_names(one, page)) for one in page["parcels"])
                if page["cursor"] is None:
                    yield line("end", {"parcels": told, "asOf": page["asOf"]})
                    return
                yield line("cursor", {"cursor": page["cursor"]})
                page = await self._page(request, {**query, "cursor": page["cursor"]})
        except (AdamantError, ProblemError) as error:
            known = of_error(error)
            yield line("cut", {"rule": known.name if known else "internal"})


def line(name: str, plain: Page) -> bytes:
    """Write one line."""
    return as_json({"line": name, **plain}) + b"\n"


def _with_names(parcel: Page, page: Page) -> Page:
    """Return a parcel with the names of those who hold it, or are offered it."""
    who = (parcel["custodian"], parcel["recipient"])
    return {**parcel, "names": {one: page["names"][one] for one in who if one in page["names"]}}
