"""What the judge looks at, a line per thing: what it is about, what was found, whether it fits. Rules are elsewhere."""

from collections.abc import Iterator

from zegel_broker.admission import ANY
from zegel_broker.convenant_tools.look import Look
from zegel_broker.convenant_tools.looks_facts import look_at_facts
from zegel_broker.hearing import Hearing
from zegel_broker.message import DECLINING, REPORT
from zegel_schemas.convenant import BSN, PROCESS_CASUS, Category, Regime
from zegel_schemas.registrations import EmergencyReviewed


def look_at_steps(hearing: Hearing) -> Iterator[Look]:
    """Yield what the steps look at, in their order; the rules and their conditions are explained by `explain.py`."""
    yield from _envelope(hearing)
    yield from _convenant(hearing)
    yield from _casus(hearing)
    if hearing.message.registers is None:
        yield from _purpose(hearing)
        yield from _categories(hearing)
    yield from look_at_facts(hearing)


def _envelope(hearing: Hearing) -> Iterator[Look]:
    message, convenant, prepared = hearing.message, hearing.convenant, hearing.prepared
    yield Look(1, "soort", message.kind, fits=message.registers is not None or hearing.kind is not None)
    yield Look(1, "van", message.sender, fits=message.sender in convenant.parties)
    for recipient in message.recipients:
        yield Look(1, "aan", recipient, fits=recipient in convenant.parties or message.registers is not None)
    question = hearing.asking
    if question:
        one = len(message.recipients) == 1 and ANY not in (*message.recipients, *message.asks)
        yield Look(1, "een instantie, genoemde categorieën", _yes(fact=one), fits=one)
    yield Look(1, "authentiek", _yes(fact=message.authenticated), fits=message.authenticated)
    allowed = prepared.roles.get(message.sender, frozenset()) | prepared.roles_by_kind.get(message.kind, frozenset())
    line = convenant.registrations.get(message.registers.fact) if message.registers is not None else None
    if line is not None and line.roles:
        allowed = frozenset(line.roles)
    yield Look(1, "rol medewerker", f"{message.role} ({', '.join(sorted(allowed))})", fits=message.role in allowed)


def _convenant(hearing: Hearing) -> Iterator[Look]:
    message, regime, day = hearing.message, hearing.regime, hearing.day
    same = message.convenant == hearing.convenant.digest
    yield Look(2, "versie", hearing.convenant.digest, fits=same)
    if regime is None:
        yield Look(2, "regime", hearing.casus.regime if hearing.casus is not None else "-")
        return
    yield Look(2, "regime", regime.name)
    for each in regime.memberships if not hearing.afterwards else ():
        yield Look(2, f"geldig {each.document}", f"{each.start} - {each.until}", fits=each.holds(day))
        for name in (message.sender, *message.recipients):
            party = hearing.convenant.parties.get(name)
            if party is not None:
                bound = party.external or each.binds(name, day)
                days = ", ".join(map(str, each.acceded.get(name, ()))) or ("extern" if party.external else "-")
                yield Look(2, f"toegetreden {each.document}", f"{name}: {days}", fits=bound)


def _casus(hearing: Hearing) -> Iterator[Look]:
    casus, message = hearing.casus, hearing.message
    if casus is None:
        standing = hearing.regime is not None  # a decision that belongs to the convenant needs none
        yield Look(3, "casus", "-", fits=None if standing else False)
        return
    phase = hearing.convenant.phases.get(casus.phase)
    closed = casus.closed is not None or (phase is not None and phase.final)
    late = hearing.afterwards or isinstance(message.registers, EmergencyReviewed)  # what may still come
    yield Look(3, "casus", "wordt geopend" if hearing.opening else casus.phase, fits=not closed or late)
    known = {*casus.subjects, *(each.subject for each in message.claims.introduces if message.kind == REPORT)}
    for subject in message.subjects:
        yield Look(3, "betrokkene", subject, fits=subject in known)
    most = hearing.convenant.max_subjects
    yield Look(3, "aantal betrokkenen", f"{len(message.subjects)} <= {most}", fits=len(message.subjects) <= most)


def _purpose(hearing: Hearing) -> Iterator[Look]:
    convenant, casus, purpose = hearing.convenant, hearing.casus, hearing.message.purpose
    if purpose in convenant.excluded_purposes:
        yield Look(4, "uitgesloten doel", purpose, fits=False)
        return
    yield Look(4, "doel", purpose, fits=purpose in convenant.purposes)
    if not hearing.afterwards and casus is not None and hearing.regime is not None:
        opened = purpose in casus.purposes and purpose in hearing.regime.purposes
        yield Look(4, "geopend in de casus", ", ".join(sorted(casus.purposes)), fits=opened)


def _categories(hearing: Hearing) -> Iterator[Look]:
    message, regime = hearing.message, hearing.regime
    question = hearing.asking
    names = [(name, question) for name in message.asks if name != ANY]
    names += [(part.category, False) for part in message.parts]
    for name, pulled in dict.fromkeys(names):
        category = regime.categories.get(name) if regime is not None else hearing.convenant.categories.get(name)
        if category is None or regime is None:
            yield Look(5, name, "-", fits=False if category is None else None)
            continue
        forbidden = regime.forbidden.get(name, ())
        found = f"niveau {category.level}"
        if forbidden:
            found += f", verboden door {', '.join(each.id for each in forbidden)}"
        yield Look(5, name, found, fits=not forbidden and category.level != "X")
        for recipient in message.recipients:
            yield from _between(hearing, regime, name, category, recipient, pulled=pulled)
    yield from _width(hearing)


def _width(hearing: Hearing) -> Iterator[Look]:
    """An answer gives what was asked, about whom it was asked, and process data besides; declining is not measured."""
    message, question = hearing.message, hearing.question
    if question is None or hearing.kind is None or not hearing.kind.answers or message.kind == DECLINING:
        return
    rest = question.rest if question.status == "open" else question.asks
    for part in message.parts:
        asked = part.category in rest or part.category == PROCESS_CASUS
        yield Look(5, part.category, f"gevraagd: {', '.join(rest)}", fits=asked)
    for subject in message.subjects:
        yield Look(5, subject, f"gevraagd: {', '.join(question.subjects)}", fits=subject in question.subjects)


def _between(
    hearing: Hearing, regime: Regime, name: str, category: Category, recipient: str, *, pulled: bool
) -> Iterator[Look]:
    """Who supplies it, who may have it, and whether both may hold a BSN."""
    sender, parties = hearing.message.sender, hearing.convenant.parties
    if sender not in parties or recipient not in parties:
        return
    if name == BSN:
        both = parties[sender].citizen_number and parties[recipient].citizen_number
        yield Look(5, name, f"BSN {sender}, {recipient}", fits=both)
    if hearing.afterwards:
        return
    supplier, receiver = (recipient, sender) if pulled else (sender, recipient)
    own = name in regime.sources[supplier]
    passes = supplier in hearing.prepared.directing and category.onward != "nooit"
    word = "bron" if own else f"geeft door ({category.onward})" if passes else "geen bron"
    yield Look(5, name, f"{supplier}: {word}", fits=own or passes)
    within = name in regime.ceilings[receiver]
    yield Look(5, name, f"{receiver}: {'binnen' if within else 'boven'} plafond", fits=within)


def _yes(*, fact: bool) -> str:
    return "ja" if fact else "nee"
