"""Adamant: a provenance ledger for natural diamonds.

The rooms of this package stand on floors, and imports point down; ``ARCHITECTURE.md`` is the map.
"""

__version__ = "0.1.0"
