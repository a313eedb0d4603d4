from __future__ import annotations

import copy

import pytest

from ledger.answers.suspicions import NAME as SUSPECTED
from ledger.answers.telling import (
    Teller,
    called,
    day,
    finding_in_words,
    listed,
    minute,
    short,
    who,
)
from ledger.canonical import read_record
from ledger.records import KINDS, Record
from ledger.rules.findings import RAISED
from tests.vectors.record_examples import OPERATIONS, record

GOODS = ("Registration", "Handoff", "Receipt", "Withdrawal", "Transformation", "Report")
CASES = [(kind, operation) for kind in GOODS for operation in OPERATIONS[kind]]


def made(kind: str, operation: str) -> Record:
    return read_record(KINDS[kind], copy.deepcopy(record(kind, operation)))


def teller(*, shows_amounts: bool = True) -> Teller:
    return Teller(shows_amounts, lambda _: "the Old Pit in Botswana")


@pytest.mark.parametrize(("kind", "operation"), CASES)
def test_every_statement_about_goods_has_a_title_and_a_sentence(kind: str, operation: str) -> None:
    title, says = teller().tell(made(kind, operation))
    assert title[0].isupper()
    assert title != kind
    assert says[0].islower()
    assert not says.endswith(".")
    assert "{" not in says


@pytest.mark.parametrize(("kind", "operation"), CASES)
def test_without_amounts_a_sentence_has_no_number(kind: str, operation: str) -> None:
    _, says = teller(shows_amounts=False).tell(made(kind, operation))
    assert not any(character.isdigit() for character in says)


def test_a_hand_over_says_what_went_to_whom() -> None:
    title, says = teller().tell(made("Handoff", "consignment"))
    assert title == "Sent"
    assert says.startswith("sends ")
    assert " on consignment to 0x" in says


def test_authors_are_named_by_role_and_country() -> None:
    assert who("miner", "BW") == "a miner in Botswana"
    assert who("auditor", "AE") == "an auditor in the United Arab Emirates"
    assert who("authority", "EU") == "the authority of the European Union"
    assert who("governor", "") == "the governors of this ledger"


def test_times_are_written_for_people() -> None:
    assert day(1_767_225_600) == "1 January 2026"
    assert minute(1_767_225_600_000 + 3_660_000) == "1 January 2026, 01:01"


def test_an_address_is_shortened_so_that_it_can_be_compared() -> None:
    assert short(bytes(range(20))) == "0x0001…1213"


def test_a_finding_that_has_no_words_keeps_its_name() -> None:
    assert finding_in_words("some-thing", "") == "Some thing."
    for name in (*RAISED, SUSPECTED):  # each in a sentence of its own
        assert finding_in_words(name, "") != f"{name.replace('-', ' ').capitalize()}."
    assert finding_in_words("declared-late", "31 days").endswith(": 31 days.")


def test_names_are_joined_as_in_a_sentence() -> None:
    assert listed(()) == ""
    assert listed(("Angola",)) == "Angola"
    assert listed(("Angola", "Botswana", "Canada")) == "Angola, Botswana or Canada"


def test_a_name_is_cut_to_a_line_and_its_address_stands_whole_behind_it() -> None:
    address = "0x" + "12" * 20
    assert called("Søns", address) == f"Søns ({address})"
    assert called("x" * 80, address) == f"{'x' * 80} ({address})"
    assert called("x" * 81, address) == f"{'x' * 79}… ({address})"


@pytest.mark.parametrize("other", ["0x" + "1f" * 20, "0x1f1f…1f1f", "0X1F1F...1F1F", "0x1"])
def test_no_name_shows_the_address_of_another(other: str) -> None:
    address = "0x" + "12" * 20
    assert called(f"Søns ({other}) as", address) == f"Søns (0x…) as ({address})"
