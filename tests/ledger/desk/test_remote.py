"""Whatever answers in a server's place, the desk gives the ledger's own errors and nothing else."""

import gzip
import itertools
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx2
import pytest

from ledger.desk import RemoteDesk, asking, remote_desk
from ledger.desk import remote as remoteness
from ledger.errors import AdamantError, BadQuestion, Damaged, Unavailable
from ledger.limits import LIMITS
from tests.ledger.desk.conftest import remote

URL = "http://elsewhere.example"


def answering(handler) -> RemoteDesk:
    """Return a desk of something that answers as the test likes."""
    transport = httpx2.MockTransport(handler)
    return RemoteDesk(httpx2.Client(transport=transport, base_url=URL), URL)


def always(status: int, body: bytes, **headers: str) -> RemoteDesk:
    """Return a desk of something that answers the same to everything."""
    return answering(lambda _request: httpx2.Response(status, content=body, headers=headers))


TAKEN = {
    "line": 1,
    "code": 201,
    "status": "checkpointed",
    "index": 1,
    "recordId": "0x" + "11" * 32,
    "recordedAtMs": 1,
    "parcels": ["0x" + "22" * 32],
}
NONSENSE = {
    "a page of the web": (200, b"<html>hello</html>"),
    "nothing": (200, b""),
    "a list": (200, b"[]"),
    "an object of another sort": (200, b'{"hello": "world"}'),
    "a member of another type": (200, b'{"ledgerId": 7}'),
    "deep nesting": (200, b"[" * 100_000),
    "no UTF-8": (200, b"\xff\xfe"),
    "an error page": (502, b"<html>bad gateway</html>"),
    "a problem of another API": (404, b'{"type": "about:blank", "title": "Not Found"}'),
    "a redirection": (302, b""),
    "a problem that is a list": (400, b"[1]"),
    "a rule that is a number": (422, b'{"rule": 7}'),
    "deep nesting that can be read": (200, b'{"a":' * 500 + b"1" + b"}" * 500),
    "a number that is none": (200, b'{"size": Infinity}'),
    "half a character": (200, b'{"origin": "\\ud800"}'),
    "no such path": (404, b'{"rule": "no-such-path", "detail": "There is nothing at this path."}'),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_is_no_server_of_a_ledger_is_unavailable(name):
    desk = always(*NONSENSE[name])
    with pytest.raises(Unavailable, match=r"elsewhere\.example"):
        desk.status()
    with pytest.raises(AdamantError):
        desk.append([b"{}"])


def test_an_answer_that_lacks_one_member_is_no_answer(told):
    whole = remote(told).parcel(told.scene.parcels["stone"])
    for name in whole:
        lacking = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(Unavailable):
            always(200, json.dumps(lacking).encode()).parcel(told.scene.parcels["stone"])


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ledgerId", "0xzz"),
        ("ledgerId", "0x12"),
        ("root", "0x" + "AB" * 32),
        ("size", 10**400),
        ("size", -1),
        ("size", True),
        ("size", 1.5),
        ("recordedAtMs", float("inf")),
        ("origin", "\ud800"),
        ("of a later server", "\ud800"),
    ],
)
def test_a_member_that_cannot_be_what_it_must_is_no_answer(told, member, value):
    whole = {**remote(told).status(), member: value}
    with pytest.raises(Unavailable, match="does not answer as a server of a ledger does"):
        always(200, json.dumps(whole).encode()).status()


def test_members_that_a_later_server_adds_are_left_alone(told):
    whole = {**remote(told).status(), "anchoredSize": 3}
    assert always(200, json.dumps(whole).encode()).status() == whole


def test_a_server_that_is_not_there_is_unavailable_and_nothing_was_sent():
    with remote_desk("http://127.0.0.1:1") as desk:
        with pytest.raises(Unavailable, match=r"no answer from http://127\.0\.0\.1:1"):
            desk.status()
        with pytest.raises(Unavailable) as caught:
            desk.append([b"{}"])
        assert "unknown" not in str(caught.value)


def test_a_connection_lost_after_sending_leaves_the_outcome_unknown_and_says_so():
    def lose(request):
        raise httpx2.ReadError("gone", request=request)

    with pytest.raises(Unavailable, match="send the very same envelope again"):
        answering(lose).append([b"{}"])


def test_an_answer_to_a_batch_that_breaks_off_leaves_the_outcome_unknown(fresh):
    desk = remote(fresh)
    lines = desk.append(fresh.registrations(1))
    answer = lines[0]
    told = {
        "line": 1,
        "code": 201,
        "status": answer.status,
        "index": answer.index,
        "recordId": "0x" + answer.record_id.hex(),
        "recordedAtMs": answer.recorded_at_ms,
        "parcels": [],
    }
    broken = always(200, json.dumps(told).encode() + b"\n")
    assert broken.append([b"{}"])[0].index == answer.index
    with pytest.raises(Unavailable, match="broke off"):
        broken.append([b"{}", b"{}"])


def test_a_line_that_the_server_could_not_answer_for_leaves_its_outcome_unknown():
    problem = {"rule": "unavailable", "detail": "the ledger stopped"}
    body = json.dumps({"line": 1, "code": 503, "problem": problem}).encode() + b"\n"
    with pytest.raises(Unavailable, match="the ledger stopped"):
        always(200, body).append([b"{}"])


