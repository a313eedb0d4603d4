"""Certificates by hand: issued, cleared, refused, printed, shown; from a folder and a server."""

from __future__ import annotations

import io

import httpx2
import pypdf
import pytest

from ledger.cli.documents import RECORDED
from ledger.keys import DEMO_SCRYPT_COST, Keyring
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import PASSPHRASE, Town
from tests.world import secret_of

NUMBER = "BW20260001"


def admitted(town: Town, name: str, role: str, country: str) -> None:
    """Make a key and admit its party."""
    Keyring(town.keys).add(name, secret_of(name), PASSPHRASE, DEMO_SCRYPT_COST)
    signers = ["--as", "governor-1", *(["--as", "governor-2"] if role == "authority" else [])]
    town.run("admit", name, "--role", role, "--country", country, *signers)


@pytest.fixture
def border(town: Town) -> Town:
    """A town with the authority of Belgium."""
    admitted(town, "authority-be", "authority", "BE")
    return town


def certify(town: Town, *parcels: str, number: str = NUMBER, **more: str) -> dict[str, object]:
    """Issue a certificate to Belgium; return what was recorded."""
    usual = {"to": "BE", "value": "1250.00", "origin": "BW", **more}
    words = [word for name, value in usual.items() for word in (f"--{name}", value)]
    return town.json("certify", *parcels, "--number", number, *words, "--as", "authority-bw")


def test_a_shipment_is_certified_and_confirmed_as_declared(border: Town) -> None:
    bags = [border.register("12.5", 3), border.register("7.5", 2)]
    issued = certify(border, *bags)
    assert tuple(issued) == RECORDED
    shown = border.json("certificate", "show", "BW-2026 0001")
    assert (shown["state"], shown["parcelCount"], shown["weightCarats"]) == ("open", 2, "20.000")
    assert shown["certificateId"] == issued["recordId"]
    assert issued["certificatePath"] == f"/certificates/{shown['token']}"
    assert border.json("show", NUMBER) == {**shown, "asOf": border.json("show", NUMBER)["asOf"]}
    border.run("clear", NUMBER, "--as", "authority-be")
    after = border.json("certificate", "show", issued["recordId"])
    assert (after["state"], after["clearance"]["agrees"]) == ("confirmed", True)
    assert border.json("show", bags[0])["country"] == "BE"
    told = border.run("show", NUMBER).out
    for word in ("confirmed", "as declared", "US$ 1,250.00", "Botswana", "20.000 ct"):
        assert word in told, word


def test_what_was_found_is_shown_beside_what_was_declared(border: Town) -> None:
    certify(border, border.register("12.5", 3))
    border.run(
        *("clear", NUMBER, "--found", "7102.10=12.40:1300.50", "--parcels", "2"),
        *("--as", "authority-be"),
    )
    met = border.json("show", NUMBER)["clearance"]
    assert not met["agrees"]
    assert (met["parcelCount"], met["declaredCount"]) == (2, 1)
    assert [(one["deltaCarats"], one["deltaUsDollars"]) for one in met["found"]] == [
        ("-0.100", "+50.50")
    ]
    assert "not as declared" in border.run("show", NUMBER).out


def test_a_shipment_is_refused_and_sent_back_under_a_technical_certificate(border: Town) -> None:
    bag = border.register("12.5", 3)
    certify(border, bag)
    border.run("clear", NUMBER, "--refuse", "seal", "--as", "authority-be")
    assert border.json("show", NUMBER)["clearance"]["reason"] == "the seal"
    words = ("--number", "BE77", "--to", "BW", "--value", "1250", "--mixed", "--technical", NUMBER)
    border.run("certify", bag, *words, "--as", "authority-be")
    back = border.json("show", "BE77")
    assert (back["operation"], back["original"], back["originSort"]) == (
        "technical", NUMBER, "mixed",
    )  # fmt: skip


def test_a_paper_without_a_record_here_is_cleared_by_its_number(border: Town) -> None:
    words = ("--paper", "ZA-00123", "--found", "7102.31=3.00:900", "--parcels", "1")
    cleared = border.json("clear", *words, "--as", "authority-be")
    assert border.json("show", cleared["recordId"])["envelope"]["record"]["what"]["number"] == (
        "ZA00123"
    )
    assert border.error("show", "ZA00123", code=3)["sort"] == "unknown"


