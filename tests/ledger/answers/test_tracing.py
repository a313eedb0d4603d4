from __future__ import annotations

import pytest

from ledger import drafts
from ledger.access import OPERATOR
from ledger.answers import Answers
from ledger.drafts import Loss, Output
from ledger.rules.findings import finding_id
from ledger.values import ParcelId, to_hex
from tests.desk import Desk
from tests.ledger.answers.counting import Counted
from tests.ledger.answers.test_parcels import paged
from tests.ledger.trace.ancestries import chain, layers, mined
from tests.scene import MINE, OTHER_MINE, POLISHED, ROUGH, Scene, Shown
from tests.world import World


def test_a_trace_leads_to_the_mines_the_latest_first(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.trace(jewel_shown.hex("stone"))
    names = [operation["operation"] for operation in answer["operations"]]
    assert names == ["polish", "split", "mix", "registration", "registration"]
    sites = {operation["siteId"] for operation in answer["operations"]}
    assert sites == {None, jewel_shown.site("home"), jewel_shown.site("abroad")}
    assert (answer["cursor"], answer["isCut"]) == (None, False)


def test_an_operation_balances_to_the_millicarat(jewel_shown: Shown) -> None:
    polish = jewel_shown.answers.trace(jewel_shown.hex("stone"))["operations"][0]
    assert polish["inputs"] == [{"parcelId": jewel_shown.hex("rough"), "weightMillicarats": 4_098}]
    assert polish["outputs"] == [
        {"parcelId": jewel_shown.hex("stone"), "weightMillicarats": 1_850, "stones": 1}
    ]
    assert polish["lossMillicarats"] == 4_098 - 1_850
    assert (polish["role"], polish["status"]) == ("cutter", "checkpointed")


def test_one_stone_of_a_mix_is_one_of_several_and_never_a_share(jewel_shown: Shown) -> None:
    origins = jewel_shown.answers.trace(jewel_shown.hex("stone"))["origins"]
    assert origins["oneOf"] == ["BW", "CA"]
    for country in origins["countries"]:
        assert (country["leastMillicarats"], country["mostMillicarats"]) == (0, 1_850)
        assert country["proRataMillicarats"] is None
        assert country["sites"][0]["proRataMillicarats"] is None
    assert not origins["isContradicted"]


def test_several_stones_of_a_mix_have_bounds_in_millicarats(jewel_shown: Shown) -> None:
    origins = jewel_shown.answers.trace(jewel_shown.hex("rest"))["origins"]
    assert origins["oneOf"] is None
    home, abroad = origins["countries"]
    assert (home["country"], abroad["country"]) == ("BW", "CA")
    # 16.400 ct were taken of 12.500 ct and 8.000 ct.
    assert (home["leastMillicarats"], home["mostMillicarats"]) == (8_400, 12_500)
    assert (abroad["leastMillicarats"], abroad["mostMillicarats"]) == (3_900, 8_000)
    assert home["proRataMillicarats"] + abroad["proRataMillicarats"] == 16_400
    assert home["sites"][0]["siteId"] == jewel_shown.site("home")
    assert [part["sites"][0]["label"] for part in (home, abroad)] == [MINE, OTHER_MINE]


def test_goods_that_were_never_mixed_are_wholly_of_their_site(jewel_shown: Shown) -> None:
    (home,) = jewel_shown.answers.trace(jewel_shown.hex("first"))["origins"]["countries"]
    amounts = [home[f"{name}Millicarats"] for name in ("least", "most", "proRata")]
    assert amounts == [12_500] * 3


def test_no_answer_about_origin_speaks_of_percent(jewel_shown: Shown) -> None:
    for parcel in ("first", "rest", "stone"):
        told = str(jewel_shown.answers.trace(jewel_shown.hex(parcel)))
        assert "%" not in told
        assert "percent" not in told.lower()


@pytest.mark.parametrize("limit", range(1, 6))
def test_pages_of_a_trace_are_the_whole(jewel_shown: Shown, limit: int) -> None:
    whole = jewel_shown.answers.trace(jewel_shown.hex("stone"))["operations"]
    ask = jewel_shown.answers.trace
    assert paged(ask, jewel_shown.hex("stone"), limit, "operations") == whole


def test_records_that_a_revocation_calls_suspect_are_marked(fresh: Shown) -> None:
    answers, stone = fresh.answers, fresh.hex("stone")
    before = answers.trace(stone)["operations"]
    assert not any(operation["isSuspected"] for operation in before)
    mix = next(operation for operation in before if operation["operation"] == "mix")
    fresh.scene.revoke("trader-be", compromised_since=mix["index"] + 1)
    fresh.catch_up()
    marked = {
        operation["operation"]: operation["isSuspected"]
        for operation in answers.trace(stone)["operations"]
    }
    assert marked == {"polish": False, "split": True, "mix": False, "registration": False}


def test_the_record_of_a_suspected_agent_is_marked(fresh: Shown) -> None:
    scene = fresh.scene
    agent = scene.admit_agent("jeweller-fr", "clerk", "Transformation")
    goods = [scene.goods(scene.parcels["stone"])]
    record = drafts.transformation(
        scene.speaker("jeweller-fr"), scene.moment(), "reweigh", goods,
        drafts.Work([Output(1_850, 1, POLISHED)]),
    )  # fmt: skip
    signed = scene.say(record, "clerk")
    (again,) = scene.outputs(signed)
    revocation = drafts.revocation(
        scene.speaker("jeweller-fr"), scene.moment(), agent.record.who.party, "agent", "FR",
        previous=agent.record_id, compromised_since=len(scene.log) - 1,
    )  # fmt: skip
    scene.say(revocation, "jeweller-fr")
    fresh.catch_up()
    first, second, *_ = fresh.answers.trace(to_hex(again))["operations"]
    assert first["isSuspected"]
    assert first["signers"] != [first["author"]]
    assert not second["isSuspected"]


def test_findings_of_the_whole_ancestry_are_told(fresh: Shown) -> None:
    scene = fresh.scene
    site = scene.open_site(label="Small", yearly_capacity_millicarats=1_000)
    over = scene.register(site, 5_000, 1)
    scene.hand_over(over, "miner-bw", "cutter-in")
    (polished,) = scene.transform(
        "cutter-in", "polish", [over], [Output(4_900, 1, POLISHED)], polishing=Loss(100)
    )
    scene.hand_over(polished, "cutter-in", "jeweller-fr")
    fresh.catch_up()
    found = {finding["name"] for finding in fresh.answers.trace(to_hex(polished))["findings"]}
    assert found == {"over-capacity", "implausible-yield"}
    assert fresh.answers.trace(fresh.hex("stone"))["findings"] == []


def test_of_a_site_may_also_be_what_is_known_by_its_country_alone(pooled: Shown) -> None:
    (home, _) = pooled.answers.trace(pooled.hex("again"))["origins"]["countries"]
    bounds = {
        site["siteId"]: (site["leastMillicarats"], site["mostMillicarats"])
        for site in home["sites"]
    }
    # Not told apart are the 30 millicarats that went into the pool, and the carat of a site that
    # gave its place to the 5 carats added. Either may be of the site that these are of.
    assert bounds[pooled.site("small")] == (5_000, 5_000 + 1_030)
    assert bounds[None][1] == 1_030


def contradicted(scene: Scene) -> tuple[ParcelId, ...]:
    """Take a stone of 1.5 carats, and two lots, out of a carat of each of two countries."""
    parts = [scene.register(scene.sites["home"], 1_000, 0, zone="South")]
    parts.append(scene.register(scene.sites["abroad"], 1_000, 0, by="miner-ca"))
    scene.hand_over(parts[1], "miner-ca", "miner-bw")
    outputs = [Output(200, 0, ROUGH), Output(1_500, 1, ROUGH), Output(300, 0, ROUGH)]
    return scene.transform("miner-bw", "mix", sorted(parts), outputs)


def test_a_stone_that_no_origin_fits_has_a_finding_that_its_descendants_show(fresh: Shown) -> None:
    answers, scene = fresh.answers, fresh.scene
    before, stone, _ = contradicted(scene)
    mix = scene.log[-1][1].record_id
    scene.hand_over(stone, "miner-bw", "cutter-in")
    (polished,) = scene.transform(
        "cutter-in", "polish", [stone], [Output(700, 1, POLISHED)], polishing=Loss(800)
    )
    (last,) = scene.transform("cutter-in", "reweigh", [polished], [Output(700, 1, POLISHED)])
    fresh.catch_up()
    (finding,) = answers.parcel(to_hex(stone))["findings"]
    assert finding["name"] == "origin-contradicted"
    assert finding["findingId"] == to_hex(finding_id("origin-contradicted", mix, stone))
    assert (finding["subject"], finding["recordId"]) == (to_hex(stone), to_hex(mix))
    assert "one stone of 1.500 ct" in finding["evidence"]
    assert answers.trace(to_hex(stone))["origins"]["isContradicted"]
    for descendant in (polished, last):
        traced = answers.trace(to_hex(descendant))
        assert traced["findings"] == [finding]
        assert not traced["origins"]["isContradicted"]
        (told,) = answers.stone(fresh.token_of(descendant))["findings"]
        assert finding["evidence"] in told["says"]
    assert answers.parcel(to_hex(before))["findings"] == []


def test_what_contradicts_one_output_is_not_shown_with_another(fresh: Shown) -> None:
    scene = fresh.scene
    bags = [scene.register(scene.open_site(), 1_000, 0) for _ in range(2)]
    lot, stone = scene.transform(
        "miner-bw", "mix", sorted(bags), [Output(500, 0, ROUGH), Output(1_500, 1, ROUGH)]
    )
    fresh.catch_up()
    assert fresh.answers.trace(to_hex(lot))["findings"] == []
    assert len(fresh.answers.trace(to_hex(stone))["findings"]) == 1


def look_ups(made: World, end: ParcelId) -> tuple[int, int]:
    """Count the look-ups of a whole trace of a parcel, and of its page."""
    desk = Desk(made).fill()
    with desk.open() as book:
        counted = Counted(book)
        answers = Answers(counted, desk.clock)
        whole = answers.trace(to_hex(end), 1_000)
        assert whole["operations"][-1]["operation"] == "registration"
        assert whole["cursor"] is None
        token = answers.linking.mint(OPERATOR, end).token
        of_trace = counted.asked.total()
        assert answers.stone(token)["mined"]["sureness"] == "one"
        return of_trace, counted.asked.total() - of_trace


def test_sixty_layers_cost_as_many_look_ups_as_a_chain_of_their_size() -> None:
    world, parcel = mined()
    straight, braided = world.fork(), world.fork()
    # 150 operations with 150 inputs; 120 operations with 180 inputs, to which 2^60 paths lead.
    chained = look_ups(straight, chain(straight, parcel, 150))
    layered = look_ups(braided, layers(braided, parcel, 60))
    # What is looked up by operation and what by parcel differs by a few; no path is counted twice.
    assert layered[0] <= chained[0]
    assert layered[1] <= chained[1] * 11 // 10


def test_rough_is_bounded_by_what_was_lost_on_the_way(fresh: Shown) -> None:
    scene = fresh.scene
    (sorted_again,) = scene.transform(
        "trader-be", "reweigh", [scene.parcels["rest"]], [Output(16_300, 4, ROUGH)],
        cleaning=Loss(100),
    )  # fmt: skip
    fresh.catch_up()
    answer = fresh.answers.trace(to_hex(sorted_again))
    assert answer["weightMillicarats"] == 16_300
    assert sum(part["leastMillicarats"] for part in answer["origins"]["countries"]) <= 16_300
