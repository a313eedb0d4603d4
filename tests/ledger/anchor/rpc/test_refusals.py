"""What nodes refuse, by the words of each client.

Quoted from public sources, beside each: go-ethereum (``core/txpool/errors.go``, ``core/error.go``,
``core/txpool/validation.go``), Reth (``rpc-eth-types/src/error/mod.rs``), Erigon
(``txpoolcfg.go``), Nethermind (``AcceptTxResult.cs``, ``TxPoolErrorMessages.cs``), Besu
(``RpcErrorType.java``), Anvil (``crates/anvil/src/eth/error/mod.rs``); Hardhat 3 as it answers.
"""

from __future__ import annotations

import pytest

from ledger.anchor.rpc.refusals import (
    Said,
    is_known,
    is_no_block,
    is_too_much,
    refusal,
    reverted,
)

KNOWN = [
    (-32000, "already known"),  # geth, Erigon, Reth, Nethermind
    (-32000, "ALREADY_EXISTS: already known"),
    (-32010, "AlreadyKnown"),  # Nethermind, until 2025
    (-32000, "Known transaction"),  # Besu
    (-32000, "existing txn with same hash"),  # Erigon
    (-32003, "transaction already imported"),  # Anvil
    (-32000, f"Known transaction: 0x{'9e' * 32}"),  # Hardhat
]
REFUSED = [
    ("nonce-too-low", -32000, "nonce too low: next nonce 7, tx nonce 6"),  # geth, Reth
    ("nonce-too-low", -32000, "nonce too low"),  # Erigon, Nethermind
    ("nonce-too-low", -32010, "OldNonce, Current nonce: 7, nonce of rejected tx: 6"),  # Nethermind
    ("nonce-too-low", -32001, "Nonce too low"),  # Besu
    ("nonce-too-low", -32003, "nonce too low"),  # Anvil
    (
        "nonce-too-low",  # Hardhat
        -32000,
        (
            "Nonce too low. Expected nonce to be 1 but got 0. "
            "Note that transactions can't be queued when automining."
        ),
    ),
    ("underpriced", -32000, "transaction underpriced"),  # geth until 2025, Nethermind
    ("underpriced", -32000, "transaction gas price below minimum: gas tip cap 0, minimum needed 1"),
    ("underpriced", -32000, "replacement transaction underpriced"),  # geth, Reth, Erigon
    ("underpriced", -32000, "max fee per gas less than block base fee"),  # geth, Reth
    ("underpriced", -32000, "underpriced"),  # Erigon
    ("underpriced", -32000, "fee too low"),  # Erigon
    ("underpriced", -32000, "could not replace existing tx"),  # Erigon
    ("underpriced", -32010, "FeeTooLowToCompete"),  # Nethermind
    ("underpriced", -32010, "FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 7"),
    ("underpriced", -32010, "ReplacementNotAllowed"),  # Nethermind
    ("underpriced", -32009, "Gas price below configured minimum gas price"),  # Besu
    ("underpriced", -32009, "Gas price below current base fee"),  # Besu
    ("underpriced", -32000, "Replacement transaction underpriced"),  # Besu
    (
        "underpriced",  # Reth
        -32003,
        "transaction priority fee below minimum required priority fee 1000000",
    ),
    ("underpriced", -32003, "replacement transaction underpriced"),  # Anvil
    ("underpriced", -32003, "max fee per gas less than block base fee"),  # Anvil
    (
        "underpriced",  # Hardhat
        -32000,
        (
            "Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 110 is "
            "necessary to replace the existing transaction with nonce 3."
        ),
    ),
    (
        "underpriced",  # Hardhat
        -32000,
        (
            "Transaction maxFeePerGas (1) is too low for the next block, which has a baseFeePerGas "
            "of 7"
        ),
    ),
    (
        "no-funds",  # geth
        -32000,
        "insufficient funds for gas * price + value: balance 1, tx cost 2, overshot 1",
    ),
    ("no-funds", -32000, "insufficient funds for transfer"),  # geth, Reth
    ("no-funds", -32000, "insufficient funds"),  # Erigon
    ("no-funds", -32010, "InsufficientFunds, Account balance: 1, cumulative cost: 2"),  # Nethermind
    ("no-funds", -32004, "Upfront cost exceeds account balance"),  # Besu
    ("no-funds", -32003, "Insufficient funds for gas * price + value"),  # Anvil
    (
        "no-funds",  # Hardhat
        -32000,
        (
            "Sender doesn't have enough funds to send tx. The max upfront cost is: 2 and the "
            "sender's balance is: 1."
        ),
    ),
    ("other", -32000, "nonce too high: tx nonce 9, gapped nonce 7"),  # geth
    ("other", -32000, "intrinsic gas too low: gas 1, minimum needed 21000"),  # geth
    ("other", -32000, "tx fee (9.00 ether) exceeds the configured cap (1.00 ether)"),  # geth
    ("other", -32006, "Nonce too high"),  # Besu
    ("other", -32003, "invalid chain id for signer"),  # Anvil
    ("other", -32602, "Invalid transaction type 18."),  # Hardhat
]
TROUBLE = [
    (-32603, "Internal error"),
    (-32601, "the method eth_sendRawTransaction does not exist/is not available"),
    (-32005, "daily request count exceeded, request rate limited"),
    (-32002, "Transaction pool not enabled."),
    (429, "too many requests"),
]
ERROR = bytes.fromhex("deadbeef") + bytes(31) + b"\5"
HEX = "0x" + ERROR.hex()
REVERTED = [
    (3, "execution reverted", HEX),  # geth, Reth, Erigon, Anvil
    (3, "execution reverted: hi", HEX),
    (-32000, "execution reverted", HEX),  # Nethermind
    (-32015, "VM execution error.", f"Reverted {HEX}"),  # Nethermind, OpenEthereum
    (-32015, "VM execution error.", f"err: {HEX} (supplied gas 36000000)"),  # Nethermind, 2025
    (-32000, "Execution reverted: hi", HEX),  # Besu
    (
        3,
        (
            "VM Exception while processing transaction: reverted with an unrecognized custom error "
            f"(return data: {HEX})"
        ),
        HEX,
    ),  # Hardhat 3
    (
        -32603,
        "Error: VM Exception while processing transaction: reverted with custom error 'E()'",
        {"message": "VM Exception", "txHash": "0x00", "data": HEX},
    ),  # Hardhat 2
    (
        -32000,
        "execution reverted",
        {"data": {"data": HEX}},
    ),  # proxies that wrap an error in another
]
HALTED = [
    (3, "execution reverted", "0x"),  # geth
    (-32000, "execution reverted", None),  # geth, until 2020
    (-32015, "VM execution error.", "revert"),  # Nethermind
    (-32015, "VM execution error.", "err: revert (supplied gas 36000000)"),  # Nethermind
    (3, "VM Exception while processing transaction: invalid opcode", "0x"),  # Hardhat
    (-32603, "EVM error InvalidFEOpcode", None),  # Anvil
    (-32000, "invalid opcode: INVALID", None),  # geth
    (-32000, "gas required exceeds allowance (21000)", None),  # geth, Reth
    (-32000, "out of gas: gas required exceeds: 21000", None),  # Reth
    (3, "execution reverted", 7),
    (3, "execution reverted", "0xzz"),
    (3, "execution reverted", {"data": {"data": {"data": {"data": HEX}}}}),
]
NO_CALL = [
    (-32000, "header not found", None),
    (-32000, "missing trie node 00 (path )", None),
    (-32602, "BlockOutOfRangeError: block height is 1 but requested was 999", None),
    (-32603, "Internal error", HEX),
]


