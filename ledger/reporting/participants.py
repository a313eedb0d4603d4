"""Participants of the Kimberley Process: countries, but for the European Union, which is one."""

from __future__ import annotations

from ledger.errors import BadQuestion
from ledger.values import COUNTRIES, EU, EU_COUNTRIES


def participant_of(country: str) -> str:
    """Return the participant that a country's figures are counted for."""
    return EU if country in EU_COUNTRIES else country


def read_participant(field: str, text: str) -> str:
    """Read the code of a participant.

    Raises:
        BadQuestion: it is none; a member of the European Union is part of one.

    """
    if text in EU_COUNTRIES:
        raise BadQuestion(field, f"EU: its members, {text} among them, are one participant")
    if text != EU and text not in COUNTRIES:
        raise BadQuestion(field, "a country as two capital letters, such as BW, or EU")
    return text
