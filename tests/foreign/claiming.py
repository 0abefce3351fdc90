"""Section Claims: what each claim must be because of the contents, and of whom a message may speak."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.foreign.notation import Refused

TEXTS = ("waarom_nodig", "waarom_deze_instantie", "waarom_niet_minder")
ACTION_KINDS = {"actietoewijzing", "actieaanvaarding", "voortgang"}
Bodies = Mapping[str, Any]  # category -> body


def derive(kind: str, bodies: Bodies) -> dict[str, Any]:
    """Return the claims that contents decide, of whatever kind."""
    why = bodies.get("motivering", {"per_categorie": [], **dict.fromkeys(("nieuwe_feiten", "overleg_toelichting"), "")})
    found: dict[str, Any] = {
        "motivation": {name: len(why[name]) for name in TEXTS if why.get(name)},
        "motivation_per_category": {each["categorie"]: len(each["tekst"]) for each in why["per_categorie"]},
        "new_facts": len(why["nieuwe_feiten"]),
        "outcome": {
            each["betrokkene"]: each["uitkomst"] for each in bodies.get("bekendheid", {"uitkomsten": []})["uitkomsten"]
        },
        "informed_on": _one(each["dag"] for each in _topics(bodies, "geinformeerd")),
        "direction_consulted": _one(each["regie_gesproken_op"] for each in _topics(bodies, "escalatie")),
        "deferral": _deferral(bodies),
    }
    action, status = _action(bodies)
    if kind in ACTION_KINDS:
        found["action"] = action
    if kind in {"actieaanvaarding", "voortgang"}:
        found["action_status"] = status
    if kind in {"weigering", "intrekking"}:
        found["reason"] = _one(each["reden"] for name in ("weigering", "intrekking") for each in _topics(bodies, name))
    return found


def check_claims(said: Mapping[str, Any], bodies: Bodies) -> None:
    """Raise Refused CLAIM_KLOPT_NIET unless the claims are what the contents bear out."""
    claims = said["claims"]
    for name, value in derive(said["kind"], bodies).items():
        if name in claims and _without_zeros(claims[name]) != _without_zeros(value):
            raise Refused("CLAIM_KLOPT_NIET")
    why = bodies.get("motivering", {"overleg_toelichting": ""})
    if "consultation" in claims and claims["consultation"]["length"] != len(why["overleg_toelichting"]):
        raise Refused("CLAIM_KLOPT_NIET")
    if not set(_persons(bodies)) <= set(said["subjects"]) or not _exact(said, bodies):
        raise Refused("CLAIM_KLOPT_NIET")
    for person in claims.get("introduces", []):
        born = {each["betrokkene"]: each["geboortedatum"] for each in _people(bodies)}.get(person["subject"], "")
        if born and person["age_band"] and person["age_band"] not in _bands(born, said["issued"]):
            raise Refused("CLAIM_KLOPT_NIET")


def _one(values: Iterator[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _topics(bodies: Bodies, name: str) -> list[dict[str, Any]]:
    topics = bodies.get("proces_casus", {"onderwerpen": []})["onderwerpen"]
    return [each for each in topics if each["onderwerp"] == name]


def _people(bodies: Bodies) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bodies.get("identificatie_contact", {"personen": []})["personen"]
    return found


def _action(bodies: Bodies) -> tuple[str, str]:
    spoken = [*bodies.get("plan_acties", {"acties": []})["acties"], *_topics(bodies, "voortgang")]
    found = {(each["actie"], each["status"]) for each in spoken}
    return found.pop() if len(found) == 1 else ("", "")


def _deferral(bodies: Bodies) -> dict[str, Any]:
    found = {(each["grond"], each["dagen"], each["heroverwogen_op"]) for each in _topics(bodies, "uitstel")}
    ground, days, reassessed = found.pop() if len(found) == 1 else ("", 0, "")
    return {"ground": ground, "days": days, "reassessed": reassessed}


def _without_zeros(value: Any) -> Any:
    return {key: each for key, each in value.items() if each} if isinstance(value, dict) else value


def _persons(value: Any) -> Iterator[str]:
    """Yield every text that names a person; no text in the vectors is one by accident."""
    if isinstance(value, str) and re.fullmatch(r"p[1-9][0-9]?", value):
        yield value
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _persons(each)


def _exact(said: Mapping[str, Any], bodies: Bodies) -> bool:
    topic = {"melding_geinformeerd": "geinformeerd", "uitstel_informeren": "uitstel"}.get(said["kind"])
    told = {person for each in _topics(bodies, topic or "") for person in each["betrokkenen"]}
    named = {name for each in _topics(bodies, "vernietiging") for name in each["categorieen"]}
    return (topic is None or set(said["subjects"]) == told) and (
        said["kind"] != "vernietiging" or set(said["asks"]) == named
    )


def _bands(born: str, issued: int) -> set[str]:
    days = [(datetime.fromtimestamp(issued, UTC) + timedelta(hours=hours)).date() for hours in (0, 2)]
    day = date.fromisoformat(born)
    ages = [each.year - day.year - ((each.month, each.day) < (day.month, day.day)) for each in days]
    return {"under_12" if age < 12 else "12_15" if age < 16 else "16_plus" for age in ages}
