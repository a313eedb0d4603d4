from __future__ import annotations

import inspect

import pytest

from ledger.access import OPERATOR, STRANGER
from ledger.answers import QUESTIONS, Answers, find
from ledger.errors import BadQuestion, SignInNeeded, Unknown
from tests.scene import Shown

BY_NAME = {question.name: question for question in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_has_a_method_that_takes_its_parameters(question) -> None:
    method = inspect.signature(getattr(Answers, question.name))
    taken = {name: one for name, one in method.parameters.items() if name != "self"}
    assert {parameter.argument for parameter in question.parameters} == set(taken)
    for parameter in question.parameters:
        must_be_given = taken[parameter.argument].default is inspect.Parameter.empty
        assert must_be_given == parameter.is_required
        assert parameter.in_path == (f"{{{parameter.name}}}" in question.path)


def test_every_path_leads_to_its_own_question() -> None:
    for question in QUESTIONS:
        path = question.path.replace("{", "").replace("}", "")
        assert find(path)[0] == question


@pytest.mark.parametrize(
    "path",
    ["", "/", "/v1/parcels", "/v1/parcels/", "/v1/parcels/a/b", "/v1/status/", "/stones/aXjson"],
)
def test_a_path_that_asks_nothing_is_unknown(path: str) -> None:
    with pytest.raises(Unknown):
        find(path)


def test_what_is_asked_by_path_is_what_the_method_answers(jewel_shown: Shown) -> None:
    answers, parcel = jewel_shown.answers, jewel_shown.hex("stone")
    assert answers.ask(f"/v1/parcels/{parcel}/history", limit=1) == answers.history(parcel, 1)
    assert answers.ask("/v1/proofs/consistency", **{"from": "3"}) == answers.consistency(3)
    assert answers.ask("/v1/entries/5") == answers.entry(5)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("status", {"verbose": "1"}),
        ("sites", {"limit": "ten"}),
        ("sites", {"limit": "0"}),
        ("sites", {"limit": "1001"}),
        ("sites", {"limit": ""}),
        ("sites", {"cursor": ""}),
        ("sites", {"cursor": "nothing"}),
        ("entries", {"start": "-1"}),
        ("consistency", {}),
        ("inclusion", {}),
        ("inclusion", {"index": "1", "record": "0x" + "00" * 32}),
    ],
)
def test_a_question_that_is_not_well_asked_is_refused(jewel_shown: Shown, name, given) -> None:
    with pytest.raises(BadQuestion):
        jewel_shown.answers.answer(BY_NAME[name], given, OPERATOR)


def test_a_proof_by_record_id_is_for_those_who_may_read_records() -> None:
    inclusion = BY_NAME["inclusion"]
    assert inclusion.access_when({"index", "size"}) == "everyone"
    assert inclusion.access_when({"record"}) == "concerned"
    assert BY_NAME["record"].access_when(set()) == "concerned"


def test_a_stranger_is_refused_before_anything_is_read(jewel_shown: Shown) -> None:
    for question in QUESTIONS:
        if question.access == "everyone":
            continue
        for given in ({}, {"id": "nothing"}, {"cursor": ""}, {"more": "1"}):
            with pytest.raises(SignInNeeded):
                jewel_shown.answers.answer(question, given, STRANGER)
