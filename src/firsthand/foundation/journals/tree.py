"""Inclusion proofs for many leaves of one tree at a time (RFC 6962 section 2.1.1).

Every proof of a group is against the same size, so the nodes of the ragged right edge, which no
one stores, are hashed once for the whole group and not once a proof.
"""

from collections.abc import Callable

from firsthand.protocol.merkle import Node, UnableToProve, node_hash

NODE_BYTES = 32


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Return the (level, index) of the complete trees that make up `size` leaves, largest first."""
    peaks = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            peaks.append((level, start >> level))
            start += 1 << level
    return peaks


def home_of(level: int, index: int) -> int:
    """Return the position of the leaf that completed a node: the last one the node covers."""
    return ((index + 1) << level) - 1


class Proofs:
    """All inclusion proofs of the tree of `size`; `node(level, index)` gives complete nodes."""

    __slots__ = ("_edge", "_node", "size")

    def __init__(self, node: Node, size: int) -> None:
        """Hash the right edge, at the cost of one node for each bit of the size."""
        self.size = size
        self._node = node
        self._edge: list[bytes | None] = [None]
        edge: bytes | None = None
        for level in range(size.bit_length()):
            if size >> level & 1:
                left = node(level, (size >> level) - 1)
                edge = left if edge is None else node_hash(left, edge)
            self._edge.append(edge)

    def of(self, position: int) -> list[bytes]:
        """Return the proof of one leaf; raises UnableToProve if it lies outside the tree."""
        if not 0 <= position < self.size:
            raise UnableToProve(f"there is no leaf {position} in a tree of {self.size}")
        path = []
        index, last, level = position, self.size - 1, 0
        while last:
            sibling = index ^ 1
            if (sibling + 1) << level <= self.size:
                path.append(self._node(level, sibling))
            elif sibling <= last:
                edge = self._edge[level]
                assert edge is not None, "a ragged node has leaves"
                path.append(edge)
            index, last, level = index >> 1, last >> 1, level + 1
        return path


def looked_up(known: dict[tuple[int, int], bytes], otherwise: Node) -> Callable[[int, int], bytes]:
    """Return a node function that asks memory first."""

    def node(level: int, index: int) -> bytes:
        found = known.get((level, index))
        return otherwise(level, index) if found is None else found

    return node
