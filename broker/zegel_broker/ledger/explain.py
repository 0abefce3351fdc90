"""Explanations: why something was refused or not delivered, in Dutch and English, as canonical bytes beside the record.

The record holds the hash, so the words cannot be changed afterwards. Names of fields, rules and articles only, never a
value of the message.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from zegel_broker.decision import Decision, Failure
from zegel_schemas import canonical
from zegel_schemas.explanations import all_codes, text
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.primitives import b64u

VERSION = "zegel/1"
MAX_FAILURES = 20  # a message of 32 categories can fail in hundreds of ways; the main one comes first


def explain_decision(decision: Decision, *, convenant: str) -> bytes:
    """Return the explanation of a refusal by the judge; b"" when it was permitted."""
    if decision.permitted:
        return b""
    failures = decision.failures[:MAX_FAILURES]
    return _write(
        decision.code,
        convenant=convenant,
        fields=_unique(name for each in failures for name in each.fields),
        failures=[_failure(each) for each in failures],
        words=_unique([*decision.codes, *(each.remedy for each in failures if each.remedy)]),
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


def _failure(failure: Failure) -> dict[str, object]:
    return {
        "step": failure.step,
        "code": failure.code,
        "rules": list(failure.rules),
        "articles": list(failure.articles),
        "documents": list(failure.documents),
        "fields": list(failure.fields),
        "remedy": failure.remedy,
    }


def _write(
    code: str,
    *,
    convenant: str = "",
    fields: Sequence[str] = (),
    failures: Sequence[dict[str, object]] = (),
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
            "texts": {word: _texts(word) for word in words if word != code and word in all_codes()},
            "bodies": list(bodies),
        }
    )


@cache
def _texts(code: str) -> dict[str, str]:
    dutch, english = text(code, "nl"), text(code, "en")
    return {"nl": dutch.says, "en": english.says, "remedy_nl": dutch.remedy, "remedy_en": english.remedy}


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
