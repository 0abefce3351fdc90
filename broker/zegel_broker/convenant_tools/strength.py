"""Which of two sets of conditions is the stricter: what one rule asks of a message, held against what another asks.

A demand is a condition of a rule, or what its `van` and `aan` ask of a party's role. One demand implies another when
every message that meets the first meets the second, whatever the casus.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zegel_broker.convenant_tools.cells import Cell
from zegel_broker.message import DECLINING, WITHDRAWING
from zegel_schemas.convenant import INVOLVED, ROLE_OF_TOKEN, Condition, Convenant, RuleIndex, Side

_LEAST, _MOST, _MORE, _FEWER = "least", "most", "more", "fewer"
_ROLE, _ANY_ROLE = "rol", "een_rol"  # demands that are no condition: which role, and any role
CORRELATION = "correlatie"
# the first is one way to meet the second
_CHOICES = {("toestemming", "toestemming_of_grond"), ("besluit", "besluit_of_toestemming")}


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand, by what it tests and its values; `name` is that of the condition, for people."""

    test: str
    values: tuple[tuple[str, Any], ...]
    name: str = ""

    @property
    def key(self) -> tuple[str, tuple[tuple[str, Any], ...]]:
        """Return what two equal demands have in common: their names may differ."""
        return self.test, self.values

    def value(self, name: str) -> Any:
        """Return one value, None when it has none."""
        return dict(self.values).get(name)


# How a value makes a test stricter: at least this much, at most this much, more of them, fewer of them.
_STRICTER: Mapping[str, str] = {
    "fields": _MORE,
    "min_length": _LEAST,
    "max": _MOST,
    "max_months": _MOST,
    "days": _LEAST,  # geen_herhaling: the longer it looks back, the stricter
    "min_days": _LEAST,
    "max_days": _MOST,
    "extension_days": _MOST,
    "grounds": _FEWER,
    "min_agreed": _LEAST,
    "from_level": _MOST,
    "values": _FEWER,
    "min_domains": _LEAST,
    "max_hours": _MOST,
    "review_days": _MOST,
}
_COUNTED = frozenset({*_STRICTER, "stagnation"})  # of these 0, nothing and `false` say something as well
# Values that loosen a test when they are there, and those that tighten it.
_LOOSENS = frozenset({"unless", "only_secrecy", "only_answers", "without_purpose"})
_TIGHTENS = frozenset({"explicit", "stagnation"})
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    _LEAST: lambda strict, loose: strict >= loose,
    _MOST: lambda strict, loose: strict <= loose,
    _MORE: lambda strict, loose: set(strict) >= set(loose),
    _FEWER: lambda strict, loose: set(strict) <= set(loose),
}


def demand_of(name: str, condition: Condition) -> Demand:
    """Return the demand a condition makes; what only people read (code, uitleg) is no part of it."""
    given = (
        (field, getattr(condition, field))
        for field in type(condition).model_fields
        if field not in {"test", "code", "explanation"}
    )
    # a `false` is as good as nothing, but for stagnatie: false, which asks that there be none
    values = tuple((field, value) for field, value in given if value is not None and (value or field in _COUNTED))
    return Demand(condition.test, values, name)


def demands(convenant: Convenant, cell: Cell) -> frozenset[Demand]:
    """Return all that the rule of this cell asks, and the check itself, besides what the cell says."""
    return _demands(convenant, cell.rule, cell.sender, cell.recipient, cell.kind)


@lru_cache(maxsize=65536)
def _demands(convenant: Convenant, rule_id: str, sender: str, recipient: str, kind: str) -> frozenset[Demand]:
    index, known = convenant.index, convenant.kinds[kind]
    bit = index.bit(rule_id)
    rule = index.rules[bit.bit_length() - 1]
    asked = ((name, convenant.conditions[name]) for name in rule.conditions)
    # what is asked of answers only, is asked of nothing else
    found = {demand_of(name, each) for name, each in asked if known.answers or not each.only_answers}
    if known.answers or kind == WITHDRAWING:
        free = (("without_purpose", True),) if kind in {DECLINING, WITHDRAWING} else ()
        found.add(Demand(CORRELATION, free, CORRELATION))  # the check asks it whatever the rule says
    for side, party, what in ((index.senders, sender, "van"), (index.recipients, recipient, "aan")):
        found |= _role_demand(index, side, bit, party, what, afterwards=known.afterwards)
    return frozenset(found)


def _role_demand(index: RuleIndex, side: Side, bit: int, party: str, what: str, *, afterwards: bool) -> set[Demand]:
    """Return which roles this side must have: those of its tokens when no name fits; any when the rule needs one."""
    found = set()
    named = (side.afterwards if afterwards else side.named).get(party, 0)
    if not named & bit:
        tokens = tuple(sorted(token for token, bits in side.tokens.items() if bits & bit))
        found.add(Demand(_ROLE, ((what, tokens),), f"{what} {' of '.join(tokens)}"))
    if not bit & index.without_role:
        found.add(Demand(_ANY_ROLE, ((what, True),), f"{what}: een rol"))
    return found


def implies(strict: Demand, loose: Demand) -> bool:
    """Say whether whatever meets `strict` meets `loose`."""
    if (strict.test, loose.test) in _CHOICES:
        return loose.value("kind") in {None, strict.value("kind")}
    if strict.test != loose.test:
        return False
    if strict.test == _ROLE:
        (what, own), (other, tokens) = strict.values[0], loose.values[0]
        roles = set(ROLE_OF_TOKEN) if INVOLVED in tokens else set()
        return bool(what == other and set(own) <= {*tokens, *roles})
    names = {name for name, _ in (*strict.values, *loose.values)}
    return all(_implies_value(name, strict.value(name), loose.value(name)) for name in names)


def _implies_value(name: str, strict: Any, loose: Any) -> bool:
    if strict == loose:
        return True
    if name in _LOOSENS:
        return strict is None
    if name in _TIGHTENS:
        return loose is None
    if strict is None or loose is None or name not in _STRICTER:
        return False
    return _COMPARE[_STRICTER[name]](strict, loose)


def all_implied(strict: Iterable[Demand], loose: Iterable[Demand]) -> bool:
    """Say whether whatever meets all of `strict` meets all of `loose`."""
    own = tuple(strict)
    return all(any(implies(each, wanted) for each in own) for wanted in loose)


def within(narrow: Iterable[frozenset[Demand]], wide: Iterable[frozenset[Demand]]) -> bool:
    """Say whether what one of the `narrow` sets lets through, one of the `wide` sets lets through as well."""
    options = tuple(wide)
    return all(any(all_implied(each, option) for option in options) for each in narrow)