@pytest.mark.parametrize(("code", "words"), KNOWN)
def test_what_a_node_has_already_is_told_from_its_words(code: int, words: str) -> None:
    assert is_known(Said(code, words))


@pytest.mark.parametrize(("reason", "code", "words"), REFUSED)
def test_refusals_are_told_from_the_words_of_each_client(
    reason: str, code: int, words: str
) -> None:
    assert refusal(Said(code, words)) == reason
    assert not is_known(Said(code, words))


@pytest.mark.parametrize(("code", "words"), TROUBLE)
def test_a_node_in_trouble_refuses_nothing(code: int, words: str) -> None:
    assert refusal(Said(code, words)) is None
    assert not is_known(Said(code, words))


@pytest.mark.parametrize(("code", "words", "data"), REVERTED)
def test_the_error_of_a_contract_is_found_whichever_way_it_comes(
    code: int, words: str, data: object
) -> None:
    assert reverted(Said(code, words, data)) == ERROR


@pytest.mark.parametrize(("code", "words", "data"), HALTED)
def test_a_contract_that_stops_without_an_error_has_an_empty_one(
    code: int, words: str, data: object
) -> None:
    assert reverted(Said(code, words, data)) == b""


@pytest.mark.parametrize(("code", "words", "data"), NO_CALL)
def test_a_node_that_cannot_run_a_contract_says_nothing_about_it(
    code: int, words: str, data: object
) -> None:
    assert reverted(Said(code, words, data)) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-39001, "Unknown block"),  # geth, Erigon, Besu
        (-32000, "safe block not found"),  # geth
        (-32000, "finalized block not found"),  # geth
        (-32001, "block not found: finalized"),  # Reth
        (-32602, "invalid argument 0: hex string without 0x prefix"),  # geth before the merge
        (-32602, "Invalid params"),  # Besu before the merge
    ],
)
def test_a_node_without_safe_blocks_is_told_from_its_words(code: int, words: str) -> None:
    assert is_no_block(Said(code, words))


@pytest.mark.parametrize(("code", "words"), [*TROUBLE, (-32000, "request timed out")])
def test_a_node_in_trouble_may_have_safe_blocks(code: int, words: str) -> None:
    assert not is_no_block(Said(code, words))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-32005, "query returned more than 10000 results"),  # geth's clones, Infura
        (-32005, "Requested range exceeds maximum RPC range limit"),  # Besu
        (-32602, "query exceeds max block range 100000"),  # Reth
        (-32600, "eth_getLogs is limited to a 10,000 range"),
        (-32602, "Log response size exceeded"),
    ],
)
def test_a_node_that_would_answer_for_fewer_blocks_is_told_from_its_words(
    code: int, words: str
) -> None:
    assert is_too_much(Said(code, words))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-32005, "daily request count exceeded, request rate limited"),
        (-32000, "header not found"),
        (429, "exceeded its compute units per second"),
    ],
)
def test_a_node_that_is_asked_too_often_is_not_asked_for_less(code: int, words: str) -> None:
    assert not is_too_much(Said(code, words))
