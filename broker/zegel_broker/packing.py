"""Frozen facts to JSON bytes and back, exactly and fast: a coder per type, made once from its type hints.

Fields at their default are left out, so a new fact with a default can be added without rewriting what is stored.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
Turn = Callable[[Any], Any]


class Coder(NamedTuple):
    """How a type becomes JSON and how JSON becomes it again; None where both are the same."""

    to_json: Turn | None
    from_json: Turn | None


PLAIN = Coder(None, None)
DAY = Coder(date.isoformat, date.fromisoformat)

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


class Packed(NamedTuple):
    """Facts as bytes, and each field of them that is not at its default as text."""

    facts: object
    texts: Mapping[str, str]
    data: bytes


def pack(facts: object) -> bytes:
    """Return compact JSON of a frozen dataclass of str, int, bool, date, tuples, frozensets, mappings and such."""
    return pack_after(None, facts).data


def pack_after(before: Packed | None, facts: object) -> Packed:
    """Do what `pack` does, writing anew only the fields that are another object than in `before`, of the same type.

    A message changes a few of the thirty fields of a casus; the others are the very objects they were.
    """
    kind: Any = type(facts)
    old, known = (before.facts, before.texts) if before is not None else (None, {})
    texts: dict[str, str] = {}
    for name, turn, default in _whole(kind).fields:
        value = getattr(facts, name)
        if old is not None and value is getattr(old, name):
            if name in known:
                texts[name] = known[name]
        elif value != default:
            texts[name] = _encode(turn(value) if turn else value)
    data = "{" + ",".join([f'"{name}":{text}' for name, text in texts.items()]) + "}"
    return Packed(facts, texts, data.encode("ascii"))


def unpack(kind: type[T], data: bytes) -> T:
    """Return the value `pack` was given; raise ValueError, KeyError or TypeError for anything `pack` did not write."""
    known: Any = kind
    found: T = _whole(known).from_json(json.loads(data))
    return found


class _Whole(NamedTuple):
    to_json: Turn
    from_json: Turn
    fields: list[tuple[str, Turn | None, Any]]  # name, how it becomes JSON, default


@cache
def _whole(kind: Any) -> _Whole:
    """Return the coder of a frozen dataclass: an object with its fields that are not at their default."""
    hints = get_type_hints(kind)
    coders = {each.name: _coder(hints[each.name]) for each in fields(kind)}
    defaults = {
        each.name: each.default_factory() if each.default_factory is not MISSING else each.default
        for each in fields(kind)
    }
    packers = [(name, coder.to_json, defaults[name]) for name, coder in coders.items()]
    unpackers = {name: coder.from_json for name, coder in coders.items()}

    def to_json(value: Any) -> dict[str, Any]:
        found = {}
        for name, turn, default in packers:
            each = getattr(value, name)
            if each != default:
                found[name] = turn(each) if turn else each
        return found

    def from_json(value: dict[str, Any]) -> Any:
        made = {}
        for name, each in value.items():
            turn = unpackers[name]
            made[name] = turn(each) if turn else each
        return kind(**made)

    return _Whole(to_json, from_json, packers)


@cache
def _coder(hint: Any) -> Coder:  # noqa: PLR0911 - one line per kind of type
    """Return the coder of one type hint."""
    if is_dataclass(hint):
        known: Any = hint
        whole = _whole(known)
        return Coder(whole.to_json, whole.from_json)
    if hint is date:
        return DAY
    origin, inner = get_origin(hint), get_args(hint)
    if origin is frozenset:
        return Coder(sorted, frozenset)
    if origin is tuple:
        return _tuple(_coder(inner[0]))
    if origin is Mapping:
        return _mapping(_coder(inner[1]))
    if origin is types.UnionType:
        return _optional(_coder(inner[0]))
    if hint in {str, int, bool}:
        return PLAIN
    msg = f"no coder for {hint!r}"
    raise TypeError(msg)


def _tuple(each: Coder) -> Coder:
    to, back = each
    if to is None or back is None:
        return Coder(list, tuple)
    return Coder(lambda values: [to(value) for value in values], lambda values: tuple(back(value) for value in values))


def _mapping(each: Coder) -> Coder:
    to, back = each
    if to is None or back is None:
        return Coder(dict, dict)
    return Coder(
        lambda values: {key: to(value) for key, value in values.items()},
        lambda values: {key: back(value) for key, value in values.items()},
    )


def _optional(each: Coder) -> Coder:
    to, back = each
    if to is None or back is None:
        return PLAIN
    return Coder(
        lambda value: None if value is None else to(value), lambda value: None if value is None else back(value)
    )
