"""The parties of a convenant as they are written: what each supplies and may receive, when it acceded and left."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from zegel_schemas.convenant.written import Name, Names, Text, Written


class Supply(Written):
    """What a party is a source of, and what it may receive at most."""

    source: Annotated[Names, Field(alias="bron")] = ()
    ceiling: Annotated[Names, Field(alias="plafond")] = ()


class Succession(Written):
    """Who follows a party up; succession does not accede by itself."""

    successor: Annotated[str, Field(alias="rechtsopvolger")]
    caution: Annotated[str, Field(alias="let_op")] = ""


class Party(Written):
    """An instantie of the convenant."""

    name: Annotated[Text, Field(alias="naam")]
    sector: Name
    oin: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    government: Annotated[bool, Field(alias="overheid")]
    citizen_number: Annotated[bool, Field(alias="bsn")]
    ground: Annotated[str, Field(alias="avg6")]
    external: Annotated[bool, Field(alias="extern")] = False
    statutes: Annotated[Names, Field(alias="geheimhouding")] = ()
    secrecy: Annotated[bool, Field(alias="beroepsgeheim")] = False
    source: Annotated[Names, Field(alias="bron")] = ()
    ceiling: Annotated[Names, Field(alias="plafond")] = ()
    tasks: Annotated[Names, Field(alias="taken")] = ()
    formerly: Annotated[str, Field(alias="voorheen")] = ""
    succession: Annotated[Succession | None, Field(alias="opvolging")] = None

    @property
    def directs(self) -> bool:
        """Say whether it is a regie party."""
        return "regie" in self.tasks


class Accession(Written):
    """Parties that acceded on a day."""

    parties: Annotated[Names, Field(alias="partijen")]
    day: Annotated[date, Field(alias="datum")]


class Departure(Written):
    """A party that leaves: from that day on only what follows closure."""

    party: Annotated[str, Field(alias="partij")]
    day: Annotated[date, Field(alias="per")]
