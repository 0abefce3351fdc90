"""School: enrolment and absence, and how a pupil gets on."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Aantal,
    Content,
    Dag,
    Keuzes,
    Lijst,
    OptDag,
    Periode,
    PerPersoon,
    Piece,
    Regel,
    Tekst,
    Uren,
)
from zegel_schemas.shapes import Subject


class Inschrijving(Piece):
    """Where the pupil is enrolled, in the terms of ROD (Register Onderwijsdeelnemers)."""

    status: Literal["ingeschreven", "uitgeschreven", "niet_ingeschreven", "onbekend"] = Field(
        description="niet_ingeschreven at school age = absolute absence (Leerplichtwet 1969)"
    )
    onderwijssoort: Literal["po", "sbo", "so", "vo", "vso", "mbo", "onbekend"] = Field(
        default="onbekend", description="kind of education"
    )
    school: Regel = Field(default="", description="name of the school or branch")
    leerjaar: Annotated[int, Field(ge=0, le=8)] = Field(default=0, description="year of the course; 0 = not stated")
    sinds: OptDag = Field(default="", description="day of enrolment or of leaving")


class Schorsing(Piece):
    """One suspension or expulsion; the reason is not stated here."""

    soort: Literal["intern", "extern", "verwijdering"] = Field(description="in school, out of school, or expelled")
    periode: Periode = Field(description="days it held")


class Verzuim(Piece):
    """Absence of one pupil, counted in lesson hours from the school's absence register."""

    betrokkene: Subject = Field(description="the pupil")
    inschrijving: Inschrijving = Field(description="where the pupil is enrolled")
    periode: Periode = Field(description="days over which was counted; holidays do not count as lesson weeks")
    ongeoorloofd_uren: Uren = Field(description="absent without permission, lesson hours")
    geoorloofd_uren: Uren = Field(description="absent with permission, lesson hours; illness is not told apart")
    te_laat_aantal: Aantal = Field(default=0, description="times late")
    verzuimsoort: Literal["geen", "16_uur_in_4_weken", "langdurig_relatief", "luxe", "rmc", "overig"] = Field(
        description="kind as DUO's verzuimregister has them"
    )
    melding_leerplicht: Literal["nee", "gemeld", "in_behandeling", "afgehandeld"] = Field(
        description="whether it was reported to the leerplichtambtenaar (Leerplichtwet 21, 21a) and where that stands"
    )
    melding_op: OptDag = Field(default="", description="day of the last report")
    schorsingen: Lijst[Schorsing] = Field(default=(), description="suspensions in the period")
    toelichting: Tekst = Field(default="", description="what a reader must know of these hours; no medical reasons")


class OnderwijsVerzuim(Content):
    """Enrolment, absence, suspension. Sources: school register and ROD; kinds of absence as DUO's verzuimregister."""

    category: ClassVar[str] = "onderwijs_verzuim"

    leerlingen: PerPersoon[Verzuim] = Field(description="one entry per pupil")


class Ontwikkeling(Piece):
    """How one pupil gets on at school."""

    betrokkene: Subject = Field(description="the pupil")
    didactisch: Literal["op_niveau", "achterstand", "voorsprong", "onbekend"] = Field(
        default="onbekend", description="results compared with what the course asks"
    )
    welbevinden: Literal["goed", "wisselend", "zorgelijk", "onbekend"] = Field(
        default="onbekend", description="professional judgement of the mentor"
    )
    functioneren: Tekst = Field(default="", description="behaviour and contact at school, as observed; no diagnosis")
    ondersteuningsbehoefte: Tekst = Field(default="", description="what the pupil needs in order to learn")
    ondersteuning: Keuzes[
        Literal["basis", "extra", "opp", "samenwerkingsverband", "praktijkonderwijs", "thuiszitters_aanpak", "anders"]
    ] = Field(default=(), description="support in place; opp = ontwikkelingsperspectiefplan")
    contact_met_ouders: Literal["goed", "wisselend", "geen", "onbekend"] = Field(
        default="onbekend", description="whether school and parents reach each other"
    )


class OnderwijsOntwikkeling(Content):
    """How pupils get on and what they need (Wet passend onderwijs); observations, no tests, reports or diagnoses."""

    category: ClassVar[str] = "onderwijs_ontwikkeling"

    leerlingen: PerPersoon[Ontwikkeling] = Field(description="one entry per pupil")
    peildatum: Dag = Field(description="day on which this was so")


EXAMPLES: tuple[Content, ...] = (
    OnderwijsVerzuim(
        leerlingen=(
            Verzuim(
                betrokkene="p3",
                inschrijving=Inschrijving(
                    status="ingeschreven",
                    onderwijssoort="vo",
                    school="Voorbeeldcollege",
                    leerjaar=2,
                    sinds="2025-08-01",
                ),
                periode=Periode(van="2026-08-24", tot="2026-09-18"),
                ongeoorloofd_uren=22,
                geoorloofd_uren=6,
                te_laat_aantal=5,
                verzuimsoort="16_uur_in_4_weken",
                melding_leerplicht="in_behandeling",
                melding_op="2026-09-21",
            ),
        )
    ),
    OnderwijsOntwikkeling(
        leerlingen=(
            Ontwikkeling(
                betrokkene="p3",
                didactisch="achterstand",
                welbevinden="wisselend",
                functioneren="Werkt goed in een kleine groep; trekt zich terug in de klas.",
                ondersteuningsbehoefte="Vast aanspreekpunt en een rustige werkplek.",
                ondersteuning=("extra", "opp"),
                contact_met_ouders="wisselend",
            ),
        ),
        peildatum="2026-09-21",
    ),
)
