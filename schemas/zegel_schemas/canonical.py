"""Canonical JSON: the one byte form a declaration, record, leaf or content may have (protocol, Notation).

ASCII only, keys sorted, no spaces, integers 0..2^53-1, no floats, no null, no duplicate keys. A receiver
re-encodes what it parsed and requires equality, so one meaning has one byte form and nothing can hide in spacing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Canonical: TypeAlias = str | int | bool | list["Canonical"] | dict[str, "Canonical"]

MAX_INTEGER = 2**53 - 1  # the largest integer every JSON reader keeps exactly (RFC 8259 section 6)
MAX_DEPTH = 16  # far above any document of ours; guards the recursive walk

# Made once: json.dumps with options makes an encoder for every call, half of its time on a declaration.
_ENCODER = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


class NotCanonicalError(ValueError):
    """The bytes or values are not canonical JSON; the text names the rule, never the content."""


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`; raise NotCanonicalError on floats, null, big or negative integers."""
    _check(value, 0)
    return _dump(value)


def decode(data: bytes) -> Canonical:
    """Parse canonical JSON `data`; raise NotCanonicalError on any other form of the same or another text."""
    try:
        value = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError):
        raise NotCanonicalError("not JSON in ASCII") from None
    _check(value, 0)
    # Also finds a key that stands twice: the parser kept the last one, so what is written again is shorter.
    if _dump(value) != data:
        raise NotCanonicalError("not the canonical form: sort the keys, each once, no spaces, short escapes")
    checked: Canonical = value
    return checked


def _dump(value: object) -> bytes:
    written = _ENCODER.encode(value).encode("ascii")
    if b"\\ud" in written:
        _require_characters(value)
    return written


def _require_characters(value: object) -> None:
    """Half a surrogate pair is no character: others could not hold it, and would read another text or none."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonicalError("half a surrogate pair is no character") from None


def _check(value: object, depth: int) -> None:
    if isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        if not 0 <= value <= MAX_INTEGER:
            raise NotCanonicalError("an integer lies outside 0..2^53-1")
    elif isinstance(value, (dict, Mapping)):  # dict first: asking for a Mapping is slow
        if not all(isinstance(key, str) for key in value):
            raise NotCanonicalError("an object key is not text")
        _check_all(value.values(), depth + 1)
    elif isinstance(value, (list, tuple)):
        _check_all(value, depth + 1)
    else:
        raise NotCanonicalError("null, floats and other types are not allowed: absent is an empty text, 0 or []")


def _check_all(items: Iterable[object], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotCanonicalError(f"nested deeper than {MAX_DEPTH}")
    for item in items:
        if type(item) is not str:  # most are: a call for each would be half the time of a parse
            _check(item, depth)
