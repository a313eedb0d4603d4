"""Webhooks: telling the addresses that the operator names of what the log grew by; off by default.

The rules of the room:

* Nothing here is waited for by who appends: one thread of its own reads what is published.
* What is told is what anyone may ask for: lines of the log and checkpoints, no record.
* In order, at least once: a message is sent again until it is taken, however long that takes, and
  what was taken is remembered over a restart.
* Messages are signed as Standard Webhooks has it, and go only where they are meant to: the address
  that a name stands for is checked, and then kept for the connection; no redirect is followed.

    hooks = Webhooks(book, urls, secret, positions_file)
    hooks.start()
    hooks.close()
"""

from ledger.webhooks.positions import Positions
from ledger.webhooks.secrets_file import read_or_make_secret
from ledger.webhooks.targets import Target
from ledger.webhooks.worker import Webhooks

__all__ = ["Positions", "Target", "Webhooks", "read_or_make_secret"]
