"""How fast the ledger is, as ratios to what its libraries alone do on the same machine.

The rules of the room:

* Envelopes are made by another process (:mod:`benchmarks.load`), before they are needed.
* A ratio is measured in one run, in turns (the library, the ledger, the library, ...), so that a
  busy neighbour slows both; the median of the turns is the figure.
* Every figure says its floor, whether more or less is better, and what bounds it.

``python -m benchmarks`` prints a table and one line of JSON a figure; ``--scale small`` is a quick
run.
"""
