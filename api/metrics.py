"""Metrics for the operator, as Prometheus reads them.

Every label has a closed list of values that stands in the code: routes as they are declared, rules
and problems by name, classes of status. No id, no address, no token and nothing that a client sent
ever becomes a label or a value, so that neither the number of series nor what they tell depends on
who asks. They are shown to this machine itself and to whom the settings name; for everyone else
there is nothing at their path.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api.clients import Clients, is_in, networks_of
from api.problems import PROBLEMS, problem
from api.requests import check_names, query_of
from api.responses import PROBLEM_TOLD
from ledger.book import Answer, Book, Line
from ledger.errors import Refusal

METHODS: Final = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "POST"))
OTHER: Final = "other"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


def route_of(scope: Scope) -> str:
    """Return the route of a request, as it is declared; "-" where there is none.

    Not the path: a stone's link is known only to whom it was given.
    """
    return getattr(scope.get("route"), "path", "-")


class Metrics:
    """What is counted of one server; any thread, at any time.

    Args:
        book: whose state is shown beside.

    """

    def __init__(self, book: Book) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "adamant_http_requests",
            "Requests answered, by method, route and class of status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "adamant_http_request_seconds",
            "How long requests took, from their head to the end of their answer, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._by_labels: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._problems = Counter(
            "adamant_http_problems",
            "Problems told, by name.",
            ("problem",),
            registry=self._registry,
        )
        self._records = Counter(
            "adamant_records",
            "Records sent: accepted, known already, refused, not done, or their outcome unknown.",
            ("outcome",),
            registry=self._registry,
        )
        self._refused = Counter(
            "adamant_records_refused",
            "Records refused, by rule.",
            ("rule",),
            registry=self._registry,
        )
        self._registry.register(_State(book))
        ProcessCollector(registry=self._registry)

    def count_request(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        route = route_of(scope)
        sort = f"{status // 100}xx" if 100 <= status <= 599 else OTHER
        requests, took = self._of(method if method in METHODS else OTHER, route, sort)
        requests.inc()
        took.observe(seconds)
        told = scope.get(PROBLEM_TOLD)
        if told is not None:
            self._problems.labels(told if told in PROBLEMS else OTHER).inc()

    def _of(self, method: str, route: str, status: str) -> tuple[Counter, Histogram]:
        """Return what counts requests of a sort; looked up by its labels once."""
        key = (method, route, status)
        found = self._by_labels.get(key)
        if found is None:
            found = self._requests.labels(*key), self._seconds.labels(route)
            self._by_labels[key] = found
        return found

    def count_records(self, promised: Future[tuple[Line, ...]], count: int) -> None:
        """Count records once their outcome is known."""
        promised.add_done_callback(lambda done: self._count_lines(done, count))

    def _count_lines(self, done: Future[tuple[Line, ...]], count: int) -> None:
        if done.exception() is not None:
            self._records.labels("unknown").inc(count)
            return
        lines = done.result()
        for outcome, number in Tally(map(_outcome_of, lines)).items():
            self._records.labels(outcome).inc(number)
        for line in lines:
            if isinstance(line, Refusal):
                self._refused.labels(line.rule if line.rule in PROBLEMS else OTHER).inc()

    def exposition(self) -> bytes:
        """Write them all."""
        return generate_latest(self._registry)


def _outcome_of(line: Line) -> str:
    if isinstance(line, Answer):
        return "known" if line.again else "accepted"
    return "refused" if isinstance(line, Refusal) else "not-done"


class _State(Collector):
    """How the book stands, looked at when it is asked."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each gauge."""
        book = self._book
        published = book.published.size
        sequenced = max(book.sequenced_size, published)
        for name, meaning, value in (
            ("adamant_log_size", "Entries in the log.", sequenced),
            ("adamant_checkpoint_size", "Entries under the last checkpoint.", published),
            ("adamant_publish_lag_records", "Entries not published.", sequenced - published),
            ("adamant_publish_lag_seconds", "For how long some were not.", book.lag_seconds),
            ("adamant_queue_records", "Records that wait for the writer.", book.queued_records),
            ("adamant_stopped", "1 if the ledger has stopped by a fault.", book.fault is not None),
        ):
            yield GaugeMetricFamily(name, meaning, float(value))


class Showing:
    """The endpoint of the metrics.

    Args:
        metrics: what is shown.
        clients: tells who asks.
        readers: addresses and networks that may read them, beside this machine itself.

    """

    def __init__(self, metrics: Metrics, clients: Clients, readers: Collection[str]) -> None:
        self._metrics = metrics
        self._clients = clients
        self._readers = networks_of("metrics_readers", readers)

    async def show(self, request: Request) -> Response:
        """Show them to whom they are for; nobody else is told that there are any."""
        client = self._clients.of(request.scope)
        is_named = client.address is not None and is_in(client.address, self._readers)
        if not (client.is_local or is_named):
            raise problem("no-such-path")
        check_names(query_of(request))
        body = await run_in_threadpool(self._metrics.exposition)
        headers = {"cache-control": "no-store", "content-type": CONTENT_TYPE_LATEST}
        return Response(body, headers=headers)
