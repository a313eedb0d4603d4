"""What tests put into stores: chained entries, real envelopes and random items of every sort.

:class:`Scribe` keeps a log in memory, the right edge of its tree and all items in force, and makes
the next group for any store that stands at its head. The same dice give the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from ledger.canonical import read_record, seal
from ledger.custody import (
    Admitted,
    Agent,
    Answered,
    Blended,
    CertificateLink,
    CertificateNumber,
    CertificateState,
    CharterInForce,
    Claim,
    Corrected,
    Finding,
    Graded,
    Item,
    Lookalikes,
    Mined,
    NumberSeries,
    Operation,
    Parcel,
    Party,
    ReportNumber,
    SiteState,
    Suspicion,
    YearOutput,
)
from ledger.entry import Entry, hash_of
from ledger.merkle import leaf_hash
from ledger.records import KINDS, WRITABLE, Record
from ledger.store.memory import MemoryStore
from ledger.store.protocol import EMPTY_HEAD, Derived, Group, Head, Row, Store
from ledger.store.tiles import Tail
from ledger.values import NO_ADDRESS, Address, Hash32, Milliseconds
from tests.random_records import random_record

START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
HOLDERS = tuple(Address(bytes([number]) * 20) for number in range(1, 7))
_STATES = ("held", "offered", "spent", "frozen", "set", "sold")

ALIKE_BELOW = 100  # of 256 first bytes


def random_hash(dice: Random) -> Hash32:
    return Hash32(dice.randbytes(32))


def random_parcel(dice: Random, parcel_id: Hash32, index: int) -> Parcel:
    state = dice.choice(_STATES)
    return Parcel(
        id=parcel_id,
        state=state,
        custodian=dice.choice(HOLDERS),
        weight_millicarats=dice.randrange(1, 2**40),
        stones=dice.randrange(100),
        hs_code=dice.choice(("7102.21", "7102.31", "7102.39", "")),
        country=dice.choice(("BW", "BE", "IN")),
        head=random_hash(dice),
        head_at=dice.randrange(2**31),
        made_by=index,
        position=dice.randrange(5),
        blended_by=index,
        recipient=dice.choice(HOLDERS) if state == "offered" else NO_ADDRESS,
    )


def random_operation(dice: Random, index: int) -> Operation:
    outputs = tuple(random_hash(dice) for _ in range(dice.randrange(1, 6)))
    inputs = tuple(random_hash(dice) for _ in range(dice.randrange(3)))
    return Operation(
        index=index,
        record_id=random_hash(dice),
        name=dice.choice(("registration", "split", "mix", "cut")),
        author=dice.choice(HOLDERS),
        occurred_at=dice.randrange(2**31),
        recorded_at_ms=Milliseconds(START_MS + index),
        country="BW",
        site=random_hash(dice),
        inputs=inputs,
        input_weights_millicarats=tuple(dice.randrange(10**6) for _ in inputs),
        inputs_made_by=tuple(dice.randrange(index + 1) for _ in inputs),
        outputs=outputs,
        weights_millicarats=tuple(dice.randrange(10**6) for _ in outputs),
        stones=tuple(dice.randrange(10) for _ in outputs),
        loss_millicarats=dice.randrange(1000),
    )


def random_others(dice: Random, index: int) -> list[Item]:
    """Return one item of each other sort; keys come from a small range, so that they recur."""
    address = dice.choice(HOLDERS)
    site = Hash32(bytes([dice.randrange(4)]) * 32)
    roles = (Admitted("miner", "BW", dice.randrange(2**31), address),)
    charter = CharterInForce(
        ledger_id=Hash32(b"\1" * 32),
        origin="ledger.example/adamant",
        mode="open",
        mirror="none",
        rules_version=1,
        checkpoint_keys=("key-é",),
        anchor_key=NO_ADDRESS,
        governors=HOLDERS[:3],
        threshold=2,
        tolerance_millicarats=dice.randrange(10),
        tolerance_parts_per_million=1000,
        recovery_delay_seconds=3600,
        tables=(),
        table_hashes=(),
        head=random_hash(dice),
        head_at=index,
    )
    return [
        charter,
        Party(address, dice.choice(HOLDERS), roles, random_hash(dice), index),
        Agent(address, HOLDERS[0], "BE", ("Handoff", "Receipt"), 0, True, random_hash(dice), 1),
        Claim(address, "party", address),
        SiteState(
            site, "BW", "", "industrial", "L-1", "Orapa", HOLDERS[:2], 10**9, 0, False,
            random_hash(dice), index,
        ),
        YearOutput(site, 2020 + dice.randrange(5), dice.randrange(10**9)),
        Suspicion(address, dice.randrange(100), index),
        Finding(random_hash(dice), "late", index, random_hash(dice), site, "31 days"),
        Blended(index, '{"origins":[["BW",[]]]}'),
        *_random_papers(dice, index),
        *_random_sayings(dice, index, site),
    ]  # fmt: skip


def _random_papers(dice: Random, index: int) -> list[Item]:
    number = f"BW{dice.randrange(9)}"
    certificate = CertificateState(
        id=random_hash(dice),
        index=index,
        state="open",
        operation="export",
        number=number,
        author=HOLDERS[0],
        country="BW",
        exporter=HOLDERS[1],
        importer=NO_ADDRESS,
        original=random_hash(dice),
        parcels=(random_hash(dice), random_hash(dice)),
        hs_codes=("7102.21", "7102.31"),
        weights_millicarats=(dice.randrange(10**6), 1),
        values_us_cents=(1, dice.randrange(10**6)),
        origins=("BW", "ZA"),
        provenance="BW",
        destination="EU",
        issued_at=dice.randrange(2**31),
        expires_at=2**31,
    )
    return [
        certificate,
        CertificateNumber(number, certificate.id, index),
        CertificateLink(bytes([dice.randrange(4)]) * 16, certificate.id),
        NumberSeries(dice.choice(("BW", "ZA")), (2025, 2026), ("9", str(index))),
    ]


def _random_sayings(dice: Random, index: int, site: Hash32) -> list[Item]:
    laboratory, subject, said = dice.choice(HOLDERS), site, random_hash(dice)
    return [
        Mined(site, index, random_hash(dice)),
        Corrected(subject, said, ("scene.periodTo",), (str(index),), random_hash(dice)),
        ReportNumber(laboratory, f"LG{dice.randrange(3)}", said, subject, 1_010),
        Lookalikes("round|D|IF|1000", (subject,), (said,), (6_430, 6_460, index)),
        Answered(subject, dice.choice(HOLDERS), index, said),
        Graded(subject, said, index),
    ]


@dataclass
class Scribe:
    """Makes groups, one after the other."""

    dice: Random
    has_envelopes: bool = False
    head: Head = EMPTY_HEAD
    tail: Tail = field(default_factory=Tail)
    rows: list[Row] = field(default_factory=list)
    derived: list[Derived] = field(default_factory=list)
    items: dict[tuple[type[Item], bytes], Item] = field(default_factory=dict)
    records: dict[Hash32, Record] = field(default_factory=dict)
    parcels: list[Hash32] = field(default_factory=list)
    leaves: list[Hash32] = field(default_factory=list)

    def group(self, count: int, *, has_items: bool = True) -> Group:
        """Make the next group, of ``count`` records."""
        start, before = self.head.size, self.head
        tiles, changed = [], {}
        for index in range(start, start + count):
            row = self._row(index)
            self.rows.append(row)
            self.leaves.append(leaf_hash(row.entry))
            tiles += self.tail.append(self.leaves[-1])
            self.head = Head(
                index + 1, self.head.root, hash_of(row.entry), Milliseconds(START_MS + index)
            )
            for item in self._derive(index) if has_items else self._derive_nothing(index):
                changed[type(item), item.key] = item
        self.items |= changed
        self.head = Head(
            self.head.size, self.tail.root(), self.head.entry_hash, self.head.recorded_at_ms
        )
        return Group(
            before,
            self.head,
            self.rows[start:],
            self.derived[start:],
            list(changed.values()),
            tiles,
        )

    def _row(self, index: int) -> Row:
        root = random_hash(self.dice)
        entry = Entry(Milliseconds(START_MS + index), self.head.entry_hash, root).encode()
        return Row(index, entry, self._envelope(index))

    def _envelope(self, index: int) -> bytes:
        if not self.has_envelopes:
            return b"envelope %d" % index
        kind = KINDS[self.dice.choice(WRITABLE).KIND.name]
        record = read_record(kind, random_record(kind, self.dice))
        self.records[Hash32(index.to_bytes(32, "big"))] = record
        return seal(record, (self.dice.randbytes(65),)).raw

    def _derive(self, index: int) -> list[Item]:
        made = [_some_alike(random_hash(self.dice)) for _ in range(self.dice.randrange(3))]
        old = self.dice.sample(self.parcels, min(len(self.parcels), self.dice.randrange(3)))
        self.parcels += made
        spoken = (*old, *made, *made[:1])  # once too often: a record speaks of it twice
        record_id = Hash32(index.to_bytes(32, "big") if self.has_envelopes else _id_of(index))
        self.derived.append(Derived(index, record_id, spoken))
        parcels = [random_parcel(self.dice, parcel, index) for parcel in (*old, *made)]
        others = random_others(self.dice, index)
        few = self.dice.sample(others, self.dice.randrange(len(others)))
        return [*parcels, random_operation(self.dice, index), *few]

    def _derive_nothing(self, index: int) -> list[Item]:
        self.derived.append(Derived(index, _id_of(index)))
        return []

    def of_sort(self, sort: type[Item]) -> list[Item]:
        """Return all items of a sort in force, by key."""
        return sorted(
            (item for item in self.items.values() if type(item) is sort), key=lambda item: item.key
        )


def _id_of(index: int) -> Hash32:
    # Scattered, as the ids of real records are.
    return _some_alike(leaf_hash(index.to_bytes(8, "big")))


def _some_alike(one: Hash32) -> Hash32:
    """Let some ids begin as others do: an index may hold no more than the beginning."""
    return Hash32(bytes([one[0] & 1]) * 12 + one[12:]) if one[0] < ALIKE_BELOW else one


def commit(store: Store, group: Group) -> None:
    with store.write() as writer:
        writer.commit(group)


def memory_of(groups: Sequence[Group]) -> MemoryStore:
    """Return a store in memory that holds these groups."""
    store = MemoryStore()
    for group in groups:
        commit(store, group)
    return store


def fingerprint_of(store: Store) -> Hash32:
    with store.view() as view:
        return view.fingerprint()
