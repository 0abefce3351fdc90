"""Lint of law and words: special data without their ground, assumptions, missing texts, keys only lint reads."""

from collections.abc import Iterator
from typing import Any

from zegel_broker.convenant_tools.finding import Code, Finding
from zegel_broker.convenant_tools.spots import Spots
from zegel_schemas.convenant import Category, Convenant, Rule
from zegel_schemas.explanations import all_codes

_TEXTS = frozenset({"titel", "tekst", "reden", "naam"})  # keys of words that people read
_ARTICLES = (9, 10)
_DEGREES = (
    ("certain", Code.NO_SPECIAL_GROUND, "valt onder"),
    ("possible", Code.POSSIBLY_SPECIAL, "kan vallen onder"),
)


def check_law(convenant: Convenant, spots: Spots) -> Iterator[Finding]:
    """Yield what a lawyer has to mend or confirm."""
    for rule in convenant.rules:
        yield from _special(convenant, rule, spots)
        yield from _unread_keys(convenant, rule, spots)
        if rule.assumption:
            text = f"regel {rule.id}, aanname: {rule.assumption} | an assumption, to be confirmed"
            yield Finding(Code.ASSUMPTION, spots.rule(rule.id, text, "aanname"))
    for name, ground in convenant.grounds.items():
        if ground.assumption:
            text = f"grondslag {name}, aanname: {ground.assumption} | an assumption, to be confirmed"
            yield Finding(Code.ASSUMPTION, spots.named("grondslagen", name, text))
    for name, term in convenant.duty_terms.items():
        if term.assumption:
            text = f"naleving van {name}, aanname: {term.assumption} | an assumption, to be confirmed"
            yield Finding(Code.ASSUMPTION, spots.named("naleving", name, text))
    yield from (Finding(Code.AS_READ, remark) for remark in convenant.remarks)


def _special(convenant: Convenant, rule: Rule, spots: Spots) -> Iterator[Finding]:
    """A category of AVG article 9 or 10 needs a ground of that article in its rule (`artikel` of a grondslag).

    What was shared earlier (`@eerder_gedeeld`) rests on the ground it was shared under.
    """
    covered = {article for name in rule.grounds for article in convenant.grounds[name].articles}
    for article in _ARTICLES:
        for certain, code, words in _DEGREES:
            found = [
                name
                for name in rule.categories
                if name in convenant.categories and _needs(convenant.categories[name], article) == certain
            ]
            if found and article not in covered:
                text = (
                    f"regel {rule.id}: {', '.join(found)} {words} AVG {article}, en geen grondslag van de regel heeft "
                    f"artikel: [{article}] | the rule has no ground of article {article}"
                )
                yield Finding(code, spots.rule(rule.id, text, "grondslag"))


def _needs(category: Category, article: int) -> str:
    certain, possible = (
        (category.article_9, category.article_9_possible)
        if article == _ARTICLES[0]
        else (category.article_10, category.article_10_possible)
    )
    return "certain" if certain else "possible" if possible else ""


def _unread_keys(convenant: Convenant, rule: Rule, spots: Spots) -> Iterator[Finding]:
    """`alleen_proces` and `doorverstrekking` are read by nobody but here."""
    processing = {name for regime in convenant.regimes.values() for name in regime.process_purposes}
    content = [name for name in rule.categories if name in convenant.categories and not _is_process(convenant, name)]
    if set(rule.purposes) <= processing and content:
        text = (
            f"regel {rule.id}: {', '.join(content)} onder een doel dat alleen_proces is | "
            "content under a purpose that is for process only"
        )
        yield Finding(Code.PROCESS_ONLY, spots.rule(rule.id, text, "doelen"))
    tests = {convenant.conditions[name].test for name in rule.conditions}
    if rule.passes_on and "instemming_bron" not in tests:
        text = f"regel {rule.id}: doorverstrekking zonder instemming_bron | passes on without its source's agreement"
        yield Finding(Code.PASSES_ON, spots.rule(rule.id, text, "doorverstrekking"))


def _is_process(convenant: Convenant, name: str) -> bool:
    return convenant.categories[name].process


def check_texts(convenant: Convenant, spots: Spots) -> Iterator[Finding]:
    """Yield each code without an explanation in both languages, and each empty word that people should read."""
    known = all_codes()
    for document, tree in spots.pairs:
        for place, step in enumerate(document.evaluation):
            for code in step.codes:
                if code not in known:
                    text = f"code {code} heeft geen uitleg in twee talen | it has no explanation in two languages"
                    yield Finding(Code.NO_TEXT, tree.fault(("evaluatie", place, "codes"), text))
        for path, value in _words(tree.value):
            if isinstance(value, str) and not value.strip():
                text = f"'{path[-1]}' is leeg | '{path[-1]}' is empty"
                yield Finding(Code.NO_TEXT, tree.fault(path, text))
    for name, duty in convenant.duties.items():
        if not duty.strip():
            text = f"verplichting {name} heeft geen tekst | it has no text"
            yield Finding(Code.NO_TEXT, spots.named("verplichtingen", name, text))


def _words(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _TEXTS:
                yield (*path, key), inner
            yield from _words(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _words(inner, (*path, place))
