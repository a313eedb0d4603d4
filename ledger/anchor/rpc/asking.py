"""Asks the right chain: what comes from another, or in another form, is no answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ledger.anchor.rpc import reading, refusals
from ledger.anchor.rpc.node import Node
from ledger.anchor.rpc.reading import Malformed
from ledger.anchor.rpc.refusals import NodeSaid
from ledger.errors import ChainDown, Diverged, RefusesToStart, Reverted

if TYPE_CHECKING:
    from ledger.anchor.rpc.line import Line


class Asking:
    """Questions to one node, for any number of threads.

    The node's chain id is compared with the configured one before the first question, and after
    every connection that was made: what came by it is held back until then.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._line = _line(node)
        self._lock = threading.Lock()
        self._compared = -1  # how many connections there were when the chain id was compared

    def told(self, method: str, *params: object) -> object:
        """Ask what may not be refused: an error is no answer."""
        try:
            return self.ask(method, *params)
        except NodeSaid as error:
            raise self.down(method, error) from None

    def run(self, method: str, *params: object) -> object:
        """Ask what runs a contract, which may refuse.

        Raises:
            Reverted: it does.

        """
        try:
            return self.ask(method, *params)
        except NodeSaid as error:
            data = refusals.reverted(error.said)
            if data is None:
                raise self.down(method, error) from None
            raise Reverted(data) from None

    def ask(self, method: str, *params: object) -> object:
        """Ask the right chain.

        Raises:
            NodeSaid: the node answered with an error.
            ChainDown: there was no answer, or what came was none.
            Diverged: it came from another chain.

        """
        self._compare()
        try:
            answer = self._line.ask(method, *params)
        except NodeSaid:
            self._compare()
            raise
        self._compare()
        return answer

    def _compare(self) -> None:
        """Compare the node's chain id with the configured one, if there is a connection since."""
        with self._lock:
            if self._compared == self._line.connections:
                return
        try:
            told = self._line.ask("eth_chainId")
        except NodeSaid as error:
            raise self.down("eth_chainId", error) from None
        with self.strict("eth_chainId"):
            chain_id = reading.quantity(told, "a chain id")
        if chain_id != self._node.chain_id:
            name, configured = self._node.name, self._node.chain_id
            raise Diverged(f"{name} is on chain {chain_id}; the configuration says {configured}")
        with self._lock:
            self._compared = self._line.connections

    def close(self) -> None:
        """Let go of its connections; safe to call again."""
        self._line.close()

    @contextmanager
    def strict(self, method: str) -> Iterator[None]:
        """Read an answer: what is malformed in it makes it none."""
        try:
            yield
        except Malformed as error:
            raise ChainDown(f"{self._node.name} answers {method} with {error}") from None

    def down(self, method: str, error: NodeSaid) -> ChainDown:
        """Return what to raise where an error says nothing but that there is no answer."""
        return ChainDown(f"{self._node.name} answers {method} with {error}")


def _line(node: Node) -> Line:
    """Make the line to a node; web3 is imported here, and nowhere above."""
    try:
        from ledger.anchor.rpc.line import Line
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("ledger"):
            raise
        expected = 'pip install "adamant-ledger[evm]"'
        raise RefusesToStart(f"a chain by JSON-RPC needs {error.name}: {expected}") from None
    return Line(node)
