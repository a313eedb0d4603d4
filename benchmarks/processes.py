"""Processes that a benchmark starts beside itself, and ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

_POLL_SECONDS: Final = 0.005
T = TypeVar("T")


@contextmanager
def started(*words: str, **more: Any) -> Iterator[subprocess.Popen[bytes]]:  # noqa: ANN401
    """Start ``python -m words``; it has ended when the context does."""
    command = [sys.executable, "-m", *words]
    process = subprocess.Popen(command, **more)  # noqa: S603 - modules of this project alone
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(ask: Callable[[], T | None], process: subprocess.Popen[bytes]) -> T:
    """Ask until there is an answer.

    Raises:
        RuntimeError: the process that was to bring it has failed.

    """
    while (answer := ask()) is None:
        if process.poll():
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        time.sleep(_POLL_SECONDS)
    return answer
