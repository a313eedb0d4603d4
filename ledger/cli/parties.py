"""Who speaks, and in which role: found from the ledger, by the address of a party, key or agent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.cli.session import Session
from ledger.desk import Desk
from ledger.drafts import Speaker
from ledger.errors import BadQuestion, Refusal, Refused, Unavailable, Unknown
from ledger.records import CUSTODY_ROLES, KINDS, ROLES
from ledger.values import ADDRESS_BYTES, NO_HASH, Address, Hash32, from_hex, is_within, to_hex

Plain = dict[str, Any]
_GOVERNOR: Final = ("governor", "")


def bytes_of(text: str | None) -> Hash32:
    """Return the bytes of an id in an answer; zeros for none."""
    return NO_HASH if text is None else Hash32(bytes.fromhex(text.removeprefix("0x")))


def address_of(text: str) -> Address:
    """Return the bytes of an address in an answer."""
    value = from_hex(text, ADDRESS_BYTES)
    assert value is not None  # noqa: S101 - answers write addresses in this form
    return Address(value)


def party_at(session: Session, desk: Desk, address: Address) -> Plain:
    """Return the party of an address: its own, a key's or an agent's.

    That a key or an agent is a party's is the ledger's word: whoever signs what names the party is
    told so (:meth:`~ledger.cli.speaking.Speech.check_named`).

    Raises:
        Unknown: it is nobody's in this ledger.
        AnotherAnswer: the answer is about another address.

    """
    try:
        known = desk.party(address)
    except Unknown:
        raise Unknown("party", f"{session.name(address)}: it was not admitted here") from None
    return known if known["sort"] == "party" else desk.party(address_of(known["party"]))


def site_namer(desk: Desk) -> Callable[[bytes], str]:
    """Return what writes a site's id, after the site's name where the ledger has one."""

    def name(site: bytes) -> str:
        try:
            label = desk.site(Hash32(site))["label"]
        except (Unknown, Unavailable):
            label = ""  # what was recorded is told all the same
        return f"{label} {to_hex(site)}".strip()

    return name


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said about the role to speak in; "" where nothing was.

    Attributes:
        role, country: as typed.
        likely: the country that decides where several would do: where the goods are.
        within: the country that the record speaks of, in which the role must count.

    """

    role: str = ""
    country: str = ""
    likely: str = ""
    within: str = ""

    def fits(self, role: str, country: str) -> bool:
        """Tell whether a role may be the one to speak in."""
        is_said = self.role in ("", role) and self.country in ("", country)
        counts = not self.within or not country or is_within(self.within, country)
        return is_said and counts


def _held(party: Plain) -> list[tuple[str, str]]:
    held = [(one["role"], one["country"]) for one in party["roles"] if one["isInForce"]]
    return [_GOVERNOR, *held] if party["isGovernor"] else held


def _shown(roles: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{role} {country}".strip() for role, country in roles) or "no role in force"


def speaker_of(party: Plain, kind: str, operation: str, choice: Choice) -> Speaker:
    """Choose the role in which a party may say a kind of record.

    Raises:
        Refused: ``role-for-kind``: it holds none that may.
        BadQuestion: it holds several that may.

    """
    author = address_of(party["address"])
    allowed = KINDS[kind].roles.get(operation, KINDS[kind].roles.get("", ()))
    held = _held(party)
    fitting = [one for one in held if one[0] in allowed and choice.fits(*one)]
    if not fitting and choice.role:
        return Speaker(author, choice.role, choice.country)  # the ledger says why not
    if not fitting:
        what = f"{kind} {operation}".strip() + (f" in {choice.within}" if choice.within else "")
        expected = f"a role that may author {what}: {' '.join(allowed)}"
        raise Refused(Refusal("role-for-kind", "what.authorRole", expected, _shown(held)))
    nearer = [one for one in fitting if one[1] == choice.likely] or fitting
    # A governor comes first and may say all that it may say at all; what every role may say, any
    # of them says.
    is_settled = nearer[0] == _GOVERNOR or tuple(allowed) == ROLES
    if len(nearer) > 1 and not is_settled:
        raise BadQuestion("--role, --country", f"one of {_shown(nearer)}")
    return Speaker(author, *nearer[0])


def custody_country(party: Plain, said: str) -> str:
    """Return the country of a party's custody role.

    Raises:
        Refused: ``recipient``: it holds no such role.
        BadQuestion: it holds several.

    """
    if said:
        return said
    held = [one for one in _held(party) if one[0] in CUSTODY_ROLES]
    countries = sorted({country for _, country in held})
    if not countries:
        expected = "a party with a custody role: " + " ".join(CUSTODY_ROLES)
        raise Refused(Refusal("recipient", "who.recipient", expected, _shown(_held(party))))
    if len(countries) > 1:
        raise BadQuestion("--to-country", "one of " + " ".join(countries))
    return countries[0]
