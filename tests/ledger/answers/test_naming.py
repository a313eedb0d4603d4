"""Names stand beside addresses of the very answer, and are read anew each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from ledger.access import STRANGER
from ledger.answers import Answers
from ledger.answers.naming import with_names
from ledger.store.private import EVERYONE
from ledger.values import Address, to_hex
from tests.naming import admit_by_name
from tests.scene import Shown
from tests.world import address_of

JEWELLER = "jeweller-fr"


@dataclass
class Asked:
    """Knows the name of everybody, and whom it was asked about."""

    addresses: list[Address] = field(default_factory=list)

    def __call__(self, addresses: Iterable[Address]) -> dict[Address, str]:
        self.addresses += addresses
        return {address: f"name of {address[0]}" for address in self.addresses}


def test_every_address_of_an_answer_is_asked_for_once_in_its_order() -> None:
    one, two = (f"0x{digit * 40}" for digit in "12")
    asked = Asked()
    plain = {
        "party": two, "roles": [{"by": one}, {"by": two}, None, 7, True], "envelope": {one: "a"},
        "id": "0x" + "3" * 64, "said": f"by {one}", "upper": "0x" + "A" * 40, "names": {},
    }  # fmt: skip
    named = with_names(plain, asked)
    assert [to_hex(address) for address in asked.addresses] == [two, one]
    assert named == {**plain, "names": {two: "name of 34", one: "name of 17"}}
    assert plain["names"] == {}, "what may be kept is not changed"


def test_a_ledger_without_private_fields_names_nobody(jewel_shown: Shown) -> None:
    for answer in (
        jewel_shown.answers.charter(),
        jewel_shown.answers.parties(),
        jewel_shown.answers.stone(jewel_shown.token("stone")),
    ):
        assert answer["names"] == {}


def test_a_name_is_shown_as_long_as_it_is_there_to_see(fresh: Shown) -> None:
    record = admit_by_name(fresh, JEWELLER, "Bijoux Place")
    stranger = Answers(fresh.book, fresh.desk.clock, STRANGER, links=fresh.links)
    expected = {to_hex(address_of(JEWELLER)): "Bijoux Place"}
    assert fresh.answers.party(to_hex(address_of(JEWELLER)))["names"] == expected
    token = fresh.token("stone")
    for answers in (stranger, fresh.answers):
        assert answers.stone(token)["names"] == {}, "the page is everyone's, also the operator's"
    fresh.desk.private.grant(record, 0, EVERYONE)
    assert stranger.stone(token)["names"] == fresh.answers.stone(token)["names"] == expected
    fresh.desk.private.withdraw(record, 0, EVERYONE)
    assert stranger.stone(token)["names"] == {}
    fresh.desk.private.erase(record, 0, 1)
    assert fresh.answers.party(to_hex(address_of(JEWELLER)))["names"] == {}


def test_an_agent_bears_no_name_and_what_it_signed_bears_its_partys(fresh: Shown) -> None:
    fresh.scene.admit_agent(JEWELLER, "clerk", "Handoff")
    fresh.catch_up()
    admit_by_name(fresh, JEWELLER, "Bijoux Place")
    named = fresh.answers.party(to_hex(address_of("clerk")))["names"]
    assert named == {to_hex(address_of(JEWELLER)): "Bijoux Place"}


def test_names_are_read_in_the_view_of_the_answer(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit_by_name(fresh, JEWELLER, "Bijoux Place")
    opened = []
    view = type(fresh.book).view

    def counted(book):  # type: ignore[no-untyped-def]  # of the book's own type
        opened.append(book)
        return view(book)

    monkeypatch.setattr(type(fresh.book), "view", counted)
    assert fresh.answers.parties()["names"]
    assert len(opened) == 1
