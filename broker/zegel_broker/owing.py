"""Into the casus: the duties a permitted message brings, each once per holder, and what later messages take off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from zegel_broker.casus import Casus, Owed
from zegel_broker.message import ASSIGNMENT, DESTROYING, Message
from zegel_schemas.convenant import PROCESS_CASUS, Convenant

BREAK_GLASS: Final = frozenset({"spoed_melden_fg", "spoed_beoordelen"})  # kept per use, in `Casus.emergencies`
DESTROY: Final = "bewaar"
FORGET: Final = "bekendheid_nee"  # an answer that somebody is not known is destroyed on both sides
_UNKNOWN: Final = "niet_bekend"


def owe(casus: Casus, message: Message, duties: tuple[str, ...], *, convenant: Convenant, day: date) -> Casus:
    """Return the casus with the duties of this permitted message, less the categories it says were destroyed."""
    found = casus.duties
    for kind in duties:
        if kind not in BREAK_GLASS:
            found = _join(found, _owed(kind, message, convenant, day))
    if message.claims.outcome:
        for owed in _to_forget(message, convenant, day):
            found = _join(found, owed)
    if message.kind == DESTROYING:
        found = tuple(_destroyed(each, message, casus) for each in found if not _forgotten(each, message))
    return casus if found == casus.duties else replace(casus, duties=found)


def _owed(kind: str, message: Message, convenant: Convenant, day: date) -> Owed:
    term = convenant.duty_terms.get(kind)
    action = message.claims.action if message.kind == ASSIGNMENT else ""
    return Owed(
        kind=kind,
        holder=_holder(term.holder if term is not None else "ontvanger", message, convenant),
        day=day,
        subjects=tuple(sorted(message.subjects)),
        categories=tuple(sorted({part.category for part in message.parts})) if kind == DESTROY else (),
        action=action,
        due=message.due if term is not None and term.term == "actie" else None,
    )


def _to_forget(message: Message, convenant: Convenant, day: date) -> Iterator[Owed]:
    """Who is not known leaves no trace: asker and answerer destroy that answer within the term of the convenant."""
    unknown = sorted(subject for subject, outcome in message.claims.outcome.items() if outcome == _UNKNOWN)
    if not unknown or FORGET not in convenant.duty_terms:
        return
    categories = tuple(sorted({part.category for part in message.parts}))
    for holder in (message.recipients[0], message.sender):
        yield Owed(kind=FORGET, holder=holder, day=day, subjects=tuple(unknown), categories=categories)


def _forgotten(owed: Owed, message: Message) -> bool:
    """Say whether its sender confirms that such an answer is gone; the duty goes too, for it tells the answer."""
    if owed.kind != FORGET or owed.holder != message.sender:
        return False
    return set(owed.categories) <= {*message.asks, PROCESS_CASUS} and set(owed.subjects) <= set(message.subjects)


def _holder(who: str, message: Message, convenant: Convenant) -> str:
    kind = convenant.kinds.get(message.kind)
    asks = kind is not None and kind.question
    return message.sender if who == "afzender" or (who == "verkrijger" and asks) else message.recipients[0]


def _join(known: tuple[Owed, ...], new: Owed) -> tuple[Owed, ...]:
    """Return the duties with this one; an older one of the same kind, holder and action about these people covers it.

    People it is not about yet make it a duty of their own, for their term begins later.
    """
    about = set(new.subjects)
    kept = []
    for each in known:
        if (each.kind, each.holder, each.action) != (new.kind, new.holder, new.action):
            kept.append(each)
            continue
        if about & set(each.subjects) and not set(new.categories) <= set(each.categories):
            each = replace(each, categories=tuple(sorted({*each.categories, *new.categories})))  # noqa: PLW2901
        about -= set(each.subjects)
        kept.append(each)
    if not about:
        return tuple(kept)
    return (*kept, new if len(about) == len(new.subjects) else replace(new, subjects=tuple(sorted(about))))


def _destroyed(owed: Owed, message: Message, casus: Casus) -> Owed:
    """Its sender confirms that these categories are gone; who keeps others, or these about others, still owes those.

    A category is gone once the message is about everybody its sender received it about. Process data cannot be named,
    for they are what the message itself is written in: they go along with the rest.
    """
    if owed.kind != DESTROY or owed.holder != message.sender:
        return owed
    named, told = {*message.asks, PROCESS_CASUS}, set(message.subjects)
    left = (each for each in owed.categories if each not in named or not told >= _received(each, owed, casus))
    return replace(owed, categories=tuple(left))


def _received(category: str, owed: Owed, casus: Casus) -> set[str]:
    """Return about whom of this duty its holder received a category; about all of them when nothing says which."""
    about = set[str]()
    for each in casus.shared:
        if each.recipient == owed.holder and category in each.categories:
            about.update(each.subjects)
    return (about & set(owed.subjects)) or set(owed.subjects)
