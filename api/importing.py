"""The route that checks a spreadsheet: of each row, a draft ready to be signed, or what is wrong.

It signs nothing and stores nothing: whoever sent the table signs the drafts with a key that never
comes here, and sends the envelopes as any others. The drafts speak for the party that has signed
in, which reads no more here than elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import Room, TooLarge, read_body
from api.problems import problem
from api.requests import LINES, check_media_type, check_names, choice_of, query_of
from api.responses import as_json
from api.sessions import Sessions
from ledger.access import Reader
from ledger.answers import Answers, find
from ledger.canonical import to_plain
from ledger.drafts import Speaker
from ledger.errors import BadQuestion, Refusal, Refused, SignInNeeded, Unknown
from ledger.limits import LIMITS, DoorLimits
from ledger.records import KINDS
from ledger.sheets import (
    FIELDS,
    WHAT,
    Clerk,
    Drafted,
    Fault,
    Mapping,
    Table,
    guess,
    read_orders,
    read_table,
)
from ledger.sheets.faults import Unfit, shown
from ledger.values import Address, Hash32, from_hex, to_hex

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMN: Final = "column."
ALWAYS: Final = "always."
NAMES: Final = tuple(field.name for field in FIELDS)
_ASKED_AS: Final = {
    "FILE": "body",
    "--sheet": "sheet",
    "--as-kind": "says",
    "--mapping": "column",
}
"""What a request calls what the command line calls otherwise."""

PARAMETERS: Final = (
    *("role", "country", "says", "sheet", "decimal"),
    *(f"{start}{name}" for start in (COLUMN, ALWAYS) for name in NAMES),
)


class Importing:
    """The endpoint that checks spreadsheets.

    Args:
        answers: knows the ledger.
        sessions: says who asks.
        limits: how much at once.

    """

    def __init__(self, answers: Answers, sessions: Sessions, limits: DoorLimits) -> None:
        self._answers = answers
        self._sessions = sessions
        self._limits = limits
        self._room = Room(limits.tables_at_once_max * LIMITS.sheet_bytes_max)
        self._tables = 0

    async def check(self, request: Request) -> Response:
        """Check a table; answer with one line for each of its rows."""
        reader = await run_in_threadpool(self._sessions.reader, request)
        if reader.sort == "stranger":
            raise SignInNeeded("sign in as the party that is to speak")
        query = query_of(request)
        check_names(query, *PARAMETERS)
        check_media_type(request, CSV, XLSX)
        if reader.sort != "party":
            raise BadQuestion("authorization", "the token of the party that is to speak")
        with self.turn():
            raw = await self._body(request)
            try:
                body = await run_in_threadpool(self._checked, raw, query, reader)
            except BadQuestion as error:
                raise BadQuestion(_ASKED_AS.get(error.field, error.field), error.expected) from None
        return Response(body, media_type=LINES, headers={"cache-control": "no-store"})

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Take one of the few turns at checking a table.

        Raises:
            ProblemError: ``unavailable``; all of them are taken.

        """
        if self._tables >= self._limits.tables_at_once_max:
            raise problem("unavailable", "too many tables at once; try again later")
        self._tables += 1
        try:
            yield
        finally:
            self._tables -= 1

    async def _body(self, request: Request) -> bytes:
        with self._room.share() as share:
            try:
                return await read_body(
                    request, LIMITS.sheet_bytes_max, self._limits.body_seconds_max, share
                )
            except TooLarge:
                expected = f"at most {LIMITS.sheet_bytes_max} bytes"
                raise problem("body-size", field="body", expected=expected) from None

    def _checked(self, raw: bytes, query: dict[str, str], reader: Reader) -> bytes:
        table = read_table(raw, query.get("sheet", ""), LIMITS.sheet_check_rows_max)
        mapping = mapping_of(query, table)
        read = read_orders(table, mapping)
        source = AnswersSource(self._answers, reader)
        clerk = Clerk(
            source,
            source.ledger_id(),
            reader.party,
            voice=Voice(reader, query.get("role", ""), query.get("country", "")),
            people=_nobody,
            now=self._answers.now_ms() // 1000,
        )
        lines: dict[int, dict[str, Any]] = {}
        faults = list(read.faults)
        for order in read.orders:
            try:
                lines[order.line] = _ready(clerk.draft(order))
            except Unfit as unfit:
                heading = mapping.heading(unfit.field) if unfit.field else ""
                came = shown(order.texts.get(unfit.field, ""))
                faults.append(Fault(order.line, heading, unfit.reason, came))
        for fault in sorted(faults):
            line = lines.setdefault(fault.line, {"line": fault.line, "faults": []})
            told = {"column": fault.column, "reason": fault.reason, "came": fault.came}
            line["faults"].append(told)
        return b"".join(as_json(lines[number]) + b"\n" for number in sorted(lines))


