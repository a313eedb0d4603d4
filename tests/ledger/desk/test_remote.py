"""Whatever answers in a server's place, the desk gives the ledger's own errors and nothing else."""

import json

import httpx2
import pytest

from ledger.desk import RemoteDesk, remote_desk
from ledger.errors import AdamantError, Unavailable
from tests.ledger.desk.conftest import remote

URL = "http://elsewhere.example"


def answering(handler) -> RemoteDesk:
    """Return a desk of something that answers as the test likes."""
    transport = httpx2.MockTransport(handler)
    return RemoteDesk(httpx2.Client(transport=transport, base_url=URL), URL)


def always(status: int, body: bytes, **headers: str) -> RemoteDesk:
    """Return a desk of something that answers the same to everything."""
    return answering(lambda _request: httpx2.Response(status, content=body, headers=headers))


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
    ],
)
def test_a_line_of_another_form_is_no_answer(line):
    with pytest.raises(Unavailable):
        always(200, line + b"\n").append([b"{}"])
