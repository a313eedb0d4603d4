"""Contracts as bytes and back: compared with the ABI specification's own words and with eth_abi."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from importlib.resources import files

import pytest
from eth_abi import encode
from eth_abi.exceptions import EncodingError

from ledger.anchor import artifacts
from ledger.anchor.artifacts import Told, contract, read_artifact
from ledger.errors import Diverged
from ledger.signing import keccak
from ledger.values import Address, Hash32

ANCHORS = contract("CheckpointAnchor")
LEDGER, ROOT = Hash32(b"\1" * 32), Hash32(b"\2" * 32)
KEY = Address(b"\3" * 20)
SPEC = json.dumps(
    {
        "name": "Spec",
        "bytecode": "0x6001",
        "deployedBytecode": "0x600000000001",
        "immutableReferences": {"7": [{"start": 1, "length": 2}], "9": [{"start": 4, "length": 1}]},
        "compiler": {"version": "0", "settings": {}},
        "sources": {},
        "abi": [
            {
                "type": "function",
                "name": "f",
                "inputs": [
                    {"name": "", "type": "uint256"},
                    {"name": "", "type": "uint32[]"},
                    {"name": "", "type": "bytes10"},
                    {"name": "", "type": "bytes"},
                ],
                "outputs": [
                    {
                        "name": "",
                        "type": "tuple[]",
                        "components": [
                            {"name": "who", "type": "address"},
                            {"name": "name", "type": "string"},
                        ],
                    }
                ],
            },
            {
                "type": "event",
                "name": "E",
                "inputs": [
                    {"name": "plain", "type": "uint8", "indexed": False},
                    {"name": "text", "type": "string", "indexed": True},
                    {"name": "who", "type": "address", "indexed": True},
                ],
            },
            {"type": "constructor", "inputs": []},
        ],
    }
)
"""Of the examples in "Contract ABI Specification", and what else an ABI may hold."""
THEIRS = read_artifact(SPEC)
EXAMPLE = (
    "8be65246"
    "0000000000000000000000000000000000000000000000000000000000000123"
    "0000000000000000000000000000000000000000000000000000000000000080"
    "3132333435363738393000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000e0"
    "0000000000000000000000000000000000000000000000000000000000000002"
    "0000000000000000000000000000000000000000000000000000000000000456"
    "0000000000000000000000000000000000000000000000000000000000000789"
    "000000000000000000000000000000000000000000000000000000000000000d"
    "48656c6c6f2c20776f726c642100000000000000000000000000000000000000"
)
"""The call f(0x123, [0x456, 0x789], "1234567890", "Hello, world!") of the specification."""


def test_the_example_of_the_room_is_true():
    assert doctest.testmod(artifacts) == (0, 3)


def test_the_example_of_the_abi_specification_comes_out():
    data = THEIRS.call("f", 0x123, (0x456, 0x789), b"1234567890", b"Hello, world!")
    assert data.hex() == EXAMPLE


def test_a_call_takes_as_many_values_of_their_types_and_no_others():
    with pytest.raises(ValueError, match="4 values"):
        THEIRS.call("f", 1)
    with pytest.raises(EncodingError):
        THEIRS.call("f", -1, (), b"", b"")
    with pytest.raises(KeyError):
        THEIRS.call("g")


def test_addresses_are_bytes_however_deep_and_texts_that_look_like_them_stay_texts():
    text = "0x" + "03" * 20
    answer = encode(["(address,string)[]"], [[(KEY, text)]])
    assert THEIRS.answer("f", answer) == (((KEY, text),),)


@pytest.mark.parametrize("answer", [b"", bytes(31), b"\xff" * 160, bytes(159)])
def test_bytes_that_are_no_answer_show_another_contract(answer):
    with pytest.raises(Diverged):
        ANCHORS.answer("latest", answer)


def test_an_answer_is_told_as_a_struct_in_order():
    answer = encode(["uint64", "bytes32", "address", "uint64", "bool"], [5, ROOT, KEY, 2, True])
    assert ANCHORS.answer("latest", answer) == ((5, ROOT, KEY, 2, True),)


def test_an_error_is_told_by_name_with_its_values():
    data = keccak(b"Shrunk(bytes32,uint64,uint64)")[:4]
    data += encode(["bytes32", "uint64", "uint64"], [LEDGER, 4, 5])
    values = {"ledger": LEDGER, "size": 4, "anchoredSize": 5}
    assert ANCHORS.error(data) == Told("Shrunk", values)


def test_arithmetic_that_fails_is_told_as_panic():
    data = keccak(b"Panic(uint256)")[:4] + (0x11).to_bytes(32, "big")
    assert ANCHORS.error(data) == Told("Panic", {"code": 0x11})


@pytest.mark.parametrize("data", [b"", b"\0", bytes(4), bytes(100)])
def test_an_error_of_nobody_is_none(data):
    assert ANCHORS.error(data) is None


def test_an_error_cut_short_is_none():
    assert ANCHORS.error(keccak(b"Shrunk(bytes32,uint64,uint64)")[:4] + bytes(95)) is None


def test_an_event_is_told_by_name_with_its_values_in_order():
    topics = (ANCHORS.topic("Anchored"), LEDGER, Hash32((7).to_bytes(32, "big")))
    assert topics[0] == keccak(b"Anchored(bytes32,uint64,bytes32,uint64,bytes32)")
    data = encode(["bytes32", "uint64", "bytes32"], [ROOT, 5, LEDGER])
    told = ANCHORS.event(topics, data)
    values = {
        "ledger": LEDGER, "size": 7, "root": ROOT, "previousSize": 5, "previousRoot": LEDGER,
    }  # fmt: skip
    assert told == Told("Anchored", values)
    assert [*told.values] == [*values]


def test_an_indexed_text_is_told_as_its_hash():
    topics = (THEIRS.topic("E"), keccak(b"text"), Hash32(bytes(12) + KEY))
    told = THEIRS.event(topics, (9).to_bytes(32, "big"))
    assert told == Told("E", {"plain": 9, "text": keccak(b"text"), "who": KEY})


def test_an_event_of_nobody_is_none():
    assert ANCHORS.event((), b"") is None
    assert ANCHORS.event((LEDGER,), b"") is None
    with pytest.raises(KeyError):
        ANCHORS.topic("Nothing")


def test_an_event_with_its_topic_and_other_values_shows_another_contract():
    topic = ANCHORS.topic("Anchored")
    with pytest.raises(Diverged):
        ANCHORS.event((topic, LEDGER), bytes(96))
    with pytest.raises(Diverged):
        ANCHORS.event((topic, LEDGER, LEDGER), bytes(96))


@pytest.mark.parametrize(
    ("code", "is_it"),
    [
        ("600000000001", True),
        ("601234005601", True),
        ("600000120001", False),
        ("600000000002", False),
        ("6000000000", False),
        ("60000000000100", False),
        ("", False),
    ],
)
def test_code_is_known_whatever_values_were_set_when_it_was_made(code, is_it):
    assert THEIRS.is_at(bytes.fromhex(code)) is is_it


def test_what_was_compiled_is_told():
    assert ANCHORS.code in ANCHORS.bytecode
    assert ANCHORS.compiler.startswith("0.8.37+commit.")
    assert ANCHORS.settings["viaIR"] is True
    assert "contracts/CheckpointAnchor.sol" in ANCHORS.sources


def test_artifacts_lie_in_the_package_and_are_read_without_web3_or_an_evm():
    assert files(artifacts).joinpath("CheckpointAnchor.json").is_file()
    script = (
        "import sys; from ledger.anchor.artifacts import contract; contract('CheckpointAnchor');"
        "print(sorted({'web3', 'eth', 'apsw'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
