"""Commands for the chain on which a ledger's checkpoints are anchored.

Which chain it is stands in the settings: one in the ledger's own folder, or any node by its
address. A running server anchors by itself; these commands set the chain up, look at it, and
anchor by hand while no server runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ledger.anchor.kept import ENDED
from ledger.anchor.status import Status
from ledger.cli.chain_words import condition_line, tell_anchor, tell_chain
from ledger.cli.options import Context
from ledger.cli.session import Session, session_of
from ledger.cli.words import anchor_line
from ledger.config import (
    LedgerFolder,
    OpenLedger,
    Settings,
    locked,
    name_local_chain,
    open_ledger,
    read_or_make_chain_key,
)
from ledger.desk import Desk, LocalDesk, is_url
from ledger.errors import ChainDown, Diverged, Unavailable
from ledger.values import to_hex

if TYPE_CHECKING:
    from ledger.anchor.worker import Worker

commands = typer.Typer()
WAIT_SECONDS: Final = 2.0
STEP_SECONDS: Final = 0.5
WEI_AN_ETHER: Final = 10**18
TimeoutOption = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0, help="For how long to wait before it comes back."),
]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A ledger whose folder is held by this command."""

    folder: LedgerFolder
    settings: Settings
    ledger: OpenLedger


@contextmanager
def _opened(session: Session) -> Iterator[_Opened]:
    """Open the ledger of a folder that no server holds.

    Raises:
        Unavailable: another process holds it.

    """
    folder = session.folder
    folder.check_is_made()
    settings = folder.settings()
    with locked(folder, WAIT_SECONDS), open_ledger(folder) as ledger:
        yield _Opened(folder, settings, ledger)


@contextmanager
def _desk(session: Session, *, works: bool) -> Iterator[Desk]:
    """Open the desk of a ledger whose anchors are told as they are on the chain now.

    Args:
        session: names the ledger. Where a server has it, that is asked, which has looked just now.
        works: whether anchors are made meanwhile, where no server does; else the chain is looked
            at once.

    """
    from ledger.config import anchoring

    with ExitStack() as stack:
        try:
            opened = None if is_url(session.ledger) else stack.enter_context(_opened(session))
        except Unavailable:
            opened = None
        if opened is None:
            yield stack.enter_context(session.desk())
            return
        book, links = opened.ledger.book, opened.ledger.stores.links
        if opened.settings.chain == "none":
            known = stack.enter_context(anchoring.open_anchors(opened.folder, book))
            yield LocalDesk(book, links, known)
            return
        opening = anchoring.open_anchoring(opened.folder, opened.settings, book)
        made = stack.enter_context(opening)
        if works:
            made.worker.start()
        else:
            session.out.aside(_looked(made.worker))
        yield LocalDesk(book, links, made.anchors)


@commands.command()
def start(context: Context) -> None:
    """Make the chain ready: a local one in the folder, unless the settings name a node.

    A local chain needs nothing beside this program: py-evm runs it in the process, in one file of
    the ledger's folder. With chain = "node" in the settings, the node is asked and shown instead.

    Example: adamant chain start
    """
    from ledger.config import anchoring  # loaded here: no other command needs it

    session = session_of(context)
    with _opened(session) as opened:
        folder, settings, book = opened.folder, opened.settings, opened.ledger.book
        anchoring.check_anchor_key(book)
        payer = read_or_make_chain_key(folder.submitter_key, anchoring.SUBMITTER_KEY)
        is_new = settings.chain != "node" and not folder.local_chain.exists()
        if is_new:
            chain_id = anchoring.local_chain_id(book.ledger_id)
            anchoring.check_no_chain_was_lost(folder, chain_id)
            anchoring.make_local_chain(folder, chain_id, payer.address).close()
        if settings.chain == "none":
            name_local_chain(folder.settings_file)
            settings = folder.settings()
        with closing(anchoring.open_chain(folder, settings, book.ledger_id)) as chain:
            head = chain.block("latest")
            balance = chain.balance(payer.address)
            document = {
                "chain": settings.chain,
                "chainId": chain.chain_id,
                "isNew": is_new,
                "block": None if head is None else head.number,
                "submitter": to_hex(payer.address),
                "balanceWei": str(balance),
            }
    if session.out.as_json:
        session.out.document(document)
        return
    session.out.say(f"chain {document['chainId']} is {'made' if is_new else 'there'}", style="bold")
    session.out.pairs(
        [
            ("last block", document["block"]),
            ("paying account", document["submitter"]),
            ("its balance", f"{balance / WEI_AN_ETHER:.6f} ether"),
        ]
    )
    if not balance:
        session.out.note("the paying account has nothing to pay with: send it some")
    session.out.note("next: adamant chain deploy")


