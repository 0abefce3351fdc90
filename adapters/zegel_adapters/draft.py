"""A draft: what an application wants to say, in its own words; ids, keys, times and lengths are the adapter's."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_serializer, field_validator

from zegel_schemas.claims import Claims
from zegel_schemas.content import Content
from zegel_schemas.declaration import MAX_VALIDITY
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.registrations import Registration


class Draft(BaseModel):
    """One message to be. Only its form is checked here; `Desk.send` checks the values and says what is wrong.

    `contents` maps a category to its content: a model of `zegel_schemas.content` or the mapping of its fields. The
    reserved part `motivering` holds the texts that say why. Claims that follow from contents need not be given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: str
    to: str = ""  # instantie; a registration of a regie party goes to `broker` when left empty
    casus: str = ""  # drawn here for an aanmelding
    purpose: str = ""
    subjects: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    contents: dict[str, Any] = Field(default={}, repr=False)
    labels: dict[str, str] = {}  # category -> feit | professioneel_oordeel | vermoeden
    registers: Registration | None = None
    re: str = ""  # hash of the message answered
    due: int | str = 0  # second since 1970, or a day such as 2026-03-12: answered on that day at the latest
    valid_for: int = MAX_VALIDITY  # seconds the recipient has to open it, from sealing
    dry_run: bool = False  # only ask whether it would pass: the broker answers, logs that, and delivers nothing
    role: str = ""  # of the employee on whose behalf; "" = the settings' role
    claims: Claims = Claims()

    @field_validator("contents", mode="before")
    @classmethod
    def _unpack(cls, values: object) -> object:
        if not isinstance(values, Mapping):
            return values
        return {
            name: each.model_dump(mode="json") if isinstance(each, Content) else each for name, each in values.items()
        }

    @field_serializer("claims", "registers")
    def _as_json(self, value: BaseModel | None) -> object:
        return value.model_dump(mode="json") if value is not None else None


def read_draft(values: Mapping[str, object]) -> Draft:
    """Return the draft a file or form describes; raise Refusal ONGELDIGE_VERKLARING with the fields that do not fit."""
    try:
        return Draft.model_validate(dict(values))
    except ValidationError as error:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, *fault_fields(error), detail=_hint(error)) from None


def fault_fields(error: ValidationError, *above: str) -> tuple[str, ...]:
    """Return the dotted names of what does not fit, under `above`: this side's own names, shown to this side only."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return tuple(sorted({".".join((*above, *map(str, each["loc"]))) for each in found}))


def _hint(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(sorted({f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found})[:5])
