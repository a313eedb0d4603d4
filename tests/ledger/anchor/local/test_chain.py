from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count, pairwise
from pathlib import Path

import pytest
import rlp
from eth_account import Account

from ledger.anchor.local import CHAIN, LocalChain, chain_id_of
from ledger.database import check_all
from ledger.errors import BadQuestion, ChainDown, ChainRefused, Diverged, RefusesToStart, Reverted
from ledger.store.sqlite import SqliteStore
from ledger.values import Address, Hash32
from tests.ledger.anchor.chain_suite import ChainSuite, Grounds
from tests.ledger.anchor.local.grounds import CHAIN_ID, NOW_MS, SECRET, made, now, opened
from tests.ledger.anchor.tiny import CREATION, address_of, assemble, word
from tests.tree import ROOT

BLOCK_GAS = 250_000_000
FUNDS_WEI = 10**24
ZERO_LEDGERS_CHAIN_ID = 2_920_136_696_851_179


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chain.db"


@pytest.fixture
def grounds(path: Path) -> Iterator[Grounds]:
    with made(path) as grounds:
        yield grounds


class TestLocalChain(ChainSuite):
    """All that is asked of every chain."""


# -- blocks --------------------------------------------------------------------------------------


def test_the_first_block_has_no_parent_and_funds_one_account(grounds: Grounds) -> None:
    first = grounds.chain.block(0)
    assert first is not None
    assert first == grounds.chain.block("latest")
    assert (first.parent_hash, first.time_seconds) == (bytes(32), 0)
    assert grounds.chain.balance(grounds.address) == FUNDS_WEI
    assert grounds.chain.block(-1) is None


def test_the_first_block_commits_to_chain_id_and_account(tmp_path: Path) -> None:
    hashes = set()
    for number, (chain_id, secret) in enumerate([(1, SECRET), (2, SECRET), (1, b"\x42" * 32)]):
        at = tmp_path / f"{number}.db"
        with closing(LocalChain.create(at, now, chain_id, address_of(secret))) as chain:
            first = chain.block(0)
            assert first is not None
            hashes.add(first.block_hash)
    assert len(hashes) == 3


def test_a_transaction_is_final_when_it_was_sent(grounds: Grounds) -> None:
    for number in range(1, 4):
        mined = grounds.chain.mined(grounds.chain.send(grounds.sign(grounds.address)))
        assert mined is not None
        assert mined.block_number == number
        blocks = {grounds.chain.block(tag) for tag in ("latest", "safe", "finalized")}
        assert blocks == {grounds.chain.block(number)}


def test_block_time_follows_the_clock_but_always_grows(tmp_path: Path) -> None:
    times_ms = iter([5_900, 5_950, 5_999, 9_000, 1_000, 20_000])
    with made(tmp_path / "chain.db", lambda: next(times_ms)) as grounds:
        mined = [grounds.do(grounds.address) for _ in range(6)]
        blocks = [grounds.chain.block(one.block_number) for one in mined]
    assert [block.time_seconds for block in blocks if block] == [5, 6, 7, 9, 10, 20]


def test_the_base_fee_stands_still(grounds: Grounds) -> None:
    for _ in range(10):
        grounds.do(grounds.address)
    assert {block.base_fee_wei for n in range(11) if (block := grounds.chain.block(n))} == {7}
    assert grounds.chain.fees().base_fee_wei == 7


def test_questions_about_blocks_that_are_not_there_are_not_answered(grounds: Grounds) -> None:
    contract = grounds.make()
    assert grounds.chain.call(contract, b"", 0) == b""
    for number in (2, 10**30):
        with pytest.raises(ChainDown):
            grounds.chain.call(contract, b"", number)
        assert grounds.chain.block(number) is None
    assert grounds.chain.events(contract, (), -5, 10**30) == ()
    assert grounds.chain.events(contract, (), 1, 0) == ()


# -- transactions --------------------------------------------------------------------------------


def is_refused(grounds: Grounds, raw: bytes, words: str) -> None:
    before = grounds.chain.block("latest")
    with pytest.raises(ChainRefused, match=words) as refused:
        grounds.chain.send(raw)
    assert refused.value.reason == "other"
    assert grounds.chain.block("latest") == before


def test_a_nonce_that_is_not_the_next_is_refused_since_nothing_waits(grounds: Grounds) -> None:
    is_refused(grounds, grounds.sign(grounds.address, nonce=1), "next 0, came 1")


@pytest.mark.parametrize(("gas", "data"), [(20_999, b""), (61_000, b"\1" * 1001), (10**9, b"")])
def test_a_gas_limit_out_of_bounds_is_refused(grounds: Grounds, gas: int, data: bytes) -> None:
    is_refused(grounds, grounds.sign(grounds.address, data, gas=gas), "gas")


