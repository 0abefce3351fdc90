"""The mutation run itself: a judge without faults survives it, one with a fault does not."""

import ast

import pytest

from tests.mutation.judge import JUDGE, STAGES, mutants_of, noticed_by, path_of
from tests.mutation.operators import Mutant, mutate

QUICK = STAGES[:1]  # the scenes; cases and tests are for the whole run


def test_the_judge_as_it_is_survives() -> None:
    as_it_is = Mutant("supply", 0, "nothing", path_of("supply").read_text(), number=-1)

    assert noticed_by(as_it_is, QUICK) == ""


@pytest.mark.parametrize(
    ("module", "what"), [("supply", "NotIn -> In"), ("consent", "LtE -> Lt"), ("rules", "BitAnd -> BitOr")]
)
def test_a_fault_in_the_judge_is_noticed(module: str, what: str) -> None:
    mutant = next(each for each in mutants_of([module]) if each.what == what)

    assert noticed_by(mutant, QUICK) == "scenes"


def test_every_mutant_has_a_place_and_differs_from_the_others() -> None:
    source = "def f(a, b):\n    if a and not b:\n        return a < b\n    return any(x for x in b if x > 1)\n"
    made = [(each.line, each.what, ast.unparse(each.tree)) for each in mutate(source, "f")]

    assert len({text for _, _, text in made}) == len(made)
    assert (3, "Lt -> LtE") in {(line, what) for line, what, _ in made}
    assert ast.unparse(ast.parse(source)) not in {text for _, _, text in made}


def test_the_whole_run_covers_some_fifteen_hundred_mutants() -> None:
    made = mutants_of(JUDGE)

    assert {each.module for each in made} == set(JUDGE)
    assert len(made) > 1000
