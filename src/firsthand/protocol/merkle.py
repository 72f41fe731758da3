"""The append-only tree over a journal's leaves: a Merkle tree exactly as in RFC 6962 section 2.1.

A complete node at `level` and `index` covers the leaves from `index * 2**level` up to, and without,
`(index + 1) * 2**level`. Complete nodes never change, so they can be stored once; every proof is
made of them. All hashes are SHA-256, 32 bytes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class UnableToProve(ValueError):
    """There is no such proof: the index or the size lies outside the tree.

    Ask for an index below the size, or for an old size from 0 to the new size.
    """


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf's data (RFC 6962 section 2.1: SHA-256 of 0x00 and the data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two nodes (RFC 6962 section 2.1: SHA-256 of 0x01, left and right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, by the standard's own definition; slow, and the measure.

    The root of no leaves is the SHA-256 of nothing.
    """
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split_of(len(leaves))
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


class Frontier:
    """The right edge of a tree: all that is needed to append and to know the root.

    `size` is the number of leaves. `peaks` are the hashes of the complete trees that make it up,
    the largest first: one for each bit that is set in `size`.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Take up a tree of `size` leaves; raises ValueError if the peaks do not fit the size."""
        if size < 0 or size.bit_count() != len(peaks):
            raise ValueError(f"a tree of {size} leaves does not have {len(peaks)} peaks")
        if any(len(peak) != HASH_BYTES for peak in peaks):
            raise ValueError(f"a peak is not {HASH_BYTES} bytes long")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Append a leaf's hash; return the complete nodes this made, as (level, index, hash).

        The leaf itself comes first (level 0), then its ancestors upwards. All are new: storing them
        is enough for every later proof.
        """
        level, index, hashed = 0, self.size, leaf
        made = [(level, index, hashed)]
        while index & 1:
            hashed = node_hash(self.peaks.pop(), hashed)
            level, index = level + 1, index >> 1
            made.append((level, index, hashed))
        self.peaks.append(hashed)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self.peaks:
            return EMPTY_ROOT
        hashed = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            hashed = node_hash(peak, hashed)
        return hashed


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Return the audit path of the leaf at `index` in the tree of `size` (RFC 6962 section 2.1.1).

    `node(level, index)` gives the hash of a complete node; only nodes within `size` are asked for.
    Raises UnableToProve if there is no such leaf.
    """
    if not 0 <= index < size:
        raise UnableToProve(f"there is no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split_of(stop - start)
        if index < middle:
            path.append(_root_between(node, middle, stop))
            stop = middle
        else:
            path.append(_root_between(node, start, middle))
            start = middle
    path.reverse()
    return path


def consistency_proof(node: Node, old_size: int, size: int) -> list[bytes]:
    """Return the proof that the tree of `size` only adds to the tree of `old_size` (section 2.1.2).

    `node` as in `inclusion_proof`. Empty for an old size of 0 and for equal sizes.
    Raises UnableToProve if the old size lies outside the tree.
    """
    if not 0 <= old_size <= size:
        raise UnableToProve(f"a tree of {size} leaves did not grow out of one of {old_size}")
    if old_size in (0, size):
        return []
    path: list[bytes] = []
    start, stop, whole = 0, size, True
    while old_size != stop:
        middle = start + _split_of(stop - start)
        if old_size <= middle:
            path.append(_root_between(node, middle, stop))
            stop = middle
        else:
            path.append(_root_between(node, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_root_between(node, start, stop))
    path.reverse()
    return path


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether `proof` shows the leaf hash at `index` in the tree with this size and root."""
    if not 0 <= index < size or not _are_hashes([leaf, root, *proof]):
        return False
    place, last, hashed = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(step, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether `proof` shows that the tree with `root` only adds to the one with `old_root`.

    Every tree adds to the empty one, whose root must then be the empty root; the proof is empty.
    """
    if not 0 <= old_size <= size or not _are_hashes([old_root, root, *proof]):
        return False
    if old_size == size:
        return not proof and old_root == root and (size > 0 or root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    # A complete old tree is its own first step.
    steps = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not steps:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_hashed = hashed = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_hashed, hashed = node_hash(step, old_hashed), node_hash(step, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old_hashed == old_root and hashed == root


def _split_of(count: int) -> int:
    """Return the largest power of two below `count` (RFC 6962's k); `count` is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _root_between(node: Node, start: int, stop: int) -> bytes:
    """Return the root over the leaves from `start` up to `stop`, out of complete nodes.

    `start` must be a multiple of a power of two that is not smaller than `stop - start`.
    """
    peaks: list[bytes] = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    hashed = peaks.pop()
    while peaks:
        hashed = node_hash(peaks.pop(), hashed)
    return hashed


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
