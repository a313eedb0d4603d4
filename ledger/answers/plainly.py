"""What is proven about a stone, what is claimed, and what is unknown: in plain words.

The ledger makes no claim of its own about stones. These sentences follow from the facts beside
which they stand, and say for each who answers for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.answers.shapes import CutShown, MinedShown, PlainWords, ProofShown, StoneStep
from ledger.answers.telling import listed


def plain_words(
    mined: MinedShown,
    cut: CutShown | None,
    proof: ProofShown,
    steps: Sequence[StoneStep],
    *,
    is_open: bool,
) -> PlainWords:
    """Sort what is known of a stone by who answers for it."""
    return PlainWords(
        proven=tuple(_proven(proof, steps, is_open=is_open)),
        claimed=tuple(_claimed(mined, cut)),
        unknown=tuple(_unknown(mined)),
    )


def _proven(proof: ProofShown, steps: Sequence[StoneStep], *, is_open: bool) -> Iterator[str]:
    count = f"{len(steps)} statements tell" if len(steps) != 1 else "One statement tells"
    yield f"{count} this story here. Each was signed with the key of the party that makes it" + (
        "." if is_open else "; the ledger checked this, and its auditors can check it again."
    )
    if proof.status == "checkpointed":
        yield (
            f"They are in the public log, in this order, under a signed checkpoint of {proof.size} "
            "entries: whoever changes or drops one afterwards can be shown to have done so."
        )
    else:
        yield (
            "They have their place in the log. A signed checkpoint that covers the last of them is "
            "being made."
        )
    yield "At every step the declared weights balance: no more came out than went in."


def _claimed(mined: MinedShown, cut: CutShown | None) -> Iterator[str]:
    where = "one of these places" if mined.sureness == "one-of" else "these places"
    place = "this place" if mined.sureness == "one" else where
    yield (
        f"That it was mined in {place}: the miners declare it, at sites that the authorities of "
        "their countries have licensed."
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
