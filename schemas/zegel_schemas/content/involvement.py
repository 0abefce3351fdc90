"""Who knows the family and which help is there: hit or no hit, and running help without what it is about."""

from typing import ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Betrokkenen,
    Contactpersoon,
    Content,
    Dag,
    Lijst,
    OptDag,
    PerPersoon,
    Piece,
    Regel,
)
from zegel_schemas.shapes import Subject


class Uitkomst(Piece):
    """What this instantie says about one person: known or not, and whom to call."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    uitkomst: Literal["bekend", "niet_bekend", "geen_antwoord"] = Field(
        description="equal to the claim `outcome`; geen_antwoord = this instantie may not or will not say"
    )
    contactpersoon: Contactpersoon = Field(default=Contactpersoon(), description="whom to call when bekend")


class Bekendheid(Content):
    """Hit or no hit: is this person known to us at present, and who is the contact. Never since when or what for.

    At a care provider or the police "bekend" is itself health or police data; niet_bekend is erased after 28 days.
    """

    category: ClassVar[str] = "bekendheid"

    uitkomsten: PerPersoon[Uitkomst] = Field(description="one entry per person asked about")


class LopendeHulp(Piece):
    """One form of help or one instantie that is involved."""

    betrokkenen: Betrokkenen = Field(description="for whom the help is")
    instantie: Regel = Field(description="name of the organisation that gives it")
    soort: Literal[
        "jeugdhulp",
        "jeugdbescherming",
        "wmo_ondersteuning",
        "maatschappelijk_werk",
        "schuldhulp",
        "werk_en_inkomen",
        "welzijn",
        "onderwijsondersteuning",
        "zorg",
        "reclassering",
        "overig",
    ] = Field(description="kind of help, no more precise than this")
    status: Literal["aangemeld", "wachtlijst", "lopend", "afgerond", "gestopt"] = Field(description="where it stands")
    sinds: OptDag = Field(default="", description="first day; registration of the provider")
    tot: OptDag = Field(default="", description="last day, when it ended")
    contactpersoon: Contactpersoon = Field(default=Contactpersoon(), description="professional who gives the help")


class BetrokkenHulpverlening(Content):
    """Which help and which instanties are involved, without what the help is about (WMO-5.3.3, Jeugdwet 7.3.11)."""

    category: ClassVar[str] = "betrokken_hulpverlening"

    hulp: Lijst[LopendeHulp] = Field(default=(), description="one entry per form of help; empty = none known to us")
    peildatum: Dag = Field(description="day on which this was so")


EXAMPLES: tuple[Content, ...] = (
    Bekendheid(
        uitkomsten=(
            Uitkomst(
                betrokkene="p1",
                uitkomst="bekend",
                contactpersoon=Contactpersoon(naam="R. de Wit", functie="woonconsulent", telefoon="030 000 0007"),
            ),
            Uitkomst(betrokkene="p2", uitkomst="niet_bekend"),
        )
    ),
    BetrokkenHulpverlening(
        hulp=(
            LopendeHulp(
                betrokkenen=("p1", "p3"),
                instantie="Wijkteam Voorbeeld",
                soort="wmo_ondersteuning",
                status="lopend",
                sinds="2026-03-02",
                contactpersoon=Contactpersoon(naam="S. Bakker", functie="gezinswerker", telefoon="030 000 0005"),
            ),
        ),
        peildatum="2026-09-21",
    ),
)
