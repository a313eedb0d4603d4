"""A question has one answer and one error, at the desk of a folder and of a server alike."""

import pytest

from ledger.answers import QUESTIONS
from ledger.book import Answer, NotDone
from ledger.errors import BadQuestion, Refusal, Refused, Unknown
from ledger.signing import read_signed
from ledger.values import Hash32
from tests.borders import EXPORTED, journey
from tests.ledger.desk.conftest import local, remote
from tests.ledger.desk.in_part import at_this_time
from tests.scene import jewel, shown
from tests.world import address_of

NOBODY = Hash32(b"\x99" * 32)

ASKED = {
    "status": lambda desk, _: desk.status(),
    "charter": lambda desk, _: desk.charter(),
    "checkpoint": lambda desk, _: desk.checkpoint(),
    "chain": lambda desk, _: desk.chain(),
    "anchors": lambda desk, _: list(desk.anchors()),
    "entry": lambda desk, _: desk.entry(3),
    "record": lambda desk, made: desk.record(made.scene.log[5][1].record_id, made.scene.ledger_id),
    "inclusion": lambda desk, _: desk.inclusion(3, 10),
    "parcel": lambda desk, made: desk.parcel(made.scene.parcels["stone"]),
    "history": lambda desk, made: list(desk.history(made.scene.parcels["stone"])),
    "story": lambda desk, made: list(desk.story(made.scene.parcels["stone"])),
    "trace": lambda desk, made: list(desk.trace(made.scene.parcels["stone"])),
    "descendants": lambda desk, made: list(desk.descendants(made.scene.parcels["first"])),
    "recalls": lambda desk, made: list(desk.recalls(parcel=made.hex("first"))),
    "rejudged": lambda desk, _: list(
        desk.rejudged(country="BW", definition="kp-2003", asOf="2026-01-01", factsBefore=24)
    ),
    "stone": lambda desk, made: desk.stone(made.token("stone")),
    "links": lambda desk, made: desk.links(made.scene.parcels["stone"]),
    "link": lambda desk, made: desk.link(made.token("stone")),
    "party": lambda desk, _: desk.party(address_of("trader-be")),
    "parcels of": lambda desk, _: list(desk.parcels_of(address_of("trader-be"))),
    "site": lambda desk, made: desk.site(made.scene.sites["home"]),
    "sites": lambda desk, _: list(desk.sites()),
    "parties": lambda desk, _: list(desk.parties()),
    "tables": lambda desk, _: desk.tables(1),
    "table": lambda desk, _: desk.table("warranty-texts"),
    "verdicts": lambda desk, made: desk.verdicts(made.scene.parcels["stone"]),
    "definitions": lambda desk, _: desk.definitions(),
    "definition": lambda desk, _: desk.ask("/v1/definitions/kp-2003"),
    "certificate": lambda desk, _: desk.certificate(EXPORTED),
    "certificate paper": lambda desk, made: desk.ask(paper_of(made)),
    "annex iii": lambda desk, _: desk.ask("/v1/reports/annex-iii", country="BW", year=2026),
    "figure entries": lambda desk, _: desk.ask(
        "/v1/reports/annex-iii/entries", country="BW", year=2026, limit=1
    ),
    "reconciliation": lambda desk, _: desk.ask(
        "/v1/reports/reconciliation", country="BW", year=2026
    ),
    "importer": lambda desk, made: desk.ask(f"/v1/reports/importer/eu/{made.hex('stone')}"),
}


def paper_of(made):
    """Return the path of a certificate's paper."""
    return f"/certificates/{made.answers.certificate(EXPORTED)['token']}.json"


@pytest.fixture(scope="module")
def across():
    """A stone's way over borders, at the time of this machine, which a folder's desk goes by."""
    with at_this_time(journey()) as made:
        yield made


@pytest.mark.parametrize("question", ASKED)
def test_both_desks_give_the_same_answer(across, question):
    ask = ASKED[question]
    near, far = (ask(desk(across), across) for desk in (local, remote))
    for answer in (near, far):
        if isinstance(answer, dict):
            answer.pop("askedAt", None)  # a second may pass between the two
    assert near == far


