"""What `proces_casus` says about rights and mishaps: correction, destruction, requests of residents, incidents."""

from typing import Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Aantal,
    Betrokkenen,
    Codes,
    Dag,
    Genoemden,
    JaNee,
    Lijst,
    OptDag,
    Piece,
    Regel,
    Tekst,
    Tijd,
)
from zegel_schemas.shapes import OptionalHash


class Correctie(Piece):
    """Data given earlier were wrong (correctie; AVG 16, 19); the right ones travel as a part of their own."""

    onderwerp: Literal["correctie"] = "correctie"
    betrokkenen: Betrokkenen = Field(description="whom the data are about")
    categorieen: Codes = Field(description="categories in which something was wrong")
    eerder_bericht: OptionalHash = Field(default="", description="hash of the message that held it, if known")
    velden: Lijst[Regel] = Field(default=(), description="names of the fields that were wrong")
    aanleiding: Literal["verzoek_betrokkene", "eigen_onderzoek", "melding_ontvanger"] = Field(
        description="how it came out"
    )
    wat_was_onjuist: Tekst = Field(
        default="", description="what was wrong, in words; the right value stands in its own part"
    )


class Vernietiging(Piece):
    """Data are to be, or have been, destroyed (vernietiging; AVG 17)."""

    onderwerp: Literal["vernietiging"] = "vernietiging"
    fase: Literal["opdracht", "bevestiging"] = Field(description="asked, or done")
    betrokkenen: Betrokkenen = Field(description="whom the data are about")
    categorieen: Codes = Field(description="categories destroyed or to be destroyed; equal to what the message asks")
    reden: Literal["bewaartermijn", "onrechtmatig", "verzoek_betrokkene", "toestemming_ingetrokken", "niet_bekend"] = (
        Field(description="why")
    )
    uiterlijk: OptDag = Field(default="", description="day by which it must be done")
    vernietigd_op: OptDag = Field(default="", description="day it was done, in a bevestiging")
    niet_vernietigd: Tekst = Field(default="", description="what had to be kept and under which law")


class Rechtenverzoek(Piece):
    """A resident uses a right and instanties tune their answers (rechtenverzoek; AVG 12, 15-21)."""

    onderwerp: Literal["rechtenverzoek"] = "rechtenverzoek"
    betrokkenen: Betrokkenen = Field(description="whose data the request is about")
    recht: Literal["inzage", "rectificatie", "wissing", "beperking", "bezwaar", "overdraagbaarheid"] = Field(
        description="the right (AVG 15, 16, 17, 18, 21, 20)"
    )
    ingediend_door: Literal["betrokkene", "gezaghouder", "gemachtigde"] = Field(description="who asked")
    ontvangen_op: Dag = Field(description="day the request came in")
    beslissen_voor: Dag = Field(description="last day to answer: one month, to be extended by two (AVG 12 lid 3)")
    gevraagd: Tekst = Field(default="", description="what this instantie is asked to look up, answer or refrain from")
    stand: Literal["ontvangen", "in_behandeling", "toegewezen", "deels_toegewezen", "afgewezen"] = Field(
        default="ontvangen", description="where the request stands"
    )
    uitzondering: Tekst = Field(default="", description="legal exception relied on, with its article (UAVG 41; Wpg 27)")


class Incident(Piece):
    """A security incident or data leak (incident; AVG 33 and 34), also a part that was mislabelled or misdirected."""

    onderwerp: Literal["incident"] = "incident"
    soort: Literal["verkeerde_ontvanger", "onbevoegde_inzage", "verlies", "vergrendeld", "verkeerd_label", "overig"] = (
        Field(description="what happened")
    )
    ontdekt_op: Dag = Field(description="day of discovery; the 72 hours of AVG 33 run from then")
    ontdekt_om: Tijd = Field(default="", description="local time HH:MM")
    categorieen: Codes = Field(default=(), description="categories concerned")
    betrokkenen: Genoemden = Field(default=(), description="persons of this casus concerned, as far as known")
    aantal_personen: Aantal = Field(default=0, description="number of persons concerned, also outside this casus")
    eerder_bericht: OptionalHash = Field(default="", description="hash of the message concerned, if any")
    gevolgen: Tekst = Field(default="", description="likely consequences")
    maatregelen: Tekst = Field(default="", description="what was done and what the recipient must do")
    gemeld_bij_ap: JaNee = Field(default="onbekend", description="reported to the Autoriteit Persoonsgegevens")
    betrokkenen_ingelicht: JaNee = Field(default="onbekend", description="whether those concerned were told (AVG 34)")
