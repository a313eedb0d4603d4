"""The routes that mint and end links to stones' pages; those that list them are questions.

A session mints links for what its party holds, and ends what is its party's to end; it never writes
a record. The token of a link stands in a path, and so no path is ever logged or counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.caching import FOR_ONE_READER
from api.documentation import ASKING, CLOSED, Documented, json_content
from api.requests import check_names, query_of
from api.responses import json_response
from api.schemas import reference
from api.sessions import Sessions
from ledger.answers import Parameter, read_hash, read_token
from ledger.answers.linking import Linking
from ledger.answers.questions import HASH_FORM, TOKEN
from ledger.answers.shapes import LinkShown
from ledger.answers.wire import to_wire
from ledger.errors import SignInNeeded

_ONE_READER: Final = {"cache-control": FOR_ONE_READER, "vary": "authorization"}
_PARCEL: Final = Parameter(
    "id",
    "the parcel's id",
    {"type": "string", "pattern": HASH_FORM},
    "parcel_id",
    in_path=True,
    is_required=True,
)
_PROBLEMS: Final = (*ASKING, *CLOSED, "unknown")
MINT: Final = Documented(
    "mintLink",
    "Mint a link to the page of this parcel, which I hold. Whoever has the link sees the page, "
    "until it is ended.",
    "goods",
    {201: (json_content(reference(LinkShown), "mintLink"),)},
    (_PARCEL,),
    problems=(*_PROBLEMS, "not-yours"),
    access="concerned",
)
END: Final = Documented(
    "endLink",
    "End this link, which I minted or whose parcel I hold, for ever; again changes nothing.",
    "goods",
    {204: ()},
    (_PARCEL, TOKEN),
    problems=_PROBLEMS,
    access="concerned",
)


class LinkRoutes:
    """Endpoints of links.

    Args:
        linking: mints and ends them.
        sessions: says who asks.

    """

    def __init__(self, linking: Linking, sessions: Sessions) -> None:
        self._linking = linking
        self._sessions = sessions
        # The store writes one link at a time: who waits for it takes no thread from others.
        self._turn = asyncio.Lock()

    async def mint(self, request: Request) -> Response:
        """Mint a link for a parcel that the reader holds."""
        check_names(query_of(request))
        parcel_id = read_hash("id", request.path_params["id"])

        def answer() -> Response:
            made = self._linking.mint(self._sessions.reader(request), parcel_id)
            return json_response(to_wire(made), 201, _ONE_READER)

        return await self._in_turn(request, answer)

    async def end(self, request: Request) -> Response:
        """End a link that is the reader's to end."""
        check_names(query_of(request))
        parcel_id = read_hash("id", request.path_params["id"])
        token = read_token(request.path_params["token"])

        def answer() -> Response:
            self._linking.end(self._sessions.reader(request), parcel_id, token)
            return Response(status_code=204, headers=_ONE_READER)

        return await self._in_turn(request, answer)

    async def _in_turn(self, request: Request, answer: Callable[[], Response]) -> Response:
        # Whoever may ask for no link is told so without a turn; the turn asks again, for a session
        # may end while it waits.
        reader = await run_in_threadpool(self._sessions.reader, request)
        if reader.sort == "stranger":
            raise SignInNeeded("links are minted and ended by parties: sign in")
        async with self._turn:
            return await run_in_threadpool(answer)
