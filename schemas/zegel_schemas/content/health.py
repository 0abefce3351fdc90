"""Health, mental health and addiction, and advice on how to deal with somebody: what others must know, no more."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
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

_TAAK = Literal["wonen", "huishouden", "geld", "werk_of_school", "opvoeden", "sociale_contacten", "afspraken_nakomen"]


class Gezondheid(Piece):
    """What others must know about one person's bodily health and care."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    zorgmijding: JaNee = Field(default="onbekend", description="avoids care that is needed; finding of JGZ or OGGZ")
    in_zorg: Literal["nee", "aangemeld", "wachtlijst", "lopend", "gestopt", "onbekend"] = Field(
        default="onbekend", description="whether the person receives care at present"
    )
    laatste_contact: OptDag = Field(default="", description="day of the last consultation or visit")
    beperking_in: Keuzes[_TAAK] = Field(default=(), description="where health limits daily life")
    bevindingen: Lijst[Tekstregel] = Field(
        default=(), description="findings others need for their action; no diagnosis, medication or measurements"
    )


class GezondheidAlgemeen(Content):
    """Bodily health, avoidance of care, findings of JGZ and OGGZ, in terms of consequences (BW 7:457, Wet BIG 88).

    Health data (AVG 9). No diagnosis, medication, test result or file: there is no field for them, on purpose.
    """

    category: ClassVar[str] = "gezondheid_algemeen"

    personen: PerPersoon[Gezondheid] = Field(description="one entry per person")
    peildatum: Dag = Field(description="day on which this was so")


class Ggz(Piece):
    """What others must know about one person's mental health or addiction."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    behandeling: Literal["geen", "aangemeld", "wachtlijst", "lopend", "afgerond", "voortijdig_gestopt", "onbekend"] = (
        Field(default="onbekend", description="where treatment stands")
    )
    kader: Literal["vrijwillig", "wvggz", "forensisch", "onbekend"] = Field(
        default="onbekend", description="legal footing of the treatment (Wvggz; Wet forensische zorg)"
    )
    sinds: OptDag = Field(default="", description="first day of treatment")
    gevolgen_voor: Keuzes[_TAAK] = Field(default=(), description="where it shows in daily life")
    toelichting: Tekst = Field(
        default="", description="consequences in daily life; no DSM classification, no substance"
    )
    bij_crisis: Tekst = Field(default="", description="what to do and whom to call when it goes wrong")
    contactpersoon: Contactpersoon = Field(default=Contactpersoon(), description="treating professional or team")


class GgzVerslaving(Content):
    """Mental health, addiction and treatment, in terms of status and consequences (BW 7:457; health data, AVG 9)."""

    category: ClassVar[str] = "ggz_verslaving"

    personen: PerPersoon[Ggz] = Field(description="one entry per person")
    peildatum: Dag = Field(description="day on which this was so")


class Advies(Piece):
    """How to deal with one person: what helps, what does not."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    wel_doen: Lijst[Tekstregel] = Field(default=(), description="what helps, one thing per line")
    niet_doen: Lijst[Tekstregel] = Field(default=(), description="what makes it worse, one thing per line")
    benadering: Keuzes[
        Literal[
            "vooraf_aankondigen",
            "vaste_persoon",
            "kort_en_concreet",
            "schriftelijk_bevestigen",
            "rustige_plek",
            "samen",
        ]
    ] = Field(default=(), description="approach that works")
    bij_spanning: Tekst = Field(default="", description="what to do when tension rises")


class Handelingsadvies(Content):
    """Advice on treatment of and dealing with a person, without a diagnosis; it still leads back to health (AVG 9)."""

    category: ClassVar[str] = "handelingsadvies"

    personen: PerPersoon[Advies] = Field(description="one entry per person")
    besproken_met_betrokkene: JaNee = Field(default="onbekend", description="whether the person knows this advice")
    peildatum: Dag = Field(description="day of the advice")


EXAMPLES: tuple[Content, ...] = (
    GezondheidAlgemeen(
        personen=(
            Gezondheid(
                betrokkene="p4",
                zorgmijding="nee",
                in_zorg="lopend",
                laatste_contact="2026-09-10",
                beperking_in=("werk_of_school",),
                bevindingen=("Kind is vaak moe op school; ouders volgen het slaapadvies.",),
            ),
        ),
        peildatum="2026-09-23",
    ),
    GgzVerslaving(
        personen=(
            Ggz(
                betrokkene="p1",
                behandeling="lopend",
                kader="vrijwillig",
                sinds="2026-02-09",
                gevolgen_voor=("afspraken_nakomen", "geld"),
                bij_crisis="Bel het behandelteam; buiten kantooruren de crisisdienst.",
                contactpersoon=Contactpersoon(naam="Team Voorbeeld", functie="ambulant team", telefoon="030 000 0023"),
            ),
        ),
        peildatum="2026-09-23",
    ),
    Handelingsadvies(
        personen=(
            Advies(
                betrokkene="p1",
                wel_doen=("Spreek een vaste dag en tijd af en stuur de dag ervoor een bericht.",),
                niet_doen=("Onaangekondigd langskomen.",),
                benadering=("vooraf_aankondigen", "vaste_persoon"),
                bij_spanning="Stel voor om het gesprek een dag later voort te zetten.",
            ),
        ),
        besproken_met_betrokkene="ja",
        peildatum="2026-09-23",
    ),
)
