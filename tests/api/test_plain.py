"""Routes that hand requests to their endpoints as they are."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from api.plain import PlainRoute
from tests.scene import Shown


def test_an_endpoint_is_called_with_the_request_and_its_answer_is_given() -> None:
    app = FastAPI()
    app.router.route_class = PlainRoute

    async def echo(request: Request) -> Response:
        return PlainTextResponse(f"{request.path_params['name']} {request.url.query}", 202)

    app.add_api_route("/things/{name}", echo, methods=["GET"], response_model=None)
    answer = TestClient(app).get("/things/stone?a=1&a=2")
    assert (answer.status_code, answer.text) == (202, "stone a=1&a=2")


def test_every_route_of_the_door_is_plain(jewel_shown: Shown) -> None:
    routes = [one for one in jewel_shown.client.app.routes if isinstance(one, APIRoute)]
    assert routes
    for route in routes:
        assert route.get_route_handler() == route.endpoint
