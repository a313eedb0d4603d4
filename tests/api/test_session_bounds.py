"""How many sessions and nonces are remembered, and for how long; at which addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.problems import ProblemError
from api.sessions import PublicAddress, Sessions
from ledger.answers import Answers
from ledger.errors import BadQuestion
from ledger.limits import SessionLimits
from tests.api.test_sessions import MINUTE, WHO, body, reads
from tests.scene import ADDRESS, OPERATORS, Shown, jewel, shown


@pytest.fixture
def made() -> Iterator[Shown]:
    """The stone's way on a trade ledger, of one's own."""
    with shown(jewel("trade")) as made:
        yield made


def open_many(made: Shown, limits: SessionLimits, names: list[str]) -> tuple[Sessions, list[str]]:
    """Open sessions with limits of the test's own; return what became of each."""
    sessions = Sessions(made.answers, [ADDRESS], limits, made.desk.clock)
    told = []
    for name in names:
        plain = body(made, name, nonce=sessions.nonce()[0])
        try:
            sessions.open(plain["message"], bytes.fromhex(plain["signature"][2:]))
            told.append("")
        except Exception as error:  # what it was is asserted on
            told.append(type(error).__name__)
    return sessions, told


def test_the_oldest_session_of_a_party_gives_way_to_its_newest(made: Shown) -> None:
    limits = SessionLimits(sessions_a_party_max=2)
    sessions, told = open_many(made, limits, [WHO, "trader-be", *[WHO] * 4])
    assert (len(sessions), told) == (3, [""] * 6)


def test_there_are_no_more_sessions_than_may_be_and_ended_ones_make_room(made: Shown) -> None:
    limits = SessionLimits(sessions_max=2)
    names = ["trader-be", "trader-ae", WHO]
    sessions, told = open_many(made, limits, names)
    assert (len(sessions), told) == (2, ["", "", "Unavailable"])
    made.desk.clock.now_ms += 16 * MINUTE
    plain = body(made, nonce=sessions.nonce()[0])
    sessions.open(plain["message"], bytes.fromhex(plain["signature"][2:]))
    assert len(sessions) == 1


def test_no_party_fills_the_memory_of_used_nonces(made: Shown) -> None:
    limits = SessionLimits(nonces_used_a_party_max=3)
    _, told = open_many(made, limits, [WHO] * 4 + ["trader-be"])
    assert told == ["", "", "", "Unavailable", ""]
    limits = SessionLimits(nonces_used_max=3)
    sessions, told = open_many(made, limits, [WHO, "trader-be", "trader-ae", "lab-be"])
    assert told == ["", "", "", "Unavailable"]
    made.desk.clock.now_ms += 6 * MINUTE
    plain = body(made, nonce=sessions.nonce()[0])
    assert sessions.open(plain["message"], bytes.fromhex(plain["signature"][2:]))


def test_a_used_nonce_that_was_forgotten_is_not_taken_when_the_clock_goes_back(made: Shown) -> None:
    limits = SessionLimits(nonces_used_max=1)
    sessions = Sessions(made.answers, [ADDRESS], limits, made.desk.clock)
    plains = [body(made, nonce=sessions.nonce()[0])]
    made.desk.clock.now_ms += 6 * MINUTE
    plains.append(body(made, "trader-be", nonce=sessions.nonce()[0]))
    for plain, minutes in zip(plains, (-6, 6), strict=True):
        made.desk.clock.now_ms += minutes * MINUTE
        sessions.open(plain["message"], bytes.fromhex(plain["signature"][2:]))
    made.desk.clock.now_ms -= 6 * MINUTE
    with pytest.raises(ProblemError) as refused:
        sessions.open(plains[0]["message"], bytes.fromhex(plains[0]["signature"][2:]))
    assert refused.value.problem.name == "sign-in-nonce"


def test_nonces_that_are_only_asked_for_fill_nothing(made: Shown) -> None:
    sessions = Sessions(made.answers, [ADDRESS], clock=made.desk.clock)
    before = {name: repr(value) for name, value in vars(sessions).items()}
    assert len({sessions.nonce()[0] for _ in range(1_000)}) == 1_000
    assert {name: repr(value) for name, value in vars(sessions).items()} == before


def test_sessions_end_with_the_process(made: Shown) -> None:
    headers = made.sign_in(WHO)
    with shown(jewel("trade")) as again:
        assert reads(again, headers) == "session-ended"


def test_a_token_is_remembered_by_its_hash_alone(made: Shown) -> None:
    sessions = Sessions(made.answers, [ADDRESS], clock=made.desk.clock, operator_token=OPERATORS)
    plain = body(made, nonce=sessions.nonce()[0])
    opened = sessions.open(plain["message"], bytes.fromhex(plain["signature"][2:]))
    kept = repr(vars(sessions))
    assert opened.token not in kept
    assert OPERATORS not in kept


# -- public addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", "ledger.example", "ftp://ledger.example", "https://", "https://a@ledger.example",
        "https://ledger.example/path", "https://ledger.example?q", "https://ledger.example#f",
    ],
)  # fmt: skip
def test_what_is_no_public_address_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion):
        PublicAddress.parse(text)


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("https://Ledger.Example", "ledger.example"),
        ("HTTPS://ledger.example:443/", "ledger.example"),
        ("http://ledger.example:443", "ledger.example:443"),
        ("http://127.0.0.1:8420", "127.0.0.1:8420"),
        ("http://[::1]:80", "[::1]"),
    ],
)
def test_an_address_is_read_as_browsers_and_wallets_write_it(text: str, authority: str) -> None:
    assert PublicAddress.parse(text).authority == authority


@pytest.mark.parametrize("host", ["b\u00fccher.example", "a b", "[::1", "user@host", "x:port", ""])
def test_an_address_that_no_message_can_name_is_refused(host: str) -> None:
    with pytest.raises(BadQuestion):
        PublicAddress.parse(f"https://{host}")


def test_nobody_signs_in_where_there_is_no_public_address(made: Shown) -> None:
    sessions = Sessions(Answers(made.book, made.desk.clock), clock=made.desk.clock)
    plain = body(made, nonce=sessions.nonce()[0])
    with pytest.raises(Exception, match="sign-in-domain"):
        sessions.open(plain["message"], bytes.fromhex(plain["signature"][2:]))
