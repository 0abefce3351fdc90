"""What a clause is: how one test of the convenant is met in a scene, and each way to spoil it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from tests.judge_scene import Pick, Scene
from zegel_schemas.convenant import Condition, Convenant
from zegel_schemas.convenant.compiled import compile_documents

Meet = Callable[[Scene, Condition, Pick], Scene]
Spoil = Callable[[Scene, Condition, Pick], Iterator[tuple[str, Scene]]]


@dataclass(frozen=True, slots=True)
class Clause:
    """`meet` adds what the test needs; `spoil` yields scenes, each with its name, in which one thing is amiss."""

    meet: Meet
    spoil: Spoil


def someone_else(scene: Scene) -> str:
    """Return an acceded party that takes no part in the scene."""
    taken = {scene.message.sender, *scene.message.recipients}
    return next(name for name, party in scene.convenant.parties.items() if name not in taken and not party.external)


def with_condition(scene: Scene, condition: Condition, **fields: Any) -> Scene:
    """Return the scene under a convenant in which this condition reads otherwise."""
    name = next(name for name, each in scene.convenant.conditions.items() if each is condition)
    return in_convenant(scene, rewritten(scene.convenant, name, tuple(sorted(fields.items()))))


def in_convenant(scene: Scene, convenant: Convenant) -> Scene:
    """Return the scene under a variant of its convenant; rule and regime are those of the variant."""
    rule = next((each for each in convenant.rules if each.id == scene.rule.id), scene.rule)
    regime = convenant.regimes.get(scene.regime.name, scene.regime)
    return replace(scene, convenant=convenant, rule=rule, regime=regime)


@lru_cache(maxsize=256)
def rewritten(convenant: Convenant, name: str, fields: tuple[tuple[str, Any], ...]) -> Convenant:
    """Return the convenant with these values in one condition."""
    changed = []
    for document in convenant.documents:
        conditions = dict(document.conditions)
        if name in conditions:
            conditions[name] = conditions[name].model_copy(update=dict(fields))
        changed.append(document.model_copy(update={"conditions": conditions}))
    return compile_documents(changed, digest=convenant.digest)
