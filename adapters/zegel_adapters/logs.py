"""Structured log lines of a running adapter: JSON on stderr, never content, keys, people or whole URLs."""

import logging
import sys

import structlog


def start_logging(level: str) -> None:
    """Log from `level` (debug, info, warning, error) on; foreign libraries only from warning on."""
    number = getattr(logging, level.upper(), logging.INFO)
    # aiormq says at warning what our own lines say too, with the connection's address in it.
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
