"""Every rule of the shipped convenant, and every condition on it, is guarded: without it a shipped case fails."""

import pytest

from tests.mutation.convenant import GUARDED, guards
from tests.mutation.convenant_mutants import mutants

WATCH = guards()
RULES = [rule.id for rule in WATCH.convenant.rules]
REMOVALS = list(mutants(WATCH.convenant, GUARDED))


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_and_no_condition_can_be_removed_unnoticed(rule: str) -> None:
    own = [mutant for mutant in REMOVALS if mutant.place == rule]
    unnoticed = [mutant.what for mutant in own if not WATCH.notice(mutant)]

    assert own
    assert not unnoticed, f"no case fails without {unnoticed} of {rule}"


def test_nothing_is_noticed_when_no_case_is_about_the_rule() -> None:
    without = guards(leaving_out="CMPG-216")
    unnoticed = {mutant.what for mutant in REMOVALS if mutant.place == "CMPG-216" and not without.notice(mutant)}

    assert unnoticed == {
        "whole rule",
        *next(rule for rule in WATCH.convenant.rules if rule.id == "CMPG-216").conditions,
    }
