import doctest
import random
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from ledger.trace import bounds as room
from ledger.trace.bounds import OTHER_SITES, Bound, OriginBounds, blend, registered
from ledger.values import Hash32
from tests.ledger.trace.histories import SITES, History, next_step
from tests.trials import dice, seed, trials

SPEC = Path(__file__).parents[3] / "docs" / "spec" / "bounds.md"


def site(number: int) -> Hash32:
    return Hash32(number.to_bytes(32, "big"))


def exact(_: int) -> int:
    return 0


def within_five(_: int) -> int:
    return 5


def of(country: str, weight: int, number: int = 1) -> OriginBounds:
    return registered(country, site(number), weight)


def ends(bounds: OriginBounds) -> dict[str, tuple[int, int]]:
    return {part.country: (part.bound.least, part.bound.most) for part in bounds.countries}


# Examples by hand.


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(room).failed == 0
    assert doctest.testmod(room).attempted > 0


def test_a_registration_is_wholly_of_its_site():
    parcel = of("BW", 1200, 7)
    assert parcel.country("BW") == parcel.site("BW", site(7)) == Bound(1200, 1200, 1200)
    assert parcel.country("CA") == parcel.site("BW", site(8)) == Bound(0, 0, 0)


def test_a_part_of_a_mix_holds_at_least_what_the_rest_has_no_room_for():
    mixed = blend([of("BW", 70), of("CA", 30, 2)], [80, 20], [0, 0], 0, exact)
    assert ends(mixed.output(0)) == {"BW": (50, 70), "CA": (10, 30)}
    assert ends(mixed.output(1)) == {"BW": (0, 20), "CA": (0, 20)}


def test_a_loss_may_be_of_any_origin():
    mixed = blend([of("BW", 70), of("CA", 30, 2)], [80], [0], 20, exact)
    assert ends(mixed.output(0)) == {"BW": (50, 70), "CA": (10, 30)}


def test_one_stone_from_a_mix_is_one_of_its_origins_and_never_a_share_of_each():
    mixed = blend([of("BW", 700), of("CA", 300, 2)], [100, 900], [1, 0], 0, exact)
    stone = mixed.output(0)
    assert ends(stone) == {"BW": (0, 100), "CA": (0, 100)}
    assert stone.possible() == ("BW", "CA")
    assert stone.certain() == ()


def test_one_stone_heavier_than_all_goods_of_an_origin_is_not_of_that_origin():
    mixed = blend([of("BW", 700), of("CA", 300, 2)], [306, 694], [1, 0], 0, within_five)
    assert ends(mixed.output(0)) == {"BW": (306, 306)}


def test_one_stone_heavier_within_the_weighing_tolerance_may_still_be_of_that_origin():
    mixed = blend([of("BW", 700), of("CA", 300, 2)], [305, 695], [1, 0], 0, within_five)
    assert mixed.output(0).possible() == ("BW", "CA")


def test_a_stone_found_by_its_weight_tells_what_the_other_stone_is():
    mixed = blend([of("BW", 1000), of("CA", 3000, 2)], [1000, 3000], [1, 1], 0, exact)
    assert ends(mixed.output(0)) == {"BW": (1000, 1000)}
    assert ends(mixed.output(1)) == {"CA": (3000, 3000)}


def test_what_a_stone_took_is_not_in_the_rest():
    inputs = [of("BW", 500), of("CA", 500, 2), of("RU", 3000, 3)]
    mixed = blend(inputs, [2950, 900], [1, 0], 150, exact)
    assert ends(mixed.output(0)) == {"RU": (2950, 2950)}
    assert ends(mixed.output(1)) == {"BW": (350, 500), "CA": (350, 500), "RU": (0, 50)}


def test_a_stone_lighter_than_the_tolerance_is_not_of_an_origin_that_is_used_up():
    mixed = blend([of("BW", 3), of("CA", 50, 2)], [50, 3], [1, 1], 0, lambda w: 5 if w < 9 else 0)
    assert ends(mixed.output(1)) == {"BW": (3, 3)}


def test_a_millicarat_of_weighing_does_not_make_a_stone_certain():
    # By the balance alone, at least one millicarat of the first stone is Canadian; it is the
    # Botswanan stone all the same, on a scale that shows one millicarat more.
    mixed = blend([of("BW", 1000), of("CA", 2000, 2)], [1001, 1999], [1, 1], 0, within_five)
    assert ends(mixed.output(0)) == {"BW": (1001, 1001)}
    assert ends(mixed.output(1)) == {"CA": (1999, 1999)}


