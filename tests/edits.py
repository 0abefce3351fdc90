"""Random edits of bytes, repeatable by their seed: what a carrier, or a broken machine, makes of two sound messages."""

import random
from collections.abc import Callable, Iterator, Sequence

Edit = Callable[[random.Random, bytes, bytes], bytes]


def edits(seed: int, sound: Sequence[bytes], count: int) -> Iterator[bytes]:
    """Yield `count` edits of sound bytes: one to three changes each, and never one of the sound ones itself."""
    drawn = random.Random(seed)
    for _ in range(count):
        edited = drawn.choice(sound)
        while edited in sound:
            for _ in range(drawn.choice((1, 1, 2, 3))):
                edited = drawn.choice(EDITS)(drawn, edited, drawn.choice(sound))
        yield edited


def _place(drawn: random.Random, data: bytes) -> int:
    # The first bytes hold magic, ids and lengths: half of all edits are made there.
    reach = min(len(data), 128) if drawn.random() < 0.5 else len(data)
    return drawn.randrange(reach + 1)


def _insert(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    del other
    at = _place(drawn, data)
    return data[:at] + drawn.randbytes(drawn.choice((1, 1, 2, 4, 16, 68))) + data[at:]


def _delete(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    del other
    at = _place(drawn, data)
    return data[:at] + data[at + drawn.choice((1, 1, 2, 4, 32, 68, 1040)) :]


def _overwrite(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    del other
    at, value = _place(drawn, data), drawn.choice((b"\0", b"\xff", b"\x80", b"\x7f", drawn.randbytes(3)))
    return data[:at] + value + data[at + len(value) :]


def _swap(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    """Let two stretches change places."""
    del other
    first, second = sorted((_place(drawn, data), _place(drawn, data)))
    size = min(drawn.choice((1, 4, 32, 152, 1040)), second - first, len(data) - second)
    return (
        data[:first] + data[second : second + size] + data[first + size : second] + data[first : first + size]
        + data[second + size :]
    )  # fmt: skip


def _repeat(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    del other
    at, size = _place(drawn, data), drawn.choice((1, 8, 32, 68, 1040))
    return data[: at + size] + data[at:]


def _splice(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    """Begin as one message and go on as another, mostly at the same place."""
    at = _place(drawn, data)
    there = at if drawn.random() < 0.7 else _place(drawn, other)
    return data[:at] + other[there:]


def _patch(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    """Put a stretch of another message over this one, where it stood there."""
    at, size = _place(drawn, data), drawn.choice((4, 32, 64, 117, 152, 1040))
    return data[:at] + other[at : at + size] + data[at + size :]


def _truncate(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    del other
    return data[: _place(drawn, data)]


def _append(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    more: bytes = drawn.choice((b"\0", b"\n", other, other[-32:], drawn.randbytes(7)))
    return data + more


def _resize(drawn: random.Random, data: bytes, other: bytes) -> bytes:
    """Write another number into what may be a length: 1, 2 or 4 bytes, least significant first."""
    del other
    at, size = _place(drawn, data), drawn.choice((1, 2, 4))
    now = int.from_bytes(data[at : at + size], "little")
    most = 1 << 8 * size
    new = drawn.choice((0, 1, now + 1, now - 1, now * 2, most // 2, most - 1, len(data))) % most
    return data[:at] + new.to_bytes(size, "little") + data[at + size :]


EDITS: Sequence[Edit] = (
    _insert,
    _delete,
    _overwrite,
    _swap,
    _repeat,
    _splice,
    _patch,
    _truncate,
    _append,
    _resize,
)
