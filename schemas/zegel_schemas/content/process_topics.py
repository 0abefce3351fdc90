"""What `proces_casus` can speak of while a casus runs: one small closed model per topic, told apart by `onderwerp`."""

from typing import Annotated, Literal

from pydantic import Field

from zegel_schemas.content.fields import (
    Actie,
    Betrokkenen,
    Codes,
    Dag,
    Dagen,
    Genoemden,
    JaNee,
    Keuzes,
    Leefgebieden,
    Lijst,
    OptDag,
    PerPersoon,
    Piece,
    Regel,
    Tekst,
    Tijd,
)
from zegel_schemas.shapes import Subject


class Aanleiding(Piece):
    """Why a professional refers the family (aanmelding)."""

    onderwerp: Literal["aanleiding"] = "aanleiding"
    leefgebieden: Leefgebieden = Field(description="domains on which problems are seen (casuscriteria)")
    eerder_ingezet: Tekst = Field(default="", description="what regular help was tried and why it fell short")
    verwachting: Tekst = Field(default="", description="what the referrer hopes municipal regie will bring")


class AdviesAanMelder(Piece):
    """Answer to a referral that is not taken up (advies_aan_aanmelder)."""

    onderwerp: Literal["advies"] = "advies"
    reden: Literal[
        "voldoet_niet_aan_criteria", "reguliere_hulp_volstaat", "niet_woonachtig", "al_in_regie", "overig"
    ] = Field(description="why it is not taken up")
    advies: Tekst = Field(default="", description="what the referrer can do instead")
    verwezen_naar: Codes = Field(default=(), description="instanties that can help")


class Weigering(Piece):
    """The provider declines (weigering); `reden` equals the claim `reason` and is coarse on purpose."""

    onderwerp: Literal["weigering"] = "weigering"
    reden: Literal["mag_niet", "niet_nodig", "te_breed", "niet_beschikbaar", "verkeerde_instantie", "zonder_opgaaf"] = (
        Field(description="coarse reason; zonder_opgaaf is always enough: the provider decides")
    )
    toelichting: Tekst = Field(default="", description="what the provider wishes to add; need not reveal anything")
    wel_mogelijk: Tekst = Field(default="", description="what smaller or other question could be answered")


class Intrekking(Piece):
    """The asker takes its own question or assignment back (intrekking); `reden` equals the claim `reason`."""

    onderwerp: Literal["intrekking"] = "intrekking"
    reden: Literal["niet_meer_nodig", "verkeerd_verzonden", "wordt_vervangen", "overig"] = Field(description="why")
    toelichting: Tekst = Field(default="", description="what the recipient should do with what it has")


class Bijeenkomst(Piece):
    """A meeting and its agenda (mdo_uitnodiging)."""

    onderwerp: Literal["bijeenkomst"] = "bijeenkomst"
    soort: Literal["mdo", "triage", "evaluatie", "voortgang"] = Field(description="kind of meeting")
    dag: Dag = Field(description="day")
    begin: Tijd = Field(description="local time HH:MM")
    duur_minuten: Annotated[int, Field(ge=0, le=1440)] = Field(default=0, description="minutes; 0 = not stated")
    plaats: Regel = Field(default="", description="room, or the link of the online meeting")
    agenda: Lijst[Regel] = Field(default=(), description="points, without personal data")
    gevraagd: Codes = Field(default=(), description="instanties invited; each is needed, none for information only")
    gezin_uitgenodigd: JaNee = Field(default="onbekend", description="whether the family is invited along")


class Voortgang(Piece):
    """Where one action stands (actieaanvaarding, voortgang) when no plan_acties part says so."""

    onderwerp: Literal["voortgang"] = "voortgang"
    actie: Actie = Field(description="id of the action")
    status: Literal["aanvaard", "teruggegeven", "gestart", "gereed", "gestopt"] = Field(
        description="equal to the claim `action_status`"
    )
    toelichting: Tekst = Field(default="", description="progress, or why it is given back; no treatment content")
    nieuwe_termijn: OptDag = Field(default="", description="day proposed when the term cannot be kept")


