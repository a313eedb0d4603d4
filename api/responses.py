"""Writing responses: JSON, problem documents, and an error as the page or document it is asked as.

What fails in a way nobody foresaw is logged with its trace and told as ``internal``; the trace
never leaves the machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from api.pages import Pages
from api.problems import FOR_OPERATORS, MEDIA_TYPE, Problem, of_error
from api.requests import HTML, JSON, preferred

REQUEST_ID: Final = "adamant.request_id"
"""Where a request's scope holds its id."""

IS_HEAD: Final = "adamant.is_head"
"""Where a request's scope says that only the head of the answer is asked for."""

PROBLEM_TOLD: Final = "adamant.problem"
"""Where a request's scope holds the name of the problem that it was answered with, if any."""

_RETRY: Final = 503
_SIGN_IN: Final = 401
_OF_STATUS: Final = {
    404: "no-such-path",
    405: "method",
    408: "body-slow",
    413: "body-size",
    415: "media-type",
}
_PAGES_OF: Final = {"stones": "stone", "certificates": "certificate"}
"""Of what the pages are under a path, by its first part."""
_log = structlog.get_logger(__name__)


def as_json(plain: Any) -> bytes:  # noqa: ANN401 - any plain value
    """Write a plain value as JSON, UTF-8."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def json_response(
    plain: Any,  # noqa: ANN401 - any plain value
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a plain value."""
    return Response(as_json(plain), status, headers, JSON)


class Tellers:
    """Tells errors to callers.

    Args:
        pages: makes the page of an error.
        retry_after_seconds: what a caller is told to wait when the ledger is busy.

    """

    def __init__(self, pages: Pages, retry_after_seconds: int) -> None:
        self._pages = pages
        self._retry_after_seconds = retry_after_seconds

    def tell(self, request: Request, problem: Problem) -> Response:
        """Tell a problem: as a page to somebody who reads pages, otherwise as a document."""
        status, headers = problem.sort.status, self.headers(problem)
        request.scope[PROBLEM_TOLD] = problem.name
        document = {**problem.document(), "requestId": request.scope.get(REQUEST_ID, "")}
        path = request.url.path
        place, _, rest = path.removeprefix("/").partition("/")
        thing = _PAGES_OF.get(place, "") if rest and not path.endswith(".json") else ""
        if (thing or path == "/sign") and preferred(request, HTML, JSON) == HTML:
            return Response(self._pages.problem(document, thing=thing), status, headers, HTML)
        return Response(as_json(document), status, headers, MEDIA_TYPE)

    def headers(self, problem: Problem) -> dict[str, str]:
        """Return the headers that go with a problem."""
        headers = dict(problem.headers)
        if problem.sort.status == _RETRY:
            headers["retry-after"] = str(self._retry_after_seconds)
        if problem.sort.status == _SIGN_IN:
            headers["www-authenticate"] = "Bearer"
        return headers

    def tell_error(self, request: Request, error: Exception) -> Response:
        """Tell an error that the ledger, or this door, raised on purpose."""
        return self.tell(request, self.noted(request, error))

    def noted(self, request: Request, error: Exception) -> Problem:
        """Return what is told of an error, after logging it if somebody must look."""
        problem = of_error(error)
        if problem is None or problem.name in FOR_OPERATORS:
            _log.error("failed", request_id=request.scope.get(REQUEST_ID), exc_info=error)
        told = problem or Problem("internal")
        request.scope[PROBLEM_TOLD] = told.name
        return told

    def tell_http(self, request: Request, error: Exception) -> Response:
        """Tell what the framework found: no such path, no such method, and the like."""
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
        allowed = _allowed(request) if error.status_code == 405 else {}
        if error.status_code == 405 and request.method == "OPTIONS":
            return Response(status_code=204, headers=allowed)
        fallback = "request" if error.status_code < 500 else "internal"
        name = _OF_STATUS.get(error.status_code, fallback)
        return self.tell(request, Problem(name, headers=allowed))


def _allowed(request: Request) -> dict[str, str]:
    """Return the methods that a path takes, by all its routes, with those that every path takes."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    matching = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    methods = {method for route in matching for method in route.methods or ()}
    if "GET" in methods:
        methods.add("HEAD")
    return {"allow": ", ".join(sorted({*methods, "OPTIONS"}))}
