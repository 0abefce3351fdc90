"""Conditions that can never be met: values nothing can meet, a claim the kind has no place for, a missing fact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zegel_broker.convenant_tools.cells import Cell, Cells
from zegel_broker.message import ASSIGNMENT, REPORT
from zegel_schemas.claims import CLAIMS_OF_KIND
from zegel_schemas.convenant import EMERGENCY, RULING_OF_FACT, Condition, Convenant

# toets -> the claim it looks at
CLAIM_OF_TEST: Mapping[str, str] = {
    "motivering": "motivation",
    "motivering_per_categorie": "motivation_per_category",
    "periode": "period_months",
    "afweging_verstrekker": "weighing",
    "overleg_betrokkene": "consultation",
    "actie_in_plan": "action",
    "actie_past_bij_taak": "action",
    "gezamenlijke_actie": "action",
    "vier_ogen": "approvals",
    "uitstelgrond": "deferral",
    "eerst_regie_gesproken": "direction_consulted",
    EMERGENCY: "emergency",
}
# toets -> facts of which one must be able to be registered
_FACTS_OF_TEST: Mapping[str, tuple[str, ...]] = {
    "verklaring": ("verklaring",),
    "toestemming": ("toestemming",),
    "toestemming_of_grond": ("toestemming", "zonder_toestemming"),
    "plan_vastgesteld": ("plan",),
    "actie_in_plan": ("plan",),
    "actie_past_bij_taak": ("plan",),
    "gezamenlijke_actie": ("plan",),
    "ots_actief": ("ots",),
    "opschalingscriteria": ("opschalingscriteria",),
    "instemming_bron": ("instemming_bron",),
}
_HIT_KINDS = frozenset({REPORT, "bekendheidsantwoord", "triageantwoord"})  # what says that a party knows somebody


@dataclass(frozen=True, slots=True, eq=False)
class Blocked:
    """Per rule why a kind of it, or all of them (""), can never pass its conditions; and which pairs never can."""

    reasons: Mapping[tuple[str, str], str]
    pairs: Mapping[tuple[str, str, str, str, str], str]  # rule and pair of cells (regime, kind, sender, recipient)

    @classmethod
    def of(cls, convenant: Convenant, cells: Cells) -> "Blocked":
        """Look at every condition of every rule."""
        reasons: dict[tuple[str, str], str] = {}
        pairs: dict[tuple[str, str, str, str, str], str] = {}
        knowing = {(cell.regime, cell.sender) for cell in cells.all if cell.kind in _HIT_KINDS}
        for rule in convenant.rules:
            own = cells.of_rule(rule.id)
            for name in rule.conditions:
                condition = convenant.conditions[name]
                text = _never_met(convenant, condition, own)
                if text:
                    reasons.setdefault((rule.id, ""), f"voorwaarde '{name}' {text}")
                for kind in _silent_kinds(condition, own):
                    text = f"'{name}' vraagt wat een {kind} niet kan zeggen | it asks what this kind cannot say"
                    reasons.setdefault((rule.id, kind), text)
                for cell in own:
                    text = _unfit_pair(convenant, condition, cell, knowing)
                    if text:
                        pairs.setdefault((rule.id, *cell.pair), text)
        return cls(reasons, pairs)

    def stops(self, cell: Cell) -> bool:
        """Say whether a condition of its rule keeps this cell from ever passing."""
        return (
            (cell.rule, "") in self.reasons
            or (cell.rule, cell.kind) in self.reasons
            or (cell.rule, *cell.pair) in self.pairs
        )

    def reason(self, rule: str) -> str:
        """Return why a rule can never pass, "" when it is none of its conditions."""
        found = [text for (name, _), text in self.reasons.items() if name == rule]
        found += [text for (name, *_), text in self.pairs.items() if name == rule]
        return found[0] if found else ""


def _unfit_pair(convenant: Convenant, condition: Condition, cell: Cell, knowing: set[tuple[str, str]]) -> str:
    """Return why these two can never meet the condition together, "" when they can."""
    if condition.test == "hit" and (cell.regime, cell.recipient) not in knowing:
        return f"{cell.recipient} kan nooit 'bekend' zeggen | it can never say that it knows somebody"
    acting = cell.recipient if cell.kind == ASSIGNMENT else cell.sender
    if condition.test == "actie_past_bij_taak" and not convenant.parties[acting].tasks:
        return f"{acting} heeft geen taken | it has no tasks"
    return ""


def _silent_kinds(condition: Condition, cells: tuple[Cell, ...]) -> set[str]:
    """Return the kinds of these cells that have no place for the claim the test looks at."""
    claim = CLAIM_OF_TEST.get(condition.test)
    if claim is None or condition.min_length == 0:
        return set()
    asked_only = condition.test == "motivering_per_categorie"
    return {cell.kind for cell in cells if claim not in CLAIMS_OF_KIND[cell.kind] and (cell.asked or not asked_only)}


def _never_met(convenant: Convenant, condition: Condition, cells: tuple[Cell, ...]) -> str:
    """Return why no message can ever meet the condition, "" when one can."""
    if any(impossible(condition) for impossible in _IMPOSSIBLE.get(condition.test, ())):
        return "heeft waarden waaraan niets kan voldoen | has values that nothing can meet"
    needed = list(_FACTS_OF_TEST.get(condition.test, ()))
    if condition.test == "instemming_bron" and not any(
        convenant.categories[cell.category].onward == "instemming_bron" for cell in cells
    ):
        return ""
    if condition.test in {"besluit", "besluit_of_toestemming"}:
        needed += [fact for fact, kind in RULING_OF_FACT.items() if kind == condition.kind]
    if condition.test == "besluit_of_toestemming":
        needed.append("toestemming")
    if needed and not convenant.registrations.keys() & set(needed):
        return f"rust op een feit dat niemand mag registreren ({', '.join(needed)}) | nobody may register its fact"
    return ""


_IMPOSSIBLE: Mapping[str, tuple[Callable[[Condition], bool], ...]] = {
    "antwoordtermijn": (lambda each: (each.min_days or 0) > (each.max_days or 0),),
    "periode": (lambda each: each.max_months == 0,),
    "uitstelgrond": (lambda each: each.max_days == 0, lambda each: not each.grounds),
    "afweging_verstrekker": (lambda each: not each.grounds and not each.only_secrecy,),
    EMERGENCY: (lambda each: each.max_hours == 0, lambda each: not each.grounds),
    "aardlabel": (lambda each: not each.values and each.from_level == 0,),
}
