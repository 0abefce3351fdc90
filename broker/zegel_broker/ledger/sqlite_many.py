"""Many rows in few statements, because waiting costs more than working.

At every step of SQLite this thread lets go of the interpreter, and when another thread is busy it gets it back only
milliseconds later: row by row, a batch of a hundred messages would wait longer than it works.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

CHUNKS = (64, 8, 1)  # rows per statement: few sizes, so that the prepared statements are used again


def write_rows(connection: sqlite3.Connection, before: str, rows: Sequence[Sequence[object]], after: str = "") -> None:
    """Run `before` VALUES `rows` `after`, in as few statements as the chunks allow."""
    for chunk in _cut(rows):
        sql = f"{before} VALUES {_marks(len(chunk), len(chunk[0]))} {after}"
        connection.execute(sql, tuple(chain.from_iterable(chunk)))


def read_rows(
    connection: sqlite3.Connection, before: str, rows: Sequence[Sequence[object]], after: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Yield what `before` (VALUES `rows`) `after` gives."""
    for chunk in _cut(rows):
        sql = f"{before} (VALUES {_marks(len(chunk), len(chunk[0]))}) {after}"
        yield from connection.execute(sql, tuple(chain.from_iterable(chunk)))


def read_in(connection: sqlite3.Connection, before: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
    """Yield what `before` IN (`values`) gives."""
    for chunk in _cut(values):
        yield from connection.execute(f"{before} IN {_marks(1, len(chunk))}", tuple(chunk))


def _cut(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    at = 0
    for size in CHUNKS:
        while len(rows) - at >= size:
            yield rows[at : at + size]
            at += size


@cache
def _marks(rows: int, columns: int) -> str:
    one = f"({', '.join('?' * columns)})"
    return ", ".join([one] * rows)
