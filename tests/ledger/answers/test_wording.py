from __future__ import annotations

import pytest

from ledger.answers.wording import (
    called,
    counted,
    day,
    dollars,
    listed,
    minute,
    parcels,
    short,
    who,
)


def test_authors_are_named_by_role_and_country() -> None:
    assert who("miner", "BW") == "a miner in Botswana"
    assert who("auditor", "AE") == "an auditor in the United Arab Emirates"
    assert who("authority", "EU") == "the authority of the European Union"
    assert who("governor", "") == "the governors of this ledger"


def test_times_are_written_for_people() -> None:
    assert day(1_767_225_600) == "1 January 2026"
    assert minute(1_767_225_600_000 + 3_660_000) == "1 January 2026, 01:01"


def test_an_address_is_shortened_so_that_it_can_be_compared() -> None:
    assert short(bytes(range(20))) == "0x0001…1213"


def test_names_are_joined_as_in_a_sentence() -> None:
    assert listed(()) == ""
    assert listed(("Angola",)) == "Angola"
    assert listed(("Angola", "Botswana", "Canada")) == "Angola, Botswana or Canada"


def test_a_name_is_cut_to_a_line_and_its_address_stands_whole_behind_it() -> None:
    address = "0x" + "12" * 20
    assert called("Søns", address) == f"Søns ({address})"
    assert called("x" * 80, address) == f"{'x' * 80} ({address})"
    assert called("x" * 81, address) == f"{'x' * 79}… ({address})"


@pytest.mark.parametrize("other", ["0x" + "1f" * 20, "0x1f1f…1f1f", "0X1F1F...1F1F", "0x1"])
def test_no_name_shows_the_address_of_another(other: str) -> None:
    address = "0x" + "12" * 20
    assert called(f"Søns ({other}) as", address) == f"Søns (0x…) as ({address})"


def test_money_has_cents_groups_and_a_sign_only_below_zero() -> None:
    assert [dollars(cents) for cents in (0, 5, 123_456_789, -250)] == [
        "0.00", "0.05", "1,234,567.89", "-2.50",
    ]  # fmt: skip


def test_counts_are_written_as_people_say_them() -> None:
    assert (parcels(1), parcels(3)) == ("one parcel", "3 parcels")
    assert (counted(0), counted(1), counted(2)) == ("", " (1 stone)", " (2 stones)")
