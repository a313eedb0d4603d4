"""Mappings: guessed from headings, written and read again, and held against the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadQuestion
from ledger.sheets.columns import FIELDS
from ledger.sheets.mapping import Mapping, check_mapping, guess, read_mapping, write_mapping

NAMES = st.sampled_from([field.name for field in FIELDS])
TEXTS = st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"])))


def test_columns_are_guessed_by_their_headings():
    mapping = guess(("Mine", "Bag", "Weight (ct)", "Pieces", "Note"))
    assert mapping.says == "register"
    assert mapping.columns == {
        "site": "Mine",
        "label": "Bag",
        "weight": "Weight (ct)",
        "stones": "Pieces",
    }


@pytest.mark.parametrize(
    ("headings", "says"),
    [
        (("weight", "site"), "register"),
        (("parcel", "outputs"), "split"),
        (("parcel", "to", "weight"), "handoff"),
        (("what", "parcel", "to", "outputs"), ""),
    ],
)
def test_what_rows_say_is_guessed_by_what_they_give(headings, says):
    assert guess(headings).says == says


@pytest.mark.parametrize("headings", [("label",), ("parcel", "to", "outputs"), ("a", "b")])
def test_what_cannot_be_told_is_asked_for(headings):
    with pytest.raises(BadQuestion, match="--as-kind"):
        guess(headings)


def test_two_columns_for_one_field_are_not_chosen_between():
    with pytest.raises(BadQuestion, match=r"both 'Weight' and 'Carats' could be the weight"):
        guess(("Weight", "Carats", "Site"))


def test_columns_that_such_rows_have_no_use_for_are_left_out():
    assert "seal" not in guess(("weight", "site", "seal"), says="register").columns


@given(
    st.sampled_from(["", "register", "split", "handoff"]),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([".", ","]),
    TEXTS,
    TEXTS,
)
def test_what_is_written_reads_the_same_again(says, sheet, decimal, columns, always):
    mapping = Mapping(says, sheet, decimal, columns, always)
    assert read_mapping(write_mapping(mapping)) == mapping


def test_its_digest_follows_from_all_that_it_says():
    mapping = Mapping("register", columns={"weight": "ct"})
    others = [
        Mapping("split", columns={"weight": "ct"}),
        Mapping("register", "Bags", columns={"weight": "ct"}),
        Mapping("register", decimal=",", columns={"weight": "ct"}),
        Mapping("register", columns={"weight": "cts"}),
        Mapping("register", columns={"weight": "ct"}, always={"site": "x"}),
    ]
    assert len({mapping.digest, *(one.digest for one in others)}) == 6


@pytest.mark.parametrize(
    "text",
    [
        "says = register",
        'says = "melt"',
        'weights = "ct"',
        'decimal = "\'"',
        "sheet = 1",
        "[columns]\nweight = 1",
        '[columns]\nwieght = "ct"',
        "columns = 1",
        "columns = ['weight']",
    ],
)
def test_what_is_no_mapping_is_refused(text):
    with pytest.raises(BadQuestion, match="--mapping"):
        read_mapping(text)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (Mapping("register", columns={"weight": "kg", "site": "mine"}), "which is not there"),
        (Mapping("register", columns={"weight": "a", "site": "mine"}), "several times"),
        (Mapping("register", columns={"weight": "ct"}), "for site"),
        (Mapping("", columns={"weight": "ct", "site": "mine"}), "what the rows say"),
    ],
)
def test_a_mapping_that_does_not_fit_the_table_is_refused(mapping, said):
    with pytest.raises(BadQuestion, match=said):
        check_mapping(mapping, ("ct", "mine", "a", "a"))


def test_a_value_for_all_rows_stands_for_a_column():
    mapping = Mapping("register", columns={"weight": "ct"}, always={"site": "Jwaneng"})
    check_mapping(mapping, ("ct",))


def test_headings_that_give_nothing_and_fields_that_nothing_gives_are_written_beside():
    headings = ("Gross", 'Bag "x"\n(no)\x7f', "Mine", "")
    mapping = guess(headings, says="register")
    text = write_mapping(mapping, headings)
    assert read_mapping(text) == mapping
    assert '# no field is given by "Gross", "Bag \\"x\\"\\n(no)\\u007f"\n' in text
    assert '# weight = ""  # carats' in text
    assert "needed\n" in text
    assert "# seal" not in text
    assert "# site" not in text


def test_what_is_written_beside_is_no_part_of_the_digest():
    mapping = guess(("Gross", "Mine"), says="register")
    read = read_mapping(write_mapping(mapping, ("Gross", "Mine")))
    assert read.digest == mapping.digest


def test_headings_that_tell_nothing_are_shown():
    with pytest.raises(BadQuestion, match=r"first row.*Production 2026\\x07, Total"):
        guess(("Production 2026\x07", "", "Total"))