def test_the_least_gas_for_data_is_enough(grounds: Grounds) -> None:
    data = b"\1" * 1000 + bytes(100)
    least = 21_000 + 10 * (4 * 1000 + 100)
    assert grounds.do(grounds.address, data, gas=least).gas_used == least
    is_refused(grounds, grounds.sign(grounds.address, data, gas=least - 1), f"expected {least}")


def legacy(**fields: object) -> bytes:
    asked = {"nonce": 0, "to": b"\5" * 20, "value": 1, "gas": 21_000, "gasPrice": 9}
    return bytes(Account.sign_transaction(asked | fields, SECRET).raw_transaction)


def test_older_kinds_of_transactions_are_taken(grounds: Grounds) -> None:
    for nonce, fields in enumerate([{}, {"type": 1, "accessList": []}]):
        raw = legacy(chainId=CHAIN_ID, nonce=nonce, **fields)
        mined = grounds.chain.mined(grounds.chain.send(raw))
        assert mined is not None
        assert mined.gas_price_wei == 9


def test_a_transaction_that_could_be_replayed_on_any_chain_is_refused(grounds: Grounds) -> None:
    is_refused(grounds, legacy(), "any chain")


def test_a_signature_with_a_high_s_is_refused(grounds: Grounds) -> None:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    raw = grounds.sign(grounds.address)
    fields = rlp.decode(raw[1:])
    fields[-1] = (order - int.from_bytes(fields[-1])).to_bytes(32)
    fields[-3] = b"" if fields[-3] else b"\x01"
    is_refused(grounds, raw[:1] + rlp.encode(fields), "S value|not taken|not valid")


def test_every_bit_of_a_transaction_is_signed_or_refused(grounds: Grounds) -> None:
    raw = grounds.sign(grounds.address, word(5))
    for bit in range(0, len(raw) * 8, 5):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ChainRefused):
            grounds.chain.send(bytes(changed))
    assert grounds.chain.nonce(grounds.address) == 0


# A contract that wants more gas than it uses: it reverts below 65,536.
WANTS_GAS = assemble("GAS #10 SHR ISZERO @refuse JUMPI STOP :refuse ZERO ZERO REVERT")


def test_an_estimate_is_searched_for_where_more_is_wanted_than_is_used(grounds: Grounds) -> None:
    contract = grounds.make(WANTS_GAS)
    estimate = grounds.chain.estimate_gas(grounds.address, contract, b"")
    least = 21_000 + 65_536
    assert least <= estimate <= least * 65 // 64 + 2
    mined = grounds.do(contract, gas=estimate)
    assert mined.succeeded
    assert mined.gas_used < 22_000
    assert not grounds.do(contract, gas=least - 100).succeeded


def test_a_call_that_never_ends_is_ended_by_its_gas(grounds: Grounds) -> None:
    contract = grounds.make(assemble(":again @again JUMP"))
    assert not grounds.do(contract, gas=50_000).succeeded


# Calls itself as often as its calldata says, one inside the other.
NESTS = assemble(
    """
    ZERO CALLDATALOAD DUP1 ISZERO @end JUMPI
    #01 SWAP1 SUB ZERO MSTORE
    ZERO ZERO #20 ZERO ZERO ADDRESS GAS CALL ISZERO @refuse JUMPI
    :end STOP
    :refuse ZERO ZERO REVERT
    """
)


@pytest.fixture
def usual_recursion() -> Iterator[None]:
    """Set Python's own limit: another test may have imported what lifts it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("usual_recursion")
def test_calls_nest_as_deep_as_python_allows_and_deeper_ones_do_no_harm(grounds: Grounds) -> None:
    contract = grounds.make(NESTS)
    assert grounds.do(contract, word(50)).succeeded
    deep = word(900)
    with pytest.raises(Reverted):
        grounds.chain.call(contract, deep)
    is_refused(grounds, grounds.sign(contract, deep, gas=BLOCK_GAS), "nest deeper")
    assert grounds.do(contract, word(1)).succeeded


# -- the file ------------------------------------------------------------------------------------


def test_a_chain_that_is_opened_again_goes_on_where_it_was(path: Path) -> None:
    with made(path) as grounds:
        contract = grounds.make()
        mined = [grounds.do(contract, word(value)) for value in range(5)]
        head, balance = grounds.chain.block("latest"), grounds.chain.balance(grounds.address)
    assert sorted(found.name for found in path.parent.iterdir()) == ["chain.db", "chain.db.lock"]
    assert check_all(path, CHAIN) == []
    with opened(path) as grounds:
        assert grounds.chain.block("latest") == head
        assert grounds.chain.balance(grounds.address) == balance
        assert grounds.chain.nonce(grounds.address) == 6
        assert [grounds.chain.mined(one.transaction_hash) for one in mined] == mined
        events = tuple(event for one in mined for event in one.events)
        assert grounds.chain.events(contract, (), 0, 100) == events
        assert grounds.chain.call(contract, b"") == word(4)
        assert grounds.do(contract, word(9)).block_number == 7


def test_the_same_transactions_make_the_same_chain(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "other"):
        with made(tmp_path / name) as grounds:
            grounds.do(grounds.make(), word(1))
            heads.append(grounds.chain.block("latest"))
    assert heads[0] == heads[1]


def test_what_fails_on_the_way_leaves_nothing(path: Path) -> None:
    ticks = count()

    def clock() -> int:
        if next(ticks) == 1:
            raise InterruptedError
        return NOW_MS

    with made(path, clock) as grounds:
        contract = grounds.make()
        raw = grounds.sign(contract, word(1))
        with pytest.raises(InterruptedError):
            grounds.chain.send(raw)
        assert grounds.chain.nonce(grounds.address) == 1
        assert grounds.settle(grounds.chain.send(raw)).block_number == 2


def test_a_chain_that_is_held_is_held_by_one_alone(path: Path) -> None:
    program = f"""
