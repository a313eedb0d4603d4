"""Rows read into orders; every bad one named by line, column, reason and value."""

import pytest

from ledger.drafts import Output
from ledger.sheets.faults import Fault
from ledger.sheets.mapping import Mapping, guess
from ledger.sheets.orders import Handing, Registering, Splitting, read_orders
from ledger.sheets.tables import read_table
from tests.ledger.sheets.workbooks import sheet, workbook


def read(text, mapping=None):
    """Return what a CSV file says."""
    table = read_table(text.encode())
    return read_orders(table, mapping or guess(table.headings))


def faults_of(text, mapping=None):
    """Return line, column and reason of every fault."""
    return [(one.line, one.column, one.reason) for one in read(text, mapping).faults]


def test_a_registration_is_read():
    found = read("Mine,Bag,ct,Pieces,Period,HS,Date\nJwaneng,B1,1.5,2,2026-03,7102.31,2026-04-01\n")
    (order,) = found.orders
    assert order.says == Registering(
        "Jwaneng", 1_500, 2, "B1", "7102.31", (1_772_323_200, 1_775_001_599)
    )
    assert (order.line, order.at, order.what) == (2, 1_775_001_600, "register")


def test_a_split_is_read():
    (order,) = read("parcel,outputs\nBag 7,1:1:a; 2\n").orders
    assert order.says == Splitting(
        "Bag 7", (Output(1_000, 1, "", "a"), Output(2_000, 0, "", "")), {}, ""
    )


def test_a_hand_over_is_read():
    (order,) = read("parcel,to,seal,purpose\nBag 7,trader-be,K-1,Consignment\n").orders
    assert order.says == Handing("Bag 7", "trader-be", "", "consignment", "K-1", 0)


def test_each_row_may_say_what_it_is():
    text = "what,parcel,to,outputs,ct,site\nsplit,a,,1;2,,\nSale,b,t,,,\nmined,,,,1,J\nmelt,,,,,\n"
    found = read(text)
    assert [order.what for order in found.orders] == ["split", "handoff", "register"]
    assert found.faults == (Fault(5, "what", "not register, split or handoff", "melt"),)


def test_what_a_column_leaves_empty_is_what_the_mapping_always_says():
    mapping = Mapping("register", columns={"weight": "ct", "site": "s"}, always={"site": "J"})
    found = read("ct,s\n1,\n2,K\n", mapping)
    assert [order.says.site for order in found.orders] == ["J", "K"]


def test_every_fault_of_every_row_is_named_with_what_came():
    found = read("site,weight,stones,label\nJ,1.2345,x,a\n,0,,b\nJ,1,1,c\n")
    assert [order.line for order in found.orders] == [4]
    assert [(one.line, one.column, one.came) for one in found.faults] == [
        (2, "weight", "1.2345"),
        (2, "stones", "x"),
        (3, "site", ""),
        (3, "weight", "0"),
    ]


def test_what_came_is_escaped_and_cut_short():
    (fault,) = read("site,weight,label\nJ,1," + "\x07" * 60 + "\n").faults
    assert fault.came.startswith("\\x07")
    assert len(fault.came) == 80


def test_a_row_that_repeats_another_is_named():
    text = "site,weight\nJ,1\nJ,2\nJ,1\n"
    assert faults_of(text) == [
        (4, "", "the same row as line 2; tell bags apart by their labels"),
    ]
    assert [order.line for order in read(text).orders] == [2, 3]


def test_a_label_that_stands_twice_is_named():
    assert faults_of("site,weight,label\nJ,1,a\nJ,2,a\nJ,2,b\n") == [
        (3, "label", "the same label as in line 2")
    ]


def test_a_label_that_stands_twice_among_outputs_is_named():
    assert faults_of("parcel,outputs\np,1::a; 2::b\nq,1::b; 2::c\n") == [
        (3, "outputs", "the same label as in line 2")
    ]


def test_a_bad_row_does_not_take_its_label_from_a_good_one():
    assert [order.line for order in read("site,weight,label\nJ,0,a\nJ,1,a\n").orders] == [3]


def test_more_cells_than_headings_are_named():
    assert faults_of("site,weight\nJ,1,,oops\n") == [(2, "", "more cells than there are headings")]


def test_a_cell_that_such_a_row_has_no_use_for_is_named():
    text = "what,parcel,outputs,to,seal\nsplit,p,1;2,,K-1\n"
    assert faults_of(text) == [(2, "seal", "a split has no seal")]


def test_a_period_stands_in_one_place():
    text = "site,weight,period,mined from\nJ,1,2026-03,2026-03-01\n"
    assert faults_of(text) == [(2, "period", "the period stands in other columns as well")]


def test_a_period_does_not_end_before_it_begins():
    text = "site,weight,mined from,mined until\nJ,1,2026-03-02,2026-03-01\n"
    assert faults_of(text) == [(2, "mined until", "it ends before it begins")]


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!"])
def test_an_error_of_the_spreadsheet_is_no_label(error):
    assert faults_of(f"site,weight,label\nJ,1,{error}\n") == [
        (2, "label", "an error of the spreadsheet")
    ]


def test_a_label_that_two_parts_of_one_parcel_have_is_named():
    assert faults_of("parcel,outputs\np,1::a; 2::b; 3::a\n") == [
        (2, "outputs", "the same label twice in one row")
    ]


def test_a_row_that_is_bad_by_one_label_does_not_take_its_others():
    text = "parcel,outputs\np,1::a; 2::b\nq,1::c; 2::a\nr,1::c; 2::d\n"
    assert [order.line for order in read(text).orders] == [2, 4]


def test_with_a_decimal_comma_a_number_of_a_workbook_is_still_a_number():
    rows = [["site", "ct", "bag"], ["J", 1.25, "a"], ["J", "1,25", "b"], ["J", "1.250", "c"]]
    table = read_table(workbook({"Bags": sheet(rows)}))
    mapping = Mapping("register", "", ",", {"site": "site", "weight": "ct", "label": "bag"})
    found = read_orders(table, mapping)
    assert [order.says.weight_millicarats for order in found.orders] == [1_250, 1_250]
    assert [(one.line, one.column, one.came) for one in found.faults] == [(4, "ct", "1.250")]
