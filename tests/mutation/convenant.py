"""Is every word of the convenant guarded? Each is removed in turn, and some decision case must then fail.

    python -m tests.mutation.convenant [level ...]

Levels: rule, condition, element (of a rule's lists), verbod, registration, transition, duty (that blocks), supply
(source and ceiling of parties), signature; none named = all. Prints each removal that no case notices, then a table.
Exits with 1 when a rule or a condition on a rule is not guarded.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.mutation.convenant_mutants import LEVELS, Mutant, mutants
from zegel_broker.cases.run import Case, Situation, differs, read_cases, shipped_case_files
from zegel_broker.casus import Standing
from zegel_broker.judge import judge
from zegel_schemas.convenant import Convenant, shipped_convenant

GUARDED = ("rule", "condition")  # levels at which nothing may survive
_REBUILT = "supply"  # what a party is a source of is also read when the facts of a case are built


class Guards:
    """The shipped cases, built once against the shipped convenant, asked in the order in which they tell soonest."""

    def __init__(self, convenant: Convenant, cases: Iterable[Case]) -> None:
        self.convenant = convenant
        self.built = [
            (case, case.situation(convenant)) for case in cases if not case.written.get("convenant_wijziging")
        ]

    def notice(self, mutant: Mutant) -> str:
        """Return the id of a case that fails on this mutant, "" when none does."""
        changed = mutant.make()
        for case, seen in self._by_relevance(mutant):
            if mutant.level == _REBUILT:
                seen = case.situation(changed)  # noqa: PLW2901 - the same case, built against the mutant
            decision = judge(seen.message, seen.casus, Standing(), changed, seen.day)
            if differs(case.written, decision, changed):
                return str(case.written["id"])
        return ""

    def _by_relevance(self, mutant: Mutant) -> Iterator[tuple[Case, Situation]]:
        """First the cases that expect the rule or name the party, then all others."""
        named = [mutant.place in str(case.written) for case, _ in self.built]
        for wanted in (True, False):
            yield from (each for each, hit in zip(self.built, named, strict=True) if hit is wanted)


def guards(*, leaving_out: str = "") -> Guards:
    """Return the shipped cases as guards of the shipped convenant, without those that expect this rule."""
    convenant = shipped_convenant()
    every = [
        case
        for path in shipped_case_files()
        for case in read_cases(path.read_bytes(), file=path.name, convenant=convenant)
    ]
    return Guards(convenant, [case for case in every if not leaving_out or leaving_out not in _expects(case)])


def _expects(case: Case) -> str:
    return str(case.written["verwacht"].get("regel", ""))


def survivors(watch: Guards, levels: tuple[str, ...] = LEVELS) -> tuple[list[Mutant], Counter[str]]:
    """Return the mutants that no case notices, and how many were made of each level."""
    made: Counter[str] = Counter()
    alive: list[Mutant] = []
    for mutant in mutants(watch.convenant, levels):
        made[mutant.level] += 1
        if not watch.notice(mutant):
            alive.append(mutant)
    return alive, made


def main(levels: tuple[str, ...]) -> int:
    """Print the survivors and the table; return the exit code."""
    watch = guards()
    alive, made = survivors(watch, levels or LEVELS)
    for each in alive:
        _say(f"{each.level}: {each.place}: {each.what}")
    left = Counter(each.level for each in alive)
    _say(f"{len(watch.built)} cases")
    for level in LEVELS:
        if made[level]:
            _say(f"{level:<13}{made[level]:>6} removed {left[level]:>6} not noticed")
    return 1 if any(left[level] for level in GUARDED) else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
