"""docs/convenant.md as tests read it: the files it shows, the changes in them, and the commands with their output."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = (Path(__file__).parent.parent / "docs" / "convenant.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = "# file: "
_PROMPT = "$ zegel-broker convenant "


@dataclass(frozen=True, slots=True)
class Shown:
    """One command on the page and the output that stands under it."""

    command: str
    output: str


def _blocks(kind: str) -> list[str]:
    return [text for found, text in _BLOCK.findall(PAGE) if found == kind]


def _files() -> dict[str, str]:
    """Return the files by name; a diff makes one out of another by replacing lines."""
    found = {}
    for block in _blocks("yaml"):
        head, _, text = block.partition("\n")
        found[head.removeprefix(_FILE)] = text
    for block in _blocks("diff"):
        old, new, *changes = block.splitlines()
        text = found[old.removeprefix("--- ")]
        for gone, come in zip(changes[::2], changes[1::2], strict=True):
            assert gone[1:] in text, gone
            text = text.replace(gone[1:] + "\n", come[1:] + "\n")
        found[new.removeprefix("+++ ")] = text
    return found


def _commands() -> list[Shown]:
    found = []
    for block in _blocks("console"):
        command, _, output = block.partition("\n")
        found.append(Shown(command.removeprefix(_PROMPT), output))
    return found


FILES = _files()
COMMANDS = _commands()
SMALL = FILES["klein.yaml"]
CASES = FILES["gevallen.yaml"]


def lay_out(place: Path) -> None:
    """Write every file of the page into a folder."""
    for name, text in FILES.items():
        (place / name).write_text(text, "utf-8")


def changed(*pairs: tuple[str, str], text: str = SMALL) -> str:
    """Return a text with each first occurrence of a word replaced; it must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
