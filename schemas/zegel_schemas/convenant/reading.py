"""Read YAML 1.2 into plain values and remember on which line each stands; nothing but text, numbers, dates and such.

Merge keys and anchors work; a double key, an unknown tag or a circle is a fault, and reading goes on to the next one.
A text without quotes is cut at its comma in `{titel: a, b}`: it is put together again, with a remark.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from zegel_schemas.convenant.faults import Fault, twice

Path = tuple[str | int, ...]
_TAG = "tag:yaml.org,2002:"
_BOOLS = {"true": True, "false": False}


@dataclass(slots=True)
class Tree:
    """One YAML document: its plain value, the file it stands in and the line (from 1) of each path within it."""

    file: str
    value: Any
    lines: dict[Path, int] = field(default_factory=dict)
    remarks: list[Fault] = field(default_factory=list)  # what is read all the same, but should be mended

    def line(self, path: Path) -> int:
        """Return the line of this path, or of the nearest one above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, text: str) -> Fault:
        """Return a fault that stands at this path."""
        return Fault(self.file, self.line(path), text)


def read_documents(text: str, *, file: str, keys: frozenset[str]) -> tuple[list[Tree], list[Fault]]:
    """Return the documents in a YAML text and the faults in it.

    `file` is the name faults are reported under; `keys` are the words of the format, which no text is ever made of.
    """
    faults: list[Fault] = []
    trees: list[Tree] = []
    try:
        nodes = YAML(typ="safe", pure=True).compose_all(text)
        trees.extend(_Reader(file, faults, keys).read(node) for node in nodes)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.append(Fault(file, line, f"dit is geen YAML ({error.problem}) | this is not YAML"))
    except YAMLError:
        faults.append(Fault(file, 1, "dit is geen YAML | this is not YAML"))
    return trees, faults


class _Reader:
    def __init__(self, file: str, faults: list[Fault], keys: frozenset[str]) -> None:
        self.tree = Tree(file, None)
        self.faults = faults
        self.keys = keys
        self.open: list[Node] = []

    def read(self, node: Node) -> Tree:
        self.tree.value = self._value(node, ())
        return self.tree

    def _value(self, node: Node, path: Path) -> Any:
        self.tree.lines.setdefault(path, node.start_mark.line + 1)
        if any(node is each for each in self.open):
            self._fault(node, "een anker verwijst naar zichzelf | an anchor refers to itself")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        self.open.append(node)
        try:
            if isinstance(node, SequenceNode):
                return self._sequence(node, path)
            return self._mapping(node, path) if isinstance(node, MappingNode) else None
        finally:
            self.open.pop()

    def _sequence(self, node: SequenceNode, path: Path) -> list[Any]:
        return [self._value(each, (*path, place)) for place, each in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        own: dict[str, tuple[Node, Node]] = {}
        merged: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            if self._is_rest_of_text(node, key, value, own):
                self._lengthen(key, own)
            elif key.tag == _TAG + "merge":
                self._merge(value, merged)
            elif not isinstance(key, ScalarNode):
                self._fault(key, "een sleutel is een woord | a key is a word")
            elif key.value in own:
                self._fault(key, twice("sleutel", key.value))
            else:
                own[key.value] = (key, value)
        found = {}
        for name, (key, value) in (merged | own).items():
            self.tree.lines[(*path, name)] = key.start_mark.line + 1
            found[name] = self._value(value, (*path, name))
        return found

    def _is_rest_of_text(self, node: MappingNode, key: Node, value: Node, own: dict[str, tuple[Node, Node]]) -> bool:
        """Say whether `key` is no key but what stood behind a comma in the text before it."""
        empty = isinstance(value, ScalarNode) and value.value == "" and value.tag == _TAG + "null"
        if not (node.flow_style and empty and own and isinstance(key, ScalarNode) and key.value not in self.keys):
            return False
        _, last = own[next(reversed(own))]
        return isinstance(last, ScalarNode) and last.tag == _TAG + "str" and not last.style

    def _lengthen(self, key: Node, own: dict[str, tuple[Node, Node]]) -> None:
        name = next(reversed(own))
        first, last = own[name]
        whole = f"{last.value}, {key.value}"
        own[name] = (first, ScalarNode(last.tag, whole, last.start_mark, last.end_mark))
        text = f"zet '{whole}' tussen aanhalingstekens: er staat een komma in | put it in quotes: it holds a comma"
        self.tree.remarks.append(Fault(self.tree.file, key.start_mark.line + 1, text))

    def _merge(self, node: Node, into: dict[str, tuple[Node, Node]]) -> None:
        sources = node.value if isinstance(node, SequenceNode) else [node]
        for source in sources:
            if not isinstance(source, MappingNode) or any(source is each for each in self.open):
                self._fault(node, "na << hoort een ander blok | << takes another mapping")
                continue
            for key, value in source.value:
                if key.tag == _TAG + "merge":
                    self.open.append(source)
                    self._merge(value, into)
                    self.open.pop()
                elif isinstance(key, ScalarNode):
                    into.setdefault(key.value, (key, value))

    def _scalar(self, node: ScalarNode) -> Any:
        try:
            return _SCALARS[str(node.tag).removeprefix(_TAG)](node.value)
        except (KeyError, ValueError):
            self._fault(node, f"'{node.value}' is hier geen geldige waarde | '{node.value}' is no valid value here")
            return None

    def _fault(self, node: Node, text: str) -> None:
        self.faults.append(Fault(self.tree.file, node.start_mark.line + 1, text))


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": lambda text: (
        int(text.replace("_", ""), 0) if text[:2].lower() in {"0x", "0o"} else int(text.replace("_", ""))
    ),
    "float": float,
    "bool": lambda text: _BOOLS[text.lower()],
    "null": lambda _: None,
    "timestamp": date.fromisoformat,
}
