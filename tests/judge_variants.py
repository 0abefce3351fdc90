"""Variants of a convenant: an accession less, a departure more, a rule or verbod more, everything in another order.

They keep the digest of what they were made from, so that a message drawn under the one can be judged under the other.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from tests.judge_scene import Option, Pick, Scene
from zegel_schemas.convenant import Condition, Convenant, Document, Prohibition, Rule
from zegel_schemas.convenant.compiled import compile_documents
from zegel_schemas.convenant.documents import Accession, Departure, When


def of_documents(convenant: Convenant, documents: Iterable[Document]) -> Convenant:
    """Return the convenant these documents make, under the same digest."""
    return compile_documents(documents, digest=convenant.digest)


def _in_document(convenant: Convenant, name: str, change: Callable[[Document], Document]) -> Convenant:
    return of_documents(convenant, (change(each) if each.name == name else each for each in convenant.documents))


@lru_cache(maxsize=256)
def without_accession(convenant: Convenant, document: str, party: str) -> Convenant:
    """Return the convenant in which this party never acceded to this document."""

    def change(each: Document) -> Document:
        accessions = tuple(
            one.model_copy(update={"parties": tuple(name for name in one.parties if name != party)})
            for one in each.accessions
        )
        return each.model_copy(update={"accessions": accessions})

    return _in_document(convenant, document, change)


@lru_cache(maxsize=256)
def with_departure(convenant: Convenant, document: str, party: str, day: date) -> Convenant:
    """Return the convenant in which this party leaves this document on a day."""
    departure = Departure.model_construct(party=party, day=day)
    return _in_document(
        convenant, document, lambda each: each.model_copy(update={"departures": (*each.departures, departure)})
    )


def with_rule(convenant: Convenant, document: str, rule: Rule) -> Convenant:
    """Return the convenant with one rule more in this document."""
    return _in_document(convenant, document, lambda each: each.model_copy(update={"rules": (*each.rules, rule)}))


def with_prohibition(convenant: Convenant, document: str, verbod: Prohibition, *, extra: bool) -> Convenant:
    """Return the convenant with one verbod more, for all regimes or for those of this document (`extra`)."""
    field = "prohibitions_extra" if extra else "prohibitions"
    return _in_document(
        convenant, document, lambda each: each.model_copy(update={field: (*getattr(each, field), verbod)})
    )


@lru_cache(maxsize=64)
def without_document(convenant: Convenant, name: str) -> Convenant:
    """Return the convenant without this document."""
    return of_documents(convenant, (each for each in convenant.documents if each.name != name))


def without_rules(convenant: Convenant) -> Convenant:
    """Return the convenant that permits nothing."""
    return of_documents(convenant, (each.model_copy(update={"rules": ()}) for each in convenant.documents))


def shuffled(convenant: Convenant, pick: Pick) -> Convenant:
    """Return the convenant with everything that has no order of its own in another order."""
    return of_documents(convenant, shuffle(tuple(_shuffled(each, pick) for each in convenant.documents), pick))


def shuffle(values: tuple[Option, ...], pick: Pick) -> tuple[Option, ...]:
    """Return the values turned round, or cut in two parts that change places, or both."""
    place = pick(range(len(values))) if values else 0
    turned = (*values[place:], *values[:place])
    return tuple(reversed(turned)) if pick((True, False)) else turned


def _shuffled(document: Document, pick: Pick) -> Document:
    def turn(values: dict[str, Any]) -> dict[str, Any]:
        return dict(shuffle(tuple(values.items()), pick))

    fields = ("kinds", "senders", "recipients", "phases", "purposes", "categories", "conditions", "duties")
    rules = (
        rule.model_copy(update={field: shuffle(getattr(rule, field), pick) for field in pick((fields[:4], fields[4:]))})
        for rule in shuffle(document.rules, pick)
    )
    return document.model_copy(
        update={
            "rules": tuple(rules),
            "prohibitions": shuffle(document.prohibitions, pick),
            "parties": turn(document.parties),
            "categories": turn(document.categories),
            "purposes": turn(document.purposes),
            "conditions": turn(document.conditions),
            "kinds": turn(document.kinds),
            "accessions": shuffle(document.accessions, pick),
        }
    )


def drawn_rule(scene: Scene, pick: Pick) -> tuple[str, Rule]:
    """Return a rule to add and the document it goes in: one of the convenant's, or near one, with other conditions."""
    document = pick([each for each in scene.convenant.documents if each.rules])
    near = pick((scene.rule, pick(document.rules)))
    other = pick(scene.convenant.rules)
    changed = {field: getattr(other, field) for field in (pick(_FIELDS), pick(_FIELDS))}
    rule = near.model_copy(
        update={
            "id": pick(("A-0", "CMPG-230a", "Z-9")),
            "conditions": pick(((), near.conditions[:1], other.conditions)),
            "duties": other.duties,
            **changed,
        }
    )
    return document.name, rule


