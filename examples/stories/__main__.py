"""Tell the stories: all of them, or those whose names are given."""

from __future__ import annotations

import sys

from examples.stories import STORIES, story
from examples.stories.telling import Teller


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(names: list[str]) -> int:
    """Tell stories on this terminal; return the exit code."""
    for name in names or list(STORIES):
        told = story(name)
        lines = (told.__doc__ or "").splitlines()
        sys.stdout.write(f"== {lines[0]}\n" + "\n".join(lines[1:]) + "\n\n")
        told.tell(Teller(_print))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
