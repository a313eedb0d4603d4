"""Which parcels a record makes or advances, read off the record alone."""

from __future__ import annotations

from ledger import drafts
from ledger.custody import Parcel
from ledger.drafts import Output
from ledger.records import Report, previous_of
from ledger.rules import outputs_of, touches
from ledger.signing import output_id
from tests.ledger.rules.cases import Stage, new_stage


def busy_stage() -> Stage:
    """Return a stage where every kind has been said that touches parcels, and most others."""
    stage = new_stage()
    first, second = stage.give("trader-be"), stage.give("trader-be")
    outputs = [Output(5_000, 2), Output(15_000, 4)]
    made = stage.transform("trader-be", "mix", [first, second], outputs)
    stage.offer(made[0], "trader-be", "lab-be")
    goods = stage.goods(made[0])
    stage.say(drafts.withdrawal(stage.speaker("trader-be"), stage.moment(), goods), "trader-be")
    for operation in ("theft", "recovery", "loss"):
        stage.say(stage.report_on(made[0], "trader-be", operation), "trader-be")
    stage.say(stage.report_on(made[0], "governor-1", "release"), "governor-1", "governor-2")
    stage.say(stage.report_on(made[1], "authority-bw", "seizure"), "authority-bw")
    head = stage.book(made[1]).head
    dispute = drafts.report(stage.speaker("lab-be"), stage.moment(), "dispute", made[1], state=head)
    stage.say(dispute, "lab-be")
    jewels = sorted([stage.polished("jeweller-fr"), stage.polished("jeweller-fr")])
    piece = stage.set_in(jewels)
    stage.sell(piece)
    stage.sell(piece, operation="return")
    stage.take_out(piece, jewels)
    stage.change_key("rotate", "trader-be", "trader-be-2")
    return stage


def test_what_a_record_touches_is_what_the_rules_changed() -> None:
    for _, signed, changes in busy_stage().log:
        changed = tuple(item.id for item in changes.items if isinstance(item, Parcel))
        assert touches(signed.record, signed.record_id) == changes.parcels == changed


def test_what_is_only_spoken_of_is_mentioned_and_not_touched() -> None:
    stage = busy_stage()
    spoken = [
        (signed.record, changes)
        for _, signed, changes in stage.log
        if isinstance(signed.record, Report) and signed.record.what.operation == "dispute"
    ]
    assert [changes.mentions for record, changes in spoken] == [(spoken[0][0].what.parcel,)]
    assert spoken[0][1].parcels == ()


def test_outputs_are_numbered_from_zero() -> None:
    stage = busy_stage()
    made = {}
    for _, signed, changes in stage.log:
        outputs = outputs_of(signed.record, signed.record_id)
        assert outputs == tuple(output_id(signed.record_id, at) for at in range(len(outputs)))
        assert outputs == changes.parcels[len(changes.parcels) - len(outputs) :]
        made.update(dict.fromkeys(outputs, signed.record.KIND.name))
    assert sorted(made.values()) == [
        *["Registration"] * 4, "Setting", *["Transformation"] * 4
    ]  # fmt: skip


def test_what_a_certificate_and_its_clearance_speak_of_they_mention_and_do_not_touch() -> None:
    stage = new_stage()
    parcels = sorted(stage.give("trader-be") for _ in range(2))
    certificate = stage.certify(parcels, "BW1", "BE")
    stage.clear(certificate)
    for _, signed, changes in stage.log[-2:]:
        assert changes.mentions == tuple(parcels)
        assert touches(signed.record, signed.record_id) == changes.parcels == ()


def test_each_record_of_a_story_names_what_stands_before_it() -> None:
    stage = new_stage()
    jewels = sorted([stage.polished("jeweller-fr"), stage.polished("jeweller-fr")])
    heads = [stage.book(parcel).head for parcel in jewels]
    piece = stage.set_in(jewels)
    made = stage.log[-1][1]
    assert [previous_of(made.record, parcel) for parcel in jewels] == [(head,) for head in heads]
    assert previous_of(made.record, piece) == tuple(heads)
    sold = stage.sell(piece)
    assert previous_of(sold.record, piece) == (made.record_id,)
    back = stage.sell(piece, operation="return")
    taken = stage.take_out(piece, jewels)
    assert previous_of(taken.record, piece) == (back.record_id,)
    assert previous_of(taken.record, jewels[1]) == (made.record_id,)
