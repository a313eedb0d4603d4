"""Makes the application: every route, every error, every header."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import documentation
from api.asking import Asking
from api.documentation import Documented
from api.doorway import Doorway, security_headers
from api.pages import Pages
from api.problems import ProblemError, problem
from api.responses import Tellers, json_response
from api.schemas import components, reference
from api.sending import STOPPED, Sending
from ledger import __version__
from ledger.answers import QUESTIONS, Answers, Question
from ledger.answers.wire import camel
from ledger.book import Book
from ledger.errors import AdamantError
from ledger.limits import DoorLimits

Endpoint = Callable[[Request], Awaitable[Response]]

OPENAPI_PATH: Final = "/openapi.json"


def create_app(book: Book, answers: Answers, limits: DoorLimits | None = None) -> FastAPI:
    """Make the application for one ledger.

    Args:
        book: takes records; whoever made it closes it, after the server has stopped.
        answers: answers questions about the same ledger.
        limits: how much of anything the door takes at once.

    """
    limits = limits or DoorLimits()
    pages = Pages()
    tellers = Tellers(pages, limits.retry_after_seconds)
    app = FastAPI(
        title="Adamant",
        version=__version__,
        summary="A provenance ledger for natural diamonds",
        description=documentation.ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Metrics and traces are the operator's own choice, not what the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.add_exception_handler(AdamantError, tellers.tell_error)
    app.add_exception_handler(ProblemError, tellers.tell_error)
    app.add_exception_handler(HTTPException, tellers.tell_http)
    app.add_middleware(Doorway, tellers=tellers, headers=security_headers(pages.style_hash))
    _add_writing(app, Sending(book, limits))
    _add_reading(app, Asking(answers, pages, limits.questions_at_once_max))
    _add_health(app, book, answers)
    _add_openapi(app)
    return app


def _add(
    app: FastAPI,
    path: str,
    endpoint: Endpoint,
    documented: Documented,
    *,
    method: str = "GET",
    status: int = 200,
    is_shown: bool = True,
) -> None:
    app.add_api_route(
        path,
        endpoint,
        methods=[method],
        status_code=status,
        name=documented.name,
        operation_id=documented.name,
        summary=documented.asks,
        tags=[documented.tag],
        response_class=Response,
        response_model=None,
        openapi_extra=documented.operation(),
        include_in_schema=is_shown,
    )


def _add_writing(app: FastAPI, sending: Sending) -> None:
    _add(app, "/v1/records", sending.record, documentation.SEND_RECORD, method="POST", status=201)
    _add(app, "/v1/records/batch", sending.batch, documentation.SEND_BATCH, method="POST")


def _add_reading(app: FastAPI, asking: Asking) -> None:
    for question in QUESTIONS:
        schema, name = reference(question.shape), camel(question.name)
        contents = [documentation.json_content(schema, name)]
        endpoint = asking.endpoint(question)
        if question.name == "checkpoint":
            contents = list(documentation.checkpoint_contents(schema))
            endpoint = asking.checkpoint(question)
        if question.name == "stone":
            # The more special path first: the page's own would match it too.
            documented = documentation.of_question(question, "stoneAsData", contents)
            _add(app, question.path, endpoint, documented)
            _add_stone_page(app, asking, question)
            continue
        documented = documentation.of_question(question, name, contents)
        _add(app, question.path, endpoint, documented)
    _add(app, "/problems", asking.problems, documentation.PROBLEM_LIST)
    _add(app, "/problems/{name}", asking.problem, documentation.PROBLEM_ONE)


def _add_stone_page(app: FastAPI, asking: Asking, question: Question) -> None:
    contents = documentation.stone_contents(reference(question.shape))
    documented = documentation.of_question(question, "stone", contents)
    _add(app, question.path.removesuffix(".json"), asking.stone(question), documented)


def _add_health(app: FastAPI, book: Book, answers: Answers) -> None:
    async def live(_request: Request) -> Response:
        return json_response({"status": "alive"})

    async def ready(_request: Request) -> Response:
        if book.fault is not None:
            raise problem("unavailable", STOPPED)
        await run_in_threadpool(answers.status)
        return json_response({"status": "ready"})

    _add(app, "/livez", live, documentation.LIVE)
    _add(app, "/readyz", ready, documentation.READY)


def _add_openapi(app: FastAPI) -> None:
    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version=app.openapi_version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            made["components"] = {
                "schemas": components(),
                "examples": documentation.examples(),
            }
            app.openapi_schema = made
        return app.openapi_schema

    async def openapi(_request: Request) -> Response:
        return json_response(await run_in_threadpool(document))

    async def pointer(_request: Request) -> Response:
        return json_response({"title": app.title, "openapi": OPENAPI_PATH, "problems": "/problems"})

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's manual says to extend it
    app.add_api_route(
        OPENAPI_PATH, openapi, methods=["GET"], include_in_schema=False, response_model=None
    )
    app.add_api_route("/", pointer, methods=["GET"], include_in_schema=False, response_model=None)
