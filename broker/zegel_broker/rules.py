"""Step 6: per recipient and category the rules that fit, found by the AND of whole numbers, or what they miss."""

from collections.abc import Iterator
from typing import NamedTuple

from zegel_broker.admission import ANY
from zegel_broker.casus import Casus
from zegel_broker.hearing import Hearing
from zegel_broker.message import REPORT
from zegel_schemas.convenant import ASKER, INVOLVED, ROLE_OF_TOKEN, Category, Kind, Regime, Side

REPORTER_ROLE = "aanmelder"
_TOKEN_OF_ROLE = {role: token for token, role in ROLE_OF_TOKEN.items()}


class Fit(NamedTuple):
    """One category for one recipient, and the rules that fit it as bits."""

    recipient: str
    name: str
    category: Category
    label: str
    asked: bool
    candidates: int


def fit_rules(hearing: Hearing, casus: Casus, regime: Regime, kind: Kind) -> list[Fit]:
    """Return the candidates for each recipient and category; what has none is noted as a reason to refuse."""
    message, index = hearing.message, hearing.convenant.index
    base = index.kind.get(message.kind, 0) & index.regime.get(regime.name, 0)
    if not message.claims.emergency.reason:
        base &= hearing.prepared.ordinary  # the emergency set is not even tried, nor told of
    in_phase = index.phase.get(hearing.phase, 0)
    for_purpose = index.purpose.get(message.purpose, 0)
    sent = _reach(hearing, casus, kind, index.senders, message.sender)
    if message.kind == REPORT and not hearing.opening:
        _check_further_report(hearing, casus, regime)
    found = []
    for recipient in message.recipients:
        received = _reach(hearing, casus, kind, index.recipients, recipient)
        now = base & sent & received
        for field, name, category, label, asked in _categories(hearing, regime):
            of_category = index.category.get(name, 0)
            if base & index.earlier and _shared_before(casus, message.sender, recipient, name, message.subjects):
                of_category |= index.earlier
            candidates = now & of_category & in_phase & for_purpose
            if candidates:
                found.append(Fit(recipient, name, category, label, asked, candidates))
            else:
                at_best = base & (sent | _at_best(kind, index.senders, message.sender))
                at_best &= received | _at_best(kind, index.recipients, recipient)
                _miss(hearing, field, now & of_category, at_best & of_category, in_phase, for_purpose)
    return found


def _categories(hearing: Hearing, regime: Regime) -> Iterator[tuple[str, str, Category, str, bool]]:
    """Yield the categories that step 5 knows and does not forbid."""
    for place, name in enumerate(hearing.message.asks):
        category = regime.categories.get(name)
        if name != ANY and category is not None and name not in regime.forbidden:
            yield f"asks.{place}", name, category, "", True
    for place, part in enumerate(hearing.message.parts):
        category = regime.categories.get(part.category)
        if category is not None and part.category not in regime.forbidden:
            yield f"parts.{place}.category", part.category, category, part.label, False


def _reach(hearing: Hearing, casus: Casus, kind: Kind, side: Side, name: str) -> int:
    """Return the rules one party fits on this side, with the roles it has."""
    party = hearing.convenant.parties.get(name)
    if party is None:
        return 0
    question, roles, tokens = hearing.question, casus.roles.get(name, ()), side.tokens
    asked = question is not None and bool(kind.answers) and name in {question.asker, question.addressee}
    bits = 0
    if tokens and (kind.afterwards or not party.external):  # a role does not make a party of who signed nothing
        if roles or asked:
            bits |= tokens.get(INVOLVED, 0)
        if question is None or question.asker == name:
            bits |= tokens.get(ASKER, 0)
        for role in roles:
            bits |= tokens.get(_TOKEN_OF_ROLE.get(role, ""), 0)
        bits &= ~side.excepted.get(name, 0)
    if not kind.afterwards:
        bits |= side.named[name]
    else:
        bits |= (side.afterwards if name in casus.partners else side.literal)[name]
    return bits if roles or asked or party.external else bits & hearing.convenant.index.without_role


def _at_best(kind: Kind, side: Side, name: str) -> int:
    """Return the rules one party would fit on this side if it had every role; only a miss asks for it."""
    named, out = side.afterwards if kind.afterwards else side.named, ~side.excepted.get(name, 0)
    found = named.get(name, 0)
    tokens = side.tokens if name in named and (kind.afterwards or name not in side.external) else {}
    for token, bits in tokens.items():
        found |= bits & out if token != ASKER else 0
    return found


def _shared_before(casus: Casus, one: str, other: str, name: str, subjects: tuple[str, ...]) -> bool:
    """Say whether this category was delivered between these two, either way, about every one of these subjects."""
    had: set[str] = set()
    for each in casus.shared:
        if name in each.categories and {each.sender, each.recipient} == {one, other}:
            had.update(each.subjects)
    return had.issuperset(subjects)


def _check_further_report(hearing: Hearing, casus: Casus, regime: Regime) -> None:
    """A casus is reported again only by its reporter, in the first phase; a second reporter opens his own."""
    if REPORTER_ROLE not in casus.roles.get(hearing.message.sender, ()):
        hearing.find("GEEN_ROL_IN_CASUS", "from.instantie", rules=hearing.prepared.verboden["without_role"])
    elif casus.phase != regime.first_phase:
        hearing.find("FASE_NIET_TOEGESTAAN", "kind")


def _miss(hearing: Hearing, field: str, now: int, at_best: int, in_phase: int, for_purpose: int) -> None:
    """Say what the nearest rules miss: only a role, only the purpose, the phase; else there is no rule."""
    index = hearing.convenant.index
    if at_best & in_phase & for_purpose:
        verboden = hearing.prepared.verboden["without_role"]
        rules = verboden or index.ids(at_best & in_phase & for_purpose)
        hearing.find("GEEN_ROL_IN_CASUS", "to.instantie", "from.instantie", rules=rules)
    elif now & in_phase:
        hearing.find("DOEL_PAST_NIET", "purpose", rules=index.ids(now & in_phase))
    elif now:
        hearing.find("FASE_NIET_TOEGESTAAN", "kind", rules=index.ids(now))
    else:
        hearing.find("GEEN_REGEL", field)
