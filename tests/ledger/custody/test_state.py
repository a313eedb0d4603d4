from __future__ import annotations

from dataclasses import replace

from ledger.custody import Nothing, Overlay, Parcel, Party
from ledger.values import NO_HASH, Hash32
from tests.desk import journey


class Counted:
    """A state that counts what it is asked."""

    def __init__(self, base: Overlay) -> None:
        self.base = base
        self.asked = 0

    def read(self, sort: type, key: bytes) -> object:
        self.asked += 1
        return self.base.read(sort, key)

    def record(self, record_id: Hash32) -> object:
        self.asked += 1
        return self.base.record(record_id)


def test_what_the_state_underneath_said_is_asked_once() -> None:
    world = journey()
    counted = Counted(world.state)
    state = Overlay(counted)  # type: ignore[arg-type]  # counts in place of being typed
    parcel, record_id = world.log[-1][2].parcels[0], world.log[-1][1].record_id
    for _ in range(3):
        assert state.read(Parcel, parcel) == world.state.read(Parcel, parcel)
        assert state.read(Parcel, bytes(32)) is None
        assert state.record(record_id) == world.state.record(record_id)
        assert state.record(NO_HASH) is None
    assert counted.asked == 4
    assert list(state.items()) == []


def test_changes_lie_over_what_was_read_before_them() -> None:
    world = journey()
    signed, changes = world.log[-1][1:]
    parcel = world.state.read(Parcel, changes.parcels[0])
    assert parcel is not None
    new = Hash32(bytes([7]) * 32)
    state = Overlay(world.state)
    assert state.read(Parcel, new) is None
    assert state.record(new) is None
    changed = [replace(parcel, country="AQ"), replace(parcel, id=new, made_by=99)]
    state.apply(new, signed.record, changed)
    assert state.read(Parcel, parcel.id) == changed[0]
    assert state.read(Parcel, new) == changed[1]
    assert state.record(new) == signed.record
    assert list(state.items()) == changed
    assert world.state.read(Parcel, parcel.id) == parcel
    assert world.state.read(Parcel, new) is None


def test_an_item_changed_twice_keeps_its_place_and_its_last_form() -> None:
    world = journey()
    known = [item for _, _, changes in world.log for item in changes.items]
    one = next(item for item in known if isinstance(item, Parcel))
    other = next(item for item in known if isinstance(item, Parcel) and item.id != one.id)
    party = next(item for item in known if isinstance(item, Party))
    state = Overlay(Nothing())
    record = world.log[-1][1].record
    state.apply(NO_HASH, record, [one, party, other])
    state.apply(NO_HASH, record, [replace(one, stones=77)])
    assert list(state.items()) == [replace(one, stones=77), party, other]
