"""What parties answered to a finding, beside it: who, when and by which record.

Anybody admitted may answer, as often as they like: the last answer of each party is shown,
authorities' before others', and what is left out is counted. What an answer says is a private field
of its record.
"""

from __future__ import annotations

from dataclasses import replace

from ledger.access import ALL
from ledger.answers.reading import Line, Reading
from ledger.answers.shapes import AnswerShown, FindingShown
from ledger.custody import Answered
from ledger.limits import LIMITS
from ledger.values import Hash32

Sheets = tuple[str, ...]


def with_answers(reading: Reading, finding: FindingShown, until: int) -> FindingShown:
    """Return a finding with its answers, as far as the reader is shown their records.

    Args:
        reading: whose question it is.
        finding: one whose id the reader is told; another is returned as it is.
        until: up to where what was said of these goods is of the reader's line.

    """
    if finding.finding_id is None:
        return finding
    lines = lines_of(reading, finding.finding_id)
    if not lines:
        return finding
    seen = [(line, sheets) for line in lines if (sheets := reading.sheets(line, until))]
    sheets_of = {line.index: sheets for line, sheets in seen}
    chosen = chosen_of([line for line, _ in seen])
    answers = tuple(shown(reading, line, sheets_of[line.index]) for line in chosen)
    return replace(finding, answers=answers, answers_left_out=len(seen) - len(answers))


def lines_of(reading: Reading, finding: Hash32) -> list[Line]:
    """Return the last record by which each party answers a finding; of so many as are looked at."""
    most, size = LIMITS.mentions_read_max, reading.as_of.size
    found = reading.view.items_of(Answered, finding, most)
    answers = [one for one in found if isinstance(one, Answered) and one.finding == finding]
    return [reading.line(one.index) for one in answers if one.index < size]


def chosen_of(lines: list[Line]) -> list[Line]:
    """Choose from answers; returned in the order of the log."""
    ordered = sorted(lines, key=_is_of_authority_and_late, reverse=True)
    return sorted(ordered[: LIMITS.finding_answers_max], key=lambda line: line.index)


def _is_of_authority_and_late(line: Line) -> tuple[bool, int]:
    return line.record.what.author_role == "authority", line.index


def shown(reading: Reading, line: Line, sheets: Sheets = ALL) -> AnswerShown:
    """Show an answer."""
    said = reading.said(line, sheets)
    return AnswerShown(
        index=said.index,
        record_id=said.record_id,
        author=said.author,
        role=said.role,
        country=said.country,
        occurred_at=said.occurred_at,
        recorded_at_ms=said.recorded_at_ms,
        status=said.status,
    )
