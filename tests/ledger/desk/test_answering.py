"""An answer about something else than what was asked is no answer, whatever it says."""

import copy

import pytest

from ledger.desk import Desk
from ledger.desk.answering import AnotherAnswer
from ledger.desk.checking import check_story
from ledger.errors import Damaged
from ledger.values import Hash32, to_hex
from tests.ledger.desk.conftest import local
from tests.scene import Shown
from tests.world import address_of


class Swapper(Desk):
    """A desk that answers a question about one thing with the answer about another."""

    def __init__(self, honest: Desk, *pair: str) -> None:
        self._honest = honest
        self._pair = pair

    def ask(self, path, **given):
        one, other = self._pair
        swapped = path.replace(one, other) if one in path else path.replace(other, one)
        return copy.deepcopy(self._honest.ask(swapped, **given))

    def append(self, envelopes, *, wait="checkpointed", atomic=False):
        raise NotImplementedError


def swapper(told: Shown, *pair: str) -> Desk:
    """Return a desk that swaps two names in what it is asked."""
    return Swapper(local(told), *pair)


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk, parcel: desk.parcel(parcel),
        lambda desk, parcel: list(desk.history(parcel)),
        lambda desk, parcel: list(desk.story(parcel)),
        lambda desk, parcel: list(desk.trace(parcel)),
        lambda desk, parcel: list(desk.descendants(parcel)),
        check_story,
    ],
)
def test_another_parcel_in_a_parcels_place_is_found(told, ask):
    desk = swapper(told, told.hex("first"), told.hex("second"))
    with pytest.raises(AnotherAnswer, match="the server answered about another parcel") as caught:
        ask(desk, told.scene.parcels["first"])
    assert caught.value.asked == told.hex("first")
    assert caught.value.came == told.hex("second")


def test_another_link_in_a_links_place_is_found(told):
    desk = swapper(told, told.token("first"), told.token("second"))
    with pytest.raises(AnotherAnswer, match="another stone"):
        desk.stone(told.token("first"))


def test_another_record_or_line_in_its_place_is_found(told):
    one, other = (signed.record_id for _, signed, _ in told.scene.log[5:7])
    with pytest.raises(AnotherAnswer, match="another record"):
        swapper(told, to_hex(one), to_hex(other)).record(one, told.scene.ledger_id)
    with pytest.raises(AnotherAnswer, match="another entry"):
        swapper(told, "entries/5", "entries/6").entry(5)


@pytest.mark.parametrize("ask", [Desk.party, lambda desk, one: list(desk.parcels_of(one))])
def test_another_party_in_a_partys_place_is_found(told, ask):
    one, other = address_of("trader-be"), address_of("miner-bw")
    with pytest.raises(AnotherAnswer, match="another party"):
        ask(swapper(told, to_hex(one), to_hex(other)), one)


def test_another_site_in_a_sites_place_is_found(told):
    desk = swapper(told, told.site("home"), told.site("abroad"))
    with pytest.raises(AnotherAnswer, match="another site"):
        desk.site(told.scene.sites["home"])


def test_a_proof_of_another_entry_is_found(told):
    class Elsewhere(Swapper):
        def ask(self, path, **given):
            return self._honest.ask(path, **{**given, "index": 4})

    with pytest.raises(AnotherAnswer, match="another proof"):
        Elsewhere(local(told)).inclusion(3, 10)


def test_an_answer_that_names_nothing_is_about_something_else():
    class Mute(Swapper):
        def ask(self, _path, **_given):
            return {}

    with pytest.raises(AnotherAnswer, match="came None"):
        Mute(None).parcel(Hash32(b"\x01" * 32))


def test_an_answer_to_a_record_that_was_handed_in_is_about_that_record(fresh):
    (raw,) = fresh.registrations(1)
    with pytest.raises(AnotherAnswer, match="another record"):
        local(fresh).hand_in(raw, Hash32(b"\x01" * 32))


def test_a_record_that_says_something_else_is_found(told):
    class Forging(Swapper):
        def ask(self, path, **given):
            answer = self._honest.ask(path, **given)
            if "envelope" in answer:
                answer["envelope"]["record"]["what"]["salt"] = "0x" + "11" * 32
            return answer

    record_id = told.scene.log[5][1].record_id
    with pytest.raises(Damaged, match="altered"):
        Forging(local(told)).record(record_id, told.scene.ledger_id)


@pytest.mark.parametrize("member", ["signers", "parcels", "recordedAtMs"])
def test_what_stands_in_a_record_is_computed_here(told, member):
    class Adding(Swapper):
        def ask(self, path, **given):
            return {**self._honest.ask(path, **given), member: [to_hex(b"\x11" * 32)]}

    record_id = told.scene.log[5][1].record_id
    with pytest.raises(AnotherAnswer, match="another record"):
        Adding(local(told)).record(record_id, told.scene.ledger_id)
