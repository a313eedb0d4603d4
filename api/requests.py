"""Reading requests strictly: queries and media types; and what a caller would rather have."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.problems import problem
from ledger.errors import BadQuestion

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
HTML: Final = "text/html"
PLAIN: Final = "text/plain"
CSV: Final = "text/csv"
PDF: Final = "application/pdf"
TOML: Final = "application/toml"


def query_of(request: Request) -> dict[str, str]:
    """Return the parameters of a query, each of which may stand once.

    Raises:
        BadQuestion: one stands twice.

    """
    # As Starlette reads them, without the look-ups that it makes of them.
    raw: bytes = request.scope.get("query_string", b"")
    items = parse_qsl(raw.decode("latin-1"), keep_blank_values=True) if raw else []
    if len({name for name, _ in items}) != len(items):
        raise BadQuestion("query", "each parameter once")
    return dict(items)


def check_names(given: dict[str, str], *known: str) -> None:
    """Check that a query has no other parameters than the known ones.

    Raises:
        BadQuestion: it has.

    """
    if given.keys() - set(known):
        names = " ".join(known)
        raise BadQuestion("query", f"no parameter but {names}" if known else "no parameter")


def choice_of(given: dict[str, str], name: str, *values: str) -> str:
    """Return which of a parameter's values is given; the first if none is.

    Raises:
        BadQuestion: it is none of them.

    """
    value = given.get(name, values[0])
    if value not in values:
        raise BadQuestion(name, "one of " + " ".join(values))
    return value


def check_media_type(request: Request, *accepted: str) -> None:
    """Check that a body is declared as one of the media types that are taken, and as it is.

    Raises:
        ProblemError: ``media-type``.

    """
    declared = request.headers.getlist("content-type")
    media_type, _, parameters = (declared[0] if len(declared) == 1 else "").partition(";")
    is_plain = parameters.strip().lower() in ("", "charset=utf-8")
    encoding = request.headers.get("content-encoding", "identity")
    if media_type.strip().lower() not in accepted or not is_plain:
        raise problem("media-type", field="content-type", expected=" or ".join(accepted))
    if encoding.strip().lower() != "identity":
        raise problem("media-type", field="content-encoding", expected="no encoding")


def preferred(request: Request, *offered: str) -> str:
    """Return the media type that a caller would rather have; the first offered if all is one.

    Source: RFC 9110 §12.5.1. What cannot be understood has no weight.
    """
    weights: dict[str, float] = {}
    for part in ",".join(request.headers.getlist("accept")).split(","):
        media_range, *parameters = (text.strip().lower() for text in part.split(";"))
        weights[media_range] = _weight(parameters)
    if not any(weights):
        return offered[0]
    return max(offered, key=lambda media_type: _weight_of(media_type, weights))


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _weight_of(media_type: str, weights: dict[str, float]) -> float:
    family = media_type.partition("/")[0]
    for media_range in (media_type, f"{family}/*", "*/*"):
        if media_range in weights:
            return weights[media_range]
    return 0.0
