"""The fuzz targets: each begins from sound bytes, answers random edits with coded refusals, fails on anything else."""

import importlib.util
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fuzz import targets
from fuzz.json_edits import edit_json
from fuzz.targets import TARGETS, NotOneFormError
from tests.edits import edits
from zegel_schemas import canonical

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_answers_its_seeds_and_what_random_edits_make_of_them(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds:
        target.fed(seed)
    for edited in edits(1, target.seeds, 300):
        target.fed(edited)


@pytest.mark.parametrize("name", ["declaration", "statement", "line", "record", "content", "canonical"])
def test_a_target_answers_documents_that_stay_json(name: str) -> None:
    drawn = random.Random(name)
    for seed in TARGETS[name].seeds:
        for _ in range(40):
            TARGETS[name].fed(edit_json(seed, 16_384, drawn.randrange(2**32)) or b"")


BEHIND_THE_PARSER = {  # sound seeds whose way ends at a later door, because what they name was not sealed with them
    "declaration": ["GEBRUIK_KLOPT_NIET (kind): kind ask and use ask go together"],
    "note": ["STEMPEL_VREEMD_LOGBOEK (note): a checkpoint is this log's origin, a size and a root"],
}


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_of_a_target_get_past_its_first_parser(name: str) -> None:
    """A corpus of bytes nobody takes would lead nowhere: a target is fed at least one thing that is sound."""
    unshown = vars(targets)[f"_{name}"]
    ends = set()
    for seed in TARGETS[name].seeds:
        try:
            unshown(seed)
        except targets.CODED as refused:
            ends.add(str(refused))
        else:
            ends.add("taken")

    assert ends & {"taken", *BEHIND_THE_PARSER.get(name, ())}


def raise_key_error(data: bytes) -> None:
    raise KeyError(len(data))


def read_laxly(data: bytes) -> None:
    targets._require_same(canonical.encode(len(data)), data)


@pytest.mark.parametrize(("door", "error"), [(raise_key_error, KeyError), (read_laxly, NotOneFormError)])
def test_a_parser_that_does_what_nobody_foresaw_is_a_finding(
    door: Callable[[bytes], None], error: type[Exception]
) -> None:
    with pytest.raises(error):
        targets._shown(door)(b"{}")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m …` from the root of the repository."""
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_file_is_shown_to_a_target_with_one_command(tmp_path: Path) -> None:
    file = tmp_path / "crash-1"
    file.write_bytes(b"[" * 5000)

    assert run("fuzz.one", "canonical", str(file)).stdout == "crash-1: canonical answers it\n"


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this platform")
def test_the_fuzzer_runs_and_says_how_much_it_tried() -> None:
    done = run("fuzz", "canonical", "--seconds", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    tried = re.search(r"^canonical +(\d+) +(\d+) +nothing$", done.stdout, re.MULTILINE)
    assert tried
    assert int(tried[1]) > 100
    assert int(tried[2]) > 10
