"""The compiled contracts, and their calls, answers, errors and events as bytes and back.

``NAME.json`` beside this module holds what ``python -m contracts.build`` made of each contract:
ABI, bytecode, compiler and settings, and the SHA-256 of each source. Encoding is that of the
Solidity contract ABI specification, by ``eth_abi``.

Values come and go as Python has them: ``uint*`` as int, ``bytes*`` as bytes, ``address`` as 20
bytes, ``string`` as str, ``bool`` as bool, lists and structs as tuples in the ABI's order. What a
contract answers is decoded strictly; bytes that are no such answer are :class:`Diverged`, since
then the contract is not the one that this package made.

>>> anchors = contract("CheckpointAnchor")
>>> data = anchors.call("latest", bytes(32))
>>> data.hex()[:8], len(data)
('79feb107', 36)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias

from eth_abi.codec import ABICodec
from eth_abi.decoding import AddressDecoder
from eth_abi.encoding import AddressEncoder
from eth_abi.exceptions import DecodingError
from eth_abi.registry import BaseEquals, registry

from ledger.errors import Diverged
from ledger.signing import keccak
from ledger.values import Hash32

ContractName: TypeAlias = Literal["CheckpointAnchor", "CustodyRegistry"]

SELECTOR_BYTES: Final = 4
_PANIC: Final = "Panic"


class _PlainAddressDecoder(AddressDecoder):
    """Addresses as bytes; ``eth_abi`` by itself gives 0x hex, which a string could be too."""

    decoder_fn = staticmethod(bytes)  # type: ignore[assignment]  # bytes instead of 0x hex


def _codec() -> ABICodec:
    ours = registry.copy()  # type: ignore[no-untyped-call]  # eth_abi says nothing about it
    is_address = BaseEquals("address")  # type: ignore[no-untyped-call]  # likewise
    ours.unregister("address")
    ours.register(is_address, AddressEncoder, _PlainAddressDecoder, label="address")
    return ABICodec(ours)


_CODEC: Final = _codec()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a call, an answer, an error or an event.

    Attributes:
        name: as in the ABI; "" for most answers.
        kind: its canonical ABI type: ``(uint64,bytes32)[]``.
        indexed: whether it stands in a topic of its event.

    """

    name: str
    kind: str
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A function, error or event of a contract.

    Attributes:
        name: without its types.
        inputs: what it takes or carries, in order.
        outputs: what a function answers.
        digest: keccak-256 of ``name(types)``: an event's first topic; its first four bytes are
            the selector of a function or an error.

    """

    name: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]
    digest: Hash32

    @property
    def selector(self) -> bytes:
        """The four bytes by which a function or an error is named."""
        return self.digest[:SELECTOR_BYTES]


@dataclass(frozen=True, slots=True)
class Told:
    """An error or event that a contract told, with its values by name."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """One compiled contract.

    Attributes:
        name: as in its source.
        bytecode: what makes it, as the data of a transaction without recipient; no arguments.
        code: what then stands at its address, with zeros for values that are set when it is made.
        immutables: where these values stand in the code: (first byte, number of bytes) each.
        compiler: the compiler's version.
        settings: the compiler's settings.
        sources: path in the project -> SHA-256 of each source, in hex.

    """

    name: str
    bytecode: bytes
    code: bytes
    immutables: tuple[tuple[int, int], ...]
    compiler: str
    settings: Mapping[str, Any]
    sources: Mapping[str, str]
    _constructor: Signature
    _functions: Mapping[str, Signature]
    _errors: Mapping[bytes, Signature]
    _events: Mapping[Hash32, Signature]

    def creation(self, *values: Any) -> bytes:  # noqa: ANN401 - as the ABI has them
        """Return what makes the contract, with the values that its constructor takes.

        Raises:
            eth_abi.exceptions.EncodingError: a value is not of its type.

        """
        kinds = [each.kind for each in self._constructor.inputs]
        return self.bytecode + _CODEC.encode(kinds, values)

    @property
    def errors(self) -> tuple[Signature, ...]:
        """The errors by which it may refuse, ``Panic`` among them."""
        return tuple(self._errors.values())

    @property
    def events(self) -> tuple[Signature, ...]:
        """What it logs."""
        return tuple(self._events.values())

    def is_at(self, code: bytes) -> bool:
        """Tell whether the code that stands at an address is this contract's."""
        blank = bytearray(code)
        for first, count in self.immutables:
            blank[first : first + count] = bytes(count)
        return blank == self.code

    def call(self, function: str, *values: Any) -> bytes:  # noqa: ANN401 - as the ABI has them
        """Return the data of a call: the selector and the encoded values.

        Raises:
            KeyError: there is no such function.
            eth_abi.exceptions.EncodingError: a value is not of its type.

        """
        signature = self._functions[function]
        if len(values) != len(signature.inputs):
            raise ValueError(f"{function} takes {len(signature.inputs)} values")
        return signature.selector + _CODEC.encode([each.kind for each in signature.inputs], values)

    def answer(self, function: str, data: bytes) -> tuple[Any, ...]:
        """Return what a function answered; one value, a struct too, is a tuple of one.

        Raises:
            Diverged: these bytes are no answer of it.

        """
        return _decoded(self._functions[function].outputs, data)

    def error(self, data: bytes) -> Told | None:
        """Return the error by which the contract refused; None where it is none of its own.

        ``Panic(code)`` (Solidity: arithmetic, memory) is told as well.
        """
        signature = self._errors.get(data[:SELECTOR_BYTES])
        if signature is None:
            return None
        try:
            values = _decoded(signature.inputs, data[SELECTOR_BYTES:])
        except Diverged:
            return None
        return Told(signature.name, _by_name(signature.inputs, values))

    def topic(self, event: str) -> Hash32:
        """Return the first topic of an event of this name.

        Raises:
            KeyError: there is no such event.

        """
        for digest, signature in self._events.items():
            if signature.name == event:
                return digest
        raise KeyError(event)

    def event(self, topics: tuple[Hash32, ...], data: bytes) -> Told | None:
        """Return an event that the contract logged; None where it is none of its own.

        Indexed values of dynamic types are told as the hash that stands for them.

        Raises:
            Diverged: it has the topic of one, and is none.

        """
        signature = self._events.get(topics[0]) if topics else None
        if signature is None:
            return None
        indexed = tuple(each for each in signature.inputs if each.indexed)
        plain = tuple(each for each in signature.inputs if not each.indexed)
        if len(indexed) != len(topics) - 1:
            raise Diverged(f"{signature.name} with {len(topics)} topics")
        values = _by_name(plain, _decoded(plain, data))
        for parameter, topic in zip(indexed, topics[1:], strict=True):
            values[parameter.name] = _of_topic(parameter, topic)
        return Told(signature.name, {each.name: values[each.name] for each in signature.inputs})