def test_every_question_about_one_thing_is_among_those_asked_here():
    asked = {name.replace(" of", "").replace(" ", "_") for name in ASKED} | {
        "consistency",
        "entries",
        "typed_data",
    }
    assert {question.name for question in QUESTIONS} <= asked


def test_pages_are_followed_to_their_end(fresh):
    held = {bytes(raw) for raw in fresh.registrations(230)}
    assert len(held) == 230
    fresh.catch_up()
    for open_desk in (local, remote):
        parcels = list(open_desk(fresh).parcels_of(address_of("miner-bw")))
        assert len({one["parcelId"] for one in parcels}) == 230


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.parcel(NOBODY),
        lambda desk: desk.record(NOBODY, NOBODY),
        lambda desk: desk.site(NOBODY),
        lambda desk: desk.party(address_of("a stranger")),
        lambda desk: desk.entry(10_000),
        lambda desk: desk.stone("0" * 32),
    ],
)
def test_what_the_ledger_does_not_know_is_unknown_by_the_same_words(told, ask):
    said = []
    for open_desk in (local, remote):
        with pytest.raises(Unknown) as caught:
            ask(open_desk(told))
        said.append((caught.value.sort, caught.value.name, str(caught.value)))
    assert said[0] == said[1]


def test_what_is_not_well_asked_is_a_bad_question_by_the_same_words(told):
    said = []
    for open_desk in (local, remote):
        with pytest.raises(BadQuestion) as caught:
            open_desk(told).inclusion(5, 10_000)
        said.append((caught.value.field, caught.value.expected))
    assert said[0] == said[1]


def test_a_trade_ledger_is_closed_to_who_asks_from_afar_and_open_to_its_own_folder():
    with shown(jewel("trade")) as made:
        stone = made.scene.parcels["stone"]
        assert local(made).parcel(stone)["weightMillicarats"] == 1850
        with pytest.raises(Refused) as caught:
            remote(made).parcel(stone)
        assert caught.value.refusal.rule == "sign-in-needed"
        assert remote(made).status()["mode"] == "trade"


# -- handing in ------------------------------------------------------------------------------


def test_a_record_is_handed_in_and_the_same_again_is_answered_as_before(fresh_desk, fresh):
    (raw,) = fresh.registrations(1)
    record_id = read_signed(raw, fresh.scene.ledger_id).record_id
    first, again = fresh_desk.hand_in(raw, record_id), fresh_desk.hand_in(raw, record_id)
    assert (first.status, first.again, again.again) == ("checkpointed", False, True)
    assert (first.index, first.record_id, first.parcels) == (
        again.index,
        again.record_id,
        again.parcels,
    )


def test_a_refusal_names_rule_field_and_what_was_expected(fresh_desk, fresh):
    (raw,) = fresh.registrations(1)
    altered = raw.replace(b'"stones":1', b'"stones":2')
    with pytest.raises(Refused) as caught:
        fresh_desk.hand_in(altered, NOBODY)
    assert caught.value.refusal.rule == "signer"
    assert caught.value.refusal.field == "signatures"
    assert caught.value.refusal.expected


def test_of_several_records_each_has_its_own_line(fresh_desk, fresh):
    first, second = fresh.registrations(2)
    lines = fresh_desk.append([first, b'{"no": "envelope"}', second], wait="sequenced")
    assert [type(line) for line in lines] == [Answer, Refusal, Answer]
    assert lines[1].rule == "kind"


def test_of_an_atomic_batch_none_is_done_when_one_is_refused(fresh_desk, fresh):
    first, second = fresh.registrations(2)
    size = fresh_desk.status()["size"]
    altered = second.replace(b'"stones":1', b'"stones":2')
    lines = fresh_desk.append([first, altered], atomic=True)
    assert isinstance(lines[0], NotDone)
    assert lines[0].refused_line == 2
    assert isinstance(lines[1], Refusal)
    assert fresh_desk.status()["size"] == size


def test_too_many_records_at_once_are_a_bad_question(fresh_desk):
    with pytest.raises(BadQuestion):
        fresh_desk.append([b"{}"] * 10_001)
