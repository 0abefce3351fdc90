"""Money and work: debts and debt help, income and benefits, work and how the days are spent."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Aantal,
    Betrokkenen,
    Centen,
    Content,
    Dag,
    JaNee,
    Lijst,
    OptDag,
    PerPersoon,
    Piece,
    Tekst,
)
from zegel_schemas.shapes import Subject


class Schuld(Piece):
    """Debts of one kind, added up; creditors are not named."""

    soort: Literal[
        "huur",
        "energie",
        "water",
        "zorgverzekering",
        "belasting",
        "toeslagen",
        "cjib",
        "onderhoud",
        "krediet",
        "overig",
    ] = Field(description="kind of creditor")
    bedrag_centen: Centen = Field(description="owed, eurocents")
    beslag: JaNee = Field(default="onbekend", description="whether an attachment was made for it")


class SchuldenFinancien(Content):
    """Debts, debt help and financial administration (Wet gemeentelijke schuldhulpverlening; Participatiewet 65).

    Source: the debt helper's own file; phases follow the usual course of debt help (NVVK).
    """

    category: ClassVar[str] = "schulden_financien"

    betrokkenen: Betrokkenen = Field(description="who owe the debts")
    totaal_centen: Centen = Field(description="all debts known to us, eurocents")
    aantal_schuldeisers: Aantal = Field(default=0, description="number of creditors known to us")
    schulden: Lijst[Schuld] = Field(default=(), description="debts per kind, when the question asks for it")
    schuldhulp: Literal[
        "geen", "aangemeld", "stabilisatie", "schuldregeling", "wsnp", "afgerond", "beeindigd", "onbekend"
    ] = Field(default="onbekend", description="phase of the debt help")
    schuldhulp_sinds: OptDag = Field(default="", description="first day of that phase")
    beheer: Literal["geen", "budgetbeheer", "inkomensbeheer", "beschermingsbewind", "curatele", "onbekend"] = Field(
        default="onbekend", description="who manages the money, if not they"
    )
    peildatum: Dag = Field(description="day on which these amounts stood")
    toelichting: Tekst = Field(
        default="", description="what a reader must know of these amounts; no reasons in the person"
    )


class Inkomstenbron(Piece):
    """One source of income of one person."""

    soort: Literal[
        "loon",
        "onderneming",
        "participatiewet",
        "ioaw",
        "ww",
        "wia",
        "wajong",
        "ziektewet",
        "aow",
        "toeslagen",
        "alimentatie",
        "studiefinanciering",
        "overig",
    ] = Field(description="kind of income")
    netto_centen_per_maand: Centen = Field(description="net, eurocents a month")
    sinds: OptDag = Field(default="", description="first day")
    tot: OptDag = Field(default="", description="last day, if known")


class Inkomen(Piece):
    """The income of one person."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    bronnen: Lijst[Inkomstenbron] = Field(default=(), description="one entry per source; empty = none known to us")
    aanvraag_loopt: JaNee = Field(default="onbekend", description="whether a claim for benefit is being decided")
    inhouding_centen_per_maand: Centen = Field(default=0, description="set off or attached, eurocents a month")


class InkomenUitkering(Content):
    """Income and benefits as WIL or UWV pay or know them (Participatiewet 65, Wet SUWI 74: secrecy).

    Only amounts, kind and dates: no reason for a benefit (which would be health data), no sanctions or investigations.
    """

    category: ClassVar[str] = "inkomen_uitkering"

    personen: PerPersoon[Inkomen] = Field(description="one entry per person")
    peildatum: Dag = Field(description="day on which these amounts stood")
    toelichting: Tekst = Field(default="", description="what a reader must know of these amounts; nothing else")


class Dagbesteding(Piece):
    """How one person's working days are filled."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    hoofdbezigheid: Literal[
        "werk",
        "werkzoekend",
        "re_integratie",
        "opleiding",
        "dagbesteding",
        "vrijwilligerswerk",
        "zorg_voor_gezin",
        "geen",
        "onbekend",
    ] = Field(description="what fills most of the week")
    uren_per_week: Annotated[int, Field(ge=0, le=168)] = Field(
        default=0, description="hours a week; 0 = unknown or none"
    )
    traject: Literal["geen", "aangemeld", "lopend", "afgerond", "gestopt", "onbekend"] = Field(
        default="onbekend", description="re-integration or activation trajectory"
    )
    traject_sinds: OptDag = Field(default="", description="first day of that trajectory")
    sociale_contacten: Tekst = Field(default="", description="club, volunteering, network: in general terms, no names")


class WerkDagbesteding(Content):
    """Work, re-integration, day activities and social contacts; no reason why somebody does not work."""

    category: ClassVar[str] = "werk_dagbesteding"

    personen: PerPersoon[Dagbesteding] = Field(description="one entry per person")
    peildatum: Dag = Field(description="day on which this was so")


EXAMPLES: tuple[Content, ...] = (
    SchuldenFinancien(
        betrokkenen=("p1",),
        totaal_centen=1_845_000,
        aantal_schuldeisers=9,
        schulden=(
            Schuld(soort="huur", bedrag_centen=213750),
            Schuld(soort="zorgverzekering", bedrag_centen=126400, beslag="ja"),
        ),
        schuldhulp="stabilisatie",
        schuldhulp_sinds="2026-08-01",
        beheer="budgetbeheer",
        peildatum="2026-09-22",
    ),
    InkomenUitkering(
        personen=(
            Inkomen(
                betrokkene="p1",
                bronnen=(Inkomstenbron(soort="participatiewet", netto_centen_per_maand=134000, sinds="2025-11-01"),),
                aanvraag_loopt="nee",
                inhouding_centen_per_maand=6700,
            ),
        ),
        peildatum="2026-09-22",
    ),
    WerkDagbesteding(
        personen=(
            Dagbesteding(
                betrokkene="p1",
                hoofdbezigheid="re_integratie",
                uren_per_week=12,
                traject="lopend",
                traject_sinds="2026-05-04",
            ),
        ),
        peildatum="2026-09-22",
    ),
)
