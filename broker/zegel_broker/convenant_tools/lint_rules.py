"""Lint of rules: one that can never fire, a value in it that never counts, one that another rule makes superfluous."""

from collections.abc import Iterable, Iterator

from zegel_broker.convenant_tools.cells import Cell, Cells, cell_of, moments_of, pairs_of
from zegel_broker.convenant_tools.finding import Code, Finding
from zegel_broker.convenant_tools.lint_blocked import Blocked
from zegel_broker.convenant_tools.reach import Reach
from zegel_broker.convenant_tools.spots import Spots
from zegel_broker.convenant_tools.strength import Demand, all_implied, demands
from zegel_schemas.convenant import Convenant, Regime, Rule
from zegel_schemas.convenant.index import ANYONE, SECTOR


def check_rules(convenant: Convenant, cells: Cells, blocked: Blocked, spots: Spots) -> Iterator[Finding]:
    """Yield what is wrong with each rule as a whole."""
    for rule in convenant.rules:
        own = [cell for cell in cells.of_rule(rule.id) if not blocked.stops(cell)]
        if not own:
            text = blocked.reason(rule.id) or _why(convenant, rule)
            yield Finding(Code.UNREACHABLE_RULE, spots.rule(rule.id, f"regel {rule.id} kan nooit werken: {text}"))
            continue
        for key, value in _idle_values(convenant, rule, own):
            text = f"regel {rule.id}: '{value}' telt hier nooit mee | never counts here"
            yield Finding(Code.IDLE_VALUE, spots.rule(rule.id, text, key, value))
        if not rule.conditions:
            text = f"regel {rule.id} stelt geen voorwaarde | has no condition"
            yield Finding(Code.NO_CONDITION, spots.rule(rule.id, text))
    for rule_id, by in _shadowed(convenant, cells):
        text = f"regel {rule_id} voegt niets toe aan {', '.join(by)} | adds nothing to them"
        yield Finding(Code.SHADOWED_RULE, spots.rule(rule_id, text))


def _why(convenant: Convenant, rule: Rule) -> str:
    """Return the first thing that keeps a rule from ever firing, in the regime that gets furthest."""
    regimes = [each for each in convenant.regimes.values() if convenant.index.regime[each.name] & _bit(convenant, rule)]
    return max((_obstacle(convenant, regime, rule) for regime in regimes), default=(0, _NO_REGIME))[1]


_NO_REGIME = "hij hoort bij geen regime | it belongs to no regime"


def _bit(convenant: Convenant, rule: Rule) -> int:
    return convenant.index.bit(rule.id)


def _obstacle(convenant: Convenant, regime: Regime, rule: Rule) -> tuple[int, str]:
    """Return how far this rule gets under a regime (0-4), and what stops it there."""
    reach = Reach.of(convenant, regime)
    kinds = [(name, convenant.kinds[name]) for name in rule.kinds]
    if not any(reach.purposes_of(rule.purposes, kind) for _, kind in kinds):
        return 0, f"geen van de doelen is van regime {regime.name} | none of its purposes is of this regime"
    if not any(moments_of(reach, rule, name, kind) for name, kind in kinds):
        return 1, f"geen van de fasen komt voor in regime {regime.name} | none of its phases occurs in this regime"
    pairs = [(name, *pair) for name, kind in kinds for pair in pairs_of(reach, rule, name, kind)]
    if not pairs:
        return 2, "geen afzender en ontvanger zijn samen toegetreden | no sender and recipient have both acceded"
    if not any(
        cell_of(reach, rule, name, sender, recipient, category, frozenset())
        for name, sender, recipient in pairs
        for category in rule.categories
    ):
        return 3, (
            "van geen categorie is de een bron en mag de ander haar hebben | "
            "there is no category that one side supplies and the other may have"
        )
    return 4, "er is geen vraag waarop dit het antwoord is | there is no question that this answers"


def _idle_values(convenant: Convenant, rule: Rule, cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    """Yield (key, value) of what a rule names and no cell of it has; an @token or `*` always counts."""
    own = list(cells)
    used = {
        "soort": {cell.kind for cell in own},
        "van": _with_sectors(convenant, {cell.sender for cell in own}),
        "aan": _with_sectors(convenant, {cell.recipient for cell in own}),
        "doelen": {purpose for cell in own for purpose, _ in cell.when},
        "fasen": {phase for cell in own for _, phase in cell.when},
        "categorieen": {cell.category for cell in own},
    }
    written = {
        "soort": rule.kinds,
        "van": rule.senders,
        "aan": rule.recipients,
        "doelen": rule.purposes,
        "fasen": rule.phases,
        "categorieen": rule.categories,
    }
    for key, values in written.items():
        for value in values:
            if value not in used[key] and value != ANYONE and not value.startswith("@"):
                yield key, value


def _with_sectors(convenant: Convenant, parties: set[str]) -> set[str]:
    return parties | {SECTOR + convenant.parties[name].sector for name in parties}


def _shadowed(convenant: Convenant, cells: Cells) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each rule of which every cell is let through by another rule that asks no more."""
    places: dict[tuple[str, ...], list[tuple[Cell, frozenset[Demand]]]] = {}
    for cell in cells.all:
        places.setdefault((*cell.pair, cell.category), []).append((cell, demands(convenant, cell)))
    for rule in convenant.rules:
        own = cells.of_rule(rule.id)
        covered = [_cover(cell, places[*cell.pair, cell.category]) for cell in own]
        if own and all(each is not None for each in covered):
            yield rule.id, tuple(sorted({name for each in covered if each for name in each}))


def _cover(cell: Cell, others: Iterable[tuple[Cell, frozenset[Demand]]]) -> set[str] | None:
    """Return the other rules that let this cell through at every moment of it; None when one moment is its own."""
    every = list(others)
    asked = next(asked for other, asked in every if other is cell)
    left, names = set(cell.when), set()
    for other, wanted in every:
        if other.rule != cell.rule and left & other.when and _asks_no_more(cell.rule, asked, other.rule, wanted):
            left -= other.when
            names.add(other.rule)
    return None if left else names


def _asks_no_more(rule: str, asked: frozenset[Demand], other: str, wanted: frozenset[Demand]) -> bool:
    """Of two rules that ask the same, the later one adds nothing to the earlier."""
    return all_implied(asked, wanted) and (not all_implied(wanted, asked) or other < rule)
