"""Asking for tables: what comes is hashed again, whoever sent it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.desk.answering import AnotherAnswer
from ledger.desk.referring import AsksForTables, Plain
from ledger.reference import shipped
from ledger.values import to_hex

NAME = "warranty-texts"
OURS = shipped()[NAME]


class Twisted(AsksForTables):
    """Answers as a server would that changes one thing."""

    def __init__(self, twist: Callable[[Plain], object] = lambda _: None) -> None:
        self._twist = twist

    def ask(self, path: str, **_given: str | int) -> Plain:
        table = {"name": path.rpartition("/")[2], "sha256": to_hex(OURS.sha256)}
        answer = {"table": table, "text": OURS.raw.decode()}
        self._twist(answer)
        return answer


def test_the_file_of_a_hash_is_believed_if_its_bytes_have_it() -> None:
    assert Twisted().table(NAME, OURS.sha256)["text"].encode() == OURS.raw


@pytest.mark.parametrize(
    "twist",
    [
        lambda answer: answer.update(text=answer["text"].replace("older", "newer")),
        lambda answer: answer.update(text=answer["text"] + "\n"),
        lambda answer: answer["table"].update(sha256="0x" + "12" * 32),
        lambda answer: answer["table"].update(name="places"),
    ],
)
@pytest.mark.parametrize("sha256", [OURS.sha256, None])
def test_another_file_than_was_asked_for_is_not_believed(twist, sha256) -> None:
    with pytest.raises(AnotherAnswer):
        Twisted(twist).table(NAME, sha256)


def test_a_version_of_another_hash_is_not_taken_for_the_one_asked_for() -> None:
    with pytest.raises(AnotherAnswer):
        Twisted().table(NAME, shipped()["places"].sha256)