def _ready(drafted: Drafted) -> dict[str, Any]:
    record = drafted.record
    envelope = {"kind": record.KIND.name, "record": to_plain(record), "signatures": []}
    return {
        "line": drafted.line,
        "recordId": to_hex(drafted.record_id),
        "envelope": envelope,
    }


def _nobody(text: str) -> Address:
    raise Unknown("key", text)  # a server knows no keys by name


def mapping_of(query: dict[str, str], table: Table) -> Mapping:
    """Read a mapping out of a query; the columns are guessed where none is named.

    Raises:
        BadQuestion: a value is not of its form, or the columns cannot be guessed.

    """
    says = choice_of(query, "says", *WHAT) if "says" in query else ""
    decimal = choice_of(query, "decimal", ".", ",")
    columns, always = (
        {name: query[f"{start}{name}"] for name in NAMES if f"{start}{name}" in query}
        for start in (COLUMN, ALWAYS)
    )
    if not columns:
        guessed = guess(table.headings, says=says, sheet=table.sheet)
        says, columns = guessed.says, dict(guessed.columns)
    return Mapping(says, table.sheet, decimal, columns, always)


class Voice:
    """Chooses in which role a party speaks.

    Args:
        reader: the party.
        role, country: what was asked for; "" where nothing was.

    """

    def __init__(self, reader: Reader, role: str, country: str) -> None:
        self._reader = reader
        self._role = role
        self._country = country

    def __call__(self, kind: str, operation: str, likely: str) -> Speaker:
        """Choose the role for a kind of record.

        Raises:
            Refused: ``role-for-kind``: it holds none that may say it.
            BadQuestion: it holds several.

        """
        roles = KINDS[kind].roles
        allowed = roles.get(operation, roles.get("", ()))
        held = [(office.role, office.country) for office in self._reader.offices]
        fitting = [one for one in held if one[0] in allowed and self._is_asked_for(*one)]
        nearer = [one for one in fitting if one[1] == likely] or fitting
        if not nearer:
            expected = f"a role that may author {kind}: {' '.join(allowed)}"
            raise Refused(Refusal("role-for-kind", "what.authorRole", expected, "another"))
        if len(nearer) > 1:
            listed = ", ".join(f"{role} {country}" for role, country in nearer)
            raise BadQuestion("role, country", f"one of {listed}")
        return Speaker(self._reader.party, *nearer[0])

    def _is_asked_for(self, role: str, country: str) -> bool:
        return self._role in ("", role) and self._country in ("", country)


class AnswersSource:
    """What a reader may ask of a ledger, as the clerk asks it.

    Args:
        answers: knows the ledger.
        reader: who asks.

    """

    def __init__(self, answers: Answers, reader: Reader) -> None:
        self._answers = answers
        self._reader = reader

    def _ask(self, path: str, **given: str) -> Any:  # noqa: ANN401 - a plain value
        question, in_path = find(path)
        return self._answers.answer(question, {**given, **in_path}, self._reader)

    def _pages(self, path: str) -> Iterator[Any]:
        page = self._ask(path, limit=str(LIMITS.page_rows_max))
        yield page
        while cursor := page["cursor"]:
            page = self._ask(path, limit=str(LIMITS.page_rows_max), cursor=cursor)
            yield page

    def ledger_id(self) -> Hash32:
        """Return the ledger's id."""
        return Hash32(from_hex(self._ask("/v1/status")["ledgerId"], 32) or b"")

    def parcel(self, parcel: Hash32) -> Any:  # noqa: ANN401 - likewise
        """Tell what the book says of a parcel."""
        return self._ask(f"/v1/parcels/{to_hex(parcel)}")

    def parcels_of(self, address: Address) -> Iterator[Any]:
        """Yield what a party holds and what is offered to it."""
        for page in self._pages(f"/v1/parties/{to_hex(address)}"):
            yield from page["parcels"]

    def party(self, address: Address) -> Any:  # noqa: ANN401 - likewise
        """Tell who an address is."""
        return self._ask(f"/v1/parties/{to_hex(address)}")

    def parties(self) -> Iterator[Any]:
        """Yield every party in pages, with the names that the reader may see."""
        return self._pages("/v1/parties")

    def site(self, site: Hash32) -> Any:  # noqa: ANN401 - likewise
        """Tell what a site is."""
        return self._ask(f"/v1/sites/{to_hex(site)}")

    def sites(self) -> Iterator[Any]:
        """Yield every site."""
        for page in self._pages("/v1/sites"):
            yield from page["sites"]
