"""Whoever tells a parcel's story, a lie in it is found: each lie is told here, and named."""

import copy
from collections.abc import Callable

import pytest

from ledger.checkpoint import Checkpoint, SignerKey, sign_checkpoint
from ledger.desk import Desk
from ledger.desk.checking import check_story
from ledger.drafts import Constitution
from ledger.errors import Unknown
from ledger.values import Hash32, from_hex, to_hex
from tests.ledger.desk.conftest import local, remote
from tests.scene import Shown, jewel, shown
from tests.world import GOVERNORS, ORIGIN, secret_of


class Liar(Desk):
    """A desk that answers as another one does, but for what the test changes."""

    def __init__(self, honest: Desk, lie: Callable[[str, dict], dict | None]) -> None:
        self._honest = honest
        self._lie = lie

    def ask(self, path, **given):
        answer = copy.deepcopy(self._honest.ask(path, **given))
        lied = self._lie(path, answer)
        return answer if lied is None else lied

    def append(self, envelopes, *, wait="checkpointed", atomic=False):
        return self._honest.append(envelopes, wait=wait, atomic=atomic)


def check(made: Shown, lie: Callable[[str, dict], dict | None], parcel: str = "stone"):
    """Check a parcel's story as a liar tells it."""
    return check_story(Liar(local(made), lie), made.scene.parcels[parcel])


def index_of(made: Shown, kind: str, operation: str = "") -> int:
    """Return the index of the first record of a kind in the story."""
    for index, (_, signed, _) in enumerate(made.scene.log):
        record = signed.record
        if record.KIND.name == kind and operation in ("", record.operation):
            return index
    raise AssertionError(kind)


def id_of(made: Shown, index: int) -> str:
    """Return the id of a record as answers write it."""
    return to_hex(made.scene.log[index][1].record_id)


def record_at(made: Shown, index: int) -> dict:
    """Return the answer about the record at an index."""
    return local(made).record_at(index, made.scene.ledger_id)


# -- the truth -------------------------------------------------------------------------------


@pytest.mark.parametrize("open_desk", [local, remote])
def test_a_true_story_proves_itself_to_the_last_step(told, open_desk):
    checked = check_story(open_desk(told), told.scene.parcels["stone"], told.scene.ledger_id)
    assert checked.is_sound, checked.doubts
    assert checked.checkpoint is not None
    assert checked.checkpoint.size == len(told.scene.log)
    assert checked.origin == ORIGIN
    assert all(step.is_proved for step in checked.steps)
    assert [step.index for step in checked.steps] == sorted(step.index for step in checked.steps)
    assert checked.signatures == len(checked.steps) == checked.own_signatures
    assert checked.proofs == len(checked.steps) + 1  # and the Charter's


def test_the_story_is_that_of_the_goods_and_of_nothing_else(told):
    checked = check_story(local(told), told.scene.parcels["first"])
    kinds = [(step.record.KIND.name, step.record.operation) for step in checked.steps]
    assert kinds == [
        ("Registration", ""),
        ("Handoff", "sale"),
        ("Receipt", "accept"),
        ("Transformation", "mix"),
    ]
    assert all(told.scene.parcels["first"] in step.parcels for step in checked.steps)


def test_progress_is_told_record_by_record(told):
    heard: list[int] = []
    check_story(local(told), told.scene.parcels["stone"], told=heard.append)
    assert heard == list(range(1, len(heard) + 1))


def test_a_parcel_that_nobody_knows_has_no_story(told):
    with pytest.raises(Unknown):
        check_story(local(told), Hash32(b"\x99" * 32))


def test_what_no_checkpoint_covers_yet_is_told_as_not_proved_and_doubted(told):
    size = index_of(told, "Transformation", "polish")
    key = SignerKey(ORIGIN, secret_of("log"))
    root = from_hex(local(told).ask("/v1/proofs/consistency", **{"from": size})["fromRoot"], 32)
    note = sign_checkpoint(Checkpoint(ORIGIN, size, Hash32(root)), [key]).encode().decode()

    def older(path, answer):
        return {**answer, "note": note, "size": size} if path == "/v1/checkpoint" else None

    checked = check(told, older)
    uncovered = [f"entry {step.index}" for step in checked.steps if step.index >= size]
    assert [doubt.place for doubt in checked.doubts] == uncovered
    assert [step.is_proved for step in checked.steps] == [
        step.index < size for step in checked.steps
    ]
    assert uncovered


