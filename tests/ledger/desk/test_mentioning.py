"""What was said of a story's goods, checked like its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ledger.desk.checked import Checked
from ledger.desk.checking import check_story
from ledger.values import to_hex
from tests.borders import journey
from tests.ledger.desk.conftest import local
from tests.ledger.desk.in_part import Lie, Server, at_this_time
from tests.scene import Shown


@pytest.fixture(scope="module")
def across() -> Iterator[Shown]:
    """The stone's way over borders, on an open ledger; read only."""
    with at_this_time(journey()) as made:
        yield made


@pytest.fixture(scope="module")
def across_trade() -> Iterator[Shown]:
    """The same on a trade ledger; read only."""
    with at_this_time(journey("trade")) as made:
        yield made


def spoken(made: Shown, of: str, reader: Any = None) -> list[str]:
    desk = reader or local(made)
    pages = list(desk.trace(made.scene.parcels[of]))
    return [one["recordId"] for page in pages for one in page["spoken"]]


def check(made: Shown, of: str, lie: Lie | None = None, more: tuple[str, ...] = ()) -> Checked:
    desk = Server(made, "auditor-ch", lie)
    ids = [*spoken(made, of, desk), *more]
    return check_story(desk, made.scene.parcels[of], made.scene.ledger_id, None, ids)


def kinds(checked: Checked) -> list[str]:
    return [f"{s.record.KIND.name} {s.record.operation}".strip() for s, _ in checked.in_order]


def test_certificates_and_clearances_stand_among_the_steps(across: Shown) -> None:
    checked = check(across, "certified")
    assert checked.doubts == []
    assert kinds(checked) == [
        "Registration",
        "Certificate export",
        "Correction",
        "Clearance confirm",
    ]
    assert [said for _, said in checked.in_order] == [False, True, True, True]
    assert all(step.is_proved for step in checked.spoken)
    assert checked.signatures == checked.own_signatures == 4
    certified = across.scene.parcels["certified"]
    assert all(step.parcels == (certified,) for step in checked.spoken)


def test_what_was_said_of_a_stone_in_a_ring_is_part_of_the_rings_way(across: Shown) -> None:
    checked = check(across, "ring")
    assert checked.doubts == []
    assert {"Statement grading", "Statement origin", "Statement document"} <= {*kinds(checked)}


def test_a_record_about_other_goods_is_doubted(across: Shown) -> None:
    stray = to_hex(across.scene.certificates["refused"])
    checked = check(across, "certified", more=(stray,))
    (doubt,) = checked.doubts
    assert doubt.said == "it is told as speaking of these goods, and does not"
    assert stray not in [to_hex(step.record_id) for step in checked.spoken]


def test_a_certificate_made_up_is_doubted(across: Shown) -> None:
    made_up = to_hex(across.scene.certificates["confirmed"])

    def lie(path: str, answer: dict[str, Any]) -> None:
        if path == f"/v1/records/{made_up}":
            answer["envelope"]["record"]["what"]["number"] = "BW99999999"

    checked = check(across, "certified", lie)
    assert not checked.is_sound
    assert "Certificate export" not in kinds(checked)


def test_a_wrong_proof_of_what_was_said_is_doubted(across: Shown) -> None:
    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.startswith("/v1/proofs/inclusion") and answer["index"] == clearance.index:
            answer["proof"] = answer["proof"][::-1]

    clearance = check(across, "certified").spoken[-1]
    checked = check(across, "certified", lie)
    assert [step.is_proved for step in checked.spoken] == [True, True, False]
    assert len(checked.doubts) == 1


def test_a_trade_ledger_tells_a_holder_what_was_said_in_part(across_trade: Shown) -> None:
    desk = Server(across_trade, "trader-be")
    of = across_trade.scene.parcels["rest"]
    checked = check_story(
        desk, of, across_trade.scene.ledger_id, None, spoken(across_trade, "rest", desk)
    )
    assert checked.doubts == []
    assert {"Statement warranty", "Statement location"} <= {*kinds(checked)}
    (page,) = desk.trace(of)
    assert page["spokenLeftOut"] is None


def test_a_trade_ledger_names_to_nobody_what_he_may_not_read(across_trade: Shown) -> None:
    for party in ("trader-ae", "trader-be"):
        desk = Server(across_trade, party)
        for of in ("rest", "stone", "certified"):
            try:
                named = spoken(across_trade, of, desk)
            except Exception as error:  # not his to ask about
                assert type(error).__name__ == "Unknown"  # noqa: PT017 - either is right
                continue
            for record_id in named:
                through = across_trade.scene.parcels[of]
                assert desk.read_as_shown(
                    bytes.fromhex(record_id[2:]), across_trade.scene.ledger_id, through
                )
