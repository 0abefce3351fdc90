"""The Merkle tree of the log: append a batch, prove a leaf, prove that an older tree is a beginning of a newer one.

RFC 6962 section 2.1 and RFC 9162 section 2.1 with SHA-256: a leaf is hashed behind 0x00, two nodes behind 0x01, so no
leaf can pass for a node. Nodes are named (level, index): (0, i) is leaf i, (l, i) covers leaves i*2^l up to (i+1)*2^l.
Only complete nodes have a name and are ever stored; what covers the ragged right edge is computed when needed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

HASH_SIZE = 32  # bytes of SHA-256
EMPTY_ROOT = sha256(b"").digest()  # root of a tree without leaves (RFC 6962 section 2.1)
MAX_PATH = 63  # hashes; a path that long belongs to a tree no machine can hold

NodeLookup: TypeAlias = Callable[[int, int], bytes]  # (level, index) -> the 32-byte hash of that complete node


class ProofInvalid(ValueError):  # noqa: N818 - a verdict of the proof, named as the protocol names it
    """The hashes do not lead from what was shown to the root that was signed; the text says where it went wrong."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the 32-byte hash of the leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of two neighbouring nodes."""
    return sha256(b"\x01" + left + right).digest()


def fold_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, given from the largest (left) to the smallest (right)."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def split_size(size: int) -> list[tuple[int, int]]:
    """Return the names of the complete subtrees that make up a tree of `size` leaves, the largest first."""
    return [(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]


@dataclass(frozen=True, slots=True)
class CompactRange:
    """All that is needed to append: the number of leaves and one hash per complete subtree, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a range that cannot exist: it would grow into a tree nobody can prove anything of."""
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ProofInvalid("a compact range has one hash per set bit of its size")
        if any(len(each) != HASH_SIZE for each in self.hashes):
            raise ProofInvalid("every hash of a compact range is 32 bytes")

    def append(self, leaf: bytes) -> "CompactRange":
        """Return the range with one leaf more; `leaf` is its leaf hash."""
        return self.extend([leaf]).range

    def extend(self, leaves: Iterable[bytes]) -> "Extension":
        """Append leaf hashes in order; return the new range with every node this completed."""
        nodes = dict(zip(split_size(self.size), self.hashes, strict=True))
        edge, size = list(self.hashes), self.size
        for leaf in leaves:
            level, index, node = 0, size, leaf
            nodes[0, index] = node
            while index & 1:
                node = sha256(b"\x01" + edge.pop() + node).digest()
                level, index = level + 1, index >> 1
                nodes[level, index] = node
            edge.append(node)
            size += 1
        return Extension(self.size, CompactRange(size, tuple(edge)), nodes)

    def root(self) -> bytes:
        """Return the root hash of the tree; of the empty tree SHA-256 of nothing."""
        return fold_hashes(self.hashes)


class Extension:
    """A batch of leaves just appended: what to store, and the path of each of its leaves without reading a store."""

    def __init__(self, old_size: int, grown: CompactRange, nodes: dict[tuple[int, int], bytes]) -> None:
        """Take the size before, the range after, and all nodes completed plus the subtrees that stood before."""
        self.old_size = old_size
        self.range = grown
        self._nodes = nodes
        self._paths: Paths | None = None

    def new_nodes(self) -> dict[tuple[int, int], bytes]:
        """Return the nodes this batch completed, (level, index) -> hash: what a store of nodes or tiles must add."""
        before = self.old_size
        return {name: node for name, node in self._nodes.items() if (name[1] + 1) << name[0] > before}

    def path(self, index: int) -> list[bytes]:
        """Return the inclusion path of a leaf of this batch in the grown tree."""
        if not self.old_size <= index < self.range.size:
            raise ProofInvalid("this leaf is not of this batch: ask the store for its nodes")
        if self._paths is None:
            self._paths = Paths(self.range.size, lambda level, at: self._nodes[level, at])
        return self._paths.find(index)


class Paths:
    """Inclusion paths in one tree of fixed size; what covers the right edge is computed once for all of them."""

    def __init__(self, size: int, node: NodeLookup) -> None:
        """Read the edge of the tree of `size` leaves; `node` gives any complete node of it."""
        self._size = size
        self._node = node
        self._subtrees = split_size(size)
        self._hashes = [node(level, index) for level, index in self._subtrees]
        self._right = self._hashes[-1:]  # per subtree: the root of it and all that stands right of it
        for left in reversed(self._hashes[:-1]):
            self._right.insert(0, node_hash(left, self._right[0]))

    def find(self, index: int) -> list[bytes]:
        """Return the audit path of leaf `index`, from the leaf up (RFC 6962 section 2.1.1); at most 63 hashes."""
        if not 0 <= index < self._size:
            raise ProofInvalid("the tree has no such leaf")
        place = 0
        while index >> (level := self._subtrees[place][0]) != self._subtrees[place][1]:
            place += 1
        path = [self._node(step, (index >> step) ^ 1) for step in range(level)]
        if place + 1 < len(self._right):
            path.append(self._right[place + 1])
        path.extend(reversed(self._hashes[:place]))
        return path


def inclusion_path(index: int, size: int, node: NodeLookup) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 6962 section 2.1.1)."""
    return Paths(size, node).find(index)


def consistency_path(first: int, second: int, node: NodeLookup) -> list[bytes]:
    """Return the proof that the tree of `second` leaves begins with the tree of `first` (RFC 6962 section 2.1.2)."""
    if not 0 <= first <= second:
        raise ProofInvalid("the older tree is not larger than the newer one")
    if first in (0, second):
        return []
    path: list[bytes] = []
    begin, end, whole = 0, second, True
    while first != end:  # SUBPROOF of the RFC, walked down instead of recursive
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        if first <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(begin, middle, node))
            begin, whole = middle, False
    if not whole:
        path.append(_range_root(begin, end, node))
    return path[::-1]


def _range_root(begin: int, end: int, node: NodeLookup) -> bytes:
    """Return the root over leaves begin..end, where `begin` is aligned to the subtree that holds them."""
    names = split_size(end - begin)
    return fold_hashes([node(level, index + (begin >> level)) for level, index in names])


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofInvalid unless `path` leads from leaf hash `leaf` at `index` to `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofInvalid("the index lies outside the tree")
    _require_hashes(leaf, root, *path)
    at, last, node = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ProofInvalid("the path is too long")
        if at & 1 or at == last:
            node = node_hash(step, node)
            while at and not at & 1:  # a subtree without right neighbour rises unchanged
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, step)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofInvalid("the path is too short")
    if node != root:
        raise ProofInvalid("the path leads to another root")


def check_consistency(*, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> None:
    """Raise ProofInvalid unless the second tree begins with the first (RFC 9162 section 2.1.4.2)."""
    if not 0 <= first <= second:
        raise ProofInvalid("the older tree is larger than the newer one")
    if first in (0, second):
        _check_trivial(first, second, first_root, second_root, path)
        return
    _require_hashes(first_root, second_root, *path)
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        raise ProofInvalid("the path is too short")
    old, new = _climb(first - 1, second - 1, steps)
    if old != first_root:
        raise ProofInvalid("the path leads to another older root")
    if new != second_root:
        raise ProofInvalid("the path leads to another newer root")


def _climb(at: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofInvalid("the path is too long")
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofInvalid("the path is too short")
    return old, new


def _check_trivial(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> None:
    if path:
        raise ProofInvalid("nothing needs proof here, and yet there is a path")
    if first == 0 and first_root != EMPTY_ROOT:
        raise ProofInvalid("the empty tree has one root only")
    if first == second and first_root != second_root:
        raise ProofInvalid("one size, two roots: the log was forked")


def _require_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise ProofInvalid("every hash is 32 bytes")
