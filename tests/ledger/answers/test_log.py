from __future__ import annotations

import pytest

from ledger.checkpoint import open_checkpoint
from ledger.entry import decode
from ledger.errors import BadQuestion, Unknown
from ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from ledger.values import Hash32, to_hex
from tests.desk import LOG_KEY
from tests.scene import Shown


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def hashes(texts: list[str]) -> list[Hash32]:
    return [Hash32(raw(text)) for text in texts]


def test_the_status_is_that_of_head_and_checkpoint(jewel_shown: Shown) -> None:
    answer, head = jewel_shown.answers.status(), jewel_shown.desk.head()
    assert (answer["size"], answer["root"]) == (head.size, to_hex(head.root))
    assert (answer["checkpointSize"], answer["checkpointRoot"]) == (head.size, to_hex(head.root))
    assert (answer["entryHash"], answer["recordedAtMs"]) == (
        to_hex(head.entry_hash),
        head.recorded_at_ms,
    )
    assert answer["takesRecords"]


def test_the_checkpoint_opens_with_the_logs_key(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.checkpoint()
    opened = open_checkpoint(answer["note"].encode(), [LOG_KEY.verifier_key]).checkpoint
    assert (opened.origin, opened.size) == (answer["origin"], answer["size"])
    assert to_hex(opened.root) == answer["root"]


def test_every_entry_is_proved_at_every_size(jewel_shown: Shown) -> None:
    size = jewel_shown.answers.checkpoint()["size"]
    for at in range(1, size + 1):
        for index in range(0, at, 3):
            answer = jewel_shown.answers.inclusion(index, size=at)
            entry = raw(answer["entry"])
            assert raw(answer["leafHash"]) == leaf_hash(entry)
            verify_inclusion(
                leaf_hash(entry), index, at, hashes(answer["proof"]), Hash32(raw(answer["root"]))
            )


def test_an_entry_is_found_by_its_record(jewel_shown: Shown) -> None:
    _, signed, _ = jewel_shown.scene.log[7]
    answer = jewel_shown.answers.inclusion(record=to_hex(signed.record_id))
    assert answer == jewel_shown.answers.inclusion(7)
    assert decode(raw(answer["entry"])).root == signed.root


def test_the_log_is_proved_to_grow_from_every_size_to_every_larger(jewel_shown: Shown) -> None:
    size = jewel_shown.answers.checkpoint()["size"]
    for larger in range(1, size + 1, 4):
        for smaller in range(1, larger + 1):
            answer = jewel_shown.answers.consistency(smaller, larger)
            roots = hashes([answer["fromRoot"], answer["toRoot"]])
            verify_consistency(smaller, larger, hashes(answer["proof"]), *roots)


def test_a_proof_of_growth_ends_at_the_checkpoint(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.consistency(5)
    checkpoint = jewel_shown.answers.checkpoint()
    assert (answer["toSize"], answer["toRoot"]) == (checkpoint["size"], checkpoint["root"])


def test_nothing_is_proved_beyond_the_last_checkpoint(jewel_shown: Shown) -> None:
    size, answers = jewel_shown.answers.checkpoint()["size"], jewel_shown.answers
    for ask in (
        lambda: answers.inclusion(size),
        lambda: answers.inclusion(0, size=size + 1),
        lambda: answers.inclusion(3, size=3),
        lambda: answers.inclusion(0, size=0),
        lambda: answers.consistency(0),
        lambda: answers.consistency(size + 1),
        lambda: answers.consistency(1, size + 1),
        lambda: answers.consistency(3, 2),
    ):
        with pytest.raises(BadQuestion):
            ask()


def test_a_proof_for_no_record_is_unknown(jewel_shown: Shown) -> None:
    with pytest.raises(Unknown):
        jewel_shown.answers.inclusion(record="0x" + "12" * 32)


def test_a_record_is_answered_as_it_was_signed(jewel_shown: Shown) -> None:
    time_ms, signed, changes = jewel_shown.scene.log[-1]
    answer = jewel_shown.answers.record(to_hex(signed.record_id))
    assert answer["index"] == len(jewel_shown.scene.log) - 1
    assert answer["parcels"] == [to_hex(parcel) for parcel in changes.parcels]
    assert answer["signers"] == [to_hex(signer) for signer in signed.signers]
    assert answer["envelope"]["kind"] == "Receipt"
    assert answer["envelope"]["signatures"] == [
        to_hex(signature) for signature in signed.envelope.signatures
    ]
    assert answer["recordedAtMs"] == jewel_shown.desk.clock.now_ms >= time_ms
    assert answer["status"] == "checkpointed"


def test_a_record_that_is_none_is_unknown(jewel_shown: Shown) -> None:
    with pytest.raises(Unknown):
        jewel_shown.answers.record("0x" + "12" * 32)


@pytest.mark.parametrize("limit", [1, 7, 28, 100])
def test_entries_follow_each_other_page_by_page(jewel_shown: Shown, limit: int) -> None:
    lines, start = [], 0
    while start is not None:
        page = jewel_shown.answers.entries(start, limit)
        assert len(page["entries"]) <= limit
        lines += page["entries"]
        start = page["nextStart"]
    assert [line["index"] for line in lines] == list(range(len(jewel_shown.scene.log)))
    assert [line["recordId"] for line in lines] == [
        to_hex(signed.record_id) for _, signed, _ in jewel_shown.scene.log
    ]
    assert lines[0]["previous"] == "0x" + "00" * 32
    assert jewel_shown.answers.entry(3) == lines[3]


def test_beyond_the_end_there_are_no_entries(jewel_shown: Shown) -> None:
    size = len(jewel_shown.scene.log)
    assert jewel_shown.answers.entries(size)["entries"] == []
    assert jewel_shown.answers.entries(size + 5)["nextStart"] is None
    with pytest.raises(Unknown):
        jewel_shown.answers.entry(size)
