"""Answers beside findings: whose, to whom they are shown, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.drafts import Loss, Output
from ledger.limits import LIMITS
from ledger.values import Hash32, ParcelId, from_hex, to_hex
from tests.scene import POLISHED, Scene, Shown, jewel, shown
from tests.world import address_of


@pytest.fixture
def found(fresh: Shown) -> Shown:
    """Return the stone's way with a second stone that has the report of the first."""
    graded(fresh.scene)
    fresh.catch_up()
    return fresh


def graded(scene: Scene) -> None:
    """Grade two stones under one number."""
    scene.grade("lab-be", scene.parcels["stone"], "R1")
    scene.parcels["other"] = other = polished(scene)
    scene.grade("lab-be", other, "R1", weight_millicarats=900)


def polished(scene: Scene) -> ParcelId:
    """Polish another stone for somebody else."""
    rough = scene.register(scene.sites["home"], 2_000, 1, zone="South")
    scene.hand_over(rough, "miner-bw", "cutter-in")
    (made,) = scene.transform(
        "cutter-in", "polish", [rough], [Output(900, 1, POLISHED)], polishing=Loss(1_100)
    )
    scene.hand_over(made, "cutter-in", "trader-ae")
    return made


def findings(made: Shown, parcel: str, **headers: str) -> list[Any]:
    """Return what is found about a parcel."""
    path = f"/v1/parcels/{made.hex(parcel)}"
    answer: list[Any] = made.client.get(path, headers=headers).json()["findings"]
    return answer


def answered(made: Shown, finding: Any, *names: str, parcel: str = "stone") -> None:
    """Answer a finding as some parties."""
    for name in names:
        made.scene.answer_finding(
            name, Hash32(from_hex(finding["findingId"], 32)), made.scene.parcels[parcel]
        )
    made.catch_up()


def test_a_finding_without_an_answer_says_so(found: Shown) -> None:
    (finding,) = findings(found, "stone")
    assert (finding["answers"], finding["answersLeftOut"]) == ([], 0)


def test_who_answered_when_and_by_which_record_is_told(found: Shown) -> None:
    (finding,) = findings(found, "stone")
    answered(found, finding, "jeweller-fr", "authority-be")
    (after,) = findings(found, "stone")
    first, second = found.scene.log[-2:]
    assert [one["recordId"] for one in after["answers"]] == [
        to_hex(first[1].record_id),
        to_hex(second[1].record_id),
    ]
    (one, other) = after["answers"]
    assert (one["author"], one["role"], one["country"]) == (
        to_hex(address_of("jeweller-fr")),
        "jeweller",
        "FR",
    )
    assert (one["occurredAt"], one["status"]) == (first[1].record.scene.occurred_at, "checkpointed")
    assert other["recordedAtMs"] == second[0]
    assert {**after, "answers": []} == finding
    # The finding about the other stone is another one.
    assert all(one["answers"] == [] for one in findings(found, "other"))


def test_the_last_answer_of_each_party_is_shown(found: Shown) -> None:
    (finding,) = findings(found, "stone")
    answered(found, finding, *["lab-be"] * 3, "jeweller-fr")
    (after,) = findings(found, "stone")
    last = len(found.scene.log) - 1
    assert [one["index"] for one in after["answers"]] == [last - 1, last]
    assert after["answersLeftOut"] == 0


