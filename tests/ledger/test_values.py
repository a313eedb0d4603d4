import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.limits import LIMITS
from ledger.values import (
    COUNTRIES,
    EU_COUNTRIES,
    HS_CODES,
    NO_ADDRESS,
    NO_HASH,
    carats,
    form_of,
    from_hex,
    is_within,
    millicarats,
    text_fault,
    to_hex,
    trade_carats,
)
from tests.random_records import fit_text
from tests.trials import dice

WEIGHTS = st.integers(0, LIMITS.integer_max)
# Unicode 15.1's DerivedAge.txt: the first and last code points of what came with 15.0 and 15.1.
AFTER_UNICODE_14 = (
    0x0CF3, 0x0ECE, 0x10EFD, 0x10EFF, 0x1123F, 0x11241, 0x11B00, 0x11B09, 0x11F00, 0x11F10, 0x11F12,
    0x11F3A, 0x11F3E, 0x11F59, 0x1342F, 0x13439, 0x13455, 0x1B132, 0x1B155, 0x1D2C0, 0x1D2D3,
    0x1DF25, 0x1DF2A, 0x1E030, 0x1E06D, 0x1E08F, 0x1E4D0, 0x1E4F9, 0x1F6DC, 0x1F774, 0x1F776,
    0x1F77B, 0x1F77F, 0x1F7D9, 0x1FA75, 0x1FA77, 0x1FA87, 0x1FA88, 0x1FAAD, 0x1FAAF, 0x1FABB,
    0x1FABD, 0x1FABF, 0x1FACE, 0x1FACF, 0x1FADA, 0x1FADB, 0x1FAE8, 0x1FAF7, 0x1FAF8, 0x2B739,
    0x31350, 0x323AF, 0x2FFC, 0x2FFF, 0x31EF, 0x2EBF0, 0x2EE5D,
)  # fmt: skip
BESIDE_THEM = (
    0x0CF2,
    0x10EAD,
    0x1123E,
    0x1342E,
    0x1B122,
    0x1FA74,
    0x1FAE7,
    0x2B738,
    0x2FFB,
    0x31E3,
)
BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))

# Counted and hashed (as UTF-8) with Python 3.11, whose unicodedata is that of Unicode 14.0.
FIT_CHARACTERS = 281_033
FIT_SHA256 = "04bcfcd6e2fcd605f2f4f4616a408db7167293ae999e97d3d1eecd0e318dc128"


# Text.


@given(st.text(st.characters(codec=None)))
def test_text_is_fit_or_has_a_fault_in_words_that_do_not_repeat_it(text):
    fault = text_fault(text)
    if fault is None:
        assert unicodedata.is_normalized("NFC", text)
        assert not {unicodedata.category(letter) for letter in text} & {"Cc", "Cs", "Cn"}
    else:
        assert len(fault) <= LIMITS.refusal_value_characters_max
        assert text not in fault or len(text) <= 2


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
def test_control_characters_are_not_fit(code):
    assert "control" in (text_fault(chr(code)) or "")
    assert text_fault(f"é{chr(code)}é") is not None


@pytest.mark.parametrize("code", BIDI)
def test_bidirectional_controls_are_not_fit(code):
    assert text_fault(f"x{chr(code)}x") == "a bidirectional control character"


@pytest.mark.parametrize("code", AFTER_UNICODE_14)
def test_characters_of_later_versions_of_unicode_are_not_fit(code):
    assert text_fault(chr(code)) is not None


@pytest.mark.parametrize("code", BESIDE_THEM)
def test_their_neighbours_of_unicode_14_are_fit(code):
    assert text_fault("x" + chr(code)) is None


@pytest.mark.parametrize("code", [0x0378, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF, 0xE01F0])
def test_code_points_without_a_character_are_not_fit(code):
    assert text_fault(chr(code)) is not None


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_surrogates_are_not_fit(code):
    assert text_fault(chr(code)) is not None


@pytest.mark.parametrize("text", ["e\u0301", "\u212b", "\u1100\u1161", "\u0344", "a\u0302\u0323"])
def test_text_that_is_not_nfc_is_not_fit(text):
    assert text_fault(text) == "text that is not NFC"
    assert text_fault(unicodedata.normalize("NFC", text)) is None


@pytest.mark.parametrize(
    "text", ["", " ", "Bag 7", "Größe", "钻石", "💎", "👩\u200d🔬", "\u00a0\ufeff"]
)
def test_other_text_is_fit(text):
    assert text_fault(text) is None


