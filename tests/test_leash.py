"""What runs on a leash ends with its owner, whatever way the owner goes, and takes its own children along."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.leash import Leash
from tests.processes import is_running, wait_until

# A program that starts a daemon in a session of its own, writes both process ids down, and waits for ever.
WITH_DAEMON = 'setsid sleep 600 & echo "$$ $!"; wait'

OWNER = f"""
import sys, time
from pathlib import Path
from deploy.leash import Leash
place = Path(sys.argv[1])
leash = Leash.start(["sh", "-c", {WITH_DAEMON!r}], log=place / "log", remove=place)
while True:
    time.sleep(0.01)  # not signal.pause(), which misses a signal that comes right before it
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory to put on the leash too."""
    place = tmp_path / "place"
    place.mkdir()
    return place


def read_pids(place: Path) -> list[int]:
    """Read what the program wrote down, once it has."""
    log = place / "log"
    wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    return [int(word) for word in log.read_text().split()]


@contextmanager
def running_owner(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an owner with a program on its leash, in another process, in the foreground of a terminal of its own."""
    with subprocess.Popen([sys.executable, "-c", OWNER, str(place)], start_new_session=True) as owner:
        try:
            yield owner
        finally:
            owner.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_an_owner_that_ends_by(how: signal.Signals, place: Path) -> None:
    with running_owner(place) as owner:
        program, daemon = read_pids(place)
        assert is_running(program)
        assert is_running(daemon)

        os.killpg(owner.pid, how)  # a Ctrl-C reaches all that is in the foreground
        owner.wait(10)

        wait_until(lambda: not place.exists())
        assert not is_running(program)
        assert not is_running(daemon)


def test_end_returns_when_program_daemon_and_directory_are_gone(place: Path) -> None:
    leash = Leash.start(["sh", "-c", WITH_DAEMON], log=place / "log", remove=place)
    program, daemon = read_pids(place)

    leash.end()

    assert not place.exists()
    assert not is_running(program)
    assert not is_running(daemon)


def test_kill_takes_the_program_and_leaves_what_it_wrote(place: Path) -> None:
    leash = Leash.start(["sh", "-c", WITH_DAEMON], log=place / "log", remove=place)
    program, daemon = read_pids(place)

    leash.kill()

    assert not leash.is_alive()
    assert not is_running(program)
    assert not is_running(daemon)
    assert (place / "log").exists()


def test_a_program_dies_with_its_keeper(place: Path) -> None:
    leash = Leash.start(["sleep", "600"], log=place / "log")

    os.kill(leash._keeper.pid, signal.SIGKILL)

    wait_until(lambda: not is_running(leash.pid))
    leash.end()


def test_a_program_can_end_in_its_own_way_when_asked(place: Path) -> None:
    script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done"
    leash = Leash.start(["sh", "-c", script], log=place / "log")
    wait_until(lambda: (place / "log").read_text() == "ready\n")

    leash.terminate()

    assert leash.wait(10) == 3
    assert (place / "log").read_text() == "ready\nbye\n"


def test_the_owner_sees_which_signal_ended_the_program(place: Path) -> None:
    leash = Leash.start(["sh", "-c", "kill -KILL $$"], log=place / "log")

    assert leash.wait(10) == -signal.SIGKILL


def test_a_program_that_does_not_exist_is_named(place: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        Leash.start(["no-such-program"], log=place / "log")
