"""What readers of a trade ledger try so as to learn more than they are shown; it tells nothing."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

import pytest

from ledger import drafts
from ledger.access import is_ancestor
from ledger.drafts import Output
from ledger.rules.findings import finding_id
from ledger.values import Address, ParcelId, to_hex
from tests.api.problem_check import problem_of
from tests.readers import busy
from tests.scene import ROUGH, Scene, Shown, jewel, shown
from tests.world import GOVERNORS, address_of

DAY = 86_400
DESCENDS = "descends-from-suspected"


def forged(parcel: bytes, below: int, goes_on: int) -> str:
    """Return a cursor of a history as a reader can write it who was given none."""
    tag = hashlib.sha256(f"history {to_hex(parcel)}".encode()).digest()[:6]
    raw = tag + struct.pack(">QQ", below, goes_on)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_forged_cursor_does_not_tell_which_lines_are_of_a_parcel() -> None:
    with shown(jewel("trade")) as made:
        parcel, size = made.scene.parcels["first"], len(made.scene.log)
        of_parcel = {at for at, (_, _, one) in enumerate(made.scene.log) if parcel in one.parcels}
        headers = made.sign_in("miner-bw")  # which gave it on, and reads what was said up to then
        path = f"/v1/parcels/{to_hex(parcel)}/history"
        read = {one["index"] for one in made.client.get(path, headers=headers).json()["steps"]}
        assert of_parcel - read
        told = set()
        for index in range(1, size - 1):
            more = {"cursor": forged(parcel, size - 1, index)}
            response = made.client.get(path, headers=headers, params=more)
            told.add((response.status_code, problem_of(response)["detail"]))
        assert len(told) == 1
        whole = made.client.get(path, headers=headers, params={"cursor": forged(parcel, size, 0)})
        assert whole.status_code == 400
        rest = made.client.get(
            path, headers=headers, params={"cursor": forged(parcel, size - 1, 0)}
        )
        assert {one["index"] for one in rest.json()["steps"]} == read


@pytest.fixture
def split() -> tuple[Scene, bytes, bytes]:
    """A parcel that was split; one part went to a cutter, the other was offered late."""
    scene = jewel("trade")
    whole = scene.register(scene.sites["home"], 2_000, 2, zone="South")
    scene.hand_over(whole, "miner-bw", "trader-be")
    parts = [Output(900, 1, ROUGH), Output(1_100, 1, ROUGH)]
    one, other = scene.transform("trader-be", "split", [whole], parts)
    scene.hand_over(one, "trader-be", "cutter-in")
    scene.later(40 * DAY)
    late = drafts.handoff(
        scene.speaker("trader-be"), scene.moment(scene.now_s - 35 * DAY), scene.goods(other),
        address_of("trader-ae"), "AE",
    )  # fmt: skip
    scene.say(late, "trader-be")
    return scene, one, other


def test_what_was_said_since_of_the_other_part_of_a_split_is_no_finding_about_this_one(
    split: tuple[Scene, bytes, bytes],
) -> None:
    scene, one, other = split
    hidden = to_hex(scene.log[-1][1].record_id)
    with shown(scene) as made:
        headers = made.sign_in("cutter-in")
        path = f"/v1/parcels/{to_hex(one)}/trace"
        own = made.client.get(path, headers=headers)
        assert hidden not in own.text
        assert len(scene.log) - 1 not in {found["index"] for found in own.json()["findings"]}
        # So too for whoever is shown everything: it is nothing of these goods.
        assert hidden not in made.client.get(path, headers=made.sign_in("auditor-ch")).text
        about = made.client.get(
            f"/v1/parcels/{to_hex(other)}/trace", headers=made.sign_in("trader-be")
        )
        assert hidden in about.text


def descents(made: Shown, name: str, parcel: str, part: str, **more: str) -> list[Any]:
    path = f"/v1/parcels/{made.hex(parcel)}{part}"
    answer = made.client.get(path, headers=made.sign_in(name), params=more).json()
    return [one for one in answer["findings"] if one["name"] == DESCENDS]


@pytest.mark.parametrize("part", ["", "/trace"])
def test_a_descent_in_doubt_names_nobody_upstream(part: str) -> None:
    scene = jewel("trade")
    for name, country in (("miner-ca", "CA"), ("miner-bw", "BW")):
        scene.revoke(name, "miner", country, compromised_since=1)
    stone = scene.parcels["stone"]
    ids = {to_hex(finding_id(DESCENDS, one.record_id, stone)) for _, one, _ in scene.log}
    with shown(scene) as made:
        assert len(descents(made, "auditor-ch", "stone", part)) == 2
        (told,) = descents(made, "jeweller-fr", "stone", part)  # nor how many there are
        assert told == {
            **dict.fromkeys(("findingId", "index", "recordId", "evidence")),
            "name": DESCENDS,
            "subject": to_hex(stone),
            "answers": [],
            "answersLeftOut": 0,
        }
        path = f"/v1/parcels/{to_hex(stone)}{part}"
        text = made.client.get(path, headers=made.sign_in("jeweller-fr")).text
        assert not [one for one in ids if one in text]


@pytest.mark.parametrize("part", ["", "/trace"])
def test_who_gave_goods_on_is_not_told_whose_hands_in_doubt_they_came_into(part: str) -> None:
    scene = jewel("trade")
    scene.revoke("trader-be", compromised_since=1)
    with shown(scene) as made:
        assert descents(made, "auditor-ch", "first", part)
        assert not descents(made, "miner-bw", "first", part)


def test_what_another_holds_is_not_counted_for_whoever_is_not_told_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with shown(busy()) as made:
        asked: list[Address] = []
        view = type(made.book.view().__enter__())
        listed = view.parcels_of

        def counted(self: Any, address: Address, *more: Any) -> Any:
            asked.append(address)
            return listed(self, address, *more)

        monkeypatch.setattr(view, "parcels_of", counted)
        path = f"/v1/parties/{to_hex(address_of('trader-be'))}"
        for reader in ("jeweller-fr", "trader-ae", "miner-bw"):
            headers = made.sign_in(reader)
            asked.clear()
            held = made.client.get(path, headers=headers).json()["parcels"]
            assert [one["parcelId"] for one in held] == [made.hex("bag")] * (reader == "trader-ae")
            assert set(asked) == {address_of(reader)}  # what it takes depends on its own goods
        for reader in ("authority-be", GOVERNORS[0], "auditor-ch", "scribe"):
            made.client.get(path, headers=made.sign_in(reader))
        assert address_of("trader-be") in asked


def test_asking_by_goods_of_others_looks_up_nothing_of_where_they_come_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[bytes] = []

    def counted(ledger: Any, ancestor: ParcelId, parcel: Any) -> bool:
        looked.append(parcel.id)
        return is_ancestor(ledger, ancestor, parcel)

    monkeypatch.setattr("ledger.answers.seeing.is_ancestor", counted)
    with shown(jewel("trade")) as made:
        path, by = f"/v1/parcels/{made.hex('first')}", {"for": made.hex("stone")}
        assert (
            made.client.get(path, headers=made.sign_in("trader-ae"), params=by).status_code == 404
        )
        assert not looked
        holder = made.client.get(path, headers=made.sign_in("jeweller-fr"), params=by)
        assert (holder.status_code, len(looked)) == (200, 1)


def test_a_forged_cursor_does_not_tell_which_goods_others_have() -> None:
    with shown(jewel("trade")) as made:
        headers = made.sign_in("trader-be")
        address = to_hex(address_of("trader-be"))
        tag = hashlib.sha256(f"party {address}".encode()).digest()[:6]
        told = set()
        for parcel in (made.scene.parcels["stone"], bytes(31) + b"\x07"):
            cursor = base64.urlsafe_b64encode(tag + parcel).decode().rstrip("=")
            path, more = f"/v1/parties/{address}", {"cursor": cursor}
            answer = made.client.get(path, headers=headers, params=more)
            told.add((answer.status_code, problem_of(answer)["detail"]))
        assert len(told) == 1
