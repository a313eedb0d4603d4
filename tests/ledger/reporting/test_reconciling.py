"""Each certificate stands beside what was found, and what is missing is said to be."""

from ledger.drafts import Found
from ledger.reporting import Reconciling, read_period, reconciled
from tests.ledger.reporting.border import DAY, INDUSTRIAL, ROUGH, YEAR, asked, empty, viewed


def _rows(view, country="BW", now_s=None, size=None):
    question = asked(view, country)
    now_s = view.head().recorded_at_ms // 1000 if now_s is None else now_s
    period = read_period(YEAR, None, None)
    return list(
        reconciled(
            view,
            Reconciling(country, period, size or question.size, now_s, question.ledger_id),
        )
    )


def test_what_was_found_stands_beside_what_was_declared():
    world = empty()
    bags = [world.bag(1_000), world.bag(500)]
    certificate = world.certify(bags, "BW1", "BE", values_us_cents={ROUGH: 900_00})
    world.later(DAY)
    found = {ROUGH: Found(1_490, 880_00), INDUSTRIAL: Found(5, 1_00)}
    clearance = world.clear(certificate, found=found, parcel_count=1).record_id
    with viewed(world) as view:
        (row,) = _rows(view)
        assert (row.status, row.is_missing) == ("confirmed", False)
        assert (row.certificate, row.clearance) == (certificate, clearance)
        assert (row.parcels_declared, row.parcels_found, row.parcels_delta) == (2, 1, -1)
        industrial, rough = row.codes
        assert (rough.delta_millicarats, rough.delta_us_cents) == (-10, -20_00)
        # A code that the certificate does not name: nothing of it was declared.
        assert (industrial.declared_millicarats, industrial.delta_millicarats) == (0, 5)
        assert _rows(view, "EU") == [row]
        assert _rows(view, "CA") == []


def test_a_confirmation_is_missing_once_the_certificate_has_expired():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE", expires_at=world.now_s + DAY)
    with viewed(world) as view:
        last = world.certificate(certificate).expires_at
        statuses = [_rows(view, now_s=at)[0].status for at in (last, last + 1)]
        assert statuses == ["open", "expired"]
        (row,) = _rows(view, now_s=last + 1)
        assert row.is_missing
        assert row.codes[0].found_millicarats is row.codes[0].delta_millicarats is None


def test_a_past_size_knows_nothing_of_what_came_later():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE")
    world.clear(certificate)
    with viewed(world) as view:
        (row,) = _rows(view, size=view.head().size - 1)
        assert (row.status, row.clearance) == ("open", None)


def test_a_refusal_says_why():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE")
    world.clear(certificate, reason="weight", found={}, parcel_count=0)
    with viewed(world) as view:
        (row,) = _rows(view)
        assert (row.status, row.reason, row.parcels_found) == ("refused", "weight", None)
        assert row.codes[0].found_millicarats is None


def test_a_number_on_paper_alone_is_shown_to_both_sides():
    world = empty()
    bag = world.bag(1_000)
    own = world.certify([bag], "BW1", "BE")
    world.clear_paper("BW1", by="authority-in")
    world.clear_paper("BW99")
    with viewed(world) as view:
        _, shown_again, unknown = _rows(view)
        assert (shown_again.status, shown_again.same_number) == ("paper", own)
        assert (unknown.number, unknown.same_number) == ("BW99", None)
        assert unknown.codes[0].declared_millicarats is None
        assert [row.number for row in _rows(view, "IN")] == ["BW1"]


def test_a_destination_endorsed_afterwards_hides_nothing_from_whoever_cleared_the_goods():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE")
    world.clear(certificate)
    world.correct(certificate, "authority-bw", {"scene.destination": "IN"})
    with viewed(world) as view:
        (row,) = _rows(view, "EU")
        assert (row.destination, row.status) == ("IN", "confirmed")
        assert _rows(view) == [row]
        assert _rows(view, "IN") == []  # what the Union found is none of its business


def test_corrections_of_both_sides_are_named():
    world = empty()
    certificate = world.certify([world.bag(1_000)], "BW1", "BE")
    first = world.correct(certificate, "authority-bw", {"amounts.valuesUsCents.0": "5000"})
    clearance = world.clear(certificate).record_id
    second = world.correct(clearance, "authority-be", {"amounts.valuesUsCents.0": "4000"})
    with viewed(world) as view:
        (row,) = _rows(view)
        assert (row.corrected_by, row.clearance_corrected_by) == (first, second)
        assert row.codes[0].delta_us_cents == -10_00
