"""Looks at processes from outside: is one still there, and has something happened yet."""

import time
from collections.abc import Callable
from pathlib import Path


def is_running(pid: int) -> bool:
    """Whether process ``pid`` exists and is more than an entry its parent has not read yet (a zombie)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def find_running(mark: str) -> list[int]:
    """Find the processes that have ``mark`` in their command line or environment, this one excepted."""
    me = Path("/proc/self").resolve().name
    others = [place for place in Path("/proc").iterdir() if place.name.isdigit() and place.name != me]
    return [int(place.name) for place in others if mark.encode() in _read(place / "cmdline", place / "environ")]


def _read(*files: Path) -> bytes:
    try:
        return b"\0".join(file.read_bytes() for file in files)
    except OSError:  # it ended while we looked, or is somebody else's
        return b""


def wait_until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    """Look again and again until ``is_so()``; raises `TimeoutError` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            message = f"not so within {seconds:g} s"
            raise TimeoutError(message)
        time.sleep(0.01)  # between two looks; what is waited for decides when this ends
