"""What the instanties of the story say: contents built from the fictitious examples, and the casus' fixed facts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from zegel_schemas.claims import Consultation, SubjectClaim
from zegel_schemas.content import Content, example
from zegel_schemas.content.involvement import Bekendheid, Uitkomst
from zegel_schemas.content.motivation import Motivering, PerCategorie
from zegel_schemas.content.plan import PlanActie, PlanActies
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_topics import Afsluiting, Bijeenkomst
from zegel_schemas.shapes import NIL_CASUS

STANDING = NIL_CASUS
FAMILY = ("p1", "p2", "p3", "p4")
DOMAINS = ("financien", "scholing", "overlast")
CONSULTED = Consultation(status="besproken")
INTRODUCED = (
    SubjectClaim(subject="p1", role="ouder_met_gezag", age_band="16_plus"),
    SubjectClaim(subject="p2", role="ouder_met_gezag", age_band="16_plus"),
    SubjectClaim(subject="p3", role="minderjarige", age_band="12_15", holders=("p1", "p2")),
    SubjectClaim(subject="p4", role="minderjarige", age_band="under_12", holders=("p1", "p2")),
)
AS_FACTS = {"overlast_leefbaarheid": "feit", "huurachterstand": "feit"}
TASKS = {
    "wil": "schuldhulp_traject",
    "school_vo": "verzuimaanpak",
    "jutphaas_wonen": "woonbegeleiding",
    "politie": "wijkagent_contact",
    "geynwijs": "wmo_ondersteuning",
}  # who carries out what: each kind is a `taak` of its holder
WHY = Motivering(
    waarom_nodig="Zonder dit gegeven kan het regieteam niet bepalen welke maatregel past bij dit gezin.",
    waarom_deze_instantie="Deze instantie is de enige bron; het gezin heeft hier zelf geen overzicht meer over.",
    waarom_niet_minder="Alleen ja of nee is niet genoeg: de ernst en de duur bepalen de maatregel.",
)


def report(today: date) -> list[Content]:
    """Return what the corporation reports: who, why, nuisance and rent owed, with its motivation."""
    nuisance, rent = about("overlast_leefbaarheid", today, ("p1",)), about("huurachterstand", today, ("p1", "p2"))
    return [example("proces_casus", "aanmelding"), example("identificatie_contact"), *nuisance, *rent, WHY]


def who_they_are() -> list[Content]:
    """Return what a bekendheidsvraag encloses: who the pseudonyms are, and why it is asked."""
    return [example("identificatie_contact"), WHY]


def known() -> list[Content]:
    """Return that all four are known, without a contact person."""
    return [Bekendheid(uitkomsten=tuple(Uitkomst(betrokkene=each, uitkomst="bekend") for each in FAMILY))]


def why(category: str) -> list[Content]:
    """Return the motivation of an informatieverzoek about one category."""
    each = PerCategorie(categorie=category, tekst="Dit gegeven bepaalt of de voorgenomen maatregel past.")
    return [WHY.model_copy(update={"per_categorie": (each,)})]


def about(category: str, today: date, subjects: Sequence[str]) -> list[Content]:
    """Return the example of a category, dated today and about `subjects` wherever it names persons or a day."""
    content = example(category)
    changed = _retell(content.model_dump(mode="json"), {"peildatum": today.isoformat(), "betrokkenen": list(subjects)})
    return [type(content).model_validate(changed)]


def _retell(value: object, facts: Mapping[str, object]) -> object:
    if isinstance(value, dict):
        return {name: facts[name] if name in facts else _retell(each, facts) for name, each in value.items()}
    return [_retell(each, facts) for each in value] if isinstance(value, list) else value


def absence(today: date) -> list[Content]:
    """Return the school's signal about the eldest child's absence, with its motivation."""
    return [*about("onderwijs_verzuim", today, ("p3",)), WHY]


def health(today: date) -> list[Content]:
    """Return what the regieteam may never pass on: a health finding, with the motivation it tries it with."""
    return [*about("gezondheid_algemeen", today, ("p1",)), WHY]


def invitation(today: date) -> list[Content]:
    """Return the invitation to the MDO, a week from now, with who it is about."""
    day = (today + timedelta(days=7)).isoformat()
    meeting = Bijeenkomst(soort="mdo", dag=day, begin="13:30", duur_minuten=90, gezin_uitgenodigd="ja")
    return [ProcesCasus(onderwerpen=(meeting,)), example("identificatie_contact")]


def plan(action: str, kind: str, holder: str, status: str, today: date) -> list[Content]:
    """Return the extract of the plan with one action of one holder, where it stands at `status`."""
    due = (today + timedelta(days=90)).isoformat()
    values = {"actie": action, "soort": kind, "houder": holder, "status": status, "uiterlijk": due}
    return [PlanActies(acties=(PlanActie.model_validate(values),), vastgesteld_op=today.isoformat())]


def farewell(today: date) -> list[Content]:
    """Return the closing message."""
    closing = Afsluiting(
        reden="doelen_bereikt", dag=today.isoformat(), bewaren_tot=today.replace(year=today.year + 2).isoformat()
    )
    return [ProcesCasus(onderwerpen=(closing,))]
