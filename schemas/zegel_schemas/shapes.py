"""The shapes a value in the clear may have: codes, ids, hashes and dates, so that no free text can get in."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema

CODE = r"^[a-z0-9._-]{1,64}$"
UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
UUID4 = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
ORIGIN_PATTERN = r"^[a-z0-9][a-z0-9._/-]{0,127}$"  # name of a log, a URL without scheme (C2SP tlog-checkpoint)
NIL_CASUS = "00000000-0000-0000-0000-000000000000"  # standing decisions belong to the convenant, not to a casus

Code = Annotated[str, StringConstraints(pattern=CODE)]
OptionalCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{0,64}$")]
MessageId = Annotated[str, StringConstraints(pattern=UUID7)]
CasusId = Annotated[str, StringConstraints(pattern=f"{UUID4}|^{NIL_CASUS}$")]
ActionId = Annotated[str, StringConstraints(pattern=UUID4)]
OptionalActionId = Annotated[str, StringConstraints(pattern=f"^$|{UUID4}")]
Subject = Annotated[str, StringConstraints(pattern=r"^p[1-9][0-9]?$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]  # 32 bytes, b64u, canonical
OptionalHash = Annotated[str, StringConstraints(pattern=r"^$|^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
Origin = Annotated[str, StringConstraints(pattern=ORIGIN_PATTERN)]
OptionalOrigin = Annotated[str, StringConstraints(pattern=f"^$|{ORIGIN_PATTERN}")]
Employee = Annotated[
    str, StringConstraints(pattern=r"^m-[0-9a-f]{16}$")
]  # pseudonym the instantie can resolve, nobody else

OptionalEmployee = Annotated[str, StringConstraints(pattern=r"^$|^m-[0-9a-f]{16}$")]


def _on_calendar(text: str) -> str:
    """Return the text of a day; raise ValueError on a day that does not exist, such as 2026-02-30."""
    if text:
        date.fromisoformat(text)
    return text


Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_on_calendar)]
OptionalDay = Annotated[
    str, StringConstraints(pattern=r"^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_on_calendar)
]
Instant = Annotated[int, Field(ge=0, lt=2**53)]  # seconds since 1970-01-01T00:00:00Z
Count = Annotated[int, Field(ge=0, lt=2**31)]


class Closed(BaseModel):
    """A frozen model that knows all its fields: an extra or ill-typed one is an error, nothing is coerced."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, populate_by_name=True, hide_input_in_errors=True
    )


class Wired(Closed):
    """A closed model that, once read, holds its fields in the order of canonical JSON, whatever order its class has.

    What is written of it then needs no sorting, so that it can be compared with what was read at once.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema pydantic makes, its fields sorted by their names on the wire."""
        schema = handler(source)
        model: Any = handler.resolve_ref_schema(schema)
        fields = model["schema"]["fields"]
        ordered = sorted(fields.items(), key=lambda each: each[1].get("serialization_alias", each[0]))
        model["schema"]["fields"] = dict(ordered)
        return schema
