from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.drafts import Loss, Output
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS
from ledger.values import ParcelId, to_hex
from tests.ledger.trace.ancestries import layers, mined
from tests.scene import LABEL, MINE, OTHER_MINE, POLISHED, Scene, Shown, shown
from tests.world import ORIGIN, address_of


def test_a_stone_tells_where_it_was_mined_cut_and_is_held(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("stone"))
    assert (stone["weightCarats"], stone["form"], stone["state"]) == ("1.850", "polished", "held")
    assert stone["mined"]["sureness"] == "one-of"
    assert stone["mined"]["countries"] == ["Botswana", "Canada"]
    assert [place["name"] for place in stone["mined"]["places"]] == [MINE, OTHER_MINE]
    assert (stone["cut"]["countries"], stone["cut"]["countryNames"]) == (["IN"], ["India"])
    held = stone["held"]
    assert (held["role"], held["roleCountry"], held["country"]) == ("jeweller", "FR", "FR")
    assert held["address"] == to_hex(address_of("jeweller-fr"))
    assert held["since"] == stone["steps"][-1]["occurredAt"]


def test_goods_of_one_site_are_of_it_and_rough_is_not_cut(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("first"))
    assert stone["mined"]["sureness"] == "one"
    assert stone["cut"] is None


def test_goods_known_by_their_country_alone_are_of_no_one_site(pooled: Shown) -> None:
    mined = pooled.answers.stone(pooled.token("large"))["mined"]
    assert (mined["countries"], len(mined["places"])) == (["Canada"], 1)
    assert mined["places"][0]["siteId"] is None
    assert mined["sureness"] == "one-of"


def weighed_again(scene: Scene, times: int) -> ParcelId:
    """Weigh the stone again and again; return what it became."""
    parcel = scene.parcels["stone"]
    for _ in range(times):
        (parcel,) = scene.transform(
            "jeweller-fr", "reweigh", [parcel], [Output(1_850, 1, POLISHED)]
        )
    return parcel


