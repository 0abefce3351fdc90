"""Dry runs as an adapter seals them: the declaration of a message, its parts named and never enclosed."""

import os
from typing import Any

from tests.one_directory import SIGNING
from zegel_schemas.declaration import Declaration
from zegel_schemas.seal import Sealed, seal
from zegel_schemas.seal.frame import Frame


def declared(message: Sealed) -> Declaration:
    """Return what a sealed message says in the clear."""
    return Declaration.from_bytes(Frame.from_bytes(message.container).declaration)


def try_out(message: Sealed, **changes: Any) -> Sealed:
    """Seal the dry run of a message: the same declaration, id included; `changes` replace fields of it."""
    said = declared(message).model_copy(update=changes)
    return seal(
        said,
        [],
        use="dryrun",
        signing=SIGNING[said.sender.instantie],
        recipient=None,
        random=os.urandom,
    )
