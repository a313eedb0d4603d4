"""Links at the desk of a folder and at that of a server alike."""

import pytest

from ledger.desk.answering import AnotherAnswer
from ledger.errors import LinkEnded, Unknown
from ledger.values import Hash32, to_hex
from tests.ledger.desk.conftest import remote

NOBODY = Hash32(b"\x99" * 32)


def test_a_link_is_minted_followed_listed_and_ended(fresh, fresh_desk):
    stone = fresh.scene.parcels["stone"]
    minted = fresh_desk.mint_link(stone)
    assert minted["parcelId"] == to_hex(stone)
    assert fresh_desk.stone(minted["token"])["token"] == minted["token"]
    assert fresh_desk.links(stone) == [minted]
    assert fresh_desk.link(minted["token"]) == minted
    for _ in range(2):
        fresh_desk.end_link(stone, minted["token"])
        with pytest.raises(LinkEnded):
            fresh_desk.stone(minted["token"])
    assert fresh_desk.links(stone) == []


def test_of_what_is_not_there_nothing_is_minted_or_ended(fresh, fresh_desk):
    for act in (
        lambda: fresh_desk.mint_link(NOBODY),
        lambda: fresh_desk.end_link(NOBODY, "0" * 32),
        lambda: fresh_desk.end_link(fresh.scene.parcels["stone"], "0" * 32),
        lambda: fresh_desk.link("0" * 32),
    ):
        with pytest.raises(Unknown):
            act()


def test_a_link_to_another_parcel_is_no_answer_to_a_minting(fresh, monkeypatch):
    desk = remote(fresh)
    rest = fresh.scene.parcels["rest"]
    minting = fresh.answers.linking.mint
    monkeypatch.setattr(fresh.answers.linking, "mint", lambda by, _parcel: minting(by, rest))
    with pytest.raises(AnotherAnswer):
        desk.mint_link(fresh.scene.parcels["stone"])
