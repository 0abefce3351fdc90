"""A filled-in draft of any kind, to edit and send: the shortest way to see what a message is. All fictitious."""

from datetime import date, timedelta
from typing import Any

from zegel_schemas.claims import CLAIMS_OF_KIND
from zegel_schemas.content import CONTENT, example
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_rights import Vernietiging
from zegel_schemas.convenant import PROCESS_CASUS, Convenant, Rule, static_rules
from zegel_schemas.declaration import BROKER, MOTIVATION_PART, RECEIPT, REGISTRATION
from zegel_schemas.refusals import Refusal

CASUS = "3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b111"
QUESTION_HASH = "A" * 43  # stands for the hash of the question answered
ANSWER_DAYS = 10  # within the 3 to 14 days most rules ask
SENSITIVE = 2  # from this level on a part says what kind of statement it is
_CLAIMS: dict[str, Any] = {  # what no content decides
    "period_months": 12,
    "completeness": "volledig",
    "weighing": "uitvoering_eigen_wet",
    "consultation": {"status": "besproken"},
    "introduces": [{"subject": "p1", "role": "ouder_met_gezag", "age_band": "16_plus"}],
    "approvals": ["m-00000000000000a1", "m-00000000000000b2"],
}


def make_example(kind: str, convenant: Convenant, *, sender: str, today: date) -> dict[str, Any]:
    """Return the fields of a draft of `kind` that `sender` could send under `convenant`.

    Raise Refusal ONGELDIG_BERICHT for a kind nobody knows, GEEN_REGEL when the convenant lets `sender` send none.
    """
    if kind == REGISTRATION:
        fact = {"fact": "casusdoel", "purposes": ["armoede_schulden"]}
        return {"kind": kind, "to": BROKER, "casus": CASUS, "registers": fact}
    if kind not in convenant.kinds or kind == RECEIPT:
        raise Refusal(
            "ONGELDIG_BERICHT", "kind", detail=f"one of: {', '.join(sorted({*convenant.kinds, REGISTRATION}))}"
        )
    rule, recipient = _find_rule(kind, convenant, sender)
    known = [each for each in rule.categories if each in convenant.categories]
    asks, parts = _split(kind, known, convenant)
    contents = {each: example(each, kind) for each in parts}
    subjects = sorted(
        set[str]().union(*(each.subjects() for each in contents.values())), key=lambda each: int(each[1:])
    )
    draft: dict[str, Any] = {
        "kind": kind,
        "to": recipient,
        "casus": CASUS,
        "purpose": rule.purposes[0],
        "subjects": subjects or ["p1"],
        "asks": asks,
        "contents": {category: each.model_dump(mode="json") for category, each in contents.items()},
        "labels": {each: "feit" for each in parts if _is_sensitive(each, convenant)},
        "claims": {name: value for name, value in _CLAIMS.items() if name in CLAIMS_OF_KIND[kind]},
    }
    if convenant.kinds[kind].question:
        draft["due"] = (today + timedelta(days=ANSWER_DAYS)).isoformat()
    if convenant.kinds[kind].answers:
        draft["re"] = QUESTION_HASH
    return {name: value for name, value in draft.items() if value}


def _find_rule(kind: str, convenant: Convenant, sender: str) -> tuple[Rule, str]:
    for rule in (each for each in convenant.rules if kind in each.kinds):
        concrete = [each for each in rule.categories if each in convenant.categories]
        for recipient in convenant.parties:
            if recipient == sender or not concrete:
                continue
            found = static_rules(
                convenant, kind=kind, category=concrete[0], purpose=rule.purposes[0], sender=sender, recipient=recipient
            )
            if rule.id in found:
                return rule, recipient
    raise Refusal("GEEN_REGEL", "kind", detail="the convenant has no rule by which this party sends such a message")


def _split(kind: str, categories: list[str], convenant: Convenant) -> tuple[list[str], list[str]]:
    """Return what is asked and what is enclosed, one of each where the kind has it."""
    motivation = [MOTIVATION_PART] if "motivation" in CLAIMS_OF_KIND[kind] else []
    asking = (convenant.kinds[kind].question and kind != "actietoewijzing") or kind == "vernietiging"
    sealed = [each for each in categories if each in CONTENT]
    if not asking:
        return [], [*sealed[:1], *motivation]
    asked = [each for each in categories if not convenant.categories[each].enclosable]
    if kind == "vernietiging":  # what is to be destroyed stands in its content, and is asked by the same names
        return list(_named_for_destruction()), [PROCESS_CASUS]
    return (asked or sealed)[:1], [*(each for each in sealed if convenant.categories[each].enclosable)][:1] + motivation


def _named_for_destruction() -> tuple[str, ...]:
    process = example(PROCESS_CASUS, "vernietiging")
    topics = process.onderwerpen if isinstance(process, ProcesCasus) else ()
    return tuple(category for topic in topics if isinstance(topic, Vernietiging) for category in topic.categorieen)


def _is_sensitive(category: str, convenant: Convenant) -> bool:
    known = convenant.categories.get(category)
    return known is not None and known.level in (SENSITIVE, SENSITIVE + 1)