@pytest.mark.parametrize(
    "line",
    [
        b'{"line": 1, "code": 201}',
        b"7",
        b"null",
        b'{"line": 1, "code": 201, "status": "sequenced", "index": 1, "recordId": "0x"}',
        *(
            json.dumps({**TAKEN, name: value}).encode()
            for name, value in [
                ("line", 2),
                ("status", ["checkpointed"]),
                ("status", "carved in stone"),
                ("index", "7"),
                ("index", -5),
                ("index", float("inf")),
                ("recordedAtMs", 10**400),
                ("recordId", "0xzz"),
                ("parcels", "0x"),
                ("problem", {"rule": "signer"}),
            ]
        ),
    ],
)
def test_a_line_of_another_form_is_no_answer(line):
    assert always(200, json.dumps(TAKEN).encode() + b"\n").append([b"{}"])[0].index == 1
    with pytest.raises(Unavailable):
        always(200, line + b"\n").append([b"{}"])


@pytest.mark.parametrize(
    "address",
    ["[::1", "here:port", "xn--\udcff", "", f"{'x' * 300}.example", "a..example"],
)
def test_an_address_that_is_none_is_a_bad_question(address):
    with pytest.raises(BadQuestion), remote_desk(f"http://{address}"):
        pass


# -- how much of an answer is taken ----------------------------------------------------------


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(remoteness, "LIMITS", replace(LIMITS, answer_bytes_max=100_000))
    endless = (b" " * 1_000 for _ in itertools.count())
    desk = answering(lambda _request: httpx2.Response(200, content=endless))
    with pytest.raises(Unavailable, match="more than 100000 bytes"):
        desk.status()
    with pytest.raises(Unavailable, match="send the very same envelope again"):
        always(200, b" " * 100_001).append([b"{}"])


def test_an_answer_that_only_trickles_is_given_up(monkeypatch, told):
    whole = json.dumps(remote(told).status()).encode()
    monkeypatch.setattr(remoteness, "ANSWER_SECONDS", -1.0)
    with pytest.raises(Unavailable, match="took over"):
        always(200, whole).status()


def test_a_compressed_answer_is_not_unpacked(told):
    packed = gzip.compress(json.dumps(remote(told).status()).encode())
    with pytest.raises(Unavailable, match="does not answer as a server"):
        always(200, packed, **{"content-encoding": "gzip"}).status()


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """Take one request on a socket, and hang up; yield the address, and what was heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(10)

        def listen() -> None:
            connection, _ = door.accept()
            with connection:
                heard.append(connection.recv(65_536))

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", heard
        thread.join()


def test_no_compressed_answer_is_asked_for():
    with listening() as (url, heard), remote_desk(url) as desk, pytest.raises(Unavailable):
        desk.status()
    assert b"accept-encoding: identity\r\n" in heard[0].lower()


def paging(page: dict, cursors: Iterable[str | None]) -> RemoteDesk:
    """Return a desk of something that answers every question with a page, and these cursors."""
    told = iter(cursors)

    def answer(_request):
        return httpx2.Response(200, content=json.dumps({**page, "cursor": next(told)}).encode())

    return answering(answer)


@pytest.fixture
def page(told) -> dict:
    """A page of sites."""
    return remote(told).ask("/v1/sites")


def test_pages_that_come_to_no_end_are_not_followed(page, monkeypatch):
    monkeypatch.setattr(asking, "LIMITS", replace(LIMITS, answer_pages_max=20))
    with pytest.raises(Damaged, match="come to no end"):
        list(paging(page, map(str, itertools.count(1))).sites())
    whole = list(paging(page, [*map(str, range(1, 21)), None]).sites())
    assert len(whole) == 21 * len(page["sites"])


def test_a_page_that_repeats_a_cursor_is_not_followed(page):
    with pytest.raises(Damaged, match="come to no end"):
        list(paging(page, itertools.cycle("abc")).sites())


def test_an_empty_page_has_no_next_one(page):
    with pytest.raises(Damaged, match="come to no end"):
        list(paging({**page, "sites": []}, "ab").sites())


TOO_SOON = json.dumps({"rule": "rate-limited", "detail": "too much in too short a time"}).encode()


def test_a_server_that_says_it_was_too_soon_is_asked_again(told):
    status = told.client.get("/v1/status").content
    replies = [httpx2.Response(429, content=TOO_SOON, headers={"retry-after": "0"})] * 2
    replies.append(httpx2.Response(200, content=status))
    desk = answering(lambda _request: replies.pop(0))
    assert desk.status()["origin"] == json.loads(status)["origin"]
    assert replies == []


@pytest.mark.parametrize("wait", ["0", "9999", "soon", "-1", ""])
def test_a_server_for_which_it_is_always_too_soon_is_unavailable(monkeypatch, wait):
    monkeypatch.setattr(remoteness, "TOO_SOON_SECONDS", 1.0)
    desk = always(429, TOO_SOON, **{"retry-after": wait})
    with pytest.raises(Unavailable, match="too short a time"):
        desk.status()
    with pytest.raises(Unavailable, match="too short a time"):
        desk.append([b"{}"])
