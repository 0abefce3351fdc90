"""The conditions of rules: one small test per `toets` of the convenant, made ready once, each a plain yes or no.

A missing claim or fact is a no, and an error inside a test is a no. Those about the plan and the state of the casus
stand in `conditions_casus.py`, who must have consented in `consent.py`.
"""

from collections.abc import Callable, Mapping
from datetime import date

from zegel_broker.conditions_casus import CASUS_TESTS
from zegel_broker.consent import acts_without, consents
from zegel_broker.matter import Matter
from zegel_broker.message import DECLINING, WITHDRAWING
from zegel_schemas.convenant import Condition, Convenant

Test = Callable[[Matter], bool]
Maker = Callable[[Condition], Test]

PER_CATEGORY = frozenset(
    {
        "motivering_per_categorie",
        "toestemming_of_grond",
        "toestemming",
        "verklaring",
        "afweging_verstrekker",
        "besluit",
        "besluit_of_toestemming",
        "aardlabel",
        "instemming_bron",
    }
)  # tests that look at the category; every other one has the same outcome for all categories of a message

NEW_FACTS_LENGTH = 40  # characters that say what is new since an equal question (brief, geen_herhaling)
_NOBODY: Mapping[str, date] = {}
SCALING = "opschaling"  # the one decision whose categories may be `*`, and that two people take


def make_test(condition: Condition) -> Test:
    """Return the test of a condition; one by an unknown name is never met."""
    maker = MAKERS.get(condition.test)
    return maker(condition) if maker else _never


def met(test: Test, matter: Matter) -> bool:
    """Say whether the test is met; an error inside it refuses."""
    try:
        return test(matter)
    except Exception:  # noqa: BLE001 - a failing condition refuses, whatever made it fail
        return False


def _never(_: Matter) -> bool:
    return False


def _motivation(condition: Condition) -> Test:
    fields, least = condition.fields or (), condition.min_length or 0

    def test(matter: Matter) -> bool:
        said = matter.message.claims.motivation
        return all(said.get(field, 0) >= least for field in fields)

    return test


def _motivation_per_category(condition: Condition) -> Test:
    least = condition.min_length or 0

    def test(matter: Matter) -> bool:
        return not matter.asked or matter.message.claims.motivation_per_category.get(matter.name, 0) >= least

    return test


def _hit(condition: Condition) -> Test:
    longest = condition.max_days or 0

    def test(matter: Matter) -> bool:
        known, day = matter.casus.hits.get(matter.recipient, _NOBODY), matter.day
        return all(
            subject in known and 0 <= (day - known[subject]).days <= longest for subject in matter.message.subjects
        )

    return test


def _max_categories(condition: Condition) -> Test:
    most = condition.max or 0
    return lambda matter: len(matter.message.asks) <= most


def _period(condition: Condition) -> Test:
    most = condition.max_months or 0
    return lambda matter: 0 < matter.message.claims.period_months <= most


def _no_repetition(condition: Condition) -> Test:
    days, excused = condition.days or 0, condition.unless is not None

    def test(matter: Matter) -> bool:
        message, day = matter.message, matter.day
        if excused and message.claims.new_facts >= NEW_FACTS_LENGTH:
            return True
        asker, addressee = message.sender, matter.recipient
        for each in matter.casus.questions.values():
            if each.addressee != addressee or each.asker != asker or each.day is None:
                continue
            if not 0 <= (day - each.day).days <= days or frozenset(message.asks).isdisjoint(each.asks):
                continue
            if not frozenset(message.subjects).isdisjoint(each.subjects):
                return False
        return True

    return test


def _answer_term(condition: Condition) -> Test:
    least, most = condition.min_days or 0, condition.max_days or 0

    def test(matter: Matter) -> bool:
        due = matter.message.due
        return due is not None and least <= (due - matter.message.issued).days <= most

    return test


def _consent_or_ground(condition: Condition) -> Test:
    grounds = frozenset(condition.grounds or ())
    agreed, length = condition.min_agreed or 0, condition.min_length or 0

    def test(matter: Matter) -> bool:
        return matter.category.process or all(
            consents(matter, subject, explicit=False)
            or acts_without(matter, subject, grounds=grounds, min_agreed=agreed, min_length=length)
            for subject in matter.message.subjects
        )

    return test


def _consent(condition: Condition) -> Test:
    explicit = condition.explicit is True

    def test(matter: Matter) -> bool:
        return matter.category.process or all(
            consents(matter, subject, explicit=explicit) for subject in matter.message.subjects
        )

    return test


