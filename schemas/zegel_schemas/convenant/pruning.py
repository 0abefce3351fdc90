"""Cut what is ill-formed out of a document, so that the names in the rest can be checked and all faults be told."""

from collections.abc import Iterable
from typing import Any

from zegel_schemas.convenant.reading import Path, Tree

_LISTS = frozenset({"regels", "verboden", "verboden_extra"})  # what stands in these is named by nothing else


def prune(tree: Tree, unknown_keys: Iterable[Path], broken: Iterable[Path]) -> Tree:
    """Return a copy without these unknown keys and without each rule or verbod that something broken stands in."""
    items = {path[:2] for path in broken if len(path) > 1 and path[0] in _LISTS}
    pruned = Tree(tree.file, _without(tree.value, (), set(unknown_keys), items))
    for path, line in tree.lines.items():
        if path[:2] not in items:
            pruned.lines[_moved(path, items)] = line
    return pruned


def _without(value: Any, path: Path, keys: set[Path], items: set[Path]) -> Any:
    if isinstance(value, dict):
        return {
            key: _without(each, (*path, key), keys, items) for key, each in value.items() if (*path, key) not in keys
        }
    if isinstance(value, list):
        return [
            _without(each, (*path, place), keys, items)
            for place, each in enumerate(value)
            if (*path, place) not in items
        ]
    return value


def _moved(path: Path, items: set[Path]) -> Path:
    """Return where this path is after the items before it are gone."""
    if len(path) < 2 or not isinstance(path[1], int):  # noqa: PLR2004 - a list and a place in it
        return path
    before = sum(1 for name, place in items if name == path[0] and int(place) < path[1])
    return (path[0], path[1] - before, *path[2:])
