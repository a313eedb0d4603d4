"""Bits that flip, pages that are torn, power that fails, disks that refuse: named, or undone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from eth.db.schema import SchemaV1

from ledger.anchor.local import CHAIN, SETTINGS, LocalChain, check_chain
from ledger.anchor.protocol import Mined
from ledger.database import Database, check_all
from ledger.database.layout import connect
from ledger.errors import ChainDown, Damaged, RefusesToStart, StoreFailed
from ledger.values import Address
from tests.ledger.anchor.chain_suite import Grounds
from tests.ledger.anchor.local.grounds import CHAIN_ID, by, made, now, opened
from tests.ledger.anchor.tiny import word
from tests.ledger.store.disks import Disk, Mark, failing, recording
from tests.ledger.store.histories import write_files
from tests.trials import dice, seed, trials

PAGE = SETTINGS.page_bytes


class History:
    """A chain of some blocks, and everything that it answers."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "chain.db"
        with made(self.path) as grounds:
            self.contract = grounds.make()
            self.mined = [grounds.do(self.contract, word(value)) for value in range(40)]
            self.answers = answers(grounds, self.contract, self.mined)
        self.content = self.path.read_bytes()


def answers(grounds: Grounds, contract: Address, mined: list[Mined]) -> list[Any]:
    """Ask a chain everything."""
    chain = grounds.chain
    return [
        chain.block("latest"),
        [chain.block(number) for number in range(len(mined) + 2)],
        [chain.mined(one.transaction_hash) for one in mined],
        chain.events(contract, (), 0, 1000),
        [chain.call(contract, b"", number) for number in range(len(mined) + 2)],
        chain.balance(grounds.address),
        chain.nonce(grounds.address),
        chain.code(contract),
    ]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("history"))


@pytest.fixture
def path(tmp_path: Path, history: History) -> Path:
    return Path(shutil.copy(history.path, tmp_path))


def test_a_flipped_bit_is_named_and_never_answered(
    path: Path, history: History, record_property: Any
) -> None:
    random, outcomes = dice("anchor.local_bits"), Counter[str]()
    for _ in range(trials("anchor.local_bits")):
        bit = random.randrange(len(history.content) * 8)
        flipped = bytearray(history.content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        page = bit // 8 // PAGE + 1
        places = [fault.place for fault in check_all(path, CHAIN)]
        assert any(place.startswith(f"chain.db page {page}") for place in places), places
        try:
            with opened(path) as grounds:
                found = answers(grounds, history.contract, history.mined)
        except (Damaged, RefusesToStart, StoreFailed) as error:
            outcomes[type(error).__name__] += 1
        else:
            assert found == history.answers
            outcomes["not met"] += 1
    told = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    record_property("figure", f"bits flipped in a chain with seed {seed()}: {told}")
    assert outcomes["Damaged"]


def test_a_torn_page_is_named_by_its_number(path: Path, history: History) -> None:
    named = 0
    for page in range(1, len(history.content) // PAGE):
        torn = bytearray(history.content)
        torn[page * PAGE + 512 : (page + 1) * PAGE] = bytes(PAGE - 512)
        path.write_bytes(torn)
        if torn == history.content:
            continue
        try:
            with opened(path) as grounds:
                found = answers(grounds, history.contract, history.mined)
        except Damaged as damaged:
            named += 1
            told = damaged.place
        else:
            told = f"page {page + 1}"
            assert found == history.answers
        assert told.endswith(f"page {page + 1}")
    assert named > 10


def test_a_chain_that_met_damage_writes_no_more(path: Path, history: History) -> None:
    flipped = bytearray(history.content)
    with closing(connect(path, SETTINGS, may_write=False)) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = 'logs'"
        pages = [page for (page,) in connection.execute(query)]
    for page in pages:
        flipped[page * PAGE - 100] ^= 1
    path.write_bytes(flipped)
    with opened(path) as grounds:
        raw = grounds.sign(history.contract, word(1))
        with pytest.raises(Damaged):
            grounds.chain.events(history.contract, (), 0, 100)
        with pytest.raises(StoreFailed, match="damaged"):
            grounds.chain.send(raw)


def head_key(path: Path) -> bytes:
    with opened(path) as grounds:
        head = grounds.chain.block("latest")
    assert head is not None
    return head.block_hash


def first_key(path: Path) -> bytes:
    with opened(path) as grounds:
        first = grounds.chain.block(0)
    assert first is not None
    return first.block_hash


def state_key(path: Path) -> bytes:
    with closing(connect(path, SETTINGS, may_write=False)) as connection:
        query = "SELECT value FROM pairs WHERE key = ?"
        ((header,),) = connection.execute(query, (head_key(path),))
        roots = [key for (key,) in connection.execute("SELECT key FROM pairs") if key in header]
        (root,) = [key for key in roots if header.index(key) == 91]  # the third field of a header
    return root


@pytest.mark.parametrize(
    "key",
    [
        lambda _: SchemaV1.make_canonical_head_hash_lookup_key(),
        lambda _: SchemaV1.make_block_number_to_hash_lookup_key(0),
        lambda _: SchemaV1.make_block_number_to_hash_lookup_key(41),
        first_key,
        head_key,
        state_key,
    ],
    ids=["the head", "number 0", "number 41", "block 0", "block 41", "the state"],
)
def test_what_is_missing_is_named_when_it_opens(path: Path, key: Any) -> None:
    with closing(connect(path, SETTINGS, may_write=True)) as connection:
        connection.execute("DELETE FROM pairs WHERE key = ?", (key(path),))
        assert connection.changes() == 1
    with pytest.raises(Damaged, match="gap"):
        LocalChain(path, now)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM chain",
        "UPDATE chain SET chain_id = chain_id + 1",
        "UPDATE chain SET funded = zeroblob(20)",
    ],
)
def test_a_chain_that_says_to_be_another_than_it_is_is_named(path: Path, change: str) -> None:
    with closing(connect(path, SETTINGS, may_write=True)) as connection:
        connection.execute(change)
    with pytest.raises(Damaged, match=r"block 0|table chain"):
        LocalChain(path, now)


