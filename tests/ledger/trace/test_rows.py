from ledger.trace.intervals import Box, Span
from ledger.trace.origins import OTHER_SITES, registered
from ledger.trace.rows import assemble, gather, spans_of
from ledger.values import Hash32

ONE, TWO, THREE = (Hash32(bytes([number]) * 32) for number in (1, 2, 3))


def test_rows_stand_by_country_and_by_site_within_it():
    parcels = [registered("CA", THREE, 5), registered("BW", TWO, 7), registered("BW", ONE, 2)]
    origins, box, pro_rata = gather([*parcels, parcels[0]], 64)
    assert origins == (("BW", (ONE, TWO)), ("CA", (THREE,)))
    assert box.least == box.most == pro_rata == (9, 2, 7, 10, 10)
    assert spans_of(origins) == [Span(0, 3, False), Span(3, 5, False)]


def test_the_sites_of_which_most_can_be_there_stay_told_apart():
    parcels = [registered("BW", ONE, 2), registered("BW", TWO, 7), registered("BW", THREE, 5)]
    origins, box, _ = gather(parcels, 1)
    assert origins == (("BW", (OTHER_SITES, TWO)),)
    assert box.most == (14, 7, 7)
    assert spans_of(origins) == [Span(0, 3, True)]


def test_among_equal_sites_the_earlier_stays():
    origins, _, _ = gather([registered("BW", site, 5) for site in (TWO, ONE, THREE)], 2)
    assert origins == (("BW", (OTHER_SITES, ONE, TWO)),)


def test_what_is_certainly_not_there_is_left_out():
    origins = (("BW", (ONE, TWO)), ("CA", (THREE,)))
    found = assemble(origins, Box((4, 0, 4, 0, 0), (4, 0, 4, 0, 0)), [4, 0, 4, 0, 0])
    assert [(part.country, [site for site, _ in part.sites]) for part in found] == [("BW", [TWO])]
