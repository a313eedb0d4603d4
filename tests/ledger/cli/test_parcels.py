"""A parcel by its id, the first digits of one's own, or a link to its page."""

import pytest

from ledger.cli.parcels import amount, parcel_at
from ledger.desk import Desk
from ledger.errors import BadQuestion, Unknown
from tests.world import address_of

HOLDER = address_of("trader-be")
ONE, OTHER = "0x" + "ab" * 31 + "01", "0x" + "ab" * 31 + "02"
OPEN, OWN, HIDDEN = "11" * 16, "22" * 16, "33" * 16
"""Links: to a parcel that is told to everybody, to whoever may end the link, and to nobody here."""


class Shelf(Desk):
    """A desk that knows two parcels with nearly the same id, both held by one party."""

    def ask(self, path, **_given):
        for parcel in (ONE, OTHER):
            if path == f"/v1/parcels/{parcel}":
                return {"parcelId": parcel}
        token = path.rpartition("/")[2].removesuffix(".json")
        if path.startswith("/stones/"):
            return {"token": token, "parcelId": ONE if token == OPEN else None}
        if path == f"/v1/links/{OWN}":
            return {"token": token, "parcelId": OTHER}
        if path.startswith("/v1/parties/"):
            return {
                "address": path.rpartition("/")[2],
                "parcels": [{"parcelId": ONE}, {"parcelId": OTHER}],
                "cursor": None,
            }
        raise Unknown("parcel", path)

    def append(self, envelopes, *, wait="checkpointed", atomic=False):
        raise NotImplementedError


def test_an_id_a_link_and_enough_digits_all_name_the_parcel():
    assert parcel_at(Shelf(), OTHER)["parcelId"] == OTHER
    assert parcel_at(Shelf(), OPEN)["parcelId"] == ONE
    assert parcel_at(Shelf(), ONE[:-1] + "1", HOLDER)["parcelId"] == ONE
    assert parcel_at(Shelf(), OTHER[:66], HOLDER)["parcelId"] == OTHER


def test_digits_that_begin_two_parcels_are_too_few():
    with pytest.raises(BadQuestion, match="2 parcels begin with"):
        parcel_at(Shelf(), ONE[:20], HOLDER)


def test_digits_that_begin_none_name_nothing():
    with pytest.raises(Unknown):
        parcel_at(Shelf(), "0xcdcdcd", HOLDER)


@pytest.mark.parametrize("text", ["", "0x", "0xabab", "abab", "0xABABAB", "bag 7", "0x" + "a" * 65])
def test_another_text_names_no_parcel(text):
    with pytest.raises(BadQuestion):
        parcel_at(Shelf(), text, HOLDER)


def test_without_a_holder_a_few_digits_name_no_parcel():
    with pytest.raises(BadQuestion):
        parcel_at(Shelf(), ONE[:20])


def test_the_first_digits_of_an_id_are_no_link():
    with pytest.raises(BadQuestion, match="hides"):
        parcel_at(Shelf(), ONE[2:34])


def test_a_link_whose_parcel_is_hidden_names_it_to_whoever_may_end_it():
    assert parcel_at(Shelf(), OWN)["parcelId"] == OTHER
    with pytest.raises(BadQuestion, match="hides"):
        parcel_at(Shelf(), HIDDEN)


@pytest.mark.parametrize("link", [OPEN, OWN, HIDDEN])
def test_what_is_to_be_signed_is_named_by_no_link(link):
    with pytest.raises(BadQuestion, match="no link"):
        parcel_at(Shelf(), link, HOLDER, is_signed=True)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((12_500, 3, "Bag 7"), '12.500 ct, 3 stones, "Bag 7"'),
        ((520, 1), "0.520 ct, 1 stone"),
        ((1, 0), "0.001 ct"),
    ],
)
def test_amounts_are_shown_with_all_three_decimals(given, shown):
    assert amount(*given) == shown
