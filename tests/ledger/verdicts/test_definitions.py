"""Definition files are read strictly, and those that are shipped say what they must."""

from __future__ import annotations

import re

import pytest

from ledger.errors import BadDefinition
from ledger.verdicts.clauses import Exported, Outside
from ledger.verdicts.definitions import read_definition
from tests.tree import ROOT
from tests.verdict_cases import moment, shipped_definitions

GOOD = """
id = "toy"
title = "A toy"
short = "Nothing mined in Atlantis"
sort = "import"
status = "adopted"
adopted_by = "somebody"
jurisdiction = "US"
from = 2020-01-01
sources = ["a book"]
confidence = "confirmed"
reading = "As it says."

[[rule]]
id = "TOY-1"
title = "Mined there"
from = 2020-06-01
source = "a page"
confidence = "unconfirmed"
scope = { forms = ["rough"], hs_codes = ["7102.31"], at_least_millicarats = 500 }

[[rule.fails]]
when = "mined-in"
countries = ["AQ"]

[[rule.exempt]]
when = "outside"
id = "TOY-out"
title = "outside before"
country = "AQ"
before = 2020-06-01
witnesses = ["authority"]
"""


def read(text: str) -> BadDefinition:
    with pytest.raises(BadDefinition) as caught:
        read_definition(text.encode(), "toy")
    return caught.value


def test_a_good_file_is_read_as_it_stands() -> None:
    definition = read_definition(GOOD.encode(), "toy")
    (rule,) = definition.rules
    (exempt,) = rule.exemptions
    assert (definition.since, rule.since) == (moment("2020-01-01"), moment("2020-06-01"))
    assert rule.scope.at_least_millicarats == 500
    assert not rule.is_confirmed
    assert isinstance(exempt, Outside)
    assert (exempt.country, exempt.witnesses) == ("AQ", ("authority",))
    assert definition.sha256 != read_definition(GOOD.replace("A toy", "B toy").encode()).sha256


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('short = "', 'shrot = "', "short"),
        ('reading = "As it says."', 'reading = "As it says."\ncolour = "red"', "colour"),
        ("at_least_millicarats", "at_least_carats", "rule[0].scope.at_least_carats"),
        ('when = "mined-in"', 'when = "mined-in"\nactors = []', "rule[0].fails[0].actors"),
        ('witnesses = ["authority"]', 'witness = ["authority"]', "rule[0].exempt[0].witness"),
        ('when = "mined-in"', 'when = "found-in"', "rule[0].fails[0].when"),
        ('when = "outside"', 'when = "inside"', "rule[0].exempt[0].when"),
        ('["AQ"]', '["XX"]', "rule[0].fails[0].countries"),
        ('country = "AQ"', 'country = "ZZ"', "rule[0].exempt[0].country"),
        ("from = 2020-06-01", 'from = "2020-06-01"', "rule[0].from"),
        ("from = 2020-06-01", "from = 2020-06-01T00:00:00Z", "rule[0].from"),
        ("from = 2020-06-01", "from = 2020-06-01\nuntil = 2020-06-01", "rule[0].until"),
        ("from = 2020-01-01", "from = 2020-01-01\nuntil = 2019-01-01", "until"),
        ("= 500", "= 0.5", "rule[0].scope.at_least_millicarats"),
        ("= 500", "= true", "rule[0].scope.at_least_millicarats"),
        ('["7102.31"]', '["7102.99"]', "rule[0].scope.hs_codes"),
        ('forms = ["rough"]', "forms = []", "rule[0].scope.forms"),
        ('forms = ["rough"]', 'forms = ["rough", "rough"]', "rule[0].scope.forms"),
        ('status = "adopted"', 'status = "agreed"', "status"),
        ('adopted_by = "somebody"\n', "", "adopted_by"),
        ('jurisdiction = "US"\n', "", "jurisdiction"),
        ('id = "toy"', 'id = "other"', "id"),
        ('confidence = "confirmed"', 'confidence = "C"', "confidence"),
        ('= ["a book"]', "= []", "sources"),
        ("[[rule.fails]]", "[[rule.passes]]", "rule[0].fails"),
        ('title = "A toy"', 'title = "A\\u200etoy"', "title"),
        (GOOD[GOOD.index("[[rule]]") :], "", "rule"),
    ],
)
def test_an_error_names_the_key_at_fault(old: str, new: str, key: str) -> None:
    assert old in GOOD
    assert read(GOOD.replace(old, new)).key == key


def test_two_rules_of_one_id_are_refused() -> None:
    assert read(GOOD + GOOD[GOOD.index("[[rule]]") :]).key == "rule"


@pytest.mark.parametrize("raw", [b"\xff", b"id = ", b"a" * 200_000, b"[" * 5000])
def test_what_is_no_toml_is_refused(raw: bytes) -> None:
    with pytest.raises(BadDefinition):
        read_definition(raw, "toy")


def test_the_shipped_definitions_are_those_that_are_asked_for() -> None:
    assert set(shipped_definitions()) == set(
        "kp-2003 csc-canada-2019 adpa-2025 west-2025 un-embargo us-2024 eu-2024 uk-2024 ca-2024 "
        "jp-2024 wdc-sow".split()
    )


def test_rule_ids_are_unique_among_all_definitions() -> None:
    ids = [rule.id for one in shipped_definitions().values() for rule in one.rules]
    ids += [exempt.id for one in shipped_definitions().values() for rule in one.rules
            for exempt in rule.exemptions]  # fmt: skip
    assert len(ids) == len(set(ids))


def test_every_shipped_rule_has_a_source_and_every_definition_a_reading() -> None:
    for definition in shipped_definitions().values():
        assert definition.reading
        assert all(rule.source and rule.title for rule in definition.rules)


def test_what_the_import_rules_look_at_is_before_what_they_forbid() -> None:
    for definition in shipped_definitions().values():
        for rule in definition.rules:
            for exempt in rule.exemptions:
                if isinstance(exempt, Outside | Exported):
                    assert exempt.country == "RU"
                    assert rule.since <= exempt.before <= rule.since + 86400


def worked_example() -> tuple[str, str, str]:
    """Return the name, the file and the judged line of the example in docs/definitions.md."""
    text = (ROOT / "docs" / "definitions.md").read_text("utf-8")
    (file,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (facts,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    return "toy-origin", file, facts


def test_the_worked_example_of_the_documentation_judges_as_it_says() -> None:
    from ledger.verdicts.judging import judge
    from tests.verdict_cases import read_facts, shipped_shelf

    name, file, told = worked_example()
    goods, _, cases = told.partition("\n\n")
    definition = read_definition(file.encode(), name)
    lines = [line for line in cases.splitlines() if line.strip()]
    assert len(lines) >= 3
    for line in lines:
        day, expected, rule = re.fullmatch(
            r"(\S+): (pass|fail|cannot tell) \((\S+)\)", line
        ).groups()  # type: ignore[union-attr]
        verdict = judge(read_facts("goods", goods), definition, shipped_shelf(), moment(day))
        assert verdict.value == expected
        assert rule in {reason.rule for reason in verdict.deciding}
