"""The routes that only read: every question of ``ledger.answers``, and the pages.

Answering is done in threads: in so few at a time that others are always left, for writing and for
whoever asks whether the server is ready. What is not for everyone is answered to whoever has signed
in, as far as it may read; the ledger's answers see to that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import reporting
from api.caching import FOR_ONE_READER, cache_control
from api.pages import Pages
from api.problems import PROBLEMS
from api.requests import CSV, HTML, JSON, PDF, PLAIN, TOML, check_names, preferred, query_of
from api.responses import json_response
from api.sessions import Sessions
from ledger.access import STRANGER
from ledger.answers import Answers, Question
from ledger.errors import Unknown
from ledger.limits import DoorLimits
from ledger.papers import certificate_pdf

Endpoint = Callable[[Request], Awaitable[Response]]

_BY_ACCEPT: Final = {"vary": "accept"}
PAGES: Final[Mapping[str, Callable[[Pages, Any, str], str]]] = {
    "stone": lambda pages, plain, _: pages.stone(plain),
    "certificate_paper": Pages.certificate,
}
"""The questions that have a page, beside the path of their JSON, and what renders it."""

PAPER: Final = ".pdf"
"""How the path of a paper ends."""
SCANNING: Final = frozenset(("annex_iii", "figure_entries", "reconciliation"))
"""The questions that read the log from the first entry that can matter to its end."""


class Asking:
    """Endpoints that ask the ledger something.

    Args:
        answers: who answers.
        pages: renders what is asked for as a page.
        sessions: says who asks.
        limits: how many questions are answered at a time, and how many of them may be reports; the
            others wait.

    """

    def __init__(
        self, answers: Answers, pages: Pages, sessions: Sessions, limits: DoorLimits
    ) -> None:
        self._answers = answers
        self._sessions = sessions
        self._pages = pages
        self._turns = asyncio.Semaphore(limits.questions_at_once_max)
        self._reports = asyncio.Semaphore(limits.reports_at_once_max)

    def endpoint(self, question: Question) -> Endpoint:
        """Make the endpoint of a question."""

        async def ask(request: Request) -> Response:
            return await self._ask(request, question, json_response)

        return ask

    async def _ask(
        self, request: Request, question: Question, respond: Callable[[Any], Response]
    ) -> Response:
        """Read a question, then answer it and write the response in a thread."""
        query = query_of(request)
        in_path = {name: str(value) for name, value in request.path_params.items()}
        if query.keys() & in_path.keys():
            check_names(query)

        def answer() -> Response:
            given = {**query, **in_path}
            if question.access_when(given) == "everyone":
                response = respond(self._answers.answer(question, given, STRANGER))
                response.headers["cache-control"] = cache_control(question, given)
                return response
            reader = self._sessions.reader(request)
            response = respond(self._answers.answer(question, given, reader))
            response.headers["cache-control"] = FOR_ONE_READER
            response.headers.add_vary_header("authorization")
            return response

        async with self._turns:
            return await run_in_threadpool(answer)

    def checkpoint(self, question: Question) -> Endpoint:
        """Make the endpoint of the checkpoint: the note itself, unless JSON is asked for."""

        async def ask(request: Request) -> Response:
            def respond(plain: Any) -> Response:  # noqa: ANN401 - a plain value
                if preferred(request, PLAIN, JSON) == JSON:
                    return json_response(plain, headers=_BY_ACCEPT)
                return Response(plain["note"], headers=_BY_ACCEPT, media_type=PLAIN)

            return await self._ask(request, question, respond)

        return ask

    def table(self, question: Question) -> Endpoint:
        """Make the endpoint of a table's file: JSON, unless the file itself is asked for."""

        async def ask(request: Request) -> Response:
            def respond(plain: Any) -> Response:  # noqa: ANN401 - a plain value
                of_file = TOML if plain["table"]["sort"] == "definition" else CSV
                if preferred(request, JSON, of_file) == JSON:
                    return json_response(plain, headers=_BY_ACCEPT)
                return Response(plain["text"], headers=_BY_ACCEPT, media_type=of_file)

            return await self._ask(request, question, respond)

        return ask

    def report(self, question: Question) -> Endpoint:
        """Make the endpoint of a report: JSON, CSV or a page, whichever is asked for."""

        async def ask(request: Request) -> Response:
            write = partial(reporting.respond, request, self._pages, question.name)
            async with self._reports if question.name in SCANNING else nullcontext():
                return await self._ask(request, question, write)

        return ask

    def page(self, question: Question) -> Endpoint:
        """Make the endpoint of a page; the same as JSON for whoever asks for that."""
        render = PAGES[question.name]

        async def ask(request: Request) -> Response:
            def respond(plain: Any) -> Response:  # noqa: ANN401 - a plain value
                if preferred(request, HTML, JSON) == JSON:
                    return json_response(plain, headers=_BY_ACCEPT)
                address = self._sessions.address_of(request) + request.url.path
                page = render(self._pages, plain, address)
                return Response(page, headers=_BY_ACCEPT, media_type=HTML)

            return await self._ask(request, question, respond)

        return ask

    def paper(self, question: Question) -> Endpoint:
        """Make the endpoint of a certificate as a paper, whose code leads to its page."""

        async def ask(request: Request) -> Response:
            def respond(plain: Any) -> Response:  # noqa: ANN401 - a plain value
                page = request.url.path.removesuffix(PAPER)
                printed = certificate_pdf(plain, self._sessions.address_of(request) + page)
                # Kept as a file: a browser shows no PDF under the policy of this door's pages.
                kept = {"content-disposition": f'attachment; filename="{plain["number"]}{PAPER}"'}
                return Response(printed, headers=kept, media_type=PDF)

            return await self._ask(request, question, respond)

        return ask

    async def problems(self, request: Request) -> Response:
        """List every sort of problem."""
        check_names(query_of(request))
        if preferred(request, HTML, JSON) == JSON:
            sorts = [_explained(name) for name in PROBLEMS]
            return json_response({"problems": sorts}, headers=_BY_ACCEPT)
        return Response(self._pages.problem_types(), headers=_BY_ACCEPT, media_type=HTML)

    async def problem(self, request: Request) -> Response:
        """Explain one sort of problem."""
        check_names(query_of(request))
        name = request.path_params["name"]
        if name not in PROBLEMS:
            raise Unknown("problem", "of this name")
        if preferred(request, HTML, JSON) == JSON:
            return json_response(_explained(name), headers=_BY_ACCEPT)
        page = self._pages.problem_type(PROBLEMS[name])
        return Response(page, headers=_BY_ACCEPT, media_type=HTML)


def _explained(name: str) -> dict[str, Any]:
    sort = PROBLEMS[name]
    return {
        "type": sort.uri,
        "name": sort.name,
        "group": sort.group,
        "status": sort.status,
        "title": sort.title,
    }
