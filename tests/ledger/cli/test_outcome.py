"""Every error of the ledger has its exit code, and what to do next where that can be said."""

import pytest

from api.problems import PROBLEMS
from api.refusals import REFUSALS
from ledger.cli import outcome
from ledger.cli.outcome import in_units, trouble_of
from ledger.errors import (
    AlreadyThere,
    BadQuestion,
    ClockAhead,
    ClockBehind,
    Damaged,
    HeadMoved,
    LinkEnded,
    NotYours,
    ProofError,
    Refusal,
    Refused,
    RefusesToStart,
    StoreFailed,
    Unavailable,
    Unknown,
)


def refused(rule: str) -> Refused:
    """Return a refusal by a rule."""
    return Refused(Refusal(rule, "amounts.label", "something", "another thing"))


def behind() -> RefusesToStart:
    """Return the error of a ledger that does not start because of its clock."""
    error = RefusesToStart("the clock is behind")
    error.__cause__ = ClockBehind(6_000)
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused("balance"), 1),
        (refused("signature-count"), 1),
        (refused("text"), 2),
        (refused("json"), 2),
        (BadQuestion("field", "expected"), 2),
        (ProofError("root", "another"), 1),
        (Unknown("parcel", "0x"), 3),
        (LinkEnded(), 3),
        (NotYours("another's"), 1),
        (Unavailable("away"), 4),
        (ClockAhead(90_000_000), 4),
        (ClockBehind(6_000), 4),
        (behind(), 4),
        (Damaged("altered", "entry 3"), 5),
        (RefusesToStart("no"), 5),
        (AlreadyThere("made"), 2),
        (StoreFailed("disk"), 5),
        (HeadMoved("moved"), 5),
        (FileNotFoundError(2, "No such file or directory", "x"), 2),
        (OSError(28, "No space left on device", "x"), 5),
    ],
)
def test_each_family_has_its_code(error, code):
    assert trouble_of(error).code == code
    assert outcome.CODES[code]


def test_what_to_do_next_is_said_for_refusals_that_exist_and_no_others():
    others = {name for name, sort in PROBLEMS.items() if sort.group == "reader"}
    assert set(outcome.NEXT) <= {*REFUSALS, *others}


def test_the_rules_of_form_are_the_group_bytes():
    group = {name for name, (group, *_) in REFUSALS.items() if group == "bytes"}
    assert group == outcome.FORM_RULES


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ("amounts.weightMillicarats", "at most 12505", "at most 12.505 ct"),
        (
            "amounts.weightsMillicarats",
            "outputs and losses of 12500",
            "outputs and losses of 12.500 ct",
        ),
        ("amounts.lossWeightsMillicarats.0", "7", "0.007 ct"),
        ("scene.occurredAt", "at least 1767225600", "at least 2026-01-01 00:00:00 UTC"),
        ("amounts.stones", "at most 3", "at most 3"),
        ("what.parcel", "0x12", "0x12"),
        ("", "12", "12"),
    ],
)
def test_numbers_of_refusals_are_shown_in_the_units_of_their_field(field, text, shown):
    assert in_units(field, text) == shown