def _statement(condition: Condition) -> Test:
    kind = condition.kind

    def test(matter: Matter) -> bool:
        day = matter.day
        said = {
            each.subject
            for each in matter.casus.statements
            if each.statement == kind
            and each.provider == matter.supplier
            and matter.name in each.categories
            and each.day <= day
            and (each.withdrawn is None or day < each.withdrawn)
        }
        return said.issuperset(matter.message.subjects)

    return test


def _weighing(condition: Condition) -> Test:
    grounds, only_secrecy = frozenset(condition.grounds or ()), condition.only_secrecy is True

    def test(matter: Matter) -> bool:
        if matter.category.process or (only_secrecy and not matter.convenant.parties[matter.message.sender].secrecy):
            return True
        return matter.message.claims.weighing in grounds

    return test


def _ruling(condition: Condition) -> Test:
    kind = condition.kind
    scaling = kind == SCALING

    def test(matter: Matter) -> bool:
        day, process = matter.day, matter.category.process
        return any(
            each.kind == kind
            and each.start <= day <= each.until
            and matter.receiver in each.receivers
            and matter.message.purpose in each.purposes
            and (process or matter.name in each.categories or (scaling and "*" in each.categories))
            and (not scaling or len(set(each.agreed)) >= 2)  # noqa: PLR2004 - two people take it
            for each in matter.rulings
        )

    return test


def _ruling_or_consent(condition: Condition) -> Test:
    ruling = _ruling(condition)

    def test(matter: Matter) -> bool:
        return (
            matter.category.process
            or ruling(matter)
            or all(consents(matter, subject, explicit=True) for subject in matter.message.subjects)
        )

    return test


def _label(condition: Condition) -> Test:
    level, values = condition.from_level or 0, frozenset(condition.values or ())

    def test(matter: Matter) -> bool:
        if matter.asked or (matter.category.level != "X" and matter.category.level < level):
            return True
        return all(part.label in values for part in matter.message.parts if part.category == matter.name)

    return test


def _correlation(condition: Condition) -> Test:
    only_answers, without_purpose = condition.only_answers is True, condition.without_purpose is True
    return lambda matter: (
        (only_answers and not matter.kind.answers) or correlates(matter, without_purpose=without_purpose)
    )


def answers_or_withdraws(matter: Matter) -> bool:
    """Say whether an answer answers an open question, and a withdrawal withdraws one; asked of no other kind."""
    return correlates(matter, without_purpose=matter.message.kind in {DECLINING, WITHDRAWING})


def correlates(matter: Matter, *, without_purpose: bool) -> bool:
    """Say whether `re` names an open question this message answers, or the sender's own one it withdraws."""
    question, message = matter.question, matter.message
    if question is None or question.status != "open":
        return False
    if matter.kind.answers:
        fits = question.kind in matter.kind.answers
        fits = fits and (question.asker, question.addressee) == (matter.recipient, message.sender)
    else:
        fits = (question.asker, question.addressee) == (message.sender, matter.recipient)
    return fits and (without_purpose or question.purpose == message.purpose)


def _consultation(condition: Condition) -> Test:
    least = condition.min_length or 0

    def test(matter: Matter) -> bool:
        said = matter.message.claims.consultation
        if said.status == "besproken":
            return True
        return (
            said.status == "uitzondering" and said.length >= least and said.ground in deferral_grounds(matter.convenant)
        )

    return test


def deferral_grounds(convenant: Convenant) -> frozenset[str]:
    """Return the grounds on which informing somebody may be put off."""
    return frozenset(
        ground for each in convenant.conditions.values() if each.test == "uitstelgrond" for ground in each.grounds or ()
    )


MAKERS: Mapping[str, Maker] = {
    "motivering": _motivation,
    "motivering_per_categorie": _motivation_per_category,
    "hit": _hit,
    "max_categorieen": _max_categories,
    "periode": _period,
    "geen_herhaling": _no_repetition,
    "antwoordtermijn": _answer_term,
    "toestemming_of_grond": _consent_or_ground,
    "toestemming": _consent,
    "verklaring": _statement,
    "afweging_verstrekker": _weighing,
    "besluit": _ruling,
    "besluit_of_toestemming": _ruling_or_consent,
    "aardlabel": _label,
    "correlatie": _correlation,
    "overleg_betrokkene": _consultation,
    **CASUS_TESTS,
}
