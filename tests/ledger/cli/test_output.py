"""What is printed cannot steer a terminal, and nothing of it is cut short."""

import json

import pytest

from ledger.cli.output import Output, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lot 7", "Lot 7"),
        ("\x1b[31mred\x1b[0m", "\\u001b[31mred\\u001b[0m"),
        ("over\rwritten", "over\\u000dwritten"),
        ("right\u202eleft", "right\\u202eleft"),
        ("one\ntwo", "one\ntwo"),
        (7, "7"),
    ],
)
def test_characters_that_could_steer_a_terminal_are_shown_as_numbers(text, shown):
    assert safe(text) == shown


def test_markup_in_what_a_ledger_says_is_printed_as_text(capsys):
    out = Output(as_json=False)
    out.say("[bold red]Lot[/] :gem:")
    out.pairs([("label", "[link=x]y[/link]")])
    out.table(["[b]name[/b]"], [("[i]z[/i]",)])
    printed = capsys.readouterr().out
    for word in ("[bold red]Lot[/] :gem:", "[link=x]y[/link]", "[b]name[/b]", "[i]z[/i]"):
        assert word in printed


def test_long_lines_are_never_broken_or_cut(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out, long = Output(as_json=False), "0x" + "ab" * 60
    out.say(long)
    out.pairs([("parcel", long), ("empty", ""), ("none", None), ("zero", 0)])
    out.table(["parcel", ">carats"], [(long, "1.000"), ("x", "12.000")])
    lines = capsys.readouterr().out.splitlines()
    assert sum(long in line for line in lines) == 3
    assert [line for line in lines if line.startswith("zero")] == ["zero    0"]
    assert lines[-1].endswith(" 12.000")
    assert lines[-2].endswith("   1.000")


def test_a_value_of_several_lines_stays_beside_its_name(capsys):
    Output(as_json=False).pairs([("labels", "a\nb")])
    assert capsys.readouterr().out == "labels  a\n        b\n"


def test_a_document_is_json_and_a_line_has_no_end_inside(capsys):
    out = Output(as_json=True)
    out.line({"label": "é\n", "list": [1]})
    out.document({"a": 1})
    first, *rest = capsys.readouterr().out.splitlines()
    assert json.loads(first) == {"label": "é\n", "list": [1]}
    assert json.loads("".join(rest)) == {"a": 1}
