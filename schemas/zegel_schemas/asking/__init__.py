"""The ask: what a member lacks of directory, convenants and proofs, and the broker's answer that proves itself.

Read `making.py` for the question, `wire.py` for the bytes of the answer, `checking.py` for what an asker demands of it,
`documents.py` for the way from documents to a convenant. The normative text is docs/protocol-log.md.
"""

from zegel_schemas.asking.checking import Holding, NamedBy, Taken, check_answer
from zegel_schemas.asking.documents import assemble_convenant, find_lacking
from zegel_schemas.asking.making import ASK_VALIDITY, Asked, read_ask, seal_ask
from zegel_schemas.asking.wire import MAX_ANSWER, MAX_FILE, MAX_LINES, Answer, Step, is_answer

__all__ = [
    "ASK_VALIDITY",
    "MAX_ANSWER",
    "MAX_FILE",
    "MAX_LINES",
    "Answer",
    "Asked",
    "Holding",
    "NamedBy",
    "Step",
    "Taken",
    "assemble_convenant",
    "check_answer",
    "find_lacking",
    "is_answer",
    "read_ask",
    "seal_ask",
]
