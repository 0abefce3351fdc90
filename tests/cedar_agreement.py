"""Hold the judge's steps 4 to 6 against Cedar: `python -m tests.cedar_agreement [MESSAGES] [SEED]` (20,000, 1)."""

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.cedar_oracle import Oracle, compile_convenant
from tests.judge_drafts import draft
from tests.judge_perturbations import tweaked
from tests.judge_scene import Pick, Scene
from tests.judge_strategies import as_drawn, worse, worse_and_tweaked
from zegel_schemas.convenant import Convenant, shipped_convenant

STATIC_STEPS = {4, 5, 6}
_BATCH = 1000


@dataclass(slots=True)
class Tally:
    """How many passed by both, how many were refused by both, and which were decided differently."""

    permitted: int = 0
    refused: int = 0
    differing: list[Scene] = field(default_factory=list)


def draw_scene(convenant: Convenant, pick: Pick) -> Scene:
    """Return a scene whose static part means something to both: casus, regime, kind and parties are there, no `*`."""
    while True:
        scene = draft(convenant, pick)
        scene = pick((as_drawn, tweaked, tweaked, worse, worse_and_tweaked))(scene, pick)
        message, casus = scene.message, scene.casus
        known = casus is not None and casus.regime in convenant.regimes and message.kind in convenant.kinds
        if known and scene.names and message.recipients and "*" not in (*scene.names, *message.recipients):
            return Scene(
                message=message, casus=casus, standing=scene.standing, convenant=convenant, day=scene.day,
                rule=scene.rule, regime=scene.regime,
            )  # fmt: skip


def agree(oracle: Oracle, scenes: Sequence[Scene]) -> Tally:
    """Let both decide every scene."""
    tally = Tally()
    for scene, theirs in zip(scenes, oracle.permits(scenes), strict=True):
        ours = STATIC_STEPS.isdisjoint(each.step for each in scene.decide().failures)
        if ours is not theirs:
            tally.differing.append(scene)
        elif ours:
            tally.permitted += 1
        else:
            tally.refused += 1
    return tally


def main(messages: int, seed: int) -> int:
    """Decide so many messages by both, print how many agree; return 1 when one does not."""
    started = time.perf_counter()
    convenant = shipped_convenant()
    oracle, pick, total = compile_convenant(convenant), random.Random(seed).choice, Tally()
    for done in range(0, messages, _BATCH):
        tally = agree(oracle, [draw_scene(convenant, pick) for _ in range(min(_BATCH, messages - done))])
        total.permitted += tally.permitted
        total.refused += tally.refused
        total.differing += tally.differing
    agreeing = total.permitted + total.refused
    print(  # noqa: T201 - a command
        f"{agreeing} of {messages} messages decided alike: {total.permitted} permitted, {total.refused} refused by "
        f"steps 4 to 6; {len(total.differing)} differ; {time.perf_counter() - started:.0f} s, seed {seed}"
    )
    for scene in total.differing[:5]:
        print(scene.decide().codes, scene)  # noqa: T201 - a command
    return 1 if total.differing else 0


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*given, *(20_000, 1)[len(given) :]))
