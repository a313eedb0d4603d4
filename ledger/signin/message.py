"""A sign-in message: its parts, read from its text and written to it again.

The grammar, line by line; what stands in brackets may be missing, and nothing else may::

    [scheme "://"] domain " wants you to sign in with your Ethereum account:"
    address
    (empty)
    [statement]
    (empty)
    "URI: " uri
    "Version: 1"
    "Chain ID: " chain-id
    "Nonce: " nonce
    "Issued At: " time
    ["Expiration Time: " time]
    ["Not Before: " time]
    ["Request ID: " request-id]
    ["Resources:" and on lines of their own "- " uri]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.errors import SignInFault, SignInRefused
from ledger.limits import LIMITS
from ledger.signin import forms
from ledger.signin.signer import checksummed
from ledger.values import ADDRESS_BYTES, Address, from_hex

VERSION: Final = "1"
CHAIN_ID: Final = 1
"""The chain id that this ledger's servers ask for: Ethereum's own, which every wallet has.

Nothing is looked up on that chain, and contract accounts (EIP-1271) sign no records.
"""

_WANTS: Final = " wants you to sign in with your Ethereum account:"
_URI_EXPECTED: Final = "a URI with its scheme (RFC 3986)"
_OPTIONAL: Final = ("Expiration Time: ", "Not Before: ", "Request ID: ")


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a sign-in message; times as they stand in it (RFC 3339).

    Attributes:
        domain: the authority that asks for the signature, with its port if it has one.
        address: whose key is to sign.
        uri: what is signed in to.
        nonce: what the server gave for this once.
        scheme: of the address of the domain, or None.
        statement: what the signer is told, or None.
        expiration_time, not_before, request_id: None when they are missing.
        resources: None when the whole list is missing.

    """

    domain: str
    address: Address
    uri: str
    nonce: str
    issued_at: str
    chain_id: int = CHAIN_ID
    scheme: str | None = None
    statement: str | None = None
    expiration_time: str | None = None
    not_before: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check every part, so that what is written can be read.

        Raises:
            SignInRefused: by the name of the first part that has not its form.

        """
        if self.scheme is not None:
            forms.check("domain", forms.SCHEME, self.scheme, "a scheme such as https")
        forms.check("domain", forms.AUTHORITY, self.domain, "a host, with its port if it has one")
        if self.statement is not None:
            expected = "one line of letters, digits and the signs of a URI"
            forms.check("statement", forms.STATEMENT, self.statement, expected)
        forms.check("uri", forms.URI, self.uri, _URI_EXPECTED)
        forms.check("chain-id", forms.CHAIN_ID, str(self.chain_id), "a chain id")
        forms.check("nonce", forms.NONCE, self.nonce, "at least 8 letters and digits")
        forms.milliseconds_of("issued-at", self.issued_at)
        if self.expiration_time is not None:
            forms.milliseconds_of("expiration-time", self.expiration_time)
        if self.not_before is not None:
            forms.milliseconds_of("not-before", self.not_before)
        if self.request_id is not None:
            forms.check("request-id", forms.REQUEST_ID, self.request_id, "characters of a path")
        for resource in self.resources or ():
            forms.check("resources", forms.URI, resource, _URI_EXPECTED)


def write_message(message: Message) -> str:
    """Write a message; no line feed at its end."""
    scheme = "" if message.scheme is None else f"{message.scheme}://"
    lines = [f"{scheme}{message.domain}{_WANTS}", checksummed(message.address), ""]
    if message.statement is not None:
        lines.append(message.statement)
    lines += ["", f"URI: {message.uri}", f"Version: {VERSION}", f"Chain ID: {message.chain_id}"]
    lines += [f"Nonce: {message.nonce}", f"Issued At: {message.issued_at}"]
    optional = (message.expiration_time, message.not_before, message.request_id)
    for label, value in zip(_OPTIONAL, optional, strict=True):
        if value is not None:
            lines.append(label + value)
    if message.resources is not None:
        lines += ["Resources:", *(f"- {resource}" for resource in message.resources)]
    return "\n".join(lines)


def read_message(text: str) -> Message:
    """Read a message; what :func:`write_message` writes of it is the same text.

    Raises:
        SignInRefused: it is longer than ``LIMITS.sign_in_message_bytes_max``, or not of its form;
            by the name of the first part at fault, ``form`` where a line is missing or too many.

    """
    if len(text) > LIMITS.sign_in_message_bytes_max:
        expected = f"at most {LIMITS.sign_in_message_bytes_max} characters"
        raise SignInRefused("size", expected)
    lines = _Lines(text.split("\n"))
    scheme, domain = _read_domain(lines.next())
    address = _read_address(lines.next())
    lines.expect_empty()
    statement = lines.next() or None
    if statement is not None:
        lines.expect_empty()
    uri = lines.after("URI: ", "uri")
    if lines.after("Version: ", "version") != VERSION:
        raise SignInRefused("version", "Version: 1")
    chain_id = lines.after("Chain ID: ", "chain-id")
    forms.check("chain-id", forms.CHAIN_ID, chain_id, "a chain id without leading zeros")
    nonce = lines.after("Nonce: ", "nonce")
    issued_at = lines.after("Issued At: ", "issued-at")
    expiration_time, not_before, request_id = (lines.optional(label) for label in _OPTIONAL)
    message = Message(
        domain, address, uri, nonce, issued_at, int(chain_id), scheme, statement,
        expiration_time, not_before, request_id, _read_resources(lines),
    )  # fmt: skip
    if write_message(message) != text:
        raise SignInRefused("form", "the message exactly as EIP-4361 writes it")
    return message


class _Lines:
    """The lines of a message, taken one after the other."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def peek(self) -> str | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def next(self) -> str:
        line = self.peek()
        if line is None:
            raise SignInRefused("form", "every line of EIP-4361 from the domain to Issued At")
        self._at += 1
        return line

    def expect_empty(self) -> None:
        if self.next():
            raise SignInRefused("form", "an empty line before and after the statement")

    def after(self, label: str, reason: SignInFault) -> str:
        line = self.next()
        if not line.startswith(label):
            raise SignInRefused(reason, f"the line that begins with {label.rstrip()} in its place")
        return line.removeprefix(label)

    def optional(self, label: str) -> str | None:
        line = self.peek()
        return self.next().removeprefix(label) if line and line.startswith(label) else None


def _read_domain(line: str) -> tuple[str | None, str]:
    if not line.endswith(_WANTS):
        raise SignInRefused("form", f"a first line that ends with{_WANTS}")
    scheme, separator, domain = line.removesuffix(_WANTS).rpartition("://")
    return (scheme if separator else None), domain


def _read_address(line: str) -> Address:
    address = from_hex(line.lower(), ADDRESS_BYTES)
    if address is None or checksummed(Address(address)) != line:
        raise SignInRefused("address", "0x and 40 hex digits with the capitals of EIP-55")
    return Address(address)


def _read_resources(lines: _Lines) -> tuple[str, ...] | None:
    line = lines.peek()
    if line is None:
        return None
    if line != "Resources:":
        raise SignInRefused("form", "no other line than EIP-4361 has, in its order")
    lines.next()
    found = []
    while lines.peek() is not None:
        found.append(lines.after("- ", "resources"))
    return tuple(found)
