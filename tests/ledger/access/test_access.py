"""The table of who may read what, every cell of it; and the readers themselves."""

from __future__ import annotations

import itertools
import random

import pytest

from ledger.access import (
    ALL,
    NONE,
    OPERATOR,
    STRANGER,
    Facts,
    Office,
    Reader,
    facts_of,
    held_until,
    is_ancestor,
    may_withhold,
    reader_of,
    sheets_shown,
)
from ledger.access.lineage import EVER
from ledger.custody import NEVER
from ledger.drafts import Loss, Output
from ledger.records import KINDS, SHEETS
from ledger.values import Address, Hash32, ParcelId
from tests.access_table import SHOWN, SORTS
from tests.desk import journey
from tests.trials import trials
from tests.world import GOVERNORS, World, address_of, usual_world

GIVERS = ("jeweller-fr", "trader-be", "trader-ae", "cutter-in")
ME, OTHER = address_of("trader-be"), address_of("miner-bw")
READERS = {
    "operator": OPERATOR,
    "stranger": STRANGER,
    "party": Reader("party", ME, ME, (Office("trader", "BE"),)),
    "auditor": Reader("party", ME, ME, (Office("auditor", "CH"), Office("lab", "BE"))),
    "named": Reader("party", ME, ME, (Office("trader", "BE"),)),
    "authority": Reader("party", ME, ME, (Office("authority", "BE"),)),
    "line": Reader("party", ME, ME, (Office("trader", "BE"),)),
    "other": Reader("party", ME, ME, (Office("trader", "BE"), Office("authority", "IN"))),
}
CELLS = [
    (reader, mode, kind, place)
    for (reader, modes), kind, place in itertools.product(SHOWN, KINDS, SHEETS)
    for mode in (("open", "trade") if modes == "any" else (modes,))
]


def facts(reader: str, kind: str) -> Facts:
    parties = {OTHER, ME} if reader == "named" else {OTHER}
    is_of_line = reader == "line"
    return Facts(kind, frozenset(parties), frozenset({"BW", "BE"}), is_of_line)


def test_the_table_names_every_kind_once() -> None:
    assert sorted(SORTS) == sorted(KINDS)


@pytest.mark.parametrize("reader", READERS)
def test_every_cell_of_the_table_is_so(reader: str) -> None:
    cells = [cell for cell in CELLS if cell[0] == reader]
    assert cells
    for _, mode, kind, place in cells:
        shown = sheets_shown(mode, READERS[reader], facts(reader, kind))
        row = SHOWN[reader, mode] if (reader, mode) in SHOWN else SHOWN[reader, "any"]
        assert (place in shown) == (place in row[SORTS[kind]]), (mode, kind, place)


