"""Does every word of every rule decide something? Each is removed, and a message decided otherwise is looked for.

    python -m tests.mutation.idle [DRAWS]

What the decision cases notice is for `tests.mutation.convenant`; this asks whether there is anything to notice. The
messages are drawn from the rule as it is and from the rule without the word, each with the casus that permits it.
A word for which none is found in so many draws (300) is printed: it never decides, or hardly ever.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator

from tests.judge_clause import in_convenant
from tests.judge_drafts import draft
from tests.judge_scene import Pick, Scene
from tests.judge_strategies import spoilt
from tests.mutation.convenant_mutants import Mutant, mutants
from zegel_schemas.convenant import Convenant, shipped_convenant

LEVELS = ("rule", "condition", "element")


def witness(convenant: Convenant, mutant: Mutant, pick: Pick, *, draws: int) -> Scene | None:
    """Return a scene decided otherwise when the word is gone; None when so many draws show none."""
    other = mutant.make()
    for _ in range(draws):
        for scene in _scenes(convenant, other, mutant, pick):
            here, there = in_convenant(scene, convenant).decide(), in_convenant(scene, other).decide()
            if (here.permitted, here.rules) != (there.permitted, there.rules):
                return scene
    return None


def _scenes(convenant: Convenant, other: Convenant, mutant: Mutant, pick: Pick) -> Iterator[Scene]:
    """Yield scenes of the rule with and without the word; of a condition also those in which it does not hold."""
    for origin in (convenant, other):
        rule = next((each for each in origin.rules if each.id == mutant.place), None)
        try:
            scene = draft(origin, pick, rule) if rule is not None else None
        except IndexError:  # without this word nobody can use the rule at all
            continue
        if scene is not None:
            yield scene
        if scene is not None and mutant.level == "condition" and origin is convenant:
            yield from (amiss for _, _, amiss in spoilt(scene, pick, mutant.what))


def main(draws: int) -> int:
    """Print the words that decide nothing, and how many there are of each level; return 1 when there are any."""
    convenant, pick = shipped_convenant(), random.Random(1).choice
    made: Counter[str] = Counter()
    idle: Counter[str] = Counter()
    for mutant in mutants(convenant, LEVELS):
        made[mutant.level] += 1
        if witness(convenant, mutant, pick, draws=draws) is None:
            idle[mutant.level] += 1
            sys.stdout.write(f"{mutant.level}: {mutant.place}: {mutant.what}\n")
    for level in LEVELS:
        sys.stdout.write(f"{level:<10}{made[level]:>6} removed {idle[level]:>6} without a message to tell\n")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
