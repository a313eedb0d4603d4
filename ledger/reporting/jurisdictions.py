"""What importers are asked to state, jurisdiction by jurisdiction, and where that stands.

These are summaries of public rules, not legal advice, and none of them is the rule itself. One that
rests on reports of a rule, and not on its text, is unconfirmed, and shown so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.errors import Unknown

_LOOSE: Final = (
    "I certify that the non-industrial diamonds in this shipment were not mined, extracted, "
    "produced, or manufactured wholly or in part in the Russian Federation, notwithstanding "
    "whether such diamonds have been substantially transformed into other products outside of the "
    "Russian Federation."
)
_JEWELLERY: Final = (
    "I certify that the diamond jewelry and unsorted diamonds in this shipment are not of Russian "
    "Federation origin or were not exported from the Russian Federation."
)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where goods are imported, and what its importers are asked to state.

    Attributes:
        id: ``us``, ``eu``, ``uk`` or ``ca``.
        name: in words.
        title: of the importer's statement.
        definition: the id of the definition that goods are judged by.
        asks: what is asked of an importer, in a few sentences.
        sources: where that stands.
        is_unconfirmed: whether any of it is known by report alone.
        blanks: what such a statement needs and the ledger cannot know.
        wording: what is signed for loose diamonds, where a text is prescribed; else "".
        wording_unsorted: for unsorted diamonds and jewellery.

    """

    id: str
    name: str
    title: str
    definition: str
    asks: str
    sources: tuple[str, ...]
    is_unconfirmed: bool
    blanks: tuple[str, ...]
    wording: str = ""
    wording_unsorted: str = ""

    def wording_for(self, hs_code: str) -> str:
        """Return what is signed for goods of a code ("" is a piece); "" where nothing is known."""
        if hs_code == "7102.21":
            return ""  # industrial: in none of these texts
        return self.wording if hs_code in ("7102.31", "7102.39") else self.wording_unsorted


_COMMON: Final = ("importer, with address", "seller, with address", "invoice number and date")
_SIGNED: Final = ("place and date", "name, position and signature")

JURISDICTIONS: Final = {
    one.id: one
    for one in (
        Jurisdiction(
            id="us",
            name="United States",
            title="Facts for the importer's self-certification statement",
            definition="us-2024",
            asks="One statement for each entry, on the importer's official letterhead, as PDF, "
            "with the text below, uploaded with the entry.",
            sources=(
                "US Customs and Border Protection, CSMS # 59635420 and # 61912001",
                "89 FR 16450",
                "Executive Order 14068 as amended by Executive Order 14114",
            ),
            is_unconfirmed=False,
            blanks=(*_COMMON, "customs entry number", *_SIGNED),
            wording=_LOOSE,
            wording_unsorted=_JEWELLERY,
        ),
        Jurisdiction(
            id="eu",
            name="European Union",
            title="Facts for a Due Diligence Statement on Diamond Origin",
            definition="eu-2024",
            asks="For polished stones from 0.500 ct the standard form of the Due Diligence "
            "Statement on Diamond Origin, beside the customs declaration, from 2026-01-01. Rough "
            "goes to the Diamond Office in Antwerp with its Kimberley Process certificate; since "
            "2025-03-01 every country of mixed origin must be named. Fill in the form itself; "
            "this sheet has the facts for it.",
            sources=(
                "Regulation (EU) No 833/2014, Article 3p",
                "IDEX Online, 23 December 2025, on the statement in force from 2026-01-01",
            ),
            is_unconfirmed=True,
            blanks=(*_COMMON, "customs declaration number", "diamond verification", *_SIGNED),
        ),
        Jurisdiction(
            id="uk",
            name="United Kingdom",
            title="Facts for the importer's evidence of origin",
            definition="uk-2024",
            asks="No form is prescribed. The importer keeps, and shows when asked, evidence of "
            "where the diamonds were mined and through whose hands they came, such as Kimberley "
            "Process certificates, origin reports, invoices and transport documents.",
            sources=(
                "The Russia (Sanctions) (EU Exit) Regulations 2019, regulations 46Z16Q and 46Z16R",
                "Notice to importers 2953",
            ),
            is_unconfirmed=True,
            blanks=(*_COMMON, "customs declaration number", *_SIGNED),
        ),
        Jurisdiction(
            id="ca",
            name="Canada",
            title="Facts for a Diamond Origin Attestation",
            definition="ca-2024",
            asks="The Diamond Origin Attestation, handed in for the release of the goods, with "
            "supporting documents when asked. Fill in the form itself; this sheet has the facts "
            "for it.",
            sources=(
                "Special Economic Measures (Russia) Regulations, section 3.15 (SOR/2024-172)",
                "Canada Border Services Agency, notice on the importation of diamonds",
            ),
            is_unconfirmed=True,
            blanks=(*_COMMON, "customs transaction number", *_SIGNED),
        ),
    )
}


def jurisdiction(name: str) -> Jurisdiction:
    """Return a jurisdiction by its id.

    Raises:
        Unknown: none has it.

    """
    if name not in JURISDICTIONS:
        raise Unknown("jurisdiction", f"of this name: there are {' '.join(JURISDICTIONS)}")
    return JURISDICTIONS[name]
