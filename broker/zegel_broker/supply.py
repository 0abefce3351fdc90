"""Step 5, per category: known, not forbidden, no wider than asked, from a source, within what the receiver may hold."""

from zegel_broker.admission import ANY
from zegel_broker.hearing import Hearing
from zegel_broker.message import DECLINING
from zegel_schemas.convenant import BSN, PROCESS_CASUS, Category

ONWARD_NEVER = "nooit"


def check_categories(hearing: Hearing) -> None:
    """Step 5 for all categories of the message; needs nothing but the convenant when the casus is unknown."""
    message = hearing.message
    question = hearing.asking
    for place, name in enumerate(message.asks):
        if not (question and name == ANY):
            _check_category(hearing, name, f"asks.{place}", pulled=question)
    for place, part in enumerate(message.parts):
        _check_category(hearing, part.category, f"parts.{place}.category", pulled=False)
    _check_width(hearing)


def _check_category(hearing: Hearing, name: str, field: str, *, pulled: bool) -> None:
    """`pulled`: it is asked for, so it goes from addressee to asker."""
    regime, convenant, message = hearing.regime, hearing.convenant, hearing.message
    category = (regime.categories if regime is not None else convenant.categories).get(name)
    if category is None:
        hearing.find("ONBEKENDE_CATEGORIE", field)
        hearing.foreign = hearing.foreign or name not in convenant.categories
        return
    if regime is None:
        return
    if name in regime.forbidden or category.level == "X":
        _forbid(hearing, name, field)
        return
    for recipient in message.recipients:
        if recipient not in convenant.parties or message.sender not in convenant.parties:
            continue
        if name == BSN and not _both_hold_citizen_numbers(hearing, recipient):
            hearing.find("BSN_NIET_TOEGESTAAN", field, rules=hearing.prepared.verboden["citizen_number"])
        if not hearing.afterwards:
            ends = (recipient, message.sender) if pulled else (message.sender, recipient)
            _check_supply(hearing, name, category, field, supplier=ends[0], receiver=ends[1])


def _forbid(hearing: Hearing, name: str, field: str) -> None:
    assert hearing.regime is not None  # noqa: S101 - its caller has looked the category up in it
    prohibitions = hearing.regime.forbidden.get(name, ())
    for each in prohibitions:
        hearing.find(each.code, field, rules=(each.id,))
    if not prohibitions:
        hearing.find("VERBODEN_CATEGORIE", field)


def _both_hold_citizen_numbers(hearing: Hearing, recipient: str) -> bool:
    parties = hearing.convenant.parties
    return parties[hearing.message.sender].citizen_number and parties[recipient].citizen_number


def _check_supply(hearing: Hearing, name: str, category: Category, field: str, *, supplier: str, receiver: str) -> None:
    regime = hearing.regime
    assert regime is not None  # noqa: S101 - see `_forbid`
    if name not in regime.sources[supplier]:
        if supplier not in hearing.prepared.directing:
            hearing.find("NIET_DE_BRON", field)
        elif category.onward == ONWARD_NEVER:
            hearing.find("DOORVERSTREKKING_VERBODEN", field, rules=hearing.prepared.verboden["onward"])
    if name not in regime.ceilings[receiver]:
        hearing.find("BOVEN_PLAFOND", field)


def _check_width(hearing: Hearing) -> None:
    """An answer is not wider than its question; process data may come along, and declining needs no measure."""
    message, question = hearing.message, hearing.question
    if question is None or hearing.kind is None or not hearing.kind.answers or message.kind == DECLINING:
        return
    asked = question.rest if question.status == "open" else question.asks
    rules = hearing.prepared.verboden["wider_answer"]
    for place, part in enumerate(message.parts):
        if part.category not in asked and part.category != PROCESS_CASUS:
            hearing.find("ANTWOORD_BREDER_DAN_VRAAG", f"parts.{place}.category", rules=rules)
    if not set(message.subjects) <= set(question.subjects):
        hearing.find("ANTWOORD_BREDER_DAN_VRAAG", "subjects", rules=rules)
