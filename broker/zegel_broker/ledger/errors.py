"""What can be wrong with the ledger itself: never a message's fault, so none of these is a Refusal."""

from pathlib import Path
from traceback import extract_tb


class LedgerError(Exception):
    """The ledger cannot do what was asked; the text names the remedy and holds nothing of any message."""


class LedgerSchemaWrong(LedgerError):  # noqa: N818 - reads as the finding it is
    """The database has another schema than this version of the product; nothing was changed."""


class LedgerRolledBack(LedgerError):  # noqa: N818 - reads as the finding it is
    """A validly signed note is not in the local log: history was lost, so nothing is signed any more."""


class DirectoryWentBack(LedgerError):  # noqa: N818 - reads as the finding it is
    """The directory given is older than the one the log names, or has another history: nothing is decided by it."""


class LedgerDamaged(LedgerError):  # noqa: N818 - reads as the finding it is
    """What lies on disk does not hash to what was signed; nothing is signed any more: look at `log verify`."""


class ClockBehind(LedgerError):  # noqa: N818 - reads as the finding it is
    """The clock runs more than 120 s behind the newest entry: the log's times would go back."""


def name_fault(error: Exception) -> str:
    """Return type and place of an error of ours; not its text, which could hold a value of a message."""
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
