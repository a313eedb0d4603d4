"""Every question that can be asked, as one table: its path, what it takes, and who answers it.

The HTTP routes, their documentation and the command line on a local folder all come from this
table, so that a question is asked and answered alike everywhere (:mod:`.question` says what one
is).
"""

from __future__ import annotations

from typing import Final

from ledger.answers import shapes
from ledger.answers.parameters import (
    AS_OF,
    COMPARED,
    FIGURE,
    FOR,
    JUDGED,
    JURISDICTION,
    LIMIT,
    PAGE,
    PARCEL,
    PERIOD,
    RECALLED,
    REJUDGED,
    SIZE,
    TOKEN,
)
from ledger.answers.question import (
    ACCESS,
    ADDRESS_FORM,
    CERTIFICATE_FORM,
    DEFINITION_FORM,
    HASH_FORM,
    TOKEN_FORM,
    Access,
    Parameter,
    Question,
)
from ledger.answers.question import id_in_path as _id
from ledger.answers.question import integer as _integer
from ledger.errors import Unknown

__all__ = [
    "ACCESS",
    "ADDRESS_FORM",
    "CERTIFICATE_FORM",
    "HASH_FORM",
    "QUESTIONS",
    "TOKEN",
    "TOKEN_FORM",
    "Access",
    "Parameter",
    "Question",
    "find",
]

