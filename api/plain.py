"""Routes whose endpoints take a request and give a response, and declare nothing else.

FastAPI finds out, at each request, which parameters an endpoint asks for and which dependencies
these have. Endpoints here read their requests themselves, and are called with them at once; what
their routes say to the OpenAPI document is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response


class PlainRoute(APIRoute):
    """A route that hands requests to its endpoint as they are."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint, as FastAPI's manual says to extend a route."""
        return self.endpoint
