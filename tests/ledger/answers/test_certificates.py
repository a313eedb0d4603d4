"""Certificates: what stands on the paper, what became of it, and who is told what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.access import reader_of
from ledger.answers import Answers, find
from ledger.answers.certificates import STATEMENT, TITLE
from ledger.custody import CertificateState
from ledger.drafts import Output
from ledger.entry import decode
from ledger.errors import BadQuestion, Unknown
from ledger.merkle import verify_inclusion
from ledger.values import NO_HASH, Hash32, to_hex
from tests.borders import EXPORTED, PENDING, REFUSED, Journey, hex_of, journey
from tests.scene import Shown, shown
from tests.world import address_of

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def open_one() -> Iterator[Shown]:
    """The journey on an open ledger; read only."""
    with shown(journey()) as made:
        yield made


@pytest.fixture(scope="module")
def traded_one() -> Iterator[Shown]:
    """The journey on a trade ledger; read only."""
    with shown(journey("trade")) as made:
        yield made


def scene_of(made: Shown) -> Journey:
    """Return the journey itself."""
    assert isinstance(made.scene, Journey)
    return made.scene


def as_party(made: Shown, name: str, path: str) -> dict[str, object]:
    """Ask as the party of a key."""
    with made.book.view() as view:
        reader = reader_of(view, address_of(name), made.desk.clock.now_ms)
    assert reader is not None
    question, given = find(path)
    found: dict[str, object] = made.answers.answer(question, given, reader)
    return found


def test_every_field_of_annex_i_is_told(open_one: Shown) -> None:
    one = open_one.answers.certificate(EXPORTED)
    assert (one["title"], one["statement"]) == (TITLE, STATEMENT)
    assert (one["number"], one["operation"], one["parcelCount"]) == (EXPORTED, "export", 2)
    assert one["authority"] == to_hex(address_of("authority-bw"))
    assert one["exporter"] == to_hex(address_of("miner-bw"))
    assert one["importer"] is None
    assert (one["originSort"], one["originNames"]) == ("unmixed", ["Botswana"])
    assert (one["provenanceName"], one["destinationName"]) == ("Botswana", "Belgium")
    (code,) = one["codes"]
    assert (code["hsCode"], code["weightCarats"]) == ("7102.31", "3.750")
    assert one["expiresAt"] > one["issuedAt"]
    assert len(one["parcels"]) == 2


def test_a_certificate_is_found_by_its_id_its_number_and_its_token(open_one: Shown) -> None:
    by_number = open_one.answers.certificate(EXPORTED)
    assert open_one.answers.certificate(hex_of(scene_of(open_one), "confirmed")) == by_number
    assert open_one.answers.certificate_paper(by_number["token"]) == by_number


def test_an_endorsed_value_is_in_force_and_both_are_shown(open_one: Shown) -> None:
    one = open_one.answers.certificate(EXPORTED)
    assert (one["codes"][0]["valueUsCents"], one["valueUsDollars"]) == (123_456, "1,234.56")
    (change,) = one["corrections"]
    assert (change["field"], change["was"], change["became"]) == (
        "amounts.valuesUsCents.0", "1000.00 USD", "1234.56 USD",
    )  # fmt: skip


def test_each_state_is_said_in_words(open_one: Shown) -> None:
    asked = {name: open_one.answers.certificate(name) for name in (EXPORTED, PENDING, REFUSED)}
    assert [one["state"] for one in asked.values()] == ["confirmed", "open", "refused"]
    assert asked[EXPORTED]["clearance"]["agrees"]
    assert asked[PENDING]["clearance"] is None
    assert asked[REFUSED]["clearance"]["reason"] == "the weight differs"
    (found,) = asked[REFUSED]["clearance"]["found"]
    assert (found["deltaCarats"], found["deltaUsDollars"]) == ("-0.900", "-1,000.00")


def test_an_open_certificate_expires_by_the_time_of_asking() -> None:
    with shown(journey()) as made:
        expires_at = made.answers.certificate(PENDING)["expiresAt"]
        made.desk.clock.now_ms = expires_at * 1000 + 999
        assert made.answers.certificate(PENDING)["state"] == "open"
        made.desk.clock.now_ms += 1
        one = made.answers.certificate(PENDING)
        assert (one["state"], one["closedBy"]) == ("expired", None)
        assert "No arrival in Belgium" in one["stateSays"]


def test_a_certificate_whose_goods_were_worked_on_certifies_nothing() -> None:
    with shown(journey()) as made:
        scene = scene_of(made)
        bag = scene.parcels["waiting"]
        scene.transform("miner-bw", "reweigh", [bag], [Output(700, 1, "7102.31")])
        made.catch_up()
        one = made.answers.certificate(PENDING)
        assert (one["state"], one["clearance"]) == ("void", None)
        assert one["closedBy"] == len(scene.log) - 1


def test_the_proof_leads_from_the_entry_to_the_checkpoint(open_one: Shown) -> None:
    one = open_one.answers.certificate(EXPORTED)
    proof = one["inclusion"]
    entry = bytes.fromhex(proof["entry"][2:])
    assert decode(entry).recorded_at_ms == one["recordedAtMs"]
    hashes = [Hash32(bytes.fromhex(text[2:])) for text in proof["proof"]]
    leaf, root = (bytes.fromhex(proof[name][2:]) for name in ("leafHash", "root"))
    verify_inclusion(Hash32(leaf), proof["index"], proof["size"], hashes, Hash32(root))
    assert root.hex() == open_one.answers.checkpoint()["root"][2:]


def test_whoever_has_the_token_on_a_trade_ledger_sees_the_paper_and_no_more(
    traded_one: Shown,
) -> None:
    token = traded_one.answers.certificate(EXPORTED)["token"]
    one = traded_one.client.get(f"/certificates/{token}.json").json()
    assert (one["number"], one["weightCarats"], one["parcelCount"]) == (EXPORTED, "3.750", 2)
    assert one["exporter"] == to_hex(address_of("miner-bw"))
    assert one["parcels"] is None
    met = one["clearance"]
    assert met["agrees"]
    assert [met[name] for name in ("recordId", "author", "exporter", "found", "parcelCount")] == [
        None, None, None, None, None,
    ]  # fmt: skip
    told = str(one)
    for parcel in scene_of(traded_one).parcels.values():
        assert to_hex(parcel) not in told


@pytest.mark.parametrize(
    ("name", "is_whole"),
    [("authority-be", True), ("authority-bw", True), ("miner-bw", True), ("auditor-ch", True)],
)
def test_those_concerned_are_told_of_parcels_too(traded_one: Shown, name, is_whole) -> None:
    one = as_party(traded_one, name, f"/v1/certificates/{EXPORTED}")
    assert (one["parcels"] is not None) is is_whole
    assert one["token"]


@pytest.mark.parametrize("name", ["trader-ae", "jeweller-fr", "cutter-in"])
def test_to_everybody_else_it_is_as_if_there_were_none(traded_one: Shown, name: str) -> None:
    for subject in (EXPORTED, "BW99", hex_of(scene_of(traded_one), "confirmed")):
        with pytest.raises(Unknown, match="certificate"):
            as_party(traded_one, name, f"/v1/certificates/{subject}")


@pytest.mark.parametrize("subject", ["BW", "bw20260001", "BW-2026", "0x12", "BW" + "1" * 21])
def test_what_is_no_name_of_a_certificate_is_a_bad_question(open_one: Shown, subject: str) -> None:
    with pytest.raises(BadQuestion):
        open_one.answers.certificate(subject)


@pytest.mark.parametrize("token", ["0" * 32, "f" * 32])
def test_a_token_of_nothing_is_unknown(open_one: Shown, token: str) -> None:
    with pytest.raises(Unknown):
        open_one.answers.certificate_paper(token)


def test_a_number_used_again_is_a_finding_of_the_certificate() -> None:
    with shown(journey()) as made:
        scene = scene_of(made)
        scene.clear_paper(EXPORTED)
        made.catch_up()
        found = made.answers.certificate(EXPORTED)["findings"]
        assert [one["name"] for one in found] == ["certificate-number-reused"]
        token = made.answers.certificate(EXPORTED)["token"]
        page = made.client.get(f"/certificates/{token}").text
        assert "The number of this certificate was shown before for other goods" in page


def test_on_a_trade_ledger_who_has_the_paper_is_told_of_a_finding_and_of_no_other_record() -> None:
    with shown(journey("trade")) as made:
        scene = scene_of(made)
        scene.clear_paper(EXPORTED)
        clearance = scene.log[-1][1].record_id
        made.catch_up()
        (found,) = made.answers.certificate(EXPORTED)["findings"]
        scene.report(
            "answer", NO_HASH, "authority-bw", finding=bytes.fromhex(found["findingId"][2:])
        )
        answer = scene.log[-1][1].record_id
        made.catch_up()
        whole = made.answers.certificate(EXPORTED)
        response = made.client.get(f"/certificates/{whole['token']}.json")
        (told,) = response.json()["findings"]
        assert told["name"] == "certificate-number-reused"
        assert [one["role"] for one in told["answers"]] == ["authority"]
        for record_id in (clearance, answer, scene.certificates["confirmed"]):
            is_own = record_id == scene.certificates["confirmed"]
            assert (to_hex(record_id) in response.text) is is_own
        assert found["findingId"] not in response.text
        page = made.client.get(f"/certificates/{whole['token']}").text
        assert "Answered by the authority of Botswana" in page


def test_state_of_a_certificate_is_what_the_ledger_keeps(open_one: Shown) -> None:
    with open_one.book.view() as view:
        known = view.read(CertificateState, scene_of(open_one).certificates["confirmed"])
    assert known is not None
    one = open_one.answers.certificate(EXPORTED)
    assert one["closedBy"] == known.closed_by
    assert Answers(open_one.book).certificate(EXPORTED)["number"] == known.number
