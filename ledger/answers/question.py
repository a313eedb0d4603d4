"""What a question is, and what it takes: the words in which the table of questions is written.

Parameters arrive as text, as in a query string; one that is not declared, or that is missing, is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from ledger.answers.asking import read_integer
from ledger.answers.wire import Plain
from ledger.errors import BadQuestion

HASH_FORM: Final = "^0x[0-9a-f]{64}$"
ADDRESS_FORM: Final = "^0x[0-9a-f]{40}$"
CERTIFICATE_FORM: Final = "^(0x[0-9a-f]{64}|[A-Z]{2}[0-9A-Z]{1,20})$"
DATE_FORM: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DEFINITION_FORM: Final = "^[a-z0-9][a-z0-9-]{0,39}$"
TOKEN_FORM: Final = "^[0-9a-f]{32}$"  # noqa: S105 - a link's form, no secret


Access = Literal["everyone", "admitted", "concerned"]
"""Who may ask: everyone; every admitted party that has signed in; or, of these, those concerned.

Those concerned are shown what they may read, sheet by sheet, and told of nothing else.
"""
ACCESS: Final[tuple[Access, ...]] = get_args(Access)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a question takes.

    Attributes:
        name: as it stands in the path or the query.
        meaning: in words.
        schema: JSON Schema of the value.
        argument: the name under which the answer takes it.
        in_path: whether it stands in the path; it is then always there.
        is_required: whether the question makes no sense without it.
        access: who may give it, in a question that everyone may ask.

    """

    name: str
    meaning: str
    schema: Mapping[str, Plain]
    argument: str
    in_path: bool = False
    is_required: bool = False
    access: Access = "everyone"

    def read(self, text: str) -> str | int:
        """Read its text; ids are read by whoever answers."""
        return read_integer(self.name, text) if self.schema["type"] == "integer" else text


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        name: the name of the method of ``Answers`` that answers it.
        path: its path, with parameters in braces.
        asks: what it asks, in a few words.
        shape: what the answer is made of.
        parameters: what it takes.
        access: who may ask it; see also :meth:`access_when`.

    """

    name: str
    path: str
    asks: str
    shape: type[Any]
    access: Access
    parameters: tuple[Parameter, ...] = ()

    def access_when(self, given: Collection[str]) -> Access:
        """Return who may ask it, given the names of what it is asked with."""
        closed = [one.access for one in self.parameters if one.name in given]
        return max((self.access, *closed), key=ACCESS.index)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a path of this question matches in full."""
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))

    def arguments(self, given: Mapping[str, str]) -> dict[str, str | int]:
        """Read what was given into the arguments of the answer.

        Raises:
            BadQuestion: something is missing, not declared, or not of its form.

        """
        known = {parameter.name: parameter for parameter in self.parameters}
        if given.keys() - known.keys():
            names = " ".join(name for name, one in known.items() if not one.in_path)
            raise BadQuestion("query", f"no parameter but {names}" if names else "no parameter")
        for parameter in self.parameters:
            if parameter.is_required and parameter.name not in given:
                raise BadQuestion(parameter.name, "to be given")
            if given.get(parameter.name) == "":
                raise BadQuestion(parameter.name, "a value")
        return {known[name].argument: known[name].read(text) for name, text in given.items()}


def id_in_path(meaning: str) -> Parameter:
    """Declare the id in a path: of whatever the question is about."""
    schema = {"type": "string", "pattern": HASH_FORM}
    return Parameter("id", meaning, schema, "subject", in_path=True, is_required=True)


def integer(name: str, meaning: str, argument: str, *, is_required: bool = False) -> Parameter:
    """Declare a whole number from 0 on."""
    schema = {"type": "integer", "minimum": 0}
    return Parameter(name, meaning, schema, argument, is_required=is_required)


def day(name: str, meaning: str, argument: str) -> Parameter:
    """Return the parameter of a day, such as 2025-03-01."""
    return Parameter(name, meaning, {"type": "string", "pattern": DATE_FORM}, argument)


def definition(name: str, meaning: str) -> Parameter:
    """Return the parameter of a definition's id."""
    argument = "compare_definition" if name.startswith("compare") else "definition"
    return Parameter(name, meaning, {"type": "string", "pattern": DEFINITION_FORM}, argument)
