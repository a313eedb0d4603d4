"""The routes of private fields: shown to whom their owner says, and erased when it says so.

A session may show and erase what is its party's own; it never writes a record. Whatever a reader
may not see is answered as if it were not there; a stranger is asked to sign in, whatever it asks.
Nothing of a field's value stands in a path, a query, an error or a line of the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import TooLarge, read_body
from api.documentation import ASKING, CLOSED, Content, Documented, json_content
from api.problems import problem
from api.requests import JSON, check_media_type, check_names, query_of
from api.responses import json_response
from api.schemas import REF
from api.sessions import Sessions
from ledger.answers import Parameter
from ledger.answers.asking import read_hash
from ledger.answers.questions import HASH_FORM
from ledger.disclosing import Disclosing, read_grantee
from ledger.errors import BadQuestion
from ledger.limits import DoorLimits
from ledger.values import Address, Hash32

_ONE_READER: Final = {"cache-control": "private, no-store", "vary": "authorization"}
_BODY_BYTES_MAX: Final = 1_024
_GRANTEE: Final = "the 0x address of a party, or everyone"

_RECORD: Final = Parameter(
    "id",
    "the record's id",
    {"type": "string", "pattern": HASH_FORM},
    "record_id",
    in_path=True,
    is_required=True,
)
_NAME: Final = Parameter(
    "name", "the field's name", {"type": "string"}, "name", in_path=True, is_required=True
)
_PARTY: Final = Parameter(
    "party", _GRANTEE, {"type": "string"}, "party", in_path=True, is_required=True
)
_PROBLEMS: Final = (*ASKING, *CLOSED, "unknown")
SHOW: Final = Documented(
    "privateFields",
    "Which private fields of this record may I see?",
    "private",
    {200: (json_content({"$ref": REF + "PrivateFields"}, "privateFields"),)},
    (_RECORD,),
    problems=_PROBLEMS,
    access="concerned",
)
GRANT: Final = Documented(
    "grantPrivateField",
    "Show this field of mine to a party, or to everyone; again changes nothing.",
    "private",
    {204: ()},
    (_RECORD, _NAME),
    (Content(JSON, {"$ref": REF + "Grant"}, "grantPrivateField-request"),),
    ("media-type", "body-size", "body-slow", *_PROBLEMS),
    "concerned",
)
WITHDRAW: Final = Documented(
    "withdrawPrivateField",
    "Show this field of mine to a party no longer; whoever has seen it has seen it.",
    "private",
    {204: ()},
    (_RECORD, _NAME, _PARTY),
    problems=_PROBLEMS,
    access="concerned",
)
ERASE: Final = Documented(
    "erasePrivateField",
    "Erase this field of mine for ever; again changes nothing. The record stays, and every proof "
    "over it.",
    "private",
    {204: ()},
    (_RECORD, _NAME),
    problems=_PROBLEMS,
    access="concerned",
)


class PrivateRoutes:
    """Endpoints of private fields.

    Args:
        disclosing: keeps and shows them.
        sessions: says who asks.
        limits: how long a body may take.

    """

    def __init__(self, disclosing: Disclosing, sessions: Sessions, limits: DoorLimits) -> None:
        self._disclosing = disclosing
        self._sessions = sessions
        self._limits = limits

    async def show(self, request: Request) -> Response:
        """Show what the reader may see."""
        record_id, _ = _asked(request)

        def answer() -> Response:
            reader = self._sessions.reader(request)
            return json_response(self._disclosing.shown(reader, record_id), headers=_ONE_READER)

        return await run_in_threadpool(answer)

    async def grant(self, request: Request) -> Response:
        """Show a field of the reader's own to somebody."""
        record_id, name = _asked(request)
        check_media_type(request, JSON)
        try:
            raw = await read_body(request, _BODY_BYTES_MAX, self._limits.body_seconds_max)
        except TooLarge:
            expected = f"at most {_BODY_BYTES_MAX} bytes"
            raise problem("body-size", field="body", expected=expected) from None
        party = _read_grant(raw)
        return await self._do(
            request, lambda reader: self._disclosing.grant(reader, record_id, name, party)
        )

    async def withdraw(self, request: Request) -> Response:
        """Show a field of the reader's own to somebody no longer."""
        record_id, name = _asked(request)
        party = _grantee("party", request.path_params["party"])
        return await self._do(
            request, lambda reader: self._disclosing.withdraw(reader, record_id, name, party)
        )

    async def erase(self, request: Request) -> Response:
        """Erase a field of the reader's own."""
        record_id, name = _asked(request)
        return await self._do(
            request, lambda reader: self._disclosing.erase(reader, record_id, name)
        )

    async def _do(self, request: Request, act: Callable[[Any], None]) -> Response:
        def answer() -> Response:
            act(self._sessions.reader(request))
            return Response(status_code=204, headers=_ONE_READER)

        return await run_in_threadpool(answer)


def _asked(request: Request) -> tuple[Hash32, str]:
    check_names(query_of(request))
    return read_hash("id", request.path_params["id"]), request.path_params.get("name", "")


def _read_grant(raw: bytes) -> Address:
    try:
        plain = json.loads(raw.decode())
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict) or plain.keys() != {"party"}:
        raise BadQuestion("body", "JSON of exactly party, a text")
    return _grantee("body", plain["party"])


def _grantee(field: str, text: object) -> Address:
    party = read_grantee(text)
    if party is None:
        raise BadQuestion(field, _GRANTEE)
    return party
