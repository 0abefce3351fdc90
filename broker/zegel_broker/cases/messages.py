"""A `bericht` of a decision case as the message the judge sees: texts become lengths, categories asks or enclosures."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from zegel_broker.cases.registrations import registration_of
from zegel_broker.cases.values import length, maybe_day, names, only
from zegel_broker.message import ASSIGNMENT, DESTROYING, REPORT, Enclosure, Message
from zegel_schemas.claims import Claims, Consultation, Deferral, Emergency
from zegel_schemas.convenant import PROCESS_CASUS, Convenant
from zegel_schemas.registrations import Ruling
from zegel_schemas.shapes import NIL_CASUS

MESSAGE_KEYS = frozenset(
    {
        "soort", "van", "aan", "rol", "rollen", "doel", "betrokkenen", "categorieen", "datum", "authentiek", "labels",
        "antwoordtermijn_dagen", "periode_maanden", "motivering", "motivering_per_categorie", "nieuwe_feiten",
        "antwoord_op", "afweging", "actie", "uitstel", "vier_ogen", "regie_gesproken", "uitkomst", "spoed",
        "registreert",
    }
)  # fmt: skip
STANDARD = "standaard"  # `motivering_per_categorie: standaard` = present for each
_LONG = 99  # characters: longer than any minimum the convenant asks for
_LABEL = "feit"
_NOON = time(12, tzinfo=UTC)  # of the day of the message: a case names no hour, an emergency counts in hours
_OTHERS = "overig"
_HOUR = 3600  # seconds


def message_of(said: Mapping[str, Any], *, facts: Mapping[str, Any] | None, convenant: Convenant, day: date) -> Message:
    """Return the message a `bericht` describes; raise CaseError on a value that cannot be read.

    Without facts it is about no casus the broker knows: a decision registered so belongs to the convenant.
    """
    kind, sender = said.get("soort", ""), said.get("van", "")
    fact = registration_of(said["registreert"], day=day) if "registreert" in said else None
    categories = names(said.get("categorieen"))
    asks = asked_of(kind, categories, convenant)
    term = said.get("antwoordtermijn_dagen")
    roles = said.get("rollen") or {}
    issued_at = int(datetime.combine(day, _NOON).timestamp())
    emergency = _emergency(said, issued_at)
    return Message(
        kind=kind,
        sender=sender,
        role=said.get("rol") or roles.get(sender) or roles.get(_OTHERS, ""),
        recipients=names(said.get("aan")),
        casus=NIL_CASUS if facts is None and isinstance(fact, Ruling) else "case",
        convenant=convenant.digest,
        purpose=said.get("doel") or "",
        subjects=names(said.get("betrokkenen")),
        asks=asks,
        parts=tuple(Enclosure(name, _label(said.get("labels"), name)) for name in _without(categories, asks)),
        registers=fact,
        re=said.get("antwoord_op") or "",
        issued=day,
        due=day + timedelta(days=term) if term is not None else None,
        claims=_claims(said, facts or {}, categories, kind, emergency),
        hash="message",
        authenticated=said.get("authentiek") is True,
        issued_at=issued_at,
        expires_at=emergency.until,
    )


def _emergency(said: Mapping[str, Any], issued_at: int) -> Emergency:
    """`uren` = how long it is to last, and as long the message may be on its way."""
    written = only(said.get("spoed") or {}, "reden", "medewerker", "tweede", "uren")
    return Emergency.model_construct(
        reason=written.get("reden") or "",
        person=written.get("medewerker") or "",
        second=written.get("tweede") or "",
        until=issued_at + int(written.get("uren") or 0) * _HOUR if written else 0,
    )


def asked_of(kind: str, categories: tuple[str, ...], convenant: Convenant) -> tuple[str, ...]:
    """Return which of these categories a kind asks for; a question asks for what it cannot enclose."""
    known = convenant.kinds.get(kind)
    if kind == DESTROYING:
        return tuple(name for name in categories if name != PROCESS_CASUS)
    if known is None or not known.question or kind == ASSIGNMENT:
        return ()
    found = convenant.categories
    return tuple(name for name in categories if name not in found or not found[name].enclosable)


def _without(categories: tuple[str, ...], asks: tuple[str, ...]) -> list[str]:
    return [name for name in categories if name not in asks]


def _label(labels: Any, name: str) -> str:
    if isinstance(labels, Mapping):
        return labels.get(name) or ""
    return _LABEL if labels is True else ""


def _claims(
    said: Mapping[str, Any], facts: Mapping[str, Any], categories: tuple[str, ...], kind: str, emergency: Emergency
) -> Claims:
    """Not validated: names such as `a1` stand for ids of the protocol's form."""
    deferral = only(said.get("uitstel") or {}, "grond", "dagen", "herbeoordeeld")
    spoken = maybe_day(said.get("regie_gesproken"))
    reassessed = maybe_day(deferral.get("herbeoordeeld"))
    consulted = (facts.get("overleg_betrokkene") or {}) if kind == REPORT else {}
    return Claims.model_construct(
        motivation={field: length(text) for field, text in (said.get("motivering") or {}).items()},
        motivation_per_category=_per_category(said.get("motivering_per_categorie"), categories),
        period_months=said.get("periode_maanden") or 0,
        new_facts=length(said.get("nieuwe_feiten")),
        weighing=(only(said.get("afweging") or {}, "grond").get("grond")) or "",
        consultation=Consultation.model_construct(
            status=consulted.get("status") or "",
            ground=consulted.get("grond") or "",
            length=length(consulted.get("toelichting")),
        ),
        action=said.get("actie") or "",
        outcome=dict(said.get("uitkomst") or {}),
        deferral=Deferral.model_construct(
            ground=deferral.get("grond") or "",
            days=deferral.get("dagen") or 0,
            reassessed=reassessed.isoformat() if reassessed else "",
        ),
        approvals=names(only(said.get("vier_ogen") or {}, "akkoord").get("akkoord")),
        direction_consulted=spoken.isoformat() if spoken else "",
        emergency=emergency,
    )


def _per_category(written: Any, categories: tuple[str, ...]) -> dict[str, int]:
    if written == STANDARD:
        return dict.fromkeys((name for name in categories if name != "*"), _LONG)
    return {name: length(text) for name, text in (written or {}).items()}
