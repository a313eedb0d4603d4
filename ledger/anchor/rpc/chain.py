"""The adapter: each method of :class:`ledger.anchor.protocol.Chain` as one or a few questions.

Nothing is tried again here, kept, or decided: the worker does that. What is seen to is that answers
are answers: of the right form, to the very question, from the chain that was configured. Otherwise
``ChainDown`` says so in a few words.
"""

from __future__ import annotations

from ledger.anchor.protocol import Block, Event, Fees, Mined, Tag
from ledger.anchor.rpc import reading, refusals
from ledger.anchor.rpc.asking import Asking
from ledger.anchor.rpc.node import Node
from ledger.anchor.rpc.reading import Malformed
from ledger.anchor.rpc.refusals import NodeSaid
from ledger.errors import ChainRefused
from ledger.signing import keccak
from ledger.values import Address, Hash32, to_hex

BASE_FEES = 2
"""Of the one block that a fee history was asked for, and of the next (execution-apis)."""


class RpcChain:
    """A chain by one of its nodes.

    Making one asks nothing, so a ledger starts while its node is down.

    Args:
        node: which, and how patiently.

    Raises:
        RefusesToStart: web3 is not installed.

    Every method may raise ``ChainDown``, and ``Diverged`` where the node is on another chain.

    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._asking = Asking(node)

    @property
    def chain_id(self) -> int:
        """The configured chain id; no answer is given out from any other chain."""
        return self._node.chain_id

    def block(self, which: Tag | int) -> Block | None:
        """Return a block by tag or number; None where the chain has none such (yet).

        ``safe`` and ``finalized`` are what the node says. One that answers with an error, since it
        knows no such block or no such tag, has none: nothing is safe because a node is old.
        """
        if isinstance(which, int) and which < 0:
            return None
        method, hashes_alone = "eth_getBlockByNumber", False
        try:
            found = self._asking.ask(method, _place(which), hashes_alone)
        except NodeSaid as error:
            if which in ("safe", "finalized") and refusals.is_no_block(error.said):
                return None
            raise self._asking.down(method, error) from None
        if found is None and which != "latest":
            return None
        with self._asking.strict(method):
            return reading.block(found, which if isinstance(which, int) else None)

    def code(self, address: Address) -> bytes:
        """Return the code at an address, as of the last block."""
        found = self._asking.told("eth_getCode", to_hex(address), "latest")
        with self._asking.strict("eth_getCode"):
            return reading.octets(found, "code")

    def balance(self, address: Address) -> int:
        """Return an account's balance in wei, as of the last block."""
        found = self._asking.told("eth_getBalance", to_hex(address), "latest")
        with self._asking.strict("eth_getBalance"):
            return reading.quantity(found, "a balance", reading.WEI_MAX)

    def nonce(self, address: Address, *, pending: bool = False) -> int:
        """Return how many transactions an account has sent: mined, or with those that wait."""
        which = "pending" if pending else "latest"
        found = self._asking.told("eth_getTransactionCount", to_hex(address), which)
        with self._asking.strict("eth_getTransactionCount"):
            return reading.quantity(found, "a nonce")

    def call(self, to: Address, data: bytes, which: Tag | int = "latest") -> bytes:
        """Ask a contract, as of a block; ``ChainDown`` where there is no such block."""
        asked = {"to": to_hex(to), "data": to_hex(data)}
        found = self._asking.run("eth_call", asked, _place(which))
        with self._asking.strict("eth_call"):
            return reading.octets(found, "a result")

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        """Return the gas that a transaction would take; ``to`` is None for one that deploys."""
        asked = {"from": to_hex(sender), "data": to_hex(data)}
        if to is not None:
            asked["to"] = to_hex(to)
        found = self._asking.run("eth_estimateGas", asked)
        with self._asking.strict("eth_estimateGas"):
            return reading.quantity(found, "gas")

    def fees(self) -> Fees:
        """Return what the next block asks: its base fee, and the tip that the node suggests."""
        history = self._asking.told("eth_feeHistory", "0x1", "latest", [])
        tip = self._asking.told("eth_maxPriorityFeePerGas")
        with self._asking.strict("eth_feeHistory"):
            found = reading.fields(history, "a fee history").get("baseFeePerGas")
            base_fees = reading.items(found, "base fees")
            if len(base_fees) != BASE_FEES:
                raise Malformed("base fees of other blocks")
            base_fee_wei = reading.quantity(base_fees[-1], "a base fee", reading.WEI_MAX)
        with self._asking.strict("eth_maxPriorityFeePerGas"):
            return Fees(base_fee_wei, reading.quantity(tip, "a tip", reading.WEI_MAX))

    def send(self, raw: bytes) -> Hash32:
        """Hand a signed transaction in; one that is known already is no error.

        Nodes refuse what they know in many words, and what they have mined with "nonce too low". So
        on any refusal the node is asked for that very transaction: if it has it, nothing is wrong.
        """
        expected = keccak(raw)
        try:
            answer = self._asking.ask("eth_sendRawTransaction", to_hex(raw))
        except NodeSaid as error:
            if refusals.is_known(error.said) or self._has(expected):
                return expected
            reason = refusals.refusal(error.said)
            if reason is None:
                raise self._asking.down("eth_sendRawTransaction", error) from None
            raise ChainRefused(reason, error.said.words) from None
        with self._asking.strict("eth_sendRawTransaction"):
            if reading.hash32(answer, "a hash") != expected:
                raise Malformed("the hash of another transaction")
        return expected

    def _has(self, transaction_hash: Hash32) -> bool:
        found = self._asking.told("eth_getTransactionByHash", to_hex(transaction_hash))
        with self._asking.strict("eth_getTransactionByHash"):
            if found is None:
                return False
            told = reading.fields(found, "a transaction").get("hash")
            if reading.hash32(told, "a hash") != transaction_hash:
                raise Malformed("another transaction")
            return True

    def mined(self, transaction_hash: Hash32) -> Mined | None:
        """Return what became of a transaction; None while it is in no block of the chain."""
        found = self._asking.told("eth_getTransactionReceipt", to_hex(transaction_hash))
        with self._asking.strict("eth_getTransactionReceipt"):
            return None if found is None else reading.mined(found, transaction_hash)

    def events(
        self,
        address: Address,
        topics: tuple[Hash32 | None, ...],
        first_block: int,
        last_block: int,
    ) -> tuple[Event, ...]:
        """Return a contract's events in blocks first to last, in order; a topic of None is any.

        Blocks are asked for some at a time, and fewer where the node says that is too much. Blocks
        beyond the last one have no events.
        """
        last = self.block("latest")
        last_block = min(last_block, -1 if last is None else last.number)
        found: tuple[Event, ...] = ()
        at, width = first_block, self._node.limits.events_blocks
        while at <= last_block:
            until = min(last_block, at + width - 1)
            try:
                found += self._events(address, topics, at, until)
            except NodeSaid as error:
                if until == at or not refusals.is_too_much(error.said):
                    raise self._asking.down("eth_getLogs", error) from None
                width = (until - at + 1) // 2
                continue
            at = until + 1
        return found

    def _events(
        self, address: Address, topics: tuple[Hash32 | None, ...], first: int, last: int
    ) -> tuple[Event, ...]:
        wanted = {
            "address": to_hex(address),
            "topics": [None if topic is None else to_hex(topic) for topic in topics],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        answer = self._asking.ask("eth_getLogs", wanted)
        with self._asking.strict("eth_getLogs"):
            read = (reading.event(one) for one in reading.items(answer, "events"))
            found = tuple(sorted(read, key=lambda one: (one.block_number, one.place)))
            reading.in_order(found)
            for one in found:
                if not first <= one.block_number <= last or one.address != address:
                    raise Malformed("events that were not asked for")
                pairs = zip(topics, one.topics, strict=False)
                if any(want not in (None, have) for want, have in pairs):
                    raise Malformed("events of other topics")
        # Anvil also tells those that have fewer topics, where the rest may be any.
        return tuple(one for one in found if len(one.topics) >= len(topics))

    def close(self) -> None:
        """Let go of its connections; safe to call again."""
        self._asking.close()


def _place(which: Tag | int) -> str:
    """Write a block's tag or number as JSON-RPC does."""
    return hex(which) if isinstance(which, int) else which
