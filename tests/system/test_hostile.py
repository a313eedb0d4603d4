"""Hostile requests over real HTTP: each is refused by name, nothing is stored, the server lives on.

Bodies go to every POST route of a running server. Requests that no client library would write go
over raw sockets: what cannot be read as HTTP is answered 400 by the HTTP server itself, in plain
text; all else is a problem document with the rule's name. At the end the ledger is as it was.
"""

from __future__ import annotations

import gzip
import json
import socket
import string
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from api import create_app
from api.problems import PROBLEMS
from ledger.answers import Answers
from ledger.canonical import Envelope
from ledger.config import locked, open_ledger, system_clock
from ledger.demo.scribe import GOVERNORS
from ledger.limits import LIMITS, DoorLimits
from ledger.values import Hash32
from tests.api.test_hostile import SECRET, changed, hostile
from tests.system.auditing import faults_of
from tests.system.clients import JSON, LINES, PROBLEM, Client, Response, client_of
from tests.system.crew import Crew, found
from tests.system.raw_http import Reply, chunk, post, talk
from tests.system.serving import Server, listening, serving
from tests.trials import dice, trials

SINGLE, BATCH, ATOMIC = "/v1/records", "/v1/records/batch", "/v1/records/batch?atomic=true"
IN_JSON = f"Content-Type: {JSON}"
IN_LINES = f"Content-Type: {LINES}"
IN_CHUNKS = "Transfer-Encoding: chunked"
BYTES = bytes(range(0x20, 0x7F)) * 10 + bytes(range(256))  # mostly what a head may hold
SORTS = (b"0123456789", b"abcdef", string.ascii_letters.encode(), b'"{}[],:')
NO_HTTP = ""  # in the place of a rule: answered before it is a request

pytestmark = pytest.mark.long


class Besieged:
    """A running server, and a record that it would take as it is but is never given whole."""

    def __init__(self, crew: Crew, server: Server) -> None:
        self.crew = crew
        self.server = server
        self.url = server.url()
        self.good = self.registration(SECRET).raw
        self.status = self.ask_status()

    def registration(self, label: str) -> Envelope:
        """Sign a registration that would be accepted."""
        self.crew.register(self.crew.actors["miner-bw"], self.crew.site, 12_500, 3, label)
        (envelope,) = self.crew.take()
        return envelope

    def ask_status(self) -> dict[str, object]:
        """Ask for all that an accepted record would change."""
        with client_of(self.url) as client:
            assert client.ask("/readyz") == {"status": "ready"}
            status: dict[str, object] = client.ask("/v1/status")
            return status


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    """Besiege a server; afterwards it is alive, stops in order, and its ledger is as it was."""
    crew = Crew(dice("system.hostile"))
    folder = found(tmp_path_factory.mktemp("besieged") / "ledger", crew)
    with serving(folder) as server:
        made = Besieged(crew, server)
        yield made
        assert made.ask_status() == made.status
        assert server.stop() == 0
        events = [line for line in server.said().splitlines() if line.startswith("{")]
        assert [line for line in events if json.loads(line)["level"] == "error"] == []
        assert faults_of(folder) == []


@pytest.fixture(autouse=True)
def nothing_is_stored(besieged: Besieged) -> Iterator[None]:
    """Compare what the server says of its ledger before and after each test."""
    yield
    assert besieged.ask_status() == besieged.status


def check_refused(response: Response, rules: Iterable[str] = PROBLEMS) -> str:
    """Check that a response, or its only line, is a problem of one of the rules; return which."""
    if response.media_type == LINES and response.status == 200:
        (line,) = [json.loads(line) for line in response.body.splitlines()]
        problem, code = line["problem"], line["code"]
    else:
        assert response.media_type == PROBLEM, response
        problem, code = response.plain, response.status
    rule = str(problem["rule"])
    assert rule in rules, (rule, rules)
    assert problem["type"] == f"/problems/{rule}"
    assert 400 <= code == problem["status"] < 500, problem
    return rule


def send(client: Client, path: str, body: bytes) -> Response:
    """Post a body as what the path takes."""
    media_type = JSON if path == SINGLE else LINES
    ending = b"" if path == SINGLE else b"\n"
    return client.request("POST", path, body + ending, content_type=media_type)


# -- bodies ------------------------------------------------------------------------------------


