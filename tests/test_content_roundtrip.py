"""Whatever fits a schema survives writing and reading byte for byte; drawn at random from every model's own types."""

from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from zegel_schemas.content import CONTENT, Content, read_content, write_content
from zegel_schemas.content.fields import (
    SUBJECT_FIELDS,
    Periode,
    require_distinct,
    require_one_each,
    require_real_day,
)
from zegel_schemas.content.motivation import PerCategorie
from zegel_schemas.content.person import require_bsn
from zegel_schemas.content.reading import walk_models
from zegel_schemas.shapes import Subject

MODELS = [model for versions in CONTENT.values() for model in versions.values()]
SUBJECT_PATTERN = get_args(Subject)[1].pattern
DAYS = st.dates(min_value=date(1900, 1, 1)).map(date.isoformat)


def eleven_test_numbers() -> st.SearchStrategy[str]:
    return st.integers(1, 99_999_999).map(lambda start: f"{start:08}").flatmap(_completed)


def _completed(start: str) -> st.SearchStrategy[str]:
    last = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), start, strict=True)) % 11
    return st.nothing() if last > 9 else st.just(f"{start}{last}")


def of_annotation(annotation: Any, metadata: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Return values of one annotation with what stands beside it (`Annotated` unwrapped)."""
    if hasattr(annotation, "__metadata__"):
        return of_annotation(annotation.__origin__, (*annotation.__metadata__, *metadata))
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if get_origin(annotation) in {Union, UnionType}:
        return st.one_of(*map(of_annotation, get_args(annotation)))
    if get_origin(annotation) is tuple:
        return _lists(get_args(annotation)[0], _flat(metadata))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of_model(annotation)
    return _plain(annotation, _flat(metadata))


def _flat(metadata: tuple[Any, ...]) -> dict[str, Any]:
    """Return the bounds and validators that stand in `metadata` under one name each; the last one counts."""
    found: dict[str, Any] = {}
    for each in metadata:
        if isinstance(each, FieldInfo):
            found |= _flat(tuple(each.metadata))
        elif isinstance(each, AfterValidator):
            found["validator"] = each.func
        else:
            names = ("ge", "le", "min_length", "max_length", "pattern")
            found |= {name: getattr(each, name) for name in names if getattr(each, name, None) is not None}
    return found


def _plain(annotation: type, bounds: dict[str, Any]) -> st.SearchStrategy[Any]:
    if annotation is str:
        return _texts(bounds)
    return st.booleans() if annotation is bool else st.integers(bounds["ge"], bounds["le"])


def _texts(bounds: dict[str, Any]) -> st.SearchStrategy[str]:
    if bounds.get("validator") is require_real_day:
        return st.one_of(DAYS, st.just("")) if bounds["pattern"].startswith("^$") else DAYS
    if bounds.get("validator") is require_bsn:
        return eleven_test_numbers()
    if "max_length" not in bounds:
        return st.from_regex(f"(?a:{bounds['pattern'].replace('$', chr(92) + 'Z')})")
    if "@" in bounds["pattern"]:
        return st.sampled_from(["", "a.b@gemeente.example"])
    letters = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"], include_characters="é€😀")
    return st.text(letters, min_size=bounds.get("min_length", 0), max_size=min(bounds["max_length"], 40))


def _lists(item: Any, bounds: dict[str, Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    single: Any = None
    if bounds.get("validator") is require_one_each:
        single = lambda each: next(  # noqa: E731 - hypothesis wants a function per list
            getattr(each, name) for name in ("betrokkene", "minderjarige", "actie") if hasattr(each, name)
        )
    elif bounds.get("validator") is require_distinct:
        single = lambda each: each  # noqa: E731 - as above
    elif item is PerCategorie:
        single = lambda each: each.categorie  # noqa: E731 - as above
    return st.lists(
        of_annotation(item),
        min_size=bounds.get("min_length", 0),
        max_size=min(bounds["max_length"], 3),
        unique_by=single,
    ).map(tuple)


def of_model(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    if model is Periode:
        return st.tuples(DAYS, DAYS).map(sorted).map(lambda days: Periode(van=days[0], tot=days[1]))
    fields = {
        name: of_annotation(field.annotation, tuple(field.metadata))
        for name, field in model.model_fields.items()
        if name != "onderwerp"
    }
    return st.builds(model, **fields)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.category)
def test_what_fits_a_schema_survives_writing_and_reading(model: type[Content]) -> None:
    @given(of_model(model))
    def survives(content: Content) -> None:
        data = write_content(content)

        assert read_content(model.category, model.version, data) == content
        assert write_content(read_content(model.category, model.version, data)) == data

    survives()


def _names_a_person(annotation: Any, metadata: tuple[Any, ...] = ()) -> bool:
    if hasattr(annotation, "__metadata__"):
        return _names_a_person(annotation.__origin__, (*annotation.__metadata__, *metadata))
    if get_origin(annotation) is tuple:
        return _names_a_person(get_args(annotation)[0])
    return annotation is str and _flat(metadata).get("pattern") == SUBJECT_PATTERN


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.category)
def test_every_field_that_names_a_person_is_counted_and_no_other(model: type[Content]) -> None:
    for each in walk_models(model):
        for name, field in each.model_fields.items():
            assert _names_a_person(field.annotation, tuple(field.metadata)) == (name in SUBJECT_FIELDS), (each, name)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.category)
def test_every_field_says_what_it_means(model: type[Content]) -> None:
    for each in walk_models(model):
        assert each.__doc__
        for name, field in each.model_fields.items():
            assert field.description or name == "onderwerp", (each, name)
