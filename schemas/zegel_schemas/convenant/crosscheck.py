"""Check that every name in the documents stands for something, that no id is double, that every test has its values.

All faults are gathered, each with its line. What is merely unwise is for `lint`, not for here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zegel_schemas.convenant.documents import Condition, Document, DutyTerm, Party, Prohibition, Rule, Supply
from zegel_schemas.convenant.emergency import MAX_HOURS, find_emergency_faults
from zegel_schemas.convenant.faults import Fault, twice, unknown
from zegel_schemas.convenant.index import ANYONE, EARLIER, SECTOR
from zegel_schemas.convenant.reading import Path, Tree
from zegel_schemas.convenant.words import FACTS, REGISTRATION_TOKENS, REQUIREMENTS, RULE_TOKENS, RULING_OF_FACT, TESTS

_SECTIONS = (
    ("grondslagen", "grounds"),
    ("categorieen", "categories"),
    ("fasen", "phases"),
    ("berichtsoorten", "kinds"),
    ("partijen", "parties"),
    ("voorwaarden", "conditions"),
    ("registraties", "registrations"),
    ("verplichtingen", "duties"),
)  # names that may stand in one document only; purposes may stand in several regimes


def find_faults(pairs: Iterable[tuple[Document, Tree]]) -> list[Fault]:
    """Return every fault of the documents taken together, each at its line."""
    known = list(pairs)
    names = _Names(known)
    found = [*_set_faults(known), *_double_faults(known)]
    conditions = {name: each for document, _ in known for name, each in _all(document, "conditions").items()}
    categories = {name: each for document, _ in known for name, each in _all(document, "categories").items()}
    for document, tree in known:
        found += _Checker(document, tree, names).faults()
        found += find_emergency_faults(document, tree, conditions=conditions, categories=categories)
    return found


def _all(document: Document, what: str) -> dict[str, Any]:
    """Return what stands in a section of the document and in its `toevoegen`, by name."""
    return {**getattr(document, what), **getattr(document.adds, what)}


class _Names:
    """All names there are, of all documents."""

    def __init__(self, pairs: list[tuple[Document, Tree]]) -> None:
        documents = [document for document, _ in pairs]
        self.documents = {document.name for document in documents}
        self.regimes = {document.regime for document in documents}
        self.grounds = {name for each in documents for name in each.grounds}
        self.purposes = {name for each in documents for name in (*each.purposes, *each.adds.purposes)}
        self.categories = {name for each in documents for name in (*each.categories, *each.adds.categories)}
        self.phases = {name for each in documents for name in (*each.phases, *each.adds.phases)}
        self.kinds = {name for each in documents for name in (*each.kinds, *each.adds.kinds)}
        self.parties = {name for each in documents for name in each.parties}
        self.sectors = {SECTOR + party.sector for each in documents for party in each.parties.values()}
        self.conditions = {name for each in documents for name in (*each.conditions, *each.adds.conditions)}
        self.duties = {name for each in documents for name in (*each.duties, *each.duties_always)}
        self.codes = {code for each in documents for step in each.evaluation for code in step.codes}
        self.prohibitions = {name.id for each in documents for name in (*each.prohibitions, *each.prohibitions_extra)}
        self.roles = {name for each in documents for name in each.employee_roles}


def _set_faults(pairs: list[tuple[Document, Tree]]) -> Iterator[Fault]:
    """Yield what is wrong with the set as a whole."""
    bases = [(document, tree) for document, tree in pairs if document.sort == "basisconvenant"]
    for _, tree in bases[1:]:
        yield tree.fault(("soort",), "er is maar een basisconvenant | there is only one basisconvenant")
    if pairs and not bases:
        yield pairs[0][1].fault((), "er is geen document met soort basisconvenant | no document is a basisconvenant")
    for document, tree in bases:
        for key, value in (("evaluatie", document.evaluation), ("max_betrokkenen", document.max_subjects)):
            if not value:
                yield tree.fault((), f"'{key}' ontbreekt in het basisconvenant | '{key}' is missing")
        if document.controller is None:
            yield tree.fault((), "'verwerkingsverantwoordelijke' ontbreekt | 'verwerkingsverantwoordelijke' is missing")


@dataclass(slots=True)
class _Seen:
    what: str
    names: set[str]

    def again(self, name: str, tree: Tree, path: Path) -> Iterator[Fault]:
        if name in self.names:
            yield tree.fault(path, twice(self.what, name))
        self.names.add(name)


def _double_faults(pairs: list[tuple[Document, Tree]]) -> Iterator[Fault]:
    """Yield names that stand in more than one place."""
    rules, documents, codes = _Seen("regel", set()), _Seen("document", set()), _Seen("code", set())
    sections = {key: _Seen(key, set()) for key, _ in _SECTIONS}
    for document, tree in pairs:
        yield from documents.again(document.name, tree, ("document",))
        for key, prohibitions in (("verboden", document.prohibitions), ("verboden_extra", document.prohibitions_extra)):
            for place, each in enumerate(prohibitions):
                yield from rules.again(each.id, tree, (key, place, "id"))
        for place, rule in enumerate(document.rules):
            yield from rules.again(rule.id, tree, ("regels", place, "id"))
        for place, step in enumerate(document.evaluation):
            for code in step.codes:
                yield from codes.again(code, tree, ("evaluatie", place, "codes"))
        for key, attribute in _SECTIONS:
            for name in getattr(document, attribute):
                yield from sections[key].again(name, tree, (key, name))
            for name in getattr(document.adds, attribute, ()):
                yield from sections[key].again(name, tree, ("toevoegen", key, name))


class _Checker:
    """Checks one document against all names."""

    def __init__(self, document: Document, tree: Tree, names: _Names) -> None:
        self.document = document
        self.tree = tree
        self.names = names
        self.found: list[Fault] = []

    def faults(self) -> list[Fault]:
        self._header()
        self._party_faults()
        self._supply(self.document.party_base, ("partij_basis",))
        for name, supply in self.document.adds.supply.items():
            path: Path = ("toevoegen", "partij_aanpassing", name)
            self._known("partij", (name,), self.names.parties, path)
            self._supply(supply, path)
        self._casus_faults()
        for prefix, conditions in ((), self.document.conditions), (("toevoegen",), self.document.adds.conditions):
            for name, condition in conditions.items():
                self._condition(name, condition, (*prefix, "voorwaarden", name))
        for key, prohibitions in (
            ("verboden", self.document.prohibitions),
            ("verboden_extra", self.document.prohibitions_extra),
        ):
            for place, prohibition in enumerate(prohibitions):
                self._prohibition(prohibition, (key, place))
        for place, rule in enumerate(self.document.rules):
            self._rule(rule, ("regels", place))
        for name, term in self.document.duty_terms.items():
            self._duty_term(name, term)
        return self.found

    def _known(self, what: str, names: Iterable[str], known: Iterable[str], path: Path) -> None:
        for name in names:
            if name not in known:
                self.found.append(self.tree.fault(path, unknown(what, name, known)))

    def _header(self) -> None:
        document, names = self.document, self.names
        self._known("document", document.amends, names.documents, ("wijzigt",))
        if document.uses:
            self._known("document", (document.uses.document,), names.documents, ("gebruikt",))
        if document.controller:
            path = ("verwerkingsverantwoordelijke", "dossier")
            self._known("partij", (document.controller.dossier,), names.parties, path)
        if document.validity.until < document.validity.start:
            self.found.append(self.tree.fault(("geldigheid",), "'tot' ligt voor 'van' | 'tot' is before 'van'"))

    def _party_faults(self) -> None:
        document, names = self.document, self.names
        for place, accession in enumerate(document.accessions):
            self._known("partij", accession.parties, names.parties, ("ondertekening", place, "partijen"))
        for place, departure in enumerate(document.departures):
            self._known("partij", (departure.party,), names.parties, ("opzegging", place, "partij"))
        for name, party in document.parties.items():
            self._known("grondslag", (party.ground,), names.grounds, ("partijen", name, "avg6"))
            self._known("grondslag", party.statutes, names.grounds, ("partijen", name, "geheimhouding"))
            self._supply(party, ("partijen", name))
        for key, roles in document.mandated_roles.items():
            allowed = names.parties | names.kinds | {"standaard", "rechten"}
            self._known("partij", (key,), allowed, ("bevoegde_rollen", key))
            self._known("rol", roles, names.roles, ("bevoegde_rollen", key))

    def _supply(self, supply: Supply | Party, path: Path) -> None:
        self._known("categorie", supply.source, self.names.categories, (*path, "bron"))
        self._known("categorie", supply.ceiling, self.names.categories, (*path, "plafond"))

    def _casus_faults(self) -> None:
        document, names = self.document, self.names
        for prefix, source in ((), document), (("toevoegen",), document.adds):
            for place, step in enumerate(source.transitions):
                path = (*prefix, "overgangen", place)
                self._known("fase", (step.start, step.to), names.phases, path)
                self._known("vereiste", step.requires, REQUIREMENTS, path)
            for name, kind in source.kinds.items():
                self._known("berichtsoort", kind.answers, names.kinds, (*prefix, "berichtsoorten", name))
            for name, category in source.categories.items():
                path = (*prefix, "categorieen", name)
                self._known("grondslag", category.statutory, names.grounds, path)
                self._known("verbod", filter(None, (category.forbidden_by,)), names.prohibitions, path)
            for name, phase in source.phases.items():
                around = filter(None, (phase.after, phase.before))
                self._known("fase", around, names.phases, (*prefix, "fasen", name))
        for fact, rule in document.registrations.items():
            self._known("feit", (fact,), FACTS, ("registraties", fact))
            allowed = names.parties | REGISTRATION_TOKENS
            self._known("partij", rule.senders, allowed, ("registraties", fact))
            self._known("partij", rule.together, names.parties, ("registraties", fact))
            self._known("rol", rule.roles, names.roles, ("registraties", fact))

    def _condition(self, name: str, condition: Condition, path: Path) -> None:
        self._known("code", (condition.code,), self.names.codes, (*path, "code"))
        self._known("toets", (condition.test,), TESTS, (*path, "toets"))
        needed, optional = TESTS.get(condition.test, (None, None))
        if needed is None or optional is None:
            return
        given = {key for key in _VALUES if getattr(condition, key) is not None}
        for key in sorted(needed - given):
            word = _VALUES[key]
            self._add(path, f"voorwaarde '{name}' mist '{word}' | condition '{name}' lacks '{word}'")
        for key in sorted(given - needed - optional):
            word = _VALUES[key]
            text = f"'{word}' hoort niet bij toets '{condition.test}' | '{word}' is no value of this test"
            self._add((*path, word), text)
        if (condition.max_hours or 0) > MAX_HOURS:
            text = (
                f"een beroep op spoed duurt ten hoogste {MAX_HOURS} uur | an emergency lasts {MAX_HOURS} hours at most"
            )
            self._add((*path, "max_uren"), text)
        if condition.test in {"besluit", "besluit_of_toestemming"} and condition.kind:
            self._known("soort besluit", (condition.kind,), RULING_OF_FACT.values(), (*path, "soort"))

    def _prohibition(self, prohibition: Prohibition, path: Path) -> None:
        self._known("code", (prohibition.code,), self.names.codes, (*path, "code"))
        self._known("grondslag", prohibition.law, self.names.grounds, (*path, "wet"))
        when = prohibition.when
        self._known("categorie", (*(when.categories or ()), *when.excepting), self.names.categories, (*path, "als"))
        if len(when.model_fields_set - {"excepting"}) != 1:
            self._add((*path, "als"), "noem onder 'als' precies een geval | name exactly one case under 'als'")

    def _duty_term(self, name: str, term: DutyTerm) -> None:
        path = ("naleving", name)
        self._known("verplichting", (name,), self.names.duties, path)
        self._known("berichtsoort", term.blocks, self.names.kinds, (*path, "blokkeert"))

    def _rule(self, rule: Rule, path: Path) -> None:
        names = self.names
        parties: Mapping[str, Iterable[str]] = {
            "van": names.parties | names.sectors | RULE_TOKENS | {ANYONE},
            "behalve_van": names.parties,
        }
        for key, values, what, known in (
            ("soort", rule.kinds, "berichtsoort", names.kinds),
            ("van", rule.senders, "partij", parties["van"]),
            ("behalve_van", rule.except_senders, "partij", parties["behalve_van"]),
            ("aan", rule.recipients, "partij", parties["van"]),
            ("fasen", rule.phases, "fase", names.phases | {ANYONE}),
            ("doelen", rule.purposes, "doel", names.purposes),
            ("categorieen", rule.categories, "categorie", names.categories | {EARLIER}),
            ("grondslag", rule.grounds, "grondslag", names.grounds),
            ("voorwaarden", rule.conditions, "voorwaarde", names.conditions),
            ("verplichtingen", rule.duties, "verplichting", names.duties),
            ("regimes", rule.regimes, "regime", names.regimes | {ANYONE}),
        ):
            self._known(what, values, known, (*path, key))
            for name in {name for name in values if values.count(name) > 1}:
                self._add((*path, key), twice(what, name))

    def _add(self, path: Path, text: str) -> None:
        self.found.append(self.tree.fault(path, text))


_VALUES = {
    name: field.alias or name
    for name, field in Condition.model_fields.items()
    if name not in {"test", "code", "explanation"}
}  # values a test may have -> their key in the file
