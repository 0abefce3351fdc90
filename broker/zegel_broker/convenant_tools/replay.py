"""Replay: which past decisions would flip under a draft, each message judged in the state its casus had then.

What happened is not played anew: a casus is folded from what was permitted at the time, under the convenant of that
time. So every flip is of the draft, and none follows from another. The draft is judged as if it had been in force since
the first entry, but who has signed it counts from the day of signing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from zegel_broker.casus import Casus, Standing
from zegel_broker.convenant_tools.counting import count
from zegel_broker.convenant_tools.past import Past
from zegel_broker.decision import Decision
from zegel_broker.emergency import concerns_emergencies
from zegel_broker.fold import apply, apply_standing, note_emergency, opens_casus
from zegel_broker.judge import judge
from zegel_broker.message import Message
from zegel_schemas.convenant import Convenant, amend_convenant
from zegel_schemas.shapes import NIL_CASUS

PERMITTED, REFUSED = "permitted", "refused"
_NOT_JUDGED = "CONVENANT_VERSIE"  # the sender named another set than the one in force: no convenant was asked


@dataclass(frozen=True, slots=True, order=True)
class Flip:
    """One decision that would be another: log index, outcome and main code then and under the draft, rules of both."""

    index: int
    was: str
    code: str
    would_be: str
    new_code: str
    rules: tuple[str, ...]
    new_rules: tuple[str, ...]

    @property
    def outcome(self) -> bool:
        """Say whether the outcome flips; else it is refused for another reason."""
        return self.was != self.would_be

    def __str__(self) -> str:
        """Return it on one line: index, old and new."""
        was = _say(self.was, self.code, self.rules)
        return f"{self.index}: {was} -> {_say(self.would_be, self.new_code, self.new_rules)}"

    def as_json(self) -> dict[str, Any]:
        """Return the flip as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a draft would have changed. `unread`: decisions whose bytes were not kept or that no convenant decided."""

    judged: int
    unread: int
    flips: tuple[Flip, ...]
    other_reasons: tuple[Flip, ...]


class ConvenantMissing(Exception):  # noqa: N818 - it is what is missing, not an accident
    """A convenant the ledger was decided by is not at hand: its casussen cannot be folded as they were."""

    def __init__(self, digest: str) -> None:
        """Name its digest."""
        self.digest = digest
        super().__init__(f"the convenant with digest {digest} is not at hand: name its file with --known")


def replay(past: Iterable[Past], *, convenants: Mapping[str, Convenant], draft: Convenant) -> Replay:
    """Judge every past decision by the draft; `convenants` are the sets of documents of the past, by digest.

    Raise ConvenantMissing when one of them is not there.
    """
    every = tuple(past)
    if not every:
        return Replay(judged=0, unread=0, flips=(), other_reasons=())
    drafted = _since_ever(draft, every)
    state = _State(convenants)
    found: list[Flip] = []
    unread = 0
    for each in every:
        message = each.message
        if message is None or not _was_judged(each.record.codes, drafted):
            unread += 1
            continue
        casus, standing = state.before(message, each)
        decision = judge(replace(message, convenant=drafted.digest), casus, standing, drafted, each.day)
        found += _compare(each, decision)
        state.take(message, each)
    return Replay(
        judged=len(every) - unread,
        unread=unread,
        flips=tuple(each for each in found if each.outcome),
        other_reasons=tuple(each for each in found if not each.outcome),
    )


def _since_ever(draft: Convenant, past: tuple[Past, ...]) -> Convenant:
    """Return the draft, in force from the first day of the ledger on."""
    first = min(each.day for each in past)
    changed = {
        tree.value["document"]: {
            **tree.value,
            "geldigheid": {**tree.value["geldigheid"], "van": min(first, tree.value["geldigheid"]["van"])},
        }
        for tree in draft.trees
    }
    return amend_convenant(draft, changed)


def _was_judged(codes: tuple[str, ...], draft: Convenant) -> bool:
    """Say whether a convenant decided it: not the doors, the clock or the keys."""
    return not codes or (codes[0] in draft.rank and codes[0] != _NOT_JUDGED)


class _State:
    """What the broker knew at each moment: casussen and standing decisions, folded from what was permitted."""

    def __init__(self, convenants: Mapping[str, Convenant]) -> None:
        self.convenants = convenants
        self.settled: dict[str, list[tuple[Message, Past]]] = {}
        self.folds: dict[str, Casus | None] = {}
        self.standing = Standing()
        self.ends: list[tuple[int, str]] = []  # (log index that takes an effect away, its casus), still to come

    def before(self, message: Message, each: Past) -> tuple[Casus | None, Standing]:
        """Return the casus and the standing decisions as they were just before this decision."""
        for casus in {casus for index, casus in self.ends if index < each.index}:
            self._refold(casus, each.index)
        self.ends = [end for end in self.ends if end[0] >= each.index]
        return self.folds.get(message.casus), self.standing

    def take(self, message: Message, each: Past) -> None:
        """Fold it, if it was permitted then."""
        if each.record.outcome != PERMITTED:
            return
        self.settled.setdefault(message.casus, []).append((message, each))
        if each.voided is not None:
            self.ends.append((each.voided, message.casus))
        decision, convenant = self._decided(each)
        if message.casus != NIL_CASUS and concerns_emergencies(message, decision.rule_ids, convenant=convenant):
            self.standing = apply_standing(self.standing, message, decision, convenant=convenant)
        self._fold(message, each)

    def _refold(self, casus: str, now: int) -> None:
        """Fold a casus anew from what still had effect when entry `now` was made."""
        if casus == NIL_CASUS:
            self.standing = Standing(emergencies=self.standing.emergencies)  # a use of break-glass is never void
        self.folds.pop(casus, None)
        for message, each in self.settled.get(casus, ()):
            if each.voided is None or each.voided >= now:
                self._fold(message, each)
            elif (fold := self.folds.get(casus)) is not None:
                decision, convenant = self._decided(each)
                self.folds[casus] = note_emergency(fold, message, decision, convenant=convenant)

    def _fold(self, message: Message, each: Past) -> None:
        decision, convenant = self._decided(each)
        if message.casus == NIL_CASUS:
            self.standing = apply_standing(self.standing, message, decision, convenant=convenant)
            return
        casus = self.folds.get(message.casus)
        if casus is not None or opens_casus(message):
            self.folds[message.casus] = apply(casus, message, decision, convenant=convenant, day=each.day)

    def _decided(self, each: Past) -> tuple[Decision, Convenant]:
        """Return what was decided, and by which convenant."""
        convenant = self.convenants.get(each.record.convenant)
        if convenant is None:
            raise ConvenantMissing(each.record.convenant)
        return Decision(permitted=True, rules=each.record.rules, duties=each.record.duties), convenant


def _compare(each: Past, decision: Decision) -> Iterator[Flip]:
    record = each.record
    code = record.codes[0] if record.codes else ""
    now = PERMITTED if decision.permitted else REFUSED
    if (record.outcome, code) != (now, decision.code):
        rules = tuple(sorted({rule for rules in record.rules.values() for rule in rules}))
        yield Flip(each.index, record.outcome, code, now, decision.code, rules, decision.rule_ids)


def lines(found: Replay) -> Iterator[str]:
    """Yield a line per decision that flips or is refused for another reason, and one that counts."""
    yield from (str(each) for each in (*found.flips, *found.other_reasons))
    yield (
        f"{count(found.judged, 'decision')} judged again: {count(len(found.flips), 'flip')}, "
        f"{len(found.other_reasons)} refused for another reason; {found.unread} could not be"
    )


def _say(outcome: str, code: str, rules: tuple[str, ...]) -> str:
    return " ".join(filter(None, (outcome, code, f"[{', '.join(rules)}]" if rules else "")))
