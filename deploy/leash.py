"""Runs a program that cannot outlive the process that started it, however that process ends.

Between owner and program stands one small keeper process, this very file run as a script. The owner holds the writing
end of the keeper's stdin; when the owner ends, by returning, by Ctrl-C or by SIGKILL, the kernel closes that pipe, and
the keeper kills the program and everything it started.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PR_SET_CHILD_SUBREAPER = 36


class Leash:
    """A running program and its keeper, seen from the owner."""

    def __init__(self, keeper: subprocess.Popen[bytes], pid: int) -> None:
        """Use `start`; ``pid`` is the program's process id and also the id of its process group."""
        self._keeper = keeper
        self.pid = pid

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        remove: Path | None = None,
    ) -> Self:
        """Start ``command`` in a session of its own, its stdout and stderr appended to ``log``.

        ``remove`` is a directory that is deleted after the owner is gone or calls `end`, and not before.
        Raises `FileNotFoundError` when there is no such program, another `OSError` when it cannot be run.
        """
        program = shutil.which(command[0], path=(env or os.environ).get("PATH"))
        if program is None:
            raise FileNotFoundError(command[0])
        keeper_command = [sys.executable, "-I", __file__, str(remove or ""), program, *map(str, command[1:])]
        with log.open("ab") as output:
            keeper = subprocess.Popen(
                keeper_command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=env,
                cwd=cwd,
                start_new_session=True,  # a Ctrl-C in the terminal goes to the owner, which then ends us in order
            )
        pid = _pipe(keeper.stdout).readline()
        if not pid:
            message = f"{program} could not be started, see {log}"
            raise OSError(message)
        return cls(keeper, int(pid))

    def is_alive(self) -> bool:
        """Whether the program still runs."""
        return self._keeper.poll() is None

    def wait(self, timeout: float) -> int:
        """Wait at most ``timeout`` seconds for the program's end; its exit code, or minus the signal that ended it.

        Raises `subprocess.TimeoutExpired`.
        """
        code = self._keeper.wait(timeout)
        self._close()
        return code

    def terminate(self) -> None:
        """Ask the program to stop (SIGTERM); it may take its time."""
        self._keeper.terminate()

    def kill(self) -> None:
        """Kill the program and its process group (SIGKILL) and wait until they are gone; what it wrote stays."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._keeper.wait()
        self._close()

    def end(self) -> None:
        """Do what happens when the owner dies: kill the program, delete what `start` was told to remove."""
        self._close()
        self._keeper.wait()

    def _close(self) -> None:
        _pipe(self._keeper.stdin).close()
        _pipe(self._keeper.stdout).close()


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise AssertionError("the keeper is always started with both pipes")
    return end


def keep(command: Sequence[str], remove: str) -> int:
    """Be the keeper: run ``command`` until it ends or stdin does; its exit code, or minus the signal that ended it."""
    _tell_kernel(PR_SET_CHILD_SUBREAPER, 1)  # whatever the program leaves behind becomes our child, daemons too
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # handled in the loop below, from the byte written to `waker`
    program = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,
        # Should somebody kill the keeper itself, the kernel kills the program.
        preexec_fn=lambda: _tell_kernel(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509 - the keeper has one thread
    )
    with suppress(BrokenPipeError):  # the owner is gone already, which the empty stdin will tell
        os.write(sys.stdout.fileno(), b"%d\n" % program.pid)
    code = _wait_for_an_end(program.pid, woken)
    left = _clear_away()
    if code is None and remove:
        _delete(remove)
    return left.get(program.pid, -signal.SIGKILL) if code is None else code


def _wait_for_an_end(program: int, woken: int) -> int | None:
    """Wait for the program's end or the owner's; the program's exit code, or None when it is the owner who is gone."""
    owner = sys.stdin.fileno()
    ended: dict[int, int] = {}
    while program not in ended:
        ready, _, _ = select.select([owner, woken], [], [])
        if woken in ready and signal.SIGTERM in os.read(woken, 64):
            os.kill(program, signal.SIGTERM)
        ended |= _reap()
        if owner in ready and not os.read(owner, 64):
            return ended.get(program)
    return ended[program]


def _clear_away() -> dict[int, int]:
    """Kill and reap all that is left of the program; the exit codes by process id."""
    ended: dict[int, int] = {}
    # Again and again: when a child is gone, its own children become ours.
    while children := Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        for child in map(int, children):
            os.kill(child, signal.SIGKILL)  # cannot hit a stranger: a child keeps its number until we reap it
            ended[child] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return ended


def _reap() -> dict[int, int]:
    """Reap every child that has ended by itself; the exit codes by process id."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1])
    return ended


def _tell_kernel(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _delete(directory: str) -> None:
    # Another program on a leash of the same owner may be writing its last file there, so once may not be enough.
    for _ in range(100):
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.lexists(directory):
            return
        time.sleep(0.05)


def _end_like_the_program(code: int) -> None:
    """End with exit code ``code``, or by signal ``-code``, so that the owner sees what became of the program."""
    if code < 0:
        with suppress(OSError):
            signal.signal(-code, signal.SIG_DFL)  # refused for SIGKILL, which needs no handler to be removed
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    _end_like_the_program(keep(sys.argv[2:], sys.argv[1]))
