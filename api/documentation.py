"""What the OpenAPI document says of each route: parameters, bodies, answers, errors, examples.

The examples in ``examples.json`` are what a small ledger really answered; a test makes them again
and finds no difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

from api.problems import MEDIA_TYPE, PROBLEMS, Problem
from api.refusals import REFUSALS
from api.requests import CSV, HTML, JSON, LINES, PDF, PLAIN, TOML
from api.schemas import REF, Schema
from ledger.answers import Parameter, Question
from ledger.answers.questions import Access
from ledger.answers.shapes import StoneAnswer
from ledger.sheets import FIELDS, WHAT

ABOUT: Final = """\
Signed statements about diamonds, in one order that anyone can check. The ledger proves statements,
not stones.

Records are sent as canonical JSON with their signatures, and answered when they are *sequenced*
(their place in the log is durable) or *checkpointed* (a signed checkpoint covers it), as asked.
Sending a record again gives the first answer, and needs no token: a record shows its own authority.
Whoever asks about records signs in as a party (EIP-4361) and sends the token as `Authorization:
Bearer`; what a reader may not see is withheld, sheet by sheet, with its hash in its place. Status,
checkpoints, proofs, and the pages of stones and certificates by their links are for everyone.
Weights are millicarats; addresses and ids are lower-case hex with 0x. `names` holds the names of
parties in an answer that its reader may see, by address, as private fields of their Admissions give
them. Every error is a problem document (RFC 9457), explained under its `type`.
"""

EXAMPLES: Final[dict[str, Any]] = json.loads((files("api") / "examples.json").read_text("utf-8"))
"""Of each operation by id: ``request`` and ``response`` as they went over the wire."""

ANYWHERE: Final = (
    "method", "request", "rate-limited", "internal", "damaged", "unavailable", "store-failed",
)  # fmt: skip
CLOSED: Final = ("sign-in-needed", "session-ended")
ASKING: Final = ("bad-question", *ANYWHERE)
SENDING: Final = (
    "bad-question", "media-type", "body-slow", "clock-behind", "clock-ahead", *REFUSALS, *ANYWHERE,
)  # fmt: skip
BATCH: Final = (
    "body-size", "batch-empty", "batch-truncated", "batch-records", "not-done", *SENDING,
)  # fmt: skip


ACCESS_MEMBER: Final = "x-access"
BEARER: Final = "bearer"
SECURITY_SCHEMES: Final = {BEARER: {"type": "http", "scheme": "bearer"}}


@dataclass(frozen=True, slots=True)
class Content:
    """One media type of an answer or a request, the schema of its body, its example's name."""

    media_type: str
    schema: Schema
    example: str = ""

    def document(self) -> dict[str, Any]:
        """Write it for OpenAPI."""
        if not self.example:
            return {"schema": self.schema}
        return {"schema": self.schema, "examples": {"example": _refer(self.example)}}


@dataclass(frozen=True, slots=True)
class Documented:
    """One route, as the OpenAPI document shows it.

    Attributes:
        name: the operation's id.
        asks: its summary.
        tag: its chapter.
        success: what it answers, by status.
        parameters: what stands in path and query.
        request: its body, or None.
        problems: the names of the problems that it may answer with.
        access: who may ask it; a test finds each route that does not say. What is sent in is for
            everyone: a record shows its own authority.
        is_page: whether a problem may come as a page too, to somebody who reads pages.

    """

    name: str
    asks: str
    tag: str
    success: dict[int, Sequence[Content]]
    parameters: Sequence[Parameter] = ()
    request: Sequence[Content] = ()
    problems: Sequence[str] = field(default=ASKING)
    access: Access | None = None
    is_page: bool = False

    def operation(self) -> dict[str, Any]:
        """Write the members that go beside what the framework writes."""
        needs_session = self.access not in (None, "everyone")
        found: dict[str, Any] = {
            ACCESS_MEMBER: self.access,
            **({"security": [{BEARER: []}]} if needs_session else {}),
            "parameters": [_parameter(parameter) for parameter in self.parameters],
            "responses": {
                **{str(status): _answer(content) for status, content in self.success.items()},
                **_problems(self.problems, is_page=self.is_page),
            },
        }
        if self.request:
            content = {one.media_type: one.document() for one in self.request}
            found["requestBody"] = {"required": True, "content": content}
        return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.is_required,
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
    }


