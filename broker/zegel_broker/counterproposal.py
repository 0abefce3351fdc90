"""The counter-proposal: the largest part of a refused message that is permitted now, or the lower step before it.

First categories are left out, then subjects, then both; nothing left out can be put back. What is offered, the
sender could have sent itself: it learns no more than that message would have told it. Fields are named, never values.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeVar

from zegel_broker.message import Message
from zegel_broker.trial import Trial, World
from zegel_schemas.claims import Emergency

Item = TypeVar("Item")
_LOWER_STEP = {"informatieverzoek": ("bekendheidsvraag", "bekendheid")}  # kind -> the kind before it, and what it asks


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be sent instead: without these fields (part), or the kind before it (lower_step), asking this."""

    sort: Literal["part", "lower_step"]
    without: tuple[str, ...] = ()  # names of fields to leave out, such as `asks.1` or `subjects.0`
    kind: str = ""  # of a lower step
    asks: tuple[str, ...] = ()  # what a lower step asks for, a word of the convenant
    remedies: tuple[str, ...] = ()  # changes that go with it


class _Part(NamedTuple):
    """A part of a message, by places: of its asks, its parts and its subjects."""

    asks: tuple[int, ...]
    parts: tuple[int, ...]
    subjects: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.asks) + len(self.parts)


def propose_part(trial: Trial, world: World, *, hopeless: frozenset[str], keep_subjects: bool) -> Proposal | None:
    """Return the largest permitted part, None when there is none but the whole or nothing.

    `hopeless` are fields of categories that cannot pass whatever else is sent; `keep_subjects` is False when the
    message cannot pass about all of its subjects.
    """
    message = world.message
    every = _Part(*(tuple(range(len(each))) for each in (message.asks, message.parts, message.subjects)))
    whole = _Part(
        tuple(place for place in range(len(message.asks)) if f"asks.{place}" not in hopeless),
        tuple(place for place in range(len(message.parts)) if f"parts.{place}.category" not in hopeless),
        every.subjects,
    )
    known = {every: False}  # the whole was refused; nothing is asked twice

    def fits(part: _Part) -> bool:
        found = known.get(part)
        if found is None:
            sent = bool(part.size and part.subjects) and not trial.spent
            found = known[part] = sent and trial.permits(World(_cut(message, part), world.casus, world.day))
        return found

    found = _fewer_categories(whole, fits) if keep_subjects else None
    found = found or _fewer_subjects(whole, fits) or _fewer_of_both(whole, fits)
    return Proposal("part", without=_left_out(message, found)) if found is not None else None


def propose_lower_step(trial: Trial, world: World) -> Proposal | None:
    """Return the lighter question that comes first, when it is permitted; its purpose is never named.

    It is tried for the same purpose and else for one of the process, which every casus has: asking whether somebody is
    known serves the process.
    """
    message, casus = world.message, world.casus
    if message.kind not in _LOWER_STEP or casus is None or len(message.recipients) != 1:
        return None
    kind, asked = _LOWER_STEP[message.kind]
    known = casus.hits.get(message.recipients[0], {})
    unknown = tuple(each for each in message.subjects if each not in known) or message.subjects
    question = replace(
        message,
        kind=kind,
        asks=(asked,),
        parts=(),
        subjects=unknown,
        claims=message.claims.model_copy(update={"emergency": Emergency()}),
    )
    regime = trial.convenant.regimes.get(casus.regime)
    process = sorted(regime.process_purposes & casus.purposes) if regime is not None else []
    for purpose in dict.fromkeys((message.purpose, *process)):
        if trial.permits(replace(world, message=replace(question, purpose=purpose))):
            left_out = (f"subjects.{place}" for place, each in enumerate(message.subjects) if each not in unknown)
            return Proposal("lower_step", without=tuple(left_out), kind=kind, asks=(asked,))
    return None


def _fewer_categories(whole: _Part, fits: Callable[[_Part], bool]) -> _Part | None:
    if fits(whole):
        return whole
    asks = _gather(whole.asks, lambda kept: fits(_Part(kept, (), whole.subjects)))
    if whole.asks and not asks:  # what a question encloses goes nowhere without what it asks
        return None
    parts = _gather(whole.parts, lambda kept: fits(_Part(asks, kept, whole.subjects)))
    return _Part(asks, parts, whole.subjects) if asks or parts else None


def _fewer_subjects(whole: _Part, fits: Callable[[_Part], bool]) -> _Part | None:
    subjects = _grow(whole.subjects, lambda kept: fits(_Part(whole.asks, whole.parts, kept)), rounds=2)
    return _Part(whole.asks, whole.parts, subjects) if subjects else None


def _fewer_of_both(whole: _Part, fits: Callable[[_Part], bool]) -> _Part | None:
    """Take the subject about whom most may be sent, and then everybody else about whom the same may be."""
    best: _Part | None = None
    for subject in whole.subjects:
        found = _fewer_categories(_Part(whole.asks, whole.parts, (subject,)), fits)
        if found is not None and (best is None or found.size > best.size):
            best = found
    if best is None:
        return None
    chosen, own = best, best.subjects
    others = tuple(each for each in whole.subjects if each not in own)
    more = _grow(others, lambda kept: fits(_Part(chosen.asks, chosen.parts, tuple(sorted((*own, *kept))))))
    return _Part(chosen.asks, chosen.parts, tuple(sorted((*own, *more))))


def _gather(items: Sequence[Item], fits: Callable[[tuple[Item, ...]], bool]) -> tuple[Item, ...]:
    """Return the items that fit, each tried alone and then all that did together.

    A category that does not pass alone passes with no other, so nothing left out can be put back; where those that
    pass alone are too many together, they are taken in order.
    """
    alone = tuple(item for item in items if fits((item,)))
    return alone if not alone[1:] or fits(alone) else _grow(alone, fits)


def _grow(items: Sequence[Item], fits: Callable[[tuple[Item, ...]], bool], *, rounds: int = 1) -> tuple[Item, ...]:
    """Return as many of the items as fit together, taken in order.

    People may need each other: a parent passes only beside the child of a supervision order, so who did not fit is
    tried once more.
    """
    kept: tuple[Item, ...] = ()
    for _ in range(rounds):
        for item in items:
            if item not in kept and fits((*kept, item)):
                kept = (*kept, item)
        if len(kept) in {0, len(items)}:
            break
    return tuple(item for item in items if item in kept)


def _cut(message: Message, part: _Part) -> Message:
    return replace(
        message,
        asks=tuple(message.asks[place] for place in part.asks),
        parts=tuple(message.parts[place] for place in part.parts),
        subjects=tuple(message.subjects[place] for place in part.subjects),
    )


def _left_out(message: Message, part: _Part) -> tuple[str, ...]:
    def gone(name: str, every: Iterable[object], kept: tuple[int, ...], last: str = "") -> Iterable[str]:
        return (f"{name}.{place}{last}" for place, _ in enumerate(every) if place not in kept)

    return (
        *gone("asks", message.asks, part.asks),
        *gone("parts", message.parts, part.parts, ".category"),
        *gone("subjects", message.subjects, part.subjects),
    )
