"""The tree agrees with the public vectors, and no path but the right one leads to a root."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zegel_schemas.merkle import (
    EMPTY_ROOT,
    CompactRange,
    ProofInvalid,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "merkle.json").read_text())
LEAVES = [bytes.fromhex(each) for each in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(each) for each in VECTORS["roots"]]
INCLUSIONS = [
    (each["leaf"] - 1, each["size"], [bytes.fromhex(step) for step in each["path"]]) for each in VECTORS["inclusion"]
]
CONSISTENCIES = [
    (each["first"], each["second"], [bytes.fromhex(step) for step in each["path"]]) for each in VECTORS["consistency"]
]
SOME_HASH = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def grow(leaves: list[bytes]) -> CompactRange:
    """Return the range over these leaves."""
    return CompactRange().extend(map(leaf_hash, leaves)).range


def nodes_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """Return the lookup of a store that kept every node."""
    nodes = CompactRange().extend(map(leaf_hash, leaves)).new_nodes()
    return lambda level, index: nodes[level, index]


def hash_tree(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 section 2.1 defines it, word for word and slow."""
    if len(leaves) <= 1:
        return leaf_hash(leaves[0]) if leaves else EMPTY_ROOT
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(hash_tree(leaves[:middle]), hash_tree(leaves[middle:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert grow(LEAVES[:size]).root() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing_for_a_root() -> None:
    assert CompactRange().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_the_published_inclusion_paths_are_ours(index: int, size: int, path: list[bytes]) -> None:
    assert inclusion_path(index, size, nodes_of(LEAVES[:size])) == path

    check_inclusion(leaf_hash(LEAVES[index]), index, size, path, ROOTS[size - 1])


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCIES)
def test_the_published_consistency_paths_are_ours(first: int, second: int, path: list[bytes]) -> None:
    assert consistency_path(first, second, nodes_of(LEAVES[:second])) == path

    check_consistency(first=first, second=second, first_root=ROOTS[first - 1], second_root=ROOTS[second - 1], path=path)


def spoil_path(path: list[bytes], *strangers: bytes, bit: int) -> Iterator[list[bytes]]:
    """Yield the wrong paths of the public probes: garbage before and after, flipped bits, a step less or more."""
    for stranger in (b"", *strangers):
        yield [*path, stranger]
        yield [stranger, *path]
    for place in range(len(path)):
        flipped = bytes([path[place][0] ^ bit]) + path[place][1:]
        yield [*path[:place], flipped, *path[place + 1 :]]
    if path:
        yield path[:-1]
        yield [path[0], *path]
    if len(path) > 1:
        yield [path[0], SOME_HASH, *path[1:]]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_no_probe_passes_for_an_inclusion(index: int, size: int, path: list[bytes]) -> None:
    leaf, root = leaf_hash(LEAVES[index]), ROOTS[size - 1]
    probes = [
        (leaf, index - 1, size, path, root),
        (leaf, index + 1, size, path, root),
        (leaf, index ^ 2, size, path, root),
        (leaf, index, size * 2, path, root),
        (leaf, index, size // 2, path, root),
        (b"WrongLeaf", index, size, path, root),
        (SOME_HASH, index, size, path, root),
        (leaf, index, size, path, EMPTY_ROOT),
        (leaf, index, size, path, SOME_HASH),
        (leaf, index, size, path, b""),
        *((leaf, index, size, wrong, root) for wrong in spoil_path(path, root, bit=8)),
    ]

    for probe in probes:
        with pytest.raises(ProofInvalid):
            check_inclusion(*probe)


@pytest.mark.parametrize(("first", "second", "path"), [each for each in CONSISTENCIES if each[2]])
def test_no_probe_passes_for_a_consistency(first: int, second: int, path: list[bytes]) -> None:
    old, new = ROOTS[first - 1], ROOTS[second - 1]
    probes = [
        (first - 1, second, old, new, path),
        (first + 1, second, old, new, path),
        (first ^ 2, second, old, new, path),
        (first, second * 2, old, new, path),
        (first, second // 2, old, new, path),
        (first, second, b"WrongRoot", new, path),
        (first, second, old, b"WrongRoot", path),
        (first, second, new, old, path),
        (first, second, old, new, []),
        *((first, second, old, new, wrong) for wrong in spoil_path(path, old, new, bit=16)),
    ]

    for one, two, root_one, root_two, steps in probes:
        with pytest.raises(ProofInvalid):
            check_consistency(first=one, second=two, first_root=root_one, second_root=root_two, path=steps)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 0), (2, 1), (-1, 1)])
def test_a_leaf_outside_the_tree_is_in_no_tree(index: int, size: int) -> None:
    with pytest.raises(ProofInvalid):
        check_inclusion(SOME_HASH, index, size, [], SOME_HASH)
    with pytest.raises(ProofInvalid):
        inclusion_path(index, size, lambda _level, _index: SOME_HASH)


@pytest.mark.parametrize(
    ("first", "second", "old", "new", "path"),
    [
        (1, 1, SOME_HASH, EMPTY_ROOT, []),
        (0, 0, EMPTY_ROOT, SOME_HASH, []),
        (0, 1, SOME_HASH, SOME_HASH, []),
        (0, 1, EMPTY_ROOT, SOME_HASH, [SOME_HASH]),
        (1, 1, SOME_HASH, SOME_HASH, [SOME_HASH]),
        (2, 1, SOME_HASH, SOME_HASH, []),
        (1, 2, SOME_HASH, SOME_HASH, []),
        (-1, 2, SOME_HASH, SOME_HASH, []),
    ],
)
def test_a_tree_that_was_never_a_beginning_is_refused(
    first: int, second: int, old: bytes, new: bytes, path: list[bytes]
) -> None:
    with pytest.raises(ProofInvalid):
        check_consistency(first=first, second=second, first_root=old, second_root=new, path=path)


def test_every_tree_begins_with_the_empty_one_and_with_itself() -> None:
    check_consistency(first=0, second=8, first_root=EMPTY_ROOT, second_root=ROOTS[7], path=[])
    check_consistency(first=8, second=8, first_root=ROOTS[7], second_root=ROOTS[7], path=[])


def test_a_node_never_passes_for_a_leaf() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert leaf_hash(left + right) != node_hash(left, right)


batches = st.lists(st.lists(st.binary(max_size=3), max_size=20), max_size=6)


@given(batches)
def test_appending_in_batches_gives_the_tree_of_the_rfc(parts: list[list[bytes]]) -> None:
    grown = CompactRange()
    for part in parts:
        grown = grown.extend(map(leaf_hash, part)).range
    leaves = [leaf for part in parts for leaf in part]

    assert grown.root() == hash_tree(leaves)
    assert grown.size == len(leaves)


@given(st.lists(st.binary(max_size=3), max_size=40), st.lists(st.binary(max_size=3), min_size=1, max_size=20))
def test_every_leaf_of_a_batch_is_proven_without_a_store(before: list[bytes], batch: list[bytes]) -> None:
    extension = grow(before).extend(map(leaf_hash, batch))
    every_node = nodes_of(before + batch)

    for place, leaf in enumerate(batch, start=len(before)):
        path = extension.path(place)
        assert path == inclusion_path(place, extension.range.size, every_node)
        check_inclusion(leaf_hash(leaf), place, extension.range.size, path, extension.range.root())


@given(st.lists(st.binary(max_size=3), max_size=40), st.lists(st.binary(max_size=3), max_size=20))
def test_the_new_nodes_of_all_batches_are_the_whole_store(before: list[bytes], batch: list[bytes]) -> None:
    first = CompactRange().extend(map(leaf_hash, before))
    second = first.range.extend(map(leaf_hash, batch))
    together = CompactRange().extend(map(leaf_hash, before + batch))

    assert first.new_nodes() | second.new_nodes() == together.new_nodes()
    assert not first.new_nodes().keys() & second.new_nodes().keys()


@given(st.lists(st.binary(max_size=3), max_size=70), st.data())
def test_every_older_tree_is_proven_a_beginning_and_nothing_else_is(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(leaves)))
    path = consistency_path(first, len(leaves), nodes_of(leaves))
    old, new = grow(leaves[:first]).root(), grow(leaves).root()

    check_consistency(first=first, second=len(leaves), first_root=old, second_root=new, path=path)
    with pytest.raises(ProofInvalid):
        check_consistency(first=first, second=len(leaves), first_root=SOME_HASH, second_root=new, path=path)
    with pytest.raises(ProofInvalid):
        check_consistency(first=first, second=len(leaves), first_root=old, second_root=new, path=[*path, SOME_HASH])


@pytest.mark.parametrize(("path", "reason"), [([SOME_HASH] * 9, "too long"), ([SOME_HASH], "too short")])
def test_a_path_has_the_length_its_tree_asks(path: list[bytes], reason: str) -> None:
    with pytest.raises(ProofInvalid, match=reason):
        check_inclusion(SOME_HASH, 5, 8, path, SOME_HASH)
    with pytest.raises(ProofInvalid, match=reason):
        check_consistency(first=5, second=8, first_root=SOME_HASH, second_root=SOME_HASH, path=path)


def test_a_path_of_an_older_leaf_is_asked_of_the_store() -> None:
    extension = grow(LEAVES[:5]).extend(map(leaf_hash, LEAVES[5:]))

    with pytest.raises(ProofInvalid, match="not of this batch"):
        extension.path(4)


@pytest.mark.parametrize(("size", "hashes"), [(3, (SOME_HASH,)), (-1, ()), (1, (b"short",)), (0, (SOME_HASH,))])
def test_a_range_that_cannot_exist_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(ProofInvalid):
        CompactRange(size, hashes)
