"""Canonical JSON: the one byte form a declaration, record, leaf or content may have (protocol, Notation).

ASCII only, keys sorted, no spaces, integers 0..2^53-1, no floats, no null, no duplicate keys. A receiver
re-encodes what it parsed and requires equality, so one meaning has one byte form and nothing can hide in spacing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Canonical: TypeAlias = str | int | bool | list["Canonical"] | dict[str, "Canonical"]

MAX_INTEGER = 2**53 - 1  # the largest integer every JSON reader keeps exactly (RFC 8259 section 6)
MAX_DEPTH = 16  # far above any document of ours; guards the recursive walk

# Made once: json.dumps with options makes an encoder for every call, half of its time on a declaration.
_ENCODER = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


class NotCanonicalError(ValueError):
    """The bytes or values are not canonical JSON; the text names the rule, never the content."""


# From here on a text without escapes is not written again to compare it: that takes four times as long as its parse.
_LARGE = 4096  # bytes; below that writing it again is the quicker way
_OUTSIDE_TEXTS = b"{}[]:,0123456789truefals"  # what canonical JSON holds between its texts: no space, no sign


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`; raise NotCanonicalError on floats, null, big or negative integers."""
    _check(value)
    return _dump(value)


def decode(data: bytes) -> Canonical:
    """Parse canonical JSON `data`; raise NotCanonicalError on any other form of the same or another text."""
    unescaped = len(data) >= _LARGE and b"\\" not in data
    try:
        value = (_ORDERED if unescaped else _DECODER).decode(data.decode("ascii"))
    except NotCanonicalError:
        raise
    except (ValueError, RecursionError):
        raise NotCanonicalError("not JSON in ASCII") from None
    _check(value)
    # Writing it again also finds a key that stands twice: the parser kept the last one, so it becomes shorter.
    if not (_looks_canonical(data) if unescaped else _dump(value) == data):
        raise NotCanonicalError(_OTHER_FORM)
    checked: Canonical = value
    return checked


def _looks_canonical(data: bytes) -> bool:
    """Say whether JSON without any backslash, with its keys in order, is what `_dump` writes.

    Then no text in it has an escape, and what is left to differ stands between the texts, or is a raw DEL.
    """
    outside = b"".join(data.split(b'"')[::2])
    return not outside.translate(None, _OUTSIDE_TEXTS) and b"\x7f" not in data


def _in_order(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if list(found) != sorted(found) or len(found) != len(pairs):
        raise NotCanonicalError(_OTHER_FORM)
    return found


_DECODER = json.JSONDecoder()
_ORDERED = json.JSONDecoder(object_pairs_hook=_in_order)
_OTHER_FORM = "not the canonical form: sort the keys, each once, no spaces, short escapes"


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


def _check(value: object) -> None:
    """Look at everything in `value`, one depth after the other: a call for each item would take thrice as long."""
    level: list[object] = [value]
    for depth in range(MAX_DEPTH + 1):
        inner: list[object] = []
        for item in level:
            if type(item) is not str and not _is_plain(item):
                if depth == MAX_DEPTH:
                    raise NotCanonicalError(f"nested deeper than {MAX_DEPTH}")
                inner += _items_of(item)
        if not inner:
            return
        level = inner


def _is_plain(item: object) -> bool:
    if isinstance(item, int) and not 0 <= item <= MAX_INTEGER:
        raise NotCanonicalError("an integer lies outside 0..2^53-1")
    return isinstance(item, (int, str))


def _items_of(item: object) -> Iterable[object]:
    if isinstance(item, (dict, Mapping)):  # dict first: asking for a Mapping is slow
        for key in item:
            if not isinstance(key, str):
                raise NotCanonicalError("an object key is not text")
        return item.values()
    if isinstance(item, (list, tuple)):
        return item
    raise NotCanonicalError("null, floats and other types are not allowed: absent is an empty text, 0 or []")
