"""The judge: whether the convenant lets a message pass, by its seven steps, and why (not). Pure: no clock, no I/O.

Default deny. Every recipient, category and subject must pass, else the whole message is refused; nothing is trimmed.
"Permitted" means that the broker has no objection: the provider still decides. Read `judge`, then the steps in order:
`admission.py` (1-4), `supply.py` (5), `rules.py` (6), `conditions.py` (7). Registrations take `registering.py` for 4-7.
"""

from datetime import date

from zegel_broker.admission import check_casus, check_convenant, check_envelope, check_purpose
from zegel_broker.blocking import check_duties
from zegel_broker.casus import Casus, Standing
from zegel_broker.conditions import met
from zegel_broker.decision import Decision, Failure
from zegel_broker.fold import open_casus, opens_casus
from zegel_broker.foreign import foreign_claims
from zegel_broker.hearing import Hearing
from zegel_broker.matter import Matter
from zegel_broker.message import Enclosure, Message
from zegel_broker.prepared import Clause, prepare
from zegel_broker.registering import check_registration, regime_of_standing, registration_rule
from zegel_broker.remedies import FIELDS_OF_TEST
from zegel_broker.rules import Fit, fit_rules
from zegel_broker.supply import check_categories
from zegel_schemas.convenant import Convenant, Kind, places
from zegel_schemas.shapes import NIL_CASUS

__all__ = ["Decision", "Enclosure", "Failure", "Message", "judge", "matter_of", "open_hearing"]


def judge(message: Message, casus: Casus | None, standing: Standing, convenant: Convenant, day: date) -> Decision:
    """Return the decision on this message, on this day of the town's calendar. Never raises on a message.

    `casus` is None when the broker does not know it; `standing` are the decisions that belong to the convenant.
    """
    hearing = open_hearing(message, casus, standing, convenant, day)
    check_envelope(hearing)
    check_convenant(hearing)
    if message.registers is not None:
        return _decide_registration(hearing)
    check_casus(hearing)
    check_purpose(hearing)
    check_categories(hearing)
    foreign = foreign_claims(hearing)
    hearing.foreign = hearing.foreign or bool(foreign)
    fits: list[Fit] = []
    if hearing.casus is not None and hearing.regime is not None and hearing.kind is not None:
        fits = fit_rules(hearing, hearing.casus, hearing.regime, hearing.kind)
    rules: dict[str, tuple[str, ...]] = {}
    duties: set[str] = set()
    if hearing.clean and hearing.kind is not None:
        check_duties(hearing)
        rules, duties = _hold_against_rules(hearing, fits, hearing.kind)
    if hearing.clean and foreign:  # a code nobody knows is free text, whatever else may pass
        hearing.find("ONGELDIG_BERICHT", *foreign)
    if hearing.clean and not rules:
        hearing.find("GEEN_REGEL")  # default deny: nothing was found that permits it
    if not hearing.clean:
        return Decision(permitted=False, failures=hearing.failures(), foreign=hearing.foreign)
    return Decision(permitted=True, rules=rules, duties=tuple(sorted(duties)))


def open_hearing(message: Message, casus: Casus | None, standing: Standing, convenant: Convenant, day: date) -> Hearing:
    """Find the regime, and the provisional casus when the message would open one."""
    opening = casus is None and message.casus != NIL_CASUS and opens_casus(message)
    if opening:
        try:
            casus = open_casus(message, convenant=convenant, day=day)
        except KeyError:  # a regime nobody knows: there is nothing to open
            opening = False
    regime = convenant.regimes.get(casus.regime) if casus is not None else regime_of_standing(message, convenant)
    rulings = casus.rulings if casus is not None else ()
    if regime is not None:
        rulings = (*rulings, *standing.rulings.get(regime.name, ()))
    return Hearing(
        message,
        casus,
        opening=opening,
        regime=regime,
        rulings=rulings,
        standing=standing,
        convenant=convenant,
        prepared=prepare(convenant),
        day=day,
    )


def _decide_registration(hearing: Hearing) -> Decision:
    check_registration(hearing)
    if not hearing.clean:
        return Decision(permitted=False, failures=hearing.failures(), foreign=hearing.foreign)
    return Decision(permitted=True, rules=registration_rule(hearing.message))


def _hold_against_rules(hearing: Hearing, fits: list[Fit], kind: Kind) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Step 7: the rules whose conditions all hold, per category, and the duties they bring."""
    rules: dict[str, tuple[str, ...]] = {}
    duties: set[str] = set()
    index, prepared = hearing.convenant.index, hearing.prepared
    same: dict[tuple[str, int], list[Clause]] = {}  # what a rule misses that does not differ between categories
    for fit in fits:
        matter = matter_of(hearing, fit, kind)
        always = _broken(prepared.always, matter) if hearing.message.kind in prepared.correlating else []
        passed: list[str] = []
        failed: list[tuple[str, Clause]] = []
        for place in places(fit.candidates):
            rule, missed = index.rules[place].id, same.get((fit.recipient, place))
            if missed is None:
                missed = same[fit.recipient, place] = _broken(prepared.once[place], matter)
            if always or prepared.per_category[place]:
                missed = missed + always + _broken(prepared.per_category[place], matter)
            if missed:
                failed += [(rule, clause) for clause in missed]
            else:
                passed.append(rule)
                duties.update(prepared.duties[place])
        if passed:
            rules[fit.name] = tuple(sorted({*rules[fit.name], *passed})) if fit.name in rules else tuple(passed)
        else:
            for rule, clause in failed:
                hearing.find(clause.code, *FIELDS_OF_TEST.get(clause.about, ()), rules=(rule,))
    return rules, duties


def _broken(clauses: tuple[Clause, ...], matter: Matter) -> list[Clause]:
    """Return those that do not hold; one in which an error occurs does not hold."""
    try:
        return [clause for clause in clauses if not clause.test(matter)]
    except Exception:  # noqa: BLE001 - then one by one: what fails refuses, whatever made it fail
        return [clause for clause in clauses if not met(clause.test, matter)]


def matter_of(hearing: Hearing, fit: Fit, kind: Kind) -> Matter:
    """Return what the conditions of the rules that fit one category look at."""
    assert hearing.casus is not None  # noqa: S101 - rules were fitted to it
    assert hearing.regime is not None  # noqa: S101 - the same
    message = hearing.message
    pulled = fit.asked and hearing.asking
    return Matter(
        message=message,
        casus=hearing.casus,
        rulings=hearing.rulings,
        standing=hearing.standing,
        convenant=hearing.convenant,
        regime=hearing.regime,
        kind=kind,
        day=hearing.day,
        question=hearing.question,
        recipient=fit.recipient,
        supplier=fit.recipient if pulled else message.sender,
        receiver=message.sender if pulled else fit.recipient,
        name=fit.name,
        category=fit.category,
        asked=fit.asked,
        label=fit.label,
    )
