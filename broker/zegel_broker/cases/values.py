"""Values in decision cases: how they merge, and how a wrong one is reported with the key it stands under."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal

from zegel_schemas.convenant.faults import unknown

_PLUS = "_plus"


class CaseError(Exception):
    """A value in a case that cannot be what it should be; the text names the key and the remedy."""


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `under` with `over` laid on it: maps merge, lists replace, null removes, `x_plus` appends to `x`."""
    found = dict(under)
    for key, value in over.items():
        if key.endswith(_PLUS):
            continue
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(found.get(key), Mapping):
            found[key] = merge(found[key], value)
        elif isinstance(value, Mapping):
            found[key] = merge({}, value)
        else:
            found[key] = value
    for key, value in over.items():
        if key.endswith(_PLUS) and value is not None:
            name = key.removesuffix(_PLUS)
            found[name] = [*(found.get(name) or ()), *value]
    return found


def known_keys(written: Any, allowed: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each key that nobody knows, with a text that says so."""
    known = set(allowed)
    for key in written if isinstance(written, Mapping) else ():
        if key.removesuffix(_PLUS) not in known:
            yield key, unknown("sleutel", key, known)


def only(written: Mapping[str, Any], *allowed: str) -> Mapping[str, Any]:
    """Return this map; raise CaseError when it holds another key than these."""
    for _, text in known_keys(written, allowed):
        raise CaseError(text)
    return written


def as_day(value: Any) -> date:
    """Return a day; raise CaseError when it is none."""
    if not isinstance(value, date):
        raise CaseError(f"'{value}' is geen datum, schrijf JJJJ-MM-DD | no day, write YYYY-MM-DD")
    return value


def maybe_day(value: Any) -> date | None:
    """Return a day, or None when there is none; raise CaseError on anything else."""
    return None if value is None else as_day(value)


def names(value: Any) -> tuple[str, ...]:
    """Return a list of names as a tuple; raise CaseError when it is no list of words."""
    found = [value] if isinstance(value, str) else value or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise CaseError(f"'{value}' is geen lijst van namen | no list of names")
    return tuple(found)


def length(value: Any) -> int:
    """Return how many characters a text has; a number stands for itself, nothing for 0."""
    return value if isinstance(value, int) else len(value) if isinstance(value, str) else 0


def age_band(born: date | None, day: date) -> Literal["", "under_12", "12_15", "16_plus"]:
    """Return the age band of who was born on a day, as it is on `day`; "" when the birth date is unknown."""
    if born is None:
        return ""
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return "under_12" if age < 12 else "12_15" if age < 16 else "16_plus"  # noqa: PLR2004 - the ages of the brief
