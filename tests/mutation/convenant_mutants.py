"""Mutants of a convenant: the text with one thing removed, at every place where something can decide.

A mutant is compiled anew under the digest of the original, so that the messages of the cases still name it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from zegel_schemas.convenant import Convenant
from zegel_schemas.convenant.compiled import compile_documents
from zegel_schemas.convenant.documents import Accession, Document, Party, RegistrationRule, Rule, Supply, Transition

LISTS = {
    "kinds": "soort",
    "senders": "van",
    "except_senders": "behalve_van",
    "recipients": "aan",
    "phases": "fasen",
    "purposes": "doelen",
    "categories": "categorieen",
}
LEVELS = ("rule", "condition", "element", "verbod", "registration", "transition", "duty", "supply", "signature")
Changes = dict[str, object]
_T = TypeVar("_T")
_Supplier = TypeVar("_Supplier", Party, Supply)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One thing removed: where it stood (a rule's id, a party, ...), what it was, and the convenant without it."""

    level: str
    place: str
    what: str
    make: Callable[[], Convenant]


def mutants(convenant: Convenant, levels: tuple[str, ...] = LEVELS) -> Iterator[Mutant]:
    """Yield every mutant of these levels, in the order of the text."""
    for number, document in enumerate(convenant.documents):
        for level, place, what, changes in _of_document(document):
            if level in levels:
                yield Mutant(level, place, what, _maker(convenant, number, changes))


def _maker(convenant: Convenant, number: int, changes: Changes) -> Callable[[], Convenant]:
    def make() -> Convenant:
        documents = list(convenant.documents)
        documents[number] = documents[number].model_copy(update=changes)
        return compile_documents(documents, digest=convenant.digest, named=convenant.named)

    return make


_Found = Iterator[tuple[str, str, str, Changes]]


def _of_document(document: Document) -> _Found:
    yield from _of_rules(document)
    for field in ("prohibitions", "prohibitions_extra"):
        every = getattr(document, field)
        for place, each in enumerate(every):
            yield "verbod", each.id, each.title, {field: _without(every, place)}
    yield from _of_registrations(document)
    yield from _of_transitions(document)
    yield from _of_duties(document)
    yield from _of_supply(document)
    for place, accession in enumerate(document.accessions):
        for party in accession.parties:
            changed = _accession(accession, party)
            yield "signature", document.name, party, {"accessions": _with(document.accessions, place, changed)}


def _of_rules(document: Document) -> _Found:
    for place, rule in enumerate(document.rules):
        yield "rule", rule.id, "whole rule", {"rules": _without(document.rules, place)}
        for level, what, changed in _of_rule(rule):
            yield level, rule.id, what, {"rules": _with(document.rules, place, changed)}


def _of_rule(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    for place, name in enumerate(rule.conditions):
        yield "condition", name, rule.model_copy(update={"conditions": _without(rule.conditions, place)})
    for field, written in LISTS.items():
        values = getattr(rule, field)
        if len(values) < 2 and field != "except_senders":
            continue
        for place, value in enumerate(values):
            yield "element", f"{written}: {value}", rule.model_copy(update={field: _without(values, place)})
    if rule.without_role:
        yield "element", "zonder_rol_toegestaan", rule.model_copy(update={"without_role": False})


def _of_registrations(document: Document) -> _Found:
    for fact, rule in document.registrations.items():
        for what, changes in _of_registration(rule):
            changed = rule.model_copy(update=changes)
            yield "registration", fact, what, {"registrations": document.registrations | {fact: changed}}


def _of_registration(rule: RegistrationRule) -> Iterator[tuple[str, Changes]]:
    """Yield what is gone of one line of the table: a sender, a role, another party, the second person, its scope."""
    for field, written in (("senders", "van"), ("roles", "rollen"), ("together", "mede")):
        values = getattr(rule, field)
        for place, value in enumerate(values):
            yield f"{written}: {value}", {field: _without(values, place)}
    if rule.min_agreed:
        yield "min_akkoord", {"min_agreed": 0}
    if rule.holds != "casus":
        yield "geldt: regime", {"holds": "casus"}


def _of_transitions(document: Document) -> _Found:
    for step, what, steps in _of_steps(document.transitions):
        yield "transition", step, what, {"transitions": steps}
    for step, what, steps in _of_steps(document.adds.transitions):
        yield "transition", step, what, {"adds": document.adds.model_copy(update={"transitions": steps})}


def _of_steps(steps: tuple[Transition, ...]) -> Iterator[tuple[str, str, tuple[Transition, ...]]]:
    """Yield each step's name, what is gone, and the steps without it: the step itself, or one thing it requires."""
    for place, step in enumerate(steps):
        name = f"{step.start} -> {step.to}"
        yield name, "whole step", _without(steps, place)
        for number, fact in enumerate(step.requires):
            less = step.model_copy(update={"requires": _without(step.requires, number)})
            yield name, f"vereist: {fact}", _with(steps, place, less)


def _of_duties(document: Document) -> _Found:
    """Of duties that block something: what they block, and what ends them. The others stop no message."""
    for name, term in document.duty_terms.items():
        for field, written in (("blocks", "blokkeert"), ("discharged_by", "voldaan_door")):
            values = getattr(term, field) if term.blocks else ()
            for place, value in enumerate(values):
                less = term.model_copy(update={field: _without(values, place)})
                yield "duty", name, f"{written}: {value}", {"duty_terms": document.duty_terms | {name: less}}


def _of_supply(document: Document) -> _Found:
    for name, party in document.parties.items():
        for what, changed in _of_supplier(party):
            yield "supply", name, what, {"parties": document.parties | {name: changed}}
    for what, base in _of_supplier(document.party_base):
        yield "supply", "partij_basis", what, {"party_base": base}
    for name, supply in document.adds.supply.items():
        for what, less in _of_supplier(supply):
            adds = document.adds.model_copy(update={"supply": document.adds.supply | {name: less}})
            yield "supply", f"{document.name} {name}", what, {"adds": adds}


def _of_supplier(party: _Supplier) -> Iterator[tuple[str, _Supplier]]:
    for field, written in (("source", "bron"), ("ceiling", "plafond")):
        values = getattr(party, field)
        for place, value in enumerate(values):
            yield f"{written}: {value}", party.model_copy(update={field: _without(values, place)})


def _accession(accession: Accession, party: str) -> Accession:
    return accession.model_copy(update={"parties": tuple(each for each in accession.parties if each != party)})


def _without(values: tuple[_T, ...], place: int) -> tuple[_T, ...]:
    return (*values[:place], *values[place + 1 :])


def _with(values: tuple[_T, ...], place: int, value: _T) -> tuple[_T, ...]:
    return (*values[:place], value, *values[place + 1 :])
