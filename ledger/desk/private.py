"""Private fields at a desk: asked for and disposed of; what a server shows proves itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ledger.access import OPERATOR
from ledger.desk.answering import AnotherAnswer
from ledger.desk.forms import has_form
from ledger.disclosing import Disclosing, read_grantee
from ledger.errors import BadQuestion, Refused
from ledger.signing.private import PrivateField, check_field
from ledger.values import Hash32, to_hex

Act: TypeAlias = Literal["grant", "withdraw", "erase"]


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field as it is shown; without a value where it was erased."""

    name: str
    position: int
    value: str | int | None
    salt: Hash32 | None
    proof: tuple[Hash32, ...]
    grants: tuple[str, ...]
    erased_at_ms: int | None


@dataclass(frozen=True, slots=True)
class ShownFields:
    """The private fields of a record that a reader may see."""

    record_id: Hash32
    kind: str
    details: Hash32
    fields: tuple[ShownField, ...]


def has_private_form(plain: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Tell whether an answer has the form that it must have."""
    return has_form(plain, ShownFields)


def check_shown(plain: dict[str, Any], record_id: Hash32) -> None:
    """Check that all values shown are those that one root commits to, of the record asked about.

    Whether the root is that record's is found out by whoever reads the record.

    Raises:
        AnotherAnswer: they are not.

    """
    asked = to_hex(record_id)
    if plain["recordId"] != asked:
        raise AnotherAnswer("private fields", asked, plain["recordId"])
    details = Hash32(_bytes(plain["details"]))
    for one in plain["fields"]:
        if one["value"] is None:
            continue
        hashes = tuple(Hash32(_bytes(text)) for text in one["proof"])
        salt = _bytes(one["salt"] or "0x")
        field = PrivateField(one["position"], one["name"], one["value"], salt, hashes)
        try:
            check_field(field, details)
        except Refused:
            raise AnotherAnswer("private field", asked, "values that do not prove") from None


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def dispose_of(
    disclosing: Disclosing, record_id: Hash32, name: str, act: Act, party: str = ""
) -> None:
    """Do as the operator of a folder what an owner does over HTTP; see :class:`Disclosing`."""
    if act == "erase":
        disclosing.erase(OPERATOR, record_id, name)
        return
    to = read_grantee(party)
    if to is None:
        raise BadQuestion("party", "the 0x address of a party, or everyone")
    move = disclosing.grant if act == "grant" else disclosing.withdraw
    move(OPERATOR, record_id, name, to)


def request_of(record_id: Hash32, name: str, act: Act, party: str) -> tuple[str, str, Any]:
    """Return method, path and body of the request that does it.

    Raises:
        BadQuestion: the name is none that a field has: in a path it could ask for something else.

    """
    if not (name.isascii() and name.isalnum()):
        raise BadQuestion("name", "the name of a private field, such as priceUsCents")
    path = f"/v1/records/{to_hex(record_id)}/private/{name}"
    if act == "erase":
        return "DELETE", path, None
    if act == "grant":
        return "POST", f"{path}/grants", {"party": party}
    return "DELETE", f"{path}/grants/{party}", None
