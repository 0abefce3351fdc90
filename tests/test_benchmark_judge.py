"""What the benchmark of the judge rests on: larger convenants permit what the one they are made from permits."""

import random

import pytest

from benchmarks.judge import convenants, draw, measure
from benchmarks.larger import more_parties, more_rules, overlapping_rules
from tests.judge_clause import in_convenant
from tests.judge_strategies import CONVENANT
from zegel_schemas.convenant import Convenant


@pytest.mark.parametrize(
    ("larger", "rules", "parties"),
    [(more_rules(CONVENANT, 3), 3, 1), (overlapping_rules(CONVENANT, 3), 3, 1), (more_parties(CONVENANT, 3), 1, 3)],
)
def test_a_larger_convenant_permits_what_the_smaller_one_does(larger: Convenant, rules: int, parties: int) -> None:
    good, bad = draw(CONVENANT, 60)

    assert len(larger.rules) == rules * len(CONVENANT.rules)
    assert len(larger.parties) == parties * len(CONVENANT.parties)
    for scene in random.Random(1).sample(good, 30):
        assert in_convenant(scene, larger).decide().permitted
    for scene in random.Random(1).sample(bad, 30):
        assert in_convenant(scene, larger).decide().permitted is scene.decide().permitted


def test_more_rules_that_fit_are_all_named() -> None:
    good, _ = draw(CONVENANT, 10)
    wide = overlapping_rules(CONVENANT, 3)

    assert all(len(in_convenant(scene, wide).decide().rule_ids) >= 3 for scene in good)


def test_the_table_has_ten_and_a_hundred_times_the_rules_and_ten_times_the_parties() -> None:
    names = [name for name, _ in convenants(CONVENANT)]

    assert names[:4] == ["shipped", "10x rules", "100x rules", "10x parties"]
    assert measure(lambda: None, rounds=3) < 1000
