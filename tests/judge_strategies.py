"""What hypothesis draws for the judge: a message from a rule, the casus that permits it, then a change for the worse.

Uniform random messages prove nothing: nearly all are refused at the first steps. `judge_drafts.py` draws and
builds, `judge_clauses.py` (step 7) and `judge_perturbations.py` (steps 1 to 6) change one thing, one clause each.

`ZEGEL_PROOF=large` draws twenty times as many examples, other ones each time, `quick` a quarter of them; `small` lets
hypothesis make a failing example small, at the price of spreading its examples less evenly over the rules.
"""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.judge_clauses import breaks, uncorrelated
from tests.judge_drafts import draft
from tests.judge_perturbations import STEPS, Spoil, tweaked
from tests.judge_scene import Pick, Scene
from tests.judge_variants import with_own_codes
from zegel_schemas.convenant import Convenant, Rule, shipped_convenant

CONVENANT = shipped_convenant()
OWN_CODES = with_own_codes(CONVENANT)  # every condition refuses by a code of its own, so that each can be counted
PROOF = os.environ.get("ZEGEL_PROOF", "ci")
Where = Callable[[Rule], bool]


def prove(examples: int) -> settings:
    """Return the settings of one property: so many examples, the same ones each time unless the proof is large."""
    return settings(
        max_examples=max(2, round(examples * {"large": 20, "quick": 0.25}.get(PROOF, 1))),
        derandomize=PROOF != "large",
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def picks() -> st.SearchStrategy[Pick]:
    """Draw a Pick: uniform over its options, so that every rule has its turn (but with `ZEGEL_PROOF=small`)."""
    return st.randoms(use_true_random=PROOF != "small").map(lambda random: random.choice)


@st.composite
def scenes(draw: st.DrawFn, where: Where | None = None, *, own_codes: bool = False) -> Scene:
    """Draw a scene that is permitted, from a rule (`where` says from which); each condition may have its own code."""
    pick = draw(picks())
    convenant = OWN_CODES if own_codes else CONVENANT
    return draft(convenant, pick, _rule(convenant, pick, where))


@st.composite
def mixed_scenes(draw: st.DrawFn, where: Where | None = None) -> Scene:
    """Draw a scene that may be permitted, or refused at any step: as drawn from its rule, or with a change or two."""
    pick = draw(picks())
    scene = draft(CONVENANT, pick, _rule(CONVENANT, pick, where))
    return pick((as_drawn, tweaked, worse, worse, worse_and_tweaked))(scene, pick)


def _rule(convenant: Convenant, pick: Pick, where: Where | None) -> Rule | None:
    return pick([each for each in convenant.rules if where(each)]) if where else None


def as_drawn(scene: Scene, _: Pick) -> Scene:
    """Return the scene itself."""
    return scene


def worse(scene: Scene, pick: Pick) -> Scene:
    """Return the scene with one change that must refuse it, of a step or of a condition; as it was where none fits."""
    found = spoilt(scene, pick, pick(parts_of(scene.rule)))
    return pick(found)[2] if found else scene


def worse_and_tweaked(scene: Scene, pick: Pick) -> Scene:
    """Return the scene with such a change and another one."""
    return tweaked(worse(scene, pick), pick)


def parts_of(rule: Rule) -> tuple[Spoil | str, ...]:
    """Return all that may be amiss with a message of this rule: the steps, its correlation, each condition by name."""
    return (*STEPS, uncorrelated, *rule.conditions)


def spoilt(scene: Scene, pick: Pick, part: Spoil | str) -> list[tuple[str, str, Scene]]:
    """Return every change of this step, or of the condition of this name: what was changed, the code, the scene."""
    if not isinstance(part, str):
        return list(part(scene, pick))
    condition = scene.convenant.conditions[part]
    return [(f"{part}: {why}", condition.code, each) for why, each in breaks(scene, condition, pick)]


def about(scene: Scene, *, asks: tuple[str, ...], parts: tuple[str, ...]) -> Scene:
    """Return the scene with only these of its categories."""
    kept = tuple(each for each in scene.message.parts if each.category in parts)
    return scene.says(asks=asks, parts=kept)
