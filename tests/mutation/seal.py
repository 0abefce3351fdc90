"""Is every check of the seal guarded? One fault at a time is put into its code, and some test must then fail.

    python -m tests.mutation.seal [module ...] [--sample N] [--seed S]

Whole checks are left out, comparisons turned, terms dropped, constants and constant bytes changed, calls left out. Each
mutant lives in a process of its own and meets the worked example first, then the tests of the seal and the attacks on
it. Prints each mutant that none of them notices, then a table; writes build/mutation-seal.json; exits with 1 when any
survived that docs/seal-proof.md does not argue to be harmless.
"""

import argparse
import re
import sys

from tests.mutation.grafting import ROOT, Subject

SEAL = (
    "seal.primitives", "seal.padding", "seal.keys", "seal.signatures", "seal.table", "seal.frame", "seal.parts",
    "seal.container", "seal.sealing", "seal.opening", "seal.disclosure", "seal.hop", "seal.vault",
)  # fmt: skip
# The parsers beside the seal, which it calls or which stand in front of it; run when named.
BESIDE = ("canonical", "declaration", "note", "merkle", "record", "stamp.wire", "stamp.proving", "stamp.checking")
EXAMPLE = ("test_foreign_vectors.py",)
TESTS = (
    "test_seal_primitives.py", "test_seal_keys.py", "test_seal_signatures.py", "test_seal_container.py",
    "test_seal_sealing.py", "test_seal_edges.py", "test_seal_hop.py", "test_attacks_container_sender.py",
    "test_attacks_container_declaration.py", "test_attacks_container_disclosure.py", "test_attacks_container.py",
    "test_seal_vault.py", "test_seal_canonical.py", "test_seal_document.py", "test_foreign_both_ways.py",
    "test_foreign_refused.py",
)  # fmt: skip
_PLAIN = ["-x", "-q", "--assert=plain", "--noconftest", "-p", "no:cacheprovider", "-p", "no:xdist"]
_PLAIN += ["-k", "not test_every_code_the_documents_name_exists"]  # it looks at other documents, too


def example_holds() -> bool:
    """Say whether the worked example of the protocol is still what is made and read."""
    return run_tests(*EXAMPLE)


def tests_hold() -> bool:
    """Say whether the tests of the seal pass."""
    return run_tests(*TESTS)


def run_tests(*names: str) -> bool:
    """Say whether these files of tests pass."""
    import pytest  # noqa: PLC0415 - not before the fork: it keeps state

    return pytest.main([*_PLAIN, *(str(ROOT / "tests" / name) for name in names)]) == 0


SUBJECT = Subject(
    "seal",
    "zegel_schemas",
    ROOT / "schemas" / "zegel_schemas",
    SEAL,
    (("example", example_holds), ("tests", tests_hold)),
    checks=True,
)


def argued() -> frozenset[tuple[str, str, str]]:
    """Return the faults that docs/seal-proof.md argues to change nothing, by module, line and fault."""
    text = (ROOT / "docs" / "seal-proof.md").read_text()
    return frozenset(re.findall(r"^\| `(seal\.\w+)` \| `([^`]+)` \| `?([^`|]+?)`? \| [^|]+ \|$", text, re.MULTILINE))


def _warm() -> None:
    """Load what no mutant changes, once, before the first fork."""
    import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401, PLC0415 - the same
    import hypothesis.strategies  # noqa: F401, PLC0415 - only to have it loaded
    import nacl.public  # noqa: F401, PLC0415 - the same
    import pydantic  # noqa: F401, PLC0415 - the same


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("modules", nargs="*", choices=[*SEAL, *BESIDE, []])
    given.add_argument("--sample", type=int, default=0, help="run so many, chosen at random; 0 = all")
    given.add_argument("--seed", type=int, default=1)
    arguments = given.parse_args()
    _warm()
    sys.exit(SUBJECT.run(arguments.modules, arguments.sample, arguments.seed, argued()))
