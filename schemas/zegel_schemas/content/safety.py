"""Working safely, and group behaviour: a warning with its measure, and what was itself seen of somebody in a group."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Betrokkenen,
    Content,
    Dag,
    Keuzes,
    OptDag,
    PerPersoon,
    Piece,
    Regel,
    Tekst,
    Tijd,
)
from zegel_schemas.shapes import Subject


class VeiligheidsrisicoProfessionals(Content):
    """Warning for safe working: yes or no and which measure to take, without the history behind it."""

    category: ClassVar[str] = "veiligheidsrisico_professionals"

    betrokkenen: Betrokkenen = Field(description="whose home or company the warning is about")
    risico: bool = Field(description="whether there is a risk to professionals")
    maatregel: Keuzes[
        Literal[
            "met_twee", "op_kantoor", "vooraf_bellen", "aanmelden_bij_collega", "met_politie", "niet_bezoeken", "hond"
        ]
    ] = Field(default=(), description="measures to take; hond = ask for the dog to be put away")
    toelichting: Annotated[Tekst, Field(max_length=300)] = Field(
        default="", description="what is needed in order to work safely, at most 300 characters; not who did what"
    )
    geldig_tot: Dag = Field(description="day after which the warning lapses unless it is renewed")
    peildatum: Dag = Field(description="day on which this was so")


class Waarneming(Piece):
    """One observation of one person in group behaviour: a fact with its day and place."""

    dag: Dag = Field(description="day of the observation")
    tijd: Tijd = Field(default="", description="local time HH:MM")
    plaats: Regel = Field(description="public place where it was")
    gedrag: Literal["aanwezig", "overlast", "intimidatie", "vernieling", "strafbaar_feit"] = Field(
        description="what the person himself or herself did"
    )
    waargenomen_door: Literal["eigen_medewerker", "politie", "camera"] = Field(description="who saw it")


class RolInGroep(Piece):
    """What was itself seen of one person."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    rol: Literal["onbekend", "meeloper", "deelnemer", "bepalend"] = Field(
        description="place in the group; more than onbekend only with observations to show for it"
    )
    waarnemingen: Annotated[tuple[Waarneming, ...], Field(strict=False, min_length=1, max_length=32)] = Field(
        description="observations; membership alone is not enough (groepscriteria of A2)"
    )


class Groepsrelatie(Content):
    """Role in a group and where and when group behaviour was seen, only under amendment A2 (criminal data possible).

    Names no one who is not in the casus; kept a year after the last observation; re-assessed per person in 182 days.
    """

    category: ClassVar[str] = "groepsrelatie"

    groep: Regel = Field(description="name under which the driehoek gave this group priority; no origin, no belief")
    personen: PerPersoon[RolInGroep] = Field(description="one entry per person")
    herbeoordelen_op: OptDag = Field(default="", description="day of the next re-assessment, at most 182 days ahead")
    duiding: Tekst = Field(default="", description="what the group does as a group")
    peildatum: Dag = Field(description="day on which this was so")


EXAMPLES: tuple[Content, ...] = (
    VeiligheidsrisicoProfessionals(
        betrokkenen=("p2",),
        risico=True,
        maatregel=("met_twee", "vooraf_bellen"),
        geldig_tot="2027-03-22",
        peildatum="2026-09-22",
    ),
    Groepsrelatie(
        groep="Groep 2026-1",
        personen=(
            RolInGroep(
                betrokkene="p1",
                rol="deelnemer",
                waarnemingen=(
                    Waarneming(
                        dag="2026-09-05",
                        tijd="22:40",
                        plaats="Plein bij het winkelcentrum",
                        gedrag="overlast",
                        waargenomen_door="eigen_medewerker",
                    ),
                ),
            ),
        ),
        herbeoordelen_op="2027-03-01",
        peildatum="2026-09-20",
    ),
)
