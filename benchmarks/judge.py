"""Measures the judge alone, in microseconds per decision: `make bench-judge`; writes build/bench-judge.json.

The messages are drawn from the rules, as the properties draw them, with the casus that permits each: every condition of
its rule is tested. Convenants of 10 and 100 times the rules and 10 times the parties are made from the shipped one;
the same messages are decided under each, so the table shows what a larger convenant costs a message.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.larger import more_parties, more_rules, overlapping_rules
from tests.judge_clause import in_convenant
from tests.judge_drafts import draft
from tests.judge_scene import Scene
from tests.judge_strategies import parts_of, spoilt
from zegel_broker.lesson import teach
from zegel_schemas.convenant import Convenant, shipped_convenant

RESULT = Path("build/bench-judge.json")
AIM, AIM_GROWTH = 20.0, 3.0  # microseconds at reference size; times that at 100x rules


@dataclass(frozen=True, slots=True)
class Row:
    """What one convenant costs: rules, parties, microseconds per decision (median, mean, 95th of the messages)."""

    name: str
    rules: int
    parties: int
    permitted: float
    permitted_mean: float
    permitted_95: float
    refused: float
    refused_95: float
    explained: float  # a refusal, and what it teaches: verified remedies and counter-proposals
    explained_95: float


def measure(decide: Callable[[], object], *, rounds: int, calls: int = 10) -> float:
    """Return the microseconds of processor time of one call: of some short rounds the quickest, least disturbed."""
    quickest = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(calls):
            decide()
        quickest = min(quickest, time.process_time() - started)
    return quickest / calls * 1e6


def explain(scene: Scene) -> None:
    """Decide, and work out what the refusal teaches."""
    teach(scene.message, scene.casus, scene.standing, scene.convenant, scene.day, scene.decide())


def weigh(name: str, convenant: Convenant, good: Sequence[Scene], bad: Sequence[Scene], *, rounds: int) -> Row:
    """Measure every message under this convenant."""
    permitted = [in_convenant(scene, convenant) for scene in good]
    refused = [in_convenant(scene, convenant) for scene in bad]
    assert all(scene.decide().permitted for scene in permitted), "a larger convenant permits what the shipped one does"
    for scene in (*permitted, *refused):
        scene.decide()  # what is worked out once per convenant is not counted
    costs = [
        [measure(scene.decide, rounds=rounds) for scene in permitted],
        [measure(scene.decide, rounds=rounds) for scene in refused],
        [measure(partial(explain, scene), rounds=rounds // 4, calls=1) for scene in refused],
    ]
    figures = [figure for each in costs for figure in (statistics.median(each), statistics.quantiles(each, n=20)[-1])]
    figures.insert(1, statistics.fmean(costs[0]))
    return Row(name, len(convenant.rules), len(convenant.parties), *(round(figure, 1) for figure in figures))


def draw(convenant: Convenant, number: int) -> tuple[list[Scene], list[Scene]]:
    """Return messages that are permitted, as many of each rule, and each of them with one thing amiss."""
    pick = random.Random(1).choice  # noqa: S311 - the same messages each time
    good: list[Scene] = []
    bad: list[Scene] = []
    while len(good) < number:
        for rule in convenant.rules:
            scene = draft(convenant, pick, rule)
            amiss = [each for _, _, each in spoilt(scene, pick, pick(parts_of(rule)))]
            amiss = [each for each in amiss if each.convenant is convenant] or [scene.says(purpose="opsporing")]
            good.append(scene)
            bad.append(pick(amiss))
    return good[:number], bad[:number]


def convenants(shipped: Convenant) -> list[tuple[str, Convenant]]:
    """Return the shipped convenant and larger ones."""
    return [
        ("shipped", shipped),
        ("10x rules", more_rules(shipped, 10)),
        ("100x rules", more_rules(shipped, 100)),
        ("10x parties", more_parties(shipped, 10)),
        ("10x rules, all fitting", overlapping_rules(shipped, 10)),
    ]


def show(rows: Sequence[Row]) -> None:
    """Print the table and hold it against the aims."""
    table = Table("convenant", "rules", "parties", "permitted", "mean", "95 %", "refused", "95 %", "explained", "95 %")
    for row in rows:
        table.add_row(row.name, *(f"{value:g}" for value in list(asdict(row).values())[1:]))
    Console(width=110).print(table)
    first, large = rows[0], rows[2]
    growth = large.permitted / first.permitted
    print(f"microseconds per decision; the median permitted message: {first.permitted} (aim: under {AIM:g})")
    print(f"at 100 times the rules: {growth:.2f} times that (aim: no more than {AIM_GROWTH:g})")


def main() -> None:
    """Measure all of them."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--messages", type=int, default=200, help="how many of each sort")
    arguments.add_argument("--rounds", type=int, default=60, help="of each message; the quickest counts")
    given = arguments.parse_args()
    shipped = shipped_convenant()
    good, bad = draw(shipped, given.messages)
    rows = [weigh(name, each, good, bad, rounds=given.rounds) for name, each in convenants(shipped)]
    show(rows)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
