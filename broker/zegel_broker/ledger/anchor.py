"""The anchor: the newest note in a file on another disk, so that a restored backup is noticed at start."""

import os
from pathlib import Path

from zegel_broker.ledger.errors import LedgerError

MAX_ANCHOR = 16 * 1024  # bytes; a note is some 250


def read_anchor(path: Path) -> bytes:
    """Return the note kept at `path`, b"" when there is none yet; raise LedgerError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_ANCHOR)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise LedgerError(f"the anchor file cannot be read ({error.strerror}): check its path and its disk") from None


def write_anchor(path: Path, note: bytes) -> None:
    """Replace the note at `path` at once; raise OSError."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