def test_after_a_loss_of_power_what_was_acknowledged_is_there(
    tmp_path: Path, record_property: Any
) -> None:
    random, folder = dice("anchor.local_power"), tmp_path / "ledger"
    folder.mkdir()
    path = folder / "chain.db"
    with made(path) as grounds:
        contract = grounds.make()
    before = Disk.of(folder)
    with recording("chain-power") as vfs:
        with opened(path, settings=by("chain-power")) as grounds:
            for value in range(1, 9):
                vfs.tape.append(Mark(grounds.do(contract, word(value))))
        tape = vfs.tape
    heights = set()
    for trial in range(trials("anchor.local_power_losses")):
        disk = Disk(dict(before.durable))
        cut = random.randrange(len(tape) + 1)
        disk.replay(tape[:cut])
        files = {name: data for name, data in disk.lose_power(random).items() if "lock" not in name}
        found = write_files(tmp_path / f"found {trial}", files) / "chain.db"
        told = [step.what for step in tape[:cut] if isinstance(step, Mark)]
        with opened(found) as grounds:
            assert [grounds.chain.mined(one.transaction_hash) for one in told] == told
            head = grounds.chain.block("latest")
            assert head is not None
            assert head.number - len(told) in (1, 2)  # the block that was under way is whole
            heights.add(head.number)
            assert grounds.chain.call(contract, b"") == word(head.number - 1)
            assert grounds.do(contract, word(99)).block_number == head.number + 1
        assert check_all(found, CHAIN) == []
    told = f"a chain lost power with seed {seed()}: it went on behind blocks {sorted(heights)}"
    record_property("figure", told)
    assert len(heights) > 2


def failures() -> Iterator[int]:
    return iter(range(1, 400))


def test_an_error_of_the_disk_at_any_call_leaves_a_block_whole_or_none(tmp_path: Path) -> None:
    with made(tmp_path / "chain.db") as grounds:
        contract = grounds.make()
        raw = grounds.sign(contract, word(5))
    outcomes = set()
    for fail_at in failures():
        name = f"chain-{fail_at}"
        folder = tmp_path / name
        folder.mkdir()
        path = Path(shutil.copy(tmp_path / "chain.db", folder))
        with failing(name, fail_at) as vfs:
            acknowledged = False
            try:
                with opened(path, settings=by(name)) as grounds:
                    grounds.chain.send(raw)
                    acknowledged = True
            except (StoreFailed, Damaged, RefusesToStart, ChainDown):
                pass
            failed = vfs.failed
        with opened(path) as grounds:
            is_there = grounds.chain.call(contract, b"") == word(5)
            assert is_there or not acknowledged
            assert is_there == (grounds.chain.nonce(grounds.address) == 2)
            grounds.settle(grounds.chain.send(raw))
        assert check_all(path, CHAIN) == []
        outcomes.add(is_there)
        if failed is None:
            break
    else:
        pytest.fail("more calls than were tried")
    assert outcomes == {True, False}


Change = tuple[str, tuple[Any, ...]]


def another_event(history: History) -> Change:
    """Change what a receipt says was logged."""
    with closing(connect(history.path, SETTINGS, may_write=False)) as connection:
        pairs = connection.execute("SELECT key, value FROM pairs WHERE length(key) = 32").fetchall()
    topics = word(17) + b"\xa0" + bytes(12)  # the next topic: its length, and an address
    ((key, value),) = [pair for pair in pairs if topics in pair[1]]
    forged = value.replace(word(17), word(71))
    return "UPDATE pairs SET value = ? WHERE key = ?", (forged, key)


def two_in_one_place(_: History) -> Change:
    keys = [SchemaV1.make_block_number_to_hash_lookup_key(number) for number in (8, 9)]
    change = "UPDATE pairs SET value = (SELECT value FROM pairs WHERE key = ?) WHERE key = ?"
    return change, tuple(keys)


def no_way_to_a_transaction(history: History) -> Change:
    found = history.mined[5].transaction_hash
    key = SchemaV1.make_transaction_hash_to_block_lookup_key(found)
    return "DELETE FROM pairs WHERE key = ?", (key,)


CHANGES: dict[str, Callable[[History], Change]] = {
    "an event forgotten": lambda _: ("DELETE FROM logs WHERE block = 9", ()),
    "an event invented": lambda _: ("INSERT INTO logs VALUES (zeroblob(20), 9, x'')", ()),
    "an event changed": another_event,
    "a transaction that is not found": no_way_to_a_transaction,
    "two blocks in one place": two_in_one_place,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_somebody_changed_in_the_tables_is_named_by_an_audit(
    path: Path, history: History, change: Callable[[History], Change]
) -> None:
    assert check_chain(path) == []
    assert path.read_bytes() == history.content
    with closing(connect(path, SETTINGS, may_write=True)) as connection:
        connection.execute(*change(history))
        assert connection.changes() == 1
    with closing(Database(path, CHAIN, SETTINGS)):
        pass  # each page has its checksum
    assert check_all(path, CHAIN) == []
    assert check_chain(path) != []


def test_the_file_says_which_chain_it_is(path: Path) -> None:
    assert LocalChain(path, now).chain_id == CHAIN_ID
