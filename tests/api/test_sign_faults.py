"""The page for signing where the ledger refuses, fails, or was never reached."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import Future
from typing import Any

import pytest

from ledger.book import Book
from ledger.errors import Unavailable
from ledger.limits import LIMITS
from ledger.values import Hash32
from tests.api.signing import JSON, a_record, draft_of, signed, step
from tests.api.test_pages import Page
from tests.scene import Shown


def test_whoever_reads_pages_is_told_on_one_what_went_wrong_before_the_form(
    jewel_shown: Shown,
) -> None:
    for response in (
        jewel_shown.client.get("/sign?draft=1", headers={"accept": "text/html"}),
        jewel_shown.client.post("/sign", content=b"{}", headers=JSON),
        jewel_shown.client.delete("/sign"),
    ):
        assert response.status_code >= 400
        assert response.headers["content-type"].startswith("text/html")
        assert "What this means" in response.text
        assert "stone" not in Page(response.text).text.partition("Adamant keeps")[0]


def ready(made: Shown) -> str:
    record = a_record(made)
    return draft_of(record, bytes.fromhex(signed(made, record)[2:]))


def test_a_refusal_stands_above_the_record_in_words(fresh: Shown) -> None:
    drafted = a_record(fresh)
    elsewhere = dataclasses.replace(drafted.who, site=Hash32(b"\7" * 32))
    record = dataclasses.replace(drafted, who=elsewhere)
    shown = step(fresh, "send", draft_of(record, bytes.fromhex(signed(fresh, record)[2:])))
    assert 400 <= shown.status < 500
    assert "Nothing was sent" in shown.text
    assert "Register 12.500 ct of rough" in shown.text
    assert json.loads(shown.field("draft"))["signatures"] == [signed(fresh, record)]


def test_what_may_be_recorded_is_not_said_to_be_not(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger may stop after it wrote a record; sending it again finds out."""
    draft = ready(fresh)
    whole = fresh.book.submit

    def submit(*words: Any, **more: Any) -> Future[Any]:
        whole(*words, **more).result()
        failed: Future[Any] = Future()
        failed.set_exception(Unavailable("the ledger stopped; whether it is recorded is unknown"))
        return failed

    with monkeypatch.context() as kept:
        kept.setattr(fresh.book, "submit", submit)
        shown = step(fresh, "send", draft)
    assert shown.status == 503
    assert "It is not known to be recorded." in shown.text
    assert "Whether it is recorded is unknown" in shown.text.replace("The ledger stopped; w", "W")
    assert "Nothing was sent" not in shown.text
    assert shown.may_send
    again = step(fresh, "send", shown.field("draft"))
    assert (again.status, "on record already" in again.text) == (200, True)


def test_why_the_ledger_stopped_is_told_to_its_operator_alone(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def submit(*_words: object, **_more: object) -> None:
        raise Unavailable("the ledger stopped: /srv/ledger/log.db is full")

    draft = ready(fresh)
    monkeypatch.setattr(fresh.book, "submit", submit)
    monkeypatch.setattr(Book, "fault", OSError("full"))
    response = fresh.client.post("/sign", data={"draft": draft, "signature": "", "do": "send"})
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "/srv" not in response.text
    assert "its operator must look" in response.text


def test_a_longer_draft_is_for_the_command_line(jewel_shown: Shown) -> None:
    for more in (1, 100_000):
        shown = step(jewel_shown, "show", "x" * (LIMITS.page_draft_bytes_max + more))
        assert shown.status == 413
        assert f"at most {LIMITS.page_draft_bytes_max} bytes on this page" in shown.text
        assert len(shown.html) < 60_000


def test_a_field_is_marked_as_wrong_only_where_the_fault_is_its_own(fresh: Shown) -> None:
    record = a_record(fresh)
    stranger = signed(fresh, record, "trader-be")
    forged = draft_of(record, bytes.fromhex(stranger[2:]))
    for do, draft, is_marked in (("check", draft_of(record), True), ("show", forged, False)):
        shown = step(fresh, do, draft, stranger)
        assert shown.status == 422
        (field,) = (one for one in shown.page.named("textarea") if one["id"] == "signature")
        assert ("aria-invalid" in field) == is_marked
