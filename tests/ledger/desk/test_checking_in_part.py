"""A way that a trade ledger shows in part: what proves itself of it, and each lie, found."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ledger import entry as entries
from ledger.desk.checking import check_story
from ledger.entry import Sort
from ledger.errors import Damaged
from ledger.records import SHEETS, Withheld
from ledger.signing import output_id, read_shown
from ledger.values import Hash32, to_hex
from tests.ledger.desk.in_part import HIDDEN, Lie, Server, about, check, doubts_of, index_of
from tests.scene import Shown

# -- the truth -------------------------------------------------------------------------------


def test_a_way_shown_in_part_proves_itself_as_far_as_it_is_shown(trade: Shown) -> None:
    whole = check(trade, by="auditor-ch")
    part = check(trade)
    assert whole.is_sound, doubts_of(whole)
    assert part.is_sound, doubts_of(part)
    assert (whole.in_part, part.mode) == (0, "trade")
    assert [step.record_id for step in part.steps] == [step.record_id for step in whole.steps]
    assert all(step.is_proved for step in part.steps)
    hidden = [step for step in part.steps if step.withheld]
    # The jeweller is named in the offer to it and in its own receipt, and in nothing before.
    assert len(hidden) == part.in_part == len(part.steps) - 2
    assert {step.withheld for step in hidden} == {HIDDEN}
    assert all(step.signers is None and isinstance(step.record.who, Withheld) for step in hidden)
    assert part.proofs == whole.proofs
    assert part.signatures == part.own_signatures == 2


def test_what_a_shown_record_says_is_compared_and_what_a_withheld_one_says_is_not(
    trade: Shown,
) -> None:
    assert check(trade).agreed == ("weightMillicarats", "stones", "hsCode", "form", "custodian")
    assert "label" in check(trade, by="auditor-ch").agreed


@pytest.mark.parametrize(
    ("by", "of"),
    [
        ("cutter-in", "stone"), ("cutter-in", "rough"), ("trader-be", "rough"),
        ("trader-be", "rest"), ("trader-be", "first"), ("miner-ca", "second"),
    ],
)  # fmt: skip
def test_whoever_holds_goods_or_gave_them_on_is_told_of_their_way(
    trade: Shown, by: str, of: str
) -> None:
    checked = check(trade, by=by, of=of)
    assert checked.is_sound, doubts_of(checked)
    assert checked.steps


def test_whoever_gave_goods_on_is_told_of_them_up_to_then(trade: Shown) -> None:
    checked = check(trade, by="miner-bw", of="first")
    assert checked.is_sound, doubts_of(checked)
    assert [step.record.KIND.name for step in checked.steps] == [
        "Registration", "Handoff", "Receipt",
    ]  # fmt: skip
    assert checked.parcel["head"] is None
    assert (checked.in_part, checked.agreed) == (0, ("label",))


def test_whoever_is_not_shown_a_step_at_all_is_told_of_the_gap(trade: Shown) -> None:
    """An authority is shown what concerns its country, and not who took the goods over abroad."""
    checked = check(trade, by="authority-bw", of="first")
    assert [step.record.KIND.name for step in checked.steps] == ["Registration", "Handoff"]
    assert all(step.is_proved for step in checked.steps)
    assert checked.gaps == len(checked.doubts) == 1
    assert "a record names it" in doubts_of(checked)


# -- lies ------------------------------------------------------------------------------------


def swap_hash(answer: dict[str, Any]) -> None:
    answer["envelope"]["record"]["who"] = to_hex(Hash32(b"\x11" * 32))


def swap_amounts(answer: dict[str, Any]) -> None:
    answer["envelope"]["record"]["amounts"] = to_hex(Hash32(b"\x11" * 32))


def exchange_hashes(answer: dict[str, Any]) -> None:
    record = answer["envelope"]["record"]
    record["who"], record["amounts"] = record["amounts"], record["who"]


def other_details(answer: dict[str, Any]) -> None:
    answer["envelope"]["record"]["details"] = to_hex(Hash32(b"\x11" * 32))


def other_country(answer: dict[str, Any]) -> None:
    answer["envelope"]["record"]["scene"]["authorCountry"] = "ZA"


def other_link(answer: dict[str, Any]) -> None:
    previous = answer["envelope"]["record"]["what"]["previous"]
    answer["envelope"]["record"]["what"]["previous"] = [to_hex(Hash32(b"\x11" * 32))] * len(
        previous
    )


def other_kind(answer: dict[str, Any]) -> None:
    answer["envelope"]["kind"] = "Withdrawal"


@pytest.mark.parametrize(
    "lie",
    [swap_hash, swap_amounts, exchange_hashes, other_details, other_country, other_link],
)
def test_what_is_shown_or_withheld_otherwise_has_another_id(trade: Shown, lie: Any) -> None:
    checked = check(trade, about(trade, "Transformation", lie))
    assert "another record was given" in doubts_of(checked)
    assert "a record names it" in doubts_of(checked)


def test_a_record_said_to_be_of_another_kind_is_found(trade: Shown) -> None:
    checked = check(trade, about(trade, "Transformation", other_kind))
    assert "altered at record" in doubts_of(checked)


def test_another_record_in_its_place_is_found(trade: Shown) -> None:
    others: list[dict[str, Any]] = []
    check(trade, about(trade, "Handoff", lambda answer: others.append(copy.deepcopy(answer))))

    def lie(answer: dict[str, Any]) -> None:
        record_id = answer["recordId"]
        answer.update(copy.deepcopy(others[0]), recordId=record_id)

    checked = check(trade, about(trade, "Transformation", lie))
    assert "another record was given" in doubts_of(checked)


def test_an_entry_made_up_is_found(trade: Shown) -> None:
    def of_another_time(answer: dict[str, Any]) -> None:
        answer["entry"] = answer["entry"][:4] + "00" * 8 + answer["entry"][20:]

    checked = check(trade, about(trade, "Transformation", of_another_time))
    assert "its proof does not hold" in doubts_of(checked)

    def of_another_root(answer: dict[str, Any]) -> None:
        answer["entry"] = answer["entry"][:-64] + "11" * 32

    def of_another_sort(answer: dict[str, Any]) -> None:
        sort = entries.decode(bytes.fromhex(answer["entry"][2:]), "").sort
        answer["entry"] = answer["entry"].replace(f"0x{sort:02x}", f"0x{Sort.MAP:02x}", 1)

    for lie in (of_another_root, of_another_sort):
        checked = check(trade, about(trade, "Transformation", lie))
        assert "entry and envelope do not belong together" in doubts_of(checked)


def test_another_hash_of_the_signatures_is_found(trade: Shown) -> None:
    def lie(answer: dict[str, Any]) -> None:
        answer["envelope"]["signatures"] = to_hex(Hash32(b"\x11" * 32))

    checked = check(trade, about(trade, "Transformation", lie))
    assert "entry and envelope do not belong together" in doubts_of(checked)


@pytest.mark.parametrize("given", [None, [], "", "0x", "0x11", 7, {}])
def test_what_is_no_hash_of_signatures_is_found(trade: Shown, given: Any) -> None:
    def lie(answer: dict[str, Any]) -> None:
        answer["envelope"]["signatures"] = given

    checked = check(trade, about(trade, "Transformation", lie))
    assert "altered at record" in doubts_of(checked)


def test_a_record_of_one_shown_in_part_that_is_at_another_index_is_found(trade: Shown) -> None:
    def lie(answer: dict[str, Any]) -> None:
        answer["index"] -= 1

    checked = check(trade, about(trade, "Transformation", lie))
    assert "its proof does not hold" in doubts_of(checked)


@pytest.mark.parametrize("said", [["who"], ["amounts"], ["amounts", "who"], ["who", "what"]])
def test_what_is_said_to_be_withheld_must_be_what_is(trade: Shown, said: list[str]) -> None:
    def lie(answer: dict[str, Any]) -> None:
        answer["withheld"] = said

    checked = check(trade, about(trade, "Transformation", lie))
    assert "what is said to be withheld is not what is" in doubts_of(checked)


def test_a_part_that_is_not_said_to_be_one_is_found(trade: Shown) -> None:
    def lie(answer: dict[str, Any]) -> None:
        answer["withheld"] = []

    checked = check(trade, about(trade, "Transformation", lie))
    assert not checked.is_sound


def test_a_record_made_up_in_good_order_is_in_no_log(trade: Shown) -> None:
    """Its id, its entry and its links fit; no tree that was signed has it."""
    genuine = trade.scene.log[-1][1]
    server = Server(trade, "jeweller-fr")
    answer = server.ask(f"/v1/records/{to_hex(genuine.record_id)}")
    envelope = answer["envelope"]
    envelope["record"] |= {place: to_hex(Hash32(b"\x11" * 32)) for place in HIDDEN}
    envelope["signatures"] = to_hex(Hash32(b"\x22" * 32))
    forged = read_shown(envelope)
    root = forged.root(trade.scene.ledger_id)
    made_up = to_hex(forged.record_id(trade.scene.ledger_id))
    entry = answer["entry"].removesuffix(genuine.root.hex()) + root.hex()
    told = {"recordId": made_up, "entry": entry, "signers": None, "withheld": list(HIDDEN)}
    server.made_up[f"/v1/records/{made_up}"] = answer | told
    stone = f"/v1/parcels/{trade.hex('stone')}"
    server.made_up[stone] = server.ask(stone) | {"head": made_up}
    story = server.ask(f"{stone}/story")
    story["steps"][0]["recordId"] = made_up
    server.made_up[f"{stone}/story"] = story
    checked = check_story(server, trade.scene.parcels["stone"], trade.scene.ledger_id)
    at = len(trade.scene.log) - 1
    assert f"entry {at}: its proof does not hold" in doubts_of(checked)
    assert [step.is_proved for step in checked.steps] == [True] * 12 + [False]


def test_a_step_that_is_left_out_leaves_a_gap(trade: Shown) -> None:
    missing = to_hex(trade.scene.log[index_of(trade, "Transformation")][1].record_id)

    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith("/story"):
            answer["steps"] = [one for one in answer["steps"] if one["recordId"] != missing]

    assert f"record {missing}: the story lacks it" in doubts_of(check(trade, lie))


def test_a_record_that_makes_another_parcel_is_found(trade: Shown) -> None:
    """The id of an output follows from the record's; a parcel whose id does not is none."""
    at = trade.scene.log[index_of(trade, "Transformation")][1]
    stray = output_id(at.record_id, 7)

    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith(f"/v1/records/{to_hex(at.record_id)}"):
            answer["parcels"].append(to_hex(stray))

    server = Server(trade, "trader-be", lie)
    with pytest.raises(Damaged, match="another record"):
        server.record(at.record_id, trade.scene.ledger_id)


