"""How a command ends: its exit code, and what it says when it could not do what it was asked.

========  =====================================================================
code      meaning
========  =====================================================================
0         done
1         refused by a rule, or faults were found
2         wrong usage, or something badly formed
3         unknown: no such parcel, party, record, key or ledger
4         unavailable: the server is away, the ledger busy, the clock behind
5         damaged, the ledger refuses to start, or an answer is about something else
========  =====================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from typer.exceptions import TyperException

from ledger.canonical.reading import ORDER
from ledger.cli.words import show_time
from ledger.desk.answering import AnotherAnswer
from ledger.errors import (
    AdamantError,
    AlreadyThere,
    BadQuestion,
    ClockBehind,
    Damaged,
    NotYours,
    ProofError,
    Refusal,
    Refused,
    Unavailable,
    Unknown,
)
from ledger.values import carats

DONE: Final = 0
REFUSED: Final = 1
WRONG: Final = 2
UNKNOWN: Final = 3
UNAVAILABLE: Final = 4
DAMAGED: Final = 5

CODES: Final = {
    DONE: "done",
    REFUSED: "refused by a rule, or faults were found",
    WRONG: "wrong usage, or something badly formed",
    UNKNOWN: "unknown: no such parcel, party, record, key or ledger",
    UNAVAILABLE: "unavailable: the server is away, the ledger busy, the clock behind",
    DAMAGED: "damaged, the ledger refuses to start, or an answer is about something else",
}
"""Every exit code and what it means; --help and docs/cli.md print it."""

FORM_RULES: Final = frozenset(("size", "json", "depth", "kind", *ORDER, "canonical"))
"""The rules of the group *bytes*: the record could not be said like this in any ledger."""

_NUMBER: Final = re.compile(r"\b[0-9]{1,16}\b", re.ASCII)
_TIME_NAMES: Final = re.compile(r"occurredAt|validUntil|period(From|To)")

NEXT: Final = {
    "enumeration": "say one of those that are expected; --help lists what is closed",
    "shape": "give --into once for each parcel that comes out; a split gives two or more",
    "stale-previous": "something was recorded about it first: see `adamant show`, then repeat",
    "signer": "sign with the party's current key (--as), or with an agent that it admitted",
    "agent-scope": "sign with the party's own key, or have it admit the agent for this kind",
    "governors": "have more governors sign: --as several times, or --out FILE and `adamant cosign`",
    "signature-count": "--out FILE, `adamant cosign FILE` by whoever else must sign, then send it",
    "party-unknown": "have a governor or the country's authority admit the party: `adamant admit`",
    "role": "see the roles in force with `adamant show ADDRESS`; choose with --role and --country",
    "role-for-kind": "speak in another role (--role), or ask whoever holds one that may",
    "recipient": "see the recipient's roles with `adamant show`; choose with --to-country",
    "book-weight": "the ledger's book decides: see it with `adamant show`",
    "balance": "weigh again; name every loss, such as --lose sawing=0.10 or --lose sawing=rest",
    "weight-over": "weigh again; goods that are heavier than the book are refused: --refuse weight",
    "weight-short": "--short, which the sender signs too, or --refuse weight",
    "stones-short": "--short, which the sender signs too, or --refuse stones",
    "stones-counted": "give each output its number of stones: --into CARATS:STONES",
    "stones-balance": "count again; lost stones are named with their loss: --lose missing=0.05:1",
    "parcel-offered": "it waits for its recipient: `adamant receive`, or `adamant withdraw`",
    "parcel-held": "it was not offered, or the offer was answered already",
    "parcel-spent": "it became other parcels: see them with `adamant trace --down`",
    "parcel-frozen": "it moves again after a recovery by the reporter or a release by governors",
    "not-custodian": "see who holds it with `adamant show`",
    "time-ahead": "check --at and this machine's clock",
    "time-before": "give --at a time that is not before the parcel's last record",
    "parcel-set": "it goes where its piece goes: `adamant unset` takes the stones out",
    "parcel-sold": "it is with a consumer: `adamant take-back` first",
    "certificate-open": "it ends by `adamant clear`, by expiry, or by work on the goods",
    "certificate-used": "give the next number of your series",
    "certificate-not-open": "see what became of it with `adamant show NUMBER`",
    "site-operator": "have the authority name the miner: `adamant site change --operator`",
    "key-seen": "take a fresh key: `adamant keys new`",
    "recovery-pending": "wait until the recovery takes effect, or object: `adamant keys object`",
    "sign-in-needed": "name a key of a party that reads: --reader NAME, or ADAMANT_READER",
    "session-ended": "ask again: the command signs in anew",
    "sign-in-party": "the key must be in force, of a party that holds a role now, or its agent's",
    "not-yours": "only the parcel's custodian mints links of it: see who with `adamant show`",
    "sign-in-domain": "name the server by an address of its own: public_addresses in its settings",
}
"""What to do next, by the rule that refused."""

NEXT_AT_FIELD: Final = {
    ("enumeration", "ountry"): "countries are two capital letters, such as BW",
    ("shape", "inputs"): "name as many parcels as the work takes: a mix takes two or more",
    ("balance", "--weight"): "weigh again: a book goes down to a smaller weight, never up",
    ("stones-balance", "--lost-stones"): "count again: no more stones are lost than there are",
}
"""What to do next, by the rule and a part of the field at fault, where that makes a difference."""

NEXT_IF_UNKNOWN: Final = {
    "parcel": "name it by its whole id; `adamant show PARTY` lists what a party holds",
    "certificate": "see its number on the paper; one that is only on paper is cleared by --paper",
    "definition": "see the definitions with `adamant tables list`",
    "link": "see those you may end with `adamant link list PARCEL`",
    "record": "one of your goods' way: its id, from `adamant trace --json`, and --for your parcel",
    "site": "see the sites with `adamant show sites`",
    "ledger": "found one with `adamant init`, or name one with --ledger",
    "key": "see the keys here with `adamant keys list`, or name their folder with --keys",
    "party": "have a governor or the country's authority admit it: `adamant admit`",
}
"""What to do next, by the sort of thing that is not there."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a command did not do what it was asked, for people and for programs.

    Attributes:
        code: the exit code.
        sort: refused, wrong, unknown, unavailable, damaged.
        said: one sentence.
        rule, field, expected, came: what a refusal names; "" where there is nothing.
        next: what to do, or "".

    """

    code: int
    sort: str
    said: str
    rule: str = ""
    field: str = ""
    expected: str = ""
    came: str = ""
    next: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as the JSON document that ``--json`` prints on stderr."""
        named = {"rule": self.rule, "field": self.field, "expected": self.expected}
        more = {**named, "came": self.came, "next": self.next}
        filled = {name: value for name, value in more.items() if value}
        return {"error": {"exitCode": self.code, "sort": self.sort, "said": self.said, **filled}}


