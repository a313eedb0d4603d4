"""Evidence is verified from its file alone, and what is made up is found out."""

from __future__ import annotations

import dataclasses
import json

import pytest

from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.client import Evidence, read_evidence, verify_evidence, write_evidence
from ledger.errors import BadQuestion, ProofError
from ledger.merkle import Frontier, leaf_hash
from ledger.values import Hash32
from tests.ledger.client.wire import LOG_KEY, STRANGER
from tests.reference_merkle import Reference
from tests.spec_tables import SPEC
from tests.world import ORIGIN

LEAVES = [bytes([number]) for number in range(9)]
OTHER = [*LEAVES[:3], b"another", *LEAVES[4:]]


def note(leaves: list[bytes], key: SignerKey = LOG_KEY) -> str:
    """Return the signed checkpoint of some leaves."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    checkpoint = Checkpoint(key.name, len(leaves), tree.root())
    return sign_checkpoint(checkpoint, [key]).encode().decode()


def proof(leaves: list[bytes], old: int) -> tuple[Hash32, ...]:
    """Prove that a tree continues its own beginning."""
    tree = Reference(dict(enumerate(leaves)))
    return tuple(Hash32(one) for one in tree.proof(old, len(leaves)))


def evidence(fault: str, remembered: str, served: str, given=None) -> Evidence:
    """Return evidence of a fault."""
    keys = (str(LOG_KEY.verifier_key),)
    return Evidence(fault, Hash32(bytes(32)), keys, remembered, served, given, 1_767_225_600_000)  # type: ignore[arg-type]  # by name


FORK = evidence("forked", note(LEAVES[:5]), note(OTHER[:5]))
GROWN_FORK = evidence("forked", note(LEAVES[:5]), note(OTHER), proof(OTHER, 5))
SHRUNK_FORK = evidence("forked", note(LEAVES), note(OTHER[:5]), proof(LEAVES, 5))
ROLLBACK = evidence("rolled-back", note(LEAVES), note(LEAVES[:5]))


@pytest.mark.parametrize("one", [FORK, GROWN_FORK, SHRUNK_FORK, ROLLBACK])
def test_evidence_comes_back_as_it_was_written_and_verifies(one):
    text = write_evidence(one)
    assert read_evidence(text) == one
    verified = verify_evidence(text)
    assert verified.evidence == one
    assert verified.is_conclusive == (one is FORK)
    assert (verified.remembered.origin, verified.served.origin) == (ORIGIN, ORIGIN)


@pytest.mark.parametrize(
    "one",
    [
        evidence("forked", note(LEAVES[:5]), note(LEAVES[:5])),
        evidence("forked", note(LEAVES[:5]), note(LEAVES), proof(LEAVES, 5)),
        evidence("forked", note(LEAVES), note(LEAVES[:5]), proof(LEAVES, 5)),
        evidence("forked", note(LEAVES[:5]), note(OTHER)),
        evidence("rolled-back", note(LEAVES[:5]), note(LEAVES)),
        evidence("rolled-back", note(LEAVES[:5]), note(LEAVES[:5])),
        evidence("forked", note(LEAVES[:5]), note(OTHER[:5], STRANGER)),
        evidence("forked", note(LEAVES[:5], STRANGER), note(OTHER[:5])),
        evidence("forked", note(LEAVES[:5]), note(OTHER[:5]).replace("5\n", "6\n", 1)),
        evidence("forked", note(LEAVES[:5]), "no note"),
    ],
)
def test_what_shows_nothing_is_no_evidence(one):
    with pytest.raises(ProofError):
        verify_evidence(write_evidence(one))


def test_whoever_knows_the_logs_keys_need_not_believe_those_in_the_file():
    forged = dataclasses.replace(
        FORK,
        log_keys=(str(STRANGER.verifier_key),),
        remembered=note(LEAVES[:5], STRANGER),
        served=note(OTHER[:5], STRANGER),
    )
    text = write_evidence(forged)
    assert verify_evidence(text).is_conclusive
    with pytest.raises(ProofError, match="no-known-signature"):
        verify_evidence(text, [str(LOG_KEY.verifier_key)])
    with pytest.raises(BadQuestion):
        verify_evidence(text, ["no key"])


def test_notes_of_two_logs_are_no_evidence():
    other = SignerKey("elsewhere.example/log", bytes(range(32)))
    both = dataclasses.replace(
        FORK,
        served=note(OTHER[:5], other),
        log_keys=(*FORK.log_keys, str(other.verifier_key)),
    )
    with pytest.raises(ProofError, match="two logs"):
        verify_evidence(write_evidence(both))


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "\ud800", "x" * 5_000_000, write_evidence(FORK)[:-10],
     json.dumps(json.loads(write_evidence(FORK)) | {"format": "adamant-evidence-2"}),
     json.dumps(json.loads(write_evidence(FORK)) | {"fault": "lost"})],
)  # fmt: skip
def test_what_is_no_evidence_file_is_a_bad_question(text):
    with pytest.raises(BadQuestion, match="adamant-evidence-1"):
        verify_evidence(text)


def test_the_example_of_the_document_verifies_and_has_the_members_that_it_names():
    document = (SPEC / "evidence.md").read_text("utf-8")
    example = document.partition("```json\n")[2].partition("```")[0]
    verified = verify_evidence(example)
    assert verified.is_conclusive
    assert read_evidence(example) == FORK
    assert write_evidence(FORK) == example
    for name in json.loads(example):
        assert f"| `{name}` |" in document
