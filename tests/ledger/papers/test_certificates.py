from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from ledger.errors import BadQuestion
from ledger.papers import certificate_pdf
from tests.ledger.papers.papers import ADDRESS, certificate

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def text_of(raw: bytes) -> str:
    """Return all that can be read in a PDF."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages)


def test_every_field_of_annex_i_stands_on_the_paper() -> None:
    text = text_of(certificate_pdf(certificate(), ADDRESS))
    for words in (
        *("Kimberley Process Certificate", "handled in accordance", "BW20260001"),
        *("Ministry of Minerals", "1 January 2026", "1 March 2026", "mixed: Botswana (BW), Canada"),
        *("Botswana (BW): exported from last", "European Union (EU)", "Number of parcels"),
        *("HS 7102.10", "12.500 ct", "US$ 1,234.00", "20.000 ct", "US$ 2,134.50"),
        *("0x" + "34" * 20, "not told here", ADDRESS, "abababab abababab", "cdcdcdcd"),
        "signed by the issuing authority",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("origins", "names", "sort", "said"),
    [(["BW"], ["Botswana"], "unmixed", "Botswana (BW), unmixed"), ([], [], "mixed", "mixed")],
)
def test_origin_is_said_as_the_certificate_says_it(origins, names, sort, said) -> None:
    one = certificate(origins=origins, originNames=names, originSort=sort)
    assert f"Country of origin {said}\n" in text_of(certificate_pdf(one, ADDRESS))


def test_a_technical_certificate_names_what_it_replaces() -> None:
    one = certificate(operation="technical", original="BE77")
    assert "ordered re-export; replaces BE77" in text_of(certificate_pdf(one, ADDRESS))


def test_the_same_certificate_gives_the_same_bytes() -> None:
    first, again = (certificate_pdf(certificate(), ADDRESS) for _ in range(2))
    assert first == again
    found = pypdf.PdfReader(io.BytesIO(first)).metadata
    assert found is not None
    assert found.title == "Kimberley Process Certificate BW20260001"
    assert found.creation_date is not None
    assert found.creation_date.isoformat().startswith("2026-01-01T00:00:00")


@pytest.mark.parametrize("name", ["Торговый дом", "钻石", "الماس", "हीरा", "😀" * 400, "x" * 1_000])
def test_no_name_breaks_the_paper_or_becomes_another(name: str) -> None:
    private = [{"name": "exporterName", "value": name}]
    text = text_of(certificate_pdf(certificate(private=private), ADDRESS))
    if name.isascii():
        assert name in text.replace("\n", "")
    else:
        assert f"U+{ord(name[0]):04X}" in text
        assert "printed as their Unicode code" in text
    assert "?" not in text


@pytest.mark.skipif(not DEJAVU.exists(), reason="this machine has no font of its own to print in")
def test_a_font_of_ones_own_shows_what_it_has() -> None:
    private = [{"name": "exporterName", "value": "Торговый дом 钻石 الماس"}]
    text = text_of(certificate_pdf(certificate(private=private), ADDRESS, DEJAVU))
    assert "Торговый дом" in text
    assert "<U+94BB U+77F3>" in text
    assert "U+0627" in text


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    for raw in (b"", b"no font"):
        (tmp_path / "font.ttf").write_bytes(raw)
        with pytest.raises(BadQuestion, match="TrueType"):
            certificate_pdf(certificate(), ADDRESS, tmp_path / "font.ttf")
    with pytest.raises(BadQuestion, match="can be read"):
        certificate_pdf(certificate(), ADDRESS, tmp_path / "none.ttf")


@pytest.mark.parametrize("withheld", ["codes", "exporter"])
def test_nothing_is_printed_of_which_a_part_is_withheld(withheld: str) -> None:
    with pytest.raises(BadQuestion, match="shown whole"):
        certificate_pdf(certificate(**{withheld: None}), ADDRESS)
