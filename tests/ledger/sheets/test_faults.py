"""How faults show what came."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.sheets.faults import Fault, shown


def test_a_fault_says_line_column_reason_and_value():
    told = str(Fault(7, "Weight (ct)", "a weight of nothing", "0"))
    assert told == "line 7, Weight (ct): a weight of nothing (0)"
    assert str(Fault(7, "", "empty")) == "line 7: empty"


def test_what_cannot_be_printed_is_escaped():
    assert shown("a\x1b[31m\u202eb\\") == "a\\x1b[31m\\u202eb\\\\"


@given(st.text())
def test_what_is_shown_is_short_and_printable(text):
    assert len(shown(text)) <= 80
    assert shown(text).isprintable()
