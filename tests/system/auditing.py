"""The audit of a folder, as ``adamant audit`` does it; and copies, for what must not be touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.audit import audit
from ledger.config import LedgerFolder, UnderAudit, locked, open_for_audit


def copy_of(folder: LedgerFolder, path: Path) -> LedgerFolder:
    """Copy a folder that no process works on, as it lies there."""
    return LedgerFolder(shutil.copytree(folder.path, path))


@contextmanager
def under_audit(folder: LedgerFolder) -> Iterator[tuple[UnderAudit, list[str]]]:
    """Audit a folder; yield the open stores and every fault that was found, in words."""
    with locked(folder), open_for_audit(folder) as under:
        faults = [str(fault) for fault in under.faults]
        if under.log is not None:
            report = audit(under.log, under.checkpoints, under.scratch)
            faults += [str(fault) for fault in report.faults]
        yield under, faults


def faults_of(folder: LedgerFolder) -> list[str]:
    """Audit a folder; return every fault in words, kind and place first."""
    with under_audit(folder) as (_, faults):
        return faults