def test_every_other_route_that_takes_a_body_outlives_hostile_ones(besieged: Besieged) -> None:
    with client_of(besieged.url) as client:
        paths = client.ask("/openapi.json")["paths"]
        others = {path for path, methods in paths.items() if set(methods) - {"get"}}
        assert {SINGLE, BATCH, "/v1/sign-in"} <= others
        # What takes no records fails at none of these bodies, and keeps none of them.
        for path in sorted(others - {SINGLE, BATCH}):
            for label, (body, _) in hostile(besieged.good).items():
                response = client.request("POST", path, body, content_type=JSON)
                assert response.status < 500, (path, label)


@pytest.mark.parametrize("path", [SINGLE, BATCH, ATOMIC])
def test_every_hostile_body_is_refused_by_name(besieged: Besieged, path: str) -> None:
    with client_of(besieged.url) as client:
        for label, (body, rule) in hostile(besieged.good).items():
            response = send(client, path, body)
            assert check_refused(response, [rule]) == rule, label
            assert SECRET.encode() not in response.body, label


def test_signed_records_that_cannot_be_accepted_are_refused_by_name(besieged: Besieged) -> None:
    crew = besieged.crew
    governors = [crew.actors[name] for name in GOVERNORS]
    crew.admit(crew.actors["authority-bw"], *governors[:2])
    (twice,) = crew.take()  # admitted before, and so is the head of its chain another
    reordered = changed(twice.raw, "signatures", json.loads(twice.raw)["signatures"][::-1])
    elsewhere = Crew(dice("system.hostile.elsewhere"))
    elsewhere.ledger_id = Hash32(elsewhere.random.randbytes(32))
    elsewhere.introduce()
    cases = [
        (twice.raw, "stale-previous"),
        (reordered, "signature-order"),
        (next(elsewhere.lives()).raw, "signer"),
        (elsewhere.charter(besieged.server.folder).raw, "charter-again"),
    ]
    with client_of(besieged.url) as client:
        for raw, rule in cases:
            for path in (SINGLE, BATCH, ATOMIC):
                check_refused(send(client, path, raw), [rule])


def alter(body: bytearray, random: Random) -> None:
    """Alter bytes at random; in most cases one for another of its sort, so that more is read."""
    start = random.randrange(len(body))
    for sort in SORTS:
        if body[start] in sort and random.random() < 0.8:
            body[start] = random.choice(sort)
            return
    stop = start + random.randint(0, 8)
    body[start:stop] = bytes(random.choices(BYTES, k=random.randint(0, 8)))


def test_a_record_altered_at_random_is_never_accepted(
    besieged: Besieged, record_property: pytest.RecordProperty
) -> None:
    random, met = dice("system.hostile_bodies"), Counter[str]()
    with client_of(besieged.url) as client:
        for _ in range(trials("system.hostile_bodies")):
            body = bytearray(besieged.good)
            for _ in range(random.randint(1, 3)):
                alter(body, random)
            path = random.choice((SINGLE, BATCH, ATOMIC))
            raw = bytes(body) if path == SINGLE else bytes(body).replace(b"\n", b"\r")
            if raw != besieged.good:
                met[check_refused(send(client, path, raw))] += 1
    told = ", ".join(f"{count} {rule}" for rule, count in met.most_common())
    record_property("figure", f"records altered at random were refused by: {told}")


# -- requests ----------------------------------------------------------------------------------


