"""Log lines are JSON for machines, and no error's text gets into them: it may quote what it stumbled over."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from zegel_broker import journal


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as the other tests know it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines_of(level: str = "info") -> tuple[io.StringIO, structlog.stdlib.BoundLogger]:
    """Write the journal into memory; return that and a logger."""
    written = io.StringIO()
    journal.configure(level, to=written)
    return written, structlog.get_logger()


def test_a_line_is_one_json_object_with_time_level_and_event() -> None:
    written, log = lines_of()
    log.info("inbox_read", inbox="wil")
    line = json.loads(written.getvalue())

    assert line.keys() == {"event", "level", "timestamp", "inbox"}
    assert line["timestamp"].endswith("Z")


def test_of_an_error_only_its_type_is_told() -> None:
    written, log = lines_of()
    log.error("message_given_back", error=ValueError("'Jansen' is not a code"))

    assert json.loads(written.getvalue())["error"] == "ValueError"
    assert "Jansen" not in written.getvalue()


def test_a_librarys_line_comes_without_its_arguments() -> None:
    written, _ = lines_of()
    error = RuntimeError("amqp://broker:secret@rabbit")
    logging.getLogger("aiormq").error("Unhandled message %r", b"a body", exc_info=error)

    assert json.loads(written.getvalue())["template"] == "Unhandled message %r"
    assert "secret" not in written.getvalue()
    assert "a body" not in written.getvalue()


def test_what_lies_under_the_level_is_not_written() -> None:
    written, log = lines_of("warning")
    log.info("inbox_read")
    logging.getLogger("aiormq").debug("Received frame")

    assert not written.getvalue()
