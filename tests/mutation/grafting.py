"""Lets one mutant live: in a process of its own, forked before its package was loaded, until something notices it."""

import contextlib
import importlib.abc
import importlib.util
import io
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.mutation.operators import Mutant, mutate

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds a mutant may take; one that never ends is noticed too
_NOTICED, _SURVIVED = 0, 17

Stage = tuple[str, Callable[[], bool]]  # its name, and whether all is well; called where the mutant was not loaded yet


@dataclass(frozen=True, slots=True)
class Subject:
    """A package under mutation: `modules` of `package`, whose files lie in `folder`, and what may notice a fault."""

    name: str
    package: str
    folder: Path
    modules: tuple[str, ...]
    stages: tuple[Stage, ...]
    checks: bool = False  # whether whole checks are left out and constant bytes changed, too

    def path_of(self, module: str) -> Path:
        """Return the file of a module."""
        return self.folder / f"{module.replace('.', '/')}.py"

    def mutants_of(self, modules: Iterable[str]) -> list[Mutant]:
        """Return every mutant of these modules."""
        return [
            each for module in modules for each in mutate(self.path_of(module).read_text(), module, checks=self.checks)
        ]

    def noticed_by(self, mutant: Mutant, stages: Sequence[Stage] | None = None) -> str:
        """Return what notices this mutant: the name of a stage, or `time`; "" when nothing does."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._live(mutant, stages or self.stages, writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return "time"
        return "" if os.waitstatus_to_exitcode(status) == _SURVIVED else said or "loading"

    def _live(self, mutant: Mutant, stages: Sequence[Stage], writing: int) -> None:
        """Run in the child: load the mutant, meet the stages, leave."""
        signal.alarm(PATIENCE)
        for name in [
            each for each in sys.modules if each.startswith((self.package, "tests.")) and "mutation" not in each
        ]:
            del sys.modules[name]  # whoever forked us may have loaded it as it is
        grafted = _Grafted(f"{self.package}.{mutant.module}", mutant, str(self.path_of(mutant.module)))
        sys.meta_path.insert(0, grafted)
        os.environ["ZEGEL_PROOF"] = "quick"
        silence = io.StringIO()
        for name, holds in stages:
            try:
                with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
                    passed = holds()
            except Exception:  # noqa: BLE001 - whatever it raises, it was noticed
                passed = False
            if not passed:
                os.write(writing, name.encode())
                os._exit(_NOTICED)
        os._exit(_SURVIVED)

    def run(self, modules: Sequence[str], sample: int, seed: int, argued: Collection[tuple[str, str, str]] = ()) -> int:
        """Run the mutants, print who survived and the table, write the report; return the exit code.

        `argued` are keys of mutants that are known to change nothing: they may survive.
        """
        started = time.monotonic()
        every = self.mutants_of(modules or self.modules)
        chosen = sorted(random.Random(seed).sample(range(len(every)), min(sample or len(every), len(every))))
        by: dict[str, Counter[str]] = {}
        survivors: list[Mutant] = []
        for number in chosen:
            mutant = every[number]
            stage = self.noticed_by(mutant)
            by.setdefault(mutant.module, Counter())[stage or "survived"] += 1
            if not stage:
                survivors.append(mutant)
                _say(f"{'harmless' if mutant.key in argued else 'survived'} {mutant}")
        self._table(by, made=Counter(each.module for each in every))
        seconds = round(time.monotonic() - started)
        _say(f"{len(chosen)} of {len(every)} mutants in {seconds} s, {len(survivors)} survived")
        names = [str(each) for each in survivors]
        report = {"mutants": len(every), "run": len(chosen), "seed": seed, "survivors": names, "by": by}
        build = ROOT / "build"
        build.mkdir(exist_ok=True)
        (build / f"mutation-{self.name}.json").write_text(json.dumps(report, indent=1))
        return 1 if any(each.key not in argued for each in survivors) else 0

    def _table(self, by: dict[str, Counter[str]], *, made: Counter[str]) -> None:
        columns = (*(name for name, _ in self.stages), "loading", "time", "survived")
        _say(f"{'module':<18}{'made':>6}{'run':>6}" + "".join(f"{name:>10}" for name in columns))
        for module, counts in by.items():
            cells = "".join(f"{counts[name]:>10}" for name in columns)
            _say(f"{module:<18}{made[module]:>6}{sum(counts.values()):>6}{cells}")


class _Grafted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a mutant's tree instead of its file."""

    def __init__(self, name: str, mutant: Mutant, path: str) -> None:
        self.name = name
        self.mutant = mutant
        self.path = path

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        del path, target
        return importlib.util.spec_from_loader(name, self, origin=self.path) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.tree, self.path, "exec"), module.__dict__)  # noqa: S102 - a mutant of our own source


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
