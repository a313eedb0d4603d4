"""The line to a node: one question, one answer, in bounded time and size, or why there is none.

web3's HTTP provider writes questions and reads the envelopes of answers; :mod:`.carrying` carries
them. Nothing else in the room imports web3. It follows no redirects, reads no proxy, password or
certificate from the environment, keeps no cookies, asks for no compression and tries nothing twice.
"""

from __future__ import annotations

import json
import logging
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

from requests import Session

from ledger.anchor.rpc.carrying import Carrier
from ledger.anchor.rpc.node import Node
from ledger.anchor.rpc.refusals import WORDS_MAX, NodeSaid, Said
from ledger.errors import ChainDown
from ledger.imports import recursion_limit_kept

with recursion_limit_kept():  # a node may send JSON of any depth
    from web3 import HTTPProvider, Web3
    from web3.exceptions import Web3Exception, Web3RPCError
    from web3.types import RPCEndpoint, RPCResponse

HEADERS: Final = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # what is not compressed cannot grow
    "User-Agent": "adamant",
}


class Line:
    """The line to one node, for any number of threads."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._carrier = Carrier(node)
        self._session = Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._carrier)
        self._discreet = _Discreet(node)
        _POOL_LOG.addFilter(self._discreet)
        self._manager = Web3(_Provider(node, self._session), middleware=[], modules={}).manager
        self._manager.logger = _SILENT

    @property
    def connections(self) -> int:
        """How many connections were made: whoever answers may be another than before."""
        return self._carrier.connections

    def ask(self, method: str, *params: object) -> object:
        """Ask one question, once; return the result as JSON has it.

        Raises:
            NodeSaid: the node answered with an error.
            ChainDown: there was no answer, or what came was none.

        """
        try:
            answer: object = self._manager.request_blocking(RPCEndpoint(method), [*params])
        except Web3RPCError as error:
            raise NodeSaid(self._said(error)) from None
        except (Web3Exception, ValueError, TypeError, AttributeError, LookupError, RecursionError):
            raise ChainDown(f"{self._node.name} answers {method} with no JSON-RPC") from None
        return answer

    def _said(self, error: Web3RPCError) -> Said:
        found: Any = (error.rpc_response or {}).get("error", {})
        shown = self._node.without_secrets(found["message"])
        words = "".join(one if one.isprintable() else " " for one in shown[:WORDS_MAX])
        return Said(found["code"], words, found.get("data"))

    def close(self) -> None:
        """Let go of its connections; safe to call again."""
        self._session.close()
        _POOL_LOG.removeFilter(self._discreet)


_POOL_LOG: Final = logging.getLogger("urllib3.connectionpool")
_SILENT: Final = logging.Logger("silent", logging.CRITICAL + 1)
"""For web3, which when debugging logs whole addresses, and whatever a node answers."""


class _Provider(HTTPProvider):
    """web3's provider, which says nothing of addresses and takes no answer to another question."""

    logger = _SILENT

    def __init__(self, node: Node, session: Session) -> None:
        how = {
            "timeout": (node.limits.connect_seconds, node.limits.answer_seconds),
            "allow_redirects": False,
            "headers": HEADERS,
        }
        super().__init__(node.url, how, session, exception_retry_configuration=None)
        self.global_ccip_read_enabled = False
        self._asked = threading.local()

    def encode_rpc_request(self, method: RPCEndpoint, params: object) -> bytes:
        encoded = super().encode_rpc_request(method, params)
        self._asked.number = json.loads(encoded)["id"]
        return encoded

    def make_request(self, method: RPCEndpoint, params: object) -> RPCResponse:
        response = super().make_request(method, params)
        number = response.get("id")
        # An error may be without, where a node could not read the question (JSON-RPC 2.0 §5).
        if (type(number), number) != (int, self._asked.number) and not (
            number is None and "error" in response
        ):
            raise ValueError("the answer to another question")
        return response


class _Discreet(logging.Filter):
    """Drops what would show a secret of the node's address: urllib3 logs paths when debugging."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        return self._node.without_secrets(said) == said