def test_a_certificate_is_printed_with_a_code_that_leads_to_its_page(border: Town) -> None:
    bag = border.register("12.5", 3)
    private = (
        "--private",
        "exporterName=Œuvres & Söhne 钻石",
        "--private",
        "importerName=Antwerp NV",
    )
    words = ("--number", NUMBER, "--to", "EU", "--value", "1250", "--origin", "BW", *private)
    border.run("certify", bag, *words, "--until", "2099-12-31", "--as", "authority-bw")
    said = border.json("certificate", "pdf", NUMBER, "--address", "https://ledger.example/")
    token = border.json("show", NUMBER)["token"]
    assert said["address"] == f"https://ledger.example/certificates/{token}"
    raw = (border.path.parent / said["file"]).read_bytes()
    text = pypdf.PdfReader(io.BytesIO(raw)).pages[0].extract_text()
    for word in (
        *(NUMBER, "31 December 2099", "European Union", "12.500 ct", "US$ 1,250.00", token),
        *("Œuvres & Söhne <U+94BB U+77F3>", "Antwerp NV", "handled in accordance"),
    ):
        assert word in text, word
    for address in ((), ("--address", "ftp://ledger.example")):
        error = border.error("certificate", "pdf", NUMBER, *address, code=2)
        assert error["field"] == "--address"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--value", "1"), "--origin, --mixed"),
        (("--value", "1", "--mixed", "--origin", "BW"), "--origin, --mixed"),
        (("--value", "1.5", "--mixed"), "--value"),
        (("--value", "7102.31=1", "--mixed"), "--value"),
        (("--value", "1", "--value", "2", "--mixed"), "--value"),
    ],
)
def test_a_certificate_says_its_origin_and_each_codes_value(border: Town, words, field) -> None:
    bag = border.register()
    start = ("certify", bag, "--number", NUMBER, "--to", "BE", "--as", "authority-bw")
    assert border.error(*start, *words, code=2)["field"] == field


def test_who_clears_names_a_certificate_or_a_paper(border: Town) -> None:
    for words in ((), (NUMBER, "--paper", "ZA1")):
        assert "--paper" in border.error("clear", *words, code=2)["field"]
    assert border.error("clear", "--paper", "ZA1", code=2)["field"] == "--found, --parcels"
    assert border.error("clear", NUMBER, "--as", "authority-be", code=3)["sort"] == "unknown"


def test_a_certificate_can_be_drafted_for_a_wallet_and_told_in_words(border: Town) -> None:
    bag = border.register("12.5", 3)
    words = ("--number", NUMBER, "--to", "BE", "--value", "1250", "--origin", "BW")
    said = border.run("certify", bag, *words, "--as", "authority-bw", "--out", "draft.json").err
    assert "issues the Kimberley Process certificate BW20260001 for 12.500 ct of rough" in said
    assert "US$ 1,250.00" in said
    typed = border.json("typed-data", "draft.json")
    assert typed["primaryType"] == "Certificate"
    border.run("send", "draft.json")
    assert border.json("show", NUMBER)["state"] == "open"


@pytest.mark.long
def test_all_of_it_works_through_a_server_too(border: Town) -> None:
    bag = border.register("12.5", 3)
    with server_of(border) as server:
        there = Town(border.path, server.url)
        by = ("--as", "authority-bw", "--yes")
        words = ("--number", NUMBER, "--to", "BE", "--value", "1250", "--origin", "BW")
        issued = there.run("--json", "certify", bag, *words, *by)
        assert "issues the Kimberley Process certificate" in issued.err
        there.run("clear", NUMBER, "--as", "authority-be", "--yes")
        assert there.json("show", NUMBER)["state"] == "confirmed"
        printed = there.json("certificate", "pdf", NUMBER)
        page = httpx2.get(printed["address"], headers={"accept": "text/html"})
        assert page.status_code == 200
        assert NUMBER in page.text
        judged = there.json("verdict", bag, "--definition", "kp-2003")
        assert judged["verdicts"][0]["value"] == "pass"
        error = there.error("verdict", bag, "--file", "draft.toml", code=2)
        assert error["field"] == "--file"
        assert "Border cleared" in there.run("history", bag).out
