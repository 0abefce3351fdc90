"""Where something stands in the files of a convenant, so that every finding has its file and line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zegel_schemas.convenant import Convenant, Document, Fault
from zegel_schemas.convenant.reading import Path, Tree


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """The documents of a convenant, each with the tree it was read from."""

    pairs: tuple[tuple[Document, Tree], ...]
    rules: dict[str, tuple[Tree, Path]]

    @classmethod
    def of(cls, convenant: Convenant) -> "Spots":
        """Gather where every rule of this convenant stands."""
        pairs = tuple(zip(convenant.documents, convenant.trees, strict=True))
        rules: dict[str, tuple[Tree, Path]] = {
            rule.id: (tree, ("regels", place)) for document, tree in pairs for place, rule in enumerate(document.rules)
        }
        return cls(pairs, rules)

    def rule(self, rule_id: str, text: str, key: str = "id", value: str = "") -> Fault:
        """Return a fault at this key of a rule, or at one value of the list that stands there."""
        tree, path = self.rules[rule_id]
        written = tree.value["regels"][path[1]].get(key)
        if value and isinstance(written, list) and value in written:
            return tree.fault((*path, key, written.index(value)), text)
        return tree.fault((*path, key), text)

    def named(self, section: str, name: str, text: str, *inner: str | int) -> Fault:
        """Return a fault at this name of a section, wherever it is defined first."""
        for _, tree in self.pairs:
            for path in ((section, name), ("toevoegen", section, name)):
                if path in tree.lines:
                    return tree.fault((*path, *inner), text)
        return self.pairs[0][1].fault((section,), text)

    def every(self, section: str) -> Iterator[tuple[Tree, Path]]:
        """Yield every place where a section stands."""
        for _, tree in self.pairs:
            for path in _ways(section):
                if path in tree.lines:
                    yield tree, path


def _ways(section: str) -> Iterable[Path]:
    return (section,), ("toevoegen", section)