def _answer(contents: Iterable[Content]) -> dict[str, Any]:
    content = {one.media_type: one.document() for one in contents}
    return {"description": "The answer.", **({"content": content} if content else {})}


def _problems(names: Iterable[str], *, is_page: bool) -> dict[str, Any]:
    page = {HTML: {"schema": _STRING}} if is_page else {}
    by_status: dict[int, list[str]] = {}
    for name in names:
        by_status.setdefault(PROBLEMS[name].status, []).append(name)
    return {
        str(status): {
            "description": ", ".join(found),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": REF + "Problem"},
                    "examples": {name: _refer(f"problem-{name}") for name in found},
                },
                **page,
            },
        }
        for status, found in sorted(by_status.items())
    }


def _refer(example: str) -> dict[str, str]:
    # By reference, since the framework leaves out null from what stands in place.
    return {"$ref": f"#/components/examples/{example}"}


def examples() -> dict[str, Any]:
    """Return every example by name: of each problem, and of each operation's bodies."""
    found: dict[str, Any] = {
        f"problem-{name}": {
            "summary": sort.title,
            "value": {**Problem(name).document(), "requestId": "3f2b8a6c5d"},
        }
        for name, sort in PROBLEMS.items()
    }
    for name, example in EXAMPLES.items():
        found |= {
            f"{name}-{part}": {"summary": example["path"], "value": example[part]}
            for part in ("request", "response")
            if part in example
        }
    note = EXAMPLES["checkpoint"]["response"]["note"]
    return {**found, "checkpoint-note": {"summary": "/v1/checkpoint", "value": note}}


def of_question(question: Question, name: str, contents: Sequence[Content]) -> Documented:
    """Document the route of a question."""
    every = [parameter.name for parameter in question.parameters]
    closed = () if question.access_when(every) == "everyone" else CLOSED
    names = {parameter.name for parameter in question.parameters}
    gone = ("link-ended",) if question.shape is StoneAnswer else ()
    is_of_one = "record" in names or any(one.in_path for one in question.parameters)
    # What concerns others is not there either.
    has_subject = is_of_one or question.access == "concerned"
    return Documented(
        name,
        question.asks,
        _tag(question),
        {200: contents},
        question.parameters,
        problems=(*ASKING, *closed, *(("unknown",) if has_subject else ()), *gone),
        access=question.access,
    )


def _tag(question: Question) -> str:
    part = question.path.split("/")[2]
    goods = {"parcels", "links", "certificates", "{token}.json"}
    people = {"parties", "sites", "charter"}
    return "goods" if part in goods else "people" if part in people else "log"


def json_content(schema: Schema, name: str) -> Content:
    """Return the JSON answer of an operation, with its example."""
    return Content(JSON, schema, f"{name}-response")


