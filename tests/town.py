"""One small town: a root, a broker and six instanties, each with its own keys, home and process, on a real RabbitMQ.

It is the demo's stage and the tests' fixture. Read `build`: it is the ceremony every municipality performs once. Then
`Town`: who runs where. What is said in this town stands in `story.py`.
"""

import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.given_node import GivenNode
from deploy.leash import Leash
from deploy.private_node import PrivateNode
from zegel_adapters.desk import Desk
from zegel_adapters.initialise import KeysStatement, connect_home, init_home
from zegel_broker.provision import BrokerKeys, init_broker
from zegel_broker.topology import VHOST, make_definitions, print_definitions
from zegel_schemas.convenant import Convenant, shipped_convenant
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import append_statement, fingerprint, make_convenant, make_log, make_member, make_root
from zegel_schemas.login import hash_password
from zegel_schemas.seal.keys import PrivateKey, PublicKey

INSTANTIES = ("gemeente.regieteam", "jutphaas_wonen", "wil", "school_vo", "politie", "geynwijs")
ROLES = {"gemeente.regieteam": "casusregisseur"}  # of the employee on whose behalf; elsewhere contactpersoon
ORIGIN = "zegel.example/nieuwegein"
READY_SECONDS = 60.0


@dataclass
class Town:
    """Where everything of one town lies, and what of it runs now."""

    place: Path
    node: PrivateNode | GivenNode
    passwords: dict[str, str]
    fingerprint: str
    metrics_port: int
    instanties: tuple[str, ...] = INSTANTIES
    running: dict[str, Leash] = field(default_factory=dict)

    def home(self, instantie: str) -> Path:
        """Return the folder of one instantie: keys, mailbox, settings. Nobody else reads it."""
        return self.place / "homes" / instantie

    def desk(self, instantie: str) -> Desk:
        """Return the application's side of one instantie's adapter."""
        return Desk(self.home(instantie))

    @property
    def directory(self) -> Path:
        """Return the signed directory that everybody holds."""
        return self.place / "directory.json"

    @property
    def broker_home(self) -> Path:
        """Return the folder of the broker: settings, keys, ledger."""
        return self.place / "broker"

    def url(self, user: str) -> str:
        """Return the AMQP URL with which one party logs in."""
        return self.node.url(user, self.passwords[user], VHOST)

    def start_broker(self, name: str = BROKER, **environment: str) -> None:
        """Start the broker's worker as a process of its own and wait until it says that it is ready."""
        settings = self.broker_home / "zegel.toml"
        self._start(name, [sys.executable, "-m", "zegel_broker", "run", "--config", settings], environment)
        self.await_ready()

    def start_adapters(self, instanties: Iterable[str] = ()) -> None:
        """Start each instantie's adapter as a process of its own; its queue keeps what comes before it is there."""
        for each in instanties or self.instanties:
            self._start(each, [sys.executable, "-m", "zegel_adapters", "run", "--home", self.home(each)], {})

    def kill(self, name: str) -> None:
        """End one process as a power cut would: SIGKILL."""
        self.running.pop(name).kill()

    def stop(self, name: str) -> None:
        """Ask one process to stop in order (SIGTERM), and wait until it has."""
        leash = self.running.pop(name)
        leash.terminate()
        leash.wait(READY_SECONDS)

    def stop_all(self) -> None:
        """Stop every process of the town, the adapters first."""
        for name in sorted(self.running, key=lambda each: each == BROKER):
            with suppress(Exception):  # the leash kills what does not stop in order
                self.stop(name)

    def log(self, name: str) -> str:
        """Return what one process has written to its log."""
        return (self.place / f"{name}.log").read_text()

    def is_ready(self) -> bool:
        """Return whether the broker says at /readyz that it takes and delivers messages."""
        url = f"http://127.0.0.1:{self.metrics_port}/readyz"
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def metrics(self) -> str:
        """Return the broker's metrics as Prometheus reads them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def await_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until the broker is ready; raise TimeoutError with the end of its log."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > deadline or not self.running[BROKER].is_alive():
                raise TimeoutError(f"the broker did not become ready:\n{self.log(BROKER)[-3000:]}")
            time.sleep(0.05)  # between two looks, not instead of one

    def _start(self, name: str, command: list[str | Path], environment: dict[str, str]) -> None:
        log = self.place / f"{name}.log"
        self.running[name] = Leash.start(command, log=log, env={**os.environ, **environment}, cwd=self.place)


def build(
    place: Path,
    node: PrivateNode | GivenNode,
    *,
    instanties: tuple[str, ...] = INSTANTIES,
    roots: Sequence[PrivateKey] = (),
) -> Town:
    """Perform the ceremony: keys at home, a directory signed by the root, RabbitMQ provisioned, settings written.

    Here one process plays every part. In earnest each `init_home` runs at its own instantie, the root key lies offline
    in several hands, and only public statements travel. All of `roots` must sign; by default there is one.
    """
    now, keys = int(time.time()), [*roots] or [PrivateKey.generate("root", "root")]
    convenant = shipped_convenant()
    passphrases = {each: _secret(place / "passphrases" / each) for each in instanties}
    homes = [
        init_home(place / "homes" / each, each, now=now, passphrase_file=passphrases[each], role=ROLES.get(each, ""))
        for each in instanties
    ]
    broker = init_broker(place / "broker", origin=ORIGIN, now=now)
    directory = sign_directory([broker.keys, *homes], log=broker.log, roots=keys, convenant=convenant, now=now)
    (place / "directory.json").write_bytes(directory)
    passwords = {each: secrets.token_urlsafe(24) for each in (BROKER, *instanties)}
    _provision(node, place / "definitions.json", passwords)
    town = Town(place, node, passwords, fingerprint(directory.splitlines()[0]), _free_port(), instanties)
    for each in instanties:
        connect_home(town.home(each), directory=directory, root_fingerprint=town.fingerprint, amqp_url=town.url(each))
    broker.connect(
        directory=town.directory,
        root_fingerprint=town.fingerprint,
        amqp_url=town.url(BROKER),
        http_port=town.metrics_port,
    )
    return town


def sign_directory(
    members: Sequence[KeysStatement | BrokerKeys],
    *,
    log: PublicKey,
    roots: Sequence[PrivateKey],
    convenant: Convenant,
    now: int,
) -> bytes:
    """Return the directory file: who is a member, which log, which convenant, then each member's own keys."""
    file = make_root(keys=[each.public for each in roots], threshold=len(roots), time=now, signed_by=roots).to_line()
    for each in members:
        statement = make_member(each.instantie, identity=[each.identity], time=now, signed_by=roots, after=file)
        file = append_statement(file, statement)
    file = append_statement(file, make_log(ORIGIN, key=log, time=now, signed_by=roots, after=file))
    in_force = make_convenant(
        convenant.digest, documents=convenant.named, start=now, time=now, signed_by=roots, after=file
    )
    file = append_statement(file, in_force)
    for each in members:
        file = append_statement(file, each.statement)
    return file


def _provision(node: PrivateNode | GivenNode, file: Path, passwords: dict[str, str]) -> None:
    hashes = {user: hash_password(password, random=secrets.token_bytes) for user, password in passwords.items()}
    file.write_text(print_definitions(make_definitions(passwords, password_hashes=hashes)))
    node.import_definitions(file)


def _secret(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secrets.token_urlsafe(32))
    return file


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
