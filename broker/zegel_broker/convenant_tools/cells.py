"""Every cell of a convenant: what may ever pass, between whom, under which rule, and for which purpose in which phase.

Exact for all that can be known without a casus, steps 1 to 6: rules, sources, ceilings, verboden, accessions, purposes,
phases that can be reached. Any @token fits any party, for any party may get a role. An answer is there only where a
question is that it can answer, a withdrawal only where there is one to withdraw. So a casus is meant that came about
under this convenant, by messages it permits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from zegel_broker.convenant_tools.reach import Reach
from zegel_broker.message import ASSIGNMENT, DECLINING, DESTROYING, REPORT, WITHDRAWING
from zegel_schemas.convenant import EARLIER, PROCESS_CASUS, Convenant, Kind, Rule, places

Moment = tuple[str, str]  # purpose, phase
_Pair = tuple[str, str, str, str]  # regime, kind, sender, recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One category in one kind of message between two parties, under one rule; `when` holds (purpose, phase)."""

    regime: str
    kind: str
    category: str
    sender: str
    recipient: str
    asked: bool  # it is named only, by who asks for it or wants it destroyed; else it is enclosed
    rule: str
    when: frozenset[Moment]
    onward: bool = False  # who supplies it is no source, but a regie party that passes it on

    @property
    def source(self) -> str:
        """Return who supplies the category."""
        return self.recipient if self.asked else self.sender

    @property
    def learner(self) -> str:
        """Return who learns it, or asks to."""
        return self.sender if self.asked else self.recipient

    @property
    def pair(self) -> _Pair:
        """Return regime, kind, sender and recipient."""
        return self.regime, self.kind, self.sender, self.recipient


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """All cells; among them the questions; and the answers as the rules allow them, whether anybody can ask or not."""

    all: tuple[Cell, ...]
    questions: tuple[Cell, ...]
    answers: tuple[Cell, ...]

    def of_rule(self, rule: str) -> tuple[Cell, ...]:
        """Return the cells of one rule."""
        return tuple(cell for cell in self.all if cell.rule == rule)


@lru_cache(maxsize=8)
def enumerate_cells(convenant: Convenant) -> Cells:
    """Return every cell of this convenant; worked out once per convenant."""
    found: list[Cell] = []
    questions: list[Cell] = []
    answers: list[Cell] = []
    for regime in convenant.regimes.values():
        reach = Reach.of(convenant, regime)
        drafts = [cell for rule in _rules(convenant, regime.name) for cell in _cells_of_rule(reach, rule)]
        drafts += _earlier_cells(reach, drafts)
        asking = _with_question(convenant, drafts)
        opened = [cell for cell in asking if _opens(convenant.kinds[cell.kind], cell)]
        found += _with_answered(convenant, asking, opened)
        questions += opened
        answers += [cell for cell in drafts if convenant.kinds[cell.kind].answers]
    return Cells(tuple(found), tuple(questions), tuple(answers))


def _rules(convenant: Convenant, regime: str) -> list[Rule]:
    return [convenant.index.rules[place] for place in places(convenant.index.regime.get(regime, 0))]


def _cells_of_rule(reach: Reach, rule: Rule) -> Iterator[Cell]:
    for name in rule.kinds:
        kind = reach.convenant.kinds[name]
        when = moments_of(reach, rule, name, kind)
        if when:
            for sender, recipient in pairs_of(reach, rule, name, kind):
                for category in rule.categories:
                    cell = cell_of(reach, rule, name, sender, recipient, category, when)
                    if cell is not None:
                        yield cell


def moments_of(reach: Reach, rule: Rule, name: str, kind: Kind) -> frozenset[Moment]:
    """Return for which purposes, in which phases, a rule lets this kind through."""
    phases = reach.phases_of(rule.phases, kind)
    if name == REPORT:  # a casus is reported in its first phase
        phases = tuple(phase for phase in phases if phase == reach.regime.first_phase)
    return frozenset((purpose, phase) for purpose in reach.purposes_of(rule.purposes, kind) for phase in phases)


