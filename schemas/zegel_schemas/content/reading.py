"""Between content and the bytes inside a sealed part: canonical JSON {category, schema, body} (protocol, layer 2)."""

from collections.abc import Iterator, Mapping
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from zegel_schemas import canonical
from zegel_schemas.content.catalogue import CONTENT
from zegel_schemas.content.fields import Content
from zegel_schemas.refusals import Fault, Refusal

_KEYS = frozenset({"category", "schema", "body"})
_MOST_FIELDS = 20  # enough to mend a message by; a refusal stays small whatever was sent


def write_content(content: Content) -> bytes:
    """Return the canonical bytes that are sealed; every key is there, absent is "", 0 or []."""
    body = content.model_dump(mode="json")
    return canonical.encode({"category": content.category, "schema": content.version, "body": body})


def read_content(category: str, schema: int, body: bytes) -> Content:
    """Return the content of an opened part whose declared name is `category`, version `schema`.

    Raise Refusal, with names of fields and never a value: INHOUD_ANDERE_CATEGORIE when it speaks of another category or
    version than declared, INHOUD_ONGELDIG when no such schema is known, the bytes are not canonical or do not fit it.
    """
    model = _model(category, schema)
    values = _decode(body)
    if values["category"] != category:
        raise Refusal(Fault.INHOUD_ANDERE_CATEGORIE, "category")
    if type(values["schema"]) is not int or values["schema"] != schema:  # True equals 1 in Python
        raise Refusal(Fault.INHOUD_ANDERE_CATEGORIE, "schema")
    try:
        content = model.model_validate(values["body"])
    except ValidationError as error:
        raise Refusal(Fault.INHOUD_ONGELDIG, *_fields(error)) from None
    if write_content(content) != body:
        missing = _missing(content.model_dump(mode="json"), values["body"])
        raise Refusal(
            Fault.INHOUD_ONGELDIG, *missing, detail="every key stands there; absent is an empty text, 0 or []"
        )
    return content


def _model(category: str, schema: int) -> type[Content]:
    if category not in CONTENT:
        raise Refusal(Fault.INHOUD_ONGELDIG, "category", detail="no schema is known for this category")
    if schema not in CONTENT[category]:
        raise Refusal(Fault.INHOUD_ONGELDIG, "schema", detail="this version of the schema is not known")
    return CONTENT[category][schema]


def _decode(body: bytes) -> dict[str, canonical.Canonical]:
    try:
        values = canonical.decode(body)
    except canonical.NotCanonicalError as error:
        raise Refusal(Fault.INHOUD_ONGELDIG, detail=str(error)) from None
    if not isinstance(values, dict) or values.keys() != _KEYS:
        raise Refusal(Fault.INHOUD_ONGELDIG, *sorted(_KEYS), detail="a part is an object with exactly these keys")
    return values


def _fields(error: ValidationError) -> tuple[str, ...]:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    names = sorted({".".join(_known(step) for step in each["loc"]) or "body" for each in found})
    # A list whose entries fail is itself reported as too short: only the innermost names help.
    inner = [name for name in names if not any(other.startswith(f"{name}.") for other in names)]
    return tuple(inner[:_MOST_FIELDS])


def _known(step: int | str) -> str:
    # A key that no schema knows is the sender's own text and shows as "?": refusals are logged and told.
    return str(step) if isinstance(step, int) or step in _NAMES else "?"


def _missing(full: object, given: object, path: str = "") -> tuple[str, ...]:
    """Return the dotted names of the keys that `full` has and `given` lacks."""
    names: list[str] = []
    if isinstance(full, Mapping) and isinstance(given, Mapping):
        for name, value in full.items():
            at = f"{path}{name}"
            names += _missing(value, given[name], f"{at}.") if name in given else (at,)
    elif isinstance(full, list) and isinstance(given, list):
        for number, (value, stated) in enumerate(zip(full, given, strict=True)):
            names += _missing(value, stated, f"{path}{number}.")
    return tuple(names[:_MOST_FIELDS])


def walk_models(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield every model that stands in `annotation`, itself and within, also in lists and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from walk_models(field.annotation)
    elif get_origin(annotation) is not Literal:
        for argument in get_args(annotation):
            yield from walk_models(argument)


_MODELS = frozenset(
    found for versions in CONTENT.values() for model in versions.values() for found in walk_models(model)
)
_TAGS = frozenset(str(m.model_fields["onderwerp"].default) for m in _MODELS if "onderwerp" in m.model_fields)
_NAMES = _TAGS.union(*(model.model_fields for model in _MODELS))