def test_two_stones_told_apart_only_by_less_than_the_tolerance_stay_either_of_two():
    mixed = blend([of("BW", 1000), of("CA", 1000, 2)], [1001, 999], [1, 1], 0, within_five)
    for position in (0, 1):
        assert mixed.output(position).possible() == ("BW", "CA")
        assert mixed.output(position).certain() == ()
        assert not mixed.output(position).contradicted


def test_a_stone_that_no_origin_fits_is_contradicted_and_keeps_the_bounds_of_the_split():
    mixed = blend([of("BW", 60), of("CA", 40, 2)], [90, 10], [1, 0], 0, within_five)
    assert mixed.output(0).contradicted
    assert ends(mixed.output(0)) == {"BW": (50, 60), "CA": (30, 40)}


def test_stones_that_fit_alone_but_not_together_are_contradicted():
    # Each of the two can only be Botswanan, and there is not enough from Botswana for both.
    mixed = blend([of("BW", 10), of("CA", 3, 2)], [6, 6, 1], [1, 1, 0], 0, exact)
    assert [mixed.output(position).contradicted for position in range(3)] == [True] * 3


def test_polishing_one_stone_keeps_the_countries_that_it_may_be_of():
    rough = blend([of("BW", 700), of("CA", 300, 2)], [200, 800], [1, 0], 0, exact).output(0)
    polished = blend([rough], [88], [1], 112, exact).output(0)
    assert ends(polished) == {"BW": (0, 88), "CA": (0, 88)}


def test_a_country_can_be_certain_when_its_sites_are_not():
    inputs = [of("BW", 500, 1), of("BW", 500, 2)]
    stone = blend(inputs, [100, 900], [1, 0], 0, exact).output(0)
    assert stone.country("BW") == Bound(100, 100, 100)
    assert stone.site("BW", site(1)) == Bound(0, 100, 50)


def test_sites_over_the_limit_are_known_by_their_country_alone():
    inputs = [of("BW", 50, 1), of("BW", 40, 2), of("BW", 30, 3), of("CA", 20, 4)]
    mixed = blend(inputs, [140], [0], 0, exact, sites_max=2).output(0)
    names = {part.country: [name for name, _ in part.sites] for part in mixed.countries}
    assert names == {"BW": [OTHER_SITES, site(1), site(2)], "CA": [OTHER_SITES]}
    assert ends(mixed) == {"BW": (120, 120), "CA": (20, 20)}
    assert mixed.site("BW", site(3)) == Bound(0, 30, 0)


def test_a_site_met_again_may_also_be_among_the_goods_known_by_country_alone():
    first = blend([of("BW", 50, 1), of("BW", 30, 2)], [80], [0], 0, exact, sites_max=1).output(0)
    again = blend([first, of("BW", 10, 2)], [90], [0], 0, exact, sites_max=2).output(0)
    assert again.site("BW", site(2)) == Bound(10, 40, 10)
    assert again.site("BW", site(1)) == Bound(50, 80, 50)


@pytest.mark.parametrize(
    ("weights", "stones", "loss"),
    [
        ([60, 41], [0, 0], 0),
        ([60], [0], 39),
        ([], [], 100),
        ([100, 0], [0, 0], 0),
        ([110], [0], -10),
    ],
)
def test_an_operation_that_does_not_balance_is_refused(weights, stones, loss):
    with pytest.raises(ValueError, match="outputs plus loss"):
        blend([of("BW", 60), of("CA", 40, 2)], weights, stones, loss, exact)


def test_an_output_without_a_stone_count_is_refused():
    with pytest.raises(ValueError, match="zip"):
        blend([of("BW", 60)], [30, 30], [0], 0, exact)


@pytest.mark.parametrize("position", [-1, 2])
def test_an_output_that_does_not_exist_is_not_given(position):
    with pytest.raises(IndexError):
        blend([of("BW", 60)], [30, 30], [0, 0], 0, exact).output(position)


# The worked example of the specification.


