"""The golden vectors of anchors: contract, Python and document say the same."""

from __future__ import annotations

import json

import pytest

from ledger.anchor.artifacts import Told
from ledger.errors import Reverted
from ledger.signing.anchors import Anchor, Rotation, anchor_domain_separator, sign_statement
from ledger.values import Address, Hash32, to_hex
from tests.contracts.anchoring import ANCHORS
from tests.evm import Evm
from tests.spec_tables import document, examples
from tests.tree import ROOT
from tests.vectors.make_anchors import contents

FILE = ROOT / "tests" / "vectors" / "anchors.json"
VECTORS = json.loads(FILE.read_text("ascii"))
PLACE, STATEMENTS, CASES = VECTORS["place"], VECTORS["statements"], VECTORS["cases"]
CONTRACT, LEDGER = (bytes.fromhex(PLACE[name][2:]) for name in ("contract", "ledger"))
ERRORS = {
    "UnknownLedger", "AnotherLedger", "NoAnchorKey", "Shrunk", "AnotherRoot", "NotAContinuation",
    "WrongSigner", "BadSignature", "NoFork",
}  # fmt: skip


def about(case):
    return case["description"]


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def plain(told: Told | None) -> dict[str, object] | None:
    """Return values as the vectors have them."""
    if told is None:
        return None
    return {
        name: to_hex(value) if isinstance(value, bytes) else value
        for name, value in told.values.items()
    }


def test_the_vectors_are_what_their_generator_writes():
    assert FILE.read_text("ascii") == contents()


def test_most_cases_must_fail_and_together_they_show_every_error():
    refused = [case["error"] for case in CASES if "error" in case]
    assert len(refused) > len(CASES) / 2
    assert {*refused} == ERRORS
    assert {signature.name for signature in ANCHORS.errors} == ERRORS | {"Panic"}


@pytest.mark.parametrize("case", CASES, ids=about)
def test_the_contract_does_with_a_call_what_its_vector_says(case):
    evm = Evm(PLACE["chainId"])
    address = Address(CONTRACT)
    evm.put(address, ANCHORS.code)
    for step in case["after"]:
        evm.transact(address, raw(VECTORS["steps"][step]))
    if "answer" in case:
        answer = ANCHORS.answer("verifyInclusion", evm.call(address, raw(case["call"])))
        assert answer == (case["answer"],)
    elif "error" in case:
        with pytest.raises(Reverted) as reverted:
            evm.transact(address, raw(case["call"]))
        told = ANCHORS.error(reverted.value.data)
        assert told is not None
        assert told.name == case["error"]
        assert case["values"].items() <= plain(told).items()
    else:
        events = [
            ANCHORS.event(log.topics, log.data)
            for log in evm.transact(address, raw(case["call"])).logs
        ]
        assert [each.name for each in events] == [case["event"]] * bool(case["event"])
        assert [plain(each) for each in events] == [case.get("values")] * bool(case["event"])


def statement_of(case) -> Anchor | Rotation:
    message = case["typedData"]["message"]
    values = [raw(value) if isinstance(value, str) else value for value in message.values()]
    kind = {"Anchor": Anchor, "Rotation": Rotation}[case["typedData"]["primaryType"]]
    return kind(Hash32(LEDGER), PLACE["chainId"], Address(CONTRACT), *values)


@pytest.mark.parametrize("case", STATEMENTS, ids=about)
def test_python_signs_what_the_vectors_sign(case):
    statement = statement_of(case)
    separator = anchor_domain_separator(Hash32(LEDGER), PLACE["chainId"], Address(CONTRACT))
    assert to_hex(separator) == case["domainSeparator"]
    assert to_hex(statement.digest) == case["digest"]
    assert to_hex(sign_statement(statement, case["key"].to_bytes(32, "big"))) == case["signature"]


def test_the_example_of_the_document_is_the_second_statement():
    shown, case = examples("anchors.md"), STATEMENTS[1]
    message = case["typedData"]["message"]
    assert shown == {
        "ledger id": PLACE["ledger"],
        "chain id": str(PLACE["chainId"]),
        "contract": PLACE["contract"],
        "size": str(message["size"]),
        "root": message["root"],
        "previous size": str(message["previousSize"]),
        "previous root": message["previousRoot"],
        "type hash": case["typeHash"],
        "struct hash": case["structHash"],
        "domain separator": case["domainSeparator"],
        "digest": case["digest"],
        "signature": case["signature"],
        "signer": case["signer"],
    }


def test_the_document_names_every_error_and_every_event_of_the_contract():
    text = document("anchors.md")
    for signature in (*ANCHORS.errors, *ANCHORS.events):
        assert f"`{signature.name}`" in text or signature.name == "Panic", signature.name
