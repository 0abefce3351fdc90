"""`proces_casus`: how the casus runs; meetings, advice, refusals, progress, closing, rights; never content."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from zegel_schemas.content.fields import Contactpersoon, Content, Lijst
from zegel_schemas.content.process_rights import Correctie, Incident, Rechtenverzoek, Vernietiging
from zegel_schemas.content.process_topics import (
    Aanleiding,
    AdviesAanMelder,
    Afsluiting,
    Bijeenkomst,
    Escalatie,
    Geinformeerd,
    Intrekking,
    Mededeling,
    Opschaling,
    Triagebesluit,
    Triageduiding,
    Uitstel,
    Voortgang,
    Weigering,
)

Onderwerp: TypeAlias = Annotated[
    Aanleiding
    | AdviesAanMelder
    | Weigering
    | Intrekking
    | Bijeenkomst
    | Voortgang
    | Geinformeerd
    | Uitstel
    | Escalatie
    | Opschaling
    | Afsluiting
    | Triageduiding
    | Triagebesluit
    | Correctie
    | Vernietiging
    | Rechtenverzoek
    | Incident
    | Mededeling,
    Field(discriminator="onderwerp"),
]


class ProcesCasus(Content):
    """Course of the casus: contact persons, dates, status. Each thing it says is one topic with its own closed fields.

    Level 0 in the convenant, so it may hold nothing that belongs in another category.
    """

    category: ClassVar[str] = "proces_casus"

    contactpersonen: Lijst[Contactpersoon] = Field(default=(), description="professionals to call about this message")
    onderwerpen: Annotated[tuple[Onderwerp, ...], Field(strict=False, min_length=1, max_length=16)] = Field(
        description="what this message says about the course of the casus; a topic may stand more than once"
    )
