"""Proofs for a whole group are the proofs of the standard, one by one."""

import hashlib

import pytest

from firsthand.foundation.journals.tree import Proofs, home_of, looked_up, peaks_of
from firsthand.protocol.merkle import Frontier, UnableToProve, inclusion_proof


def test_proofs_equal_the_slow_ones() -> None:
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return nodes[level, index]

    frontier = Frontier()
    for size in range(1, 70):
        for level, index, hashed in frontier.append(hashlib.sha256(bytes([size])).digest()):
            nodes[level, index] = hashed
            assert home_of(level, index) == size - 1
        assert [nodes[peak] for peak in peaks_of(size)] == frontier.peaks

        proofs = Proofs(looked_up({}, node), size)
        for position in range(size):
            assert proofs.of(position) == inclusion_proof(node, position, size)
        with pytest.raises(UnableToProve):
            proofs.of(size)


def test_a_tree_without_leaves_proves_nothing() -> None:
    with pytest.raises(UnableToProve):
        Proofs(looked_up({}, lambda _level, _index: b""), 0).of(0)
