"""Lint of conditions: one that can never decide, for whatever the rule lets through meets it already.

Only what the convenant and the check itself say counts, never what usually is: a condition that some casus could fail
stays. The check asks of every answer and withdrawal that it belongs to an open question, whatever its rule says.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from zegel_broker.convenant_tools.cells import Cell, Cells
from zegel_broker.convenant_tools.finding import Code, Finding
from zegel_broker.convenant_tools.spots import Spots
from zegel_broker.convenant_tools.strength import demand_of, implies
from zegel_broker.message import DECLINING, WITHDRAWING
from zegel_schemas.convenant import Category, Condition, Convenant, Rule

_Pair = tuple[str, str, str, str]  # regime, kind, sender, recipient


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    """What a rule lets through."""

    convenant: Convenant
    cells: tuple[Cell, ...]
    widest: Mapping[_Pair, int]  # most categories that can be asked at once

    def category(self, cell: Cell) -> Category:
        return self.convenant.regimes[cell.regime].categories[cell.category]


def check_conditions(convenant: Convenant, cells: Cells, spots: Spots) -> Iterator[Finding]:
    """Yield each condition of each rule that can never decide."""
    for (rule, name), reason in idle_conditions(convenant, cells).items():
        text = f"regel {rule}: voorwaarde '{name}' beslist nooit: {reason}"
        yield Finding(Code.IDLE_CONDITION, spots.rule(rule, text, "voorwaarden", name))


def idle_conditions(convenant: Convenant, cells: Cells) -> dict[tuple[str, str], str]:
    """Return why a condition of a rule can never decide, by the rule's id and its name."""
    widest = _widest(cells)
    found = {}
    for rule in convenant.rules:
        scope = _Scope(convenant, cells.of_rule(rule.id), widest)
        for name in rule.conditions if scope.cells else ():
            reason = _idle(scope, convenant.conditions[name]) or _implied(convenant, rule, name)
            if reason:
                found[rule.id, name] = reason
    return found


def _widest(cells: Cells) -> dict[_Pair, int]:
    """Return how many categories one question between two parties can ask at most, at any one moment."""
    asked: dict[_Pair, dict[tuple[str, str], set[str]]] = {}
    for cell in cells.all:
        if cell.asked:
            at = asked.setdefault(cell.pair, {})
            for moment in cell.when:
                at.setdefault(moment, set()).add(cell.category)
    return {pair: max(map(len, at.values())) for pair, at in asked.items()}


def _implied(convenant: Convenant, rule: Rule, name: str) -> str:
    """Return the other condition of the rule that asks as much; of two equal ones the second is idle."""
    own = demand_of(name, convenant.conditions[name])
    for place, other in enumerate(rule.conditions):
        if other != name:
            known = demand_of(other, convenant.conditions[other])
            if implies(known, own) and (not implies(own, known) or place < rule.conditions.index(name)):
                return f"'{other}' vraagt al zoveel | '{other}' asks as much already"
    return ""


def _idle(scope: _Scope, condition: Condition) -> str:
    check = _IDLE.get(condition.test)
    return check(scope, condition) if check else ""


def _always_answers(scope: _Scope, condition: Condition) -> str:
    """The check itself asks it of every answer and withdrawal; to decline or withdraw without regard to the purpose."""
    for kind in {cell.kind for cell in scope.cells}:
        answers = bool(scope.convenant.kinds[kind].answers)
        if condition.only_answers and not answers:
            continue
        free = kind in {DECLINING, WITHDRAWING}
        if not (answers or kind == WITHDRAWING) or (free and not condition.without_purpose):
            return ""
    return "van elk antwoord en elke intrekking wordt dit al gevraagd | it is asked of every answer and withdrawal"


def _no_label(scope: _Scope, condition: Condition) -> str:
    level = condition.from_level or 0
    levels = [scope.category(cell).level for cell in scope.cells if not cell.asked]
    if any(each == "X" or each >= level for each in levels):
        return ""
    return "geen categorie van dit niveau wordt verstrekt | no category of this level is supplied"


def _none_asked(scope: _Scope, condition: Condition) -> str:
    if any(cell.asked for cell in scope.cells) and condition.min_length != 0:
        return ""
    return "er wordt geen categorie gevraagd | no category is asked for"


def _nothing_asked_of(_: _Scope, condition: Condition) -> str:
    return "" if condition.fields and condition.min_length else "er wordt geen tekst gevraagd | it asks for no text"


def _narrow(scope: _Scope, condition: Condition) -> str:
    most = max((scope.widest.get(cell.pair, 0) for cell in scope.cells), default=0)
    if most > (condition.max or 0):
        return ""
    return f"er kunnen er hooguit {most} worden gevraagd | at most {most} can be asked"


def _no_question(scope: _Scope, _: Condition) -> str:
    return "" if any(cell.asked for cell in scope.cells) else "er wordt niets gevraagd | nothing is asked"


def _only_process(scope: _Scope, _: Condition) -> str:
    if any(not scope.category(cell).process for cell in scope.cells):
        return ""
    return "er gaan alleen procesgegevens over | only process data pass"


def _no_secret(scope: _Scope, condition: Condition) -> str:
    keepers = {name for name, party in scope.convenant.parties.items() if party.secrecy or not condition.only_secrecy}
    if any(cell.sender in keepers and not scope.category(cell).process for cell in scope.cells):
        return ""
    return "geen afzender met beroepsgeheim verstrekt hier inhoud | no sender with a professional secret supplies here"


def _no_agreement(scope: _Scope, _: Condition) -> str:
    if any(scope.category(cell).onward == "instemming_bron" for cell in scope.cells):
        return ""
    return "geen categorie vraagt instemming van de bron | no category needs the agreement of its source"


_IDLE: Mapping[str, Callable[[_Scope, Condition], str]] = {
    "correlatie": _always_answers,
    "aardlabel": _no_label,
    "motivering": _nothing_asked_of,
    "motivering_per_categorie": _none_asked,
    "max_categorieen": _narrow,
    "geen_herhaling": _no_question,
    "toestemming": _only_process,
    "toestemming_of_grond": _only_process,
    "besluit_of_toestemming": _only_process,
    "afweging_verstrekker": _no_secret,
    "instemming_bron": _no_agreement,
}
