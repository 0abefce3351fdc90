"""Answers /livez, /readyz and /metrics over HTTP on the broker's own event loop: if the loop hangs, so do they.

`ready` means that messages are taken, judged and delivered now: every inbox is read, the ledger can be written, the
convenant in force is loaded, RabbitMQ takes our letters, and nobody asked us to stop. A ping would say none of that.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Final

from zegel_broker.registry import Registry
from zegel_schemas.declaration import BROKER

MAX_REQUEST: Final = 8 * 1024  # bytes of request line and headers
REQUEST_SECONDS: Final = 5.0

Checks = Callable[[], Mapping[str, str]]


class HealthServer:
    """A small HTTP/1.1 server for three paths; it reads no bodies and closes after each answer."""

    def __init__(self, *, checks: Checks, metrics: Callable[[], bytes]) -> None:
        """Take what is not well (name → why, empty = ready), and the text of the metrics."""
        self._checks = checks
        self._metrics = metrics
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; return the port. Raise OSError when it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_REQUEST)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(request.split(b"\r\n", 1)[0].split(b" ")))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # not a client of ours
        finally:
            writer.close()

    def _answer(self, line: list[bytes]) -> bytes:
        if len(line) < 2 or line[0] not in {b"GET", b"HEAD"}:  # noqa: PLR2004 - method and path
            return _response("405 Method Not Allowed", b"")
        match line[1].split(b"?", 1)[0]:
            case b"/livez":
                return _response("200 OK", b'{"live": true}\n')
            case b"/readyz":
                trouble = dict(self._checks())
                body = json.dumps({"ready": not trouble, "trouble": trouble}).encode() + b"\n"
                return _response("503 Service Unavailable" if trouble else "200 OK", body)
            case b"/metrics":
                return _response("200 OK", self._metrics(), "text/plain; version=0.0.4; charset=utf-8")
            case _:
                return _response("404 Not Found", b"")


def find_trouble(
    registry: Registry,
    *,
    now: int,
    stopping: bool,
    ledger: str,
    directory: str,
    posting: bool,
    inboxes: tuple[int, int],
) -> dict[str, str]:
    """Return what keeps this broker from being ready, name → why; empty when nothing does.

    `now` is seconds since 1970; `inboxes` says how many are being read, of how many.
    """
    live, wanted = inboxes
    found = {
        "stopping": "asked to stop" if stopping else "",
        "inboxes": "" if live == wanted > 0 else f"{live} of {wanted} are being read",
        "outbox": "" if posting else "no connection to deliver on",
        "ledger": ledger,
        "directory": directory,
        "convenant": "" if registry.in_force(now) else "the one in force is not loaded",
        "hop key": "" if registry.directory.hop_key(BROKER, now) else "the directory has no valid one of this broker",
    }
    return {name: why for name, why in found.items() if why}


def _response(status: str, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body
