"""Tell the stories: all, or those that are named; ``--write`` keeps what they print."""

from __future__ import annotations

import sys
from pathlib import Path

from examples.stories import STORIES, story
from examples.stories.telling import Teller


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(words: list[str]) -> int:
    """Tell stories on this terminal; return the exit code."""
    names = [word for word in words if word != "--write"]
    for name in names or list(STORIES):
        told = story(name)
        _print(f"== {(told.__doc__ or '').strip()}\n")
        teller = Teller(_print)
        told.tell(teller)
        if "--write" in words:
            file = Path(__file__).parent / "told" / f"{name}.txt"
            file.write_text("\n".join([*teller.lines, ""]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
