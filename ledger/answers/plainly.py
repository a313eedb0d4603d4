"""What is proven about a stone, what is claimed, and what is unknown: in plain words.

The ledger makes no claim of its own about stones. These sentences follow from the facts beside
which they stand, and say for each who answers for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.answers.shapes import CutShown, MinedShown, PlainWords, ProofShown, StoneStep
from ledger.answers.wording import listed


def plain_words(
    mined: MinedShown,
    cut: CutShown | None,
    proof: ProofShown,
    steps: Sequence[StoneStep],
    *,
    ruled_out: tuple[str, ...],
    is_stone: bool,
    is_open: bool,
) -> PlainWords:
    """Sort what is known of a stone by who answers for it.

    Args:
        mined: where it can be from.
        cut: where it was cut, if it was.
        proof: the proof of its last record.
        steps: its story.
        ruled_out: countries of the story that it cannot be from, as they stand in a sentence.
        is_stone: whether it is one stone.
        is_open: whether every party may read all of the ledger's records.

    """
    return PlainWords(
        proven=tuple(_proven(proof, steps, is_open=is_open)),
        claimed=tuple(_claimed(mined, cut, ruled_out, is_stone=is_stone)),
        unknown=tuple(_unknown(mined)),
    )


def _proven(proof: ProofShown, steps: Sequence[StoneStep], *, is_open: bool) -> Iterator[str]:
    is_one = len(steps) == 1
    count = "One statement tells" if is_one else f"{len(steps)} statements tell"
    signed = "signed by the party that makes it, or by an agent that it named to sign for it"
    yield f"{count} this story here. {'It' if is_one else 'Each'} was {signed}" + (
        "." if is_open else "; the ledger checked this, and its auditors can check it again."
    )
    # What others said of the goods can be later than the last record of the goods themselves.
    if "sequenced" not in {proof.status, *(step.status for step in steps)}:
        they = "It is in the log" if is_one else "They are in the log, in this order"
        yield (
            f"{they}, under a signed checkpoint of {proof.size} entries: whoever changes or drops "
            f"{'it' if is_one else 'one'} afterwards can be shown to have done so."
        )
    else:
        they = "It has its" if is_one else "They have their"
        covered = "it" if is_one else "the last of them"
        yield f"{they} place in the log. A signed checkpoint that covers {covered} is being made."
    yield "At every step the declared weights balance: no more came out than went in."


def _claimed(
    mined: MinedShown, cut: CutShown | None, ruled_out: tuple[str, ...], *, is_stone: bool
) -> Iterator[str]:
    if mined.sureness == "one":
        yield (
            "That it was mined in this place: the miner declares it, at a site that the authority "
            "of its country has licensed."
        )
    else:
        places = "one of these places" if mined.sureness == "one-of" else "these places"
        yield (
            f"That it was mined in {places}: the miners declare it, at sites that the authorities "
            "of their countries have licensed."
        )
    # Where no composition fits, no weight speaks against one country more than another.
    if ruled_out and not mined.is_contradicted:
        what = "this stone" if is_stone else "nothing of this parcel"
        yield (
            f"Goods from {listed(ruled_out, 'and')} were in the mix; by the weights and counts on "
            f"record {what} {'cannot' if is_stone else 'can'} be from there."
        )
    if cut is not None and cut.country_names:
        names = cut.country_names if cut.is_whole else (*cut.country_names, "elsewhere")
        yield f"That it was cut in {listed(names)}: the cutter declares it."
    elif cut is not None:
        yield "That it was cut: by records further back than this page was followed."
    yield (
        "When each step happened: its author declares it. When it was recorded is the ledger's own "
        "time."
    )


def _unknown(mined: MinedShown) -> Iterator[str]:
    yield (
        "Whether the stone before you is the one described here. The ledger proves statements, not "
        "stones."
    )
    if mined.sureness != "one":
        yield (
            "Which of these places it comes from: goods of several were mixed on the way. The "
            "records leave this choice, and no share is made up."
        )
    if mined.is_contradicted:
        yield "How its weight fits the records of its origin: they leave no way in which it can."
    yield "What was done with it and not recorded here."