QUESTIONS: Final = (
    Question(
        "status",
        "/v1/status",
        "What is this ledger, and how far has it come?",
        shapes.StatusAnswer, "everyone",
    ),
    Question(
        "charter",
        "/v1/charter",
        "Which charter values are in force?",
        shapes.CharterAnswer,
        "admitted",
    ),
    Question(
        "tables",
        "/v1/tables",
        "Which versions of the reference tables and definitions count?",
        shapes.TablesAnswer, "everyone",
        (SIZE,),
    ),
    Question(
        "table",
        "/v1/tables/{name}",
        "What stands in this table or definition?",
        shapes.TableAnswer, "everyone",
        (
            Parameter(
                "name", "its name", {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"}, "name",
                in_path=True, is_required=True,
            ),
            Parameter(
                "sha256", "the version of this hash; the one that counts if it is not said",
                {"type": "string", "pattern": HASH_FORM}, "sha256",
            ),
            SIZE,
        ),
    ),
    Question(
        "checkpoint",
        "/v1/checkpoint",
        "What did the log last sign of itself?",
        shapes.CheckpointAnswer, "everyone",
    ),
    Question(
        "chain",
        "/v1/chain",
        "Where are this ledger's checkpoints anchored, and how does that go?",
        shapes.ChainAnswer, "everyone",
    ),
    Question(
        "anchors",
        "/v1/anchors",
        "Which checkpoints are recorded on a chain, and how surely?",
        shapes.AnchorsAnswer, "everyone",
        (_integer("after", "only those of more entries than these", "after"), *PAGE),
    ),
    Question(
        "inclusion",
        "/v1/proofs/inclusion",
        "Is this entry in the log?",
        shapes.InclusionAnswer, "everyone",
        (
            _integer("index", "the entry's index, unless a record is named", "index"),
            Parameter(
                "record",
                "the record's id, unless an index is named",
                {"type": "string", "pattern": HASH_FORM},
                "record",
                # Whoever may not read records is not told which of them are in the log.
                access="concerned",
            ),
            _integer("size", "the size of the tree; that of the last checkpoint if unsaid", "size"),
        ),
    ),
    Question(
        "consistency",
        "/v1/proofs/consistency",
        "Does this tree continue a smaller one?",
        shapes.ConsistencyAnswer, "everyone",
        (
            _integer("from", "the size of the smaller tree", "from_size", is_required=True),
            _integer("to", "the size of the larger; the last checkpoint's if unsaid", "to_size"),
        ),
    ),
    Question(
        "entries",
        "/v1/entries",
        "Which lines does the log have, from an index on?",
        shapes.EntriesAnswer, "admitted",
        (_integer("start", "the first index; 0 if it is not said", "start"), LIMIT),
    ),
    Question(
        "entry",
        "/v1/entries/{index}",
        "Which line stands at this index?",
        shapes.EntryShown, "admitted",
        (
            Parameter(
                "index", "the index", {"type": "integer", "minimum": 0}, "index",
                in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "record",
        "/v1/records/{id}",
        "What does this record say, and where does it stand?",
        shapes.RecordAnswer, "concerned",
        (_id("the record's id"), FOR),
    ),
    Question(
        "parcel",
        "/v1/parcels/{id}",
        "What does the book say of this parcel?",
        shapes.ParcelAnswer, "concerned",
        (PARCEL, FOR),
    ),
    Question(
        "history",
        "/v1/parcels/{id}/history",
        "What was said of this parcel itself?",
        shapes.HistoryAnswer, "concerned",
        (PARCEL, FOR, *PAGE),
    ),
    Question(
        "story",
        "/v1/parcels/{id}/story",
        "What was said of this parcel and all its ancestors?",
        shapes.HistoryAnswer, "concerned",
        (PARCEL, FOR, *PAGE),
    ),
    Question(
        "trace",
        "/v1/parcels/{id}/trace",
        "Which operations led to this parcel, and where can its goods be from?",
        shapes.TraceAnswer, "concerned",
        (PARCEL, FOR, *PAGE),
    ),
    Question(
        "descendants",
        "/v1/parcels/{id}/descendants",
        "What became of this parcel's goods?",
        shapes.DescendantsAnswer, "concerned",
        (PARCEL, FOR, *PAGE),
    ),
    Question(
        "recalls",
        "/v1/recalls",
        "What did these goods go into, who holds it now, and how much of it can they be?",
        shapes.RecallAnswer, "concerned",
        (*RECALLED, *PAGE),
    ),
    Question(
        "rejudged",
        "/v1/recalls/verdicts",
        "On which of these goods is the verdict another than it was?",
        shapes.RejudgedAnswer, "concerned",
        (*REJUDGED, *RECALLED, *PAGE),
    ),
    Question(
        "links",
        "/v1/parcels/{id}/links",
        "Which links to this parcel's page may I end?",
        shapes.LinksAnswer, "concerned",
        (PARCEL,),
    ),
    Question(
        "link",
        "/v1/links/{token}",
        "Whose page does this link lead to, which I may end?",
        shapes.LinkShown, "concerned",
        (TOKEN,),
    ),
    Question(
        "verdicts",
        "/v1/parcels/{id}/verdicts",
        "What does each definition say of this parcel, and why?",
        shapes.VerdictsAnswer, "concerned",
        (PARCEL, *JUDGED, SIZE, *COMPARED, FOR),
    ),
    Question(
        "definitions",
        "/v1/definitions",
        "By which definitions are goods judged here?",
        shapes.DefinitionsAnswer, "everyone",
        (SIZE,),
    ),
    Question(
        "definition",
        "/v1/definitions/{name}",
        "What is this definition, and which rules has it?",
        shapes.DefinitionAnswer, "everyone",
        (
            Parameter(
                "name", "its id", {"type": "string", "pattern": DEFINITION_FORM}, "name",
                in_path=True, is_required=True,
            ),
            SIZE,
        ),
    ),
    Question(
        "certificate",
        "/v1/certificates/{id}",
        "What does this certificate say, and what became of it?",
        shapes.CertificateAnswer, "concerned",
        (
            Parameter(
                "id",
                "the id of the certificate's record, or its number without spaces and hyphens",
                {"type": "string", "pattern": CERTIFICATE_FORM}, "subject",
                in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "certificate_paper",
        "/certificates/{token}.json",
        "What stands on the paper certificate that bears this code?",
        shapes.CertificateAnswer, "everyone",
        (
            Parameter(
                "token", "what the QR code of the certificate says behind the last slash",
                {"type": "string", "pattern": TOKEN_FORM}, "token", in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "party",
        "/v1/parties/{address}",
        "Who is this address, and what does it hold?",
        shapes.PartyAnswer, "admitted",
        (
            Parameter(
                "address", "the address", {"type": "string", "pattern": ADDRESS_FORM}, "address",
                in_path=True, is_required=True,
            ),
            *PAGE,
        ),
    ),
    Question(
        "parties",
        "/v1/parties",
        "Which parties are there, and what are they called?",
        shapes.PartiesAnswer, "admitted",
        PAGE,
    ),
    Question("sites", "/v1/sites", "Which sites are there?", shapes.SitesAnswer, "admitted", PAGE),
    Question(
        "site",
        "/v1/sites/{id}",
        "What is this site, and what came from it?",
        shapes.SiteAnswer, "admitted",
        (_id("the site's id"),),
    ),
    Question(
        "annex_iii",
        "/v1/reports/annex-iii",
        "What did this country mine, export and import, as declared here?",
        shapes.AnnexAnswer, "concerned",
        PERIOD,
    ),
    Question(
        "figure_entries",
        "/v1/reports/annex-iii/entries",
        "Which entries was a figure summed from?",
        shapes.FigureEntriesAnswer, "concerned",
        (*PERIOD, FIGURE, *PAGE),
    ),
    Question(
        "reconciliation",
        "/v1/reports/reconciliation",
        "What did each certificate declare, and what was found at the other border?",
        shapes.ReconciliationAnswer, "concerned",
        (*PERIOD, *PAGE),
    ),
    Question(
        "importer",
        "/v1/reports/importer/{jurisdiction}/{id}",
        "What can an importer of this parcel state, and on what ground?",
        shapes.ImporterAnswer, "concerned",
        (JURISDICTION, PARCEL, AS_OF, SIZE, FOR),
    ),
    Question(
        "typed_data",
        "/v1/typed-data/{kind}",
        "What does a wallet sign for a record of this kind?",
        shapes.TypedDataAnswer, "everyone",
        (
            Parameter(
                "kind", "the kind's name", {"type": "string"}, "kind",
                in_path=True, is_required=True,
            ),
        ),
    ),
    Question(
        "stone",
        "/stones/{token}.json",
        "What may anyone see of this stone?",
        shapes.StoneAnswer, "everyone",
        (TOKEN,),
    ),
)  # fmt: skip
"""Every question, the ones about the ledger first."""

_TABLE: Final = tuple((question, question.pattern) for question in QUESTIONS)


def find(path: str) -> tuple[Question, dict[str, str]]:
    """Return the question that a path asks, and what stands in the path.

    Raises:
        Unknown: no question has such a path.

    """
    for question, pattern in _TABLE:
        match = pattern.fullmatch(path)
        if match is not None:
            return question, match.groupdict()
    raise Unknown("question", "at this path")