@pytest.mark.parametrize("threshold", [2, 3])
def test_amendments_are_followed_back_to_the_charter(threshold):
    scene = jewel()
    author, charter = scene.speaker("governor-1").author, scene.charter()
    stated = Constitution(charter.governors, threshold, charter.checkpoint_keys)
    for signers in (GOVERNORS[:2], GOVERNORS[:threshold]):
        head = scene.charter().head
        scene.say(stated.amendment(author, head, scene.moment()), *signers)
    with shown(scene) as made:
        checked = check_story(local(made), made.scene.parcels["stone"])
        assert checked.is_sound, checked.doubts
        assert checked.proofs == len(checked.steps) + 3


def test_what_is_recorded_meanwhile_is_no_part_of_the_story(fresh):
    happened: list[str] = []

    def meanwhile(path, _answer):
        if path == "/v1/checkpoint" and not happened:
            happened.append(path)
            fresh.scene.hand_over(fresh.scene.parcels["stone"], "jeweller-fr", "trader-be")
            fresh.catch_up()

    size = len(fresh.scene.log)
    checked = check(fresh, meanwhile)
    assert happened
    assert checked.is_sound, checked.doubts
    assert checked.steps[-1].index == size - 1
    assert check(fresh, meanwhile).steps[-1].index == size + 1


# -- lies ------------------------------------------------------------------------------------


def test_another_ledger_than_the_pinned_one_is_not_believed(told):
    checked = check_story(local(told), told.scene.parcels["stone"], Hash32(b"\x01" * 32))
    assert [doubt.place for doubt in checked.doubts] == ["entry 0"]
    assert checked.steps == ()


def test_a_weight_made_up_breaks_the_entry_that_holds_it(told):
    at = index_of(told, "Registration")

    def lie(path, answer):
        if path.endswith(id_of(told, at)):
            answer["envelope"]["record"]["amounts"]["weightMillicarats"] += 1
        return answer

    checked = check(told, lie)
    assert f"altered at entry {at}" in checked.doubts[0].said


def test_a_signature_of_another_is_found(told):
    at = index_of(told, "Handoff")
    other = record_at(told, at + 1)

    def lie(path, answer):
        if path.endswith(id_of(told, at)):
            answer["envelope"]["signatures"] = other["envelope"]["signatures"]
        return answer

    assert not check(told, lie).is_sound


def test_another_record_in_a_records_place_is_found(told):
    at = index_of(told, "Handoff")
    other = record_at(told, at + 1)

    def lie(path, _answer):
        return other if path.endswith(id_of(told, at)) else None

    checked = check(told, lie)
    assert any("another record was given" in doubt.said for doubt in checked.doubts)


def test_a_record_at_another_index_does_not_prove_its_inclusion(told):
    at = index_of(told, "Receipt")

    def lie(path, answer):
        if path.endswith(id_of(told, at)):
            answer["index"] -= 1
        return answer

    checked = check(told, lie)
    assert any("proof does not hold" in doubt.said for doubt in checked.doubts)


def test_a_proof_with_a_hash_changed_is_found(told):
    def lie(path, answer):
        if path == "/v1/proofs/inclusion":
            answer["proof"][0] = "0x" + "11" * 32
        return answer

    checked = check(told, lie)
    assert sum("proof does not hold" in doubt.said for doubt in checked.doubts) == 1 + len(
        checked.steps
    )


