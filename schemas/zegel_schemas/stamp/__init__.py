"""The stamp: what the log decided, with its proof; read `wire.py` for the bytes, then `checking.py`."""

from zegel_schemas.stamp.checking import (
    Behind,
    Held,
    Said,
    Stamped,
    check_compromise,
    check_permitted,
    check_rules,
    check_stamp,
    find_directory,
)
from zegel_schemas.stamp.entry import Proof
from zegel_schemas.stamp.proving import Proven, check_note, check_notice, check_proof
from zegel_schemas.stamp.wire import MAX_EXPLANATION, MAX_PROOFS, Notice, Stamp

__all__ = [
    "MAX_EXPLANATION",
    "MAX_PROOFS",
    "Behind",
    "Held",
    "Notice",
    "Proof",
    "Proven",
    "Said",
    "Stamp",
    "Stamped",
    "check_compromise",
    "check_note",
    "check_notice",
    "check_permitted",
    "check_proof",
    "check_rules",
    "check_stamp",
    "find_directory",
]
