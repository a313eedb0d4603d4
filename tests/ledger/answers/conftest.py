"""The scene that the tests of answers share; who changes it takes a fresh one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.drafts import Output
from tests.scene import ROUGH, Shown, jewel, shown


@pytest.fixture(scope="package")
def jewel_shown() -> Iterator[Shown]:
    """The stone's way on an open ledger; read only."""
    with shown(jewel()) as made:
        yield made


@pytest.fixture
def fresh() -> Iterator[Shown]:
    """The stone's way on an open ledger, of one's own."""
    with shown(jewel()) as made:
        yield made


@pytest.fixture(scope="package")
def traded() -> Iterator[Shown]:
    """The stone's way on a trade ledger; read only."""
    with shown(jewel("trade")) as made:
        yield made


@pytest.fixture(scope="package")
def pooled() -> Iterator[Shown]:
    """Goods of 67 sites in one parcel, three of them not told apart any more; read only.

    ``pool`` is of 64 sites of Botswana with 1 carat each, and of the site ``small`` there and two
    sites of Canada with less. ``again`` is what is left of it, mixed with 5 carats of ``small``;
    ``large`` is one stone of the pool, heavier than what any site told apart gave.
    """
    scene = jewel()
    small = scene.open_site(label="Small")
    bags = [scene.register(scene.open_site(), 1_000, 0) for _ in range(64)]
    bags.append(scene.register(small, 30, 0))
    for _ in range(2):
        site = scene.open_site("authority-ca")
        bags.append(scene.register(site, 900, 0, by="miner-ca"))
        scene.hand_over(bags[-1], "miner-ca", "miner-bw")
    (pool,) = scene.transform("miner-bw", "mix", sorted(bags), [Output(65_830, 0, ROUGH)])
    large, rest = scene.transform(
        "miner-bw", "split", [pool], [Output(1_500, 1, ROUGH), Output(64_330, 0, ROUGH)]
    )
    fresh = scene.register(small, 5_000, 0)
    (again,) = scene.transform("miner-bw", "mix", sorted([rest, fresh]), [Output(69_330, 0, ROUGH)])
    scene.parcels |= {"pool": pool, "large": large, "again": again}
    scene.sites |= {"small": small}
    with shown(scene) as made:
        yield made
