"""Log lines: one JSON object each, on stdout. Never content, keys, names of people, or the id of a casus.

Allowed are: instantie, code, log index, message hash, counts, durations, and the type of an error of ours.
"""

import logging
import sys
from typing import Final, TextIO

import structlog

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str, *, to: TextIO | None = None) -> None:
    """Write lines of `level` and up to `to` (stdout when None); the libraries' own lines from warning up come along."""
    stream = sys.stdout if to is None else to
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _write_error_type,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Forwarder()], force=True)


def _write_error_type(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    # An exception's text may quote what it stumbled over; its type may not.
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    elif error is not None:
        event["error"] = str(error)
    return event


class _Forwarder(logging.Handler):
    """Turns a line of aiormq or aio-pika into one of ours, without its arguments: those can hold bodies and URLs."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno,
            "library",
            library=record.name,
            template=str(record.msg),
            error=record.exc_info[1] if record.exc_info else None,
        )
