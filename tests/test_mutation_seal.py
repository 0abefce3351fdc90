"""The mutation run of the seal: without faults the seal survives it, without a check it does not; the proof is true."""

import re
from pathlib import Path

import pytest

from tests.mutation.operators import Mutant
from tests.mutation.seal import SEAL, SUBJECT, TESTS, argued, run_tests

ROOT = Path(__file__).parent.parent
QUICK = [("tests", lambda: run_tests("test_seal_container.py", "test_attacks_container_sender.py"))]


def test_the_seal_as_it_is_survives() -> None:
    module = "seal.padding"
    as_it_is = Mutant(module, 0, "nothing", SUBJECT.path_of(module).read_text(), number=-1, checks=True)

    assert SUBJECT.noticed_by(as_it_is, QUICK) == ""


@pytest.mark.parametrize(
    ("module", "what"),
    [("seal.opening", "without `check_commitment"), ("seal.parts", "check dropped"), ("seal.table", "NotEq -> Eq")],
)
def test_a_seal_with_a_fault_is_noticed(module: str, what: str) -> None:
    """One of each kind; that no other survives is what the whole run says."""
    mutant = next(each for each in SUBJECT.mutants_of([module]) if each.what.startswith(what))

    assert SUBJECT.noticed_by(mutant, QUICK) == "tests"


def test_every_file_of_the_seal_is_in_the_run() -> None:
    files = {f"seal.{file.stem}" for file in (SUBJECT.folder / "seal").glob("*.py")} - {"seal.__init__"}

    assert set(SEAL) == files
    assert all((ROOT / "tests" / name).is_file() for name in TESTS)


def test_every_fault_that_is_argued_to_be_harmless_is_still_a_fault_of_the_code() -> None:
    made = {each.key for each in SUBJECT.mutants_of(SEAL)}

    assert argued() <= made


def test_the_proof_names_how_many_faults_were_tried() -> None:
    text = (ROOT / "docs" / "seal-proof.md").read_text()
    tried = re.search(r"\| together \| (\d+) \|", text)

    assert tried
    assert abs(int(tried[1]) - len(SUBJECT.mutants_of(SEAL))) < 40  # small changes of the code need no new run
