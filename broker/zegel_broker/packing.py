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


def pack(facts: object) -> bytes:
    """Return compact JSON of a frozen dataclass of str, int, bool, date, tuples, frozensets, mappings and such."""
    kind: Any = type(facts)
    return _encode(_whole(kind).to_json(facts)).encode("ascii")


def unpack(kind: type[T], data: bytes) -> T:
    """Return the value `pack` was given; raise ValueError, KeyError or TypeError for anything `pack` did not write."""
    known: Any = kind
    found: T = _whole(known).from_json(json.loads(data))
    return found


class _Both(NamedTuple):
    to_json: Turn
    from_json: Turn


@cache
def _whole(kind: Any) -> _Both:
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

    return _Both(to_json, from_json)


@cache
def _coder(hint: Any) -> Coder:  # noqa: PLR0911 - one line per kind of type
    """Return the coder of one type hint."""
    if is_dataclass(hint):
        known: Any = hint
        return Coder(*_whole(known))
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
