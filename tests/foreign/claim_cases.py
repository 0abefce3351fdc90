"""Messages with their opened contents: which claims about them hold, and which do not."""

from typing import Any

from tests.foreign.claiming import check_claims, derive
from tests.foreign.declaring import CLAIMS_OF
from tests.foreign.notation import Refused, canonical
from tests.foreign.town import EMERGENCY, content, declare

ACTION, OTHER = "0b8f4a52-6a3e-4c0d-9f4e-2d1c5b7a9e01", "0b8f4a52-6a3e-4c0d-9f4e-2d1c5b7a9e02"
EMPTY: dict[str, Any] = {
    "motivation": {},
    "motivation_per_category": {},
    "period_months": 0,
    "new_facts": 0,
    "weighing": "",
    "consultation": {"status": "besproken", "ground": "", "length": 0},
    "introduces": [],
    "action": "",
    "action_status": "",
    "outcome": {},
    "completeness": "",
    "reason": "",
    "informed_on": "",
    "deferral": {"ground": "", "days": 0, "reassessed": ""},
    "approvals": [],
    "direction_consulted": "",
    "emergency": EMERGENCY,
}
WHY = {
    "nieuwe_feiten": "Er is een dagvaarding.",
    "overleg_toelichting": "Overleg zou onveilig zijn.",
    "per_categorie": [{"categorie": "huurachterstand", "tekst": "De hoogte bepaalt of hulp op tijd komt."}],
    "waarom_deze_instantie": "",
    "waarom_niet_minder": "é€🏠",
    "waarom_nodig": "Zonder dit gegeven past geen maatregel.",
}
NOBODY = {"email": "", "functie": "", "naam": "", "telefoon": ""}
KNOWN = {
    "uitkomsten": [
        {"betrokkene": "p1", "contactpersoon": NOBODY, "uitkomst": "niet_bekend"},
        {"betrokkene": "p2", "contactpersoon": NOBODY, "uitkomst": "geen_antwoord"},
    ]
}
ADDRESS = {
    "huisletter": "",
    "huisnummer": 99,
    "huisnummertoevoeging": "",
    "postcode": "3430ZZ",
    "soort": "woonadres",
    "straat": "Marterkoog",
    "woonplaats": "Nieuwegein",
}


def born(day: str) -> dict[str, Any]:
    """Return the part about one person, born on this day."""
    names = dict.fromkeys(("email", "roepnaam", "telefoon", "voornamen", "voorvoegsel"), "")
    person = {"adres": ADDRESS, "betrokkene": "p1", "geboortedatum": day, "geslachtsnaam": "Voorbeeld"}
    return {"personen": [person | names]}


def course(*topics: dict[str, Any]) -> dict[str, Any]:
    """Return the part `proces_casus` with these topics."""
    return {"proces_casus": {"contactpersonen": [], "onderwerpen": list(topics)}}


def step(action: str = ACTION, status: str = "gestart") -> dict[str, Any]:
    """Return the topic that an action makes progress."""
    said = {"onderwerp": "voortgang", "nieuwe_termijn": "", "toelichting": ""}
    return said | {"actie": action, "status": status}


INFORMED = {
    "onderwerp": "geinformeerd",
    "betrokkenen": ["p1", "p2"],
    "dag": "2026-09-28",
    "over": "casus",
    "wijze": "brief",
}
DEFERRED = {
    "onderwerp": "uitstel",
    "betrokkenen": ["p2"],
    "dagen": 14,
    "grond": "bescherming_betrokkene_of_anderen",
    "heroverwogen_op": "",
}
DESTROYED = {
    "onderwerp": "vernietiging",
    "betrokkenen": ["p1"],
    "categorieen": ["bekendheid"],
    "fase": "opdracht",
    "niet_vernietigd": "",
    "reden": "niet_bekend",
    "uiterlijk": "2026-10-20",
    "vernietigd_op": "",
}
DECLINED = {"onderwerp": "weigering", "reden": "te_breed", "toelichting": "", "wel_mogelijk": ""}
CALLED = {"onderwerp": "escalatie", "gevraagd": "Plek.", "knelpunt": "capaciteit", "regie_gesproken_op": "2026-10-05"}
PERSON = {"subject": "p1", "role": "ouder", "age_band": "12_15", "holders": []}

