"""The demo from beginning to end: a folder, a server, a world, one stone's way, an audit."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from ledger.config import (
    LedgerFolder,
    check_local_chain,
    found_ledger,
    fresh_chain_key,
    make_folder,
    mirror_hand_overs,
)
from ledger.demo.figures import load_figures
from ledger.demo.plan import Plan, make_plan
from ledger.demo.process import command_name, ending_cleanly, run_command, running_server
from ledger.demo.refusals import tries
from ledger.demo.scribe import GOVERNORS, Scribe, fresh_secret
from ledger.demo.workshop import DAY, FinishedStone
from ledger.demo.world import (
    AGGREGATOR,
    CUTTERS,
    STORY_DAYS,
    admit_everybody,
    from_mine_to_jeweller,
    open_sites,
)
from ledger.desk import Desk, Plain, remote_desk
from ledger.drafts import Constitution
from ledger.errors import AdamantError, Refusal
from ledger.keys import DEMO_SCRYPT_COST, Keyring, SecretSigner
from ledger.reference import Shelf, shipped
from ledger.values import Address, Hash32, to_hex, trade_carats

ORIGIN: Final = "demo.adamant.example/ledger"
PASSPHRASE: Final = "demo"  # noqa: S105 - demo keys guard nothing, and say so


ANCHOR_SECONDS: Final = 60.0


class DemoFailed(AdamantError):
    """The demo's own records were not accepted: a fault of this program."""


