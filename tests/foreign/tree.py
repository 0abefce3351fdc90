"""Section The tree of docs/protocol-log.md: RFC 6962 and RFC 9162, as their formulas stand."""

import hashlib
from collections.abc import Sequence

from tests.foreign.notation import Refused


def sha256(*parts: bytes) -> bytes:
    """Return SHA-256 of all of it."""
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0", leaf)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return MTH of RFC 6962 section 2.1, over leaf hashes."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256()
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1", root_of(hashes[:middle]), root_of(hashes[middle:]))


def path_of(at: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Return PATH of RFC 6962 section 2.1.1."""
    if len(hashes) < 2:
        return []
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if at < middle:
        return [*path_of(at, hashes[:middle]), root_of(hashes[middle:])]
    return [*path_of(at - middle, hashes[middle:]), root_of(hashes[:middle])]


def consistency_of(first: int, hashes: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Return SUBPROOF of RFC 6962 section 2.1.2."""
    if first == len(hashes):
        return [] if whole else [root_of(hashes)]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if first <= middle:
        return [*consistency_of(first, hashes[:middle], whole=whole), root_of(hashes[middle:])]
    return [*consistency_of(first - middle, hashes[middle:], whole=False), root_of(hashes[:middle])]


def check_consistency(first: int, second: int, roots: tuple[bytes, bytes], path: Sequence[bytes], code: str) -> None:
    """Raise Refused(code) unless the path leads from the one root to the other (RFC 9162 section 2.1.4.2)."""
    steps = [*roots[:1], *path] if first & (first - 1) == 0 else list(path)
    trivial = first in {0, second}
    if trivial and (path or (first == second and roots[0] != roots[1]) or (first == 0 and roots[0] != sha256())):
        raise Refused(code)
    if trivial:
        return
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at // 2, last // 2
    if not steps:
        raise Refused(code)
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise Refused(code)
        if at % 2 or at == last:
            old, new = sha256(b"\1", step, old), sha256(b"\1", step, new)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            new = sha256(b"\1", new, step)
        at, last = at // 2, last // 2
    if last or (old, new) != roots:
        raise Refused(code)


def climb(leaf: bytes, at: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root a path leads to; raise Refused (RFC 9162 section 2.1.3.2)."""
    last, node = size - 1, leaf
    if not 0 <= at < size:
        raise Refused("STEMPEL_KLOPT_NIET")
    for step in path:
        if last == 0:
            raise Refused("STEMPEL_KLOPT_NIET")
        if at % 2 or at == last:
            node = sha256(b"\1", step, node)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            node = sha256(b"\1", node, step)
        at, last = at // 2, last // 2
    if last:
        raise Refused("STEMPEL_KLOPT_NIET")
    return node
