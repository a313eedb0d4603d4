from __future__ import annotations

import pytest

from ledger.custody import Party
from ledger.errors import Unknown
from ledger.values import to_hex
from tests.ledger.answers.test_parcels import paged
from tests.scene import MINE, Shown
from tests.world import GOVERNORS, ORIGIN, START, address_of


def party(made: Shown, name: str, **more: object):
    return made.answers.party(to_hex(address_of(name)), **more)


def test_a_party_is_answered_with_roles_key_and_chain(jewel_shown: Shown) -> None:
    answer = party(jewel_shown, "trader-be")
    (role,) = answer["roles"]
    assert (role["role"], role["country"], role["isInForce"]) == ("trader", "BE", True)
    assert role["admittedBy"] == to_hex(address_of("governor-1"))
    assert answer["signingKey"] == answer["address"] == answer["party"]
    with jewel_shown.book.view() as view:
        kept = view.read(Party, address_of("trader-be"))
    assert kept is not None
    assert (answer["head"], answer["headAt"]) == (to_hex(kept.head), kept.head_at)
    assert (answer["sort"], answer["isGovernor"], answer["suspicion"]) == ("party", False, None)


def test_a_governor_is_a_party_without_roles_or_chain(jewel_shown: Shown) -> None:
    answer = party(jewel_shown, "governor-2")
    assert (answer["isGovernor"], answer["roles"], answer["head"]) == (True, [], None)


def test_a_party_is_shown_what_it_holds_and_what_is_offered_to_it(fresh: Shown) -> None:
    fresh.scene.offer(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
    fresh.catch_up()
    expected = [fresh.hex("rest"), fresh.hex("stone")]  # in the order of their making
    assert [one["parcelId"] for one in party(fresh, "trader-be")["parcels"]] == expected
    address = to_hex(address_of("trader-be"))
    for limit in (1, 2, 3):
        found = paged(fresh.answers.party, address, limit, "parcels")
        assert [one["parcelId"] for one in found] == expected
    offered = next(one for one in found if one["recipient"])
    assert (offered["parcelId"], offered["state"]) == (fresh.hex("stone"), "offered")


def test_an_address_that_was_never_seen_is_unknown(jewel_shown: Shown) -> None:
    with pytest.raises(Unknown):
        party(jewel_shown, "nobody")


def test_an_agent_is_answered_with_whose_it_is_and_what_it_may_sign(fresh: Shown) -> None:
    admitted = fresh.scene.admit_agent("trader-be", "clerk", "Handoff", "Receipt")
    fresh.catch_up()
    answer = party(fresh, "clerk")
    assert (answer["sort"], answer["party"]) == ("agent", to_hex(address_of("trader-be")))
    assert answer["kinds"] == ["Handoff", "Receipt"]
    assert answer["head"] == to_hex(admitted.record_id)
    assert answer["roles"][0]["isInForce"]
    assert answer["signingKey"] is None


def test_a_key_that_was_changed_to_leads_to_its_party(fresh: Shown) -> None:
    fresh.scene.change_key("rotate", "trader-be", "second key", ("trader-be", "second key"))
    fresh.catch_up()
    answer = party(fresh, "second key")
    assert (answer["sort"], answer["party"]) == ("key", to_hex(address_of("trader-be")))
    assert party(fresh, "trader-be")["signingKey"] == to_hex(address_of("second key"))


def test_an_announced_recovery_is_shown_until_it_takes_effect(fresh: Shown) -> None:
    fresh.scene.change_key("recover", "trader-be", "rescue")
    fresh.catch_up()
    rescue = to_hex(address_of("rescue"))
    answer = party(fresh, "trader-be")
    assert (answer["nextKey"], answer["signingKey"]) == (rescue, answer["address"])
    fresh.desk.clock.now_ms = answer["nextKeyFromMs"]
    answer = party(fresh, "trader-be")
    assert (answer["nextKey"], answer["nextKeyFromMs"]) == (None, None)
    assert answer["signingKey"] == rescue


def test_a_role_that_ran_out_is_not_in_force(fresh: Shown) -> None:
    fresh.scene.admit("trader-ae", valid_until=fresh.scene.now_s)
    fresh.catch_up()
    assert party(fresh, "trader-ae")["roles"][0]["isInForce"]
    fresh.desk.clock.now_ms += 1_000
    assert not party(fresh, "trader-ae")["roles"][0]["isInForce"]


def test_a_suspicion_says_since_when_and_by_which_record(fresh: Shown) -> None:
    fresh.scene.revoke("trader-ae", compromised_since=3)
    fresh.catch_up()
    index = len(fresh.scene.log) - 1
    assert party(fresh, "trader-ae")["suspicion"] == {"since": 3, "index": index}


def test_a_site_is_answered_with_what_came_from_it(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.site(jewel_shown.site("home"))
    assert (answer["country"], answer["label"], answer["zone"]) == ("BW", MINE, "South")
    assert (answer["siteType"], answer["isClosed"]) == ("industrial", False)
    assert answer["yearlyCapacityMillicarats"] == 5_000_000
    assert answer["years"] == [{"year": 2026, "weightMillicarats": 12_500}]
    assert answer["last"]["author"] == to_hex(address_of("authority-bw"))
    assert answer["last"]["recordId"] == answer["head"]
    assert answer["findings"] == []


def test_a_site_that_is_none_is_unknown(jewel_shown: Shown) -> None:
    with pytest.raises(Unknown):
        jewel_shown.answers.site("0x" + "12" * 32)


def test_a_site_over_its_capacity_has_a_finding(fresh: Shown) -> None:
    fresh.scene.register(fresh.scene.sites["home"], 6_000_000, zone="South")
    fresh.catch_up()
    (finding,) = fresh.answers.site(fresh.site("home"))["findings"]
    assert finding["name"] == "over-capacity"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_sites_are_listed_by_id_page_by_page(jewel_shown: Shown, limit: int) -> None:
    def ask(_: str, rows: int, cursor: str):
        return jewel_shown.answers.sites(rows, cursor)

    found = [site["siteId"] for site in paged(ask, "", limit, "sites")]
    assert found == sorted([jewel_shown.site("home"), jewel_shown.site("abroad")])


def test_the_charter_in_force_is_answered_in_full(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.charter()
    assert answer["ledgerId"] == to_hex(jewel_shown.scene.ledger_id) == answer["head"]
    assert (answer["origin"], answer["mode"], answer["threshold"]) == (ORIGIN, "open", 2)
    assert answer["governors"] == sorted(to_hex(address_of(name)) for name in GOVERNORS)
    assert (answer["anchorKey"], answer["headAt"]) == (None, START)
