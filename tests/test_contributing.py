"""The examples in CONTRIBUTING.md are real: each stands, letter for letter, in the file it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = re.findall(r"```python\n# (\S+)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize(("file", "example"), EXAMPLES)
def test_an_example_stands_in_the_file_it_names(file: str, example: str) -> None:
    assert example in (ROOT / file).read_text()