@commands.command()
def deploy(context: Context, timeout: TimeoutOption = 600.0) -> None:
    """Make the anchor contract on the chain, and open this ledger in it by its Charter.

    Where the settings say mirror = true, the contract that mirrors hand-overs is made as well.
    What is done already is not done again. What was begun before, even by a command that was
    killed, is gone on with: no second contract is made.

    Example: adamant chain deploy
    """
    from ledger.config import anchoring

    session = session_of(context)
    with _opened(session) as opened:
        book = opened.ledger.book
        founding = anchoring.founding_of(book)
        with anchoring.open_anchoring(opened.folder, opened.settings, book, founding) as made:
            status = _step_until(made.worker, _is_deployed, timeout)
            place, mirror = status.place, status.mirror
    is_done = _is_deployed(status)
    mirror_place = None if mirror is None else mirror.place
    document = {
        "isOpen": status.is_open,
        "chainId": None if place is None else place.chain_id,
        "contract": None if place is None else to_hex(place.contract),
        "mirrorContract": None if mirror_place is None else to_hex(mirror_place.contract),
    }
    if session.out.as_json:
        session.out.document(document)
    elif status.is_open:
        session.out.say(f"this ledger is open in the contract {document['contract']}", style="bold")
        if mirror_place is not None and is_done:
            session.out.say(f"its hand-overs are mirrored by {document['mirrorContract']}")
        session.out.note("next: adamant serve, which anchors by itself; or adamant chain anchor")
    if not is_done:
        raise Unavailable("it is on its way, and not mined yet: the same command goes on with it")


def _is_deployed(told: Status) -> bool:
    """Tell whether all contracts that the settings want are there."""
    mirror = told.mirror
    if mirror is not None and mirror.condition == "diverged":
        raise Diverged(mirror.detail)
    return told.is_open and (mirror is None or mirror.condition == "waiting" or mirror.mirrored > 0)


@commands.command()
def status(context: Context) -> None:
    """Show the chain, the contract, and how far the log is anchored.

    Example: adamant chain status
    """
    session = session_of(context)
    with _desk(session, works=False) as desk:
        document = desk.chain()
        latest = list(desk.anchors(after=_before_last(document)))[-1:]
    if session.out.as_json:
        session.out.document({**document, "last": latest[0] if latest else None})
        return
    tell_chain(session.out, document)
    for one in latest:
        session.out.pairs([("last anchor", anchor_line(one))])


@commands.command()
def anchor(context: Context, timeout: TimeoutOption = 600.0) -> None:
    """Anchor the last checkpoint now, and wait until that is final on the chain.

    A running server anchors by itself, as its settings say; this is for a ledger without one. What
    is already anchored is not anchored again. Where hand-overs are mirrored, all that is
    checkpointed is brought into the mirror too.

    Example: adamant chain anchor
    """
    from ledger.config import anchoring

    session = session_of(context)
    with _opened(session) as opened:
        book = opened.ledger.book
        with anchoring.open_anchoring(opened.folder, opened.settings, book) as made:
            size = book.published.size
            made.worker.ask()
            told = _step_until(made.worker, lambda told: _is_all_there(told, size), timeout)
            found = made.anchors.covering([size - 1])
    if not found:
        why = f" ({told.detail})" if told.detail else ""
        raise Unavailable(f"the anchor is in no block yet{why}: the same command goes on with it")
    tell_anchor(session.out, found[0])
    if found[0].state not in ENDED:
        raise Unavailable("the anchor is in a block that is not final yet: ask again later")
    if not _is_all_there(told, size):
        detail = told.mirror.detail if told.mirror is not None else ""
        raise Unavailable(f"the mirror is not as far yet: ask again later ({detail})")


