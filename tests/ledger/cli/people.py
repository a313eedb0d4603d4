"""People of a town, each at a desk of their own with no key but their own; and time that passes."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.keys import DEMO_SCRYPT_COST, Keyring
from tests.ledger.cli.town import Said, Town
from tests.ledger.keys import device
from tests.world import address_of, secret_of

DAY_NS = 24 * 3600 * 10**9


@dataclass(frozen=True)
class Person:
    """Somebody with a desk: a folder with papers, and a keyring under a passphrase of their own."""

    town: Town
    name: str

    @property
    def desk(self) -> Path:
        """Their folder."""
        return self.town.path / "desks" / self.name

    @property
    def address(self) -> str:
        """The address of their key."""
        return "0x" + address_of(self.name).hex()

    @property
    def passphrase(self) -> str:
        """What only they know."""
        return f"only {self.name} knows this"

    def sit_down(self) -> Person:
        """Make their desk, and their one key on it."""
        keyring = Keyring(self.desk / "keys")
        keyring.add(self.name, secret_of(self.name), self.passphrase, DEMO_SCRYPT_COST)
        return self

    def run(self, *words: str, code: int = 0, **env: str) -> Said:
        """Run a command at their desk."""
        own = {"ADAMANT_KEYS": str(self.desk / "keys"), "ADAMANT_PASSPHRASE": self.passphrase}
        return self.town.run(*words, code=code, **{**own, **env})

    def json(self, *words: str, **env: str) -> Any:
        """Run a command at their desk with --json; return its document."""
        return self.run("--json", *words, **env).plain

    def refused(self, *words: str, code: int = 1, **env: str) -> str:
        """Run a command at their desk that is refused; return the rule, or the field at fault."""
        error = self.run("--json", *words, code=code, **env).error
        return error.get("rule") or error.get("field") or error["sort"]

    def paper(self, name: str) -> str:
        """Return the path of a paper on their desk."""
        return str(self.desk / name)

    def passes(self, name: str, to: Person) -> str:
        """Give a paper to somebody else; return where it lies on their desk."""
        return shutil.move(self.paper(name), to.paper(name))


def person(town: Town, name: str) -> Person:
    """Seat somebody at a desk of their own."""
    return Person(town, name).sit_down()


def days_later(monkeypatch, days: int) -> None:
    """Let days pass on the machine: its clock, and the time since it started."""
    now, gone = time.time_ns, time.clock_gettime_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + days * DAY_NS)
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: gone(clock) + days * DAY_NS)


def a_device(name: str, behaviour: str = "honest") -> list[str]:
    """Return the command of a device that holds the key of somebody."""
    return [sys.executable, device.__file__, behaviour, secret_of(name).hex()]
