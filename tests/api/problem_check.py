"""What every error must be: a problem document, of a sort that is explained, with its status."""

from __future__ import annotations

from typing import Any

from httpx2 import Response

from api.problems import PROBLEMS
from api.schemas import PROBLEM
from tests.api.schema_check import check


def problem_of(response: Response) -> dict[str, Any]:
    """Return the problem of a response that is one in every respect."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document: dict[str, Any] = response.json()
    check(document, PROBLEM, {})
    assert document["requestId"] == response.headers["x-request-id"]
    check_document(document)
    assert document["status"] == response.status_code
    return document


def check_document(document: dict[str, Any]) -> None:
    """Check that a problem document agrees with the table of problems."""
    sort = PROBLEMS[document["rule"]]
    assert document["type"] == sort.uri
    assert (document["status"], document["title"]) == (sort.status, sort.title)