def _over(bytes_max: int) -> Iterator[bytes]:
    """Yield chunks that together are larger than a limit, and their end."""
    for _ in range(bytes_max // 65_536 + 1):
        yield chunk(b"x" * 65_536)
    yield chunk(b"")


def _length(count: object) -> str:
    return f"Content-Length: {count}"


def requests(good: bytes) -> dict[str, tuple[Iterable[bytes], str]]:
    """Return requests in pieces, each with the name of the rule that refuses it."""
    single, lines, zipped = (SINGLE, IN_JSON), (BATCH, IN_LINES), gzip.compress(good)
    whole = _length(len(good))
    cut = good + b"\n" + good[:-21]
    record, too_many = post(*single, whole, body=good), b"\n" * (LIMITS.batch_records_max + 1)
    chunked = chunk(good) + chunk(b"")
    return {
        "chunks beyond the limit": (
            chain([post(*single, IN_CHUNKS)], _over(LIMITS.envelope_bytes_max)), "size",
        ),
        "chunks beyond the limit of a batch": (
            chain([post(*lines, IN_CHUNKS)], _over(LIMITS.batch_bytes_max)), "body-size",
        ),
        "a petabyte declared": ([post(*single, _length(10**15))], "size"),
        "a petabyte declared for a batch": ([post(*lines, _length(10**15))], "body-size"),
        "a length of 30 digits": ([post(*single, _length("9" * 30), body=good)], NO_HTTP),
        "a negative length": ([post(*single, _length(-1), body=good)], NO_HTTP),
        "a length with a sign": ([post(*single, _length("+5"), body=b"12345")], NO_HTTP),
        "a length in hex": ([post(*single, _length("0x5"), body=b"12345")], NO_HTTP),
        "two lengths": ([post(*single, _length(5), whole, body=good)], NO_HTTP),
        "less than there is": ([post(*single, _length(len(good) - 9), body=good)], "json"),
        "length and chunks": (
            [post(*single, _length(5), IN_CHUNKS), chunk(b"xxxxx"), chunk(b"")], "json",
        ),
        "a chunk of size ZZ": ([post(*single, IN_CHUNKS), b"ZZ\r\n" + good], NO_HTTP),
        "gzip as transfer": (
            [post(*single, "Transfer-Encoding: gzip, chunked", body=chunked)], NO_HTTP,
        ),
        "gzip, and said so": (
            [post(*single, "Content-Encoding: gzip", _length(len(zipped)), body=zipped)],
            "media-type",
        ),
        "gzip, not said": ([post(*single, _length(len(zipped)), body=zipped)], "json"),
        "no content type": ([post(SINGLE, whole, body=good)], "media-type"),
        "no content type for a batch": ([post(BATCH, whole, body=good)], "media-type"),
        "two content types": ([post(*single, IN_JSON, whole, body=good)], "media-type"),
        "no body": ([post(*single)], "json"),
        "no body of a batch": ([post(*lines)], "batch-empty"),
        "half of a last line": ([post(*lines, _length(len(cut)), body=cut)], "batch-truncated"),
        "half of a last line, atomic": (
            [post(ATOMIC, IN_LINES, _length(len(cut)), body=cut)], "batch-truncated",
        ),
        "too many lines": (
            [post(*lines, _length(len(too_many)), body=too_many)], "batch-records",
        ),
        "an odd parameter": ([post(f"{SINGLE}?x=1", IN_JSON, whole, body=good)], "bad-question"),
        "another wait": ([post(f"{SINGLE}?wait=no", IN_JSON, whole, body=good)], "bad-question"),
        "a parameter twice": (
            [post(f"{BATCH}?atomic=true&atomic=true", IN_LINES, whole, body=good)], "bad-question",
        ),
        "no UTF-8 in the query": (
            [post(f"{SINGLE}?wait=%ff%fe", IN_JSON, whole, body=good)], "bad-question",
        ),
        "NUL behind the path": ([post(f"{SINGLE}%00", IN_JSON, whole, body=good)], "no-such-path"),
        "NUL in the path": ([post(f"{SINGLE}/\0", IN_JSON, whole, body=good)], NO_HTTP),
        "another method": ([record.replace(b"POST", b"PATCH", 1)], "method"),
        "no method": ([record.replace(b"POST", b"P@ST", 1)], NO_HTTP),
        "another host's path": (
            [post(f"http://elsewhere{SINGLE}", IN_JSON, whole, body=good)], "no-such-path",
        ),
        "no host": ([record.replace(b"Host: here\r\n", b"", 1)], NO_HTTP),
        "a handshake of TLS": ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + good], NO_HTTP),
        "HTTP/0.9": ([b"POST /v1/records\r\n\r\n"], NO_HTTP),
    }  # fmt: skip


def check_reply(reply: Reply, rule: str, label: str) -> None:
    """Check that a raw request was refused, and by a problem document if it was a request."""
    assert reply.statuses, label
    assert all(400 <= status < 500 for status in reply.statuses), (label, reply.raw)
    assert reply.problem.get("rule", NO_HTTP) == rule, (label, reply.raw)
    assert SECRET.encode() not in reply.raw, label


def test_every_malformed_request_is_refused(besieged: Besieged) -> None:
    for label, (pieces, rule) in requests(besieged.good).items():
        check_reply(talk(besieged.url, pieces), rule, label)


