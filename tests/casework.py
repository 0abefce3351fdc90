"""One casus worked out by hand: short ways to say a message, to let the judge decide it and to fold what was permitted.

The family is fictitious: p1 and p2 hold authority over p3 (14) and p4 (8). The day is Monday 5 October 2026.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from zegel_broker.casus import Casus, Person, Standing
from zegel_broker.decision import Decision
from zegel_broker.fold import apply
from zegel_broker.judge import judge
from zegel_broker.message import Enclosure, Message
from zegel_schemas.claims import Claims
from zegel_schemas.convenant import Convenant, shipped_convenant
from zegel_schemas.registrations import Registration

DAY = date(2026, 10, 5)
CASUS = "3e0c7a52-6a53-4d0e-9a52-6a534d0e9a52"
CONVENANT = shipped_convenant()
MOTIVATION = {"waarom_nodig": 80, "waarom_deze_instantie": 80, "waarom_niet_minder": 80}
REGIE, CORPORATION, SCHOOL, WIL = "gemeente.regieteam", "jutphaas_wonen", "school_vo", "wil"
POLICE, ALTRECHT, GEYNWIJS, GGD, VITRAS = "politie", "altrecht", "geynwijs", "ggd.jgz", "vitras"
ROLES = {REGIE: "casusregisseur"}
PURPOSES = frozenset(CONVENANT.base_regime.purposes)
FAMILY = {
    "p1": Person("ouder_met_gezag", "16_plus", DAY),
    "p2": Person("ouder_met_gezag", "16_plus", DAY),
    "p3": Person("minderjarige", "12_15", DAY, ("p1", "p2")),
    "p4": Person("minderjarige", "under_12", DAY, ("p1", "p2")),
}


def day(offset: int = 0) -> date:
    """Return the day this many days after (or before) the day of the stories."""
    return DAY + timedelta(days=offset)


def family(phase: str = "informatieronde", **facts: Any) -> Casus:
    """Return a CMPG casus in this phase with everybody in it; `facts` replace or add."""
    roles = dict.fromkeys((CORPORATION, SCHOOL, WIL, POLICE, ALTRECHT, GEYNWIJS, GGD), ("informant",))
    roles |= {REGIE: ("regisseur",), CORPORATION: ("aanmelder",)}
    known = {name: dict.fromkeys(FAMILY, day(-10)) for name in roles}
    casus = Casus(
        id=CASUS,
        regime="CMPG",
        phase=phase,
        purposes=PURPOSES,
        subjects=FAMILY,
        roles=roles,
        partners=frozenset(roles),
        opened=day(-30),
        hits=known,
    )
    return replace(casus, **facts)


def say(
    kind: str,
    sender: str,
    recipient: str,
    *,
    purpose: str = "overlast",
    subjects: tuple[str, ...] = ("p1",),
    asks: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
    label: str = "feit",
    on: date = DAY,
    term: int | None = 10,
    claims: Mapping[str, Any] | None = None,
    **rest: Any,
) -> Message:
    """Return a message with a good motivation; `claims` replace or add."""
    said = {
        "motivation": MOTIVATION,
        "motivation_per_category": dict.fromkeys(asks, 40),
        "period_months": 6,
        **(claims or {}),
    }
    values: dict[str, Any] = {
        "role": ROLES.get(sender, "contactpersoon"),
        "casus": CASUS,
        "convenant": CONVENANT.digest,
        "hash": "h" * 43,
        "due": on + timedelta(days=term) if term is not None else None,
        **rest,
    }
    return Message(
        kind=kind,
        sender=sender,
        recipients=(recipient,),
        purpose=purpose,
        subjects=subjects,
        asks=asks,
        parts=tuple(Enclosure(name, label) for name in parts),
        issued=on,
        claims=Claims(**said),
        **values,
    )


def register(fact: Registration, sender: str = REGIE, recipient: str = "broker", **rest: Any) -> Message:
    """Return the registration of this fact."""
    values: dict[str, Any] = {
        "role": ROLES.get(sender, "contactpersoon"),
        "casus": CASUS,
        "convenant": CONVENANT.digest,
        "issued": DAY,
        "hash": "r" * 43,
        **rest,
    }
    return Message(kind="registratie", sender=sender, recipients=(recipient,), registers=fact, **values)


def decide(
    message: Message,
    casus: Casus | None,
    *,
    on: date = DAY,
    standing: Standing | None = None,
    convenant: Convenant = CONVENANT,
) -> Decision:
    """Let the judge decide."""
    return judge(message, casus, standing or Standing(), convenant, on)


def settle(casus: Casus | None, message: Message, *, on: date = DAY, standing: Standing | None = None) -> Casus:
    """Return the casus after a message that must be permitted."""
    decision = decide(message, casus, on=on, standing=standing)

    assert decision.permitted, (message.kind, decision.codes, [each.fields for each in decision.failures])
    found = apply(casus, message, decision, convenant=CONVENANT, day=on)
    assert found is not None
    return found


def ask(**rest: Any) -> Message:
    """Return a question of the regieteam to the corporation that its convenant permits."""
    values: dict[str, Any] = {"asks": ("huurachterstand",), **rest}
    return say("informatieverzoek", REGIE, CORPORATION, **values)


def signal(**rest: Any) -> Message:
    """Return a signal of the corporation to the regieteam that its convenant permits."""
    values: dict[str, Any] = {"parts": ("overlast_leefbaarheid",), **rest}
    return say("signaal", CORPORATION, REGIE, **values)


def with_claim(message: Message, **claims: Any) -> Message:
    """Return the message with these claims instead; they are not checked for their form."""
    return replace(message, claims=message.claims.model_copy(update=claims))
