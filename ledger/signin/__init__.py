"""Signing in with a key: the message that a wallet shows (EIP-4361), read strictly, and its signer.

The rules of the room:

* A message is read by the grammar of EIP-4361 and nothing looser; what is written from what was
  read is the same text again, so that nothing is signed that nobody looked at.
* The digest is that of EIP-191, version 0x45; a signature has the one encoding that records have.
* Whether a message is for this server, fresh, and by somebody admitted is not decided here: that
  needs a clock, a memory and a ledger.

    message = read_message(text)
    signer_of(text, signature) == message.address

Source: https://eips.ethereum.org/EIPS/eip-4361 ("ABNF Message Format"), EIP-191, EIP-55.
"""

from ledger.signin.forms import milliseconds_of, time_text
from ledger.signin.message import CHAIN_ID, Message, read_message, write_message
from ledger.signin.signer import (
    checked_signer,
    checksummed,
    message_digest,
    sign_message,
    signer_of,
)

__all__ = [
    "CHAIN_ID",
    "Message",
    "checked_signer",
    "checksummed",
    "message_digest",
    "milliseconds_of",
    "read_message",
    "sign_message",
    "signer_of",
    "time_text",
    "write_message",
]
