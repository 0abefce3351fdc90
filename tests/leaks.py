"""Finds secrets and contents where they should not be: every spelling a program could leave one in, in any bytes.

A secret is searched for as raw bytes, in hexadecimal, in base64 of both alphabets (at each of the three places it can
have inside a longer text), as Python shows bytes and as a list of numbers. Content is searched for as UTF-8 and as JSON
writes it.
"""

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_CODE = re.compile(r"[a-z0-9._-]*")  # a code, a pseudonym, an id: what may stand in the clear
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHORTEST = 4  # characters; below that any text holds it by chance
_LARGE = 10_000  # up to here numbers are limits and counts, which stand everywhere


@dataclass(frozen=True, slots=True)
class Watched:
    """What may stand nowhere: each thing by a name that gives nothing away, with every spelling of it."""

    spellings: dict[str, frozenset[bytes]] = field(default_factory=dict, repr=False)

    def secret(self, name: str, secret: bytes | str) -> None:
        """Watch for a secret of 16 bytes or more."""
        raw = secret.encode() if isinstance(secret, str) else secret
        assert len(raw) >= 16, name
        self.spellings[name] = frozenset(spell(raw))

    def content(self, name: str, value: object, *, today: date, public: Collection[str] = ()) -> None:
        """Watch for every telling text and number in a content, but for words that are `public`."""
        for each in walk(value):
            if each in public:
                continue
            found = frozenset(spell_content(each, today=today))
            if found and found not in self.spellings.values():  # the same is said in many messages
                self.spellings[f"{name} ({len(self.spellings)})"] = found


def find_leaks(places: Mapping[str, bytes], watched: Watched) -> list[str]:
    """Return `place: name of what stands there` for each thing watched for that stands in one of the places."""
    return [
        f"{place}: {name}"
        for place, data in places.items()
        for name, found in watched.spellings.items()
        if any(_stands(each, data) for each in found)
    ]


def _stands(spelling: bytes, data: bytes) -> bool:
    if spelling not in data:  # a hundred times as fast as a pattern
        return False
    return not spelling.isdigit() or bool(re.search(rb"(?<![\d.])" + spelling + rb"(?![\d.])", data))


def spell(raw: bytes) -> Iterator[bytes]:
    """Yield all spellings of a secret."""
    yield raw
    yield from (raw.hex().encode(), raw.hex().upper().encode(), raw.hex(" ").encode(), raw.hex(":").encode())
    for lead in range(3):  # where a secret begins within the three bytes that four characters stand for
        whole = base64.b64encode(bytes(lead) + raw).rstrip(b"=")
        inner = whole[-(-lead * 8 // 6) : len(whole) - 1]  # the characters at both ends also hold bits of neighbours
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))
    shown = repr(raw)[2:-1].encode()
    yield shown
    yield json.dumps(raw.decode("latin-1"))[1:-1].encode()
    for gap in (b",", b", "):
        yield gap.join(str(each).encode() for each in raw)


def walk(value: object) -> Iterator[str | int]:
    """Yield every text and number within a JSON value."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str | int):
        yield value
    elif isinstance(value, Iterable):
        for each in value:
            yield from walk(each)


def spell_content(value: str | int, *, today: date) -> Iterable[bytes]:
    """Return the spellings of a value that says something; none for codes, small numbers, and days about now."""
    if isinstance(value, bool):
        return ()
    if isinstance(value, int):
        return (b"%d" % value,) if value > _LARGE else ()
    near = _DAY.fullmatch(value) and abs(date.fromisoformat(value) - today) < timedelta(days=730)
    if len(value) < _SHORTEST or near or (_CODE.fullmatch(value) and not _DAY.fullmatch(value)):
        return ()
    return (value.encode(), json.dumps(value)[1:-1].encode(), repr(value)[1:-1].encode())
