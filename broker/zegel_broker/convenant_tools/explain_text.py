"""An explanation in words, Dutch or English: what was decided, why, and what every step saw."""

from collections.abc import Iterator, Mapping
from typing import Any

from zegel_broker.convenant_tools.explain import Explanation, Fitting
from zegel_broker.convenant_tools.nearest import Near
from zegel_broker.decision import Failure
from zegel_schemas.convenant import Convenant
from zegel_schemas.explanations import Language, all_codes, text

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "permitted": {"nl": "Geen bezwaar; u beslist zelf.", "en": "No objection; you decide yourself."},
    "refused": {"nl": "Geweigerd", "en": "Refused"},
    "duties": {"nl": "Verplichtingen", "en": "Duties"},
    "step": {"nl": "stap", "en": "step"},
    "good": {"nl": "goed", "en": "passes"},
    "bad": {"nl": "faalt", "en": "fails"},
    "unreached": {"nl": "niet bereikt", "en": "not reached"},
    "fits": {"nl": "past", "en": "fits"},
    "near": {"nl": "past bijna", "en": "nearly fits"},
    "none": {"nl": "geen regel in de buurt", "en": "no rule comes near"},
    "but": {"nl": "op {} na", "en": "but for {}"},
    "role": {"nl": "een rol in de casus", "en": "a role in the casus"},
    "law": {"nl": "Bronnen", "en": "Sources"},
}
_ROLE = "rol"


def explain_lines(explanation: Explanation, lang: Language = "nl") -> Iterator[str]:
    """Yield the outcome first, then every step with what it saw."""
    yield from _outcome(explanation, lang)
    for document in explanation.convenant.documents:
        for step in document.evaluation:
            yield ""
            yield f"{_word('step', lang)} {step.number} {step.name}: {_verdict(explanation, step.number, lang)}"
            yield from _seen(explanation, step.number, lang)


def _outcome(explanation: Explanation, lang: Language) -> Iterator[str]:
    decision = explanation.decision
    if decision.permitted:
        yield _word("permitted", lang)
        for category, rules in decision.rules.items():
            for rule in rules:
                yield f"  {category}: {_named(explanation.convenant, rule)}"
        yield from _listed("duties", decision.duties, lang)
        return
    yield f"{_word('refused', lang)}: {decision.code}"
    for failure in decision.failures:
        yield from _failure(explanation.convenant, failure, lang)


def _failure(convenant: Convenant, failure: Failure, lang: Language) -> Iterator[str]:
    yield f"  {failure.code} ({', '.join(failure.fields)})"
    if failure.code in all_codes():
        words = text(failure.code, lang)
        yield f"    {words.says} {words.remedy}"
    for rule in failure.rules:
        yield f"    {_named(convenant, rule)}"
    sources = (f"{name} ({convenant.grounds[name].text})" for name in failure.articles if name in convenant.grounds)
    yield from (f"    {_word('law', lang)}: {each}" for each in ["; ".join(sources)] if each)


def _seen(explanation: Explanation, step: int, lang: Language) -> Iterator[str]:
    for look in explanation.looks:
        if look.step == step:
            yield f"  {_mark(fits=look.fits)} {look.about}: {look.found}"
    if step == 6:  # noqa: PLR2004 - the steps are numbered in the brief and in `evaluatie`
        for fitting in explanation.fittings:
            yield from _fitting(explanation.convenant, fitting, lang)
    if step == 7:  # noqa: PLR2004 - the same
        for held in explanation.held:
            yield f"  {_mark(fits=held.holds)} {held.category} ({held.rule}): {held.condition}"


def _fitting(convenant: Convenant, fitting: Fitting, lang: Language) -> Iterator[str]:
    head = f"{fitting.category} -> {fitting.recipient}"
    for rule in fitting.rules:
        yield f"  {_mark(fits=True)} {head}: {_word('fits', lang)} {_named(convenant, rule)}"
    for near in fitting.near:
        missed = _word("but", lang).format(_missed(near, lang))
        yield f"  {_mark(fits=False)} {head}: {_word('near', lang)} {_named(convenant, near.rule)}, {missed}"
    if not fitting.rules and not fitting.near:
        yield f"  {_mark(fits=False)} {head}: {_word('none', lang)}"


def _missed(near: Near, lang: Language) -> str:
    return ", ".join(_word("role", lang) if key == _ROLE else key for key in near.misses)


def _verdict(explanation: Explanation, step: int, lang: Language) -> str:
    if not explanation.reached(step):
        return _word("unreached", lang)
    return _word("bad" if explanation.failed(step) else "good", lang)


def _named(convenant: Convenant, rule: str) -> str:
    titles = {each.id: each.title for each in convenant.rules}
    titles |= {each.id: each.title for each in convenant.prohibitions}
    return f"{rule} {titles[rule]}" if rule in titles else rule


def _listed(word: str, names: tuple[str, ...], lang: Language) -> Iterator[str]:
    if names:
        yield f"  {_word(word, lang)}: {', '.join(names)}"


def _mark(*, fits: bool | None) -> str:
    return "." if fits is None else "+" if fits else "-"


def _word(key: str, lang: Language) -> str:
    return _WORDS[key][lang]


def explain_json(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as a JSON object, in codes only."""
    decision = explanation.decision
    return {
        "permitted": decision.permitted,
        "code": decision.code,
        "codes": list(decision.codes),
        "rules": {name: list(rules) for name, rules in decision.rules.items()},
        "duties": list(decision.duties),
        "failures": [
            {
                "step": each.step,
                "code": each.code,
                "rules": list(each.rules),
                "articles": list(each.articles),
                "documents": list(each.documents),
                "fields": list(each.fields),
                "remedy": each.remedy,
            }
            for each in decision.failures
        ],
        "looks": [
            {"step": each.step, "about": each.about, "found": each.found, "fits": each.fits}
            for each in explanation.looks
        ],
        "rules_considered": [
            {
                "recipient": each.recipient,
                "category": each.category,
                "fit": list(each.rules),
                "nearest": [{"rule": near.rule, "misses": list(near.misses)} for near in each.near],
            }
            for each in explanation.fittings
        ],
        "conditions": [
            {
                "recipient": each.recipient,
                "category": each.category,
                "rule": each.rule,
                "condition": each.condition,
                "holds": each.holds,
                "code": each.code,
            }
            for each in explanation.held
        ],
    }
