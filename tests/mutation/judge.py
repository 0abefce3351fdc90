"""Is every line of the judge guarded? One fault at a time is put into its code, and some test must then fail.

    python -m tests.mutation.judge [module ...] [--sample N] [--seed S]

Each mutant lives in a process of its own, forked before the judge was loaded. It meets, in this order: one scene of
every rule with all that may be amiss, the decision cases, and the tests of the judge. Prints each mutant that none of
them notices, then a table; writes build/mutation-judge.json; exits with 1 when any survived.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.mutation.grafting import ROOT, Stage, Subject
from tests.mutation.operators import Mutant

JUDGE = (
    "judge", "admission", "supply", "rules", "conditions", "conditions_casus", "consent", "informed", "emergency",
    "hearing", "foreign", "registering", "facts_of", "transitions", "fold", "enrol", "prepared", "blocking", "duties",
)  # fmt: skip
TESTS = (
    "test_judge_steps.py", "test_judge_rules.py", "test_judge_opening.py", "test_judge_registrations.py",
    "test_judge_standing.py", "test_conditions.py", "test_conditions_consent.py", "test_conditions_plan.py",
    "test_casus_fold.py", "test_duties.py", "test_emergency.py", "test_emergency_rules.py",
    "test_judge_edges.py", "test_judge_properties_whole.py", "test_judge_properties.py",
    "test_judge_properties_clauses.py", "test_judge_properties_wild.py",
)  # fmt: skip

# -- stages: each is run in a process in which the judge was not loaded before ---------------------------------------


def scenes_hold() -> bool:
    """Say whether every rule permits what is drawn from it, and refuses all that is amiss, by its code."""
    from tests.judge_drafts import draft  # noqa: PLC0415 - loads the mutant
    from tests.judge_strategies import CONVENANT, parts_of, spoilt  # noqa: PLC0415 - the same

    pick = random.Random(1).choice
    for rule in CONVENANT.rules:
        scene = draft(CONVENANT, pick, rule)
        if set(scene.decide().rules) != set(scene.names):
            return False
        for part in parts_of(rule):
            for _, code, amiss in spoilt(scene, pick, part):
                decision = amiss.decide()
                carried = decision.permitted and all(rule.id in each for each in decision.rules.values())
                if carried or (not isinstance(part, str) and code[:3] != "VW_" and decision.code != code):
                    return False
    return True


def cases_hold() -> bool:
    """Say whether every decision case passes."""
    from zegel_broker.cases.run import run_cases, shipped_case_files  # noqa: PLC0415 - loads the mutant
    from zegel_schemas.convenant import shipped_convenant  # noqa: PLC0415 - so that all is loaded in one place

    convenant = shipped_convenant()
    return all(result.passed for path in shipped_case_files() for result in run_cases(path, convenant))


def tests_hold() -> bool:
    """Say whether the tests of the judge pass; the properties with few examples."""
    import pytest  # noqa: PLC0415 - not before the fork: it keeps state

    paths = [str(ROOT / "tests" / name) for name in TESTS]
    plain = ["-x", "-q", "--assert=plain", "--noconftest", "-p", "no:cacheprovider", "-p", "no:xdist"]
    plain += ["-k", "not test_every_code_and_every_condition_is_reached"]  # few examples cannot reach all
    return pytest.main([*plain, *paths]) == 0


STAGES: tuple[Stage, ...] = (
    ("scenes", scenes_hold),
    ("cases", cases_hold),
    ("tests", tests_hold),
)


def _warm() -> None:
    """Load what no mutant changes, once, before the first fork."""
    import hypothesis.strategies  # noqa: F401, PLC0415 - only to have it loaded
    import pydantic  # noqa: F401, PLC0415 - the same

    import zegel_schemas.convenant.reading as reading  # noqa: PLC0415, PLR0402 - its reader is replaced below
    from zegel_schemas.convenant import shipped_convenant  # noqa: PLC0415 - kept in memory for every child

    shipped_convenant()
    kept: dict[str, object] = {}
    read = reading.read_documents

    def once(text: str, **rest: object) -> object:
        """Cases are the same for every mutant: their YAML is read once."""
        key = f"{rest.get('file')}:{len(text)}"
        if key not in kept:
            kept[key] = read(text, **rest)  # type: ignore[arg-type]  # passed on as it came
        return kept[key]

    reading.read_documents = once  # type: ignore[assignment]  # the same shape
    for path in sorted((ROOT / "schemas/zegel_schemas/convenants").glob("decision-cases*.yaml")):
        once(path.read_text(), file=path.name, keys=frozenset())


_SUBJECT = Subject("judge", "zegel_broker", ROOT / "broker" / "zegel_broker", JUDGE, STAGES)


def path_of(module: str) -> Path:
    """Return the file of a module of the judge."""
    return _SUBJECT.path_of(module)


def mutants_of(modules: Iterable[str]) -> list[Mutant]:
    """Return every mutant of these modules."""
    return _SUBJECT.mutants_of(modules)


def noticed_by(mutant: Mutant, stages: Sequence[Stage] | None = None) -> str:
    """Return what notices this mutant: the name of a stage, or `time`; "" when nothing does."""
    return _SUBJECT.noticed_by(mutant, stages)


def main(modules: Sequence[str], sample: int, seed: int) -> int:
    """Run the mutants, print who survived and the table; return the exit code."""
    _warm()
    return _SUBJECT.run(modules, sample, seed)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("modules", nargs="*", choices=[*JUDGE, []])
    given.add_argument("--sample", type=int, default=0, help="run so many, chosen at random; 0 = all")
    given.add_argument("--seed", type=int, default=1)
    arguments = given.parse_args()
    sys.exit(main(arguments.modules, arguments.sample, arguments.seed))
