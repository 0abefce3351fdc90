"""Police, prosecution and probation: in outline, with counts and status, never the text of a file."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Aantal,
    Contactpersoon,
    Content,
    Dag,
    Lijst,
    OptDag,
    Periode,
    PerPersoon,
    Piece,
    Regel,
    Tekst,
)
from zegel_schemas.shapes import Subject


class Incidenten(Piece):
    """Incidents of one kind, counted."""

    aard: Literal[
        "overlast",
        "huiselijk_conflict",
        "geweld",
        "bedreiging",
        "vermogen",
        "drugs",
        "wapens",
        "vernieling",
        "verkeer",
        "verward_gedrag",
        "overig",
    ] = Field(description="nature of the incidents, no more precise than this")
    rol: Literal["verdachte", "betrokkene", "slachtoffer", "getuige", "melder"] = Field(
        description="role of the person"
    )
    aantal: Aantal = Field(description="number of incidents in the period")
    laatste: OptDag = Field(default="", description="day of the last one")


class PolitieBeeld(Piece):
    """The outline for one person."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    incidenten: Lijst[Incidenten] = Field(default=(), description="one entry per nature and role; empty = none")
    duiding: Tekst = Field(
        default="", description="trend and seriousness in outline; nothing on running investigations"
    )


class Politiegegevens(Content):
    """Police data in outline: number and nature of incidents per person (Wpg 8 and 13, given under Wpg 16 or 20).

    Never the text of a mutation, the name of a third person or a running investigation. Criminal data (AVG 10).
    """

    category: ClassVar[str] = "politiegegevens"

    personen: PerPersoon[PolitieBeeld] = Field(description="one entry per person")
    periode: Periode = Field(description="days over which was counted")
    verwerkt_onder: Literal["wpg_8", "wpg_13"] = Field(description="article under which the police hold these data")
    contactpersoon: Contactpersoon = Field(default=Contactpersoon(), description="officer who can explain")
    peildatum: Dag = Field(description="day of the search")


class Strafzaak(Piece):
    """One criminal case: where it stands and what was imposed."""

    stand: Literal[
        "in_onderzoek",
        "bij_om",
        "gedagvaard",
        "vonnis",
        "hoger_beroep",
        "onherroepelijk",
        "geseponeerd",
        "tenuitvoerlegging",
    ] = Field(description="where the case stands; in_onderzoek only when that is no secret to the person")
    soort_feit: Literal["geweld", "bedreiging", "vermogen", "drugs", "wapens", "vernieling", "verkeer", "overig"] = (
        Field(description="kind of offence, no more precise than this")
    )
    afdoening: Literal[
        "geen", "strafbeschikking", "taakstraf", "voorwaardelijk", "geldboete", "vrijheidsstraf", "maatregel", "overig"
    ] = Field(default="geen", description="how it was disposed of")
    voorwaarden: Lijst[Regel] = Field(
        default=(), description="special conditions others must know in order to keep to them"
    )
    afdoening_op: OptDag = Field(default="", description="day of the disposal")
    proeftijd_tot: OptDag = Field(default="", description="last day of the probation period")


class StrafzakenVan(Piece):
    """The cases of one person."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    zaken: Lijst[Strafzaak] = Field(default=(), description="one entry per case; empty = none that may be given")


class JustitieGegevens(Content):
    """Criminal case data of the public prosecution service: state, disposal, conditions (Wjsg 39f; AVG 10)."""

    category: ClassVar[str] = "justitie_gegevens"

    personen: PerPersoon[StrafzakenVan] = Field(description="one entry per person")
    contactpersoon: Contactpersoon = Field(default=Contactpersoon(), description="who at the parket can explain")
    peildatum: Dag = Field(description="day of the search")


class Toezicht(Piece):
    """Supervision of one person."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    status: Literal["geen", "opdracht", "lopend", "positief_afgesloten", "negatief_afgesloten"] = Field(
        description="where the supervision stands"
    )
    niveau: Annotated[int, Field(ge=0, le=3)] = Field(
        default=0, description="level of supervision, 1 to 3; 0 = not stated"
    )
    kader: Literal[
        "voorwaardelijke_veroordeling",
        "schorsing_voorlopige_hechtenis",
        "voorwaardelijke_invrijheidstelling",
        "taakstraf",
        "overig",
    ] = Field(description="order it rests on")
    sinds: OptDag = Field(default="", description="first day")
    tot: OptDag = Field(default="", description="last day of the term")
    voorwaarden: Lijst[Regel] = Field(default=(), description="special conditions, as told to the person")
    verloop: Literal["goed", "wisselend", "moeizaam", "onbekend"] = Field(
        default="onbekend", description="how it goes; judgement of the supervisor"
    )
    toelichting: Tekst = Field(
        default="", description="what others need for their action; no report or advice to the court"
    )


class ReclasseringToezicht(Content):
    """Probation supervision: conditions and how it goes (AVG 10; UAVG 32, 33)."""

    category: ClassVar[str] = "reclassering_toezicht"

    personen: PerPersoon[Toezicht] = Field(description="one entry per person")
    toezichthouder: Contactpersoon = Field(default=Contactpersoon(), description="supervising officer")
    peildatum: Dag = Field(description="day on which this was so")


EXAMPLES: tuple[Content, ...] = (
    Politiegegevens(
        personen=(
            PolitieBeeld(
                betrokkene="p1",
                incidenten=(
                    Incidenten(aard="overlast", rol="betrokkene", aantal=4, laatste="2026-08-30"),
                    Incidenten(aard="huiselijk_conflict", rol="slachtoffer", aantal=1, laatste="2026-07-11"),
                ),
                duiding="Meldingen nemen sinds de zomer toe, vooral in het weekend.",
            ),
        ),
        periode=Periode(van="2025-10-01", tot="2026-09-22"),
        verwerkt_onder="wpg_8",
        contactpersoon=Contactpersoon(naam="J. Kuiper", functie="wijkagent", telefoon="030 000 0020"),
        peildatum="2026-09-22",
    ),
    JustitieGegevens(
        personen=(
            StrafzakenVan(
                betrokkene="p2",
                zaken=(
                    Strafzaak(
                        stand="onherroepelijk",
                        soort_feit="vernieling",
                        afdoening="voorwaardelijk",
                        voorwaarden=("Meldplicht bij de reclassering",),
                        afdoening_op="2026-03-17",
                        proeftijd_tot="2028-03-17",
                    ),
                ),
            ),
        ),
        peildatum="2026-09-25",
    ),
    ReclasseringToezicht(
        personen=(
            Toezicht(
                betrokkene="p2",
                status="lopend",
                niveau=2,
                kader="voorwaardelijke_veroordeling",
                sinds="2026-04-01",
                tot="2028-03-17",
                voorwaarden=("Meldplicht", "Meewerken aan dagbesteding"),
                verloop="wisselend",
            ),
        ),
        toezichthouder=Contactpersoon(naam="T. Smit", functie="toezichthouder", telefoon="030 000 0021"),
        peildatum="2026-09-25",
    ),
)
