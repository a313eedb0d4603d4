"""Write the golden vectors of signing in: ``signin.json``.

Run as ``python -m tests.vectors.make_signin``; a second run changes nothing. Digests and signatures
are those of eth-account; messages are written out here by hand or taken from what others published.
Nothing of ``ledger`` is used. A wrong case is wrong in one way, and says by which name it is
refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_defunct

FILE = Path(__file__).with_name("signin.json")
ORIGIN = "made here, by make_signin.py; digests and signatures by eth-account 0.14"
PUBLISHED = "spruceid/siwe, test/verification_positive.json, written out by the grammar of EIP-4361"
EXAMPLE = "EIP-4361, example message"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEY = "0x" + "11" * 32
ACCOUNT = Account.from_key(KEY)

HEAD = "ledger.example wants you to sign in with your Ethereum account:"
LINES = (
    HEAD,
    ACCOUNT.address,
    "",
    "",
    "URI: https://ledger.example",
    "Version: 1",
    "Chain ID: 1",
    "Nonce: 3f7Kq0Zt9x",
    "Issued At: 2026-01-31T09:30:00Z",
)
SAID = "I ask to read what I may read; nothing else: (no transaction, no fee)!"
FULL = (
    *LINES[:3],
    SAID,
    *LINES[3:],
    "Expiration Time: 2026-01-31T09:45:00.250Z",
    "Not Before: 2026-01-31T10:29:00+01:00",
    "Request ID: some_id:42@here",
    "Resources:",
    "- https://ledger.example/v1/status",
    "- urn:uuid:0b9e2f0c-2d0b-4f0a-8d3f-6a2f1c9a7e55",
)


def at(line: int, text: str, lines: tuple[str, ...] = LINES) -> str:
    """Return a message of which one line is another."""
    return "\n".join((*lines[:line], text, *lines[line + 1 :]))


def without(line: int, lines: tuple[str, ...] = LINES) -> str:
    """Return a message without one line."""
    return "\n".join((*lines[:line], *lines[line + 1 :]))


def with_line(line: int, text: str, lines: tuple[str, ...] = LINES) -> str:
    """Return a message with one line more."""
    return "\n".join((*lines[:line], text, *lines[line:]))


def signed(name: str, text: str, origin: str = ORIGIN) -> dict[str, Any]:
    """Return a case that is well said: its digest, its signature, its signer."""
    encoded = encode_defunct(text=text)
    return {
        "name": name,
        "origin": origin,
        "message": text,
        "digest": "0x" + _hash_eip191_message(encoded).hex(),
        "signature": "0x" + ACCOUNT.sign_message(encoded).signature.hex(),
        "signer": ACCOUNT.address.lower(),
    }


def valid() -> Iterator[dict[str, Any]]:
    """Yield messages that are read, each with a signature."""
    yield signed("only what must be there", "\n".join(LINES))
    yield signed("everything that may be there", "\n".join(FULL))
    yield signed("a scheme before the domain", at(0, f"https://{HEAD}"))
    yield signed("a domain with a port", at(0, HEAD.replace("example", "example:8443")))
    yield signed("a domain that is an address of IPv4", at(0, f"127.0.0.1:8420{HEAD[14:]}"))
    yield signed("a domain that is an address of IPv6", at(0, f"[::1]:8420{HEAD[14:]}"))
    for host in ("[2001:db8::7]", "[1:2:3:4:5:6:192.0.2.7]", "[1:2:3:4:5:6:7::]", "[v1.a:b]"):
        yield signed(f"a URI at {host}", at(4, f"URI: https://{host}/login"))
    yield signed("an empty list of resources", with_line(9, "Resources:"))
    yield signed("an empty request id", with_line(9, "Request ID: "))
    yield signed("a nonce of 64", at(7, "Nonce: " + "a1" * 32))
    yield signed("a time to the nanosecond", at(8, "Issued At: 2026-01-31T09:30:00.123456789Z"))
    yield signed("a time of another zone", at(8, "Issued At: 2026-01-31T04:00:00-05:30"))
    yield signed("another chain", at(6, "Chain ID: 137"))
    text = "\n".join(
        (
            "service.org wants you to sign in with your Ethereum account:",
            "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
            "",
            "I accept the ServiceOrg Terms of Service: https://service.org/tos",
            "",
            "URI: https://service.org/login",
            "Version: 1",
            "Chain ID: 1",
            "Nonce: 32891756",
            "Issued At: 2021-09-30T16:25:24Z",
            "Resources:",
            "- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/",
            "- https://example.com/my-web2-claim.json",
        )
    )
    yield {**signed("the example of the EIP", text, EXAMPLE), "isByAnother": True}
    yield from published()


def published() -> Iterator[dict[str, Any]]:
    """Yield messages that others signed and published with their signatures."""
    statement = "Sign-In With Ethereum Example Statement"
    for address, nonce, issued, rest, signature in (
        (
            "0x9D85ca56217D2bb651b00f15e694EB7E713637D4", "bTyXgcQxn2htgkjJn",
            "2022-01-27T17:09:38.578Z", "Expiration Time: 2100-01-07T14:31:43.952Z",
            ("dc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e0"
            "5a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b"),
        ),
        (
            "0xE6D3Aa1F561A215E5eb1f02Ba8705385F03fCaFB", "lx2nx4so",
            "2022-01-05T14:27:30.883Z", "Not Before: 2100-01-07T14:31:43.952Z",
            ("c2539ace78f13c7eb8c0852d38d269a6f97bebd9f7872097d2e3137b541f8bf5"
            "0176062a46eeea83086bd2721423fb5755a932ff6ccc046ed482d14e4576042f1c"),
        ),
    ):  # fmt: skip
        text = "\n".join(
            (
                "login.xyz wants you to sign in with your Ethereum account:", address, "",
                statement, "", "URI: https://login.xyz", "Version: 1", "Chain ID: 1",
                f"Nonce: {nonce}", f"Issued At: {issued}", rest,
            )
        )  # fmt: skip
        yield {
            **signed(f"signed by {address}", text, PUBLISHED),
            "signature": "0x" + signature,
            "signer": address.lower(),
        }


def wrong() -> Iterator[tuple[str, str, str]]:
    """Yield messages that are refused: a name, the name of the refusal, the text."""
    yield from wrong_heads()
    yield from wrong_fields()
    yield from wrong_ends()


def wrong_heads() -> Iterator[tuple[str, str, str]]:
    """Yield messages whose first lines, up to the statement, are at fault."""
    address = ACCOUNT.address
    yield "no text", "form", ""
    yield "a last line feed", "form", "\n".join((*LINES, ""))
    yield "a first line feed", "form", "\n".join(("", *LINES))
    yield "carriage returns", "form", "\r\n".join(LINES)
    yield "another first line", "form", at(0, HEAD.replace("wants", "asks"))
    yield "the first line in other capitals", "form", at(0, HEAD.replace("Ethereum", "ethereum"))
    yield "a space after the first line", "form", at(0, HEAD + " ")
    yield "no domain", "domain", at(0, HEAD[14:])
    yield (
        "a domain with a user before it",
        "domain",
        at(0, f"ledger.example@evil.example{HEAD[14:]}"),
    )
    yield "a domain with a path", "domain", at(0, f"ledger.example/login{HEAD[14:]}")
    yield "a domain with a space", "domain", at(0, f"ledger example{HEAD[14:]}")
    yield "a domain of other letters", "domain", at(0, f"l\u0435dger.example{HEAD[14:]}")
    for host in ("[1:2:3:4:5:6:7]", "[::0.0.0.256]", "[1::2::3]", "[::1", "[]"):
        yield f"the domain {host}", "domain", at(0, f"{host}{HEAD[14:]}")
    yield "a port of letters", "domain", at(0, f"ledger.example:http{HEAD[14:]}")
    yield "a scheme that begins with a digit", "domain", at(0, f"1https://{HEAD}")
    yield "an empty scheme", "domain", at(0, f"://{HEAD}")
    yield "two schemes", "domain", at(0, f"https://https://{HEAD}")
    yield "an address in small letters", "address", at(1, address.lower())
    yield "an address in capitals", "address", at(1, "0x" + address[2:].upper())
    yield "an address with one other capital", "address", at(1, swapped(address))
    yield "an address without 0x", "address", at(1, address[2:])
    yield "an address with 0X", "address", at(1, "0X" + address[2:])
    yield "an address too short", "address", at(1, address[:-1])
    yield "no address", "address", without(1)
    yield "a space after the address", "address", at(1, address + " ")
    yield "no empty line after the address", "form", without(2, FULL)
    yield "no empty line after the statement", "form", without(4, FULL)
    yield "two lines of statement", "form", with_line(4, "more", FULL)
    yield "a third empty line", "uri", with_line(4, "", LINES)
    yield "a statement of other letters", "statement", at(3, "Caf\u00e9", FULL)
    yield "a statement with a tab", "statement", at(3, "I ask\tto read", FULL)
    yield "a statement with quotation marks", "statement", at(3, 'I "ask" to read', FULL)
    yield "a statement that is one space of its own sort", "statement", at(3, "\u00a0", FULL)


def wrong_fields() -> Iterator[tuple[str, str, str]]:
    """Yield messages of which a part that must be there is at fault."""
    yield "no URI", "uri", without(4)
    yield "a URI without scheme", "uri", at(4, "URI: ledger.example")
    yield "an empty URI", "uri", at(4, "URI: ")
    yield "a URI with a space", "uri", at(4, "URI: https://ledger.example/a b")
    yield "a URI with a broken escape", "uri", at(4, "URI: https://ledger.example/%2")
    for host in (
        "[1:2:3:4:5:6:7:8:9]",
        "[::01.2.3.4]",
        "[1:2:3:4:5:6:7:8::]",
        "[::1%25eth0]",
        "[v.a]",
    ):
        yield f"a URI at {host}", "uri", at(4, f"URI: https://{host}/login")
    yield "a URI with angle brackets", "uri", at(4, "URI: <https://ledger.example>")
    yield "URI in small letters", "uri", at(4, "uri: https://ledger.example")
    yield "two spaces after URI", "uri", at(4, "URI:  https://ledger.example")
    yield "the lines of URI and version exchanged", "uri", exchanged(4)
    yield "version 2", "version", at(5, "Version: 2")
    yield "version 1.0", "version", at(5, "Version: 1.0")
    yield "version 01", "version", at(5, "Version: 01")
    yield "no version", "version", without(5)
    yield "no chain id", "chain-id", without(6)
    yield "a chain id of letters", "chain-id", at(6, "Chain ID: one")
    yield "chain id 0", "chain-id", at(6, "Chain ID: 0")
    yield "a chain id with a leading zero", "chain-id", at(6, "Chain ID: 01")
    yield "a negative chain id", "chain-id", at(6, "Chain ID: -1")
    yield "a chain id in hex", "chain-id", at(6, "Chain ID: 0x1")
    yield "a chain id of other digits", "chain-id", at(6, "Chain ID: \u0661")
    yield "a chain id of 30 digits", "chain-id", at(6, "Chain ID: " + "1" * 30)
    yield "no nonce", "nonce", without(7)
    yield "a nonce of 7", "nonce", at(7, "Nonce: 3f7Kq0Z")
    yield "a nonce with a hyphen", "nonce", at(7, "Nonce: 3f7Kq0Z-t9x")
    yield "a nonce of other letters", "nonce", at(7, "Nonce: 3f7Kq0Zt9\u0445")
    yield "a nonce and a space", "nonce", at(7, "Nonce: 3f7Kq0Zt9x ")
    yield "no issued at", "form", without(8)
    yield "expiration, then issued at", "issued-at", exchanged(9, FULL)


def wrong_ends() -> Iterator[tuple[str, str, str]]:
    """Yield messages whose times, or parts that may be missing, are at fault."""
    for name, text in TIMES.items():
        yield f"issued at {name}", "issued-at", at(8, f"Issued At: {text}")
        yield f"expires at {name}", "expiration-time", with_line(9, f"Expiration Time: {text}")
        yield f"not before {name}", "not-before", with_line(9, f"Not Before: {text}")
    yield "not before, then expiration", "form", exchanged(10, FULL)
    yield "request id, then not before", "form", exchanged(11, FULL)
    yield "two expirations", "form", with_line(11, FULL[10], FULL)
    yield "a request id with a space", "request-id", with_line(9, "Request ID: some id")
    yield "a request id with a slash", "request-id", with_line(9, "Request ID: some/id")
    yield "a line that is in no message", "form", with_line(9, "Note: nothing")
    yield "an empty line at the end of the parts", "form", with_line(9, "")
    yield "a resource without scheme", "resources", at(14, "- ledger.example", FULL)
    yield "a resource without hyphen", "resources", at(14, "https://ledger.example", FULL)
    yield "two resources on a line", "resources", at(14, "- urn:a:b - urn:a:c", FULL)
    yield "a line after the resources", "resources", "\n".join((*FULL, "Request ID: again"))
    yield "resources with a space", "form", with_line(9, "Resources: ")
    yield "more than 4,096 characters", "size", at(4, "URI: https://ledger.example/" + "a" * 4096)


TIMES = {
    "a time in words": "Sat Jan 31 2026 09:30:00 GMT",
    "a day alone": "2026-01-31",
    "a time with a space": "2026-01-31 09:30:00Z",
    "a time with a small t": "2026-01-31t09:30:00Z",
    "a time with a small z": "2026-01-31T09:30:00z",
    "a time without zone": "2026-01-31T09:30:00",
    "a time without seconds": "2026-01-31T09:30Z",
    "30 February": "2026-02-30T09:30:00Z",
    "hour 24": "2026-01-31T24:00:00Z",
    "minute 60": "2026-01-31T09:60:00Z",
    "a leap second": "2016-12-31T23:59:60Z",
    "month 13": "2026-13-01T09:30:00Z",
    "an empty fraction": "2026-01-31T09:30:00.Z",
    "a fraction with a comma": "2026-01-31T09:30:00,5Z",
    "a zone without colon": "2026-01-31T09:30:00+0100",
    "a zone of 24 hours": "2026-01-31T09:30:00+24:00",
    "a year of five digits": "12026-01-31T09:30:00Z",
    "year 0": "0000-01-01T00:00:00Z",
    "digits that are not ASCII": "2026-01-31T09:30:0\u0660Z",
    "nothing": "",
}


def swapped(address: str) -> str:
    """Return an address of which the last letter has the other capital."""
    last = max(place for place, digit in enumerate(address) if digit.isalpha())
    return address[:last] + address[last].swapcase() + address[last + 1 :]


def exchanged(line: int, lines: tuple[str, ...] = LINES) -> str:
    """Return a message with a line and the next exchanged."""
    other = line + 1
    return at(line, lines[other], tuple(at(other, lines[line], lines).split("\n")))


def forged() -> Iterator[dict[str, Any]]:
    """Yield signatures of the first message that are refused."""
    text = "\n".join(LINES)
    good = bytes.fromhex(signed("", text)["signature"][2:])
    r, s, v = good[:32], int.from_bytes(good[32:64], "big"), good[64]
    high = (ORDER - s).to_bytes(32, "big")
    other = Account.from_key("0x" + "22" * 32).sign_message(encode_defunct(text=text)).signature
    changed = encode_defunct(text=text.replace("3f7Kq0Zt9x", "3f7Kq0Zt9y"))
    cases = {
        "nothing": ("signature", b""),
        "64 bytes": ("signature", good[:64]),
        "66 bytes": ("signature", good + b"\0"),
        "v 0 or 1": ("signature", good[:64] + bytes((v - 27,))),
        "v of EIP-155": ("signature", good[:64] + bytes((v + 10,))),
        "high s": ("signature", r + high + bytes((55 - v,))),
        "r zero": ("signature", bytes(32) + good[32:]),
        "s zero": ("signature", r + bytes(32) + good[64:]),
        "r the order": ("signature", ORDER.to_bytes(32, "big") + good[32:]),
        "compact (EIP-2098)": ("signature", r + ((v - 28) << 255 | s).to_bytes(32, "big"))
        if v == 28
        else ("signature", r + s.to_bytes(32, "big")),
        "by another key": ("signer", bytes(other)),
        "of another message": ("signer", bytes(ACCOUNT.sign_message(changed).signature)),
        "the other v": ("signer", good[:64] + bytes((55 - v,))),
    }
    for name, (reason, signature) in cases.items():
        yield {
            "name": name,
            "message": text,
            "signature": "0x" + signature.hex(),
            "refused": reason,
        }


def contents() -> str:
    """Return the whole text of the file."""
    made = {
        "origin": ORIGIN,
        "valid": list(valid()),
        "wrong": [
            {"name": name, "refused": reason, "message": text} for name, reason, text in wrong()
        ],
        "forged": list(forged()),
    }
    return json.dumps(made, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(contents(), "ascii")