def test_a_checkpoint_signed_by_nobody_known_is_not_believed(told):
    stranger = SignerKey(ORIGIN, secret_of("a stranger"))

    def lie(path, answer):
        if path == "/v1/checkpoint":
            root = Hash32(from_hex(answer["root"], 32))
            forged = sign_checkpoint(Checkpoint(ORIGIN, answer["size"], root), [stranger])
            answer["note"] = forged.encode().decode()
        return answer

    checked = check(told, lie)
    assert checked.doubts[0].place == "checkpoint"
    assert checked.checkpoint is None
    assert checked.steps == ()


def test_a_checkpoint_that_says_another_size_than_its_note_is_not_believed(told):
    def lie(path, answer):
        return {**answer, "size": answer["size"] - 1} if path == "/v1/checkpoint" else None

    assert check(told, lie).doubts[0].place == "checkpoint"


def test_a_charter_that_not_every_governor_signed_is_not_believed(told):
    def lie(path, answer):
        if path.endswith(id_of(told, 0)):
            answer["envelope"]["signatures"].pop()
        return answer

    checked = check(told, lie)
    assert not checked.is_sound
    assert checked.steps == ()


def test_a_story_that_leaves_a_step_out_is_found(told):
    missing = id_of(told, index_of(told, "Transformation", "mix"))

    def lie(path, answer):
        if path.endswith("/story"):
            answer["steps"] = [one for one in answer["steps"] if one["recordId"] != missing]
        return answer

    checked = check(told, lie)
    assert [doubt.place for doubt in checked.doubts if missing in doubt.place] == [
        f"record {missing}"
    ]


def test_a_story_that_begins_at_another_parcels_record_is_found(told):
    elsewhere = local(told).parcel(told.scene.parcels["rest"])["head"]

    def lie(path, answer):
        if path.endswith(to_hex(told.scene.parcels["stone"])):
            answer["head"] = elsewhere
        if path.endswith("/story"):
            answer["steps"].append({"recordId": elsewhere})
        return answer

    checked = check(told, lie)
    assert any("does not move" in doubt.said for doubt in checked.doubts)


def test_steps_that_have_nothing_to_do_with_the_parcel_are_not_told(told):
    stray = id_of(told, 1)

    def lie(path, answer):
        if path.endswith("/story"):
            answer["steps"].append({"recordId": stray})
        return answer

    checked = check(told, lie)
    assert stray not in [to_hex(step.record_id) for step in checked.steps]


def test_a_change_of_key_in_a_story_is_found():
    scene = jewel()
    scene.change_key("rotate", "trader-be", "second key")
    with shown(scene) as made:
        change = id_of(made, len(scene.log) - 1)

        def lie(path, answer):
            if path.endswith(made.hex("stone")):
                answer["head"] = change
            if path.endswith("/story"):
                answer["steps"].append({"recordId": change})
            return answer

        said = [doubt.said for doubt in check(made, lie).doubts]
    assert any("does not move" in one for one in said)
    assert any("nothing shows that" in one for one in said)


@pytest.mark.parametrize(
    "lie",
    [
        {"weightMillicarats": 531_200},
        {"stones": 9},
        {"label": "Cullinan"},
        {"hsCode": "7102.31"},
        {"form": "rough"},
        {"custodian": "0x" + "11" * 20},
        {"custodian": None},
    ],
)
def test_a_parcel_that_is_not_what_its_records_leave_is_found(told, lie):
    def answer_of(path, answer):
        return {**answer, **lie} if path.endswith(told.hex("stone")) else None

    checked = check(told, answer_of)
    (name,) = lie
    assert [doubt.place for doubt in checked.doubts] == ["parcel"]
    assert name in checked.doubts[0].said
    assert name not in checked.agreed


@pytest.mark.parametrize("parcel", ["first", "mixed", "rough", "rest", "stone"])
def test_a_parcel_used_up_or_held_agrees_with_its_records(told, parcel):
    checked = check_story(local(told), told.scene.parcels[parcel])
    assert checked.is_sound, checked.doubts
    assert len(checked.agreed) == 6


def test_amendments_that_lead_nowhere_are_found(told):
    def lie(path, answer):
        return {**answer, "head": id_of(told, 3)} if path == "/v1/charter" else None

    assert any(doubt.place == "charter" for doubt in check(told, lie).doubts)
