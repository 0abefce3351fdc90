"""What a refusal teaches: every reason with its source, what would change it, and what may be sent instead.

It is worked out only when something was refused, beside the judge, never by it. Nothing is offered that the judge was
not asked about. Who may not send in the first place is told no more than that; see docs/decisions/0006.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from zegel_broker.casus import Casus, Standing
from zegel_broker.changes import CHANGES, Change, changes_for
from zegel_broker.counterproposal import Proposal, propose_lower_step, propose_part
from zegel_broker.decision import Decision, Failure
from zegel_broker.fold import open_casus, opens_casus
from zegel_broker.message import Message
from zegel_broker.sources import SECTIONS, documents_of, law_behind
from zegel_broker.trial import Trial, World
from zegel_schemas.convenant import Condition, Convenant, Regime

__all__ = ["Lesson", "Proposal", "Reason", "teach"]

# Who this is about is not established, or it is no message: there is nobody to teach.
_SILENT = frozenset(
    {"ONGELDIG_BERICHT", "ONBEKENDE_PARTIJ", "AFZENDER_NIET_GEAUTHENTICEERD", "MEDEWERKER_NIET_BEVOEGD"}
)
# Leaving out categories or subjects can mend these of the first six steps.
_DROPPABLE = frozenset(
    {
        "RONDVRAAG", "BETROKKENE_NIET_IN_CASUS", "TE_VEEL_BETROKKENEN", "ONBEKENDE_CATEGORIE", "VERBODEN_CATEGORIE",
        "VOLLEDIG_DOSSIER", "BSN_NIET_TOEGESTAAN", "ANTWOORD_BREDER_DAN_VRAAG", "DOORVERSTREKKING_VERBODEN",
        "NIET_DE_BRON", "BOVEN_PLAFOND", "GEEN_ROL_IN_CASUS", "DOEL_PAST_NIET", "FASE_NIET_TOEGESTAAN", "GEEN_REGEL",
    }
)  # fmt: skip
_OF_SUBJECTS = frozenset({"BETROKKENE_NIET_IN_CASUS", "TE_VEEL_BETROKKENEN"})
_WITHOUT_ROLE = "GEEN_ROL_IN_CASUS"
_ASKS_LOWER_STEP = frozenset({"VW_HIT", _WITHOUT_ROLE})
_PURPOSE_ONLY_ARTICLE = "DOEL_PAST_NIET"  # the rules it missed would teach which purpose to declare
_SUPPLY, _CONDITIONS = 5, 7  # steps: what fails in the first of them fails whatever else is sent
# Remedies that mean leaving something out: offered when a part is.
_TRIMMING = frozenset({"without_category", "fewer_subjects", "fewer_categories", "narrow_answer", "let_source_send"})

_AT_ONCE = frozenset(change.name for change in CHANGES.values() if change.at_once)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One failure with its sources; `remedy` only when it is part of what is offered."""

    step: int
    code: str
    documents: tuple[str, ...]
    sections: tuple[str, ...]
    rules: tuple[str, ...]
    articles: tuple[str, ...]
    fields: tuple[str, ...]
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Reasons, main one first; `remedies` flip the decision when done together; what may be sent instead."""

    reasons: tuple[Reason, ...] = ()
    remedies: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def teach(
    message: Message, casus: Casus | None, standing: Standing, convenant: Convenant, day: date, decision: Decision
) -> Lesson:
    """Return what this refusal teaches: given what `judge` was given, and what it said. Permitted = an empty lesson."""
    if decision.permitted:
        return Lesson()
    remedies: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    if not decision.foreign and _SILENT.isdisjoint(decision.codes) and not _is_stranger(message, casus, decision):
        trial, world = Trial(standing, convenant), World(message, casus, day)
        changes = changes_for(decision.failures, convenant)
        remedies = _find_remedies(trial, world, decision, changes)
        if not remedies or not _AT_ONCE.issuperset(remedies):  # else the whole may be sent, and no part is needed
            proposals = _find_proposals(trial, world, decision, changes)
    return Lesson(
        reasons=_reasons(message, casus, convenant, day, decision.failures, remedies, proposals),
        remedies=remedies,
        proposals=proposals,
    )


def _is_stranger(message: Message, casus: Casus | None, decision: Decision) -> bool:
    """Say whether the sender lacks a role it needed: then nothing of the casus is tried on its behalf."""
    return casus is not None and message.sender not in casus.roles and _WITHOUT_ROLE in decision.codes


_Changes = Sequence[tuple[Change, tuple[Condition, ...]]]


def _find_remedies(trial: Trial, world: World, decision: Decision, changes: _Changes) -> tuple[str, ...]:
    """Return the fewest of these changes that flip the decision together; none when no choice of them does."""
    early = {each.code for each in decision.failures if each.step < _CONDITIONS}
    if not CHANGES.keys() >= early:
        return ()
    for size in range(1, len(changes) + 1):
        for chosen in combinations(changes, size):
            if trial.permits(_changed(world, chosen, trial.convenant)):
                return tuple(change.name for change, _ in chosen)
    return ()


def _find_proposals(trial: Trial, world: World, decision: Decision, changes: _Changes) -> tuple[Proposal, ...]:
    """Return the largest part that is permitted now, and the lower step; each with the changes it needs."""
    codes = {each.code for each in decision.failures if each.step < _CONDITIONS}
    at_once = [each for each in changes if each[0].at_once]
    changed = _changed(world, at_once, trial.convenant)
    found: list[Proposal | None] = []
    if world.message.registers is None and codes <= _DROPPABLE | CHANGES.keys():
        hopeless = frozenset(name for each in decision.failures if each.step == _SUPPLY for name in each.fields)
        found.append(propose_part(trial, changed, hopeless=hopeless, keep_subjects=codes.isdisjoint(_OF_SUBJECTS)))
    if not _ASKS_LOWER_STEP.isdisjoint(decision.codes):
        found.append(propose_lower_step(trial, changed))
    names = tuple(change.name for change, _ in at_once)
    return tuple(replace(each, remedies=names) for each in found if each is not None)


def _changed(world: World, changes: _Changes, convenant: Convenant) -> World:
    for change, conditions in changes:
        world = change.make(world, conditions, convenant)
    return world


def _reasons(
    message: Message,
    casus: Casus | None,
    convenant: Convenant,
    day: date,
    failures: Iterable[Failure],
    remedies: tuple[str, ...],
    proposals: tuple[Proposal, ...],
) -> tuple[Reason, ...]:
    regime = _regime(message, casus, convenant, day)
    parted = any(each.sort == "part" for each in proposals)
    offered = {*remedies, *(name for each in proposals for name in each.remedies)}
    return tuple(
        Reason(
            step=each.step,
            code=each.code,
            documents=documents_of(each, message, regime=regime, convenant=convenant, day=day),
            sections=(SECTIONS[each.code],) if each.code in SECTIONS else (),
            rules=() if each.code == _PURPOSE_ONLY_ARTICLE else each.rules,
            articles=law_behind(each, message, regime=regime, convenant=convenant),
            fields=each.fields,
            remedy=each.remedy if each.remedy in offered or (parted and each.remedy in _TRIMMING) else "",
        )
        for each in failures
    )


def _regime(message: Message, casus: Casus | None, convenant: Convenant, day: date) -> Regime | None:
    """Return the regime it was judged under, as far as there is one."""
    if casus is None and opens_casus(message):
        try:
            casus = open_casus(message, convenant=convenant, day=day)
        except KeyError:
            return None
    return convenant.regimes.get(casus.regime) if casus is not None else None
