"""The ``adamant`` command.

The rules of the room:

* What a command does is done by the floors below; here it is asked for, shown and printed.
* Whatever is asked has one answer: words for people, or with ``--json`` one JSON document.
* An expected error never shows a traceback; it names what to do next, and has its exit code.
* A secret or a passphrase is never printed, logged or put into an argument.
"""


def main() -> None:
    """Run the ``adamant`` command."""
    # Loaded here, so that a part of this room can be imported without all of it.
    from ledger.cli.app import main as run

    run()