def _is_all_there(told: Status, size: int) -> bool:
    """Tell whether entries are anchored, and mirrored where they are to be, for good."""
    is_mirrored = told.mirror is None or told.mirror.position >= size
    return told.anchored_size >= size and is_mirrored


@commands.command()
def watch(
    context: Context,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0, help="Stop after so long; never if not said."),
    ] = None,
) -> None:
    """Follow the anchors: print each as it comes nearer to final, until Ctrl-C.

    It begins with the last that is final. Where no server runs, anchors are made meanwhile, as the
    settings say.

    Example: adamant chain watch
    """
    session = session_of(context)
    ends_at = None if timeout is None else time.monotonic() + timeout
    shown: dict[int, str] = {}
    last: Any = None
    after: int | None = None
    try:
        with _desk(session, works=True) as desk:
            while ends_at is None or time.monotonic() < ends_at:
                told = desk.chain()
                after = _before_last(told) if after is None else after
                shown = {size: state for size, state in shown.items() if size > after}
                for one in desk.anchors(after=after):
                    if shown.get(one["size"]) != one["state"]:
                        shown[one["size"]] = one["state"]
                        session.out.either(one, anchor_line(one))
                after = _before_last(told)  # what was final before these were asked for
                if (told["condition"], told["isForked"]) != last:
                    last = (told["condition"], told["isForked"])
                    session.out.note(condition_line(told))
                time.sleep(STEP_SECONDS)
    except KeyboardInterrupt:
        return


@commands.command()
def unmirrored(context: Context) -> None:
    """List the records that are not in the mirror of hand-overs, and why.

    The contract refuses them, or no transaction of the chain can carry them; what comes of such
    parcels is then refused as well. The ledger must not be in use.

    Example: adamant chain unmirrored
    """
    from ledger.config import anchoring

    session = session_of(context)
    with _opened(session) as opened:
        book = opened.ledger.book
        with anchoring.open_anchors(opened.folder, book) as anchors:
            left_out = [] if anchors is None else list(anchors.left_out())
    for one in left_out:
        document = {"index": one.index, "recordId": to_hex(one.record_id), "reason": one.reason}
        session.out.either(document, f"{one.index}  {document['recordId']}  {one.reason}")
    if not left_out:
        session.out.note("none is left out")


def _looked(worker: Worker) -> str:
    """Look at the chain once; return what is wrong with it, or ""."""
    try:
        worker.look()
    except (ChainDown, Diverged) as error:
        return str(error)
    return ""


def _before_last(told: Any) -> int:  # noqa: ANN401 - a document of the API
    """Return the size after which the last final anchor is found, and all that may yet change."""
    return max(int(told["anchoredSize"]) - 1, 0)


def _step_until(worker: Worker, reached: Callable[[Status], bool], timeout: float) -> Status:
    """Step until something is reached or time is up; a chain that is down is asked again.

    Nothing is reached by what was kept before, as long as the chain has not borne it out.
    """
    until = time.monotonic() + timeout
    down: ChainDown | None = None
    while True:
        try:
            worker.step()
            down = None
        except ChainDown as error:
            down = error
        told = worker.status()
        if down is None and reached(told):
            return told
        if time.monotonic() >= until:
            if down is not None:
                raise down
            return told
        time.sleep(min(STEP_SECONDS, max(until - time.monotonic(), 0)))
