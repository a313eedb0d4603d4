from __future__ import annotations

import pytest
from eth_account.messages import encode_typed_data

from ledger.answers.typed_data import example, typed_data
from ledger.canonical import read_record, to_plain
from ledger.errors import Unknown
from ledger.records import KINDS, WRITABLE
from ledger.signing import keccak, record_id
from ledger.values import NO_HASH, Hash32, to_hex
from tests.scene import Shown

LEDGER = Hash32(b"\x07" * 32)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_the_example_of_every_kind_is_a_record(kind) -> None:
    plain = example(kind)
    assert to_plain(read_record(kind, plain)) == plain


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_wallet_finds_the_digest_that_is_the_record_id(kind) -> None:
    shown = typed_data(kind.name, LEDGER)
    message = encode_typed_data(
        full_message={
            "types": shown.types,
            "domain": shown.domain,
            "primaryType": shown.primary_type,
            "message": shown.message,
        }
    )
    digest = record_id(read_record(kind, shown.message), LEDGER)
    assert keccak(b"\x19" + message.version + message.header + message.body) == digest


def test_the_charter_alone_is_signed_under_no_ledger() -> None:
    assert typed_data("Charter", LEDGER).domain["salt"] == to_hex(NO_HASH)
    assert typed_data("Handoff", LEDGER).domain["salt"] == to_hex(LEDGER)


def test_it_says_which_kinds_the_rules_take() -> None:
    taken = {name for name in KINDS if typed_data(name, LEDGER).is_written}
    assert taken == {record.KIND.name for record in WRITABLE}


def test_every_field_is_explained_and_closed_lists_are_whole() -> None:
    shown = typed_data("Handoff", LEDGER)
    paths = [field.path for field in shown.fields]
    assert "amounts.weightMillicarats" in paths
    assert all(field.meaning for field in shown.fields)
    assert shown.closed_lists["what.operation"] == ["sale", "consignment", "return"]
    assert set(shown.closed_lists) <= set(paths)


def test_a_kind_that_is_none_is_unknown(jewel_shown: Shown) -> None:
    with pytest.raises(Unknown, match="no kind of record of this name") as unknown:
        jewel_shown.answers.typed_data("<Handoff>")
    assert "<" not in str(unknown.value)


def test_the_ledger_answers_with_its_own_domain(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.typed_data("Receipt")
    assert answer["domain"]["salt"] == to_hex(jewel_shown.scene.ledger_id)
    assert answer["types"]["EIP712Domain"][2] == {"name": "salt", "type": "bytes32"}
