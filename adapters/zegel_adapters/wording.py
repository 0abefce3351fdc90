"""Says in Dutch and English what became of a message, and why: for a terminal, from the product's own texts."""

from collections.abc import Iterator, Mapping, Sequence

from zegel_adapters.outcome import Outcome, State
from zegel_schemas.canonical import Canonical
from zegel_schemas.explanations import all_codes, text
from zegel_schemas.refusals import Refusal

STATES: Mapping[State, tuple[str, str]] = {
    "queued": ("wacht hier op verzending", "waits here to be sent"),
    "sent": ("verzonden, nog geen bericht van de broker", "sent, no word from the broker yet"),
    "refused": ("geweigerd", "refused"),
    "undeliverable": ("toegestaan, maar niet bezorgbaar", "permitted, but could not be delivered"),
    "delivered": ("geen bezwaar; bezorgd", "no objection; delivered"),
    "opened": ("geen bezwaar; bezorgd en geopend", "no objection; delivered and opened"),
    "rejected": ("bezorgd, maar afgekeurd door de ontvanger", "delivered, but rejected by the recipient"),
    "expired": ("bezorgd, maar niet op tijd geopend", "delivered, but not opened in time"),
    "would_pass": ("geen bezwaar; er is niets verzonden", "no objection; nothing was sent"),
    "would_fail": ("dit zou worden geweigerd; er is niets verzonden", "this would be refused; nothing was sent"),
    "no_answer": ("geen antwoord van de broker", "no answer from the broker"),
}


def word_outcome(outcome: Outcome) -> Iterator[str]:
    """Yield the lines about an outcome: state, then per code what it says and what would be allowed."""
    dutch, english = STATES[outcome.state]
    yield f"{outcome.id}: {dutch} | {english}"
    failures = outcome.explanation.get("failures", [])
    found = [each for each in failures if isinstance(each, dict)] if isinstance(failures, list) else []
    if found:
        for failure in found:
            yield from _word_failure(failure)
        for dutch, english in read_offers(outcome.explanation):
            yield f"  → {dutch} | {english}"
    else:
        for code in outcome.codes:
            yield from word_code(code, _names(outcome.explanation.get("fields")) or outcome.fields)


def read_offers(explanation: Mapping[str, Canonical]) -> Iterator[tuple[str, str]]:
    """Yield, in Dutch and English, what the broker says would pass: it tried each. None = nothing may be offered."""
    texts = explanation.get("texts")
    words = texts if isinstance(texts, dict) else {}
    for name in _names(explanation.get("remedies")):
        yield _both(words.get(name))
    proposals = explanation.get("proposals")
    for each in proposals if isinstance(proposals, list) else []:
        if isinstance(each, dict):
            dutch, english = _both(words.get(str(each.get("sort"))))
            named = ", ".join(
                (*_names(each.get("without")), str(each.get("kind", "")), *_names(each.get("asks")))
            ).strip(", ")
            yield f"{dutch} ({named})", f"{english} ({named})"


def word_refusal(refusal: Refusal) -> Iterator[str]:
    """Yield the lines about a refusal found on this side."""
    yield from word_code(refusal.code, refusal.fields)
    if refusal.detail:
        yield f"      {refusal.detail}"


def word_code(code: str, fields: Sequence[str] = ()) -> Iterator[str]:
    """Yield what a code says and what would be allowed, in both languages."""
    where = f" ({', '.join(fields)})" if fields else ""
    yield f"  {code}{where}"
    if code in all_codes():
        dutch, english = text(code, "nl"), text(code, "en")
        yield f"      {dutch.says} {dutch.remedy}"
        yield f"      {english.says} {english.remedy}"


def _word_failure(failure: Mapping[str, Canonical]) -> Iterator[str]:
    code = failure.get("code")
    yield from word_code(code if isinstance(code, str) else "?", _names(failure.get("fields")))
    sources = {name: _names(failure.get(name)) for name in ("documents", "sections", "rules", "articles")}
    told = "; ".join(f"{name}: {', '.join(values)}" for name, values in sources.items() if values)
    if told:
        yield f"      {told}"


def _both(value: object) -> tuple[str, str]:
    found = value if isinstance(value, dict) else {}
    return str(found.get("nl", "")), str(found.get("en", ""))


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
