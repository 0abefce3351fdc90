"""Section Declaration, with Claims and Registrations: every shape, as a receiver checks it."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

Shape = Callable[[Any], bool]

NIL = "00000000-0000-0000-0000-000000000000"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-%s[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
HASH = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"


def text(pattern: str) -> Shape:
    """A text that fits as a whole."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def maybe(shape: Shape) -> Shape:
    """The shape, or ""."""
    return lambda value: value == "" or shape(value)


def one_of(*words: str) -> Shape:
    """One of these words."""
    return lambda value: isinstance(value, str) and value in words


def whole(low: int, high: int) -> Shape:
    """An integer within bounds, which `true` is not."""
    return lambda value: type(value) is int and low <= value <= high


def many(shape: Shape, most: int = 2**31) -> Shape:
    """A list."""
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(shape, value))


def by(key: Shape, shape: Shape) -> Shape:
    """An object with keys of a shape."""
    return lambda value: isinstance(value, dict) and all(key(name) and shape(value[name]) for name in value)


def exactly(**shapes: Shape) -> Shape:
    """An object with exactly these keys; a `_` at the end of a name is no part of it."""
    known = {name.rstrip("_"): shape for name, shape in shapes.items()}
    return lambda value: (
        isinstance(value, dict) and value.keys() == known.keys() and all(known[name](value[name]) for name in value)
    )


def is_day(value: Any) -> bool:
    """YYYY-MM-DD, a day that exists."""
    if not text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")(value):
        return False
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


CODE = text(r"[a-z0-9._-]{1,64}")
UUID4, UUID7 = text(UUID % "4"), text(UUID % "7")
CASUS = text(f"{UUID % '4'}|{NIL}")
DIGEST = text(HASH)
ORIGIN = text(r"[a-z0-9][a-z0-9._/-]{0,127}")
SUBJECT = text(r"p[1-9][0-9]?")
EMPLOYEE = text(r"m-[0-9a-f]{16}")
INSTANT, COUNT = whole(0, 2**53 - 1), whole(0, 2**31 - 1)
BAND = one_of("under_12", "12_15", "16_plus", "")
BOOLEAN: Shape = lambda value: value is True or value is False  # noqa: E731 - a shape like the others
CODES, SUBJECTS, EMPLOYEES = many(CODE, 64), many(SUBJECT, 99), many(EMPLOYEE, 8)

CLAIMS: dict[str, Shape] = {
    "motivation": by(CODE, COUNT),
    "motivation_per_category": by(CODE, COUNT),
    "period_months": COUNT,
    "new_facts": COUNT,
    "weighing": maybe(CODE),
    "consultation": exactly(
        status=one_of("besproken", "uitzondering", "niet_besproken", ""), ground=maybe(CODE), length=COUNT
    ),
    "introduces": many(exactly(subject=SUBJECT, role=CODE, age_band=BAND, holders=many(SUBJECT))),
    "action": maybe(UUID4),
    "action_status": one_of("aanvaard", "teruggegeven", "gestart", "gereed", "gestopt", ""),
    "outcome": by(SUBJECT, one_of("bekend", "niet_bekend", "geen_antwoord")),
    "completeness": one_of("volledig", "gedeeltelijk", ""),
    "reason": maybe(CODE),
    "informed_on": maybe(is_day),
    "deferral": exactly(ground=maybe(CODE), days=COUNT, reassessed=maybe(is_day)),
    "approvals": many(EMPLOYEE),
    "direction_consulted": maybe(is_day),
    "emergency": exactly(reason=maybe(CODE), person=maybe(EMPLOYEE), second=maybe(EMPLOYEE), until=INSTANT),
    "result": one_of("opened", "rejected", ""),
    "directory": exactly(count=COUNT, head=maybe(DIGEST)),
    "log": exactly(origin=maybe(ORIGIN), sizes=many(INSTANT, 64)),
    "files": many(DIGEST, 64),
}
ASKED = "action emergency motivation motivation_per_category new_facts period_months"
CLAIMS_OF = {
    "aanmelding": "consultation introduces motivation weighing",
    "bekendheidsvraag": ASKED,
    "bekendheidsantwoord": "outcome weighing",
    "informatieverzoek": ASKED,
    "informatieantwoord": "action completeness emergency motivation weighing",
    "weigering": "reason",
    "intrekking": "reason",
    "signaal": "action emergency motivation weighing",
    "mdo_uitnodiging": "emergency",
    "mdo_informatie": "motivation",
    "actietoewijzing": "action",
    "actieaanvaarding": "action action_status",
    "voortgang": "action action_status",
    "melding_geinformeerd": "informed_on",
    "uitstel_informeren": "approvals deferral motivation",
    "escalatie": "direction_consulted motivation",
    "opschaling": "motivation",
    "triagevraag": "action motivation motivation_per_category new_facts period_months",
    "triageantwoord": "outcome weighing",
    "receipt": "reason result",
    "ask": "directory files log",
}