def test_what_is_left_out_is_counted_and_authorities_come_first(
    found: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(LIMITS, finding_answers_max=2)
    monkeypatch.setattr("ledger.answers.replies.LIMITS", limits)
    (finding,) = findings(found, "stone")
    answered(found, finding, "authority-be", "lab-be", "trader-be", "jeweller-fr")
    (after,) = findings(found, "stone")
    assert [one["role"] for one in after["answers"]] == ["authority", "jeweller"]
    assert after["answersLeftOut"] == 2


def test_answers_stand_beside_the_findings_of_a_trace_and_of_a_site(fresh: Shown) -> None:
    site = fresh.scene.open_site(yearly_capacity_millicarats=100)
    fresh.scene.parcels["bag"] = fresh.scene.register(site, 200, 1)
    fresh.catch_up()
    (finding,) = fresh.answers.trace(fresh.hex("bag"))["findings"]
    fresh.scene.answer_finding("miner-bw", Hash32(from_hex(finding["findingId"], 32)))
    fresh.catch_up()
    (traced,) = fresh.answers.trace(fresh.hex("bag"))["findings"]
    (of_site,) = fresh.answers.site(to_hex(site))["findings"]
    assert traced == of_site
    assert [one["role"] for one in traced["answers"]] == ["miner"]


def test_the_page_of_a_stone_shows_answers_and_their_records(found: Shown) -> None:
    (finding,) = findings(found, "stone")
    answered(found, finding, "jeweller-fr")
    page = found.client.get(f"/stones/{found.token('stone')}").text
    record_id = to_hex(found.scene.log[-1][1].record_id)
    assert "Answered by a jeweller in France on" in page
    assert f'href="/v1/records/{record_id}"' in page
    (shown_one,) = found.answers.stone(found.token("stone"))["findings"]
    assert [one["author"] for one in shown_one["answers"]] == [to_hex(address_of("jeweller-fr"))]


# -- on a trade ledger ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trade() -> Iterator[Shown]:
    """Return a trade ledger with a finding about two stones, answered by a trader of one."""
    scene = jewel("trade")
    graded(scene)
    with shown(scene) as made:
        (finding,) = findings(made, "stone", **made.sign_in("auditor-ch"))
        answered(made, finding, "jeweller-fr", "auditor-ch")
        answered(made, finding, "lab-be", parcel="other")
        yield made


def test_answers_are_shown_as_their_records_are(trade: Shown) -> None:
    (whole,) = findings(trade, "stone", **trade.sign_in("auditor-ch"))
    assert [one["role"] for one in whole["answers"]] == ["jeweller", "auditor", "lab"]
    assert all(one["author"] for one in whole["answers"])
    (part,) = findings(trade, "stone", **trade.sign_in("jeweller-fr"))
    own, auditors = part["answers"][:2]
    assert own["author"] == to_hex(address_of("jeweller-fr"))
    assert auditors["author"] is None
    assert auditors["recordId"] == whole["answers"][1]["recordId"]


def test_what_is_said_of_other_goods_raises_a_finding_without_its_record(trade: Shown) -> None:
    raised = to_hex(trade.scene.log[-4][1].record_id)
    (whole,) = findings(trade, "stone", **trade.sign_in("auditor-ch"))
    assert whole["recordId"] == raised
    assert whole["evidence"].startswith("report R1 of this laboratory")
    response = trade.client.get(
        f"/v1/parcels/{trade.hex('stone')}", headers=trade.sign_in("jeweller-fr")
    )
    (told,) = response.json()["findings"]
    assert (told["name"], told["findingId"]) == (whole["name"], whole["findingId"])
    assert (told["index"], told["recordId"], told["evidence"]) == (None, None, None)
    assert raised not in response.text
    # The laboratory that said it, and who holds those other goods, are told of it.
    (own,) = findings(trade, "other", **trade.sign_in("lab-be"))
    assert own["recordId"] == raised
    (theirs,) = [
        one
        for one in findings(trade, "other", **trade.sign_in("trader-ae"))
        if one["name"] == "report-number-reused"
    ]
    assert (theirs["recordId"], theirs["evidence"]) == (raised, None)


def test_the_page_of_a_stone_names_nobody_who_answered(trade: Shown) -> None:
    page = trade.client.get(f"/stones/{trade.token('stone')}")
    assert "Answered by a jeweller in France on" in page.text
    for _, signed, _ in trade.scene.log[-4:]:
        assert to_hex(signed.record_id) not in page.text
        assert to_hex(signed.record.author) not in page.text
