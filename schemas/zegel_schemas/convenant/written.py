"""What every piece of a convenant document is made of: names, texts, amounts, and a model that knows its keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Text = Annotated[str, StringConstraints(min_length=1)]
FaultCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Names = Annotated[tuple[str, ...], Field(strict=False)]
Amount = Annotated[int, Field(ge=0, le=100_000)]


class Written(BaseModel):
    """A frozen piece of a document: an unknown key or a value of another type is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
