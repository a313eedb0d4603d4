"""Whatever is said, in whatever state: changes or a refusal by name, and nothing is touched.

Records are drawn at random and then made ever more plausible: addresses, ids, heads, roles and
countries of the stage take the place of random ones, and the right keys sign.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest

from ledger.canonical import read_record
from ledger.custody import Item, Nothing, Overlay, Parcel, Party, SiteState
from ledger.errors import Refused
from ledger.records import KINDS, SHEETS, WRITABLE, Record
from ledger.rules import check
from ledger.signing import SignedRecord, read_signed, sign_record, signature_count
from ledger.values import ADDRESS_BYTES, HASH_BYTES, ParcelId
from tests import spec_tables
from tests.ledger.rules.cases import Stage, cast_names
from tests.ledger.rules.test_case import PRINTABLE
from tests.ledger.rules.troupe import PARTIES, Troupe
from tests.random_records import random_record
from tests.trials import dice, trials
from tests.world import GOVERNORS, START, address_of, secret_of

NAMES = (*GOVERNORS, *cast_names())
RULES = {name for _, name in spec_tables.refusals()}
WRITABLE_KINDS = tuple(record.KIND for record in WRITABLE)
COUNT = trials("rules.random_records")


@functools.cache
def busy_stage() -> Stage:
    """Return a stage on which much has happened: parcels in every state, keys changed."""
    troupe, luck = Troupe(), Random(7)
    for _ in range(250):
        troupe.act(luck)
    return troupe.stage


@functools.cache
def known() -> tuple[list[bytes], list[bytes]]:
    """Return the stage's addresses and its hashes: parcels, heads, sites and records."""
    stage = busy_stage()
    items = [item for _, _, changes in stage.log for item in changes.items]
    books = [stage.parcel(parcel) for parcel in parcels()]
    hashes = [value for book in books for value in (book.id, book.head)]
    hashes += [
        value for item in items if isinstance(item, SiteState) for value in (item.id, item.head)
    ]
    hashes += [stage.head_of(address_of(name)) for name in NAMES]
    hashes += [stage.charter().head]
    addresses = [item.address for item in items if isinstance(item, Party)]
    return [bytes(a) for a in addresses], [bytes(value) for value in hashes]


@functools.cache
def parcels() -> list[ParcelId]:
    """Return the ids of the stage's parcels."""
    made = (item for _, _, changes in busy_stage().log for item in changes.items)
    return sorted({item.id for item in made if isinstance(item, Parcel)})


def plausible(record: Record, luck: Random) -> Record:
    """Return a record with values of the stage in place of random ones."""
    addresses, hashes = known()
    sheets = {}
    for place in SHEETS:
        sheet = getattr(record, place)
        values = {
            each.name: _plausible(getattr(sheet, each.name), luck, addresses, hashes)
            for each in fields(sheet)
            if each.name != "salt"
        }
        sheets[place] = replace(sheet, **values)
    name = luck.choice(NAMES)
    speaker = busy_stage().speaker(name)
    sheets["who"] = replace(sheets["who"], author=speaker.author)
    sheets["what"] = replace(sheets["what"], author_role=speaker.role)
    occurred_at = busy_stage().now_s + luck.choice([0, 0, 0, -60, 299, 300, 301])
    sheets["scene"] = replace(
        sheets["scene"], author_country=speaker.country, occurred_at=occurred_at
    )
    return about_one_parcel(replace(record, **sheets), luck)  # type: ignore[type-var]  # a dataclass


def _plausible(value: Any, luck: Random, addresses: list[bytes], hashes: list[bytes]) -> Any:
    if isinstance(value, bytes) and any(value) and luck.randrange(8):
        if len(value) == ADDRESS_BYTES:
            return luck.choice(addresses)
        return luck.choice(hashes) if len(value) == HASH_BYTES else value
    return value