def pairs_of(reach: Reach, rule: Rule, name: str, kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield who may send this kind to whom; a kind that follows closure needs no day on which both are bound."""
    index, parties = reach.convenant.index, reach.convenant.parties
    bit = index.bit(rule.id)
    senders = [each for each in parties if index.senders.statically(each, afterwards=kind.afterwards) & bit]
    recipients = [each for each in parties if index.recipients.statically(each, afterwards=kind.afterwards) & bit]
    for sender in senders:
        if reach.may_speak(sender, name):
            for recipient in recipients:
                if sender != recipient and _meet(reach, bit, kind, sender, recipient):
                    yield sender, recipient


def _meet(reach: Reach, bit: int, kind: Kind, sender: str, recipient: str) -> bool:
    if not kind.afterwards:
        return reach.together(sender, recipient)
    index = reach.convenant.index  # afterwards: who had a role or exchanged something, or is named by the rule
    took_part = (
        bool(reach.days[party]) or bool(side.literal[party] & bit)
        for side, party in ((index.senders, sender), (index.recipients, recipient))
    )
    return all(took_part)


def cell_of(
    reach: Reach, rule: Rule, name: str, sender: str, recipient: str, category: str, when: frozenset[Moment]
) -> Cell | None:
    """Return the cell, None when step 5 lets the category through for nobody."""
    known, kind = reach.regime.categories.get(category), reach.convenant.kinds[name]
    if known is None or not reach.may_hold(category, known, sender=sender, recipient=recipient):
        return None
    question = kind.question and name != ASSIGNMENT
    asked = not known.enclosable if question else name == DESTROYING and category != PROCESS_CASUS
    supplier, receiver = (recipient, sender) if asked and question else (sender, recipient)
    if not kind.afterwards and not reach.supplies(category, known, supplier=supplier, receiver=receiver):
        return None
    return Cell(
        regime=reach.regime.name,
        kind=name,
        category=category,
        sender=sender,
        recipient=recipient,
        asked=asked,
        rule=rule.id,
        when=when,
        onward=not kind.afterwards and reach.passes_on(category, known, supplier),
    )


def _earlier_cells(reach: Reach, drafts: Iterable[Cell]) -> list[Cell]:
    """Return the cells of rules for what was shared earlier between two parties, either way."""
    shared: dict[tuple[str, str], dict[str, None]] = {}
    for cell in drafts:
        if not cell.asked:
            shared.setdefault((cell.sender, cell.recipient), {})[cell.category] = None
    found = []
    for rule in _rules(reach.convenant, reach.regime.name):
        for name in rule.kinds if EARLIER in rule.categories else ():
            kind = reach.convenant.kinds[name]
            when = moments_of(reach, rule, name, kind)
            for sender, recipient in pairs_of(reach, rule, name, kind) if when else ():
                known = shared.get((sender, recipient), {}) | shared.get((recipient, sender), {})
                cells = (cell_of(reach, rule, name, sender, recipient, category, when) for category in known)
                found += [cell for cell in cells if cell is not None and cell.category not in rule.categories]
    return found


def _opens(kind: Kind, cell: Cell) -> bool:
    """Say whether the cell is a question: what it asks, or of an actietoewijzing what it encloses, may be answered."""
    return kind.question and (cell.asked or cell.kind == ASSIGNMENT)


def _with_question(convenant: Convenant, drafts: Iterable[Cell]) -> list[Cell]:
    """Return the cells without enclosures of a question in which nothing can be asked."""
    every = list(drafts)
    asked: dict[_Pair, frozenset[Moment]] = {}
    for cell in every:
        if _opens(convenant.kinds[cell.kind], cell):
            asked[cell.pair] = asked.get(cell.pair, frozenset()) | cell.when
    found = []
    for cell in every:
        kind = convenant.kinds[cell.kind]
        if kind.question and not _opens(kind, cell):
            found += _narrow(cell, cell.when & asked.get(cell.pair, frozenset()))
        else:
            found.append(cell)
    return found


def _narrow(cell: Cell, when: frozenset[Moment]) -> list[Cell]:
    return [replace(cell, when=when)] if when else []


def _with_answered(convenant: Convenant, drafts: Iterable[Cell], questions: Iterable[Cell]) -> Iterator[Cell]:
    """Yield the cells without answers that no question can have, and withdrawals of nothing."""
    asked: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in questions:
        asked.setdefault((cell.kind, cell.sender, cell.recipient), []).append(cell)
    for cell in drafts:
        kind = convenant.kinds[cell.kind]
        if cell.kind == WITHDRAWING:
            own = any(pair[1:] == (cell.sender, cell.recipient) for pair in asked)
            yield from [cell] if own else []
        elif kind.answers:
            answered = [each for name in kind.answers for each in asked.get((name, cell.recipient, cell.sender), ())]
            yield from _narrow(cell, answerable(cell, answered))
        else:
            yield cell


def answerable(answer: Cell, questions: Iterable[Cell]) -> frozenset[Moment]:
    """Return when this answer can answer one of these questions: same purpose and phase, no wider than asked.

    To decline, the purpose need not be that of the question, and nothing is measured.
    """
    if answer.kind == DECLINING:
        phases = {phase for question in questions for _, phase in question.when}
        return frozenset(moment for moment in answer.when if moment[1] in phases)
    fitting = (each.when for each in questions if answer.category in {each.category, PROCESS_CASUS})
    return answer.when & frozenset().union(*fitting)
