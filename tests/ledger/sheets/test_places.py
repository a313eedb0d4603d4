"""Recipients by the names that their Admissions give: one party by one name, or a bad row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.desk import LocalDesk, Plain
from ledger.drafts import Speaker
from ledger.errors import Unknown
from ledger.limits import LIMITS
from ledger.sheets import Clerk, guess, read_orders, read_table
from ledger.sheets.faults import Unfit
from ledger.values import Address, to_hex
from tests.naming import admit_by_name
from tests.scene import Shown, jewel, shown
from tests.world import address_of

AUTHOR = "trader-be"
NAME = "Bijoux Place, Paris"


class Asked(LocalDesk):
    """A desk that counts what it is asked."""

    def __init__(self, made: Shown) -> None:
        super().__init__(made.book)
        self.paths: Counter[str] = Counter()

    def ask(self, path: str, **given: str | int) -> Plain:
        self.paths[path] += 1
        return super().ask(path, **given)


@pytest.fixture
def made() -> Iterator[Shown]:
    """The stone's way, with a jeweller and a cutter that have names."""
    with shown(jewel()) as found:
        admit_by_name(found, "jeweller-fr", f" {NAME} ")
        admit_by_name(found, "cutter-in", "Surat Cutting")
        yield found


def clerk_of(made: Shown, source: LocalDesk) -> Clerk:
    def people(text: str) -> Address:
        if text != "trader-ae":
            raise Unknown("key", text)
        return address_of(text)

    def voice(*_: Any) -> Speaker:
        return made.scene.speaker(AUTHOR)

    now = made.scene.now_ms // 1000
    ids = (made.scene.ledger_id, address_of(AUTHOR))
    return Clerk(source, *ids, voice=voice, people=people, now=now)


def draft(made: Shown, recipient: str, clerk: Clerk | None = None) -> Any:
    """Draft a hand-over to a recipient, as a cell calls it."""
    table = read_table(f'parcel,to\n{made.hex("rest")},"{recipient}"\n'.encode())
    read = read_orders(table, guess(table.headings))
    assert not read.faults
    return (clerk or clerk_of(made, LocalDesk(made.book))).draft(read.orders[0]).record


def reason(made: Shown, recipient: str, clerk: Clerk | None = None) -> str:
    """Return why a recipient is none."""
    with pytest.raises(Unfit) as unfit:
        draft(made, recipient, clerk)
    assert unfit.value.field == "recipient"
    return unfit.value.reason


@pytest.mark.parametrize("cell", [NAME, f"  {NAME} "])
def test_a_party_is_found_by_its_name_without_the_space_around_it(made: Shown, cell: str) -> None:
    clerk = clerk_of(made, LocalDesk(made.book))
    assert draft(made, cell, clerk).who.recipient == address_of("jeweller-fr")
    assert clerk.called == {NAME: address_of("jeweller-fr")}


def test_an_address_and_the_name_of_a_key_are_no_names_of_parties(made: Shown) -> None:
    admit_by_name(made, "cutter-in", "trader-ae")
    clerk = clerk_of(made, LocalDesk(made.book))
    assert draft(made, "trader-ae", clerk).who.recipient == address_of("trader-ae")
    address = to_hex(address_of("jeweller-fr"))
    other = clerk_of(made, LocalDesk(made.book))
    assert draft(made, address, other).who.recipient == address_of("jeweller-fr")
    assert (dict(clerk.called), dict(other.called)) == ({}, {})


@pytest.mark.parametrize("cell", [NAME.lower(), NAME[:-1], f"{NAME}.", "nobody", "Surat  Cutting"])
def test_a_name_that_nobody_bears_to_the_letter_is_bad(made: Shown, cell: str) -> None:
    assert "no name of a key or of a party" in reason(made, cell)


@pytest.mark.parametrize("cell", ["0x12", "0X12", "0x" + "1" * 41])
def test_what_was_to_be_an_address_is_nobodys_name(made: Shown, cell: str) -> None:
    admit_by_name(made, "cutter-in", cell)
    assert "an address that is not whole" in reason(made, cell)


def test_a_name_that_several_bear_is_bad_and_all_of_them_are_told(made: Shown) -> None:
    for party in ("cutter-in", "lab-be"):
        admit_by_name(made, party, NAME)
    told = reason(made, NAME)
    assert told.startswith("the name of 3 parties: give the address")
    for party in ("cutter-in", "lab-be", "jeweller-fr"):
        assert to_hex(address_of(party)) in told


def test_who_holds_no_role_any_more_is_not_meant(made: Shown) -> None:
    admit_by_name(made, "lab-be", NAME)
    made.scene.revoke("lab-be")
    made.catch_up()
    assert draft(made, NAME).who.recipient == address_of("jeweller-fr")
    admit_by_name(made, "trader-ae", "Gone Trading")
    made.scene.revoke("trader-ae")
    made.catch_up()
    assert "no name of a key or of a party" in reason(made, "Gone Trading")


def test_a_name_that_was_erased_is_nobodys(made: Shown) -> None:
    record = admit_by_name(made, "trader-ae", "Gone Trading")
    made.desk.private.erase(record, 0, 1)
    assert "no name of a key or of a party" in reason(made, "Gone Trading")


def test_parties_are_asked_for_once_whatever_rows_call_them(made: Shown) -> None:
    source = Asked(made)
    clerk = clerk_of(made, source)
    for number in range(20):
        reason(made, f"nobody {number}", clerk)
    draft(made, NAME, clerk)
    assert source.paths["/v1/parties"] == 1


def test_among_too_many_parties_no_name_is_looked_for(
    made: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.sheets.places.LIMITS", replace(LIMITS, sheet_parties_max=3))
    source = Asked(made)
    clerk = clerk_of(made, source)
    for name in (NAME, "another"):
        assert "more than 3 parties may bear it: give the address" in reason(made, name, clerk)
    assert source.paths["/v1/parties"] == 1
