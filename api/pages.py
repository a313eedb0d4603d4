"""Pages: rendered here, whole; each says what its JSON twin says, and needs no script.

Whatever comes from records is escaped. The one stylesheet stands in the page itself, allowed by its
hash, so that a page that is kept or printed still looks like one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.problems import PROBLEMS, ProblemType
from ledger.answers.country_names import name_of
from ledger.answers.telling import finding_in_words
from ledger.answers.wording import day, dollars, in_line, listed, minute, who
from ledger.papers import qr_svg
from ledger.values import carats

_TEMPLATES: Final = files("api") / "templates"


def _short(text: str) -> str:
    """Shorten a hex text so that a person can compare it."""
    return f"{text[:6]}…{text[-4:]}"


def _iso_day(seconds: int) -> str:
    """Write the day of a time as programs read it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _iso_in_words(text: str) -> str:
    """Write a day such as 2026-01-02 as people do."""
    return day(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()))


def _grouped(text: str) -> str:
    """Break a long hex text into groups of eight, to be read aloud."""
    digits = text.removeprefix("0x")
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _as_json(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _signed_carats(weight_millicarats: int | None) -> str:
    """Write a difference of weights; nothing where there is none."""
    if weight_millicarats is None:
        return ""
    sign = "-" if weight_millicarats < 0 else "+" if weight_millicarats else ""
    return sign + carats(abs(weight_millicarats))


_ORIGINS: Final = {
    "mixed": "mixed",
    "mixed-named": "mixed, countries named",
    "unstated": "not stated here",
}
_FIGURES: Final = {
    "carats": carats,
    "carats_or": lambda weight: "?" if weight is None else carats(weight),
    "signed_carats": _signed_carats,
    "dollars": dollars,
    "dollars_or": lambda cents: "?" if cents is None else dollars(cents),
    "country": lambda code: "European Union" if code == "EU" else name_of(code),
    "origin": lambda origin: _ORIGINS.get(origin, origin),
}
"""How templates write figures."""


def _hash_of(text: str) -> str:
    """Return what a content security policy calls a text that stands in a page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def policy(style_hash: str, script_hash: str = "") -> str:
    """Return a content security policy: one stylesheet and nothing else.

    With a script, it is that of a page with a form: this script alone runs, and the form leads to
    this door alone.
    """
    script = f"script-src '{script_hash}'; " if script_hash else ""
    form = "'self'" if script_hash else "'none'"
    return (
        f"default-src 'none'; style-src '{style_hash}'; {script}base-uri 'none'; "
        f"form-action {form}; frame-ancestors 'none'"
    )


class Pages:
    """Renders every page of this door.

    Attributes:
        style_hash: what policies call the stylesheet.
        signing_policy: the policy of the page for signing.

    """

    def __init__(self) -> None:
        style = (_TEMPLATES / "style.css").read_text("utf-8")
        self.style_hash = _hash_of(style)
        self._style = style
        self._script = (_TEMPLATES / "sign.js").read_text("utf-8")
        self.signing_policy = policy(self.style_hash, _hash_of(self._script))
        self._environment = Environment(
            loader=PackageLoader("api"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "day": day,
            "finding": finding_in_words,
            "iso_day": _iso_day,
            "iso_in_words": _iso_in_words,
            "minute": minute,
            "short": _short,
            "in_line": in_line,
            "grouped": _grouped,
            "as_json": _as_json,
            **_FIGURES,
            "listed": lambda names, last="or": listed(tuple(names), last),
        }
        self._environment.globals["who"] = who

    def stone(self, stone: Mapping[str, Any]) -> str:
        """Render what anyone may see of a stone."""
        return self._render("stone.html", stone=stone)

    def certificate(self, certificate: Mapping[str, Any], address: str) -> str:
        """Render what stands on a paper certificate, with the code that leads to an address."""
        code = qr_svg(address, f"QR code that leads to the certificate {certificate['number']}")
        return self._render("certificate.html", one=certificate, qr=code, address=address)

    def report(self, template: str, **context: object) -> str:
        """Render a report, from its own template."""
        return self._render(template, **context)

    def problem(self, document: Mapping[str, Any], *, thing: str = "stone") -> str:
        """Render an error that somebody met who looked for a page.

        Args:
            document: the problem.
            thing: of what the page was to be: a stone, a certificate; or "", of signing.

        """
        return self._render("problem.html", problem=document, thing=thing)

    def problem_type(self, sort: ProblemType) -> str:
        """Render the explanation of a sort of error."""
        return self._render("problem_type.html", sort=sort)

    def problem_types(self, sorts: Iterable[ProblemType] = PROBLEMS.values()) -> str:
        """Render the list of all sorts of error."""
        return self._render("problem_types.html", sorts=tuple(sorts))

    def sign(self, given: Mapping[str, Any]) -> str:
        """Render a step of signing with a wallet; what is not given is not there."""
        whole = {"answer": None, "problem": None, "sent": None, "private": (), **given}
        return self._render("sign.html", given=whole, script=self._script)

    def _render(self, template: str, **context: object) -> str:
        return self._environment.get_template(template).render(style=self._style, **context)
