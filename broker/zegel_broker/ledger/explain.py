"""Explanations: why something was refused or not delivered, in Dutch and English, as canonical bytes beside the record.

The record holds the hash, so the words cannot be changed afterwards. Names of fields, rules and articles only, never a
value of the message. What may be offered has been tried by the judge (`lesson.py`).
"""

from collections.abc import Iterable, Sequence
from functools import cache

from zegel_broker.decision import Decision
from zegel_broker.lesson import Lesson, Proposal, Reason
from zegel_schemas import canonical
from zegel_schemas.explanations import all_codes, all_offers, offer, text
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.primitives import b64u

VERSION = "zegel/1"
MAX_FAILURES = 64  # 32 categories asked and 32 enclosed, one reason each; some 200 bytes a reason, main one first


def explain_decision(decision: Decision, *, convenant: str, lesson: Lesson | None = None) -> bytes:
    """Return the explanation of a refusal by the judge; b"" when it was permitted.

    `lesson` is what `teach` returned about it; without one it says why, and offers nothing.
    """
    if decision.permitted:
        return b""
    lesson = lesson or Lesson(
        reasons=tuple(
            Reason(
                step=each.step,
                code=each.code,
                documents=each.documents,
                sections=(),
                rules=each.rules,
                articles=each.articles,
                fields=each.fields,
            )
            for each in decision.failures
        )
    )
    reasons = lesson.reasons[:MAX_FAILURES]
    offered = (*lesson.remedies, *(name for each in lesson.proposals for name in (each.sort, *each.remedies)))
    return _write(
        decision.code,
        convenant=convenant,
        fields=_unique(name for each in reasons for name in each.fields),
        failures=[_reason(each) for each in reasons],
        remedies=lesson.remedies,
        proposals=[_proposal(each) for each in lesson.proposals],
        words=_unique([*decision.codes, *(each.remedy for each in reasons if each.remedy), *offered]),
    )


def explain_refusal(refusal: Refusal, *, convenant: str) -> bytes:
    """Return the explanation of a refusal by a door or by the checks of time and keys."""
    return _write(refusal.code, convenant=convenant, fields=refusal.fields, detail=refusal.detail)


def explain_code(code: str) -> bytes:
    """Return the explanation of a bare code, such as why a permitted message was not delivered."""
    return _write(code)


def explain_unread(code: str, bodies: Iterable[bytes]) -> bytes:
    """Return the explanation for an inbox's owner: nobody signed, so bodies are named by their SHA-256 (32 bytes)."""
    return _write(code, bodies=[b64u(each) for each in bodies])


def _reason(reason: Reason) -> dict[str, object]:
    return {
        "step": reason.step,
        "code": reason.code,
        "documents": list(reason.documents),
        "sections": list(reason.sections),  # keys of the convenant, where no rule is behind it
        "rules": list(reason.rules),
        "articles": list(reason.articles),
        "fields": list(reason.fields),
        "remedy": reason.remedy,
    }


def _proposal(proposal: Proposal) -> dict[str, object]:
    return {
        "sort": proposal.sort,
        "without": list(proposal.without),
        "kind": proposal.kind,
        "asks": list(proposal.asks),
        "remedies": list(proposal.remedies),
    }


def _write(
    code: str,
    *,
    convenant: str = "",
    fields: Sequence[str] = (),
    failures: Sequence[dict[str, object]] = (),
    remedies: Sequence[str] = (),
    proposals: Sequence[dict[str, object]] = (),
    words: Sequence[str] = (),
    detail: str = "",
    bodies: Sequence[str] = (),
) -> bytes:
    return canonical.encode(
        {
            "v": VERSION,
            "code": code,
            **_texts(code),
            "detail": detail,
            "fields": list(fields),
            "convenant": convenant,  # digest of the set in force: what CONVENANT_VERSIE asks the sender to fetch
            "failures": list(failures),
            "remedies": list(remedies),  # done together they flip the decision; none = nothing may be offered
            "proposals": list(proposals),  # what may be sent instead
            "texts": {word: _words(word) for word in words if word != code and word in all_codes() | all_offers()},
            "bodies": list(bodies),
        }
    )


def _words(word: str) -> dict[str, str]:
    return {"nl": offer(word, "nl"), "en": offer(word, "en")} if word in all_offers() else _texts(word)


@cache
def _texts(code: str) -> dict[str, str]:
    dutch, english = text(code, "nl"), text(code, "en")
    return {"nl": dutch.says, "en": english.says, "remedy_nl": dutch.remedy, "remedy_en": english.remedy}


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
