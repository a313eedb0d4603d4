"""Names of parties beside the addresses of an answer, as far as its reader may see them.

* Only addresses that stand in the very answer are looked up: whoever is not shown an address is
  not told its name either.
* Names are read anew for every answer, and kept with none: a name that was erased, or is shown no
  longer, is in no answer from then on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from ledger.answers.wire import Plain
from ledger.values import ADDRESS_BYTES, Address, to_hex

NamesOf = Callable[[Iterable[Address]], Mapping[Address, str]]
"""Returns those names of parties that a reader may see."""

_ADDRESS: Final = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
_CHARACTERS: Final = len("0x") + 2 * ADDRESS_BYTES


def with_names(answer: Plain, names_of: NamesOf) -> Plain:
    """Return an answer with the names of the parties whose addresses stand in it."""
    found = dict.fromkeys(_addresses_in(answer))
    names = names_of(Address(bytes.fromhex(text[2:])) for text in found)
    return {**answer, "names": {to_hex(address): name for address, name in names.items()}}


def _addresses_in(plain: Plain) -> Iterator[str]:
    """Yield every text of an answer that is an address, in the order in which they stand."""
    if isinstance(plain, str):
        if len(plain) == _CHARACTERS and _ADDRESS.fullmatch(plain):
            yield plain
    elif isinstance(plain, dict):
        for value in plain.values():
            yield from _addresses_in(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _addresses_in(value)
