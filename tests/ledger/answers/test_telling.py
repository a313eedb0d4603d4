from __future__ import annotations

import copy

import pytest

from ledger.answers.suspicions import NAME as SUSPECTED
from ledger.answers.telling import Teller, finding_in_words
from ledger.canonical import part_to_plain, read_record
from ledger.canonical.reading import read_record_in_part
from ledger.records import KINDS, Record
from ledger.rules.findings import RAISED
from ledger.signing import sheet_hash
from tests.vectors.record_examples import OPERATIONS, record

GOODS = (
    *("Registration", "Handoff", "Receipt", "Withdrawal", "Transformation", "Report"),
    *("Certificate", "Clearance", "Statement", "Setting", "Sale", "Correction"),
)
SAYS_A_NUMBER = {("Statement", "grading"), ("Statement", "origin"), ("Statement", "location"),
                 ("Statement", "warranty"), ("Statement", "document")}  # fmt: skip
"""A report's number stands on the stone itself; days, wordings and hashes weigh nothing."""
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
    is_free = any(character.isdigit() for character in says)
    assert is_free == ((kind, operation) in SAYS_A_NUMBER and is_free)
    assert " ct" not in says


def test_a_record_that_is_shown_in_part_is_told_without_what_is_withheld() -> None:
    for kind, operation in CASES:
        if kind == "Registration":
            continue  # its site is in *who*: whoever tells it in part says its country instead
        whole = made(kind, operation)
        plain = part_to_plain(whole)
        for place in ("who", "amounts"):
            plain[place] = "0x" + sheet_hash(getattr(whole, place)).hex()
        part = read_record_in_part(KINDS[kind], plain)
        assert teller(shows_amounts=False).tell(part) == teller(shows_amounts=False).tell(whole)


def test_a_certificate_says_its_number_where_numbers_may_be_said() -> None:
    certificate = made("Certificate", "export")
    number = certificate.what.number
    assert number in teller().tell(certificate)[1]
    assert number not in teller(shows_amounts=False).tell(certificate)[1]


def test_a_hand_over_says_what_went_to_whom() -> None:
    title, says = teller().tell(made("Handoff", "consignment"))
    assert title == "Sent"
    assert says.startswith("sends ")
    assert " on consignment to 0x" in says


def test_a_finding_that_has_no_words_keeps_its_name() -> None:
    assert finding_in_words("some-thing", "") == "Some thing."
    for name in (*RAISED, SUSPECTED):  # each in a sentence of its own
        assert finding_in_words(name, "") != f"{name.replace('-', ' ').capitalize()}."
    assert finding_in_words("declared-late", "31 days").endswith(": 31 days.")
