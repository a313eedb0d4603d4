"""Every question that can be asked, as one table: its path, what it takes, and who answers it.

The HTTP routes, their documentation and the command line on a local folder all come from this
table, so that a question is asked and answered alike everywhere. Parameters arrive as text, as in a
query string; one that is not declared, or that is missing, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from ledger.answers import shapes
from ledger.answers.asking import read_integer
from ledger.answers.wire import Plain
from ledger.errors import BadQuestion, Unknown
from ledger.limits import LIMITS

HASH_FORM: Final = "^0x[0-9a-f]{64}$"
ADDRESS_FORM: Final = "^0x[0-9a-f]{40}$"
CERTIFICATE_FORM: Final = "^(0x[0-9a-f]{64}|[A-Z]{2}[0-9A-Z]{1,20})$"
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


def _id(meaning: str) -> Parameter:
    schema = {"type": "string", "pattern": HASH_FORM}
    return Parameter("id", meaning, schema, "subject", in_path=True, is_required=True)


def _integer(name: str, meaning: str, argument: str, *, is_required: bool = False) -> Parameter:
    schema = {"type": "integer", "minimum": 0}
    return Parameter(name, meaning, schema, argument, is_required=is_required)


_FOR: Final = Parameter(
    "for",
    "a later parcel of the same goods, that the reader holds or held: what was said up to then is "
    "shown without who and how much",
    {"type": "string", "pattern": HASH_FORM},
    "through",
)
_PARCEL: Final = _id("the parcel's id")
TOKEN: Final = Parameter(
    "token", "the link's token", {"type": "string", "pattern": TOKEN_FORM}, "token",
    in_path=True, is_required=True,
)  # fmt: skip
_LIMIT: Final = Parameter(
    "limit",
    f"how many rows a page has; {LIMITS.page_rows} if it is not said",
    {"type": "integer", "minimum": 1, "maximum": LIMITS.page_rows_max},
    "limit",
)
_CURSOR: Final = Parameter(
    "cursor", "the cursor that the page before gave", {"type": "string"}, "cursor"
)
_PAGE: Final = (_LIMIT, _CURSOR)

QUESTIONS: Final = (
    Question(
        "status",
        "/v1/status",
        "What is this ledger, and how far has it come?",
        shapes.StatusAnswer, "everyone",
    ),
    Question(
        "charter",
        "/v1/charter",
        "Which charter values are in force?",
        shapes.CharterAnswer,
        "admitted",
    ),
    Question(
        "checkpoint",
        "/v1/checkpoint",
        "What did the log last sign of itself?",
        shapes.CheckpointAnswer, "everyone",
    ),
    Question(
        "chain",
        "/v1/chain",
        "Where are this ledger's checkpoints anchored, and how does that go?",
        shapes.ChainAnswer, "everyone",
    ),
    Question(
        "anchors",
        "/v1/anchors",
        "Which checkpoints are recorded on a chain, and how surely?",
        shapes.AnchorsAnswer, "everyone",
        (_integer("after", "only those of more entries than these", "after"), *_PAGE),
    ),
    Question(
        "inclusion",
        "/v1/proofs/inclusion",
        "Is this entry in the log?",
        shapes.InclusionAnswer, "everyone",
        (
            _integer("index", "the entry's index, unless a record is named", "index"),
            Parameter(
                "record",
                "the record's id, unless an index is named",
                {"type": "string", "pattern": HASH_FORM},
                "record",
                # Whoever may not read records is not told which of them are in the log.
                access="concerned",
            ),
            _integer("size", "the size of the tree; that of the last checkpoint if unsaid", "size"),
        ),
    ),
    Question(
        "consistency",
        "/v1/proofs/consistency",
        "Does this tree continue a smaller one?",
        shapes.ConsistencyAnswer, "everyone",
        (
            _integer("from", "the size of the smaller tree", "from_size", is_required=True),
            _integer("to", "the size of the larger; the last checkpoint's if unsaid", "to_size"),
        ),
    ),
    Question(
        "entries",
        "/v1/entries",
        "Which lines does the log have, from an index on?",
        shapes.EntriesAnswer, "admitted",
        (_integer("start", "the first index; 0 if it is not said", "start"), _LIMIT),
    ),
    Question(
        "entry",
        "/v1/entries/{index}",
        "Which line stands at this index?",
        shapes.EntryShown, "admitted",
        (
            Parameter(
                "index", "the index", {"type": "integer", "minimum": 0}, "index",
                in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "record",
        "/v1/records/{id}",
        "What does this record say, and where does it stand?",
        shapes.RecordAnswer, "concerned",
        (_id("the record's id"), _FOR),
    ),
    Question(
        "parcel",
        "/v1/parcels/{id}",
        "What does the book say of this parcel?",
        shapes.ParcelAnswer, "concerned",
        (_PARCEL, _FOR),
    ),
    Question(
        "history",
        "/v1/parcels/{id}/history",
        "What was said of this parcel itself?",
        shapes.HistoryAnswer, "concerned",
        (_PARCEL, _FOR, *_PAGE),
    ),
    Question(
        "story",
        "/v1/parcels/{id}/story",
        "What was said of this parcel and all its ancestors?",
        shapes.HistoryAnswer, "concerned",
        (_PARCEL, _FOR, *_PAGE),
    ),
    Question(
        "trace",
        "/v1/parcels/{id}/trace",
        "Which operations led to this parcel, and where can its goods be from?",
        shapes.TraceAnswer, "concerned",
        (_PARCEL, _FOR, *_PAGE),
    ),
    Question(
        "descendants",
        "/v1/parcels/{id}/descendants",
        "What became of this parcel's goods?",
        shapes.DescendantsAnswer, "concerned",
        (_PARCEL, _FOR, *_PAGE),
    ),
    Question(
        "links",
        "/v1/parcels/{id}/links",
        "Which links to this parcel's page may I end?",
        shapes.LinksAnswer, "concerned",
        (_PARCEL,),
    ),
    Question(
        "link",
        "/v1/links/{token}",
        "Whose page does this link lead to, which I may end?",
        shapes.LinkShown, "concerned",
        (TOKEN,),
    ),
    Question(
        "certificate",
        "/v1/certificates/{id}",
        "What does this certificate say, and what became of it?",
        shapes.CertificateAnswer, "concerned",
        (
            Parameter(
                "id",
                "the id of the certificate's record, or its number without spaces and hyphens",
                {"type": "string", "pattern": CERTIFICATE_FORM}, "subject",
                in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "certificate_paper",
        "/certificates/{token}.json",
        "What stands on the paper certificate that bears this code?",
        shapes.CertificateAnswer, "everyone",
        (
            Parameter(
                "token", "what the QR code of the certificate says behind the last slash",
                {"type": "string", "pattern": TOKEN_FORM}, "token", in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "party",
        "/v1/parties/{address}",
        "Who is this address, and what does it hold?",
        shapes.PartyAnswer, "admitted",
        (
            Parameter(
                "address", "the address", {"type": "string", "pattern": ADDRESS_FORM}, "address",
                in_path=True, is_required=True,
            ),
            *_PAGE,
        ),
    ),
    Question(
        "parties",
        "/v1/parties",
        "Which parties are there, and what are they called?",
        shapes.PartiesAnswer, "admitted",
        _PAGE,
    ),
    Question("sites", "/v1/sites", "Which sites are there?", shapes.SitesAnswer, "admitted", _PAGE),
    Question(
        "site",
        "/v1/sites/{id}",
        "What is this site, and what came from it?",
        shapes.SiteAnswer, "admitted",
        (_id("the site's id"),),
    ),
    Question(
        "typed_data",
        "/v1/typed-data/{kind}",
        "What does a wallet sign for a record of this kind?",
        shapes.TypedDataAnswer, "everyone",
        (
            Parameter(
                "kind", "the kind's name", {"type": "string"}, "kind",
                in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "stone",
        "/stones/{token}.json",
        "What may anyone see of this stone?",
        shapes.StoneAnswer, "everyone",
        (TOKEN,),
    ),
)  # fmt: skip
"""Every question, the ones about the ledger first."""

_TABLE: Final = tuple((question, question.pattern) for question in QUESTIONS)


def find(path: str) -> tuple[Question, dict[str, str]]:
    """Return the question that a path asks, and what stands in the path.

    Raises:
        Unknown: no question has such a path.

    """
    for question, pattern in _TABLE:
        match = pattern.fullmatch(path)
        if match is not None:
            return question, match.groupdict()
    raise Unknown("question", "at this path")
