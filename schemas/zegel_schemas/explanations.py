"""The texts per refusal code, Dutch at B1 level and English, read once from `refusals.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import StringConstraints
from ruamel.yaml import YAML

from zegel_schemas.shapes import Closed

Language = Literal["nl", "en"]
Outcome = Literal["unreadable", "refused", "undeliverable", "rejected"]
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


def text(code: str, lang: Language = "nl") -> Text:
    """Return what `code` says in `lang`; raise KeyError for a code that does not exist."""
    entry = _entries()[code]
    if lang == "nl":
        return Text(code, entry.nl, entry.remedy_nl, entry.outcome)
    return Text(code, entry.en, entry.remedy_en, entry.outcome)


def all_codes() -> frozenset[str]:
    """Return every code that has texts: the faults and what the convenant's `evaluatie` names."""
    return frozenset(_entries())


@cache
def _entries() -> Mapping[str, _Entry]:
    source = files("zegel_schemas").joinpath("refusals.yaml").read_text(encoding="utf-8")
    values = YAML(typ="safe", pure=True).load(source)  # a code that stands twice is an error of the reader
    return MappingProxyType({code: _Entry.model_validate(entry) for code, entry in values.items()})
