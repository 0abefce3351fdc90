"""The matrix: who may ever learn what, from whom, for what purpose, in which phase, by which kind of message.

Exact for what the convenant itself says: a rule whose conditions nothing can meet gives no row. What a casus must hold
besides stands in the conditions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from zegel_broker.convenant_tools.cells import Cell, enumerate_cells
from zegel_broker.convenant_tools.counting import count
from zegel_broker.convenant_tools.lint_blocked import Blocked
from zegel_broker.convenant_tools.moments import rectangles
from zegel_broker.message import DESTROYING
from zegel_schemas.convenant import Convenant

LEARNS, ASKS, DESTROYS = "krijgt", "vraagt", "vernietigt"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Row:
    """`learner` gets a category from `source` (or asks for it, or has it destroyed) under one rule."""

    category: str
    source: str
    learner: str
    way: str  # krijgt | vraagt | vernietigt
    regime: str
    kind: str
    purposes: tuple[str, ...]
    phases: tuple[str, ...]
    rule: str
    conditions: tuple[str, ...]
    onward: bool  # passed on by a regie party that is no source

    def as_json(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        return asdict(self)


def matrix(convenant: Convenant, *, party: str = "", category: str = "", purpose: str = "") -> tuple[Row, ...]:
    """Return every row, in order of category, source and learner; each filter that is given narrows it.

    `party` is source or learner. Raise KeyError naming a party, category or purpose the convenant does not have.
    """
    for name, known in (
        (party, convenant.parties),
        (category, convenant.categories),
        (purpose, convenant.purposes),
    ):
        if name and name not in known:
            raise KeyError(name)
    cells = enumerate_cells(convenant)
    blocked = Blocked.of(convenant, cells)
    chosen = (
        cell
        for cell in cells.all
        if not blocked.stops(cell) and party in {"", cell.source, cell.learner} and category in {"", cell.category}
    )
    return tuple(sorted(_rows(convenant, chosen, purpose)))


def _rows(convenant: Convenant, cells: Iterable[Cell], purpose: str) -> Iterator[Row]:
    conditions = {rule.id: rule.conditions for rule in convenant.rules}
    for cell in cells:
        for purposes, phases in rectangles(each for each in cell.when if purpose in {"", each[0]}):
            yield Row(
                category=cell.category,
                source=cell.source,
                learner=cell.learner,
                way=way_of(cell),
                regime=cell.regime,
                kind=cell.kind,
                purposes=purposes,
                phases=phases,
                rule=cell.rule,
                conditions=conditions[cell.rule],
                onward=cell.onward,
            )


def way_of(cell: Cell) -> str:
    """Return what happens with the category: the learner gets it, asks for it, or wants it destroyed."""
    if not cell.asked:
        return LEARNS
    return DESTROYS if cell.kind == DESTROYING else ASKS


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table: a head, a line per row, and how many there are."""
    every = list(rows)
    heads = ("category", "from", "to", "how", "regime", "kind", "purposes", "phases", "rule", "conditions")
    table = [heads, *(_cells(row) for row in every)]
    widths = [max(len(line[place]) for line in table) for place in range(len(heads))]
    for line in table:
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
    yield count(len(every), "row")


def _cells(row: Row) -> tuple[str, ...]:
    way = f"{row.way}*" if row.onward else row.way
    return (
        row.category,
        row.source,
        row.learner,
        way,
        row.regime,
        row.kind,
        ",".join(row.purposes),
        ",".join(row.phases),
        row.rule,
        ",".join(row.conditions),
    )
