"""Bringing up children: how the family functions, youth care and protection, signals about safety."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Betrokkenen,
    Contactpersoon,
    Content,
    Dag,
    JaNee,
    Keuzes,
    Lijst,
    OptDag,
    PerPersoon,
    Piece,
    Tekst,
)
from zegel_schemas.shapes import Subject

Tekstregel = Annotated[Tekst, Field(min_length=1)]


class OpvoedingGezinsfunctioneren(Content):
    """How the family manages day to day: strengths first, then concerns, then what was agreed.

    Source: own observation of the professional and conversations with the family; the label of the part says whether
    it is fact, professional judgement or suspicion.
    """

    category: ClassVar[str] = "opvoeding_gezinsfunctioneren"

    betrokkenen: Betrokkenen = Field(description="whom this is about")
    krachten: Lijst[Tekstregel] = Field(default=(), description="what goes well and whom the family can lean on")
    zorgen: Lijst[Tekstregel] = Field(default=(), description="what does not go well, in observable terms")
    steun_nodig_bij: Keuzes[
        Literal[
            "structuur", "grenzen", "verzorging", "huishouden", "contact_school", "vrije_tijd", "ouderrelatie", "overig"
        ]
    ] = Field(default=(), description="where support is needed")
    afspraken: Lijst[Tekstregel] = Field(default=(), description="what was agreed with the family")
    waargenomen_bij: Literal["huisbezoek", "gesprek", "school_of_opvang", "van_derden", "overig"] = Field(
        description="how this is known"
    )
    peildatum: Dag = Field(description="day of the last observation")


class Jeugdhulp(Piece):
    """One form of youth care; kinds as in the Jeugdwet and iJw, without product codes or treatment."""

    soort: Literal["ambulant", "dagbehandeling", "pleegzorg", "gezinsgericht_verblijf", "residentieel", "overig"] = (
        Field(description="form of the help")
    )
    status: Literal["toegewezen", "wachtlijst", "lopend", "afgerond", "gestopt"] = Field(description="where it stands")
    sinds: OptDag = Field(default="", description="first day")
    doel: Tekst = Field(default="", description="what the help is for, in one or two sentences")


class JeugdhulpVan(Piece):
    """Youth care and protection of one child."""

    betrokkene: Subject = Field(description="the child")
    hulp: Lijst[Jeugdhulp] = Field(default=(), description="one entry per form of help")
    maatregel: Literal[
        "geen", "voorlopige_ots", "ots", "voorlopige_voogdij", "voogdij", "jeugdreclassering", "onbekend"
    ] = Field(default="onbekend", description="measure of the juvenile court (BW 1:254 and further)")
    maatregel_sinds: OptDag = Field(default="", description="first day of the measure")
    maatregel_tot: OptDag = Field(default="", description="last day of the measure")
    maatregel_doel: Tekst = Field(default="", description="what the measure must reach, as told to parents and child")
    uithuisplaatsing: JaNee = Field(default="onbekend", description="whether the child is placed out of home")
    raadsonderzoek: Literal["geen", "verzocht", "lopend", "afgerond", "onbekend"] = Field(
        default="onbekend", description="status of an inquiry of the Raad; never its report"
    )
    jeugdbeschermer: Contactpersoon = Field(default=Contactpersoon(), description="professional who carries it out")


class JeugdhulpJeugdbescherming(Content):
    """Youth care, supervision, guardianship and inquiries of the Raad: status and goal only (Jeugdwet 7.3.11)."""

    category: ClassVar[str] = "jeugdhulp_jeugdbescherming"

    kinderen: PerPersoon[JeugdhulpVan] = Field(description="one entry per child")
    peildatum: Dag = Field(description="day on which this was so")


class Veiligheidssignaal(Piece):
    """One signal, as observed or told."""

    betrokkenen: Betrokkenen = Field(description="whom the signal is about")
    dag: Dag = Field(description="day of the observation")
    aard: Literal[
        "lichamelijk_geweld",
        "psychisch_geweld",
        "verwaarlozing",
        "partnergeweld",
        "getuige_van_geweld",
        "ouderenmishandeling",
        "onveilige_woonsituatie",
        "overig",
    ] = Field(description="nature of the signal; sexual violence goes to Veilig Thuis only")
    waargenomen_door: Literal["zelf", "betrokkene_vertelt", "derde_vertelt"] = Field(description="how it is known")
    omschrijving: Tekst = Field(default="", description="what was seen or heard, literally; no interpretation")


class HuiselijkGeweldKindveiligheid(Content):
    """Signals of domestic violence and child safety, by the steps of the meldcode (Wmo 2015 5.2.6; Jeugdwet 4.1.7).

    Not the way to report: acute danger goes to 112 or Veilig Thuis, requests for inquiry through CORV.
    """

    category: ClassVar[str] = "huiselijk_geweld_kindveiligheid"

    signalen: Lijst[Veiligheidssignaal] = Field(default=(), description="one entry per signal")
    meldcode_stap: Annotated[int, Field(ge=0, le=5)] = Field(
        description="step of the meldcode reached, 1-5; 0 = not begun"
    )
    veilig_thuis: Literal["niet_gemeld", "advies_gevraagd", "gemeld"] = Field(
        description="whether Veilig Thuis was consulted or told"
    )
    veilig_thuis_op: OptDag = Field(default="", description="day of that advice or report")
    veiligheidsafspraken: Lijst[Tekstregel] = Field(default=(), description="what was agreed to keep everybody safe")
    peildatum: Dag = Field(description="day on which this was so")


EXAMPLES: tuple[Content, ...] = (
    OpvoedingGezinsfunctioneren(
        betrokkenen=("p1", "p3", "p4"),
        krachten=("Moeder vraagt zelf om hulp.", "Oma haalt het jongste kind twee dagen per week op."),
        zorgen=("Kinderen gaan op wisselende tijden naar bed; ontbijt wordt vaak overgeslagen.",),
        steun_nodig_bij=("structuur", "contact_school"),
        afspraken=("Elke maandag maken moeder en gezinswerker samen een weekplanning.",),
        waargenomen_bij="huisbezoek",
        peildatum="2026-09-21",
    ),
    JeugdhulpJeugdbescherming(
        kinderen=(
            JeugdhulpVan(
                betrokkene="p4",
                hulp=(Jeugdhulp(soort="ambulant", status="lopend", sinds="2026-06-01", doel="Rust en ritme in huis."),),
                maatregel="ots",
                maatregel_sinds="2026-05-12",
                maatregel_tot="2027-05-12",
                maatregel_doel="Ouders maken samen afspraken over de verzorging.",
                uithuisplaatsing="nee",
                raadsonderzoek="afgerond",
                jeugdbeschermer=Contactpersoon(naam="M. Visser", functie="jeugdbeschermer", telefoon="030 000 0015"),
            ),
        ),
        peildatum="2026-09-22",
    ),
    HuiselijkGeweldKindveiligheid(
        signalen=(
            Veiligheidssignaal(
                betrokkenen=("p4",),
                dag="2026-09-14",
                aard="getuige_van_geweld",
                waargenomen_door="betrokkene_vertelt",
                omschrijving="Kind vertelt in de klas dat er thuis hard geschreeuwd en met servies gegooid is.",
            ),
        ),
        meldcode_stap=3,
        veilig_thuis="advies_gevraagd",
        veilig_thuis_op="2026-09-16",
        veiligheidsafspraken=("Kind mag altijd naar het vaste aanspreekpunt op school lopen.",),
        peildatum="2026-09-18",
    ),
)