def test_the_fit_characters_are_the_same_with_every_python():
    """A later Python knows a later Unicode, and assigns more, which must not become fit."""
    fit = "".join(filter(lambda letter: text_fault(letter) is None, map(chr, range(0x110000))))
    assert len(fit) == FIT_CHARACTERS
    assert hashlib.sha256(fit.encode()).hexdigest() == FIT_SHA256


def test_random_texts_are_fit():
    source = dice("fit texts")
    for most in (1, 5, 48) * 20:
        text = fit_text(source, most + 3)
        assert text_fault(text) is None
        assert 0 < len(text.encode()) <= most + 3


# Hex.


@given(st.binary(max_size=40))
def test_bytes_are_written_as_hex_and_read_back(value):
    assert from_hex(to_hex(value), len(value)) == value
    assert from_hex(to_hex(value), len(value) + 1) is None
    assert from_hex(to_hex(value).upper(), len(value)) is None


@given(st.text(), st.integers(0, 40))
def test_hex_of_one_form_alone_is_read(text, length):
    value = from_hex(text, length)
    assert value is None or to_hex(value) == text


@pytest.mark.parametrize(
    "text",
    ["0X00", "0x0G", "0xAB", "00ab", "0x 1", "0x1_", "0x\uff11\uff12", "0x1\n", "\n0x1", "0x+1"],
)
def test_other_hex_is_not_read(text):
    assert from_hex(text, 1) is None


def test_nothing_is_written_in_zeros():
    assert to_hex(NO_ADDRESS) == "0x" + "00" * 20
    assert to_hex(NO_HASH) == "0x" + "00" * 32


# Carats.


@given(WEIGHTS)
def test_carats_show_every_millicarat(weight):
    assert millicarats(carats(weight)) == weight


@pytest.mark.parametrize(
    ("text", "weight"),
    [("12", 12000), ("12.5", 12500), ("12.50", 12500), ("0.001", 1), ("0", 0), ("007.1", 7100)],
)
def test_carats_are_read_as_people_write_them(text, weight):
    assert millicarats(text) == weight


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "-1",
        "+1",
        "1.2345",
        "1,5",
        "1e3",
        " 1",
        "1 ",
        "1\n",
        "１",
        "٣",
        "1_0",
        "0x1",
    ],
)
def test_other_carats_are_not_read(text):
    assert millicarats(text) is None


def test_carats_beyond_the_largest_weight_are_not_read():
    assert millicarats("9007199254740.991") == LIMITS.integer_max
    assert millicarats("9007199254740.992") is None
    assert millicarats("9999999999999") is None
    assert millicarats("12345678901234") is None


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(1568, "1.56"), (1569, "1.57"), (1999, "2.00"), (999, "1.00"), (990, "0.99"), (9, "0.01"),
     (8, "0.00"), (12500, "12.50"), (0, "0.00")],
)  # fmt: skip
def test_the_trade_rounds_up_from_a_third_decimal_nine_alone(weight, shown):
    assert trade_carats(weight) == shown


@given(WEIGHTS)
def test_trade_rounding_never_moves_a_weight_by_a_hundredth(weight):
    whole, hundredths = trade_carats(weight).split(".")
    assert len(hundredths) == 2
    assert -10 < (int(whole) * 1000 + int(hundredths) * 10) - weight < 10


# Countries and codes.


def test_countries_are_the_249_of_iso_3166_1():
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in COUNTRIES)
    assert not COUNTRIES & {"EU", "UK", "XK", "AN", "SU", "YU", "ZR", "AA", "ZZ"}


def test_the_eu_has_27_countries():
    assert len(EU_COUNTRIES) == 27
    assert EU_COUNTRIES < COUNTRIES
    assert {"BE", "GR", "HR"} < EU_COUNTRIES
    assert not EU_COUNTRIES & {"GB", "CH", "NO", "EL"}


@pytest.mark.parametrize(
    ("country", "area", "within"),
    [("BE", "BE", True), ("BE", "EU", True), ("EU", "EU", True), ("EU", "BE", False),
     ("GB", "EU", False), ("BW", "BE", False)],
)  # fmt: skip
def test_a_country_lies_within_itself_and_perhaps_the_eu(country, area, within):
    assert is_within(country, area) is within


def test_the_form_of_goods_follows_from_their_code():
    forms = {code: form_of(code) for code in (*HS_CODES, "")}
    assert forms == {
        "7102.10": "rough",
        "7102.21": "rough",
        "7102.31": "rough",
        "7102.39": "polished",
        "": "piece",
    }
