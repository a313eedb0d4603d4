"""Importing libraries that change the whole process, without the change."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Put Python's recursion limit back after what is imported meanwhile.

    py_ecc, which eth-account, web3 and py-evm import, raises it to 100,000; deep JSON from outside
    would then overflow the C stack, and end the process, instead of being refused.
    """
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
