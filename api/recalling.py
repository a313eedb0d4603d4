"""A recall as a stream, and the verdicts on its goods: NDJSON, a line for each parcel.

* A line's member ``line`` says what it is: ``recall`` what the recall begins with and of which size
  it is; ``parcel`` a parcel, or ``flip`` one whose verdict is another, with the names of those who
  hold it or are offered it; ``cursor`` how far it came, and where the question without
  ``/stream``, or another stream, goes on if this one breaks off; ``end``, as the last, how many it
  told. One that ends otherwise was cut off; ``cut`` names the rule, where there is one.
* It is read a page at a time, each from a view of its own that is given back before anything is
  sent: a slow client holds none. How it is sent, and to how many, is as for every stream
  (:mod:`api.streams`).
* Who reads is asked again for every page: a stream ends with the session it was opened by.

Source: NDJSON 1.0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from api.problems import ProblemError, of_error
from api.requests import LINES, check_names, query_of
from api.responses import as_json
from api.streams import Streamed, Streams
from ledger.answers import QUESTIONS, Question
from ledger.errors import AdamantError

_PAGE_ROWS: Final = 500
_ROWS: Final = {"recalls": ("parcels", "parcel"), "rejudged": ("flips", "flip")}
"""Of each question: the member that holds its rows, and what one is called."""

_OF_PAGES: Final = ("cursor", "scannedTo", "names", "judged", "untold", "asOf")
"""Members that are of one page, and not of the whole answer."""

Endpoint = Callable[[Request], Awaitable[Response]]
Page = dict[str, Any]
Query = Mapping[str, str]


class Recalling:
    """The endpoints that stream a recall.

    Args:
        streams: among which theirs take their places.

    """

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def endpoint(self, name: str) -> Endpoint:
        """Make the endpoint that streams the answer to a question."""
        question = next(one for one in QUESTIONS if one.name == name)
        takes = [one.name for one in question.parameters if one.name != "limit"]

        async def ask(request: Request) -> Response:
            query = query_of(request)
            check_names(query, *takes)
            # What is badly asked, or asked by the wrong one, is told before it begins.
            first = await self._page(request, question, query)
            chunks = partial(self._chunks, request, question, query, first)
            return Streamed(self._streams, request, LINES, chunks)

        return ask

    async def _page(self, request: Request, question: Question, query: Query) -> Page:
        given = {**query, "limit": str(_PAGE_ROWS)}

        def read() -> Page:
            reader = self._streams.sessions.reader(request)
            page: Page = self._streams.answers.answer(question, given, reader)
            return page

        return await self._streams.in_turn(read)

    async def _chunks(
        self,
        request: Request,
        question: Question,
        query: Query,
        page: Page,
        ending: asyncio.Event,
    ) -> AsyncIterator[bytes]:
        """Yield the lines of one page after the other."""
        rows, name = _ROWS[question.name]
        yield line("recall", {key: page[key] for key in page if key not in (*_OF_PAGES, rows)})
        told = 0
        try:
            while not ending.is_set():
                told += len(page[rows])
                yield b"".join(line(name, _with_names(one, page)) for one in page[rows])
                if page["cursor"] is None:
                    yield line("end", {rows: told, "asOf": page["asOf"]})
                    return
                yield line("cursor", {"cursor": page["cursor"], "scannedTo": page["scannedTo"]})
                page = await self._page(request, question, {**query, "cursor": page["cursor"]})
        except (AdamantError, ProblemError) as error:
            known = of_error(error)
            yield line("cut", {"rule": known.name if known else "internal"})


def line(name: str, plain: Page) -> bytes:
    """Write one line."""
    return as_json({"line": name, **plain}) + b"\n"


def _with_names(row: Page, page: Page) -> Page:
    """Return a row with the names of those who hold the parcel, or are offered it."""
    parcel = row.get("parcel", row)
    who = (parcel["custodian"], parcel["recipient"])
    return {**row, "names": {one: page["names"][one] for one in who if one in page["names"]}}
