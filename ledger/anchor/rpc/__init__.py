"""Any Ethereum node, by JSON-RPC over HTTP.

web3 carries questions and answers (:mod:`.line`), and nothing else of it is used: no middleware, no
formatters, no retries, no CCIP-Read, no names. What an answer says is read here, strictly
(:mod:`.reading`), and what a node refuses is told from its words (:mod:`.refusals`). A node is
believed about its chain, never about ours: an answer of the wrong form, to another question or from
another chain is no answer.

web3 is imported when the first :class:`RpcChain` is made, not before: it comes with the extra
``evm``.
"""

from ledger.anchor.rpc.chain import RpcChain
from ledger.anchor.rpc.node import Node

__all__ = ["Node", "RpcChain"]