# name, kind, bodies, claims that replace the derived ones, what else the declaration says, whether it holds
Case = tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any], bool]
CASES: list[Case] = [
    ("a question with its lengths", "informatieverzoek", {"motivering": WHY}, {}, {}, True),
    ("a length of 0 left out or said", "mdo_informatie", {"motivering": WHY}, {"motivation": None}, {}, True),
    ("a length one too short", "mdo_informatie", {"motivering": WHY}, {"motivation": {"waarom_nodig": 38}}, {}, False),
    ("a length in bytes", "mdo_informatie", {"motivering": WHY}, {"motivation": {"waarom_niet_minder": 9}}, {}, False),
    ("a length of a text that is not there", "mdo_informatie", {}, {"motivation": {"waarom_nodig": 1}}, {}, False),
    (
        "a category without its text",
        "informatieverzoek",
        {"motivering": WHY},
        {"motivation_per_category": {}},
        {},
        False,
    ),
    ("new facts that are not there", "informatieverzoek", {}, {"new_facts": 22}, {}, False),
    ("a claim nobody compares", "informatieverzoek", {}, {"period_months": 99}, {}, True),
    ("the outcome", "bekendheidsantwoord", {"bekendheid": KNOWN}, {}, {}, True),
    ("another outcome", "bekendheidsantwoord", {"bekendheid": KNOWN}, {"outcome": {"p1": "bekend"}}, {}, False),
    ("a person who is no subject", "bekendheidsantwoord", {"bekendheid": KNOWN}, {}, {"subjects": ["p1"]}, False),
    (
        "a subject nobody speaks of",
        "bekendheidsantwoord",
        {"bekendheid": KNOWN},
        {},
        {"subjects": ["p1", "p2", "p3"]},
        True,
    ),
    ("the action and its status", "voortgang", course(step()), {}, {}, True),
    ("another action", "voortgang", course(step()), {"action": OTHER}, {}, False),
    ("another status", "voortgang", course(step()), {"action_status": "gereed"}, {}, False),
    ("one action said twice", "voortgang", course(step(), step()), {}, {}, True),
    ("two actions", "voortgang", course(step(), step(OTHER)), {}, {}, True),
    ("two actions, one claimed", "voortgang", course(step(), step(OTHER)), {"action": ACTION}, {}, False),
    ("an action that is only referred to", "informatieantwoord", {"motivering": WHY}, {"action": ACTION}, {}, True),
    ("the reason", "weigering", course(DECLINED), {}, {}, True),
    ("another reason", "weigering", course(DECLINED), {"reason": "anders"}, {}, False),
    ("the day of informing", "melding_geinformeerd", course(INFORMED), {}, {}, True),
    ("another day", "melding_geinformeerd", course(INFORMED), {"informed_on": "2026-09-29"}, {}, False),
    ("somebody not informed", "melding_geinformeerd", course(INFORMED), {}, {"subjects": ["p1", "p2", "p3"]}, False),
    ("a deferral", "uitstel_informeren", course(DEFERRED), {}, {"subjects": ["p2"]}, True),
    ("a deferral of another", "uitstel_informeren", course(DEFERRED), {}, {}, False),
    (
        "a longer deferral",
        "uitstel_informeren",
        course(DEFERRED),
        {"deferral": {"ground": DEFERRED["grond"], "days": 28, "reassessed": ""}},
        {"subjects": ["p2"]},
        False,
    ),
    ("the day of speaking", "escalatie", course(CALLED), {}, {}, True),
    ("another day of speaking", "escalatie", course(CALLED), {"direction_consulted": ""}, {}, False),
    ("what is destroyed", "vernietiging", course(DESTROYED), {}, {"asks": ["bekendheid"]}, True),
    ("other data destroyed than asked", "vernietiging", course(DESTROYED), {}, {"asks": ["huisvesting"]}, False),
    ("the length of an exception", "aanmelding", {"motivering": WHY}, {}, {}, True),
    (
        "another length of an exception",
        "aanmelding",
        {"motivering": WHY},
        {"consultation": EMPTY["consultation"]},
        {},
        False,
    ),
    (
        "an age that can be",
        "aanmelding",
        {"identificatie_contact": born("2011-01-01")},
        {"introduces": [PERSON]},
        {},
        True,
    ),
    (
        "an age that cannot be",
        "aanmelding",
        {"identificatie_contact": born("1985-02-01")},
        {"introduces": [PERSON]},
        {},
        False,
    ),
    (
        "a birthday that begins in two hours",
        "aanmelding",
        {"identificatie_contact": born("2013-06-16")},
        {"introduces": [PERSON]},
        {"issued": 1_750_024_800 + 3600},
        True,
    ),
    (
        "a birthday that begins in three hours",
        "aanmelding",
        {"identificatie_contact": born("2013-06-16")},
        {"introduces": [PERSON]},
        {"issued": 1_750_024_800 - 3600},
        False,
    ),
]


def write_claims() -> list[dict[str, Any]]:
    """Return what claims.json says; the expected code is the one the second implementation finds."""
    return [_write(*case[:-1], holds=case[-1]) for case in CASES]


def _write(
    name: str, kind: str, bodies: dict[str, Any], claimed: dict[str, Any], changes: dict[str, Any], *, holds: bool
) -> dict[str, Any]:
    carried = CLAIMS_OF.get(kind, "").split()
    derived = {each: value for each, value in derive(kind, bodies).items() if each in carried}
    claims = {each: EMPTY[each] for each in carried} | derived
    if "consultation" in carried:
        length = len(bodies.get("motivering", {"overleg_toelichting": ""})["overleg_toelichting"])
        claims["consultation"] = EMPTY["consultation"] | {"length": length}
    zeros = {"motivation": derived.get("motivation", {}) | {"waarom_deze_instantie": 0}}
    claims |= zeros if claimed == {"motivation": None} else claimed
    said = declare(*bodies, kind=kind, claims=claims, **changes)
    assert _code(said, bodies) == ("" if holds else "CLAIM_KLOPT_NIET"), name
    return {
        "name": name,
        "declaration": canonical(said).decode(),
        "contents": [content(category, body).decode() for category, body in bodies.items()],
        "code": _code(said, bodies),
    }


def _code(said: dict[str, Any], bodies: dict[str, Any]) -> str:
    try:
        check_claims(said, bodies)
    except Refused as refused:
        return refused.code
    return ""
