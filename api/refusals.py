"""Every refusal of a record, with its group, its words and its HTTP status.

Names, groups and meaning are those of ``docs/spec/records.md`` §6; a test compares the two. What
cannot be read is 400; what the rules refuse is 422; but where the state has moved on, so that the
same wish may succeed in another record, it is 409.
"""

from __future__ import annotations

from typing import Final

_STATUS_OF_GROUP: Final = {"bytes": 400, "signatures": 400, "private": 400, "ledger": 409}
_RULES_STATUS: Final = 422
_OTHER_STATUS: Final = {"size": 413}
_RACING: Final = frozenset(
    """
    parcel-held parcel-offered parcel-spent parcel-frozen parcel-set parcel-sold stale-previous
    certificate-used certificate-open certificate-not-open
    """.split()
)

_TEXT: Final = """\
bytes / size / The record has more than 128 KiB.
bytes / json / It is not UTF-8 JSON: a byte order mark, a member named twice, a fraction or an \
exponent, NaN, a lone surrogate, or bytes after the end.
bytes / depth / Objects and lists are nested deeper than 8.
bytes / kind / It names no kind of record, or none that the rules in force take.
bytes / fields / A field is missing, or one is there that the kind does not declare.
bytes / type / A value has another JSON type than its field.
bytes / integer / A number is below 0, above 2^53 - 1, or above its field's own bound.
bytes / hex / A value is not lower-case 0x hex, or not of its field's length.
bytes / text / A text is not NFC, is too long, has a character that is not allowed, or not its \
field's form.
bytes / enumeration / A text is not in its field's closed list.
bytes / list-size / A list has too few or too many elements.
bytes / list-order / A list is not ascending, or has an element twice.
bytes / list-parallel / Lists that belong together differ in length.
bytes / emptiness / A field is empty that must not be, or filled that must be empty.
bytes / salt / A salt is zero, or two sheets have the same one.
bytes / canonical / These are not the canonical bytes of this record (RFC 8785).
signatures / signature-form / A signature is not the one encoding that is taken: 65 bytes, v 27 or \
28, s in the lower half.
signatures / signature-count / There are too few or too many signatures.
signatures / signature-order / Signatures do not ascend by signer, or one signer signs twice.
private / details / A private field that comes with the record is not what its details commit to.
ledger / charter-first / The first record of a ledger is its Charter.
ledger / charter-again / A ledger has one Charter; it is changed by an Amendment.
who / party-unknown / The author, or another who must be one, is no party of this ledger.
who / signer / A signer is neither the key in force nor an agent of a party that must sign; so too \
if the record was signed for another ledger.
who / agent-scope / The agent may not sign this, is revoked, or out of date.
who / governors / Not exactly the governors that are needed have signed, each with its own key.
who / role / The author does not hold this role in this country now.
who / role-for-kind / This role may not author this kind or operation.
who / charter-values / Values of a Charter or Amendment contradict each other.
who / admits / This author may not give or end this role.
who / country / It is outside the author's country, or the country is not one that may stand here.
who / key-seen / The address was seen before as a party, an agent or a key.
who / not-admitted / The role that is to end is not held.
who / recovery-pending / A recovery of the party's key is announced; until it takes effect this \
must wait.
who / recovery-none / No recovery is announced, or no objection came before.
who / recovery-objected / The party objected once: now all governors must sign.
who / party / The party is not the author.
who / self / Nobody hands goods over to themselves.
who / recipient / The recipient holds no custody role in that country.
sites / site-unknown / There is no such site.
sites / site-closed / The site is closed, or its licence has run out.
sites / site-operator / The miner is not one who may register at the site.
sites / site-zone / The zone is not the site's.
parcels / not-custodian / The author does not hold the parcel.
parcels / parcel-absent / There is no such parcel.
parcels / parcel-held / The parcel is held, and this needs it otherwise.
parcels / parcel-offered / The parcel is offered to somebody.
parcels / parcel-spent / The parcel was used up: split, mixed or worked on.
parcels / parcel-frozen / The parcel is frozen by a report.
parcels / parcel-set / The parcel is set in a piece.
parcels / parcel-sold / The parcel is sold.
parcels / not-recipient / The offer is to another party, or another made it.
parcels / not-reporter / Only who reported it, or the governors, may lift this.
parcels / stale-previous / Another record came first: the record before it is not the last one.
parcels / state-unknown / What it speaks of is no record of this parcel.
parcels / form / Goods of this form are not taken or given by this operation.
parcels / shape / The operation takes or gives another number of parcels.
parcels / piece-parcels / These are not exactly the parcels in the piece.
weights / overflow / A sum is above 2^53 - 1.
weights / book-weight / A weight is not the book's.
weights / balance / What goes in is not what comes out plus what is lost.
weights / weight-over / It is heavier than the book says by more than the tolerance.
weights / weight-short / It is lighter than the book says by more than the tolerance: both sides \
must sign, or it is refused.
stones / book-stones / A count is not the book's.
stones / stones-balance / The counts of stones do not add up.
stones / stones-counted / Counted stones stay counted.
stones / stones-over / There are more stones than the book has.
stones / stones-short / There are fewer stones than the book has: both sides must sign, or it is \
refused.
time / time-ahead / It is said to have happened more than 5 minutes from now.
time / time-before / It is said to have happened before a record that it follows.
time / period / The times in it are out of order.
certificates / certificate-number / This is no certificate number, or not the open certificate's.
certificates / certificate-prefix / The number does not begin with the issuer's country.
certificates / certificate-used / The number was used before.
certificates / certificate-country / A parcel is not in the issuer's country.
certificates / certificate-open / A parcel has an open certificate already.
certificates / certificate-not-open / The certificate is cleared, void or expired.
certificates / certificate-destination / The authority is not the destination's.
certificates / certificate-sum / Codes, or weights per code, are not the parcels'.
corrections / correction-author / Only its author corrects a record.
corrections / correction-field / The field may not be corrected, or not to this value.
"""


def _status(group: str, name: str) -> int:
    if name in _RACING:
        return 409
    return _OTHER_STATUS.get(name, _STATUS_OF_GROUP.get(group, _RULES_STATUS))


REFUSALS: Final[dict[str, tuple[str, int, str]]] = {
    name: (group, _status(group, name), words)
    for group, name, words in (line.split(" / ", 2) for line in _TEXT.splitlines())
}
"""Of each refusal by name: its group, its HTTP status, and what it means."""
