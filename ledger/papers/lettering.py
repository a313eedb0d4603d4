"""What a font can show of a text, and what stands for the rest: ``<U+0416>``.

The built-in fonts of PDF have the characters of Windows-1252. A font of the printer's own has more;
of these only such are set whose letters stand side by side, left to right: Latin, Greek, Cyrillic,
Armenian, Georgian, and those of China, Japan and Korea. Arabic, Hebrew and the scripts of India
join and reorder their letters, which is not done here: they are printed as code points, rather than
wrongly.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable
from typing import Final

Has = Callable[[str], bool]
"""Tells whether a font has a character."""

SIDE_BY_SIDE: Final = frozenset(
    "LATIN GREEK CYRILLIC ARMENIAN GEORGIAN CJK HIRAGANA KATAKANA HANGUL BOPOMOFO FULLWIDTH".split()
)
"""Scripts whose letters are set one after another: the first words of their Unicode names."""

BUILT_IN: Final = "cp1252"


def built_in_has(character: str) -> bool:
    """Tell whether the built-in fonts have a character."""
    try:
        return len(character.encode(BUILT_IN)) == 1 and character.isprintable()
    except UnicodeEncodeError:
        return False


def is_set_simply(character: str) -> bool:
    """Tell whether a character stands by itself, left to right, in every text."""
    if character.isascii():
        return character.isprintable()
    category = unicodedata.category(character)
    if category[0] == "M" or unicodedata.bidirectional(character) in ("R", "AL", "AN"):
        return False
    if category[0] != "L":
        return character.isprintable()
    return unicodedata.name(character, "").split("-")[0].split(" ")[0] in SIDE_BY_SIDE


def printable(text: str, has: Has) -> str:
    """Return a text of which every character can be printed: itself, or its code point.

    Code points in a row stand in one pair of brackets, apart, so that a line can end between them.
    """
    pieces: list[str] = []
    for is_set, run in itertools.groupby(text, lambda one: has(one) and is_set_simply(one)):
        if is_set:
            pieces += run
        else:
            pieces.append(f"<{' '.join(f'U+{ord(character):04X}' for character in run)}>")
    return "".join(pieces)
