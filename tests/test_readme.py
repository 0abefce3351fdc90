"""The README is held against the repository: its commands, links, folders and refusal codes exist."""

import re
from pathlib import Path

import pytest

from tests.test_journey import REFUSED

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"[`$] ?make ([a-z-]+)", README))))
def test_every_make_command_named_exists(command: str) -> None:
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize(("folder", "first"), re.findall(r"^\| `([\w/]+)` \|.*\| `([\w.]+)`", README, re.MULTILINE))
def test_every_folder_and_the_file_to_read_first_are_there(folder: str, first: str) -> None:
    assert (ROOT / folder / first).is_file()


def test_the_summary_shown_counts_the_refusals_the_story_has() -> None:
    assert all(f"{code} 1" in README for code in REFUSED)


def test_nothing_is_left_to_be_filled_in() -> None:
    assert not re.search(r"@[A-Z]+@", README)
