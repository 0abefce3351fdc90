"""Every word of the shipped convenant that can decide is guarded: without it a shipped case fails."""

import re

import pytest

from tests.mutation.convenant import GUARDED, guards, survivors
from tests.mutation.convenant_mutants import mutants
from zegel_broker.convenant_tools.lint import lint

WATCH = guards()
RULES = [rule.id for rule in WATCH.convenant.rules]
REMOVALS = list(mutants(WATCH.convenant, GUARDED))


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_and_no_condition_can_be_removed_unnoticed(rule: str) -> None:
    own = [mutant for mutant in REMOVALS if mutant.place == rule]
    unnoticed = [mutant.what for mutant in own if not WATCH.notice(mutant)]

    assert own
    assert not unnoticed, f"no case fails without {unnoticed} of {rule}"


@pytest.mark.parametrize("level", ["verbod", "registration", "transition", "duty", "signature"])
def test_no_line_beside_the_rules_can_be_removed_unnoticed(level: str) -> None:
    unnoticed, made = survivors(WATCH, (level,))

    assert made[level]
    assert [f"{each.place}: {each.what}" for each in unnoticed] == []


def test_of_sources_and_ceilings_only_those_go_unnoticed_that_lint_calls_idle() -> None:
    unnoticed, made = survivors(WATCH, ("supply",))
    said = [re.match(r"(\S+), (\w+) '(\w+)'", each.fault.text) for each in lint(WATCH.convenant).remarks]

    assert made["supply"] > 200
    assert {(each.place.split()[-1], each.what) for each in unnoticed} == {
        (found[1], f"{found[2]}: {found[3]}") for found in said if found
    }


def test_nothing_is_noticed_when_no_case_is_about_the_rule() -> None:
    without = guards(leaving_out="CMPG-216")
    unnoticed = {mutant.what for mutant in REMOVALS if mutant.place == "CMPG-216" and not without.notice(mutant)}

    assert unnoticed == {
        "whole rule",
        *next(rule for rule in WATCH.convenant.rules if rule.id == "CMPG-216").conditions,
    }
