"""The texts per refusal code and per notice, Dutch at B1 level and English, read once from `refusals.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from ruamel.yaml import YAML

from zegel_schemas.shapes import Closed

Language = Literal["nl", "en"]
Outcome = Literal["unreadable", "refused", "undeliverable", "rejected"]
_REMEDY = "remedy"  # no outcome: the words of what is offered after a refusal
_NOTICE = "notice"  # no outcome either: what the broker says of its own accord, such as that a duty is late
_Sentence = Annotated[str, StringConstraints(min_length=10, max_length=200)]


@dataclass(frozen=True, slots=True)
class Text:
    """What one code says in one language: what happened, what would be allowed or how to mend it, and how it ends."""

    code: str
    says: str
    remedy: str
    outcome: Outcome


class _Entry(Closed):
    outcome: Outcome
    nl: _Sentence
    en: _Sentence
    remedy_nl: _Sentence
    remedy_en: _Sentence
    law: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z0-9.-]+(-[a-z0-9.]+)*$")], ...], Field(strict=False)
    ] = ()


class _Words(Closed):
    outcome: Literal["remedy", "notice"]
    nl: _Sentence
    en: _Sentence


def text(code: str, lang: Language = "nl") -> Text:
    """Return what `code` says in `lang`; raise KeyError for a code that does not exist."""
    entry = _entries()[code]
    if lang == "nl":
        return Text(code, entry.nl, entry.remedy_nl, entry.outcome)
    return Text(code, entry.en, entry.remedy_en, entry.outcome)


def all_codes() -> frozenset[str]:
    """Return every code that has texts: the faults and what the convenant's `evaluatie` names."""
    return frozenset(_entries())


def law_of(code: str) -> tuple[str, ...]:
    """Return the law a code rests on where nothing more precise does; empty for codes without."""
    entry = _entries().get(code)
    return entry.law if entry is not None else ()


def offer(name: str, lang: Language = "nl") -> str:
    """Return the words of a remedy or proposal; raise KeyError for one that does not exist."""
    return _offers()[name].nl if lang == "nl" else _offers()[name].en


def all_offers() -> frozenset[str]:
    """Return the names of everything that may be offered after a refusal."""
    return frozenset(_offers())


def notice(code: str, lang: Language = "nl") -> str:
    """Return the words of a notice; raise KeyError for one that does not exist."""
    return _notices()[code].nl if lang == "nl" else _notices()[code].en


def all_notices() -> frozenset[str]:
    """Return the codes of all the broker tells of its own accord."""
    return frozenset(_notices())


@cache
def _entries() -> Mapping[str, _Entry]:
    return MappingProxyType(
        {
            code: _Entry.model_validate(entry)
            for code, entry in _read().items()
            if entry["outcome"] not in {_REMEDY, _NOTICE}
        }
    )


@cache
def _offers() -> Mapping[str, _Words]:
    return _words(_REMEDY)


@cache
def _notices() -> Mapping[str, _Words]:
    return _words(_NOTICE)


def _words(outcome: str) -> Mapping[str, _Words]:
    return MappingProxyType(
        {name: _Words.model_validate(entry) for name, entry in _read().items() if entry["outcome"] == outcome}
    )


@cache
def _read() -> dict[str, dict[str, object]]:
    source = files("zegel_schemas").joinpath("refusals.yaml").read_text(encoding="utf-8")
    values: dict[str, dict[str, object]] = YAML(typ="safe", pure=True).load(source)  # a code twice is an error there
    return values
