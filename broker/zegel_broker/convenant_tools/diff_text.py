"""A difference in words: per party what changed, alike changes together, then the terms, then how many there are."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from zegel_broker.convenant_tools.counting import count
from zegel_broker.convenant_tools.diff import WAYS, Change, Difference


def lines(difference: Difference) -> Iterator[str]:
    """Yield a head per party with its changes, `terms` with what no cell shows, and one line that counts."""
    for party, changes in groupby(difference.changes, key=lambda each: each.party):
        yield party
        yield from (f"  {line}" for line in _alike(changes))
    if difference.terms:
        yield "terms"
        yield from (f"  {term}" for term in difference.terms)
    counts = ", ".join(f"{sum(each.what == what for each in difference.changes)} {what}" for what in WAYS)
    yield f"{counts}, {count(len(difference.terms), 'term')}"


def _alike(changes: Iterable[Change]) -> Iterator[str]:
    """Yield one line for changes that differ in nothing but category and source."""
    groups: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for each in changes:
        groups.setdefault(_same(each), {}).setdefault(each.source, []).append(each.category)
    for (what, way, where, rest), sources in groups.items():
        for categories, names in _by_categories(sources):
            yield f"{what}: {way} {', '.join(categories)} van {', '.join(names)} {where}{rest}"


def _same(change: Change) -> tuple[str, str, str, str]:
    where = f"({change.regime}, {change.kind}) voor {', '.join(change.purposes)} in {', '.join(change.phases)}"
    before, after = ", ".join(change.before), ", ".join(change.after)
    rules = before if before == after else f"{before or '-'} -> {after or '-'}"
    asked = f": {'; '.join(change.demands)}" if change.demands else ""
    return change.what, change.way, where, f" [{rules}]{asked}"


def _by_categories(sources: dict[str, list[str]]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield sources of the same categories together."""
    found: dict[tuple[str, ...], list[str]] = {}
    for source, categories in sources.items():
        found.setdefault(tuple(sorted(categories)), []).append(source)
    yield from found.items()
