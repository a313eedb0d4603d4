"""When a request is sent again, and after how long: told by values alone, without a network."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from ledger.client.exchange import Came, Lost, Pause, Reply, Request
from ledger.client.patience import Backoff, Outcome, patiently
from ledger.limits import ClientLimits

ASK = Request("GET", "/v1/status")
LIMITS = ClientLimits(attempts_max=4, pause_seconds=1.0, pause_seconds_max=3.0)
NOW_MS = 1_767_225_600_000


def backoff(dice: float = 0.0, limits: ClientLimits = LIMITS) -> Backoff:
    """Return the pauses of one piece of work, with dice that always fall so."""
    return Backoff(limits, lambda: dice, lambda: NOW_MS)


def run(*came: Came, dice: float = 0.0) -> tuple[Outcome, list[float]]:
    """Answer a request with these in turn; return the outcome, and the pauses between."""
    steps, answers, pauses = patiently(ASK, backoff(dice)), list(came), []
    wanted = steps.send(None)
    try:
        while True:
            if isinstance(wanted, Pause):
                pauses.append(wanted.seconds)
                wanted = steps.send(None)
            else:
                assert wanted == ASK
                wanted = steps.send(answers.pop(0))
    except StopIteration as end:
        assert not answers
        return end.value, pauses


def test_pauses_double_up_to_a_bound_and_end():
    pauses = [backoff_ for one in [backoff()] for backoff_ in iter(one.next_pause_seconds, None)]
    assert pauses == [1.0, 2.0, 3.0]


def test_up_to_a_half_of_a_pause_is_left_to_chance():
    assert backoff(0.0).next_pause_seconds() == 1.0
    assert backoff(0.5).next_pause_seconds() == 0.75
    assert backoff(0.999).next_pause_seconds() == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 1.0),
        ("120", 120.0),
        ("121", None),
        ("999999999999999999999", None),
        (formatdate(NOW_MS / 1000 + 9, usegmt=True), 9.0),
        (formatdate(NOW_MS / 1000 - 9, usegmt=True), 1.0),
        (formatdate(NOW_MS / 1000 + 3_600, usegmt=True), None),
        ("soon", 1.0),
        ("-5", 1.0),
        ("\u0667", 1.0),
        ("Mon, 99 Xxx 9999 99:99:99 GMT", 1.0),
    ],
)
def test_what_a_server_asks_for_is_waited_for(header, seconds):
    assert backoff().next_pause_seconds(header) == seconds


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 408, 409, 413, 422, 500])
def test_what_is_an_answer_is_not_asked_for_again(status):
    assert run(Reply(status, b"")) == (Outcome(Reply(status, b""), is_unknown=False), [])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_a_server_cannot_take_now_is_sent_again(status):
    done = Reply(200, b"done")
    outcome, pauses = run(Reply(status, b""), Reply(status, b"", "5"), done)
    assert outcome.came == done
    assert pauses == [1.0, 5.0]


def test_trying_ends_with_what_came_last():
    outcome, pauses = run(*[Lost("gone")] * 3, Reply(503, b""), dice=0.5)
    assert outcome == Outcome(Reply(503, b""), is_unknown=True)
    assert pauses == [0.75, 1.5, 2.25]


@pytest.mark.parametrize(
    ("came", "is_unknown"),
    [
        ([Lost("gone", is_worth_again=False)], True),
        ([Lost("gone", is_sent=False, is_worth_again=False)], False),
        ([Lost("gone", is_sent=False)] * 4, False),
        ([Reply(429, b"")] * 4, False),
        ([Lost("gone"), *[Reply(429, b"")] * 3], True),
        ([Reply(503, b""), *[Lost("gone", is_sent=False)] * 3], True),
        ([Lost("gone"), Reply(422, b"")], True),
    ],
)
def test_whether_anything_may_have_come_of_it_is_told(came, is_unknown):
    outcome, _ = run(*came)
    assert outcome == Outcome(came[-1], is_unknown)


def test_a_reply_belongs_to_a_request():
    steps = patiently(ASK, backoff())
    steps.send(None)
    with pytest.raises(TypeError, match="reply"):
        steps.send(None)
