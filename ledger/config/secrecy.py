"""What a process that holds secrets keeps from the disk when it dies.

A core file is a picture of all its memory: passphrases, keys, and private values, those erased a
moment ago among them.
"""

from __future__ import annotations

import resource


def leave_no_core_file() -> None:
    """Have the system write no core file of this process, nor of those that it starts.

    A system that hands cores to a program of its own (``core_pattern`` with ``|``) may not ask.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
