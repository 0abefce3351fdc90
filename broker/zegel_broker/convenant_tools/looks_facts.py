"""What the judge looks at beside the rules: the line of the table `registraties`, what a step requires, late duties."""

from collections.abc import Iterator

from zegel_broker.blocking import blocking_duties
from zegel_broker.convenant_tools.look import Look
from zegel_broker.hearing import Hearing
from zegel_broker.registering import agreed_by, may_register
from zegel_broker.transitions import requirements
from zegel_schemas import registrations as facts

_RULE_STEP, _CONDITION_STEP = 6, 7


def look_at_facts(hearing: Hearing) -> Iterator[Look]:
    """Yield what is looked at of a registration; of another message the duties that would stop it."""
    fact = hearing.message.registers
    if fact is not None:
        yield from _registration(hearing, fact)
    for duty in blocking_duties(hearing):
        yield Look(_CONDITION_STEP, f"verplichting {duty.kind}", f"tot en met {duty.due}", fits=not duty.overdue)


def _registration(hearing: Hearing, fact: facts.Registration) -> Iterator[Look]:
    rule = hearing.convenant.registrations.get(fact.fact)
    if rule is None:
        yield Look(_RULE_STEP, f"registraties.{fact.fact}", "-", fits=False)
        return
    allowed = may_register(hearing, fact, rule)
    yield Look(_RULE_STEP, f"registraties.{fact.fact}", f"van {', '.join(rule.senders)}", fits=allowed)
    if rule.min_agreed:
        agreed = len(agreed_by(fact))
        yield Look(_CONDITION_STEP, "akkoord", f"{agreed} >= {rule.min_agreed}", fits=agreed >= rule.min_agreed)
    if rule.together:
        said = fact.agreed_parties if isinstance(fact, facts.Ruling) else ()
        yield Look(_CONDITION_STEP, "mede", ", ".join(rule.together), fits=set(rule.together) <= set(said))
    if isinstance(fact, facts.PhaseSet) and hearing.casus is not None:
        yield from _step(hearing, fact, hearing.casus.phase)


def _step(hearing: Hearing, fact: facts.PhaseSet, start: str) -> Iterator[Look]:
    assert hearing.casus is not None  # noqa: S101 - its caller looked
    required = requirements(hearing, fact, hearing.casus)
    yield Look(_RULE_STEP, "overgang", f"{start} -> {fact.phase}", fits=required is not None)
    for each in required or ():
        step, _ = hearing.convenant.rank.get(each.code, (_RULE_STEP, 0))
        yield Look(step, "vereist", each.name, fits=each.met)
