from ledger.trace.origins import OTHER_SITES, Bound, CountryBounds, OriginBounds, registered
from ledger.values import Hash32

HERE, THERE, ELSEWHERE = (Hash32(bytes([number]) * 32) for number in (1, 2, 3))

PARCEL = OriginBounds(
    100,
    (
        CountryBounds(
            "BW",
            Bound(60, 80, 70),
            (
                (OTHER_SITES, Bound(0, 30, 10)),
                (HERE, Bound(30, 60, 40)),
                (THERE, Bound(10, 40, 20)),
            ),
        ),
        CountryBounds("CA", Bound(3, 40, 30), ((ELSEWHERE, Bound(3, 40, 30)),)),
    ),
)


def test_a_site_may_be_among_the_goods_known_by_country_alone():
    assert PARCEL.site("BW", THERE) == Bound(10, 50, 20)
    assert PARCEL.site("BW", ELSEWHERE) == Bound(0, 30, 0)


def test_a_site_has_no_more_than_its_country_leaves_beside_the_other_sites():
    assert PARCEL.site("BW", HERE) == Bound(30, 70, 40)


def test_a_site_of_another_country_is_not_in_a_parcel():
    assert PARCEL.site("CA", HERE) == PARCEL.site("RU", HERE) == Bound(0, 0, 0)


def test_countries_are_possible_or_certain():
    assert PARCEL.possible() == ("BW", "CA")
    assert PARCEL.certain() == ("BW", "CA")
    assert PARCEL.certain(above_millicarats=3) == ("BW",)
    assert PARCEL.country("RU") == Bound(0, 0, 0)


def test_a_registration_is_certain_and_nothing_else_is_possible():
    parcel = registered("BW", HERE, 5)
    assert parcel.possible() == parcel.certain() == ("BW",)
    assert parcel.site("BW", HERE) == Bound(5, 5, 5)
