from __future__ import annotations

import pytest

from ledger.custody import Blended, Finding, Nothing, Operation, Overlay, Parcel
from ledger.derivation import decide, reread
from ledger.drafts import Output
from ledger.entry import Entry, Sort
from ledger.errors import Damaged, Refused
from ledger.rules import check
from ledger.rules.findings import finding_id
from ledger.trace.kept import bounds_of
from ledger.values import NO_HASH, Milliseconds
from tests.desk import journey
from tests.world import World


def replayed(world: World) -> Overlay:
    """Decide everything again that a world said."""
    state = Overlay(Nothing())
    for index, (now_ms, signed, _) in enumerate(world.log):
        changes = decide(state, signed, index, now_ms)
        state.apply(signed.record_id, signed.record, changes.items)
    return state


def test_to_what_the_rules_change_only_what_follows_for_origins_is_added() -> None:
    world, state = journey(), Overlay(Nothing())
    for index, (now_ms, signed, _) in enumerate(world.log):
        by_rules = check(state, signed, index, now_ms)
        changes = decide(state, signed, index, now_ms)
        added = changes.items[len(by_rules.items) :]
        assert changes.items[: len(by_rules.items)] == by_rules.items
        assert (changes.parcels, changes.mentions) == (by_rules.parcels, by_rules.mentions)
        operations = [item for item in by_rules.items if isinstance(item, Operation)]
        assert [item.index for item in added if isinstance(item, Blended)] == [
            operation.index for operation in operations if operation.inputs
        ]
        assert all(isinstance(item, (Blended, Finding)) for item in added)
        state.apply(signed.record_id, signed.record, changes.items)


@pytest.mark.parametrize(
    ("given", "outputs", "at"),
    [
        ((1_000, 1_000), ((200, 0), (1_500, 1), (300, 0)), [1]),
        ((10_000, 3_000), ((6_000, 1), (6_000, 1), (1_000, 0)), [0, 1, 2]),
        ((1_000, 1_000), ((1_000, 1), (1_000, 1)), []),
        ((1_000, 1_000), ((1_500, 0), (500, 0)), []),
    ],
)
def test_each_output_that_no_origin_fits_has_a_finding(
    given: tuple[int, ...], outputs: tuple[tuple[int, int], ...], at: list[int]
) -> None:
    world = journey()
    bags = [world.register(world.open_site(), weight, 0) for weight in given]
    made = world.transform("miner-bw", "mix", sorted(bags), [Output(*one) for one in outputs])
    state = replayed(world)
    found = {one.subject: one for one in state.items() if isinstance(one, Finding)}
    assert set(found) == {made[position] for position in at}
    for position, parcel in enumerate(made):
        held = state.read(Parcel, parcel)
        assert held is not None
        assert bounds_of(state, held).contradicted == (position in at)
    record_id = world.log[-1][1].record_id
    for subject, finding in found.items():
        assert (finding.name, finding.record_id) == ("origin-contradicted", record_id)
        assert finding.id == finding_id(finding.name, record_id, subject)
        assert finding.index == len(world.log) - 1


def test_a_refusal_of_the_rules_is_passed_on() -> None:
    world = journey()
    with pytest.raises(Refused):
        decide(world.state, world.log[3][1], len(world.log), world.now_ms)


def line(world: World, index: int, **changes: object) -> bytes:
    """Return an entry as the ledger writes it, or another."""
    values = {"recorded_at_ms": Milliseconds(5), "previous": NO_HASH, **changes}
    return Entry(**{"root": world.log[index][1].root, **values}).encode()  # type: ignore[arg-type]


def test_a_line_is_read_again_as_it_was_written() -> None:
    world = journey()
    for index, (_, signed, _) in enumerate(world.log):
        entry, again = reread(index, line(world, index), signed.envelope.raw, world.ledger_id)
        assert again == signed
        assert entry.root == signed.root


def test_a_line_that_the_ledger_did_not_write_is_damaged() -> None:
    world = journey()
    raw = world.log[7][1].envelope.raw
    for entry, envelope in (
        (line(world, 7)[:-1], raw),
        (line(world, 7, root=NO_HASH), raw),
        (line(world, 7, sort=Sort.MAP), raw),
        (line(world, 7), raw + b" "),
        (line(world, 7), world.log[8][1].envelope.raw),
    ):
        with pytest.raises(Damaged, match="at entry 7"):
            reread(7, entry, envelope, world.ledger_id)
    with pytest.raises(Damaged, match="at entry 7"):
        reread(7, line(world, 7), raw, NO_HASH)


def test_everything_decided_again_leaves_the_same_state() -> None:
    world = journey()
    state = replayed(world)
    for item in world.state.items():
        assert state.read(type(item), item.key) == item
