"""Makes the application: every route, every error, every header."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import disclosing, documentation, linking, typed_data
from api.asking import PAGES, PAPER, Asking
from api.caching import Conditional, tag_of
from api.clients import Clients
from api.conventions import Conventions
from api.disclosing import PrivateRoutes
from api.documentation import Documented
from api.doorway import Doorway, security_headers
from api.importing import Importing
from api.linking import LinkRoutes
from api.metrics import Metrics, Showing
from api.pages import Pages
from api.plain import PlainRoute
from api.problems import ProblemError, problem
from api.rates import Budgets, Rates
from api.recalling import Recalling
from api.requests import JSON
from api.responses import Tellers, as_json, json_response
from api.schemas import components, reference
from api.sending import STOPPED, Sending
from api.sessions import Sessions
from api.signing_in import SigningIn
from api.streams import Streams
from api.typed_data import TypedData
from ledger import __version__
from ledger.answers import QUESTIONS, Answers, Question
from ledger.answers.wire import camel
from ledger.book import Book
from ledger.disclosing import Disclosing
from ledger.errors import AdamantError
from ledger.limits import DoorLimits
from ledger.sheets.report_tables import CSV_OF

Endpoint = Callable[[Request], Awaitable[Response]]

OPENAPI_PATH: Final = "/openapi.json"


def create_app(
    book: Book,
    answers: Answers,
    limits: DoorLimits | None = None,
    sessions: Sessions | None = None,
    conventions: Conventions | None = None,
) -> FastAPI:
    """Make the application for one ledger.

    Args:
        book: takes records; whoever made it closes it, after the server has stopped.
        answers: answers questions about the same ledger.
        limits: how much of anything the door takes at once.
        sessions: who has signed in; if not said, nobody can.
        conventions: how clients are counted, and who is shown what of the server itself.

    """
    conventions = conventions or Conventions()
    clients = Clients(conventions.trusted_proxies)
    limits = limits or DoorLimits()
    sessions = Sessions(answers) if sessions is None else sessions
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
    app.router.route_class = PlainRoute
    app.add_exception_handler(AdamantError, tellers.tell_error)
    app.add_exception_handler(ProblemError, tellers.tell_error)
    app.add_exception_handler(HTTPException, tellers.tell_http)
    app.add_middleware(Conditional)
    if conventions.rates is not None:
        app.add_middleware(
            Rates,
            budgets=Budgets(conventions.rates),
            clients=clients,
            party_of=sessions.party_of,
            counts_local=conventions.counts_local,
        )
    metrics = Metrics(book) if conventions.shows_metrics else None
    app.add_middleware(
        Doorway,
        tellers=tellers,
        headers=security_headers(pages.style_hash),
        metrics=metrics,
        log_client=clients if conventions.logs_addresses else None,
    )
    _add_writing(app, Sending(book, limits, metrics, answers.anchored))
    _add_importing(app, Importing(answers, sessions, limits))
    own = Disclosing(book, book.private, answers.now_ms)
    _add_private(app, PrivateRoutes(own, sessions, limits))
    _add_links(app, LinkRoutes(answers.linking, sessions))
    _add_streams(app, Streams(book, answers, sessions, clients, conventions.streams))
    _add_reading(app, Asking(answers, pages, sessions, limits))
    _add_typed_data(app, TypedData(answers, book, pages, tellers, limits, metrics))
    _add_signing_in(app, SigningIn(sessions, limits))
    _add_health(app, book, answers)
    if metrics is not None:
        _add_metrics(app, Showing(metrics, clients, conventions.metrics_readers))
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


def _add_private(app: FastAPI, routes: PrivateRoutes) -> None:
    path = "/v1/records/{id}/private"
    field = path + "/{name}"
    grants = field + "/grants"
    _add(app, path, routes.show, disclosing.SHOW)
    _add(app, grants, routes.grant, disclosing.GRANT, method="POST", status=204)
    for at, endpoint, documented in (
        (grants + "/{party}", routes.withdraw, disclosing.WITHDRAW),
        (field, routes.erase, disclosing.ERASE),
    ):
        _add(app, at, endpoint, documented, method="DELETE", status=204)


def _add_links(app: FastAPI, routes: LinkRoutes) -> None:
    path = "/v1/parcels/{id}/links"
    _add(app, path, routes.mint, linking.MINT, method="POST", status=201)
    _add(app, path + "/{token}", routes.end, linking.END, method="DELETE", status=204)


def _add_importing(app: FastAPI, importing: Importing) -> None:
    _add(app, "/v1/imports/check", importing.check, documentation.CHECK_TABLE, method="POST")


def _add_typed_data(app: FastAPI, routes: TypedData) -> None:
    path = "/v1/typed-data"
    _add(app, path, routes.draft, typed_data.DRAFT, method="POST")
    _add(app, path + "/{kind}/descriptor", routes.descriptor, typed_data.DESCRIPTOR)
    _add(app, "/sign", routes.page, typed_data.PAGE, is_shown=False)
    _add(app, "/sign", routes.step, typed_data.PAGE_SENT, method="POST", is_shown=False)


def _add_signing_in(app: FastAPI, signing: SigningIn) -> None:
    _add(app, "/v1/sign-in/nonce", signing.nonce, documentation.NONCE, method="POST")
    _add(app, "/v1/sign-in", signing.sign_in, documentation.SIGN_IN, method="POST")
    _add(
        app,
        "/v1/sign-out",
        signing.sign_out,
        documentation.SIGN_OUT,
        method="POST",
        status=204,
    )


def _add_reading(app: FastAPI, asking: Asking) -> None:
    for question in QUESTIONS:
        schema, name = reference(question.shape), camel(question.name)
        contents = [documentation.json_content(schema, name)]
        endpoint = asking.endpoint(question)
        if question.name == "checkpoint":
            contents = list(documentation.checkpoint_contents(schema))
            endpoint = asking.checkpoint(question)
        if question.name == "table":
            contents = list(documentation.table_contents(schema))
            endpoint = asking.table(question)
        if question.name in CSV_OF:
            contents = list(documentation.report_contents(schema, name))
            endpoint = asking.report(question)
        if question.name in PAGES:
            # The more special path first: the page's own would match it too.
            documented = documentation.of_question(question, f"{name}AsData", contents)
            _add(app, question.path, endpoint, documented)
            if question.name == "certificate_paper":
                _add_paper(app, asking, question)
            _add_page(app, asking, question)
            continue
        documented = documentation.of_question(question, name, contents)
        _add(app, question.path, endpoint, documented)
    _add(app, "/problems", asking.problems, documentation.PROBLEM_LIST)
    _add(app, "/problems/{name}", asking.problem, documentation.PROBLEM_ONE)


def _add_paper(app: FastAPI, asking: Asking, question: Question) -> None:
    documented = documentation.of_question(
        question, f"{camel(question.name)}AsPdf", documentation.PAPER_CONTENTS
    )
    path = question.path.removesuffix(".json") + PAPER
    _add(app, path, asking.paper(question), replace(documented, is_page=True))


def _add_page(app: FastAPI, asking: Asking, question: Question) -> None:
    name = camel(question.name)
    contents = documentation.page_contents(reference(question.shape), name)
    documented = replace(documentation.of_question(question, name, contents), is_page=True)
    _add(app, question.path.removesuffix(".json"), asking.page(question), documented)


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


def _add_streams(app: FastAPI, streams: Streams) -> None:
    # Before the questions: the path of one entry would match one of these too. OpenAPI 3.1 has no
    # words for an answer that comes bit by bit; docs/serving.md describes them.
    recalling = Recalling(streams)
    for path, endpoint, access in (
        ("/v1/entries/stream", streams.entries, "admitted"),
        ("/v1/recalls/stream", recalling.endpoint("recalls"), "concerned"),
        ("/v1/recalls/verdicts/stream", recalling.endpoint("rejudged"), "concerned"),
    ):
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            include_in_schema=False,
            response_model=None,
            openapi_extra={documentation.ACCESS_MEMBER: access},
        )


def _add_metrics(app: FastAPI, showing: Showing) -> None:
    app.add_api_route(
        "/metrics",
        showing.show,
        methods=["GET"],
        include_in_schema=False,
        response_model=None,
        # Not of the ledger but of the server: no reader's, whoever signed in.
        openapi_extra={documentation.ACCESS_MEMBER: "operator"},
    )


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
                "securitySchemes": documentation.SECURITY_SCHEMES,
            }
            app.openapi_schema = made
        return app.openapi_schema

    @functools.cache
    def encoded() -> tuple[bytes, dict[str, str]]:
        body = as_json(document())
        return body, {"etag": tag_of(body)}

    async def openapi(_request: Request) -> Response:
        body, headers = await run_in_threadpool(encoded)
        return Response(body, headers=headers, media_type=JSON)

    async def pointer(_request: Request) -> Response:
        return json_response({"title": app.title, "openapi": OPENAPI_PATH, "problems": "/problems"})

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's manual says to extend it
    app.add_api_route(
        OPENAPI_PATH,
        openapi,
        methods=["GET"],
        include_in_schema=False,
        response_model=None,
        openapi_extra={documentation.ACCESS_MEMBER: "everyone"},
    )
    app.add_api_route(
        "/",
        pointer,
        methods=["GET"],
        include_in_schema=False,
        response_model=None,
        openapi_extra={documentation.ACCESS_MEMBER: "everyone"},
    )
