"""Edits of canonical JSON that stay canonical JSON: bytes turned at random would seldom get past the first parser."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

_DEPTH = 20  # beyond what canonical JSON allows
_SOME = 0.15  # of all edits add, as many take away
Json: TypeAlias = Any  # what json.loads gives

_VALUES: tuple[Json, ...] = (
    "", "p1", "p99", "p100", "a", "A" * 43, "x" * 65, "\ud800", "é", "\0", "root", "broker", "2026-02-30", "0" * 4300,
    0, 1, -1, 2**31 - 1, 2**31, 2**53 - 1, 2**53, 10**30, 1.5, True, False, None,
    [], {}, [[]], [""], {"": 0}, {"a": {}},
)  # fmt: skip


def edit_json(data: bytes, most: int, seed: int) -> bytes | None:
    """Return the document with one to three values or keys changed, or None when it is no JSON object of that size."""
    drawn = random.Random(seed)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict | list):
        return None
    for _ in range(drawn.choice((1, 1, 2, 3))):
        _edit(drawn, drawn.choice(_containers(document)), document)
    written = json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")
    return written if len(written) <= most else None


def _containers(value: Json, depth: int = 0) -> list[Json]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, dict | list) else []
    return found + [each for one in inside if depth < _DEPTH for each in _containers(one, depth + 1)]


def _edit(drawn: random.Random, place: Json, document: Json) -> None:
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    if not keys or drawn.random() < _SOME:
        _add(drawn, place)
    elif drawn.random() < _SOME:
        del place[drawn.choice(keys)]
    else:
        key = drawn.choice(keys)
        place[key] = drawn.choice(_CHANGES)(drawn, place[key], document)


def _add(drawn: random.Random, place: Json) -> None:
    value = _another(drawn, "", "")
    if isinstance(place, dict):
        place[drawn.choice(("", "v", "extra", "\ud800", drawn.choice([*place, "k"])))] = value
    else:
        place.extend(deepcopy(value) for _ in range(drawn.choice((1, 1, 2, 33, 100))))


def _another(drawn: random.Random, value: Json, document: Json) -> Json:
    del value, document
    return deepcopy(drawn.choice(_VALUES))  # else an edit of one document would be in all


def _moved(drawn: random.Random, value: Json, document: Json) -> Json:
    """A value from elsewhere in the same document, as a copy."""
    del value
    place = drawn.choice(_containers(document))
    found = list(place.values()) if isinstance(place, dict) else place
    return json.loads(json.dumps(drawn.choice(found))) if found else ""


def _near(drawn: random.Random, value: Json, document: Json) -> Json:
    del document
    if isinstance(value, str):
        at = drawn.randrange(len(value) + 1)
        return value[:at] + drawn.choice(("", "x", "_", "\n", "é", "\ud83d")) + value[at + drawn.randrange(2) :]
    if isinstance(value, int):
        return value + drawn.choice((-1, 1, 86_400))
    return [value]


_CHANGES: tuple[Callable[[random.Random, Json, Json], Json], ...] = (_another, _moved, _near, _near)
