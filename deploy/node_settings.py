"""Settles where a private RabbitMQ node lives: its directory, its ports, its environment and its configuration."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

# Debian, Ubuntu and RabbitMQ's own packages all put it here. Not the wrapper in /usr/sbin: that one changes user and
# reads /etc/rabbitmq.
SBIN_PATTERN = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"

# Below 32768, where Linux starts to hand out ports to outgoing connections: a port stays ours between stop and start.
PORTS = range(10_240, 32_768)

MANAGEMENT = "rabbitmq_management"  # the plugin with the HTTP API

ONLY_LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"


class RabbitMQMissingError(RuntimeError):
    """There is no RabbitMQ on this machine; `make rabbitmq` installs it."""


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """One node's place: ``sbin`` holds RabbitMQ's programs, ``directory`` everything the node writes."""

    sbin: Path
    directory: Path
    name: str
    amqp_port: int
    dist_port: int
    epmd_port: int
    plugins: tuple[str, ...] = ()
    management_port: int = 0  # used when rabbitmq_management is among the plugins

    @property
    def log(self) -> Path:
        """What node and epmd print; RabbitMQ's own log stands beside it in ``log/``."""
        return self.directory / "output.log"

    def environment(self) -> dict[str, str]:
        """Everything the node and its rabbitmqctl see; nothing of a system-wide RabbitMQ, nothing of the caller's."""
        place = self.directory
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(place),  # holds .erlang.cookie
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_PORT": str(self.amqp_port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            # 0: any free port. The default is ten fixed ones, which all nodes of a machine would share.
            "RABBITMQ_CTL_DIST_PORT_MIN": "0",
            "RABBITMQ_CTL_DIST_PORT_MAX": "0",
            "RABBITMQ_CTL_ERL_ARGS": ONLY_LOOPBACK,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ONLY_LOOPBACK,
            "RABBITMQ_MNESIA_BASE": str(place / "data"),
            "RABBITMQ_LOG_BASE": str(place / "log"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(place / "generated"),
            "RABBITMQ_PLUGINS_EXPAND_DIR": str(place / "plugins"),
            "RABBITMQ_PID_FILE": str(place / "node.pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(place / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(place / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(place / "no-conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(place / "no-advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(place / "no-rabbitmq-env.conf"),
            # The start script then becomes the Erlang VM instead of waiting for it, so a signal reaches the VM itself.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def write(self) -> None:
        """Write the configuration: the plugins asked for and no other, a cookie of its own."""
        for folder in ("data", "log"):
            (self.directory / folder).mkdir()
        cookie = self.directory / ".erlang.cookie"
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(20))
        (self.directory / "enabled_plugins").write_text(f"[{','.join(self.plugins)}].\n")
        lines = ["log.console = false"]
        if MANAGEMENT in self.plugins:  # without the plugin, RabbitMQ does not know these words and stops
            lines += ["management.tcp.ip = 127.0.0.1", f"management.tcp.port = {self.management_port}"]
        (self.directory / "rabbitmq.conf").write_text("".join(f"{line}\n" for line in lines))


def find_sbin(root: Path = Path("/")) -> Path:
    """Find RabbitMQ's programs under ``root``, the newest version first.

    Raises `RabbitMQMissingError`.
    """
    found = sorted(root.glob(SBIN_PATTERN), key=_version, reverse=True)
    if not found:
        message = f"no RabbitMQ in {root / SBIN_PATTERN}: run `make rabbitmq`, or install the package rabbitmq-server"
        raise RabbitMQMissingError(message)
    return found[0]


def _version(sbin: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in sbin.parent.name.partition("-")[2].split(".") if part.isdigit())


def pick_ports(count: int) -> list[int]:
    """Pick ``count`` different TCP ports of loopback that nobody listens on."""
    picked: list[int] = []
    while len(picked) < count:
        port = secrets.choice(PORTS)
        if port not in picked and _is_free(port):
            picked.append(port)
    return picked


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
