"""Per condition: the facts and claims that meet it, at its edge; and every single change that breaks it.

`satisfy` and `breaks` are the tests' own reading of the convenant brief: nothing of the judge's conditions is used.
"""

from collections.abc import Iterator

from tests.judge_clauses_casus import CASUS_CLAUSES
from tests.judge_clauses_claims import CLAIM_CLAUSES, spoil_question
from tests.judge_clauses_consent import CONSENT_CLAUSES
from tests.judge_clauses_emergency import EMERGENCY_CLAUSES
from tests.judge_scene import Pick, Scene
from zegel_broker.message import WITHDRAWING
from zegel_schemas.convenant import Condition

CLAUSES = CLAIM_CLAUSES | CONSENT_CLAUSES | CASUS_CLAUSES | EMERGENCY_CLAUSES


def satisfy(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    """Return the scene with what this condition needs; what was there stays."""
    return CLAUSES[condition.test].meet(scene, condition, pick)


def breaks(scene: Scene, condition: Condition, pick: Pick) -> Iterator[tuple[str, Scene]]:
    """Yield, each with its name, scenes in which one thing was changed so that this condition no longer holds."""
    yield from CLAUSES[condition.test].spoil(scene, condition, pick)


def uncorrelated(scene: Scene, _: Pick) -> Iterator[tuple[str, str, Scene]]:
    """Yield what every answer and withdrawal must not be, whatever its rule says; each with its name and code."""
    if scene.kind.answers or scene.message.kind == WITHDRAWING:
        for why, amiss in spoil_question(scene, for_any_purpose=False):
            yield why, "VW_CORRELATIE", amiss
