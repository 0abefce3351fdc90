"""Small faults put into code: each changes one operator, constant or statement of a module, as a slip would.

A mutant is made on the syntax tree and compiled; no file is written. Texts, docstrings and annotations are left alone.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.LShift: ast.RShift,
}  # fmt: skip
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
_OF_CONDITIONS = (ast.If, ast.IfExp, ast.While)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the module, the line it stands on, and what is changed there; `number` is its place in the module."""

    module: str
    line: int
    what: str
    source: str
    number: int
    checks: bool = False

    def __str__(self) -> str:
        """Return `module:line: what`."""
        return f"{self.module}:{self.line}: {self.what}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names it for as long as its line stays the same: module, text of the line, fault."""
        return self.module, self.source.splitlines()[self.line - 1].strip(), self.what

    @property
    def tree(self) -> ast.Module:
        """Return the code with the fault in it; without one when the number is negative."""
        tree = ast.parse(self.source)
        if self.number >= 0:
            _, _, change = list(_places(tree, checks=self.checks))[self.number]
            change()
        return ast.fix_missing_locations(tree)


def mutate(source: str, module: str, *, checks: bool = False) -> Iterator[Mutant]:
    """Yield every mutant of this source; `checks`: those without a whole check or with other constant bytes, too."""
    for number, (line, what, _) in enumerate(_places(ast.parse(source), checks=checks)):
        yield Mutant(module, line, what, source, number, checks)


Place = tuple[int, str, Callable[[], None]]


def _places(tree: ast.Module, *, checks: bool) -> Iterator[Place]:
    """Yield every place of the tree that can be changed, always in the same order."""
    skipped = _annotations(tree)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        yield from _operators(node)
        yield from _constants(node)
        yield from _statements(node)
        if checks:
            yield from _checks(node)


def _annotations(tree: ast.Module) -> set[int]:
    """Return what decides nothing: annotations, decorators, imports, and asserts for the type checker."""
    found: set[int] = set()
    for node in ast.walk(tree):
        aside = [
            *(each for each in (getattr(node, "annotation", None), getattr(node, "returns", None)) if each is not None),
            *([node] if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom) else []),
            *(node.decorator_list if isinstance(node, ast.ClassDef | ast.FunctionDef) else []),
        ]
        found |= {id(each) for one in aside for each in ast.walk(one)}
    return found


def _operators(node: ast.AST) -> Iterator[Place]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            other = _COMPARISONS[type(operator)]
            what = f"{type(operator).__name__} -> {other.__name__}"
            yield node.lineno, what, partial(node.ops.__setitem__, place, other())
    elif isinstance(node, ast.BoolOp):
        other_bool = ast.Or if isinstance(node.op, ast.And) else ast.And
        what = f"{type(node.op).__name__} -> {other_bool.__name__}"
        yield node.lineno, what, partial(setattr, node, "op", other_bool())
        for place in range(len(node.values)):
            yield node.lineno, f"term {place} dropped", partial(_drop, node, place)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        other_sign = _ARITHMETIC[type(node.op)]
        what = f"{type(node.op).__name__} -> {other_sign.__name__}"
        yield node.lineno, what, partial(setattr, node, "op", other_sign())
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        name = _CALLS[node.func.id]
        yield node.lineno, f"{node.func.id} -> {name}", partial(setattr, node.func, "id", name)
    elif isinstance(node, _OF_CONDITIONS) and not isinstance(node.test, ast.Compare):
        yield node.lineno, "condition negated", partial(setattr, node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension):
        for place, each in enumerate(node.ifs):
            yield each.lineno, "filter dropped", partial(_leave_out, node.ifs, place)


def _leave_out(filters: list[ast.expr], place: int) -> None:
    del filters[place]


def _drop(node: ast.BoolOp, place: int) -> None:
    """Leave one term out of an `and` or `or`; the neutral value stands in for it."""
    node.values[place] = ast.Constant(isinstance(node.op, ast.And))


def _constants(node: ast.AST) -> Iterator[Place]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield node.lineno, f"{value} -> {not value}", partial(setattr, node, "value", not value)
    elif isinstance(value, int):
        yield node.lineno, f"{value} -> {value + 1}", partial(setattr, node, "value", value + 1)


def _statements(node: ast.AST) -> Iterator[Place]:
    """A statement that only does something, or leaves early, is left out."""
    for field in ("body", "orelse"):
        body = getattr(node, field, None)
        if not isinstance(body, list) or isinstance(node, ast.Module | ast.ClassDef):
            continue
        for place, statement in enumerate(body):
            called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            changed = isinstance(statement, ast.AugAssign)
            leaves = isinstance(statement, ast.Continue) or (isinstance(statement, ast.Return) and not statement.value)
            if called or changed or leaves:
                what = f"without `{ast.unparse(statement)[:60]}`"
                yield statement.lineno, what, partial(body.__setitem__, place, ast.Pass())


def _checks(node: ast.AST) -> Iterator[Place]:
    """A check never finds anything; bytes that name a thing (domain, magic, personalisation) are others."""
    if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise | ast.Return):
        yield node.lineno, "check dropped", partial(setattr, node, "test", ast.Constant(value=False))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bytes) and node.value:
        other = node.value[:-1] + bytes([node.value[-1] ^ 1])
        yield node.lineno, f"{node.value!r} -> {other!r}", partial(setattr, node, "value", other)
