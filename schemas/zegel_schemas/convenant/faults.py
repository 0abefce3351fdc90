"""Faults in a convenant file: all of them at once, each with file, line and what to do, for the jurist who wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: where it stands (line counts from 1) and, in Dutch and English, what is wrong and how to mend it."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return `file:line: text`."""
        return f"{self.file}:{self.line}: {self.text}"


class ConvenantInvalid(Exception):  # noqa: N818 - it is what the file is, not an accident of ours
    """A convenant that is not loaded: `faults` holds every fault found, in order of file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Take the faults, sort them and keep each once."""
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(each) for each in self.faults))


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, "" when none is near."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.7)), "")


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Return the text for a name that stands nowhere, with the one that was probably meant."""
    near = closest(word, known)
    dutch = f"; bedoelt u '{near}'?" if near else ""
    english = f"; did you mean '{near}'?" if near else ""
    return f"{what} '{word}' is niet bekend{dutch} | unknown {what} '{word}'{english}"


def twice(what: str, word: str) -> str:
    """Return the text for a name that stands there more than once."""
    return f"{what} '{word}' staat er twee keer; hernoem er een | {what} '{word}' stands there twice; rename one"
