"""What the judge works out of a convenant once, so that a decision is look-ups and arithmetic."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from zegel_broker.conditions import PER_CATEGORY, Test, answers_or_withdraws, deferral_grounds, make_test
from zegel_broker.message import WITHDRAWING
from zegel_schemas.claims import REASONS
from zegel_schemas.convenant import EMERGENCY, Condition, Convenant, Prohibition, is_emergency

_AFTERWARDS = "rechten"  # in `bevoegde_rollen`: roles that may also send every kind that follows closure
_DEFAULT = "standaard"
_CORRELATION = "correlatie"  # the test that belongs to kinds


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule: the code it refuses with, its name, what it tests and how."""

    code: str
    name: str
    about: str  # the `toets`
    test: Test
    per_category: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One convenant, made ready for judging."""

    clauses: tuple[tuple[Clause, ...], ...]  # by place of the rule
    once: tuple[tuple[Clause, ...], ...]  # those of them with one outcome for all categories of a message
    per_category: tuple[tuple[Clause, ...], ...]  # the others
    duties: tuple[tuple[str, ...], ...]
    roles: Mapping[str, frozenset[str]]  # party -> roles that may send for it
    roles_by_kind: Mapping[str, frozenset[str]]  # kind -> roles that may send it besides
    employee_roles: frozenset[str]
    directing: frozenset[str]  # regie parties
    weighing_grounds: frozenset[str]
    deferral_grounds: frozenset[str]
    motivation_fields: frozenset[str]
    reasons: frozenset[str]
    statements: frozenset[str]
    consent_grounds: frozenset[str]
    tasks: frozenset[str]
    verboden: Mapping[str, tuple[str, ...]]  # what is forbidden -> ids
    articles: Mapping[str, tuple[str, ...]]  # rule or verbod -> legal sources
    documents: Mapping[str, str]  # rule or verbod -> document
    correlation_code: str
    correlating: frozenset[str]  # kinds that answer a question or withdraw one
    always: tuple[Clause, ...]  # what those must meet whatever their rule says: their correlation
    ordinary: int  # rules that are tried always; the others only when an emergency is declared
    emergency_reasons: frozenset[str]


@lru_cache(maxsize=16)
def prepare(convenant: Convenant) -> Prepared:
    """Return what this convenant comes to; made once per convenant."""
    index = convenant.index
    conditions = convenant.conditions
    known = {name: _clause(name, condition) for name, condition in conditions.items()}
    clauses = tuple(tuple(known[name] for name in rule.conditions) for rule in index.rules)

    def values(test: str, attribute: str) -> frozenset[str]:
        found = (getattr(each, attribute) or () for each in conditions.values() if each.test == test)
        return frozenset(value for each in found for value in ((each,) if isinstance(each, str) else each))

    correlation = min((each.code for each in conditions.values() if each.test == _CORRELATION), default="VW_CORRELATIE")
    return Prepared(
        clauses=clauses,
        once=tuple(tuple(each for each in of_rule if not each.per_category) for of_rule in clauses),
        per_category=tuple(tuple(each for each in of_rule if each.per_category) for of_rule in clauses),
        duties=tuple(rule.duties for rule in index.rules),
        roles={
            name: frozenset(convenant.mandated_roles.get(name, convenant.mandated_roles.get(_DEFAULT, ())))
            for name in convenant.parties
        },
        roles_by_kind=_roles_by_kind(convenant),
        employee_roles=frozenset(role for document in convenant.documents for role in document.employee_roles),
        directing=frozenset(name for name, party in convenant.parties.items() if party.directs),
        weighing_grounds=values("afweging_verstrekker", "grounds"),
        deferral_grounds=deferral_grounds(convenant),
        motivation_fields=values("motivering", "fields"),
        reasons=REASONS,
        statements=values("verklaring", "kind"),
        consent_grounds=values("toestemming_of_grond", "grounds"),
        tasks=frozenset(task for party in convenant.parties.values() for task in party.tasks),
        verboden={
            what: tuple(sorted(each.id for each in convenant.prohibitions if is_it(each))) for what, is_it in _WHAT
        },
        articles=dict(_articles(convenant)),
        documents=dict(_documents(convenant)),
        correlation_code=correlation,
        correlating=frozenset(name for name, kind in convenant.kinds.items() if kind.answers or name == WITHDRAWING),
        always=(Clause(correlation, _CORRELATION, _CORRELATION, answers_or_withdraws, per_category=False),),
        ordinary=sum(1 << place for place, rule in enumerate(index.rules) if not is_emergency(rule, conditions)),
        emergency_reasons=values(EMERGENCY, "grounds"),
    )


def _clause(name: str, condition: Condition) -> Clause:
    test = make_test(condition)
    return Clause(condition.code, name, condition.test, test, per_category=condition.test in PER_CATEGORY)


_WHAT: tuple[tuple[str, Callable[[Prohibition], bool]], ...] = (
    ("purpose", lambda each: each.when.purpose is not None),
    ("citizen_number", lambda each: each.when.citizen_number is not None),
    ("onward", lambda each: each.when.onward is not None),
    ("round_robin", lambda each: each.when.round_robin is not None),
    ("wider_answer", lambda each: each.when.wider_answer is not None),
    ("outsider", lambda each: each.when.outsider is not None),
    ("closed", lambda each: each.when.closed is not None),
    ("without_role", lambda each: each.when.without_role is not None),
)


def _roles_by_kind(convenant: Convenant) -> dict[str, frozenset[str]]:
    afterwards = convenant.mandated_roles.get(_AFTERWARDS, ())
    return {
        name: frozenset(convenant.mandated_roles.get(name, ())) | frozenset(afterwards if kind.afterwards else ())
        for name, kind in convenant.kinds.items()
    }


def _articles(convenant: Convenant) -> Iterator[tuple[str, tuple[str, ...]]]:
    for rule in convenant.rules:
        yield rule.id, rule.grounds
    for prohibition in convenant.prohibitions:
        yield prohibition.id, prohibition.law


def _documents(convenant: Convenant) -> Iterator[tuple[str, str]]:
    for rule, document in zip(convenant.index.rules, convenant.index.documents, strict=True):
        yield rule.id, document
    for each in convenant.documents:
        for prohibition in (*each.prohibitions, *each.prohibitions_extra):
            yield prohibition.id, each.name
