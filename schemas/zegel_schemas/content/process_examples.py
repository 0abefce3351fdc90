"""A fictitious example of every topic of `proces_casus`, and which topic each kind of message speaks of."""

from collections.abc import Mapping
from types import MappingProxyType

from zegel_schemas.content.fields import Contactpersoon, Content
from zegel_schemas.content.process import Onderwerp, ProcesCasus
from zegel_schemas.content.process_rights import Correctie, Incident, Rechtenverzoek, Vernietiging
from zegel_schemas.content.process_topics import (
    Aanleiding,
    AdviesAanMelder,
    Afsluiting,
    Bijeenkomst,
    Escalatie,
    Geinformeerd,
    Intrekking,
    Leefgebiedbeeld,
    Mededeling,
    Opschaling,
    Triagebesluit,
    Triageduiding,
    Uitstel,
    Voortgang,
    Weigering,
)

EXAMPLE_ACTION = "0b8f4a52-6a3e-4c0d-9f4e-2d1c5b7a9e01"

_TOPICS: tuple[Onderwerp, ...] = (
    Bijeenkomst(
        soort="mdo",
        dag="2026-10-14",
        begin="13:30",
        duur_minuten=90,
        plaats="Stadshuis, kamer 2.04",
        agenda=("Kennismaken", "Wat gaat goed", "Plan van aanpak"),
        gevraagd=("jutphaas_wonen", "wil", "school_vo"),
        gezin_uitgenodigd="ja",
    ),
    Aanleiding(
        leefgebieden=("financien", "huisvesting", "scholing"),
        eerder_ingezet="Twee keer een betalingsregeling aangeboden; beide keren verbroken.",
        verwachting="Eén plan voor het hele gezin.",
    ),
    AdviesAanMelder(
        reden="reguliere_hulp_volstaat", advies="Meld het gezin met toestemming aan.", verwezen_naar=("geynwijs",)
    ),
    Weigering(reden="te_breed", wel_mogelijk="Alleen de stand van de huur op dit moment."),
    Intrekking(reden="wordt_vervangen", toelichting="U krijgt een kleinere vraag."),
    Voortgang(actie=EXAMPLE_ACTION, status="gestart", toelichting="Eerste gesprek is geweest."),
    Geinformeerd(betrokkenen=("p1", "p2"), over="casus", dag="2026-09-28", wijze="brief"),
    Uitstel(betrokkenen=("p2",), grond="bescherming_betrokkene_of_anderen", dagen=14),
    Escalatie(
        knelpunt="capaciteit", gevraagd="Plek voor dit gezin binnen vier weken.", regie_gesproken_op="2026-10-05"
    ),
    Opschaling(domeinen=("zorg", "strafrecht"), stagnatie=True, geprobeerd="Twee plannen in een jaar."),
    Afsluiting(reden="doelen_bereikt", dag="2027-04-01", blijft_betrokken=("geynwijs",), bewaren_tot="2029-04-01"),
    Triageduiding(personen=(Leefgebiedbeeld(betrokkene="p1", speelt=("financien", "overlast")),)),
    Triagebesluit(route="cmpg", dag="2026-09-15", regisseur="regieteam"),
    Correctie(
        betrokkenen=("p1",),
        categorieen=("huurachterstand",),
        velden=("bedrag_centen",),
        aanleiding="eigen_onderzoek",
        wat_was_onjuist="Eén betaling was nog niet verwerkt.",
    ),
    Vernietiging(
        fase="opdracht", betrokkenen=("p1",), categorieen=("bekendheid",), reden="niet_bekend", uiterlijk="2026-10-20"
    ),
    Rechtenverzoek(
        betrokkenen=("p1",),
        recht="inzage",
        ingediend_door="betrokkene",
        ontvangen_op="2026-10-01",
        beslissen_voor="2026-11-01",
        gevraagd="Welke gegevens heeft u over deze persoon verstrekt?",
    ),
    Incident(
        soort="verkeerd_label",
        ontdekt_op="2026-10-02",
        ontdekt_om="09:15",
        categorieen=("overlast_leefbaarheid",),
        maatregelen="Bericht niet gebruiken; wij sturen een correctie.",
    ),
    Mededeling(betrokkenen=("p1",), tekst="Vanaf volgende week is L. Mulder de casusregisseur."),
)

EXAMPLE_TOPICS: Mapping[str, Onderwerp] = MappingProxyType({topic.onderwerp: topic for topic in _TOPICS})

TOPIC_OF_KIND: Mapping[str, str] = MappingProxyType(
    {
        "aanmelding": "aanleiding",
        "advies_aan_aanmelder": "advies",
        "weigering": "weigering",
        "intrekking": "intrekking",
        "mdo_uitnodiging": "bijeenkomst",
        "actieaanvaarding": "voortgang",
        "voortgang": "voortgang",
        "melding_geinformeerd": "geinformeerd",
        "uitstel_informeren": "uitstel",
        "escalatie": "escalatie",
        "opschaling": "opschaling",
        "afsluitbericht": "afsluiting",
        "triageantwoord": "triageduiding",
        "triagebesluit": "triagebesluit",
        "correctie": "correctie",
        "vernietiging": "vernietiging",
        "rechtenverzoek": "rechtenverzoek",
        "incident": "incident",
    }
)


def example_process(kind: str) -> ProcesCasus:
    """Return the course of the casus as a message of `kind` tells it; a plain announcement for the other kinds."""
    topic = EXAMPLE_TOPICS[TOPIC_OF_KIND.get(kind, "mededeling")]
    if isinstance(topic, Voortgang) and kind == "actieaanvaarding":
        topic = topic.model_copy(update={"status": "aanvaard"})
    contact = Contactpersoon(naam="L. Mulder", functie="casusregisseur", telefoon="030 000 0001")
    return ProcesCasus(contactpersonen=(contact,), onderwerpen=(topic,))


EXAMPLES: tuple[Content, ...] = (example_process("mdo_uitnodiging"),)
