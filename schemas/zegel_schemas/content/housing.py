"""The home: dwelling and contract, rent arrears, nuisance reported by residents, corporation and municipality."""

from typing import ClassVar, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Aantal,
    Betrokkenen,
    Centen,
    Content,
    Dag,
    JaNee,
    Keuzes,
    Lijst,
    OptDag,
    Periode,
    Piece,
    Tekst,
)


class Huisvesting(Content):
    """Dwelling, contract, living situation and state of the home; terms follow VERA, the corporations' standard."""

    category: ClassVar[str] = "huisvesting"

    betrokkenen: Betrokkenen = Field(description="tenants or residents this is about")
    woonvorm: Literal[
        "sociale_huur", "particuliere_huur", "koop", "begeleid_wonen", "opvang", "inwonend", "zonder_woning", "overig"
    ] = Field(description="on what footing they live there")
    contractsoort: Literal["geen", "onbepaalde_tijd", "tijdelijk", "laatste_kans", "via_zorginstelling", "onbekend"] = (
        Field(default="onbekend", description="kind of tenancy agreement; corporation's contract register")
    )
    contract_sinds: OptDag = Field(default="", description="first day of the agreement")
    contract_tot: OptDag = Field(default="", description="last day of a temporary agreement")
    huur_centen_per_maand: Centen = Field(default=0, description="net rent, eurocents a month; 0 = unknown or no rent")
    aantal_kamers: Aantal = Field(default=0, description="number of living and sleeping rooms; 0 = unknown")
    aantal_bewoners: Aantal = Field(default=0, description="number of residents; 0 = unknown")
    staat_woning: Literal["goed", "matig", "slecht", "onbekend"] = Field(
        default="onbekend", description="state of the home at the last visit; own observation"
    )
    staat_toelichting: Tekst = Field(default="", description="what is the matter with the home, not with the people")
    ontruiming: Literal["geen", "dreigt", "aangezegd", "vonnis", "gepland"] = Field(
        default="geen", description="whether an eviction is pending"
    )
    ontruiming_op: OptDag = Field(default="", description="day of the planned eviction")
    peildatum: Dag = Field(description="day on which this was so")


class Betalingsregeling(Piece):
    """What was agreed about paying off the debt."""

    status: Literal["geen", "aangeboden", "lopend", "nagekomen", "verbroken"] = Field(
        default="geen", description="where the arrangement stands"
    )
    bedrag_centen_per_maand: Centen = Field(default=0, description="instalment, eurocents a month")
    sinds: OptDag = Field(default="", description="first day of the arrangement")
    tot: OptDag = Field(default="", description="day of the last instalment")


class Huurachterstand(Content):
    """Rent debt and what was agreed about it: the landlord's claim, no other debts and no reasons.

    Source: the landlord's rent ledger. What a landlord reports in early detection stands in Besluit gemeentelijke
    schuldhulpverlening, art. 2 (amount and contact details); terms follow VERA.
    """

    category: ClassVar[str] = "huurachterstand"

    betrokkenen: Betrokkenen = Field(description="tenants who owe the rent")
    bedrag_centen: Centen = Field(description="rent owed on the peildatum, eurocents, without costs")
    aantal_maanden: Aantal = Field(description="months of rent not or not fully paid")
    huur_centen_per_maand: Centen = Field(default=0, description="rent due, eurocents a month; 0 = not stated")
    kosten_centen: Centen = Field(default=0, description="collection and court costs on top, eurocents")
    betalingsregeling: Betalingsregeling = Field(default=Betalingsregeling(), description="payment arrangement")
    vorderingstatus: Literal[
        "herinnering", "aanmaning", "incasso", "deurwaarder", "dagvaarding", "vonnis", "ontruiming_aangezegd", "voldaan"
    ] = Field(description="furthest step taken to collect the debt")
    vroegsignaal_gemeld: JaNee = Field(default="onbekend", description="reported to the municipality (Bgs art. 2)")
    vroegsignaal_op: OptDag = Field(default="", description="day of that report")
    peildatum: Dag = Field(description="day on which these amounts stood")
    toelichting: Tekst = Field(default="", description="what a reader must know of these amounts; nothing else")


class Overlastmeldingen(Piece):
    """Reports of one kind of nuisance, counted."""

    aard: Literal["geluid", "vervuiling", "stank", "dieren", "burenruzie", "vernieling", "jeugd", "drugs", "overig"] = (
        Field(description="what the reports are about")
    )
    aantal: Aantal = Field(description="number of reports in the period")
    laatste: OptDag = Field(default="", description="day of the last report")
    zelf_vastgesteld: JaNee = Field(default="onbekend", description="whether our own staff established it")


class OverlastLeefbaarheid(Content):
    """Nuisance reported by residents, corporation or municipality, counted; no police data, never who reported it."""

    category: ClassVar[str] = "overlast_leefbaarheid"

    betrokkenen: Betrokkenen = Field(description="persons to whose home or conduct the reports refer")
    periode: Periode = Field(description="days over which was counted")
    meldingen: Lijst[Overlastmeldingen] = Field(default=(), description="one entry per kind of nuisance")
    maatregelen: Keuzes[
        Literal[
            "gesprek",
            "waarschuwing",
            "buurtbemiddeling",
            "gedragsaanwijzing",
            "laatste_kans_overeenkomst",
            "overig",
        ]
    ] = Field(default=(), description="what was already done")
    toelichting: Tekst = Field(default="", description="facts of the nuisance; nothing that leads to a reporter")


EXAMPLES: tuple[Content, ...] = (
    Huisvesting(
        betrokkenen=("p1", "p2"),
        woonvorm="sociale_huur",
        contractsoort="onbepaalde_tijd",
        contract_sinds="2017-05-01",
        huur_centen_per_maand=71250,
        aantal_kamers=4,
        aantal_bewoners=4,
        staat_woning="matig",
        staat_toelichting="Vocht in de badkamer; reparatie staat gepland.",
        peildatum="2026-09-20",
    ),
    Huurachterstand(
        betrokkenen=("p1", "p2"),
        bedrag_centen=213750,
        aantal_maanden=3,
        huur_centen_per_maand=71250,
        betalingsregeling=Betalingsregeling(
            status="verbroken", bedrag_centen_per_maand=10000, sinds="2026-04-01", tot="2027-12-01"
        ),
        vorderingstatus="aanmaning",
        vroegsignaal_gemeld="ja",
        vroegsignaal_op="2026-06-15",
        peildatum="2026-09-20",
    ),
    OverlastLeefbaarheid(
        betrokkenen=("p1",),
        periode=Periode(van="2026-03-01", tot="2026-09-20"),
        meldingen=(
            Overlastmeldingen(aard="geluid", aantal=7, laatste="2026-09-12", zelf_vastgesteld="ja"),
            Overlastmeldingen(aard="vervuiling", aantal=2, laatste="2026-08-03"),
        ),
        maatregelen=("gesprek", "waarschuwing"),
    ),
)
