"""Explaining one message: every step of the judge, what was looked at, which rules fit or nearly fit, and the outcome.

For who keeps the convenant, not for who sends under it: it tells more than a refusal may. The decision is the judge's
own; the rest looks at the same hearing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from zegel_broker.admission import ANY
from zegel_broker.casus import Casus, Standing
from zegel_broker.conditions import answers_or_withdraws, met
from zegel_broker.convenant_tools.look import Look
from zegel_broker.convenant_tools.looks import look_at_steps
from zegel_broker.convenant_tools.nearest import Near, nearest_rules
from zegel_broker.decision import Decision
from zegel_broker.hearing import Hearing
from zegel_broker.judge import judge, matter_of, open_hearing
from zegel_broker.message import Message
from zegel_broker.rules import Fit, fit_rules
from zegel_schemas.convenant import Convenant, Kind, places

CONDITION_STEP = 7
CORRELATION = "correlatie"  # what the check itself asks of an answer or a withdrawal


@dataclass(frozen=True, slots=True)
class Fitting:
    """Step 6 for one category and recipient: the rules that fit, or the nearest when none does."""

    recipient: str
    category: str
    rules: tuple[str, ...]
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Step 7 for one condition of one rule that fits: whether it holds."""

    recipient: str
    category: str
    rule: str
    condition: str
    holds: bool
    code: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the judge decided and all that led to it; `held` is empty while a step before it fails."""

    message: Message
    decision: Decision
    looks: tuple[Look, ...]
    fittings: tuple[Fitting, ...]
    held: tuple[Held, ...]
    convenant: Convenant

    def failed(self, step: int) -> bool:
        """Say whether this step gave a reason to refuse."""
        return any(failure.step == step for failure in self.decision.failures)

    def reached(self, step: int) -> bool:
        """Say whether the judge came to this step: only to the conditions when all else passed."""
        return step < CONDITION_STEP or all(failure.step >= CONDITION_STEP for failure in self.decision.failures)


def explain(message: Message, casus: Casus | None, standing: Standing, convenant: Convenant, day: date) -> Explanation:
    """Return how the judge comes to its decision on this message, on this day."""
    decision = judge(message, casus, standing, convenant, day)
    hearing = open_hearing(message, casus, standing, convenant, day)
    fits = _fits(hearing)
    held: tuple[Held, ...] = ()
    if hearing.kind is not None and all(failure.step >= CONDITION_STEP for failure in decision.failures):
        held = tuple(each for fit in fits for each in _hold(hearing, fit, hearing.kind))
    return Explanation(
        message=message,
        decision=decision,
        looks=tuple(look_at_steps(hearing)),
        fittings=tuple(_fittings(hearing, fits)),
        held=held,
        convenant=convenant,
    )


def _fits(hearing: Hearing) -> list[Fit]:
    if hearing.casus is None or hearing.regime is None or hearing.kind is None or hearing.message.registers is not None:
        return []
    return fit_rules(hearing, hearing.casus, hearing.regime, hearing.kind)


def _fittings(hearing: Hearing, fits: list[Fit]) -> Iterator[Fitting]:
    message = hearing.message
    if message.registers is not None:
        return
    found = {(fit.recipient, fit.name): fit.candidates for fit in fits}
    for recipient in message.recipients:
        for name in dict.fromkeys((*message.asks, *(part.category for part in message.parts))):
            if name == ANY:  # a round asks for no category: step 1 says so
                continue
            candidates = found.get((recipient, name), 0)
            near = () if candidates else _near(hearing, recipient, name)
            yield Fitting(recipient, name, hearing.convenant.index.ids(candidates), near)


def _near(hearing: Hearing, recipient: str, category: str) -> tuple[Near, ...]:
    message = hearing.message
    # the emergency set is tried only when an emergency is declared
    among = hearing.convenant.index.every if message.claims.emergency.reason else hearing.prepared.ordinary
    return nearest_rules(
        hearing.convenant,
        kind=message.kind,
        sender=message.sender,
        recipient=recipient,
        phase=hearing.phase,
        purpose=message.purpose,
        category=category,
        regime=hearing.regime.name if hearing.regime is not None else "",
        among=among,
    )


def _hold(hearing: Hearing, fit: Fit, kind: Kind) -> Iterator[Held]:
    matter = matter_of(hearing, fit, kind)
    for place in places(fit.candidates):
        rule = hearing.convenant.index.rules[place].id
        if hearing.message.kind in hearing.prepared.correlating:
            code = hearing.prepared.correlation_code
            yield Held(fit.recipient, fit.name, rule, CORRELATION, answers_or_withdraws(matter), code)
        for clause in hearing.prepared.clauses[place]:
            yield Held(fit.recipient, fit.name, rule, clause.name, met(clause.test, matter), clause.code)
