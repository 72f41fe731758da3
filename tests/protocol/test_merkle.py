"""The tree: exhaustive for every size up to 64, against the standard's own definition."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise

import pytest

from firsthand.protocol.merkle import (
    EMPTY_ROOT,
    Frontier,
    UnableToProve,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZE_MAX = 64
LEAVES = [leaf_hash(f"leaf {number}".encode()) for number in range(SIZE_MAX)]
ROOTS = [root_of(LEAVES[:size]) for size in range(SIZE_MAX + 1)]


def nodes_of(size: int) -> Callable[[int, int], bytes]:
    """Store what the appends of `size` leaves give back; nothing else can be asked for."""
    frontier = Frontier()
    stored: dict[tuple[int, int], bytes] = {}
    for leaf in LEAVES[:size]:
        for level, index, hashed in frontier.append(leaf):
            assert (level, index) not in stored
            stored[level, index] = hashed
    return lambda level, index: stored[level, index]


def changes_of(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Every way of this test to spoil a proof."""
    for place, step in enumerate(proof):
        for byte in (0, 13, 31):
            spoiled = bytearray(step)
            spoiled[byte] ^= 1
            yield [*proof[:place], bytes(spoiled), *proof[place + 1 :]]
        yield [*proof[:place], *proof[place + 1 :]]
        yield [*proof[:place], step[:-1], *proof[place + 1 :]]
        yield [*proof[:place], step, *proof[place:]]
    for place in range(len(proof) + 1):
        yield [*proof[:place], LEAVES[0], *proof[place:]]
    for place, (left, right) in enumerate(pairwise(proof)):
        if left != right:
            yield [*proof[:place], right, left, *proof[place + 2 :]]


def path_by_definition(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*path_by_definition(index, leaves[:split]), root_of(leaves[split:])]
    return [*path_by_definition(index - split, leaves[split:]), root_of(leaves[:split])]


def consistency_by_definition(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 6962, section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if old <= split:
        left = consistency_by_definition(old, leaves[:split], whole=whole)
        return [*left, root_of(leaves[split:])]
    right = consistency_by_definition(old - split, leaves[split:], whole=False)
    return [*right, root_of(leaves[:split])]


def test_hashes_are_those_of_the_standard() -> None:
    assert root_of([]) == sha256(b"").digest() == EMPTY_ROOT
    assert leaf_hash(b"data") == sha256(b"\x00data").digest()
    assert node_hash(b"l" * 32, b"r" * 32) == sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()
    expected = node_hash(node_hash(LEAVES[0], LEAVES[1]), LEAVES[2])
    assert root_of(LEAVES[:3]) == expected


def test_the_frontier_has_the_root_of_the_definition_at_every_size() -> None:
    frontier = Frontier()
    assert frontier.root() == ROOTS[0]
    for size, leaf in enumerate(LEAVES, 1):
        made = frontier.append(leaf)
        assert made[0] == (0, size - 1, leaf)
        for level, index, hashed in made:
            assert hashed == root_of(LEAVES[index << level : (index + 1) << level])
        assert frontier.size == size
        assert frontier.root() == ROOTS[size]
        assert Frontier(size, frontier.peaks).root() == ROOTS[size]


def test_a_frontier_taken_up_again_goes_on_alike() -> None:
    whole = Frontier()
    for leaf in LEAVES:
        taken_up = Frontier(whole.size, whole.peaks)
        assert taken_up.append(leaf) == whole.append(leaf)
        assert taken_up.peaks == whole.peaks


@pytest.mark.parametrize(("size", "peaks"), [(1, []), (0, [EMPTY_ROOT]), (-1, []), (1, [b"short"])])
def test_peaks_that_do_not_fit_are_refused(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(ValueError, match="peak"):
        Frontier(size, peaks)


def test_every_leaf_of_every_tree_is_proved() -> None:
    for size in range(1, SIZE_MAX + 1):
        node = nodes_of(size)
        for index in range(size):
            proof = inclusion_proof(node, index, size)
            assert proof == path_by_definition(index, LEAVES[:size])
            assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


def test_a_spoiled_inclusion_is_refused() -> None:
    for size in range(1, SIZE_MAX + 1):
        node, root = nodes_of(size), ROOTS[size]
        for index in range(size):
            leaf, proof = LEAVES[index], inclusion_proof(node, index, size)
            for spoiled in changes_of(proof):
                assert not verify_inclusion(leaf, index, size, spoiled, root)
            for other in range(size):
                assert verify_inclusion(leaf, other, size, proof, root) == (other == index)
            assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
            assert not verify_inclusion(leaf, index, size, proof, EMPTY_ROOT)
            assert not verify_inclusion(leaf, -1, size, proof, root)
            assert not verify_inclusion(leaf, index, index, proof, root)


def test_every_growth_is_proved() -> None:
    for size in range(SIZE_MAX + 1):
        node = nodes_of(size)
        for old in range(size + 1):
            proof = consistency_proof(node, old, size)
            if old:
                assert proof == consistency_by_definition(old, LEAVES[:size])
            assert verify_consistency(old, ROOTS[old], size, ROOTS[size], proof)


def test_a_spoiled_growth_is_refused() -> None:
    other = leaf_hash(b"other")
    for size in range(SIZE_MAX + 1):
        node, root = nodes_of(size), ROOTS[size]
        for old in range(size + 1):
            proof, old_root = consistency_proof(node, old, size), ROOTS[old]
            for spoiled in changes_of(proof):
                assert not verify_consistency(old, old_root, size, root, spoiled)
            assert not verify_consistency(old, other, size, root, proof)
            # Every tree grew out of the empty one: there, nothing is said about the new root.
            assert verify_consistency(old, old_root, size, other, proof) == (0 == old < size)
            assert not verify_consistency(-1, old_root, size, root, proof)
            if old < size:
                assert not verify_consistency(size, root, old, old_root, proof)


def test_a_rewritten_past_is_not_a_growth() -> None:
    for size in range(2, 33):
        rewritten = [leaf_hash(b"other"), *LEAVES[1:size]]
        frontier, stored = Frontier(), {}
        for leaf in rewritten:
            stored.update({(level, at): hashed for level, at, hashed in frontier.append(leaf)})
        for old in range(1, size):
            proof = consistency_proof(lambda level, at, s=stored: s[level, at], old, size)  # type: ignore[misc]
            assert not verify_consistency(old, ROOTS[old], size, frontier.root(), proof)


def test_a_growth_ends_at_the_size_it_names() -> None:
    proof = consistency_proof(nodes_of(4), 2, 4)
    assert verify_consistency(2, ROOTS[2], 4, ROOTS[4], proof)
    assert not verify_consistency(2, ROOTS[2], 8, ROOTS[4], proof)
    assert not verify_consistency(0, LEAVES[0], 0, LEAVES[0], [])


def test_proofs_outside_the_tree_are_refused() -> None:
    node = nodes_of(4)
    for index in (-1, 4):
        with pytest.raises(UnableToProve):
            inclusion_proof(node, index, 4)
    for old in (-1, 5):
        with pytest.raises(UnableToProve):
            consistency_proof(node, old, 4)
