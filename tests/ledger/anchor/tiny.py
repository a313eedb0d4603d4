"""A contract small enough to be assembled by hand, and transactions that make and use it.

What it does with its calldata:

================  ==============================================================================
calldata          answer
================  ==============================================================================
none              the stored word
begins with 0xff  reverts; the error's data is the calldata
begins with 0xfe  runs into an instruction that there is none of, which uses up all gas
anything else     stores the first word, and logs the calldata; topics: first word, who called
================  ==============================================================================
"""

from __future__ import annotations

from typing import Any, Final

from eth_account import Account

from ledger.values import Address

OPCODES: Final = {
    "STOP": "00",
    "SUB": "03",
    "EQ": "14",
    "ISZERO": "15",
    "SHR": "1c",
    "ADDRESS": "30",
    "CALLER": "33",
    "CALLDATALOAD": "35",
    "CALLDATASIZE": "36",
    "CALLDATACOPY": "37",
    "CODECOPY": "39",
    "MSTORE": "52",
    "SLOAD": "54",
    "SSTORE": "55",
    "JUMP": "56",
    "JUMPI": "57",
    "GAS": "5a",
    "JUMPDEST": "5b",
    "ZERO": "5f",  # PUSH0
    "DUP1": "80",
    "SWAP1": "90",
    "LOG2": "a2",
    "CALL": "f1",
    "RETURN": "f3",
    "REVERT": "fd",
    "INVALID": "fe",
}

# Each line: the instructions, then the stack behind them, its top last.
RUNTIME: Final = """
    CALLDATASIZE ISZERO @read JUMPI      ; -
    CALLDATASIZE ZERO ZERO CALLDATACOPY  ; -            memory = calldata
    ZERO CALLDATALOAD                    ; word
    DUP1 #f8 SHR                         ; word first   (its first byte)
    DUP1 #ff EQ @revert JUMPI            ; word first
    #fe EQ @fail JUMPI                   ; word
    DUP1 ZERO SSTORE                     ; word         storage[0] = word
    CALLER SWAP1 CALLDATASIZE ZERO LOG2  ; -            log(memory; word, caller)
    STOP
    :read
    ZERO SLOAD ZERO MSTORE #20 ZERO RETURN
    :revert
    CALLDATASIZE ZERO REVERT
    :fail
    INVALID
"""


def assemble(text: str) -> bytes:
    """Assemble: ``#nn`` pushes a byte, ``@name`` the place of a label, ``:name`` is the label."""
    words = [word for line in text.splitlines() for word in line.split(";")[0].split()]
    labels: dict[str, int] = {}
    at = 0
    for word in words:
        if word[0] == ":":
            labels[word[1:]] = at
        at += 2 if word[0] in "#@" else 1
    pieces = {"#": lambda rest: "60" + rest, "@": lambda rest: f"60{labels[rest]:02x}"}
    pieces[":"] = lambda _: OPCODES["JUMPDEST"]
    return bytes.fromhex(
        "".join(pieces[word[0]](word[1:]) if word[0] in pieces else OPCODES[word] for word in words)
    )


CODE: Final = assemble(RUNTIME)


def creation(code: bytes) -> bytes:
    """Return what makes a contract: it copies what stands behind its 9 bytes, and returns that."""
    return assemble(f"#{len(code):02x} DUP1 #09 ZERO CODECOPY ZERO RETURN") + code


CREATION: Final = creation(CODE)
REFUSING_CREATION: Final = assemble("#20 ZERO REVERT")  # an error of one empty word


def word(number: int) -> bytes:
    """Return a number as calldata: one word."""
    return number.to_bytes(32, "big")


def sign(secret: bytes, to: Address | None, data: bytes, **fields: Any) -> bytes:
    """Return a raw signed transaction with EIP-1559 fees."""
    transaction = {"type": 2, "value": 0, "data": data, **fields}
    if to is not None:
        transaction["to"] = to
    return bytes(Account.sign_transaction(transaction, secret).raw_transaction)


def address_of(secret: bytes) -> Address:
    """Return the address of a secret key."""
    return Address(bytes.fromhex(Account.from_key(secret).address[2:]))
