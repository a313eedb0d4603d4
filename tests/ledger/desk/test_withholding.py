"""What a server keeps back though it must not, and what it may keep back: told from the charter."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.access import ALL, PARTS, may_withhold
from ledger.desk.withholding import mode_of
from ledger.drafts import Constitution
from ledger.errors import Damaged, Refused
from ledger.values import Hash32, to_hex
from tests.ledger.desk.in_part import (
    HIDDEN,
    Server,
    about,
    at_this_time,
    check,
    doubts_of,
    index_of,
    withhold,
)
from tests.readers import busy
from tests.scene import Shown, jewel
from tests.world import GOVERNORS, address_of


def test_the_mode_is_read_off_the_charter_that_governors_signed(
    trade: Shown, openly: Shown
) -> None:
    def lie(_path: str, answer: dict[str, Any]) -> None:
        if "mode" in answer:
            answer["mode"] = "trade"

    assert mode_of(Server(openly, "jeweller-fr", lie), openly.scene.ledger_id) == "open"
    assert mode_of(Server(trade, "jeweller-fr"), trade.scene.ledger_id) == "trade"
    with pytest.raises(Damaged):
        mode_of(Server(trade, "jeweller-fr"), Hash32(bytes(32)))


def test_a_ledger_that_became_a_trade_ledger_may_withhold() -> None:
    scene = jewel("open")
    known = scene.charter()
    stated = Constitution(known.governors, known.threshold, known.checkpoint_keys, mode="trade")
    author = scene.speaker(GOVERNORS[0]).author
    scene.say(stated.amendment(author, known.head, scene.moment()), *GOVERNORS[: known.threshold])
    with at_this_time(scene) as made:
        checked = check(made)
    assert checked.is_sound, doubts_of(checked)
    assert checked.in_part


def test_signatures_withheld_where_who_is_shown_are_found(trade: Shown) -> None:
    at = trade.scene.log[-1][1]
    record_id = to_hex(at.record_id)
    assert at.record.author == address_of("jeweller-fr")
    for keep in (withhold(trade, "amounts"), withhold(trade)):

        def lie(path: str, answer: dict[str, Any], keep: Any = keep) -> None:
            if path.endswith(record_id):
                keep(answer)

        assert "type at signatures" in doubts_of(check(trade, lie))


@pytest.mark.parametrize("kind", ["Registration", "Handoff", "Receipt", "Transformation"])
def test_an_open_ledger_that_withholds_is_found(openly: Shown, kind: str) -> None:
    checked = check(openly, about(openly, kind, withhold(openly, *HIDDEN)))
    assert f"entry {index_of(openly, kind)}: who and amounts of it are kept back" in doubts_of(
        checked
    )


def test_a_server_that_calls_an_open_ledger_a_trade_ledger_is_found(openly: Shown) -> None:
    keep = about(openly, "Transformation", withhold(openly, *HIDDEN))

    def lie(path: str, answer: dict[str, Any]) -> None:
        keep(path, answer)
        if "mode" in answer:
            answer["mode"] = "trade"
        if "isWhole" in answer:
            answer["isWhole"] = False

    assert "are kept back" in doubts_of(check(openly, lie))


@pytest.mark.parametrize("kind", ["Charter", "Admission"])
def test_a_record_of_an_office_that_is_kept_back_is_found(trade: Shown, kind: str) -> None:
    scene = trade.scene
    keep = about(trade, kind, withhold(trade, *HIDDEN))
    if kind == "Charter":
        assert "withheld" in doubts_of(check(trade, keep))
        return
    at, server = scene.log[index_of(trade, kind)][1], Server(trade, "jeweller-fr", keep)
    with pytest.raises(Refused, match="withheld"):
        server.read(at.record_id, scene.ledger_id)
    assert may_withhold("trade", kind) == ()


def test_a_story_that_is_said_to_be_whole_withholds_nothing(trade: Shown) -> None:
    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith("/story"):
            answer["isWhole"] = True

    assert "story: it is said to be told whole" in doubts_of(check(trade, lie))


def test_a_holder_from_whom_its_own_receipt_is_kept_is_told_so(trade: Shown) -> None:
    keep = withhold(trade, *HIDDEN)
    own = {to_hex(one.record_id) for _, one, _ in trade.scene.log[-2:]}

    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.rpartition("/")[2] in own:
            keep(answer)

    assert "how this reader came to hold it" in doubts_of(check(trade, lie))


def test_an_agent_from_whom_what_its_party_made_is_kept_is_told_so() -> None:
    with at_this_time(busy()) as made:
        assert check(made, by="scribe", of="rest").is_sound
        made_by = next(
            to_hex(one.record_id) for _, one, _ in made.scene.log if one.record.operation == "split"
        )
        keep = withhold(made, *HIDDEN)

        def lie(path: str, answer: dict[str, Any]) -> None:
            if path.endswith(made_by):
                keep(answer)

        assert "how this reader came to hold it" in doubts_of(check(made, lie, "scribe", "rest"))


@pytest.mark.parametrize("steps_hidden", [1, 2, 13])
def test_a_way_that_is_cut_off_where_the_reader_is_not_named_is_found(
    trade: Shown, steps_hidden: int
) -> None:
    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith(trade.hex("stone")):
            silent = dict.fromkeys(("state", "form", "hsCode", "weightMillicarats", "stones"))
            silent |= dict.fromkeys(("country", "custodian", "label", "head", "headAt"))
            answer.update(silent, withheld=list(ALL))
        if path.endswith("/story"):
            answer["steps"] = answer["steps"][steps_hidden:]

    checked = check(trade, lie)
    if steps_hidden == 1:  # as if it had refused the goods: the offer names it
        assert checked.is_sound
        assert (checked.parcel["head"], len(checked.steps)) == (None, 12)
    else:
        assert checked.gaps == 1


def test_what_may_be_withheld_is_what_some_reader_is_not_shown() -> None:
    assert may_withhold("open", "Handoff") == may_withhold("trade", "Admission") == ()
    assert may_withhold("trade", "Handoff") == may_withhold("trade", "Site") == HIDDEN
    assert {*HIDDEN, *PARTS} == set(ALL)