@pytest.mark.parametrize("mode", ["open", "trade"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_shown_whole_or_without_what_may_be_withheld(mode: str, kind: str) -> None:
    rows = [cells for (_, modes), cells in SHOWN.items() if modes in (mode, "any")]
    shown = {cells[SORTS[kind]] for cells in rows} - {NONE}
    rest = tuple(place for place in ALL if place not in may_withhold(mode, kind))
    assert shown == {ALL, rest}


def test_the_table_has_as_many_cells_as_it_must(record_property) -> None:
    record_property("cells", len(CELLS))
    print(f"access: {len(CELLS)} cells of the table")  # noqa: T201 - what was measured
    assert len(CELLS) == (2 + 2 + 6) * len(KINDS) * len(SHEETS)


@pytest.mark.parametrize(
    ("office", "country", "is_concerned"),
    [
        ("BE", "BE", True), ("BE", "IN", False), ("EU", "BE", True), ("EU", "IN", False),
        ("BE", "EU", True), ("IN", "EU", False), ("EU", "EU", True),
    ],
)  # fmt: skip
def test_an_authority_is_concerned_by_its_country_and_by_the_eu(office, country, is_concerned):
    reader = Reader("party", ME, ME, (Office("authority", office),))
    shown = sheets_shown(
        "trade", reader, Facts("Handoff", frozenset({OTHER}), frozenset({country}))
    )
    assert shown == (ALL if is_concerned else NONE)


def test_a_role_that_is_no_authority_in_a_country_reads_nothing_by_it() -> None:
    reader = Reader("party", ME, ME, (Office("miner", "BE"),))
    assert sheets_shown("trade", reader, facts("other", "Handoff")) == NONE


# -- readers -------------------------------------------------------------------------------------


def reader(world: World, name: str) -> Reader | None:
    return reader_of(world.state, address_of(name), world.now_ms)


def test_a_party_reads_in_the_roles_that_it_holds_now() -> None:
    world = usual_world()
    world.admit("trader-be", "lab", "BE", valid_until=world.now_s + 60)
    found = reader(world, "trader-be")
    assert found is not None
    assert {(one.role, one.country) for one in found.offices} == {("lab", "BE"), ("trader", "BE")}
    world.later(61)
    assert reader(world, "trader-be").offices == (Office("trader", "BE"),)
    world.revoke("trader-be")
    assert reader(world, "trader-be") is None


def test_a_governor_reads_without_a_role_and_a_stranger_does_not() -> None:
    world = usual_world()
    assert reader(world, GOVERNORS[0]) == Reader("party", *[address_of(GOVERNORS[0])] * 2)
    assert reader(world, "nobody") is None


def test_an_agent_reads_as_its_party_while_both_are_in_force() -> None:
    world = usual_world()
    world.admit_agent("trader-be", "scribe", "Handoff", valid_until=world.now_s + 60)
    found = reader(world, "scribe")
    assert (found.party, found.signer, found.is_agent) == (ME, address_of("scribe"), True)
    assert found.offices == (Office("trader", "BE"),)
    world.later(61)
    assert reader(world, "scribe") is None
    world.admit_agent("trader-be", "clerk", "Handoff")
    assert reader(world, "clerk") is not None
    world.revoke("trader-be")
    assert reader(world, "clerk") is None


def test_the_key_in_force_reads_and_the_one_before_does_not() -> None:
    world = usual_world()
    world.change_key("rotate", "trader-be", "fresh")
    assert reader(world, "trader-be") is None
    assert reader(world, "fresh").party == ME
    world.change_key("recover", "trader-be", "rescued")
    assert reader(world, "fresh").party == ME
    assert reader(world, "rescued") is None
    world.later(world.charter().recovery_delay_seconds)
    assert reader(world, "fresh") is None
    assert reader(world, "rescued").party == ME


# -- facts ---------------------------------------------------------------------------------------


def test_the_parties_of_a_record_are_those_named_and_those_whose_keys_and_agents_signed() -> None:
    world = journey()
    world.admit_agent("trader-be", "scribe", "Handoff")
    signed = next(one for _, one, _ in world.log if one.record.KIND.name == "Handoff")
    found = facts_of(world.state, signed.record, [address_of("scribe")])
    assert found.parties == {address_of("miner-bw"), ME}
    assert found.countries == {"BW", "BE"}
    rotation = world.change_key("rotate", "cutter-in", "fresh")
    assert facts_of(world.state, rotation.record, rotation.signers).parties == {
        address_of("cutter-in")
    }


def test_the_countries_of_a_registration_are_its_own_and_its_sites() -> None:
    world = journey()
    signed = next(one for _, one, _ in world.log if one.record.KIND.name == "Registration")
    assert facts_of(world.state, signed.record, signed.signers).countries == {"BW"}
    assert facts_of(world.state, world.log[0][1].record, ()).countries == frozenset()


# -- lineage -------------------------------------------------------------------------------------


class Told:
    """A world as the walks read it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.read = world.state.read
        self.record = world.state.record

    def index_of(self, record_id: bytes) -> int | None:
        ids = [signed.record_id for _, signed, _ in self._world.log]
        return ids.index(record_id) if record_id in ids else None


def test_goods_are_held_from_when_they_are_made_until_they_are_given_on() -> None:
    world = journey()
    told = Told(world)
    kinds = [signed.record.KIND.name for _, signed, _ in world.log]
    parcels = [parcel for _, _, changes in world.log for parcel in changes.parcels]
    first, last = world.parcel(parcels[0]), world.parcel(parcels[-1])
    assert held_until(told, first, address_of("miner-bw")) == kinds.index("Receipt")
    assert held_until(told, first, ME) == EVER
    assert held_until(told, last, ME) == len(kinds) - 1
    assert held_until(told, last, address_of("cutter-in")) == EVER
    assert held_until(told, last, address_of("miner-bw")) == NEVER
    assert held_until(told, first, Address(bytes(20))) == NEVER


def test_ancestors_are_found_and_descendants_are_none() -> None:
    world = journey()
    told = Told(world)
    parcels = list(dict.fromkeys(one for _, _, changes in world.log for one in changes.parcels))
    first, last = world.parcel(parcels[0]), world.parcel(parcels[-1])
    assert is_ancestor(told, first.id, last)
    assert is_ancestor(told, first.id, first)
    assert not is_ancestor(told, last.id, first)


@pytest.mark.parametrize("of", ["Handoff", "Admission", "Registration"])
def test_a_correction_is_read_like_what_it_corrects(of: str) -> None:
    world = journey()
    signed = next(one for _, one, _ in world.log if one.record.KIND.name == of)
    by = {"Handoff": "miner-bw", "Admission": "governor-1", "Registration": "miner-bw"}[of]
    made = world.correct(by, signed, {}, details=Hash32(b"\x07" * 32))
    own = facts_of(world.state, made.record, made.signers)
    original = facts_of(world.state, signed.record, ())
    assert own.kind == of
    assert own.parties >= original.parties
    assert own.countries >= original.countries


def test_the_correction_of_a_clearance_is_read_by_whom_the_certificate_names() -> None:
    world = journey()
    bag = world.register(world.open_site())
    certificate = world.certify([bag], "BW1", "BE")
    cleared = world.clear(certificate)
    made = world.correct("authority-be", cleared, {"amounts.valuesUsCents.0": "1"})
    facts = facts_of(world.state, made.record, made.signers)
    named = ("authority-be", "authority-bw", "miner-bw")
    assert facts.parties == {address_of(name) for name in named}
    assert facts.countries >= {"BE", "BW"}


def test_a_clearance_concerns_whom_its_certificate_concerns() -> None:
    world = usual_world()
    parcel = world.register(world.open_site())
    importer = address_of("trader-ae")
    certificate = world.certify([parcel], "BW1", "BE", provenance="AE", importer=importer)
    signed = world.clear(certificate, exporter=Address(bytes(20)), importer=Address(bytes(20)))
    found = facts_of(world.state, signed.record, signed.signers)
    named = ("authority-be", "authority-bw", "miner-bw", "trader-ae")
    assert found.parties == {address_of(name) for name in named}
    assert found.countries == {"AE", "BE", "BW"}


def test_an_endorsed_certificate_concerns_where_it_is_sent_by_now() -> None:
    world = usual_world()
    certificate = world.certify([world.register(world.open_site())], "BW1", "BE")
    issued = world.log[-1][1]
    made = world.correct("authority-bw", certificate, {"scene.destination": "IN"})
    for signed in (issued, made):
        found = facts_of(world.state, signed.record, signed.signers)
        assert found.countries == {"BW", "BE", "IN"}


def test_a_clearance_of_paper_concerns_the_country_of_its_number() -> None:
    world = usual_world()
    signed = world.clear_paper("IN7")
    found = facts_of(world.state, signed.record, signed.signers)
    assert found.countries == {"BE", "IN"}
    assert found.parties == {address_of("authority-be")}


def test_what_is_set_is_held_by_whoever_holds_its_piece() -> None:
    world = usual_world()
    parcel = world.register(world.open_site())
    world.hand_over(parcel, "miner-bw", "cutter-in")
    work = [Output(4_000, 3, "7102.39")]
    (stone,) = world.transform("cutter-in", "polish", [parcel], work, polishing=Loss(8_500))
    world.hand_over(stone, "cutter-in", "jeweller-fr")
    piece = world.set_in([stone])
    world.hand_over(piece, "jeweller-fr", "trader-be")
    given_on, told = len(world.log) - 1, Told(world)
    for goods in (stone, piece):
        assert held_until(told, world.parcel(goods), ME) == EVER
        assert held_until(told, world.parcel(goods), address_of("jeweller-fr")) == given_on
    assert held_until(told, world.parcel(stone), address_of("cutter-in")) < given_on
    assert held_until(told, world.parcel(stone), OTHER) == NEVER
    assert is_ancestor(told, stone, world.parcel(piece))
    world.hand_over(piece, "trader-be", "jeweller-fr")
    world.take_out(piece, [stone])
    world.hand_over(stone, "jeweller-fr", "trader-ae")
    assert held_until(told, world.parcel(stone), ME) == given_on + 2
    assert held_until(told, world.parcel(stone), address_of("jeweller-fr")) == len(world.log) - 1


def test_through_pieces_too_goods_were_held_until_they_were_given_on() -> None:
    for seed in range(trials("rules.held_until")):
        _give_round(random.Random(seed))


def _give_round(dice: random.Random) -> None:
    """Set, take out and hand over three stones at random, and ask who held them until when."""
    world, at = usual_world(), "jeweller-fr"
    bag = world.register(world.open_site())
    world.hand_over(bag, "miner-bw", "cutter-in")
    outputs = [Output(1_000, 1, "7102.39")] * 3
    stones = world.transform("cutter-in", "polish", [bag], outputs, polishing=Loss(9_500))
    holders, pieces = dict.fromkeys(stones, "cutter-in"), dict[ParcelId, ParcelId]()
    given: dict[ParcelId, dict[str, int]] = {stone: {} for stone in stones}
    for _ in range(25):
        stone = dice.choice(stones)
        holder, piece = holders[stone], pieces.get(stone)
        group = [one for one in stones if piece and pieces.get(one) == piece]
        if holder == at and piece and dice.randrange(2):
            world.take_out(piece, sorted(group))
            for one in group:
                del pieces[one]
        elif holder == at and not piece and dice.randrange(2):
            group = [one for one in stones if holders[one] == at and one not in pieces]
            pieces |= dict.fromkeys(group, world.set_in(sorted(group)))
        else:
            to = dice.choice([name for name in GIVERS if name != holder])
            world.hand_over(piece or stone, holder, to)
            for one in group or [stone]:
                given[one][holder], holders[one] = len(world.log) - 1, to
        for one, name in itertools.product(stones, GIVERS):
            until = EVER if holders[one] == name else given[one].get(name, NEVER)
            assert held_until(Told(world), world.parcel(one), address_of(name)) == until
