"""The stamp: what the log decided, with its proof; read `wire.py` for the bytes, then `checking.py`."""

from zegel_schemas.stamp.checking import Behind, Held, Stamped, check_stamp
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
    "Stamp",
    "Stamped",
    "check_note",
    "check_notice",
    "check_proof",
    "check_stamp",
]
