"""A log in memory that grows, as an anchoring worker sees one."""

from __future__ import annotations

from ledger.merkle import EMPTY_ROOT, consistency_proof, leaf_hash, node_hash
from ledger.merkle import root as root_of
from ledger.values import Hash32


class GrowingLog:
    """Leaves without entries; all that is appended is published at once."""

    def __init__(self, name: str = "log", size: int = 0) -> None:
        self.name = name
        self._leaves: list[Hash32] = []
        self._nodes: dict[tuple[int, int], Hash32] = {}
        self.append(size)

    def append(self, entries: int) -> None:
        """Append entries."""
        for index in range(len(self._leaves), len(self._leaves) + entries):
            self._leaves.append(leaf_hash(f"{self.name} {index}".encode()))

    def cut(self, size: int) -> None:
        """Lose what is behind ``size`` entries, as an operator who put an older copy back."""
        del self._leaves[size:]
        self._nodes.clear()

    def published(self) -> tuple[int, Hash32]:
        """Return size and root."""
        return len(self._leaves), self.root_at(len(self._leaves))

    def root_at(self, size: int) -> Hash32:
        """Return the root of the first ``size`` entries."""
        assert size <= len(self._leaves)
        return root_of(size, self._read) if size else EMPTY_ROOT

    def consistency(self, old_size: int, new_size: int) -> tuple[Hash32, ...]:
        """Prove that one size continues another."""
        assert new_size <= len(self._leaves)
        return consistency_proof(old_size, new_size, self._read)

    def _read(self, level: int, index: int) -> Hash32:
        if level == 0:
            return self._leaves[index]
        if (level, index) not in self._nodes:
            left, right = self._read(level - 1, 2 * index), self._read(level - 1, 2 * index + 1)
            self._nodes[level, index] = node_hash(left, right)
        return self._nodes[level, index]