class Geinformeerd(Piece):
    """Persons were told (melding_geinformeerd; AVG 13, 14). `dag` equals the claim `informed_on`."""

    onderwerp: Literal["geinformeerd"] = "geinformeerd"
    betrokkenen: Betrokkenen = Field(description="who were told; of a child, also who holds authority")
    over: Literal["casus", "plan", "verstrekking"] = Field(description="what they were told about")
    dag: Dag = Field(description="day they were told")
    wijze: Literal["brief", "gesprek", "telefoon", "portaal"] = Field(description="how")


class Uitstel(Piece):
    """Persons are not told yet (uitstel_informeren; UAVG 41). Ground and days equal the claim `deferral`."""

    onderwerp: Literal["uitstel"] = "uitstel"
    betrokkenen: Betrokkenen = Field(description="who are not told yet")
    grond: Literal["openbare_veiligheid", "strafbare_feiten", "bescherming_betrokkene_of_anderen"] = Field(
        description="ground of the list in the convenant"
    )
    dagen: Dagen = Field(description="calendar days of deferral from now")
    heroverwogen_op: OptDag = Field(default="", description="day a running deferral was re-assessed, for a longer one")


class Escalatie(Piece):
    """The process is stuck and is taken to a higher step (escalatie)."""

    onderwerp: Literal["escalatie"] = "escalatie"
    knelpunt: Literal["capaciteit", "termijn", "samenwerking", "mandaat", "weigering", "overig"] = Field(
        description="what is in the way"
    )
    gevraagd: Tekst = Field(description="what decision or means is asked for; process only, no content")
    regie_gesproken_op: OptDag = Field(
        default="", description="day the regisseur was spoken to (claims.direction_consulted)"
    )


class Opschaling(Piece):
    """The casus goes to the Zorg- en Veiligheidshuis (opschaling; WGS 2.31)."""

    onderwerp: Literal["opschaling"] = "opschaling"
    domeinen: Keuzes[Literal["zorg", "strafrecht", "gemeentelijk"]] = Field(description="domains concerned")
    stagnatie: bool = Field(description="whether the local approach is stuck")
    geprobeerd: Tekst = Field(default="", description="what was tried locally")


class Afsluiting(Piece):
    """The casus is closed (afsluitbericht)."""

    onderwerp: Literal["afsluiting"] = "afsluiting"
    reden: Literal[
        "doelen_bereikt", "doelen_deels_bereikt", "stagnatie", "opgeschaald", "verhuisd", "overleden", "overig"
    ] = Field(description="why municipal regie ends")
    dag: Dag = Field(description="day of closing")
    blijft_betrokken: Codes = Field(default=(), description="instanties that go on in the ordinary way")
    bewaren_tot: OptDag = Field(default="", description="day on which this recipient destroys what it received")


class Leefgebiedbeeld(Piece):
    """Which domains play for one person: yes or no, no content."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    speelt: Leefgebieden = Field(description="domains on which something plays, as this instantie knows it")


class Triageduiding(Piece):
    """Which domains play (triageantwoord, amendment A1)."""

    onderwerp: Literal["triageduiding"] = "triageduiding"
    personen: PerPersoon[Leefgebiedbeeld] = Field(description="one entry per person")


class Triagebesluit(Piece):
    """Which approach fits (triagebesluit, amendment A1)."""

    onderwerp: Literal["triagebesluit"] = "triagebesluit"
    route: Literal["cmpg", "l-pga", "veiligheidshuis", "regulier"] = Field(description="approach chosen")
    dag: Dag = Field(description="day of the decision")
    regisseur: Regel = Field(default="", description="who takes it up")
    toelichting: Tekst = Field(default="", description="why this approach; process only")


class Mededeling(Piece):
    """Anything else about the course of the casus, such as what happens next; never what other parts are for."""

    onderwerp: Literal["mededeling"] = "mededeling"
    betrokkenen: Genoemden = Field(default=(), description="whom it is about, if anybody")
    dag: OptDag = Field(default="", description="day it is about")
    tekst: Annotated[Tekst, Field(min_length=1)] = Field(description="the announcement; process only")
