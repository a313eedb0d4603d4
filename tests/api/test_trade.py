"""What one link of a trade ledger gives away: its own stone, and nothing else of the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ledger import drafts
from ledger.drafts import Goods, Speaker
from ledger.records import Record
from ledger.signing import output_id, sign_record
from ledger.values import Hash32, ParcelId
from tests.api.problem_check import problem_of
from tests.scene import POLISHED, Shown, shown
from tests.world import address_of, secret_of

LINKS = ("first", "mixed", "rough", "rest", "stone")
POSITIONS = range(8)
"""More outputs than any record of the scene has."""


def hex_runs(text: str) -> Iterator[str]:
    """Yield every run of hex digits of a text, also of those that a page breaks into groups."""
    for whole in (text, re.sub(r"(?<=\b[0-9a-f]{8}) (?=[0-9a-f]{8}\b)", "", text)):
        yield from re.findall("[0-9a-f]{32,}", whole)


def pieces(text: str, digits: int) -> set[str]:
    """Return every piece of so many digits of every run, wherever it begins."""
    return {
        run[start : start + digits]
        for run in hex_runs(text)
        for start in range(len(run) - digits + 1)
    }


def told_by(made: Shown, parcel: str) -> str:
    """Return all that anyone gets from a link: page, JSON, and the proofs that they lead to."""
    path = f"/stones/{made.token(parcel)}"
    page, plain = made.client.get(path), made.client.get(path + ".json")
    assert (page.status_code, plain.status_code) == (200, 200)
    indices = {step["index"] for step in plain.json()["steps"]} | {plain.json()["proof"]["index"]}
    paths = ["/v1/status", "/v1/checkpoint", "/v1/proofs/consistency?from=1"]
    paths += [f"/v1/proofs/inclusion?index={index}" for index in sorted(indices)]
    proofs = [made.client.get(one) for one in paths]
    assert {proof.status_code for proof in proofs} == {200}
    return "\n".join(answer.text for answer in (page, plain, *proofs))


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_no_other_goods_and_to_no_record(traded: Shown, link: str) -> None:
    text = told_by(traded, link)
    records = {signed.record_id for _, signed, _ in traded.scene.log} - {traded.scene.ledger_id}
    parcels = {parcel for _, _, changes in traded.scene.log for parcel in changes.parcels}
    tokens = {traded.token_of(parcel) for parcel in parcels} - {traded.token(link)}
    words = {Hash32(bytes.fromhex(piece)) for piece in pieces(text, 64)}
    assert len(words) > 20
    assert not words & (records | parcels)
    derived = {output_id(word, position) for word in words for position in POSITIONS}
    assert not derived & parcels
    assert not pieces(text, 32) & tokens
    assert not {parcel[:16].hex() for parcel in parcels} & pieces(text, 32)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_names_no_party(traded: Shown, link: str) -> None:
    names = ("miner-bw", "miner-ca", "trader-be", "cutter-in", "jeweller-fr", "governor-1")
    text = told_by(traded, link)
    for name in names:
        assert address_of(name).hex() not in text
        assert f"0x{address_of(name).hex()[:4]}" not in text


def test_what_was_said_since_leads_nowhere_either(traded: Shown) -> None:
    scene = traded.scene.fork()
    goods = scene.goods(scene.parcels["stone"])  # type: ignore[attr-defined]  # a fork is a Scene
    scene.report("dispute", goods.parcel, "lab-be", state=goods.previous)  # type: ignore[attr-defined]
    scene.revoke("cutter-in", compromised_since=5)
    with shown(scene) as made:  # type: ignore[arg-type]
        text = told_by(made, "stone")
        records = {signed.record_id.hex() for _, signed, _ in scene.log}
        assert not pieces(text, 64) & (records - {scene.ledger_id.hex()})
        assert address_of("cutter-in").hex() not in text


def test_an_open_ledger_still_names_its_records(jewel_shown: Shown) -> None:
    text = told_by(jewel_shown, "stone")
    assert jewel_shown.scene.log[-1][1].record_id.hex() in pieces(text, 64)


# -- what refusals tell, as SECURITY.md says it --------------------------------------------------

MADE_UP = Hash32(b"\x07" * 32)


def records_about(
    made: Shown, author: str, role: str, country: str, parcel: Hash32
) -> Iterator[Record]:
    """Yield made-up records about a parcel, of which their author knows nothing else."""
    speaker, moment = Speaker(address_of(author), role, country), made.scene.moment()
    goods = Goods(ParcelId(parcel), MADE_UP, 1, 1, POLISHED)
    jeweller, cutter = address_of("jeweller-fr"), address_of("cutter-in")
    yield drafts.withdrawal(speaker, moment, goods)
    yield drafts.handoff(speaker, moment, goods, cutter, "IN")
    yield drafts.receipt(speaker, moment, goods, jeweller, weight_millicarats=1, stones=1)
    yield drafts.report(speaker, moment, "theft", goods.parcel, previous=MADE_UP)
    yield drafts.report(speaker, moment, "dispute", goods.parcel, state=MADE_UP)


def refusals(made: Shown, author: str, signer: str, parcel: Hash32, *, role: str = "trader"):
    """Send made-up records about a parcel; return the problem documents that come."""
    country = {"jeweller-fr": "FR"}.get(author, "BE")
    for record in records_about(made, author, role, country, parcel):
        raw = sign_record(record, made.scene.ledger_id, [secret_of(signer)]).raw
        headers = {"content-type": "application/json"}
        yield problem_of(made.client.post("/v1/records", content=raw, headers=headers))


@pytest.mark.parametrize(
    ("author", "role", "rule"),
    [("nobody", "trader", "party-unknown"), ("jeweller-fr", "jeweller", "signer")],
)
def test_a_stranger_learns_who_is_a_party_and_nothing_of_goods(
    traded: Shown, author: str, role: str, rule: str
) -> None:
    for parcel in (traded.scene.parcels["stone"], traded.scene.parcels["mixed"], MADE_UP):
        for problem in refusals(traded, author, "nobody", parcel, role=role):
            assert problem["rule"] == rule
            assert parcel.hex() not in str(problem)


def test_a_party_learns_of_goods_of_others_that_they_are_there_and_their_state(
    traded: Shown,
) -> None:
    goods = traded.scene.goods(traded.scene.parcels["stone"])
    told = list(refusals(traded, "trader-be", "trader-be", goods.parcel))
    rules = ["not-custodian", "not-custodian", "parcel-held", "not-custodian", "state-unknown"]
    assert [problem["rule"] for problem in told] == rules
    secrets = (goods.previous.hex(), address_of("jeweller-fr").hex(), str(goods.weight_millicarats))
    for problem in told:
        shown_parts = problem["detail"] + problem["expected"] + problem["came"]
        shown_parts = shown_parts.replace(goods.parcel.hex(), "")
        assert not [secret for secret in secrets if secret in shown_parts]
    for problem in refusals(traded, "trader-be", "trader-be", MADE_UP):
        assert problem["rule"] == "parcel-absent"