def test_a_record_whose_request_breaks_off_is_not_taken(besieged: Besieged) -> None:
    good = besieged.good
    for path, media_type in ((SINGLE, IN_JSON), (BATCH, IN_LINES), (ATOMIC, IN_LINES)):
        for request in (
            post(path, media_type, _length(len(good) + 1), body=good),
            post(path, media_type, IN_CHUNKS, body=chunk(good)),
            post(path, media_type, IN_CHUNKS, body=chunk(good + b"\n")[:-2]),
            post(path, media_type, _length(len(good)), body=good[:-1]),
        ):
            reply = talk(besieged.url, [request], half_close=True)
            assert all(400 <= status < 500 for status in reply.statuses), reply.raw


def test_requests_behind_one_another_are_each_refused(besieged: Besieged) -> None:
    request = post(SINGLE, IN_JSON, _length(1), body=b"7").replace(b"Connection: close\r\n", b"")
    last = post(SINGLE, IN_JSON, _length(1), body=b"7")
    assert talk(besieged.url, [request * 50 + last]).statuses == [400] * 51


def test_a_request_altered_at_random_is_never_answered_5xx(
    besieged: Besieged, record_property: pytest.RecordProperty
) -> None:
    random, met = dice("system.hostile_requests"), Counter[int]()
    body = changed(besieged.good, "record.amounts.label", "altered")  # would be refused anyhow
    for _ in range(trials("system.hostile_requests")):
        path, media_type = random.choice(((SINGLE, IN_JSON), (BATCH, IN_LINES)))
        request = post(path, media_type, _length(len(body)), body=body)
        head = bytearray(request[: -len(body)])
        for _ in range(random.randint(1, 3)):
            start = random.randrange(len(head))
            stop = start + random.randint(0, 4)
            head[start:stop] = bytes(random.choices(BYTES, k=random.randint(0, 4)))
        statuses = talk(besieged.url, [bytes(head) + body], half_close=True).statuses
        assert all(status < 500 for status in statuses), bytes(head)
        met.update(statuses or [0])
    told = ", ".join(f"{count} with {status or 'none'}" for status, count in sorted(met.items()))
    record_property("figure", f"requests altered at random were answered: {told}")


# -- slowness ----------------------------------------------------------------------------------


def test_a_body_in_single_bytes_is_read_to_its_end(besieged: Besieged) -> None:
    body = besieged.good[:-1]
    for path, media_type, rule in ((SINGLE, IN_JSON, "json"), (BATCH, IN_LINES, "batch-truncated")):
        pieces = chain([post(path, media_type, IN_CHUNKS)], (chunk(bytes([b])) for b in body))
        check_reply(talk(besieged.url, chain(pieces, [chunk(b"")])), rule, path)


def test_who_sends_slowly_keeps_nobody_waiting(besieged: Besieged) -> None:
    address = urlsplit(besieged.url).hostname or "", urlsplit(besieged.url).port or 0
    with ExitStack() as opened:
        for number in range(100):
            connection = opened.enter_context(socket.create_connection(address))
            connection.sendall(post(SINGLE, IN_JSON, _length(1_000), body=b"x" * (number % 7)))
        assert besieged.ask_status() == besieged.status
        with client_of(besieged.url) as client:
            check_refused(send(client, SINGLE, b"x"), ["json"])


def test_a_body_that_does_not_arrive_in_time_is_refused(tmp_path: Path) -> None:
    """A server with less patience than the usual, so that the test needs none."""
    crew = Crew(dice("system.impatient"))
    folder = found(tmp_path / "ledger", crew)
    with locked(folder), open_ledger(folder) as ledger:
        limits = DoorLimits(body_seconds_max=0.3)
        app = create_app(ledger.book, Answers(ledger.book, system_clock), limits)
        with listening(app) as url:
            for path, media_type in ((SINGLE, IN_JSON), (BATCH, IN_LINES), (ATOMIC, IN_LINES)):
                for length in (IN_CHUNKS, _length(1_000)):
                    reply = talk(url, [post(path, media_type, length)])
                    check_reply(reply, "body-slow", path)
                    assert reply.statuses == [408]
            with client_of(url) as client:
                assert client.ask("/readyz") == {"status": "ready"}
