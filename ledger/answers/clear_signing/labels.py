"""The words in which wallets and pages show what is about to be signed; reviewed here, all of them.

A wallet has little room: an intent has at most 30 characters, a label at most 20. A sentence names
fields in braces (ERC-7730, "Value interpolation"). A wallet may show the sentence in place of the
fields, so it is given one only for kinds of which it tells what binds the signer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

INTENT_CHARACTERS_MAX: Final = 30
LABEL_CHARACTERS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Words:
    """What signing a kind of record means.

    Attributes:
        intent: in a few words.
        sentence: the same with values, fields in braces; of fields that are always shown.
        is_enough: whether a wallet may show the sentence alone.
        labels: of fields, by their path, where :data:`COMMON` would not fit this kind.
        groups: what one of several things is called that stand in lists side by side, by the path
            of the first of these lists.

    """

    intent: str
    sentence: str
    is_enough: bool
    labels: Mapping[str, str]
    groups: Mapping[str, str]


def _words(
    intent: str,
    sentence: str,
    labels: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
    *,
    is_enough: bool = False,
) -> Words:
    return Words(intent, sentence, is_enough, labels or {}, groups or {})


COMMON: Final[Mapping[str, str]] = {
    "anchorKey": "Key of anchors",
    "author": "Speaking for",
    "authorCountry": "Author's country",
    "authorRole": "Speaking as",
    "details": "Private fields' hash",
    "exporter": "Exporter",
    "governors": "Governor",
    "hsCode": "HS code",
    "hsCodes": "HS code",
    "importer": "Importer",
    "label": "Name",
    "mirror": "Mirror on a chain",
    "mode": "Who may read",
    "checkpointKeys": "Key of checkpoints",
    "number": "Certificate number",
    "occurredAt": "Happened",
    "operation": "What is said",
    "origin": "Name of the log",
    "parcel": "Parcel",
    "parcels": "Parcel",
    "party": "Party",
    "previous": "Follows record",
    "reason": "Reason",
    "recipient": "To",
    "recoveryDelaySeconds": "Recovery delay",
    "role": "Role",
    "rulesVersion": "Version of the rules",
    "salt": "Salt",
    "seal": "Seal",
    "sender": "From",
    "site": "Site",
    "state": "Record spoken of",
    "stones": "Stones",
    "tableHashes": "Hash of the table",
    "tables": "Reference table",
    "threshold": "Governors who decide",
    "toleranceMillicarats": "Tolerance, absolute",
    "tolerancePartsPerMillion": "Tolerance, relative",
    "validUntil": "Valid until",
    "valuesUsCents": "Customs value",
    "weightMillicarats": "Weight",
    "weightsMillicarats": "Weight",
    "zone": "Zone",
}
"""Labels of fields by their name on the wire, in whichever kind they stand."""

_ANSWER: Final = {"what.operation": "Answer"}
_TABLES: Final = {"what.tables": "Table"}

OF_KIND: Final[Mapping[str, Words]] = {
    "Charter": _words(
        "Found a ledger",
        "Found the ledger {what.origin} in which {amounts.threshold} governors decide",
        {
            "what.predecessor": "Succeeds the ledger",
            "what.predecessorRoot": "Its last root",
            "amounts.predecessorSize": "Its last size",
        },
        _TABLES,
    ),
    "Amendment": _words(
        "Change the charter",
        "Change the charter: {amounts.threshold} governors decide, reading is {what.mode}",
        groups=_TABLES,
    ),
    "Admission": _words(
        "Admit a party",
        "Admit {who.party} as {what.role} in {scene.country}",
        {"what.kinds": "May sign", "what.role": "Role given", "scene.country": "Party's country"},
    ),
    "Revocation": _words(
        "End a party's role",
        "End the role of {who.party} as {what.role} in {scene.country}",
        {
            "what.compromisedSince": "Suspect since entry",
            "what.role": "Role ended",
            "scene.country": "Role's country",
        },
    ),
    "KeyChange": _words(
        # An objection keeps the key, and names no other.
        "Change a key, or object to it",
        "Key of {who.party}: {what.operation}",
        {"who.newKey": "Key from then on", "what.operation": "What is done"},
    ),
    "Site": _words(
        "Open, change or close a site",
        "Site under licence {what.licence} in {scene.country}: {what.operation}",
        {
            "who.operators": "May register there",
            "what.operation": "What is done",
            "what.siteType": "How it is worked",
            "what.licence": "Licence",
            "amounts.yearlyCapacityMillicarats": "Yearly capacity",
            "amounts.label": "Name of the site",
            "scene.country": "Site's country",
            "scene.place": "Place",
            "scene.validUntil": "Licensed until",
        },
    ),
    "Registration": _words(
        "Register mined rough",
        "Register {amounts.weightMillicarats} of rough ({what.hsCode}) mined at {who.site}",
        {"scene.periodFrom": "Mined from", "scene.periodTo": "Mined until"},
    ),
    "Handoff": _words(
        "Hand goods over",
        "Hand over {amounts.weightMillicarats} to {who.recipient} ({what.operation}), "
        "parcel {what.parcel}",
        {"what.operation": "Hand-over for", "scene.recipientCountry": "Recipient's country"},
        is_enough=True,
    ),
    "Receipt": _words(
        "Answer a hand-over",
        "Answer {who.sender} on parcel {what.parcel}: {what.operation}",
        {
            **_ANSWER,
            "amounts.weightMillicarats": "Own weight",
            "amounts.stones": "Own count of stones",
            "amounts.seal": "Seal as found",
        },
    ),
    "Withdrawal": _words(
        "Take an offer back",
        "Take back the offer of parcel {what.parcel}",
        is_enough=True,
    ),
    "Transformation": _words(
        "Declare work on goods",
        "Declare work on goods ({what.operation}): {amounts.inputWeightMillicarats} go in",
        {
            "what.operation": "Work",
            "what.inputs": "Parcel that goes in",
            "amounts.inputWeightMillicarats": "Weight that goes in",
            "amounts.stones": "Stones, 0 uncounted",
            "amounts.labels": "Name",
            "amounts.lossReasons": "Lost by",
            "amounts.lossWeightsMillicarats": "Weight lost",
            "amounts.lossStones": "Stones lost",
        },
        {"what.inputs": "Input", "what.hsCodes": "Output", "amounts.lossReasons": "Loss"},
    ),
    "Certificate": _words(
        "Certify a shipment of rough",
        "Certify the shipment {what.number} ({what.operation}) to {scene.destination}",
        {
            "what.operation": "Sort of certificate",
            "what.original": "Certificate refused",
            "what.states": "Its last record",
            "scene.expiresAt": "Expires",
            "scene.origins": "Mined in",
            "scene.provenance": "Exported from",
            "scene.destination": "Imported to",
        },
        {"what.parcels": "Parcel", "what.hsCodes": "Code"},
    ),
    "Clearance": _words(
        "Answer a certificate",
        "Answer the certificate {what.number}: {what.operation}",
        {
            **_ANSWER,
            "what.certificate": "Certificate",
            "amounts.parcelCount": "Parcels found",
            "amounts.weightsMillicarats": "Weight found",
            "amounts.valuesUsCents": "Value found",
            "scene.arrivalCountry": "Goods are in",
        },
        {"what.hsCodes": "Code"},
    ),
    "Statement": _words(
        "Say something about goods",
        "Say of parcel {what.parcel}: {what.operation}",
        {
            "what.reportNumber": "Report number",
            "what.textId": "Wording",
            "what.shape": "Shape",
            "what.color": "Colour",
            "what.clarity": "Clarity",
            "what.document": "Document's hash",
            "amounts.weightMillicarats": "Weight as measured",
            "amounts.measurementsMicrometres": "Length, width, depth",
            "scene.asOf": "As of",
            "scene.countries": "Country",
        },
    ),
    "Setting": _words(
        "Set stones, or take them out",
        "Declare {amounts.weightMillicarats} {what.operation}",
        {
            "what.operation": "What is done",
            "what.piece": "Piece",
            "what.piecePrevious": "Piece follows record",
            "amounts.label": "Name of the piece",
        },
        {"what.parcels": "Parcel"},
    ),
    "Sale": _words(
        "Sell to a consumer, or return",
        "Declare the {what.operation} of {amounts.weightMillicarats}, parcel {what.parcel}",
        {"what.operation": "Sale or return"},
        is_enough=True,
    ),
    "Report": _words(
        "Report on goods",
        "Report on goods: {what.operation}",
        {"what.operation": "What is reported", "what.finding": "Finding answered"},
    ),
    "Correction": _words(
        "Correct a record",
        "Correct the record {what.record}",
        {
            "what.record": "Record corrected",
            "what.state": "As it stands by",
            **{f"{place}.fields": "Field corrected" for place in ("what", "amounts", "scene")},
            **{f"{place}.values": "Right value" for place in ("what", "amounts", "scene")},
        },
        {f"{place}.fields": "Correction" for place in ("what", "amounts", "scene")},
    ),
}
"""What signing each kind of record means."""


def label_of(kind: str, path: str) -> str:
    """Return the label of a field of a kind.

    Raises:
        KeyError: nobody has given it one.

    """
    own = OF_KIND[kind].labels.get(path)
    return COMMON[path.rpartition(".")[2]] if own is None else own
