"""Random bytes from the operating system, fetched a page at a time.

Every fetch leaves the interpreter, and must then wait until another busy thread of ours lets it in again: so there is
one per page, not one per nonce. No byte is handed out twice.
"""

from collections.abc import Callable
from threading import Lock
from typing import Final

PAGE: Final = 4096  # bytes


class Randomness:
    """A source of random bytes for several threads; `source` gives fresh ones, such as `secrets.token_bytes`."""

    def __init__(self, source: Callable[[int], bytes]) -> None:
        """Take the source; nothing is fetched yet."""
        self._source = source
        self._page = b""
        self._at = 0
        self._lock = Lock()

    def __call__(self, size: int) -> bytes:
        """Return `size` bytes nobody was given before."""
        if size > PAGE:
            return self._source(size)
        with self._lock:
            if self._at + size > len(self._page):
                self._page, self._at = self._source(PAGE), 0
            self._at += size
            return self._page[self._at - size : self._at]