def by_charter(weight: int) -> int:
    return max(5, weight * 1000 // 1_000_000)


def worked_example() -> dict[str, OriginBounds]:
    mined = [of("BW", 40_000, 1), of("BW", 20_000, 2), of("CA", 30_000, 3), of("RU", 12_000, 4)]
    sorted_ = blend(mined, [89_490, 12_500], [0, 1], 10, by_charter)
    bulk, stone = sorted_.output(0), sorted_.output(1)
    received = blend([bulk], [89_485], [0], 5, by_charter).output(0)
    polished = blend([stone], [5_600], [1], 6_900, by_charter).output(0)
    return {"bulk": bulk, "stone": stone, "received": received, "polished": polished}


def example_rows() -> list[str]:
    rows = []
    for name, parcel in worked_example().items():
        for part in parcel.countries:
            rows.append((name, part.country, part.bound))
            if part.country == "BW":
                sites = zip("AB", part.sites, strict=True)
                rows += [(name, f"BW, site {letter}", bound) for letter, (_, bound) in sites]
    return [
        f"| {name} | {origin} | {bound.least:,} | {bound.most:,} | {bound.pro_rata:,} |"
        for name, origin, bound in rows
    ]


def test_the_worked_example_of_the_specification_is_what_the_code_computes():
    table = re.findall(r"^\| (?:bulk|stone|received|polished) \|.*$", SPEC.read_text("utf-8"), re.M)
    assert table == example_rows()


# Against every possible world.

UNRELATED, RELATED = "no relatives mixed again", "relatives mixed again"


def sites_of(country: str) -> list[int]:
    return [number for number, (other, _) in enumerate(SITES) if other == country]


def intervals(history: History, number: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Pair what the method says with what is possible, for each origin in the ancestry."""
    parcel = history.parcels[number]
    countries = sorted({SITES[place][0] for place in parcel.registered_sites})
    said = [parcel.bounds.country(country) for country in countries]
    said += [parcel.bounds.site(*SITES[place]) for place in sorted(parcel.registered_sites)]
    asked = [sites_of(country) for country in countries]
    asked += [[place] for place in sorted(parcel.registered_sites)]
    amounts = [history.worlds.amounts(number, places) for places in asked]
    return [
        ((bound.least, bound.most), (min(found), max(found)))
        for bound, found in zip(said, amounts, strict=True)
    ]


def assert_sound(history: History, number: int) -> None:
    bounds = history.parcels[number].bounds
    assert not bounds.contradicted
    registered_sites = history.parcels[number].registered_sites
    assert set(bounds.possible()) <= {SITES[place][0] for place in registered_sites}
    for (least, most), (truly_least, truly_most) in intervals(history, number):
        assert least <= truly_least
        assert truly_most <= most


def grown(random_: random.Random) -> History:
    """Grow a history, checking every parcel against the worlds possible when it was made."""
    history = History(
        sites_max=random_.choice([64, 64, 64, 2, 1]), tolerance=random_.choice([0, 0, 0, 1, 2])
    )
    may_mix_relatives = random_.random() < 0.6
    for _ in range(random_.randint(6, 12)):
        made = next_step(history, random_, may_mix_relatives=may_mix_relatives)
        for number in made:
            assert_sound(history, number)
    return history


def tally(history: History, figures: Counter[str]) -> None:
    """Count how often the bounds of parcels alive are exact, knowing the whole history."""
    figures["histories"] += 1
    for number in history.worlds.alive:
        assert_sound(history, number)
        if len(history.parcels[number].ancestry) == 1:
            continue
        pairs = intervals(history, number)
        figures["parcels"] += 1
        figures["intervals"] += len(pairs)
        figures["exact"] += sum(said == true for said, true in pairs)
        figures["sets"] += all(
            (said[0] > 0, said[1] > 0) == (true[0] > 0, true[1] > 0) for said, true in pairs
        )


def test_bounds_hold_in_every_possible_world(record_property):
    random_ = dice("bounds.histories")
    figures: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    for _ in range(trials("bounds.histories")):
        history = grown(random_)
        group = RELATED if history.has_relatives_mixed else UNRELATED
        if history.sites_max < len(SITES):
            group += ", sites over the limit"
        elif history.tolerance:
            group += ", weighing tolerance"
        tally(history, figures.setdefault(group, Counter()))
        for name in ("contradicted", "flagged", "too_large"):
            totals[name] += getattr(history, name)
    lines = [tightness(group, counts) for group, counts in sorted(figures.items())]
    lines.append(
        f"bounds: {totals['contradicted']:,} operations without a possible world were not taken, "
        f"{totals['flagged']:,} of them flagged; {totals['too_large']:,} were too large to list"
    )
    for line in lines:
        record_property("figure", line)
        sys.stdout.write(f"\n{line}")
    for group, floor in ((UNRELATED, 0.9), (RELATED, 0.6)):
        assert figures[group]["exact"] > floor * figures[group]["intervals"]


def tightness(group: str, counts: Counter[str]) -> str:
    exact_share = 100 * counts["exact"] / max(1, counts["intervals"])
    set_share = 100 * counts["sets"] / max(1, counts["parcels"])
    return (
        f"bounds: {group}: {counts['histories']:,} histories, {counts['parcels']:,} parcels: "
        f"{exact_share:.1f} % of {counts['intervals']:,} intervals exact, "
        f"{set_share:.1f} % of possible and certain sets exact (seed {seed()})"
    )