@pytest.mark.parametrize(
    "said", [{"weightMillicarats": 99_000}, {"hsCode": "7102.31"}, {"custodian": "0x" + "11" * 20}]
)
def test_a_book_that_says_otherwise_than_the_shown_records_is_found(
    trade: Shown, said: dict[str, Any]
) -> None:
    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith(trade.hex("stone")):
            answer.update(said)

    (name,) = said
    assert f"parcel: {name} is said to be" in doubts_of(check(trade, lie))


@pytest.mark.parametrize("name", ["weightMillicarats", "custodian", "hsCode"])
def test_a_book_that_is_silent_without_withholding_is_found(trade: Shown, name: str) -> None:
    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith(trade.hex("stone")):
            answer[name] = None

    assert f"parcel: {name} is said to be None" in doubts_of(check(trade, lie))


def hide(of: str, **said: Any) -> Lie:
    """Keep a parcel's whole book back, as from whoever gave the goods on, but for what is said."""

    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith(of):
            names = ("weightMillicarats", "stones", "label", "hsCode", "form", "state", "country")
            answer.update(dict.fromkeys((*names, "custodian", "recipient", "head", "headAt")))
            answer.update(withheld=list(SHEETS), **said)

    return lie


def test_a_book_that_is_kept_back_from_the_holder_itself_is_found(trade: Shown) -> None:
    told = doubts_of(check(trade, hide(trade.hex("stone"))))
    assert told == "parcel: this reader holds it by its records, and is not told so"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weightMillicarats", 99_000), ("stones", 9), ("hsCode", "7102.31"), ("form", "rough"),
        ("custodian", "0x" + "11" * 20), ("recipient", "0x" + "11" * 20), ("state", "held"),
        ("country", "ZA"), ("frozenBy", "0x" + "11" * 20),
    ],
)  # fmt: skip
def test_what_is_said_of_a_book_that_is_withheld_is_found(
    trade: Shown, name: str, value: Any
) -> None:
    checked = check(trade, hide(trade.hex("first"), **{name: value}), by="miner-bw", of="first")
    assert f"parcel: {name} is said to be withheld, and {value}" in doubts_of(checked)


def test_a_book_that_is_withheld_and_names_another_last_record_is_found(trade: Shown) -> None:
    head = "0x" + "11" * 32
    checked = check(trade, hide(trade.hex("first"), head=head), by="miner-bw", of="first")
    assert f"record {head}: the story lacks it" in doubts_of(checked)


def test_another_label_of_goods_that_were_given_on_is_found(trade: Shown) -> None:
    lie = hide(trade.hex("first"), label="Cullinan")
    checked = check(trade, lie, by="miner-bw", of="first")
    assert "parcel: label is said to be Cullinan" in doubts_of(checked)
