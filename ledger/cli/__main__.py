"""``python -m ledger.cli`` is the ``adamant`` command."""

from ledger.cli import main

main()