@pytest.mark.parametrize(
    ("times", "most"), [(LIMITS.page_rows_max, LIMITS.page_walk_steps_max), (20, 40)]
)
def test_what_was_polished_is_cut_however_often_it_was_weighed_since(
    fresh: Shown, times: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.answers.stones.LIMITS", replace(LIMITS, page_walk_steps_max=most))
    weighed = weighed_again(fresh.scene, times)
    fresh.catch_up()
    token = fresh.token_of(weighed)
    stone, page = fresh.answers.stone(token), fresh.client.get(f"/stones/{token}").text
    is_found = most > 2 * times
    assert stone["form"] == "polished"
    assert stone["cut"]["countries"] == (["IN"] if is_found else [])
    assert stone["cut"]["isWhole"] == stone["isFollowedWhole"] == is_found
    assert ("cut</strong>, by records further back" in page) != is_found
    assert ("too long to be followed whole" in page) != is_found
    assert "it is rough" not in page
    claimed = " ".join(stone["words"]["claimed"])
    assert ("cut in India:" if is_found else "it was cut: by records further back") in claimed


def test_goods_polished_nearby_and_further_back_may_be_cut_elsewhere(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.answers.stones.LIMITS", replace(LIMITS, page_walk_steps_max=3))
    stone = fresh.answers.stone(fresh.token("stone"))
    assert (stone["cut"]["countries"], stone["cut"]["isWhole"]) == (["IN"], False)
    assert any("cut in India or elsewhere" in says for says in stone["words"]["claimed"])
    page = fresh.client.get(f"/stones/{fresh.token('stone')}").text
    assert "or elsewhere, by records further back" in page
    assert stone["earlierLeftOut"]
    assert len(stone["steps"]) < 13


def test_findings_that_are_not_listed_are_counted(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix = fresh.answers.trace(fresh.hex("mixed"))["operations"][0]
    fresh.scene.revoke("trader-be", compromised_since=mix["index"])
    fresh.catch_up()
    monkeypatch.setattr("ledger.answers.stones.LIMITS", replace(LIMITS, stone_lines_max=1))
    stone = fresh.answers.stone(fresh.token("stone"))
    assert [finding["index"] for finding in stone["findings"]] == [mix["index"]]
    assert stone["findingsLeftOut"] == 1
    assert "And 1 more." in fresh.client.get(f"/stones/{fresh.token('stone')}").text


def test_several_stones_of_a_mix_are_of_some_of_its_places(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("rest"))
    assert stone["mined"]["sureness"] == "some-of"


def test_the_steps_are_the_story_the_earliest_first(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("stone"))
    story = jewel_shown.answers.story(jewel_shown.hex("stone"))["steps"]
    assert [step["recordId"] for step in reversed(story)] == [
        step["recordId"] for step in stone["steps"]
    ]
    assert stone["steps"][0]["title"] == "Mined"
    assert "12.500 ct of rough (3 stones) mined at Jwaneng" in stone["steps"][0]["says"]
    assert not stone["stepsLeftOut"]


def test_the_proof_is_that_of_the_last_record(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("stone"))
    proof, checkpoint = stone["proof"], jewel_shown.answers.checkpoint()
    assert proof["index"] == len(jewel_shown.scene.log) - 1
    assert proof["status"] == "checkpointed"
    assert [proof[name] for name in ("size", "root", "note")] == [
        checkpoint[name] for name in ("size", "root", "note")
    ]
    assert stone["origin"] == ORIGIN


def test_words_say_who_answers_for_what(jewel_shown: Shown) -> None:
    words = jewel_shown.answers.stone(jewel_shown.token("stone"))["words"]
    assert any("13 statements" in says for says in words["proven"])
    assert any("28 entries" in says for says in words["proven"])
    assert any("cut in India" in says for says in words["claimed"])
    assert any("statements, not stones" in says for says in words["unknown"])
    assert any("Which of these places" in says for says in words["unknown"])
    unmixed = jewel_shown.answers.stone(jewel_shown.token("first"))["words"]
    assert not any("Which of these places" in says for says in unmixed["unknown"])


FORBIDDEN = ("immutable", "conflict-free", "ethical", "%", "percent")


@pytest.mark.parametrize("parcel", ["first", "mixed", "rough", "rest", "stone"])
def test_nothing_is_claimed_that_no_ledger_can_know(jewel_shown: Shown, parcel: str) -> None:
    told = str(jewel_shown.answers.stone(jewel_shown.token(parcel))).lower()
    assert not [word for word in FORBIDDEN if word in told]


def test_a_trade_ledger_names_no_party_and_no_amount_but_the_stones_own(traded: Shown) -> None:
    stone = traded.answers.stone(traded.token("stone"))
    told = str(stone)
    for name in ("jeweller-fr", "cutter-in", "trader-be", "miner-bw", "miner-ca"):
        address = to_hex(address_of(name))
        assert address not in told
        assert address[:6] not in told
    assert (stone["weightMillicarats"], stone["weightCarats"]) == (1_850, "1.850")
    rest = str({name: value for name, value in stone.items() if not name.startswith("weight")})
    for amount in ("12.500", "8.000", "20.500", "4.100", "4.098", "2.248", "1.850", "stones)"):
        assert amount not in rest or amount == stone["weightCarats"]
    assert (stone["parcelId"], stone["label"], stone["became"]) == (None, None, [])
    assert LABEL not in told
    assert [step["role"] for step in stone["steps"][:2]] == ["miner", "miner"]
    assert {step["author"] for step in stone["steps"]} == {None}


def test_an_open_ledger_names_its_parties(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("stone"))
    assert stone["label"] == LABEL
    assert stone["parcelId"] == jewel_shown.hex("stone")
    assert stone["steps"][-1]["author"] == to_hex(address_of("jeweller-fr"))


@pytest.mark.parametrize("mode", ["jewel_shown", "traded"])
def test_a_stolen_stone_says_so_first(mode: str, request: pytest.FixtureRequest) -> None:
    made: Shown = request.getfixturevalue(mode)
    scene = made.scene.fork()
    goods = scene.goods(scene.parcels["stone"])
    scene.report("theft", goods.parcel, "jeweller-fr", previous=goods.previous)
    with shown(scene) as stolen:
        stone = stolen.answers.stone(stolen.token("stone"))
    assert stone["state"] == "frozen"
    assert stone["alert"].startswith("Reported stolen on 2 January 2026 by a jeweller in France")
    assert stone["steps"][-1]["title"] == "Reported stolen"


def test_goods_that_were_used_up_lead_to_what_they_became(jewel_shown: Shown) -> None:
    stone = jewel_shown.answers.stone(jewel_shown.token("mixed"))
    assert stone["alert"] == "These goods are no longer kept like this: split on 1 January 2026."
    assert set(stone["became"]) == {jewel_shown.hex("rough"), jewel_shown.hex("rest")}


def test_what_was_only_said_of_the_goods_is_a_step_too(fresh: Shown) -> None:
    stone = fresh.scene.goods(fresh.scene.parcels["stone"])
    rough = fresh.scene.goods(fresh.scene.parcels["rough"])
    fresh.scene.report("dispute", stone.parcel, "lab-be", state=stone.previous)
    fresh.scene.report("dispute", rough.parcel, "trader-ae", state=rough.previous)
    fresh.catch_up()
    steps = fresh.answers.stone(fresh.token("stone"))["steps"]
    assert [step["title"] for step in steps[-2:]] == ["Disputed", "Disputed"]
    others = fresh.answers.stone(fresh.token("rest"))["steps"]
    assert "Disputed" not in [step["title"] for step in others]


def over_capacity(scene: Scene) -> ParcelId:
    """Mine too much, declare it late, and polish it unlike anybody else."""
    site = scene.open_site(label="Small", yearly_capacity_millicarats=1_000)
    scene.later(90 * 86_400)
    over = scene.register(site, 5_000, 1)
    scene.hand_over(over, "miner-bw", "cutter-in")
    (polished,) = scene.transform(
        "cutter-in", "polish", [over], [Output(4_900, 1, POLISHED)], polishing=Loss(100)
    )
    scene.later(60 * 86_400)
    return polished


@pytest.mark.parametrize("mode", ["jewel_shown", "traded"])
def test_findings_are_told_in_words(mode: str, request: pytest.FixtureRequest) -> None:
    made: Shown = request.getfixturevalue(mode)
    scene = made.scene.fork()
    polished = over_capacity(scene)
    with shown(scene) as late:
        stone = late.answers.stone(late.token_of(polished))
    found = {finding["name"]: finding["says"] for finding in stone["findings"]}
    assert set(found) == {"over-capacity", "implausible-yield", "declared-late"}
    assert ("4.900 ct" in found["implausible-yield"]) == (mode == "jewel_shown")


def test_a_suspected_party_is_a_finding(fresh: Shown) -> None:
    fresh.scene.revoke("cutter-in", compromised_since=5)
    fresh.catch_up()
    stone = fresh.answers.stone(fresh.token("stone"))
    assert {finding["name"] for finding in stone["findings"]} == {"suspected-record"}
    suspected = {step["title"] for step in stone["steps"] if step["isSuspected"]}
    assert suspected == {"Received", "Polished", "Offered"}


def test_a_long_story_is_shown_by_its_last_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    world, parcel = mined()
    end = layers(world, parcel, 40)
    monkeypatch.setattr("ledger.answers.stones.LIMITS", replace(LIMITS, stone_lines_max=20))
    with shown(Scene(**vars(world))) as long:
        stone = long.answers.stone(long.token_of(end))
        story = long.answers.story(to_hex(end), 20)["steps"]
    assert stone["stepsLeftOut"]
    assert [step["index"] for step in stone["steps"]] == [step["index"] for step in story[::-1]]


def test_a_link_to_nothing_is_unknown(jewel_shown: Shown) -> None:
    token = jewel_shown.token("stone")
    near = token[:-1] + ("0" if token[-1] != "0" else "1")
    with pytest.raises(Unknown):
        jewel_shown.answers.stone(near)


def test_a_link_that_is_none_is_refused(jewel_shown: Shown) -> None:
    with pytest.raises(BadQuestion):
        jewel_shown.answers.stone(jewel_shown.hex("stone"))
