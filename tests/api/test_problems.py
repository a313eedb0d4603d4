"""Problem documents: every error is one, of a sort that is explained."""

from __future__ import annotations

import pytest

from api.problems import PROBLEMS, Problem, of_error, of_refusal
from ledger import errors
from ledger.errors import (
    AdamantError,
    AlreadyThere,
    BadDefinition,
    BadQuestion,
    BadTable,
    ChainDown,
    ChainRefused,
    ClockAhead,
    ClockBehind,
    Damaged,
    Diverged,
    Forked,
    HeadMoved,
    LinkEnded,
    NotYours,
    ProofError,
    Refusal,
    Refused,
    RefusesToStart,
    Reverted,
    RolledBack,
    SignInNeeded,
    SignInRefused,
    StoreFailed,
    TableMissing,
    Unavailable,
    Unknown,
)
from tests.api.make_examples import AS_JSON
from tests.api.problem_check import check_document, problem_of
from tests.scene import Shown

ERRORS: list[tuple[AdamantError, str, int]] = [
    (Refused(Refusal("balance", "amounts", "as much", "more")), "balance", 422),
    (BadQuestion("limit", "1 to 10"), "bad-question", 400),
    (BadTable("kp-measures", 3, "from", "a day"), "bad-question", 400),
    (BadDefinition("mine", "id", "a name"), "bad-question", 400),
    (TableMissing("kp-measures", "ab" * 32), "unavailable", 503),
    (Unknown("parcel", "0x12"), "unknown", 404),
    (LinkEnded(), "link-ended", 410),
    (NotYours("a custodian's"), "not-yours", 403),
    (SignInNeeded("sign in"), "sign-in-needed", 401),
    (SignInRefused("nonce", "a nonce"), "sign-in-message", 400),
    (SignInRefused("signer", "a signature"), "sign-in-signature", 400),
    (SignInRefused("party", "a party"), "sign-in-party", 403),
    (ProofError("root", "another"), "proof", 400),
    (Unavailable("busy"), "unavailable", 503),
    (ClockAhead(90_000_000), "clock-ahead", 503),
    (ClockBehind(6_000), "clock-behind", 503),
    (HeadMoved("another writer"), "head-moved", 503),
    (Damaged("gap", "entry 3"), "damaged", 500),
    (Forked(9, 12, "a file"), "damaged", 500),
    (RolledBack(9, 5, "a file"), "damaged", 500),
    (StoreFailed("disk"), "store-failed", 503),
    (RefusesToStart("older"), "refuses-to-start", 503),
    (AlreadyThere("made"), "refuses-to-start", 503),
    (ChainDown("no answer"), "unavailable", 503),
    (ChainRefused("other", "no"), "internal", 500),
    (Reverted(b""), "internal", 500),
    (Diverged("another chain"), "internal", 500),
]


@pytest.mark.parametrize(("error", "name", "status"), ERRORS, ids=lambda one: str(one))
def test_every_family_of_errors_is_a_problem(error: AdamantError, name: str, status: int) -> None:
    problem = of_error(error)
    assert problem is not None
    document = problem.document()
    check_document(document)
    assert (document["rule"], document["status"]) == (name, status)
    assert document["detail"]


def test_no_family_of_errors_is_forgotten() -> None:
    families = {
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, AdamantError) and one is not AdamantError
    }
    assert families == {type(error) for error, _, _ in ERRORS}


@pytest.mark.parametrize("family", [StoreFailed, RefusesToStart])
def test_what_only_an_operator_should_see_is_not_told(family: type[AdamantError]) -> None:
    for error in (Damaged("altered", "entry 3", "disk 7"), family("entry 3 of disk 7")):
        problem = of_error(error)
        assert problem is not None
        assert "entry 3" not in str(problem.document())
        assert "disk 7" not in str(problem.document())


def test_an_error_that_nobody_raised_on_purpose_is_none() -> None:
    assert of_error(KeyError("x")) is None


def test_a_refusal_is_told_with_rule_field_expected_and_came() -> None:
    document = of_refusal(Refusal("weight-over", "amounts", "at most 5", "6"), line=3).document()
    assert document == {
        "type": "/problems/weight-over",
        "title": PROBLEMS["weight-over"].title,
        "status": 422,
        "detail": "weight-over at amounts: expected at most 5; came 6",
        "rule": "weight-over",
        "field": "amounts",
        "expected": "at most 5",
        "came": "6",
        "line": 3,
    }


def test_a_refusal_that_the_table_does_not_know_is_still_told() -> None:
    assert of_refusal(Refusal("no-such-rule", "", "", "")).name == "internal"


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_is_explained_under_its_type(jewel_shown: Shown, name: str) -> None:
    sort = PROBLEMS[name]
    page = jewel_shown.client.get(sort.uri)
    assert page.headers["content-type"].startswith("text/html")
    assert name in page.text
    plain = jewel_shown.client.get(sort.uri, headers=AS_JSON).json()
    assert (plain["name"], plain["status"], plain["title"]) == (name, sort.status, sort.title)
    assert 400 <= sort.status < 600


def test_the_list_of_problems_has_them_all(jewel_shown: Shown) -> None:
    plain = jewel_shown.client.get("/problems", headers=AS_JSON).json()["problems"]
    assert [one["name"] for one in plain] == list(PROBLEMS)
    page = jewel_shown.client.get("/problems").text
    assert all(f'href="/problems/{name}"' in page for name in PROBLEMS)


@pytest.mark.parametrize(
    ("method", "path", "rule", "status"),
    [
        ("GET", "/v1", "no-such-path", 404),
        ("GET", "/v2/status", "no-such-path", 404),
        ("GET", "/v1/status/", "no-such-path", 404),
        ("GET", "/docs", "no-such-path", 404),
        ("GET", "/stones", "no-such-path", 404),
        ("POST", "/nothing", "no-such-path", 404),
        ("POST", "/v1/status", "method", 405),
        ("GET", "/v1/records", "method", 405),
        ("DELETE", "/v1/records", "method", 405),
        ("BREW", "/v1/status", "method", 405),
    ],
)
def test_what_the_framework_finds_is_a_problem_too(jewel_shown, method, path, rule, status) -> None:
    problem = problem_of(jewel_shown.client.request(method, path))
    assert (problem["rule"], problem["status"]) == (rule, status)


def test_a_problem_without_a_detail_says_what_it_is() -> None:
    assert Problem("internal").document()["detail"] == PROBLEMS["internal"].title
    assert Problem("bad-question", field="a", expected="b").document()["detail"] == "a: expected b"