from pathlib import Path
from ledger.anchor.local import LocalChain
LocalChain(Path({str(path)!r}), lambda: 0)
"""
    with made(path):
        with pytest.raises(RefusesToStart, match=f"in use by process {os.getpid()}"):
            LocalChain(path, now)
        with pytest.raises(RefusesToStart, match=f"in use by process {os.getpid()}"):
            LocalChain.create(path, now, CHAIN_ID, Address(bytes(20)))
        command = [sys.executable, "-c", program]
        other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert other.returncode == 1
        assert f"RefusesToStart: {path.parent} is in use by" in other.stderr
    with opened(path):
        pass


def test_a_chain_that_was_closed_is_down(path: Path) -> None:
    with made(path) as grounds:
        raw = grounds.sign(grounds.address)
        grounds.chain.close()
        grounds.chain.close()
        for ask in (grounds.chain.fees, lambda: grounds.chain.send(raw)):
            with pytest.raises(ChainDown):
                ask()
        assert grounds.chain.chain_id == CHAIN_ID


def test_a_file_that_is_no_chain_or_another_is_refused(tmp_path: Path, path: Path) -> None:
    with pytest.raises(RefusesToStart, match="missing"):
        LocalChain(path, now)
    assert list(tmp_path.iterdir()) == []
    SqliteStore.create(tmp_path / "log.db").close()
    with pytest.raises(RefusesToStart, match="not a chain file"):
        LocalChain(tmp_path / "log.db", now)
    with made(path, chain_id=CHAIN_ID + 1):
        pass
    with pytest.raises(Diverged, match=f"is chain {CHAIN_ID + 1}, not {CHAIN_ID}"):
        LocalChain(path, now, chain_id=CHAIN_ID)
    LocalChain(path, now).close()
    with pytest.raises(RefusesToStart, match="there already"):
        LocalChain.create(path, now, CHAIN_ID, address_of(SECRET))


@pytest.mark.parametrize("chain_id", [0, -1, 4_503_599_627_370_477, 2**64])
def test_an_id_that_wallets_do_not_take_is_refused(path: Path, chain_id: int) -> None:
    with pytest.raises(BadQuestion):
        LocalChain.create(path, now, chain_id, address_of(SECRET))
    assert not path.exists()


def test_a_chain_that_was_half_made_is_made_again(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(f"chain.db.first{ending}").write_bytes(b"cut short")
    with made(path) as grounds:
        assert grounds.chain.balance(grounds.address) == FUNDS_WEI
    assert sorted(found.name for found in path.parent.iterdir()) == ["chain.db", "chain.db.lock"]


def test_each_ledger_has_a_chain_id_of_its_own_that_no_public_chain_has() -> None:
    found = {chain_id_of(Hash32(word(number))) for number in range(1000)}
    assert len(found) == 1000
    assert min(found) >= 2**51
    assert max(found) <= 4_503_599_627_370_476  # what wallets take at most: 2 * id + 36 < 2^53
    assert chain_id_of(Hash32(bytes(32))) == ZERO_LEDGERS_CHAIN_ID  # fixed for ever
    ordered = sorted(found)
    assert max(later - earlier for earlier, later in pairwise(ordered)) < 2**50 // 50  # spread


def test_an_error_names_no_more_than_the_file(grounds: Grounds, path: Path) -> None:
    contract = grounds.make()
    with pytest.raises(Reverted):
        grounds.chain.call(contract, b"\xff")
    with pytest.raises(ChainRefused) as refused:
        grounds.chain.send(CREATION)
    assert str(path.parent) not in str(refused.value)
