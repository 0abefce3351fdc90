"""The difference between two convenants: what is gained, lost, loosened or tightened, for whom.

A cell (who, what, from whom, for which purpose, in which phase, by which kind) that only one of them has is gained or
lost. One that both have is compared by what its rules ask: fewer or milder demands loosen, more or stricter ones
tighten. What no cell shows (days of signing, terms, roles, registrations) is listed as a changed term.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zegel_broker.convenant_tools.cells import Cell, Moment, enumerate_cells
from zegel_broker.convenant_tools.lint_conditions import idle_conditions
from zegel_broker.convenant_tools.matrix import way_of
from zegel_broker.convenant_tools.moments import rectangles
from zegel_broker.convenant_tools.strength import CORRELATION, Demand, demands, within
from zegel_broker.convenant_tools.terms import Term, changed_terms
from zegel_schemas.convenant import Condition, Convenant

GAINED, LOST, LOOSENED, TIGHTENED, CHANGED = "gained", "lost", "loosened", "tightened", "changed"
WAYS = (GAINED, LOST, LOOSENED, TIGHTENED, CHANGED)

_Key = tuple[str, str, str, str, str, str]  # learner, source, category, regime, kind, way
_Options = Mapping[str, frozenset[Demand]]  # rule -> what it asks; one of them suffices
_Seen = dict[_Key, dict[Moment, _Options]]


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Change:
    """What changed for `party`, who learns or asks; `demands` name what came (+) and what went (-)."""

    party: str
    what: str  # gained | lost | loosened | tightened | changed (neither milder nor stricter)
    category: str
    source: str
    regime: str
    kind: str
    way: str
    purposes: tuple[str, ...]
    phases: tuple[str, ...]
    before: tuple[str, ...]  # rules
    after: tuple[str, ...]
    demands: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, grouped by party, and the terms that stand in no cell."""

    changes: tuple[Change, ...]
    terms: tuple[Term, ...]

    @property
    def none(self) -> bool:
        """Say whether the two decide alike, as far as can be seen."""
        return not self.changes and not self.terms


def diff(before: Convenant, after: Convenant) -> Difference:
    """Return what the second convenant changes with regard to the first."""
    idle, still_idle = _idle(before), _idle(after)
    old, new = _seen(before, idle), _seen(after, still_idle)
    changes = [
        change for key in old.keys() | new.keys() for change in _changes(key, old.get(key, {}), new.get(key, {}))
    ]
    terms = (*changed_terms(before, after), *_idle_terms(before, after, idle | still_idle))
    return Difference(tuple(sorted(changes)), tuple(sorted(terms)))


_Idle = frozenset[tuple[str, str]]  # rule and condition: it never decides


def _idle(convenant: Convenant) -> _Idle:
    """Return the conditions that never decide; what the check asks by itself is compared like any other."""
    found = idle_conditions(convenant, enumerate_cells(convenant))
    return frozenset(each for each in found if convenant.conditions[each[1]].test != CORRELATION)


def _idle_terms(before: Convenant, after: Convenant, idle: _Idle) -> Iterator[Term]:
    """Yield each condition that never decides and stands in one of the two only: it is a word, and no safeguard."""
    old, new = _conditions_of_rules(before), _conditions_of_rules(after)
    rules = {rule for rule, _ in old} & {rule for rule, _ in new}
    for each in sorted((old.keys() ^ new.keys()) & idle):
        if each[0] in rules:
            document = (old if each in old else new)[each]
            yield Term(document, f"regels.{each[0]}.voorwaarden.{each[1]}", "removed" if each in old else "added")


def _conditions_of_rules(convenant: Convenant) -> dict[tuple[str, str], str]:
    """Return the document of each condition of each rule."""
    documents = zip(convenant.index.rules, convenant.index.documents, strict=True)
    return {(rule.id, name): document for rule, document in documents for name in rule.conditions}


def _seen(convenant: Convenant, idle: _Idle) -> _Seen:
    found: dict[_Key, dict[Moment, dict[str, frozenset[Demand]]]] = {}
    for cell in enumerate_cells(convenant).all:
        asked = frozenset(each for each in demands(convenant, cell) if (cell.rule, each.name) not in idle)
        at = found.setdefault(_key(cell), {})
        for moment in cell.when:
            at.setdefault(moment, {})[cell.rule] = asked
    return {key: dict(at) for key, at in found.items()}


def _key(cell: Cell) -> _Key:
    return cell.learner, cell.source, cell.category, cell.regime, cell.kind, way_of(cell)


def _changes(key: _Key, old: Mapping[Moment, _Options], new: Mapping[Moment, _Options]) -> Iterator[Change]:
    grouped: dict[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], list[Moment]] = {}
    for moment in old.keys() | new.keys():
        before, after = old.get(moment, {}), new.get(moment, {})
        what = _compare(before, after)
        if what:
            same = what, tuple(sorted(before)), tuple(sorted(after)), _changed_demands(before, after)
            grouped.setdefault(same, []).append(moment)
    party, source, category, regime, kind, way = key
    for (what, rules, now, named), when in grouped.items():
        for purposes, phases in rectangles(when):
            yield Change(
                party=party,
                what=what,
                category=category,
                source=source,
                regime=regime,
                kind=kind,
                way=way,
                purposes=purposes,
                phases=phases,
                before=rules,
                after=now,
                demands=named,
            )


def _compare(before: _Options, after: _Options) -> str:
    """Return what became of one cell at one moment; "" when it asks the same."""
    if not before or not after:
        return GAINED if after else LOST
    same = {_keys(each) for each in before.values()} == {_keys(each) for each in after.values()}
    if same:
        return ""
    milder, stricter = within(before.values(), after.values()), within(after.values(), before.values())
    if milder and stricter:
        return ""
    return LOOSENED if milder else TIGHTENED if stricter else CHANGED


def _keys(asked: Iterable[Demand]) -> frozenset[tuple[str, tuple[tuple[str, Any], ...]]]:
    return frozenset(each.key for each in asked)


def _changed_demands(before: _Options, after: _Options) -> tuple[str, ...]:
    """Return what was asked and is no more (-), what is asked now (+), and of which condition the values changed."""
    if not before or not after:
        return ()
    old = {each for asked in before.values() for each in asked}
    new = {each for asked in after.values() for each in asked}
    gone = {each for each in old if each.key not in {other.key for other in new}}
    come = {each for each in new if each.key not in {other.key for other in old}}
    pairs = [(one, other) for one in gone for other in come if one.name == other.name and one.test == other.test]
    found = {
        *(f"- {each.name}" for each in gone - {one for one, _ in pairs}),
        *(f"+ {each.name}" for each in come - {other for _, other in pairs}),
        *(f"{one.name} {value}" for one, other in pairs for value in _changed_values(one, other)),
    }
    return tuple(sorted(found))


def _changed_values(one: Demand, other: Demand) -> Iterator[str]:
    for name in sorted({name for name, _ in (*one.values, *other.values)}):
        if one.value(name) != other.value(name):
            key = Condition.model_fields[name].alias or name
            yield f"{key} {_plain(one.value(name))} -> {_plain(other.value(name))}"


def _plain(value: Any) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple) else "-" if value is None else str(value)
