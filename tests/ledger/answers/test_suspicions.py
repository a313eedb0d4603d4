from __future__ import annotations

from dataclasses import replace

import pytest

from ledger import drafts
from ledger.answers.suspicions import NAME
from ledger.drafts import Output
from ledger.limits import LIMITS
from ledger.rules.findings import finding_id
from ledger.values import to_hex
from tests.scene import POLISHED, Scene, Shown
from tests.world import address_of


def of_name(findings: list[dict]) -> list[dict]:
    return [finding for finding in findings if finding["name"] == NAME]


def test_goods_that_descend_from_a_record_in_doubt_have_a_finding(fresh: Shown) -> None:
    answers, scene = fresh.answers, fresh.scene
    stone = scene.parcels["stone"]
    mix = answers.trace(fresh.hex("mixed"))["operations"][0]
    revocation = scene.revoke("trader-be", compromised_since=mix["index"])
    fresh.catch_up()
    (finding,) = of_name(answers.parcel(fresh.hex("stone"))["findings"])
    assert finding["findingId"] == to_hex(finding_id(NAME, revocation.record_id, stone))
    assert finding["recordId"] == to_hex(revocation.record_id)
    assert finding["index"] == len(scene.log) - 1
    assert finding["subject"] == to_hex(stone)
    assert to_hex(address_of("trader-be")) in finding["evidence"]
    assert f"from entry {mix['index']} on" in finding["evidence"]
    for limit in (1, 2, 100):
        traced = answers.trace(fresh.hex("stone"), limit)
        assert of_name(traced["findings"]) == [finding]
        assert traced["isFollowedWhole"]


def test_goods_made_before_are_in_no_doubt(fresh: Shown) -> None:
    answers = fresh.answers
    split = answers.trace(fresh.hex("rest"))["operations"][0]
    fresh.scene.revoke("trader-be", compromised_since=split["index"] + 1)
    fresh.catch_up()
    assert of_name(answers.parcel(fresh.hex("rest"))["findings"]) == []
    assert of_name(answers.trace(fresh.hex("first"))["findings"]) == []
    (offered,) = of_name(answers.parcel(fresh.hex("stone"))["findings"])
    assert f"entry {split['index'] + 1} is by" in offered["evidence"]


def test_without_a_suspicion_there_is_no_finding(jewel_shown: Shown) -> None:
    for parcel in ("first", "rest", "stone"):
        answer = jewel_shown.answers.parcel(jewel_shown.hex(parcel))
        assert (answer["findings"], answer["isFollowedWhole"]) == ([], True)


def test_each_party_in_doubt_has_its_own_finding(fresh: Shown) -> None:
    for name in ("cutter-in", "trader-be", "trader-ae"):
        fresh.scene.revoke(name, compromised_since=1)
    fresh.catch_up()
    findings = of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"])
    assert [to_hex(address_of(name)) in findings[at]["evidence"]
            for at, name in enumerate(("cutter-in", "trader-be"))] == [True, True]  # fmt: skip
    assert len({finding["findingId"] for finding in findings}) == len(findings) == 2


def test_a_later_doubt_that_says_less_renames_no_finding(fresh: Shown) -> None:
    fresh.scene.admit("trader-be", "cutter", "BE")
    fresh.scene.revoke("trader-be", compromised_since=1)
    fresh.catch_up()
    findings = of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"])
    fresh.scene.revoke("trader-be", "cutter", "BE", compromised_since=2)
    fresh.catch_up()
    assert of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"]) == findings
    assert len(findings) == 1


def revoke_agent(scene: Scene, head: bytes) -> None:
    revocation = drafts.revocation(
        scene.speaker("jeweller-fr"), scene.moment(), address_of("clerk"), "agent", "FR",
        previous=head, compromised_since=1,
    )  # fmt: skip
    scene.say(revocation, "jeweller-fr")


@pytest.mark.parametrize("signer", ["clerk", "jeweller-fr"])
def test_an_agent_in_doubt_is_behind_what_it_signed_alone(fresh: Shown, signer: str) -> None:
    scene = fresh.scene
    agent = scene.admit_agent("jeweller-fr", "clerk", "Transformation")
    record = drafts.transformation(
        scene.speaker("jeweller-fr"), scene.moment(), "reweigh",
        [scene.goods(scene.parcels["stone"])], drafts.Work([Output(1_850, 1, POLISHED)]),
    )  # fmt: skip
    (again,) = scene.outputs(scene.say(record, signer))
    revoke_agent(scene, agent.record_id)
    fresh.catch_up()
    findings = of_name(fresh.answers.parcel(to_hex(again))["findings"])
    assert [to_hex(address_of("clerk")) in one["evidence"] for one in findings] == (
        [True] if signer == "clerk" else []
    )


def test_who_agrees_to_a_short_receipt_is_behind_it(fresh: Shown) -> None:
    scene = fresh.scene
    stone = scene.parcels["stone"]
    scene.offer(stone, "jeweller-fr", "trader-be")
    since = len(scene.log)
    record = drafts.receipt(
        scene.speaker("trader-be"), scene.moment(), scene.goods(stone),
        address_of("jeweller-fr"), operation="acceptShort", weight_millicarats=1_800,
    )  # fmt: skip
    scene.say(record, "trader-be", "jeweller-fr")
    scene.revoke("jeweller-fr", compromised_since=since)
    fresh.catch_up()
    (finding,) = of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"])
    assert f"entry {since} is by" in finding["evidence"]


def test_the_finding_can_be_answered_by_a_report(fresh: Shown) -> None:
    scene = fresh.scene
    scene.revoke("cutter-in", compromised_since=1)
    fresh.catch_up()
    (finding,) = of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"])
    goods = scene.goods(scene.parcels["stone"])
    scene.report(
        "answer", goods.parcel, "jeweller-fr", state=goods.previous,
        finding=bytes.fromhex(finding["findingId"][2:]),
    )  # fmt: skip
    fresh.catch_up()
    (step, *_) = fresh.answers.history(fresh.hex("stone"))["steps"]
    assert step["record"]["what"]["finding"] == finding["findingId"]
    (after,) = of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"])
    assert [one["index"] for one in after["answers"]] == [step["index"]]
    assert {**after, "answers": []} == finding


def test_a_walk_that_was_cut_short_says_so(fresh: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.scene.revoke("miner-bw", compromised_since=1)
    fresh.catch_up()
    assert len(of_name(fresh.answers.parcel(fresh.hex("stone"))["findings"])) == 1
    limits = replace(LIMITS, page_walk_steps_max=4)
    monkeypatch.setattr("ledger.answers.suspicions.LIMITS", limits)
    answer = fresh.answers.parcel(fresh.hex("stone"))
    assert (of_name(answer["findings"]), answer["isFollowedWhole"]) == ([], False)