def about_one_parcel(record: Record, luck: Random) -> Record:
    """Return a record that names one parcel of the stage by its true head, if it names one."""
    stage, what = busy_stage(), record.what
    parcels = [
        item for _, _, changes in stage.log for item in changes.items if isinstance(item, Parcel)
    ]
    held = sorted({stage.parcel(parcel.id).id for parcel in parcels})
    chosen = sorted(luck.sample(held, luck.randint(1, 3)))
    heads = tuple(stage.parcel(parcel).head for parcel in chosen)
    if hasattr(what, "inputs"):
        what = replace(what, inputs=tuple(chosen), previous=heads)
    elif hasattr(what, "parcel") and any(what.parcel):
        book = stage.parcel(chosen[0])
        what = replace(what, parcel=book.id)
        if getattr(what, "previous", None) is not None and any(what.previous):
            what = replace(what, previous=book.head)
        owner = [name for name in PARTIES if address_of(name) == book.custodian]
        if owner and luck.randrange(2):
            speaker = stage.speaker(owner[0])
            what = replace(what, author_role=speaker.role)
            record = replace(  # type: ignore[type-var]  # every Record is a dataclass
                record,
                who=replace(record.who, author=speaker.author),
                scene=replace(record.scene, author_country=speaker.country),
            )
    return replace(record, what=what)  # type: ignore[type-var]  # every Record is a dataclass


def sign(record: Record, luck: Random) -> SignedRecord:
    """Sign a record with keys of the cast, mostly those that should."""
    names = [name for name in NAMES if address_of(name) == record.author] or ["stranger"]
    count = signature_count(record)
    if count is None:
        names = list(GOVERNORS[: luck.randint(1, 3)])
    while count is not None and len(names) < count:
        names = sorted({*names, luck.choice([*NAMES, "fresh"])})
    ledger_id = busy_stage().ledger_id
    return read_signed(sign_record(record, ledger_id, map(secret_of, names)).raw, ledger_id)


def draw(kind: Any, luck: Random) -> SignedRecord | None:
    """Draw a record of a kind; None when making it plausible made it unfit to be said."""
    record = read_record(kind, random_record(kind, luck))
    try:
        if luck.randrange(8):
            record = plausible(record, luck)
        return sign(record, luck)
    except Refused:
        return None


class Watched:
    """A state that can be read and nothing else."""

    def __init__(self, base: Overlay) -> None:
        self.read = base.read
        self.record = base.record


def decided(state: Any, signed: SignedRecord, index: int, now_ms: int) -> Any:
    """Return what the rules decide: changes, or a refusal."""
    try:
        return check(state, signed, index, now_ms)
    except Refused as refused:
        return refused.refusal


def items_of(state: Overlay) -> list[Item]:
    return list(state.items())


@pytest.mark.parametrize("kind", WRITABLE_KINDS, ids=lambda kind: str(kind.name))
def test_the_rules_answer_by_name_and_touch_nothing(kind: Any) -> None:
    luck, stage = dice(f"rules.random {kind.name}"), busy_stage()
    before, met = items_of(stage.state), Counter[str]()
    for _ in range(COUNT):
        signed = draw(kind, luck)
        if signed is None:
            continue
        index, now_ms = len(stage.log), stage.now_ms
        came = decided(Watched(stage.state), signed, index, now_ms)
        assert came == decided(Overlay(stage.state), signed, index, now_ms)
        met["accepted" if not hasattr(came, "rule") else came.rule] += 1
        check_shown(came)
    assert items_of(stage.state) == before
    assert sum(met.values()) > 0


@pytest.mark.parametrize("kind", WRITABLE_KINDS, ids=lambda kind: str(kind.name))
def test_before_the_charter_the_rules_answer_by_name(kind: Any) -> None:
    luck = dice(f"rules.first {kind.name}")
    for _ in range(COUNT // 4):
        signed = draw(kind, luck)
        if signed is not None:
            came = decided(Nothing(), signed, 0, START * 1000)
            assert getattr(came, "rule", None) == "charter-first" or kind.name == "Charter"
            check_shown(came)


def check_shown(came: Any) -> None:
    """Check that a refusal is listed, and shows little and in plain characters."""
    if not hasattr(came, "rule"):
        return
    assert came.rule in RULES
    assert len(came.came) <= 80
    assert len(came.expected) <= 160
    assert set(came.came) | set(came.expected) | set(came.field) <= PRINTABLE


@pytest.mark.parametrize("name", sorted(set(KINDS) - {kind.name for kind in WRITABLE_KINDS}))
def test_a_kind_that_the_rules_do_not_take_never_reaches_them(name: str) -> None:
    stage, luck = busy_stage(), dice(f"rules.unwritable {name}")
    record = read_record(KINDS[name], random_record(KINDS[name], luck))
    envelope = sign_record(record, stage.ledger_id, [secret_of("trader-be")])
    with pytest.raises(Refused) as refused:
        read_signed(envelope.raw, stage.ledger_id)
    assert refused.value.refusal.rule == "kind"
