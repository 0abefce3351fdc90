"""What holds under one regime: documents, purposes, categories, who is a source of what and who may receive what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zegel_schemas.convenant.documents import Category, Document, Prohibition, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A document a regime rests on: when it is in force and who had acceded to it on a day."""

    document: str
    amendment: bool
    start: date
    until: date
    acceded: Mapping[str, tuple[date, ...]]
    left: Mapping[str, tuple[date, ...]]

    def holds(self, day: date) -> bool:
        """Say whether the document is in force on this day."""
        return self.start <= day <= self.until

    def binds(self, party: str, day: date) -> bool:
        """Say whether this party has acceded on or before this day and has not left since."""
        joined = [each for each in self.acceded.get(party, ()) if each <= day]
        if not joined or party not in self.left:
            return bool(joined)
        return not any(max(joined) <= gone <= day for gone in self.left[party])


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One regime, worked out from its own document, what that uses and what it amends."""

    name: str
    memberships: tuple[Membership, ...]  # its own documents and all they amend
    purposes: frozenset[str]
    process_purposes: frozenset[str]
    categories: Mapping[str, Category]
    sources: Mapping[str, frozenset[str]]  # party -> categories it may supply as a source
    ceilings: Mapping[str, frozenset[str]]  # party -> categories it may receive at most
    forbidden: Mapping[str, tuple[Prohibition, ...]]  # category -> what forbids it
    person_roles: frozenset[str]
    group_roles: frozenset[str]  # roles that need the group criteria established
    group_criteria: int  # how many there are
    controller: str  # the party that keeps the casus
    first_phase: str
    transitions: tuple[Transition, ...]  # own ones stand before those of the documents it uses or amends


def build_regime(name: str, documents: Mapping[str, Document]) -> Regime:
    """Return the regime of this name; `documents` are all documents by name and have no faults."""
    own = [document for document in documents.values() if document.regime == name]
    used = [documents[document.uses.document] for document in own if document.uses]
    categories = _categories(own, documents)
    base = next(document for document in documents.values() if document.sort == "basisconvenant")
    purposes = {key: each for document in own for key, each in (document.purposes | document.adds.purposes).items()}
    groups = [document for document in own if document.adds.group_criteria]
    added_phases = [phase for document in own for phase in document.adds.phases]
    return Regime(
        name=name,
        memberships=tuple(_membership(document) for document in _needed(own, documents)),
        purposes=frozenset(purposes),
        process_purposes=frozenset(key for key, each in purposes.items() if each.process_only),
        categories=categories,
        sources=_supply(own, documents, of_source=True),
        ceilings=_supply(own, documents, of_source=False),
        forbidden=_forbidden(categories, own, documents),
        person_roles=frozenset(
            role for document in (base, *used, *own) for role in (*document.person_roles, *document.adds.person_roles)
        ),
        group_roles=frozenset(role for document in groups for role in document.adds.person_roles),
        group_criteria=max((len(document.adds.group_criteria) for document in groups), default=0),
        controller=_controller(own, documents),
        first_phase=added_phases[0] if added_phases else _first_phase(documents),
        transitions=_transitions(own, documents),
    )


def _needed(own: list[Document], documents: Mapping[str, Document]) -> list[Document]:
    """Return these documents and all that they amend, directly or through another."""
    found = {document.name: document for document in own}
    queue = list(own)
    while queue:
        for name in queue.pop().amends:
            if name not in found:
                found[name] = documents[name]
                queue.append(documents[name])
    return [found[name] for name in sorted(found)]


def _membership(document: Document) -> Membership:
    acceded: dict[str, tuple[date, ...]] = {}
    left: dict[str, tuple[date, ...]] = {}
    for accession in document.accessions:
        for party in accession.parties:
            acceded[party] = (*acceded.get(party, ()), accession.day)
    for departure in document.departures:
        left[departure.party] = (*left.get(departure.party, ()), departure.day)
    return Membership(
        document=document.name,
        amendment=document.sort == "aanvulling",
        start=document.validity.start,
        until=document.validity.until,
        acceded=acceded,
        left=left,
    )


def _categories(own: list[Document], documents: Mapping[str, Document]) -> dict[str, Category]:
    found: dict[str, Category] = {}
    for document in own:
        if document.uses and "categorieen" in document.uses.parts:
            found |= documents[document.uses.document].categories
    for document in own:
        found |= document.categories | document.adds.categories
    return found


def _supply(own: list[Document], documents: Mapping[str, Document], *, of_source: bool) -> dict[str, frozenset[str]]:
    base: set[str] = set()
    for document in documents.values():
        base |= set(document.party_base.source if of_source else document.party_base.ceiling)
    parties = {name: party for document in documents.values() for name, party in document.parties.items()}
    found = {name: base | set(party.source if of_source else party.ceiling) for name, party in parties.items()}
    for document in own:
        for name, supply in document.adds.supply.items():
            found[name] |= set(supply.source if of_source else supply.ceiling)
    return {name: frozenset(each) for name, each in found.items()}


def _forbidden(
    categories: Mapping[str, Category], own: list[Document], documents: Mapping[str, Document]
) -> dict[str, tuple[Prohibition, ...]]:
    """Return what forbids each category here; the `verboden` of a document hold wherever it is used."""
    general = [each for document in documents.values() for each in document.prohibitions]
    special = [each for document in own for each in document.prohibitions_extra]
    found = {
        name: tuple(each for each in (*general, *special) if _forbids(each, name, category))
        for name, category in categories.items()
    }
    return {name: prohibitions for name, prohibitions in found.items() if prohibitions}


def _forbids(prohibition: Prohibition, name: str, category: Category) -> bool:
    when = prohibition.when
    by_level = when.level is not None and category.level == when.level and name not in when.excepting
    by_name = when.categories is not None and name in when.categories
    return by_level or by_name or (when.article_9 is True and category.article_9)


def _transitions(own: list[Document], documents: Mapping[str, Document]) -> tuple[Transition, ...]:
    """Return the steps between phases: those of the documents whose phases hold here, replaced by its own."""
    found: dict[tuple[str, str], Transition] = {}
    for document in own:
        if document.uses and "fasen" in document.uses.parts:
            for name in (document.uses.document, *document.amends):
                found |= {(each.start, each.to): each for each in documents[name].transitions}
    for document in own:
        found |= {(each.start, each.to): each for each in (*document.transitions, *document.adds.transitions)}
    return tuple(found.values())


def _controller(own: list[Document], documents: Mapping[str, Document]) -> str:
    named = [document.controller.dossier for document in own if document.controller]
    behind = [each.controller.dossier for each in _needed(own, documents) if each.controller]
    return (named or behind or [""])[0]


def _first_phase(documents: Mapping[str, Document]) -> str:
    numbered = [
        (phase.number, name)
        for document in documents.values()
        for name, phase in document.phases.items()
        if phase.number is not None
    ]
    return min(numbered)[1] if numbered else ""
