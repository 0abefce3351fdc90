"""Starts a private throwaway RabbitMQ node and stops it without a trace; it never touches a node it did not start.

As a program, ``python -m deploy.private_node [DEFINITIONS.json]`` prints the node's URL and keeps it until Ctrl-C.
"""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from deploy.leash import Leash
from deploy.node_settings import NodeSettings, find_sbin, pick_ports

if TYPE_CHECKING:
    from types import TracebackType

START_SECONDS = 120.0  # 6-9 s on an idle machine; the rest is for a busy one
STOP_SECONDS = 60.0
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"  # AMQP 0-9-1, section 4.2.2
METHOD_FRAME = b"\x01"


class NodeFailedError(RuntimeError):
    """The node did not start, or a rabbitmqctl command failed; the text holds the end of what it said."""


class PrivateNode:
    """A RabbitMQ node of our own, on loopback, in a directory that goes with it; use it as a context manager."""

    def __init__(self, settings: NodeSettings) -> None:
        """Use `start`."""
        self._settings = settings
        self._environment = settings.environment()
        # With an epmd of our own, Erlang does not start one, which would leave our process group and stay for ever.
        # It lives as long as this object, so it is the one that takes the directory with it.
        self._epmd = Leash.start(
            ["epmd"], log=settings.log, env=self._environment, cwd=settings.directory, remove=settings.directory
        )
        self._server: Leash | None = None

    @classmethod
    def start(cls, definitions: Path | None = None, *, plugins: tuple[str, ...] = ()) -> Self:
        """Start a node and wait until it takes connections and all of ``definitions`` is there; with ``plugins`` only.

        The user guest/guest exists too, administrator with rights on vhost ``/`` only. Raises `RabbitMQMissingError`,
        `NodeFailedError`.
        """
        sbin = find_sbin()
        amqp_port, dist_port, epmd_port, management_port = pick_ports(4)
        directory = Path(tempfile.mkdtemp(prefix="zegel-rabbitmq-"))
        settings = NodeSettings(
            sbin=sbin,
            directory=directory,
            name=f"zegel-{secrets.token_hex(4)}@localhost",
            amqp_port=amqp_port,
            dist_port=dist_port,
            epmd_port=epmd_port,
            plugins=plugins,
            management_port=management_port,
        )
        settings.write()
        node = cls(settings)
        try:
            node._boot()
            # Not by load_definitions in the configuration: at boot RabbitMQ 3.10 passes over errors in silence.
            if definitions is not None:
                node.import_definitions(definitions)
        except BaseException:
            node.stop()
            raise
        return node

    @property
    def amqp_port(self) -> int:
        """The TCP port on 127.0.0.1; it stays the same through `restart`."""
        return self._settings.amqp_port

    @property
    def management_url(self) -> str:
        """Where the management API is, when its plugin was asked for."""
        return f"http://127.0.0.1:{self._settings.management_port}"

    @property
    def name(self) -> str:
        """The Erlang node's name."""
        return self._settings.name

    def url(self, user: str = "guest", password: str = "guest", vhost: str = "/") -> str:  # noqa: S107 - RabbitMQ's default
        """Give the AMQP URL for one user and vhost."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"amqp://{login}@127.0.0.1:{self.amqp_port}/{quote(vhost, safe='')}"

    def ctl(self, *arguments: str | Path, timeout: float = 120.0) -> str:
        """Run ``rabbitmqctl`` on this node, for at most ``timeout`` seconds; what it printed.

        Raises `NodeFailedError` with its error text.
        """
        command = [self._settings.sbin / "rabbitmqctl", "--quiet", "--node", self.name, *arguments]
        try:
            done = subprocess.run(
                command,
                env=self._environment,
                cwd=self._settings.directory,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            message = f"rabbitmqctl {arguments[0]} failed: {error.stderr.strip() or error.stdout.strip()}"
            raise NodeFailedError(message) from error
        except subprocess.TimeoutExpired as error:
            message = f"rabbitmqctl {arguments[0]} took more than {timeout:g} s"
            raise NodeFailedError(message) from error
        return done.stdout

    def import_definitions(self, path: Path) -> None:
        """Add the users, permissions, exchanges and queues of the JSON file ``path``. Raises `NodeFailedError`."""
        self.ctl("import_definitions", path.resolve())

    def stop_app(self) -> None:
        """Stop RabbitMQ but not its Erlang VM: connections close, ports close. Raises `NodeFailedError`."""
        self.ctl("stop_app")

    def start_app(self) -> None:
        """Start RabbitMQ again after `stop_app`. Raises `NodeFailedError`."""
        self.ctl("start_app")
        self._wait_until_ready()

    def kill(self) -> None:
        """SIGKILL the node's Erlang VM, as a power cut would; `restart` brings it back with what was on its disk.

        RabbitMQ 3.10 writes the names of its quorum queues to disk after half a second without a change: a queue
        declared right before comes back empty, whatever was confirmed. `restart` after declaring, to be sure.
        """
        if self._server is not None:
            self._server.kill()
            self._server = None

    def restart(self) -> None:
        """Shut the node down in order if it runs, and start it on the same port and data. Raises `NodeFailedError`."""
        if self._server is not None:
            self._server.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(STOP_SECONDS)
            self.kill()
        self._boot()

    def stop(self) -> None:
        """End the node and delete all it wrote; its processes are gone when this returns. Twice does no harm."""
        self.kill()
        self._epmd.end()

    def __enter__(self) -> Self:
        """Give the running node."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, whatever happened."""
        self.stop()

    def _boot(self) -> None:
        self._server = Leash.start(
            [self._settings.sbin / "rabbitmq-server"],
            log=self._settings.log,
            env=self._environment,
            cwd=self._settings.directory,
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        # RabbitMQ opens its listener as the last step of its boot.
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server is None or not self._server.is_alive() or time.monotonic() > deadline:
                message = f"RabbitMQ did not start:\n{self._last_words()}"
                raise NodeFailedError(message)
            time.sleep(0.05)  # between two looks, not instead of one

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.amqp_port), timeout=5) as connection:
            connection.sendall(PROTOCOL_HEADER)
            return connection.recv(1) == METHOD_FRAME
        return False

    def _last_words(self) -> str:
        logs = [self._settings.log, *sorted((self._settings.directory / "log").glob("*.log"))]
        return "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())


def main() -> None:
    """Keep one node until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    definitions = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with suppress(KeyboardInterrupt), PrivateNode.start(definitions) as node:
        print(node.url(), flush=True)
        while True:
            time.sleep(1)  # not signal.pause(): it would miss a signal that comes right before it


if __name__ == "__main__":
    main()