def run_demo(
    *, scale: int, seed: int, serve: bool, evm: bool, folder: Path | None, console: Console
) -> int:
    """Build a small world, show one stone's way, and check everything.

    Args:
        scale: about 40 polished stones each.
        seed: the same seed draws the same world.
        serve: whether to stay up afterwards.
        evm: whether to anchor its checkpoints on a chain in the folder.
        folder: where to keep the ledger; a fresh folder here when it is None.
        console: where to print.

    Returns:
        The exit code: 0 when the audit found no fault.

    Raises:
        RefusesToStart: a chain is asked for, and what it needs is not installed.

    """
    if evm:
        check_local_chain()
    began = time.monotonic()
    plan = make_plan(load_figures(), scale, seed)
    path = folder or Path(f"adamant-demo-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    anchor_key = fresh_chain_key()
    ledger = make_folder(path, ORIGIN, anchor_key=anchor_key)
    scribe = _found(ledger, anchor_key.address, "allowed" if evm else "forbidden")
    _introduce(console, plan, path, seed)
    if evm:
        mirror_hand_overs(ledger.settings_file)
        _make_chain(console, path)
    with ending_cleanly(), running_server(ledger) as url, remote_desk(url) as desk:
        # The first governor reads at the server, as any party may on an open ledger.
        desk.read_by(lambda: SecretSigner(scribe.actors[GOVERNORS[0]].secret))
        finished = _build(console, desk, scribe, plan)
        _save_keys(ledger, scribe)
        _report_speed(console, desk, began)
        _try_what_is_wrong(console, desk, scribe, finished)
        shown = _longest_way(finished)
        _show_way(console, path, shown, scribe.ledger_id)
        _show_figures(console, path)
        page = _mint(url, shown)
        console.print(
            "\nIts page, by a link that the jeweller minted for a customer and can end, while the "
            f"server runs: {url}{page}",
            soft_wrap=True,
        )
        if evm:
            _show_anchors(console, path, desk)
        if serve:
            _stay(console, f"{url}{page}")
    console.print("\n[bold]Everything once more, from the stored bytes alone[/]")
    code = _adamant(console, "--ledger", str(path), "audit", *(("--chain",) if evm else ()))
    _say_how_to_look_further(console, path, shown, page)
    return code


def _make_chain(console: Console, path: Path) -> None:
    """Make a chain in the folder, with the contracts that check anchors and hand-overs."""
    console.print("\n[bold]A chain of its own, in the same folder[/]")
    for word in ("start", "deploy"):
        if _adamant(console, "--ledger", str(path), "chain", word):
            raise DemoFailed(f"the chain was not made: adamant chain {word}")


def _is_on_chain(told: Plain) -> bool:
    size = told["asOf"]["checkpointSize"]
    return bool(told["anchoredSize"] >= size and told["mirror"]["position"] >= size)


def _show_anchors(console: Console, path: Path, desk: Desk) -> None:
    """Wait until all of it is on the chain, which the server sees to by itself, and show it."""
    console.print("\n[bold]Its checkpoints and hand-overs on the chain[/]")
    until = time.monotonic() + ANCHOR_SECONDS
    while not _is_on_chain(desk.chain()):
        if time.monotonic() > until:
            raise DemoFailed("not all of it came on the chain in time")
        time.sleep(0.2)
    _adamant(console, "--ledger", str(path), "chain", "status")


def _found(ledger: LedgerFolder, anchor_key: Address, mirror: str) -> Scribe:
    """Found the ledger with three governors, two of whom decide; it adopts the shipped tables."""
    starts_at = int(time.time()) - STORY_DAYS * DAY
    scribe = Scribe(ledger_id=b"", starts_at=starts_at)  # type: ignore[arg-type]  # set below
    governors = [scribe.add(name, fresh_secret(), "governor") for name in GOVERNORS]
    constitution = Constitution(
        governors=tuple(governor.address for governor in governors),
        threshold=2,
        checkpoint_keys=(str(ledger.read_log_key().verifier_key),),
        anchor_key=anchor_key,
        mirror=mirror,
        tables={file.name: file.sha256 for file in shipped().values()},
    )
    for file in shipped().values():
        Shelf(ledger.tables).add(file)
    charter = scribe.sign(constitution.charter(ORIGIN, scribe.moment()), *governors)
    scribe.ledger_id = found_ledger(ledger, charter.raw).record_id
    scribe.later(3600)
    return scribe


def _introduce(console: Console, plan: Plan, path: Path, seed: int) -> None:
    lots = sum(len(mix) for mix in plan.mixes)
    console.print(
        f"[bold]A small world from real figures[/] (seed {seed}): {plan.stones} polished stones, "
        f"drawn from 53,940 real ones and worked back to {lots} lots of rough, mined in "
        f"{', '.join(plan.countries)} in proportion to the 2023 production of each country. "
        "Mines and parties are made up."
    )
    console.print(
        f"Its ledger lies in [bold]{path}[/]; demo keys (passphrase [italic]{PASSPHRASE}[/]) are "
        "kept under a cheap scrypt cost, since they guard nothing."
    )


def _send(desk: Desk, scribe: Scribe) -> int:
    envelopes = scribe.take()
    for line in desk.append([envelope.raw for envelope in envelopes], atomic=True):
        if isinstance(line, Refusal):
            raise DemoFailed(f"a record of the demo was refused: {line}")
    return len(envelopes)


def _build(console: Console, desk: Desk, scribe: Scribe, plan: Plan) -> list[FinishedStone]:
    """Say everything, from the admissions to the jewellers, over HTTP."""
    admit_everybody(scribe, plan)
    sites = open_sites(scribe, plan)
    _send(desk, scribe)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("lots on their way", total=len(plan.mixes))

        def told() -> None:
            _send(desk, scribe)
            progress.advance(task)

        return list(from_mine_to_jeweller(scribe, plan, sites, told))


def _save_keys(ledger: LedgerFolder, scribe: Scribe) -> None:
    keyring = Keyring(ledger.keys)
    for actor in scribe.actors.values():
        keyring.add(actor.name, actor.secret, PASSPHRASE, DEMO_SCRYPT_COST)


def _report_speed(console: Console, desk: Desk, began: float) -> None:
    size = desk.status()["size"]
    seconds = time.monotonic() - began
    console.print(
        f"{size} records, each signed by its author, sent over HTTP, sequenced and checkpointed "
        f"after {seconds:.1f} s.\n"
    )


def _try_what_is_wrong(
    console: Console, desk: Desk, scribe: Scribe, finished: list[FinishedStone]
) -> None:
    console.print("[bold]What the ledger answers to …[/]")
    buyers = [scribe.actors[AGGREGATOR[0]], scribe.actors[CUTTERS[0][0]]]
    table = Table(show_header=True, header_style="bold", expand=False)
    table.add_column("who")
    table.add_column("tries")
    table.add_column("answer")
    for tried in tries(desk, scribe, _loose(finished), buyers):
        table.add_row(tried.who, tried.what, tried.answer)
    console.print(table)


def _longest_way(finished: list[FinishedStone]) -> FinishedStone:
    """Choose the heaviest of the stones that nothing was tried with."""
    return max(_loose(finished)[3:], key=lambda stone: stone.goods.weight_millicarats)


def _loose(finished: list[FinishedStone]) -> list[FinishedStone]:
    """Return the stones that are in no piece."""
    return [one for one in finished if one.piece is None]


def _show_way(console: Console, path: Path, shown: FinishedStone, ledger_id: Hash32) -> None:
    """Trace a stone as anyone would; the folder names its server, and the keys beside it."""
    weight = trade_carats(shown.goods.weight_millicarats)
    console.print(f"\n[bold]One stone's way[/]: {shown.stone.grade}, {weight} ct")
    pinned = ("--ledger-id", to_hex(ledger_id))
    _adamant(console, "--ledger", str(path), *pinned, "trace", to_hex(shown.goods.parcel))


def _show_figures(console: Console, path: Path) -> None:
    """Show what the European Union's authority would report of all these certificates."""
    console.print("\n[bold]What its borders add up to[/]: the European Union is one participant")
    exported_at = time.time() - (STORY_DAYS - 3) * DAY
    year = str(datetime.fromtimestamp(exported_at, UTC).year)
    words = ("report", "annex-iii", "--country", "EU", "--year", year)
    _adamant(console, "--ledger", str(path), *words)


def _mint(url: str, shown: FinishedStone) -> str:
    """Mint a link to a stone's page, as its jeweller does; return the page's path."""
    with remote_desk(url) as desk:
        desk.read_by(lambda: SecretSigner(shown.jeweller.secret))
        path: str = desk.mint_link(shown.goods.parcel)["path"]
        return path


def _adamant(console: Console, *words: str) -> int:
    console.print(f"[dim]$ adamant {' '.join(words)}[/]", soft_wrap=True)
    return run_command(words)


def _stay(console: Console, address: str) -> None:
    console.print(f"\nServing until Ctrl-C: {address}", soft_wrap=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("stopping")


def _say_how_to_look_further(console: Console, path: Path, shown: FinishedStone, page: str) -> None:
    parcel = to_hex(shown.goods.parcel)
    console.print("\n[bold]To look further[/] (the folder stays; delete it when you are done)")
    for words, why in (
        (f"--ledger {path} trace {parcel}", "this stone again"),
        (f"--ledger {path} show {parcel}", "what the book says of it"),
        (f"--ledger {path} verdict {parcel}", "what each definition says of it, and why"),
        (f"--ledger {path} report importer us {parcel}", "what an importer can state of it"),
        (f"--ledger {path} status", "the ledger's head and last checkpoint"),
        (f"--ledger {path} serve", f"then open {page} in a browser"),
    ):
        console.print(f"  {command_name()} {words}\n      [dim]{why}[/]", soft_wrap=True)
