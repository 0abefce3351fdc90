"""The emergency set (break-glass): each of its rules is an ordinary rule of its document from which little was lifted.

It is never a bypass. A rule that may be tried in an emergency names the rule it stands in for (`spoed_bij`) and is in
nothing wider than that one. Of its conditions it may lift only those about earlier answers, repetition, the shortest
term, having informed people, and consent. Grounds: a vital interest (AVG 6 lid 1 onder d, 9 lid 2 onder c).
"""

from collections.abc import Iterator, Mapping

from zegel_schemas.convenant.documents import Category, Condition, Document, Rule
from zegel_schemas.convenant.faults import Fault
from zegel_schemas.convenant.reading import Path, Tree

EMERGENCY = "spoed"  # the test that makes a rule one of the emergency set
DUTIES = frozenset({"spoed_melden_fg", "spoed_beoordelen"})  # the FG hears at once; somebody else reviews it
MAX_HOURS = 24  # the longest an emergency may last; an adapter sends none longer (design: break-glass)
_LIFTED = frozenset({"hit", "geen_herhaling", "geinformeerd_of_uitstel", "toestemming_of_grond", "toestemming"})
_TERM = "antwoordtermijn"  # its minimum may be lifted, its maximum not
_VITAL, _VITAL_SPECIAL = "AVG-6-1-d", "AVG-9-2-c"

Conditions = Mapping[str, Condition]


def is_emergency(rule: Rule, conditions: Conditions) -> bool:
    """Say whether the rule is one of the emergency set: it is tried only when an emergency is declared."""
    return any(conditions[name].test == EMERGENCY for name in rule.conditions if name in conditions)


def find_emergency_faults(
    document: Document, tree: Tree, *, conditions: Conditions, categories: Mapping[str, Category]
) -> Iterator[Fault]:
    """Yield what makes a rule of the emergency set wider than the rule it stands in for, each at its line."""
    rules = {rule.id: rule for rule in document.rules}
    if document.format == "convenant/v0" and (
        any(rule.emergency_of for rule in document.rules) or any(each.roles for each in document.registrations.values())
    ):
        yield tree.fault(("schema",), "'spoed_bij' en 'rollen' vragen convenant/v1 | these keys need convenant/v1")
    for place, rule in enumerate(document.rules):
        path: Path = ("regels", place)
        special = is_emergency(rule, conditions)
        if special is not bool(rule.emergency_of):
            text = "voorwaarde 'spoed' en 'spoed_bij' horen bij elkaar | 'spoed' and 'spoed_bij' go together"
            yield tree.fault(path, text)
        if not special or not rule.emergency_of:
            continue
        ordinary = rules.get(rule.emergency_of)
        if ordinary is None or is_emergency(ordinary, conditions):
            text = f"'{rule.emergency_of}' is geen gewone regel van dit document | no ordinary rule of this document"
            yield tree.fault((*path, "spoed_bij"), text)
            continue
        for what in (*_wider(rule, ordinary), *_dropped(rule, ordinary, conditions), *_unfounded(rule, categories)):
            yield tree.fault(path, f"spoedregel '{rule.id}': {what}")


def _wider(rule: Rule, ordinary: Rule) -> Iterator[str]:
    """Yield where the rule reaches further than the ordinary one."""
    for key, own, other in (
        ("soort", rule.kinds, ordinary.kinds),
        ("van", rule.senders, ordinary.senders),
        ("aan", rule.recipients, ordinary.recipients),
        ("fasen", rule.phases, ordinary.phases),
        ("doelen", rule.purposes, ordinary.purposes),
        ("categorieen", rule.categories, ordinary.categories),
        ("regimes", rule.regimes, ordinary.regimes),
        ("behalve_van", ordinary.except_senders, rule.except_senders),
        ("verplichtingen", (*ordinary.duties, *DUTIES), rule.duties),
    ):
        if not set(own) <= set(other):
            yield f"'{key}' is ruimer dan bij '{ordinary.id}' | is wider than that of '{ordinary.id}'"
    if (rule.without_role and not ordinary.without_role) or (rule.passes_on and not ordinary.passes_on):
        yield f"staat meer toe dan '{ordinary.id}' | permits more than '{ordinary.id}'"


def _dropped(rule: Rule, ordinary: Rule, conditions: Conditions) -> Iterator[str]:
    """Yield each condition of the ordinary rule that an emergency may not lift, and that is not there."""
    for name in ordinary.conditions:
        if name in rule.conditions or name not in conditions or conditions[name].test in _LIFTED:
            continue
        if conditions[name].test != _TERM or not any(
            _ends_no_later(conditions[each], conditions[name]) for each in rule.conditions if each in conditions
        ):
            yield f"voorwaarde '{name}' mag niet vervallen | condition '{name}' may not be lifted"


def _ends_no_later(own: Condition, other: Condition) -> bool:
    return own.test == _TERM and (own.max_days or 0) <= (other.max_days or 0)


def _unfounded(rule: Rule, categories: Mapping[str, Category]) -> Iterator[str]:
    special = any(categories[name].special for name in rule.categories if name in categories)
    for ground in (_VITAL, *((_VITAL_SPECIAL,) if special else ())):
        if ground not in rule.grounds:
            yield f"grondslag '{ground}' ontbreekt | ground '{ground}' is missing"
