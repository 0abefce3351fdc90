"""The field types and the parent model of all sealed content, so that every sector file reads as a list of facts.

Only what canonical JSON holds: text, integers, booleans, lists, objects. Absent is "", 0 or []; there is no null and no
float, so a unit stands in the field's name (centen, uren, dagen). Days are ISO 8601 dates and must exist.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from zegel_schemas.shapes import ActionId, Closed, Code, Day, OptionalDay, Subject

T = TypeVar("T")

# Fields that name a person of the casus; a test holds every model to it, for `Content.subjects` relies on the names.
SUBJECT_FIELDS = frozenset({"betrokkene", "betrokkenen", "minderjarige", "gezaghouders"})

# No control characters but a line end, and none of the marks that turn the reading direction: what a professional
# reads on a screen or in a terminal is what was sent (CVE-2021-42574 shows the trick in source code).
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
_LINES = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"


def require_real_day(value: str) -> str:
    """Return `value` if it is "" or a day of the calendar; raise ValueError on 2026-02-30."""
    if value:
        date.fromisoformat(value)
    return value


def require_distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    """Return `values` if none stands twice; raise ValueError else."""
    if len(set(values)) != len(values):
        raise ValueError("an entry stands twice")
    return values


def require_one_each(values: tuple[T, ...]) -> tuple[T, ...]:
    """Return `values` if no two entries are about the same person (or the same action); raise ValueError else."""
    require_distinct(tuple(getattr(value, _key_field(value)) for value in values))
    return values


def _key_field(value: object) -> str:
    return next(name for name in ("betrokkene", "minderjarige", "actie") if hasattr(value, name))


Dag = Annotated[Day, AfterValidator(require_real_day)]
OptDag = Annotated[OptionalDay, AfterValidator(require_real_day)]
Tijd = Annotated[str, StringConstraints(pattern=r"^$|^([01][0-9]|2[0-3]):[0-5][0-9]$")]  # local time HH:MM
Regel = Annotated[str, StringConstraints(max_length=120, pattern=_LINE)]
Tekst = Annotated[str, StringConstraints(max_length=1000, pattern=_LINES)]
LangeTekst = Annotated[str, StringConstraints(max_length=4000, pattern=_LINES)]
Telefoon = Annotated[str, StringConstraints(pattern=r"^$|^\+?[0-9][0-9 -]{5,18}$")]
Email = Annotated[str, StringConstraints(max_length=120, pattern=r"^$|^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$")]

Centen = Annotated[int, Field(ge=0, le=10**11)]  # eurocents; a milliard euro is more than any household owes
Aantal = Annotated[int, Field(ge=0, le=99_999)]
Uren = Annotated[int, Field(ge=0, le=99_999)]
Dagen = Annotated[int, Field(ge=0, le=36_525)]  # a hundred years

Lijst = Annotated[tuple[T, ...], Field(strict=False, max_length=32)]
Keuzes = Annotated[tuple[T, ...], Field(strict=False, max_length=32), AfterValidator(require_distinct)]
PerPersoon = Annotated[
    tuple[T, ...], Field(strict=False, min_length=1, max_length=99), AfterValidator(require_one_each)
]
Betrokkenen = Annotated[
    tuple[Subject, ...], Field(strict=False, min_length=1, max_length=99), AfterValidator(require_distinct)
]
Genoemden = Annotated[tuple[Subject, ...], Field(strict=False, max_length=99), AfterValidator(require_distinct)]
Codes = Keuzes[Code]
Actie = ActionId

JaNee = Literal["onbekend", "ja", "nee"]
Leefgebied = Literal[  # the convenant's casuscriteria.leefgebieden
    "gezin", "hulpverlening", "gezondheid", "scholing", "werk", "financien", "huisvesting", "overlast", "criminaliteit"
]
Leefgebieden = Keuzes[Leefgebied]


class Piece(Closed):
    """A group of fields inside content. Its repr shows no values: content must not reach a log line or traceback."""

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """Show no field."""
        return []


class Content(Piece):
    """What one sealed part says. `category` and `version` name the schema; a change of fields is a new version."""

    category: ClassVar[str]
    version: ClassVar[int] = 1

    def subjects(self) -> frozenset[str]:
        """Return the pseudonyms of all persons this content is about or names (`p1` to `p99`)."""
        return frozenset(_subjects_in(self))


def _subjects_in(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            found = getattr(value, name)
            if name in SUBJECT_FIELDS:
                yield from (found,) if isinstance(found, str) else found
            else:
                yield from _subjects_in(found)
    elif isinstance(value, tuple):
        for item in value:
            yield from _subjects_in(item)


class Periode(Piece):
    """A stretch of days, both included."""

    van: Dag = Field(description="first day")
    tot: Dag = Field(description="last day, included")

    @model_validator(mode="after")
    def _forward(self) -> "Periode":
        if self.van > self.tot:
            raise ValueError("a period ends before it begins")
        return self


class Contactpersoon(Piece):
    """A professional who can be called about this; never a resident."""

    naam: Regel = Field(default="", description="name of the professional")
    functie: Regel = Field(default="", description="job title")
    telefoon: Telefoon = Field(default="", description="work number, digits, spaces and hyphens, + allowed")
    email: Email = Field(default="", description="work address; no case content by mail")
