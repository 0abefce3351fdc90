"""Fuzzes the parsers, each for a bounded time, from a corpus made of sound messages.

    python -m fuzz [target ...] [--seconds N] [--jobs N]

What is found grows in build/fuzz/<target>/corpus and is begun from the next time; what crashes lies beside it, and is
seen again with one command, which is printed. Exits with 1 when anything was found.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "fuzz"
_STARTING = 60  # seconds a target may take to start and stop, on a busy machine


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one target: inputs tried, places of the code reached, and the files that crashed it."""

    name: str
    tried: int
    reached: int
    crashes: tuple[Path, ...]
    said: str


def prepare(name: str, seeds: list[bytes], place: Path) -> Path:
    """Write the seed corpus of a target; return its folder."""
    corpus = place / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    return corpus


def fuzz(name: str, corpus: Path, seconds: int) -> Run:
    """Fuzz one target in a process of its own."""
    found = corpus.parent
    before = set(found.glob("crash-*")) | set(found.glob("timeout-*"))
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={found}/", "-max_len=16384", "-timeout=10"]
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.one", name, *options, "-print_final_stats=1", str(corpus)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=seconds + _STARTING,
    )
    crashes = tuple(sorted((set(found.glob("crash-*")) | set(found.glob("timeout-*"))) - before))
    tried = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
    reached = re.findall(r"cov: (\d+)", done.stderr)
    lines = [each for each in (done.stdout + done.stderr).splitlines() if not each.startswith(("INFO", "#"))]
    said = "" if done.returncode == 0 else "\n".join(lines[-60:])
    return Run(name, int(tried[-1]) if tried else 0, int(reached[-1]) if reached else 0, crashes, said)


def main(names: list[str], seconds: int, jobs: int, place: Path = PLACE) -> int:
    """Fuzz, print a table and how each crash is seen again; return the exit code."""
    from fuzz.targets import TARGETS  # noqa: PLC0415 - after the arguments were read

    chosen = {name: prepare(name, list(TARGETS[name].seeds), place) for name in names or TARGETS}
    with ThreadPoolExecutor(jobs) as pool:
        runs = list(pool.map(lambda name: fuzz(name, chosen[name], seconds), chosen))
    print(f"{'target':<14}{'inputs tried':>14}{'code reached':>14}  found")
    for run in runs:
        print(f"{run.name:<14}{run.tried:>14}{run.reached:>14}  {len(run.crashes) or 'nothing'}")
    bad = [run for run in runs if run.said]
    for run in bad:
        print(f"\n{run.name}:\n{run.said}")
        for crash in run.crashes:
            print(f"see it again: .venv/bin/python -m fuzz.one {run.name} {os.path.relpath(crash, ROOT)}")
    return 1 if bad else 0


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("targets", nargs="*")
    given.add_argument("--seconds", type=int, default=60, help="how long each target is fuzzed")
    given.add_argument("--jobs", type=int, default=2, help="how many at the same time")
    arguments = given.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed here: it has wheels for Linux on x86-64, Python 3.11 to 3.13")
    sys.exit(main(arguments.targets, arguments.seconds, arguments.jobs))
