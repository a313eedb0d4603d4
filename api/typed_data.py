"""The routes for whoever signs with a wallet: a draft in words and as typed data, and its signers.

A draft is shown with the digest that is computed here from the checked record, and a signature is
told by whom that digest says it is: so what a wallet was tricked into signing names a stranger
before anything is sent. The page does what ``POST /v1/typed-data`` and ``POST /v1/records`` do, for
people, one step after the other; it keeps nothing between its steps.

It needs no token against forged requests, since it acts for nobody: what it sends was signed
elsewhere, and whoever could make a browser send it could send it as well. Whoever sends somebody
here with a draft of their own has it shown in words. Its one script asks a wallet in the browser to
sign; it neither sends nor decides anything, and all works without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import Room, Share, TooLarge, read_body
from api.documentation import ASKING, Content, Documented, json_content
from api.metrics import Metrics
from api.pages import Pages
from api.problems import ProblemError, of_error, of_refusal, problem
from api.refusals import REFUSALS
from api.requests import HTML, JSON, check_media_type, check_names, query_of
from api.responses import Tellers, json_response
from api.schemas import REF, reference
from api.sending import STOPPED
from ledger.answers import Answers, Parameter
from ledger.answers.clear_signing import Line, private_lines
from ledger.answers.drafted import read_beside, read_signature
from ledger.answers.shapes import DraftAnswer
from ledger.book import Answer, Book
from ledger.book import Line as Answered
from ledger.canonical import Envelope
from ledger.canonical.private import join_private
from ledger.errors import AdamantError, BadQuestion, Refusal, Refused, Unavailable
from ledger.limits import LIMITS, DoorLimits
from ledger.signing.private import private_to_plain
from ledger.values import to_hex

FORM: Final = "application/x-www-form-urlencoded"
FIELDS: Final = ("draft", "signature", "do")
STEPS: Final = ("show", "check", "send")
SENT_AT_ONCE_MAX: Final = 4
DRAFTS_AT_ONCE_MAX: Final = 4
DRAFTS_WAITING_MAX: Final = 64
"""How many drafts of the largest size may arrive or wait for a turn; of usual ones many more."""
_FORM_BYTES_MAX: Final = 4 * LIMITS.page_draft_bytes_max  # with what the form's encoding adds
_ON_PAGE: Final = (
    f"at most {LIMITS.page_draft_bytes_max} bytes on this page; for more `adamant add-signature`"
)
_NO_STORE: Final = {"cache-control": "private, no-store"}
_KIND: Final = Parameter(
    "kind", "the kind's name", {"type": "string"}, "kind", in_path=True, is_required=True
)
DESCRIPTOR: Final = Documented(
    "descriptor",
    "How does a wallet show a record of this kind in words? (ERC-7730, bound to this ledger)",
    "log",
    {200: (json_content({"type": "object"}, "descriptor"),)},
    (_KIND,),
    problems=(*ASKING, "unknown"),
    access="everyone",
)
DRAFT: Final = Documented(
    "draft",
    "What does this draft say, what does a wallet sign of it, and who has signed? Nothing is "
    "stored.",
    "records",
    {200: (json_content(reference(DraftAnswer), "draft"),)},
    (),
    (Content(JSON, {"$ref": REF + "Envelope"}, "draft-request"),),
    ("media-type", "body-slow", *REFUSALS, *ASKING),
    "everyone",
)
PAGE: Final = Documented("sign", "Sign with a wallet.", "records", {}, access="everyone")
PAGE_SENT: Final = Documented("signStep", "Sign with a wallet.", "records", {}, access="everyone")


class TypedData:
    """Endpoints for signing with a wallet.

    Args:
        answers: tells what a draft says.
        book: takes what was signed.
        pages: renders the page.
        tellers: takes note of errors that the page tells.
        limits: how long a body may take.
        metrics: counts what becomes of records, if anything is counted.

    """

    def __init__(
        self,
        answers: Answers,
        book: Book,
        pages: Pages,
        tellers: Tellers,
        limits: DoorLimits,
        metrics: Metrics | None = None,
    ) -> None:
        self._answers = answers
        self._book = book
        self._pages = pages
        self._tellers = tellers
        self._limits = limits
        self._metrics = metrics
        self._turns = asyncio.Semaphore(DRAFTS_AT_ONCE_MAX)
        self._room = Room(DRAFTS_WAITING_MAX * LIMITS.record_body_bytes_max)
        self._sending = 0

    async def descriptor(self, request: Request) -> Response:
        """Give the descriptor of a kind."""
        check_names(query_of(request))
        kind = request.path_params["kind"]
        return await self._in_turn(lambda: json_response(self._answers.descriptor(kind)))

    async def draft(self, request: Request) -> Response:
        """Tell what a draft says, and who has signed it."""
        check_names(query_of(request))
        check_media_type(request, JSON)
        expected = f"at most {LIMITS.envelope_bytes_max} bytes"
        with self._room.share() as share:
            raw = await self._body(request, LIMITS.record_body_bytes_max, expected, share)

            def answer() -> Response:
                envelope, _ = read_beside(raw)
                return json_response(self._answers.drafted(envelope), headers=_NO_STORE)

            return await self._in_turn(answer)

    async def page(self, request: Request) -> Response:
        """Show the page, to begin with."""
        check_names(query_of(request))
        return self._rendered({"draft": "", "signature": ""})

    async def step(self, request: Request) -> Response:
        """Do one step of the page: show a draft, check a signature, or send what is signed."""
        check_names(query_of(request))
        check_media_type(request, FORM)
        given = dict.fromkeys(FIELDS, "")
        try:
            with self._room.share() as share:
                raw = await self._body(request, _FORM_BYTES_MAX, _ON_PAGE, share)
                given |= _fields_of(raw)
                return await self._step(request, given)
        except (AdamantError, ProblemError) as error:
            return self._failed(request, given, error)

    async def _step(self, request: Request, given: dict[str, str]) -> Response:
        steps = _Steps(self._answers, given)
        async with self._turns:
            shown = await run_in_threadpool(steps.shown)
        problem_met = shown.get("problem")
        if given["do"] != "send" or problem_met is not None:
            status = 200 if problem_met is None else problem_met["status"]
            return self._rendered({**given, **shown}, status)
        try:
            sent = await self._send(steps.raw)
        except (AdamantError, ProblemError) as error:
            return self._failed(request, {**given, **shown}, error)
        return self._rendered({**given, **shown, "sent": sent}, 200 if sent.again else 201)

    async def _send(self, raw: bytes) -> Answer:
        """Send what is signed.

        Raises:
            ProblemError: it was refused, or too many are sent from pages at once.
            AdamantError: the ledger does not take it now, or did not say whether it did.

        """
        if self._sending >= SENT_AT_ONCE_MAX:
            raise problem("unavailable", "too many send at once; try again later")
        self._sending += 1
        try:
            promised = await self._handed_over(raw)
            if self._metrics is not None:
                self._metrics.count_records(promised, 1)
            (line,) = await asyncio.wrap_future(promised)
        finally:
            self._sending -= 1
        if isinstance(line, Refusal):
            raise ProblemError(of_refusal(line))
        assert isinstance(line, Answer)  # noqa: S101 - nothing was sent with it
        return line

    async def _handed_over(self, raw: bytes) -> Future[tuple[Answered, ...]]:
        try:
            return await run_in_threadpool(self._book.submit, [raw], wait="checkpointed")
        except Unavailable:
            if self._book.fault is None:
                raise
            # Why it stopped is for its operator.
            raise Unavailable(STOPPED) from None

    async def _in_turn(self, answer: Callable[[], Response]) -> Response:
        async with self._turns:
            return await run_in_threadpool(answer)

    async def _body(self, request: Request, bytes_max: int, expected: str, share: Share) -> bytes:
        try:
            return await read_body(request, bytes_max, self._limits.body_seconds_max, share)
        except TooLarge:
            raise Refused(Refusal("size", "", expected, "more")) from None

    def _failed(self, request: Request, given: dict[str, Any], error: Exception) -> Response:
        """Show what is wrong, with whatever is known of the draft."""
        told = self._tellers.noted(request, error)
        response = self._rendered({**given, "problem": told.document()}, told.sort.status)
        response.headers.update(self._tellers.headers(told))
        return response

    def _rendered(self, given: dict[str, Any], status: int = 200) -> Response:
        headers = {**_NO_STORE, "content-security-policy": self._pages.signing_policy}
        return Response(self._pages.sign(given), status, headers, HTML)


class _Steps:
    """What the fields of the page come to; worked out in a thread.

    Attributes:
        raw: what would be sent.

    """

    def __init__(self, answers: Answers, given: dict[str, str]) -> None:
        self._answers = answers
        self._given = given
        self.raw = b""
        self._private: tuple[Line, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return what the page shows: the draft, and what is wrong with the step if anything is.

        Raises:
            Refused: it is no draft.

        """
        raw = self._given["draft"].strip().encode()
        if len(raw) > LIMITS.page_draft_bytes_max:
            self._given["draft"] = ""
            raise Refused(Refusal("size", "draft", _ON_PAGE, f"{len(raw)} bytes"))
        envelope, private = read_beside(raw)
        self._private = tuple(private_lines(private))
        plain = self._answers.drafted(envelope)
        if self._given["do"] == "check":
            try:
                envelope, plain = self._checked(envelope)
            except (Refused, BadQuestion) as error:
                return self._told(plain, _document(error))
        if private:
            self.raw = join_private(envelope.raw, private_to_plain(private))
        else:
            self.raw = envelope.raw
        strangers = [one["address"] for one in plain["signers"] if not one["isAsked"]]
        if strangers:
            return self._told(plain, _mismatch(plain, strangers[0]))
        if self._given["do"] == "send" and not plain["isReady"]:
            expected = str(plain["signaturesNeeded"] or "as many as the charter asks")
            refusal = Refusal("signature-count", "signatures", expected, str(len(plain["signers"])))
            return self._told(plain, of_refusal(refusal).document())
        return self._told(plain, None)

    def _checked(self, envelope: Envelope) -> tuple[Envelope, Any]:
        """Add the pasted signature to a draft, if one who is asked made it.

        Raises:
            Refused: ``signature-form``, or ``signer``: it is another's, or over something else.
            BadQuestion: it is not hex.

        """
        signed = self._answers.with_signature(envelope, read_signature(self._given["signature"]))
        plain = self._answers.drafted(signed)
        before = {to_hex(one) for one in envelope.signatures}
        added = set(plain["envelope"]["signatures"]) - before
        for signature, signer in zip(
            plain["envelope"]["signatures"], plain["signers"], strict=True
        ):
            if signature in added and not signer["isAsked"]:
                raise Refused(_stranger(plain, signer["address"]))
        return signed, plain

    def _told(
        self,
        plain: Any,  # noqa: ANN401 - JSON
        met: dict[str, Any] | None,
    ) -> dict[str, Any]:
        draft = (self.raw or self._given["draft"].encode()).decode()
        is_kept = met is not None and self._given["do"] == "check"
        pasted = self._given["signature"] if is_kept else ""
        told: dict[str, Any] = {"answer": plain, "problem": met, "private": self._private}
        return {**told, "draft": draft, "signature": pasted}


def _stranger(plain: Any, signer: str) -> Refusal:  # noqa: ANN401 - JSON
    asked = " or ".join(plain["asked"])
    who = f"{asked}, or another governor" if plain["byGovernors"] else asked
    expected = f"a signature over {plain['recordId']} by a key of {who}"
    return Refusal("signer", "signatures", expected, signer)


def _mismatch(plain: Any, signer: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return of_refusal(_stranger(plain, signer)).document()


def _document(error: Refused | BadQuestion) -> dict[str, Any]:
    told = of_error(error)
    assert told is not None  # noqa: S101 - both are raised on purpose
    return told.document()


def _fields_of(raw: bytes) -> dict[str, str]:
    """Read the fields of the page's form.

    Raises:
        BadQuestion: they are not those of the page.

    """
    expected = "the fields of this page"
    try:
        items = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=bool(raw),
            errors="strict", max_num_fields=len(FIELDS),
        )  # fmt: skip
    except ValueError:
        raise BadQuestion("form", expected) from None
    given = dict(items)
    if len(given) != len(items) or given.keys() - {*FIELDS} or given.get("do") not in STEPS:
        raise BadQuestion("form", expected)
    return given
