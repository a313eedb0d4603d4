"""What the secp256k1 library alone verifies, with known keys, on one core or on all at once."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from types import TracebackType
from typing import Final, Self

import coincurve

from benchmarks.machine import cores

_SIGNATURES: Final = 500
Case = tuple[bytes, bytes]


@cache
def _cases() -> tuple[coincurve.PublicKey, tuple[Case, ...]]:
    secret = coincurve.PrivateKey(hashlib.sha256(b"raw").digest())
    digests = [hashlib.sha256(b"%d" % number).digest() for number in range(_SIGNATURES)]
    cases = tuple((secret.sign(digest, hasher=None), digest) for digest in digests)
    return secret.public_key, cases


def verify_for(seconds: float) -> float:
    """Verify in this process for about so long; return signatures a second."""
    key, cases = _cases()
    done, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        if not all(key.verify(signature, digest, hasher=None) for signature, digest in cases):
            raise RuntimeError("a signature does not verify")
        done += len(cases)
    return done / spent


class AllCores:
    """A process for each core, ready to verify at once."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(cores())

    def verify_for(self, seconds: float) -> float:
        """Verify on all cores for about so long; return signatures a second, all together."""
        return sum(self._pool.map(verify_for, [seconds] * cores()))

    def __enter__(self) -> Self:
        self.verify_for(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
