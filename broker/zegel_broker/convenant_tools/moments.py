"""Purposes and phases of a set of moments, as few rectangles as say exactly the same."""

from collections.abc import Iterable, Iterator

from zegel_broker.convenant_tools.cells import Moment


def rectangles(when: Iterable[Moment]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield (purposes, phases): every purpose of one goes with every phase of it, and with no other."""
    phases: dict[str, set[str]] = {}
    for purpose, phase in when:
        phases.setdefault(purpose, set()).add(phase)
    purposes: dict[frozenset[str], list[str]] = {}
    for purpose in sorted(phases):
        purposes.setdefault(frozenset(phases[purpose]), []).append(purpose)
    for same, names in sorted(purposes.items(), key=lambda each: each[1]):
        yield tuple(names), tuple(sorted(same))