_FIELDS = ("kinds", "senders", "recipients", "phases", "purposes", "categories", "without_role", "regimes", "title")


def drawn_prohibition(scene: Scene, pick: Pick, *, category: str = "") -> tuple[str, Prohibition]:
    """Return a verbod to add and the document it goes in: by category, by level, or of article 9."""
    named = When.model_construct(categories=(category,))
    if not category:
        categories = tuple(scene.convenant.categories)
        by_name = When.model_construct(categories=(pick(categories),))
        by_level = When.model_construct(level=pick((0, 1, 2, 3)), excepting=(pick(categories),))
        named = pick((by_name, by_level, When.model_construct(article_9=True)))
    verbod = Prohibition.model_construct(
        id=pick(("A-V", "Z-V")), title="nog een", when=named, code="VERBODEN_CATEGORIE", law=(), explanation=""
    )
    return pick([each.name for each in scene.convenant.documents]), verbod


def rule_of(convenant: Convenant, rule_id: str) -> Rule:
    """Return the rule by this id."""
    return next(rule for rule in convenant.rules if rule.id == rule_id)


def with_accession(convenant: Convenant, document: str, party: str, day: date) -> Convenant:
    """Return the convenant in which this party accedes to this document on a day, once more."""
    accession = Accession.model_construct(parties=(party,), day=day)
    return _in_document(
        convenant, document, lambda each: each.model_copy(update={"accessions": (*each.accessions, accession)})
    )


@lru_cache(maxsize=256)
def without_sender(convenant: Convenant, rule_id: str, party: str) -> Convenant:
    """Return the convenant in which this rule leaves this sender out."""

    def change(document: Document) -> Document:
        rules = (
            rule.model_copy(update={"except_senders": (*rule.except_senders, party)}) if rule.id == rule_id else rule
            for rule in document.rules
        )
        return document.model_copy(update={"rules": tuple(rules)})

    return of_documents(convenant, (change(each) for each in convenant.documents))


def with_own_codes(convenant: Convenant) -> Convenant:
    """Return the convenant in which every condition refuses by a code of its own: `VW_` and its name."""

    def own(conditions: dict[str, Condition]) -> dict[str, Condition]:
        return {name: each.model_copy(update={"code": f"VW_{name.upper()}"}) for name, each in conditions.items()}

    codes = tuple(f"VW_{name.upper()}" for name in convenant.conditions)
    changed = []
    for document in convenant.documents:
        adds = document.adds.model_copy(update={"conditions": own(document.adds.conditions)})
        evaluation = tuple(
            each.model_copy(update={"codes": tuple(dict.fromkeys((*each.codes, *codes)))}) if each.number == 7 else each
            for each in document.evaluation
        )
        conditions = own(document.conditions)
        changed.append(document.model_copy(update={"conditions": conditions, "adds": adds, "evaluation": evaluation}))
    return of_documents(convenant, changed)


def without_rule(convenant: Convenant, rule_id: str) -> Convenant:
    """Return the convenant without this rule."""
    return of_documents(
        convenant,
        (
            each.model_copy(update={"rules": tuple(rule for rule in each.rules if rule.id != rule_id)})
            for each in convenant.documents
        ),
    )


def with_conditions(convenant: Convenant, rule_id: str, names: tuple[str, ...]) -> Convenant:
    """Return the convenant in which this rule has these conditions."""

    def change(document: Document) -> Document:
        rules = (
            rule.model_copy(update={"conditions": names}) if rule.id == rule_id else rule for rule in document.rules
        )
        return document.model_copy(update={"rules": tuple(rules)})

    return of_documents(convenant, (change(each) for each in convenant.documents))
