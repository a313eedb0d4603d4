"""What every chain must do, whichever way it is asked: one suite for all adapters.

An adapter's tests subclass :class:`ChainSuite` and give it the fixture ``grounds``: a chain with
one account that has money. The chain may be old and shared; blocks are mined as transactions come.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from secrets import token_bytes
from threading import Thread
from typing import Any

import pytest

from ledger.anchor.protocol import Chain, Mined
from ledger.errors import ChainRefused, Reverted
from ledger.signing import keccak
from ledger.values import NO_ADDRESS, Address, Hash32
from tests.ledger.anchor.tiny import (
    CODE,
    CREATION,
    REFUSING_CREATION,
    address_of,
    creation,
    sign,
    word,
)

TRANSFER_GAS = 21_000
WAIT_SECONDS = 30


@dataclass(frozen=True)
class Grounds:
    """A chain to try, and an account on it that has money."""

    chain: Chain
    secret: bytes

    @property
    def address(self) -> Address:
        return address_of(self.secret)

    def sign(self, to: Address | None, data: bytes = b"", **fields: Any) -> bytes:
        """Sign a transaction with all that the chain asks for, and with what is given instead."""
        fees = self.chain.fees()
        secret = fields.pop("secret", self.secret)
        if "gas" not in fields:
            fields["gas"] = self.chain.estimate_gas(address_of(secret), to, data)
        asked = {
            "chainId": self.chain.chain_id,
            "nonce": self.chain.nonce(address_of(secret), pending=True),
            "maxFeePerGas": 2 * fees.base_fee_wei + fees.priority_fee_wei,
            "maxPriorityFeePerGas": fees.priority_fee_wei,
        }
        return sign(secret, to, data, **(asked | fields))

    def settle(self, transaction_hash: Hash32) -> Mined:
        """Wait until a transaction is in a block."""
        end = time.monotonic() + WAIT_SECONDS
        while (mined := self.chain.mined(transaction_hash)) is None:
            assert time.monotonic() < end, "not mined"
            time.sleep(0.02)
        return mined

    def do(self, to: Address | None, data: bytes = b"", **fields: Any) -> Mined:
        """Sign, send and wait."""
        return self.settle(self.chain.send(self.sign(to, data, **fields)))

    def make(self, code: bytes = CODE) -> Address:
        """Make a contract: the tiny one, or another small one."""
        contract = self.do(None, creation(code)).contract
        assert contract is not None
        return contract


class ChainSuite:
    """Tests of a chain; ``grounds`` comes from the subclass."""

    # -- blocks ------------------------------------------------------------------------------

    def test_blocks_are_chained_by_hash_and_time_and_found_by_number(self, grounds: Grounds):
        for _ in range(3):
            grounds.do(grounds.address)
        last = grounds.chain.block("latest")
        assert last is not None
        block = last
        for _ in range(3):
            assert grounds.chain.block(block.number) == block
            parent = grounds.chain.block(block.number - 1)
            assert parent is not None
            assert parent.block_hash == block.parent_hash
            assert parent.number == block.number - 1
            assert parent.time_seconds < block.time_seconds
            block = parent

    def test_surer_blocks_are_never_behind_later_ones(self, grounds: Grounds):
        grounds.do(grounds.address)
        numbers = [
            block.number if (block := grounds.chain.block(tag)) else -1
            for tag in ("finalized", "safe", "latest")
        ]
        assert numbers == sorted(numbers)

    def test_there_is_no_block_after_the_last(self, grounds: Grounds):
        last = grounds.chain.block("latest")
        assert last is not None
        assert grounds.chain.block(last.number + 1_000_000) is None

    # -- accounts ----------------------------------------------------------------------------

    def test_a_transfer_moves_money_and_is_counted(self, grounds: Grounds):
        chain, receiver = grounds.chain, Address(token_bytes(20))
        balance, nonce = chain.balance(grounds.address), chain.nonce(grounds.address)
        assert chain.balance(receiver) == chain.nonce(receiver) == 0
        mined = grounds.do(receiver, value=5, gas=TRANSFER_GAS)
        assert mined.succeeded
        assert mined.gas_used == TRANSFER_GAS
        assert mined.contract is None
        assert mined.events == ()
        assert chain.balance(receiver) == 5
        assert chain.balance(grounds.address) == balance - 5 - TRANSFER_GAS * mined.gas_price_wei
        assert chain.nonce(grounds.address) == nonce + 1
        assert chain.nonce(grounds.address, pending=True) == nonce + 1
        block = chain.block(mined.block_number)
        assert block is not None
        assert block.block_hash == mined.block_hash
        assert mined.gas_price_wei >= block.base_fee_wei

    def test_an_account_without_code_has_none(self, grounds: Grounds):
        assert grounds.chain.code(grounds.address) == b""
        assert grounds.chain.code(Address(token_bytes(20))) == b""

    def test_what_the_next_block_asks_is_enough_for_it(self, grounds: Grounds):
        fees = grounds.chain.fees()
        whole = fees.base_fee_wei + fees.priority_fee_wei
        mined = grounds.do(grounds.address, gas=TRANSFER_GAS, maxFeePerGas=whole)
        assert mined.succeeded
        assert mined.gas_price_wei <= whole

    # -- contracts ---------------------------------------------------------------------------

    def test_a_contract_is_made_where_it_is_said(self, grounds: Grounds):
        mined = grounds.do(None, CREATION)
        assert mined.succeeded
        assert mined.contract is not None
        assert grounds.chain.code(mined.contract) == CODE

    def test_a_contract_keeps_what_it_was_told_and_answers_as_of_any_block(self, grounds: Grounds):
        contract = grounds.make()
        blocks = [grounds.do(contract, word(value)).block_number for value in (7, 8)]
        assert grounds.chain.call(contract, b"") == word(8)
        assert grounds.chain.call(contract, b"", "finalized") in (word(7), word(8), b"")
        assert [grounds.chain.call(contract, b"", block) for block in blocks] == [word(7), word(8)]

    def test_a_call_leaves_no_trace(self, grounds: Grounds):
        contract = grounds.make()
        nonce = grounds.chain.nonce(grounds.address)
        assert grounds.chain.call(contract, word(9)) == b""
        assert grounds.chain.call(contract, b"") == word(0)
        assert grounds.chain.nonce(grounds.address) == nonce

    def test_a_call_to_no_contract_returns_nothing(self, grounds: Grounds):
        assert grounds.chain.call(Address(token_bytes(20)), word(1)) == b""

    @pytest.mark.parametrize("data", [b"\xff", b"\xff" + bytes(range(100)), b"\xff" * 3000])
    def test_a_contract_that_refuses_says_why(self, grounds: Grounds, data: bytes):
        contract = grounds.make()
        with pytest.raises(Reverted) as refused:
            grounds.chain.call(contract, data)
        assert refused.value.data == data
        with pytest.raises(Reverted) as refused:
            grounds.chain.estimate_gas(grounds.address, contract, data)
        assert refused.value.data == data

    def test_a_contract_that_fails_says_nothing(self, grounds: Grounds):
        contract = grounds.make()
        with pytest.raises(Reverted) as failed:
            grounds.chain.call(contract, b"\xfe")
        assert failed.value.data == b""
        with pytest.raises(Reverted):
            grounds.chain.estimate_gas(grounds.address, contract, b"\xfe")

    def test_a_contract_that_refuses_to_be_made_says_why(self, grounds: Grounds):
        with pytest.raises(Reverted) as refused:
            grounds.chain.estimate_gas(grounds.address, None, REFUSING_CREATION)
        assert refused.value.data == word(0)

    def test_a_contract_that_refused_to_be_made_was_not_made(self, grounds: Grounds):
        mined = grounds.do(None, REFUSING_CREATION, gas=100_000)
        assert not mined.succeeded
        assert mined.contract is None

    # -- gas ---------------------------------------------------------------------------------

    @pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 1000, 20_000])
    def test_the_estimate_is_enough_and_little_more(self, grounds: Grounds, length: int):
        contract, data = grounds.make(), bytes([1] * length)
        estimate = grounds.chain.estimate_gas(grounds.address, contract, data)
        mined = grounds.do(contract, data, gas=estimate)
        assert mined.succeeded
        assert mined.gas_used <= estimate <= mined.gas_used * 3 // 2

    # -- events ------------------------------------------------------------------------------

    def test_an_event_says_who_logged_what_and_where(self, grounds: Grounds):
        contract, data = grounds.make(), word(11) + b"and more"
        mined = grounds.do(contract, data)
        (event,) = mined.events
        assert event.address == contract
        assert event.topics == (word(11), bytes(12) + grounds.address)
        assert event.data == data
        assert event.block_number == mined.block_number
        assert event.block_hash == mined.block_hash
        assert event.transaction_hash == mined.transaction_hash
        assert event.place == 0
        number = mined.block_number
        assert grounds.chain.events(contract, (), number, number) == (event,)

    def test_events_are_found_by_contract_topics_and_block(self, grounds: Grounds):
        chain, caller = grounds.chain, Hash32(bytes(12) + grounds.address)
        contract, other = grounds.make(), grounds.make()
        grounds.do(other, word(1))
        mined = [grounds.do(contract, word(value)) for value in (1, 2, 1)]
        first, second, third = (one.events[0] for one in mined)
        start, end = mined[0].block_number, mined[2].block_number
        one, two = Hash32(word(1)), Hash32(word(2))
        asked: list[tuple[tuple[Hash32 | None, ...], tuple[Any, ...]]] = [
            ((), (first, second, third)),
            ((None,), (first, second, third)),
            ((one,), (first, third)),
            ((two,), (second,)),
            ((one, caller), (first, third)),
            ((None, caller), (first, second, third)),
            ((two, two), ()),
            ((None, None, None), ()),
        ]
        for topics, found in asked:
            assert chain.events(contract, topics, start, end) == found
        assert chain.events(contract, (), start, start) == (first,)
        assert chain.events(contract, (one,), start + 1, end) == (third,)
        assert chain.events(contract, (), end + 1, end + 1) == ()
        assert chain.events(Address(token_bytes(20)), (), start, end) == ()

    # -- transactions ------------------------------------------------------------------------

    def test_a_transaction_that_was_never_sent_is_in_no_block(self, grounds: Grounds):
        assert grounds.chain.mined(Hash32(token_bytes(32))) is None

    def test_a_transaction_can_be_sent_again_and_happens_once(self, grounds: Grounds):
        raw = grounds.sign(grounds.address)
        nonce = grounds.chain.nonce(grounds.address)
        found = grounds.chain.send(raw)
        assert found == keccak(raw)
        mined = grounds.settle(found)
        assert grounds.chain.send(raw) == found
        assert grounds.settle(found) == mined
        assert grounds.chain.nonce(grounds.address) == nonce + 1

    def test_a_transaction_that_fails_is_mined_and_leaves_its_fee_alone(self, grounds: Grounds):
        contract = grounds.make()
        grounds.do(contract, word(3))
        balance = grounds.chain.balance(grounds.address)
        mined = grounds.do(contract, b"\xff" + bytes(40), gas=100_000)
        assert not mined.succeeded
        assert mined.events == ()
        assert grounds.chain.call(contract, b"") == word(3)
        paid = mined.gas_used * mined.gas_price_wei
        assert grounds.chain.balance(grounds.address) == balance - paid

    def test_a_nonce_that_was_used_is_too_low(self, grounds: Grounds):
        used = grounds.chain.nonce(grounds.address)
        grounds.do(grounds.address)
        raw = grounds.sign(grounds.address, nonce=used, value=1)
        self._is_refused(grounds, raw, "nonce-too-low")

    def test_an_account_without_money_can_send_nothing(self, grounds: Grounds):
        raw = grounds.sign(NO_ADDRESS, secret=token_bytes(32), gas=TRANSFER_GAS)
        self._is_refused(grounds, raw, "no-funds")

    def test_a_fee_below_the_base_fee_is_too_little(self, grounds: Grounds):
        fee = grounds.chain.fees().base_fee_wei // 2
        raw = grounds.sign(
            grounds.address, gas=TRANSFER_GAS, maxFeePerGas=fee, maxPriorityFeePerGas=0
        )
        self._is_refused(grounds, raw, "underpriced")

    def test_a_transaction_for_another_chain_is_refused(self, grounds: Grounds):
        raw = grounds.sign(grounds.address, chainId=grounds.chain.chain_id + 1)
        self._is_refused(grounds, raw, "other")

    @pytest.mark.parametrize("raw", [b"", b"\x00", b"\x02", b"\x02\xc0", b"\xc0", bytes(300)])
    def test_bytes_that_are_no_transaction_are_refused(self, grounds: Grounds, raw: bytes):
        self._is_refused(grounds, raw, "other")

    def _is_refused(self, grounds: Grounds, raw: bytes, reason: str) -> None:
        nonce = grounds.chain.nonce(grounds.address, pending=True)
        with pytest.raises(ChainRefused) as refused:
            grounds.chain.send(raw)
        assert refused.value.reason == reason, refused.value
        assert grounds.chain.nonce(grounds.address, pending=True) == nonce

    # -- many at a time ----------------------------------------------------------------------

    def test_many_threads_ask_while_one_sends(self, grounds: Grounds):
        contract, faults, over = grounds.make(), [], []
        grounds.do(contract, word(0))

        def ask() -> None:
            last = 0
            try:
                while not over:
                    stored = int.from_bytes(grounds.chain.call(contract, b""))
                    assert stored >= last
                    last = stored
                    assert grounds.chain.block("latest") is not None
            except BaseException as error:
                faults.append(error)

        threads = [Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for value in range(1, 11):
                assert grounds.do(contract, word(value), gas=100_000).succeeded
        finally:
            over.append(True)
            for thread in threads:
                thread.join()
        assert faults == []
        assert grounds.chain.call(contract, b"") == word(10)
