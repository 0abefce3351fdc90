"""Runs the command line: `python -m zegel_broker` is `zegel-broker`."""

from zegel_broker.cli import app

app()