_STRING: Final[Schema] = {"type": "string"}
_ENVELOPE: Final[Schema] = {"$ref": REF + "Envelope"}
WAIT: Final = Parameter(
    "wait",
    "what must be reached before the answer is given; an anchor is waited for a while, and only "
    "where the ledger has a chain: the answer says what was reached",
    {
        "type": "string",
        "enum": ["checkpointed", "sequenced", "anchored"],
        "default": "checkpointed",
    },
    "wait",
)
ATOMIC: Final = Parameter(
    "atomic",
    "whether all records are accepted or none",
    {"type": "string", "enum": ["false", "true"], "default": "false"},
    "atomic",
)
SEND_RECORD: Final = Documented(
    "sendRecord",
    "Take this record.",
    "records",
    {
        201: (json_content({"$ref": REF + "Sent"}, "sendRecord"),),
        200: (json_content({"$ref": REF + "Sent"}, "sendRecord"),),
    },
    (WAIT,),
    (Content(JSON, _ENVELOPE, "sendRecord-request"),),
    ("size", *SENDING),
    "everyone",
)
SEND_BATCH: Final = Documented(
    "sendBatch",
    "Take these records, one to a line; answer with a line for each. A refused atomic batch is "
    "answered by the problem of its first refused line, and nothing of it is kept.",
    "records",
    {200: (Content(LINES, {"$ref": REF + "SentLine"}, "sendBatch-response"),)},
    (WAIT, ATOMIC),
    (Content(LINES, _ENVELOPE, "sendBatch-request"),),
    BATCH,
    "everyone",
)
TABLE: Final = Content(
    "text/csv", {"type": "string", "description": "UTF-8, headings first."}, "checkTable-request"
)
WORKBOOK: Final = Content(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    {"type": "string", "format": "binary"},
)
CHECK_TABLE: Final = Documented(
    "checkTable",
    "Which records would this spreadsheet make? One line for each row: a draft ready to be signed, "
    "or its faults. Nothing is signed or stored.",
    "records",
    {200: (Content(LINES, {"$ref": REF + "CheckedRow"}, "checkTable-response"),)},
    (
        Parameter("role", "the role to speak in, if several would do", _STRING, "role"),
        Parameter("country", "the country of that role", _STRING, "country"),
        Parameter("says", "what rows say", _STRING | {"enum": [*WHAT]}, "says"),
        Parameter("sheet", "the worksheet, if there are several", _STRING, "sheet"),
        Parameter("decimal", "the decimal mark of text", _STRING | {"enum": [".", ","]}, "decimal"),
        *(
            Parameter(f"column.{one.name}", f"heading of the column: {one.meaning}", _STRING, "")
            for one in FIELDS
        ),
        *(
            Parameter(
                f"always.{one.name}", f"for rows that leave it empty: {one.name}", _STRING, ""
            )
            for one in FIELDS
        ),
    ),
    (TABLE, WORKBOOK),
    (*CLOSED, "media-type", "body-size", "body-slow", *ASKING),
    "admitted",
)
NONCE: Final = Documented(
    "nonce",
    "Give a nonce to sign in with, once and soon.",
    "reading",
    {200: (json_content({"$ref": REF + "Nonce"}, "nonce"),)},
    access="everyone",
)
SIGN_IN: Final = Documented(
    "signIn",
    "Open reading to whoever signed this message (EIP-4361), by a token that soon ends.",
    "reading",
    {200: (json_content({"$ref": REF + "SignedIn"}, "signIn"),)},
    (),
    (Content(JSON, {"$ref": REF + "SignIn"}, "signIn-request"),),
    (
        *("sign-in-message", "sign-in-signature", "sign-in-domain", "sign-in-time"),
        *("sign-in-nonce", "sign-in-party", "media-type", "body-size", "body-slow", *ASKING),
    ),
    "everyone",
)
SIGN_OUT: Final = Documented(
    "signOut",
    "End the session of this token.",
    "reading",
    {204: ()},
    problems=("session-ended", *ASKING),
    access="everyone",
)
LIVE: Final = Documented(
    "livez",
    "Does this process answer?",
    "health",
    {200: (json_content({"$ref": REF + "Health"}, "livez"),)},
    access="everyone",
)
READY: Final = Documented(
    "readyz",
    "Does this ledger take records and answer questions?",
    "health",
    {200: (json_content({"$ref": REF + "Health"}, "readyz"),)},
    access="everyone",
)
PROBLEM_LIST: Final = Documented(
    "problems",
    "Which errors are there?",
    "errors",
    {200: (Content(HTML, _STRING), json_content({"$ref": REF + "Problems"}, "problems"))},
    access="everyone",
)
PROBLEM_ONE: Final = Documented(
    "problem",
    "What does this error mean?",
    "errors",
    {200: (Content(HTML, _STRING), json_content({"$ref": REF + "ProblemType"}, "problem"))},
    (Parameter("name", "its name", _STRING, "name", in_path=True, is_required=True),),
    problems=(*ASKING, "unknown"),
    access="everyone",
)


def checkpoint_contents(schema: Schema) -> Sequence[Content]:
    """Return what the checkpoint is answered as."""
    return Content(PLAIN, _STRING, "checkpoint-note"), json_content(schema, "checkpoint")


def table_contents(schema: Schema) -> Sequence[Content]:
    """Return what the file of a table is answered as; of a definition in TOML."""
    return json_content(schema, "table"), Content(CSV, _STRING), Content(TOML, _STRING)


def report_contents(schema: Schema, name: str) -> Sequence[Content]:
    """Return what a report is answered as; what stands on a page to print is in its JSON."""
    return json_content(schema, name), Content(CSV, _STRING), Content(HTML, _STRING)


def page_contents(schema: Schema, name: str) -> Sequence[Content]:
    """Return what a page is answered as, and its JSON twin's example."""
    return Content(HTML, _STRING), json_content(schema, name)


PAPER_CONTENTS: Final = (Content(PDF, {"type": "string", "format": "binary"}),)
"""What a certificate is printed as."""
