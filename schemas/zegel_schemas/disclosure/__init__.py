"""Proof of one part for a third party (FG, supervisor, court), without a private key: wire.py, then checking.py."""

from zegel_schemas.disclosure.checking import Shown, check_exhibit, make_exhibit
from zegel_schemas.disclosure.wire import MAX_DIRECTORY, Exhibit

__all__ = ["MAX_DIRECTORY", "Exhibit", "Shown", "check_exhibit", "make_exhibit"]