def trouble_of(error: AdamantError | OSError) -> Trouble:
    """Say what an error means to whoever typed the command."""
    if isinstance(error, OSError):
        return _trouble_of_file(error)
    if isinstance(error, Refused):
        return _trouble_of_refusal(error.refusal)
    if isinstance(error, AlreadyThere):
        return Trouble(WRONG, "wrong", str(error))
    if isinstance(error, BadQuestion):
        said = f"{error.field}: expected {error.expected}"
        return Trouble(WRONG, "wrong", said, field=error.field, expected=error.expected)
    if isinstance(error, Unknown):
        return Trouble(UNKNOWN, "unknown", str(error), next=NEXT_IF_UNKNOWN.get(error.sort, ""))
    if isinstance(error, NotYours):
        return Trouble(REFUSED, "refused", str(error), next=NEXT["not-yours"])
    if isinstance(error, ProofError):
        return Trouble(REFUSED, "refused", f"proves nothing: {error}", rule=error.reason)
    if isinstance(error, Unavailable) or isinstance(error.__cause__, ClockBehind):
        return Trouble(UNAVAILABLE, "unavailable", str(error))
    if isinstance(error, AnotherAnswer):
        return Trouble(DAMAGED, "damaged", str(error), next="do not go on with this server")
    hint = "run `adamant audit` on its folder; believe no server that answers so"
    hint = hint if isinstance(error, Damaged) else ""
    return Trouble(DAMAGED, "damaged", str(error), next=hint)


def trouble_of_usage(error: TyperException) -> Trouble:
    """Say what is wrong with what was typed, before any command ran."""
    command = getattr(getattr(error, "ctx", None), "command_path", "adamant")
    is_help = type(error).__name__ == "NoArgsIsHelpError"  # its message is the whole help
    said = f"{command}: expected a command" if is_help else error.format_message()
    return Trouble(WRONG, "wrong", said, next=f"see `{command} --help`")


def _trouble_of_file(error: OSError) -> Trouble:
    """Say what went wrong with a file: mostly another was meant; otherwise it is the disk."""
    said = f"{error.filename or 'a file'}: {error.strerror or type(error).__name__}"
    is_named_wrongly = isinstance(
        error, PermissionError | FileNotFoundError | NotADirectoryError | IsADirectoryError
    )
    code, sort = (WRONG, "wrong") if is_named_wrongly else (DAMAGED, "damaged")
    return Trouble(code, sort, said)


def _trouble_of_refusal(refusal: Refusal) -> Trouble:
    code, sort = (WRONG, "wrong") if refusal.rule in FORM_RULES else (REFUSED, "refused")
    return Trouble(
        code,
        sort,
        f"refused by the rule {refusal.rule}",
        refusal.rule,
        refusal.field,
        refusal.expected,
        refusal.came,
        _next_after(refusal),
    )


def _next_after(refusal: Refusal) -> str:
    """Return what to do after a refusal, or ""."""
    for (rule, part), hint in NEXT_AT_FIELD.items():
        if rule == refusal.rule and part in refusal.field:
            return hint
    return NEXT.get(refusal.rule, "")


def in_units(field: str, text: str) -> str:
    """Write the numbers of a refusal as people read them: carats, and times."""
    name = next((part for part in reversed(field.split(".")) if not part.isdecimal()), "")
    if name.endswith("Millicarats"):
        return _NUMBER.sub(lambda match: f"{carats(int(match[0]))} ct", text)
    if _TIME_NAMES.fullmatch(name):
        return _NUMBER.sub(lambda match: show_time(int(match[0])), text)
    return text
