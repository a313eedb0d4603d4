"""A town of parties whose keys lie in one folder, and the command that each of them types.

Whatever a command prints is looked through for every secret of the town: none may ever be there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from ledger.cli.app import app
from ledger.keys import DEMO_SCRYPT_COST, Keyring
from tests.world import secret_of

PASSPHRASE = "canary passphrase, never printed"
GOVERNORS = ("governor-1", "governor-2", "governor-3")
PARTIES = {
    "authority-bw": ("authority", "BW"),
    "miner-bw": ("miner", "BW"),
    "trader-be": ("trader", "BE"),
    "trader-ae": ("trader", "AE"),
    "cutter-in": ("cutter", "IN"),
    "jeweller-fr": ("jeweller", "FR"),
}
SPARE = ("spare-1", "spare-2")
NAMES = (*GOVERNORS, *PARTIES, *SPARE)


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def plain(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error of the one JSON document on stderr, after what a server made it show."""
        assert self.out == ""
        shown, _, after = self.err.partition("\n") if "signing" in self.err else ("", "", self.err)
        assert not shown or "signing" in json.loads(shown)
        return json.loads(after)["error"]


@dataclass
class Town:
    """A ledger and everybody's keys."""

    path: Path
    ledger: str = ""

    def __post_init__(self) -> None:
        self.ledger = self.ledger or str(self.path / "ledger")

    @property
    def keys(self) -> Path:
        """The folder of everybody's keys."""
        return self.path / "keys"

    def run(self, *words: str, code: int = 0, typed: str | None = None, **env: str) -> Said:
        """Run the command; it must end with this exit code, and print no secret."""
        variables = {
            "ADAMANT_LEDGER": self.ledger,
            "ADAMANT_KEYS": str(self.keys),
            "ADAMANT_PASSPHRASE": PASSPHRASE,
            # At a server one reads by a key; a folder of one's own needs none.
            **({"ADAMANT_READER": GOVERNORS[0]} if "://" in self.ledger else {}),
            **env,
        }
        result = CliRunner().invoke(app, list(words), input=typed, env=variables)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        said = Said(result.exit_code, result.stdout, result.stderr)
        for secret in secrets():
            assert secret not in said.out + said.err
        assert said.code == code, f"{words} ended with {said.code}:\n{said.out}\n{said.err}"
        return said

    def json(self, *words: str, code: int = 0, **env: str) -> Any:
        """Run the command with --json, and return its document."""
        return self.run("--json", *words, code=code, **env).plain

    def error(self, *words: str, code: int, **env: str) -> dict[str, Any]:
        """Run the command with --json; it must fail; return its error."""
        return self.run("--json", *words, code=code, **env).error

    # -- the usual acts ----------------------------------------------------------------------

    def found(self) -> None:
        """Make everybody's key, found the ledger, admit everybody, and open a mine."""
        keyring = Keyring(self.keys)
        for name in NAMES:
            keyring.add(name, secret_of(name), PASSPHRASE, DEMO_SCRYPT_COST)
        governors = [word for name in GOVERNORS for word in ("--governor", name)]
        self.run("init", "--origin", "town.example/ledger", *governors, "--threshold", "2")
        for name, (role, country) in PARTIES.items():
            by = ["authority-bw"] if role == "miner" else list(GOVERNORS[:1])
            by = list(GOVERNORS[:2]) if role == "authority" else by
            signers = [word for one in by for word in ("--as", one)]
            self.run("admit", name, "--role", role, "--country", country, *signers)
        self.run(
            *("site", "open", "--country", "BW", "--licence", "ML-1", "--label", "Jwaneng"),
            *("--capacity", "1000000", "--as", "authority-bw"),
        )

    def register(self, weight: str = "12.50", stones: int = 3) -> str:
        """Have the miner register a parcel; return its id."""
        words = ("register", "--weight", weight, "--stones", str(stones), "--label", "Bag 7")
        return self.json(*words, "--as", "miner-bw")["made"][0]["parcelId"]

    def hand_over(self, parcel: str, sender: str, recipient: str, weight: str = "") -> None:
        """Offer a parcel and have it taken over, at its book weight if no other is said."""
        self.run("handoff", parcel, "--to", recipient, "--as", sender)
        book = self.json("show", parcel)["weightMillicarats"]
        weight = weight or f"{book // 1000}.{book % 1000:03d}"
        self.run("receive", parcel, "--weight", weight, "--as", recipient)

    def work(self, *words: str, by: str) -> list[str]:
        """Work on goods; return the ids of what comes out."""
        return [one["parcelId"] for one in self.json(*words, "--as", by)["made"]]

    def size(self) -> int:
        """Return how many entries the ledger has."""
        return self.json("status")["size"]


def secrets() -> list[str]:
    """Return every secret of a town, as it could be printed."""
    found = [PASSPHRASE]
    for name in NAMES:
        found += [secret_of(name).hex(), str(int.from_bytes(secret_of(name), "big"))]
    return found
