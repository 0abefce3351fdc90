"""Ours and Cedar's agree: thousands of messages, drawn from rules and perturbed, decided by two compilers of one text.

Two thousand here; `python -m tests.cedar_agreement` decides twenty thousand, or as many as it is told.
"""

import random

import pytest

from tests.cedar_agreement import Tally, agree, draw_scene
from tests.cedar_oracle import compile_convenant
from tests.judge_clause import in_convenant
from tests.judge_drafts import draft
from tests.judge_strategies import CONVENANT
from tests.judge_variants import drawn_prohibition, drawn_rule, rule_of, with_prohibition, with_rule, without_rule


def test_two_thousand_messages_are_decided_alike() -> None:
    pick = random.Random(2026).choice
    tally = agree(compile_convenant(CONVENANT), [draw_scene(CONVENANT, pick) for _ in range(2000)])

    assert tally.differing == []
    assert tally.permitted > 600, "a good share must pass, or nothing is proven"
    assert tally.refused > 600


@pytest.mark.parametrize("seed", range(6))
def test_they_agree_under_a_convenant_with_another_rule_and_another_verbod(seed: int) -> None:
    pick = random.Random(seed).choice
    scene = draft(CONVENANT, pick)
    document, rule = drawn_rule(scene, pick)
    place, verbod = drawn_prohibition(scene, pick)
    variant = with_prohibition(with_rule(CONVENANT, document, rule), place, verbod, extra=pick((True, False)))
    scenes = [in_convenant(draw_scene(CONVENANT, pick), variant) for _ in range(100)]

    assert agree(compile_convenant(variant), scenes).differing == []


@pytest.mark.parametrize("rule_id", ["CMPG-230", "CMPG-601", "A1-02"])
def test_the_oracle_notices_a_rule_that_is_gone(rule_id: str) -> None:
    pick = random.Random(7).choice
    less = compile_convenant(without_rule(CONVENANT, rule_id))
    scenes = [draft(CONVENANT, pick, rule_of(CONVENANT, rule_id)) for _ in range(20)]
    tally: Tally = agree(less, scenes)

    assert tally.differing