@cache
def contract(name: ContractName) -> Contract:
    """Return a contract as it was compiled for this package."""
    return read_artifact(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))


def read_artifact(text: str) -> Contract:
    """Read the artifact of a contract, as ``python -m contracts.build`` writes it."""
    found = json.loads(text)
    made = {
        kind: tuple(map(_signature, (each for each in found["abi"] if each["type"] == kind)))
        for kind in ("constructor", "function", "error", "event")
    }
    panic = _signature({"name": _PANIC, "inputs": [{"name": "code", "type": "uint256"}]})
    return Contract(
        name=found["name"],
        bytecode=bytes.fromhex(found["bytecode"][2:]),
        code=bytes.fromhex(found["deployedBytecode"][2:]),
        immutables=tuple(
            (each["start"], each["length"])
            for places in found["immutableReferences"].values()
            for each in places
        ),
        compiler=found["compiler"]["version"],
        settings=found["compiler"]["settings"],
        sources=found["sources"],
        _constructor=next(iter(made["constructor"]), _signature({"inputs": []})),
        _functions={each.name: each for each in made["function"]},
        _errors={each.selector: each for each in (*made["error"], panic)},
        _events={each.digest: each for each in made["event"]},
    )


def _signature(entry: Mapping[str, Any]) -> Signature:
    inputs = tuple(map(_parameter, entry["inputs"]))
    outputs = tuple(map(_parameter, entry.get("outputs", ())))
    name = entry.get("name", "")  # a constructor has none
    text = f"{name}({','.join(each.kind for each in inputs)})"
    return Signature(name, inputs, outputs, keccak(text.encode()))


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    return Parameter(entry["name"], _kind(entry), entry.get("indexed", False))


def _kind(entry: Mapping[str, Any]) -> str:
    """Return the canonical type: structs as tuples of what they hold."""
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    parts = ",".join(map(_kind, entry["components"]))
    return f"({parts}){entry['type'].removeprefix('tuple')}"


def _decoded(parameters: tuple[Parameter, ...], data: bytes) -> tuple[Any, ...]:
    kinds = [each.kind for each in parameters]
    try:
        return _CODEC.decode(kinds, data)
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise Diverged(f"{len(data)} bytes are no ({','.join(kinds)})") from error


def _of_topic(parameter: Parameter, topic: Hash32) -> Any:  # noqa: ANN401 - as the ABI has them
    is_dynamic = parameter.kind in ("string", "bytes") or parameter.kind.endswith((")", "]"))
    return topic if is_dynamic else _decoded((parameter,), topic)[0]


def _by_name(parameters: tuple[Parameter, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    return {each.name: value for each, value in zip(parameters, values, strict=True)}