PERSON = exactly(
    subject=SUBJECT, role=CODE, age_band=BAND, holders=SUBJECTS, criteria=many(whole(1, 32), 32), reassess=maybe(is_day)
)
ACTION = exactly(action=UUID4, kind=CODE, holder=CODE, together_with=CODES, due=maybe(is_day))
RULING = {
    "regime": maybe(CODE),
    "ruling": UUID7,
    "receivers": CODES,
    "categories": many(text(r"\*|[a-z0-9._-]{1,64}"), 64),
    "purposes": CODES,
    "start": is_day,
    "until": is_day,
    "agreed": EMPLOYEES,
    "agreed_parties": CODES,
    "evidence": maybe(DIGEST),
}
FACTS: dict[str, dict[str, Shape]] = {
    "casus_openen": {"regime": CODE, "purposes": CODES, "persons": many(PERSON, 99)},
    "samengevoegd": {"other": CASUS, "reporter": CODE},
    "betrokkene": {"person": PERSON},
    "leeftijdsgroep": {"subject": SUBJECT, "age_band": BAND},
    "casusdoel": {"purposes": CODES},
    "rol": {
        "instantie": CODE,
        "role": one_of("regisseur", "aanmelder", "informant", "deelnemer_mdo", "actiehouder"),
        "withdrawn": BOOLEAN,
    },
    "fase": {
        "phase": CODE,
        "attested": many(one_of("besluit_in_behandeling", "herijking", "doelen_bereikt_of_stagnatie"), 8),
        "criteria": CODES,
    },
    "plan": {"day": is_day, "actions": many(ACTION, 32)},
    "geinformeerd": {"subjects": SUBJECTS, "day": is_day, "about": one_of("casus", "plan")},
    "opschalingscriteria": {"domains": many(one_of("zorg", "strafrecht", "gemeentelijk"), 8), "stagnation": BOOLEAN},
    "toestemming": {
        "consent": UUID7,
        "subject": SUBJECT,
        "given_by": SUBJECTS,
        "provider": CODE,
        "receivers": CODES,
        "categories": CODES,
        "explicit": BOOLEAN,
        "day": is_day,
        "evidence": maybe(DIGEST),
    },
    "toestemming_ingetrokken": {"consent": UUID7, "by": SUBJECT},
    "verklaring": {
        "statement": CODE,
        "subject": SUBJECT,
        "provider": CODE,
        "categories": CODES,
        "day": is_day,
        "withdrawn": maybe(is_day),
        "evidence": maybe(DIGEST),
    },
    "zonder_toestemming": {
        "ground": CODE,
        "provider": CODE,
        "categories": CODES,
        "subjects": SUBJECTS,
        "decided_by": EMPLOYEES,
        "motivation": COUNT,
        "day": is_day,
        "until": is_day,
    },
    "instemming_bron": {"source": CODE, "categories": CODES, "receivers": CODES, "subjects": SUBJECTS},
    "ots": {"child": SUBJECT, "executor": CODE, "start": is_day, "until": is_day, "evidence": maybe(DIGEST)},
    "spoed_beoordeeld": {
        "use": DIGEST,
        "reviewed_by": EMPLOYEE,
        "finding": one_of("terecht", "onterecht"),
        "evidence": maybe(DIGEST),
    },
    "besluit_wpg20": RULING,
    "besluit_wjsg39f": RULING,
    "besluit_reclassering": RULING,
    "besluit_driehoek": RULING,
    "besluit_opschaling": RULING,
}


def _is_fact(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(fact := value.get("fact"), str) or fact not in FACTS:
        return False
    return exactly(fact=one_of(fact), **FACTS[fact])(value)


_SHAPE = exactly(
    v=one_of("zegel/1"),
    id=UUID7,
    kind=CODE,
    casus=CASUS,
    convenant=DIGEST,
    from_=exactly(instantie=CODE, role=CODE, key=DIGEST),
    to=exactly(instantie=CODE, key=maybe(DIGEST)),
    purpose=maybe(CODE),
    subjects=many(SUBJECT, 99),
    asks=many(CODE, 32),
    parts=many(
        exactly(category=CODE, schema=whole(1, 999), label=one_of("feit", "professioneel_oordeel", "vermoeden", "")),
        32,
    ),
    registers=many(_is_fact, 1),
    re=maybe(DIGEST),
    issued=INSTANT,
    expires=INSTANT,
    due=INSTANT,
    claims=by(CODE, lambda _: True),
)


def is_declaration(value: Any) -> bool:
    """Tell whether this is a declaration: all keys there, each of its shape, the claims those of its kind."""
    if not _SHAPE(value):
        return False
    names = CLAIMS_OF.get(value["kind"], "").split()
    return exactly(**{name: CLAIMS[name] for name in names})(value["claims"])
