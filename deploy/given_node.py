"""Borrows a RabbitMQ that somebody else runs (ZEGEL_AMQP_URL); it takes away what it brought and touches nothing else.

What `PrivateNode` does with rabbitmqctl, this does through the management HTTP API, as an administrator. It brings the
vhost `zegel` and the users of the town; when one of them is there already it refuses before it changes anything.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from deploy.private_node import PrivateNode
from zegel_broker.management_api import TIMEOUT, ApiError, ManagementApi
from zegel_broker.topology import VHOST

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType
    from urllib.parse import SplitResult

URL, API = "ZEGEL_AMQP_URL", "ZEGEL_AMQP_API"
ABOUT = (
    "RabbitMQ: a private throwaway node, or the one in ZEGEL_AMQP_URL (amqp://ADMINISTRATOR:PASSWORD@127.0.0.1:5672), "
    "set up through its management API (ZEGEL_AMQP_API, by default port 15672 of the same host); what the demo makes "
    "there it removes again. make test uses private nodes only, for it kills them."
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
AMQP_PORTS = {"amqp": 5672, "amqps": 5671}
API_SCHEMES = {"amqp": "http", "amqps": "https"}
API_PORTS = {"http": 15672, "https": 15671}  # the ports of RabbitMQ's own defaults
TLS_OPTIONS = frozenset({"cafile", "capath", "certfile", "keyfile"})  # of the URL; what else stands there is not ours
CREATED, UNAUTHORIZED, SERVER_ERROR = 201, 401, 500  # HTTP status
AWAY_SECONDS = 120.0  # in which all must be taken away; it takes one
OURS = "Zegel: the throwaway town of `make demo`"  # description of the vhost, for who meets one that was left


class GivenNodeError(RuntimeError):
    """The RabbitMQ that was given cannot be used, or what was brought there cannot be taken away; with a remedy."""


def open_node(environment: MutableMapping[str, str]) -> AbstractContextManager[GivenNode | PrivateNode]:
    """Borrow the RabbitMQ that `environment` names, else start a private one.

    Takes both variables out of `environment`: the town's processes need no administrator's password. Raises
    `GivenNodeError`, `RabbitMQMissingError`, `NodeFailedError`.
    """
    amqp, api = environment.pop(URL, ""), environment.pop(API, "")
    return GivenNode.open(amqp, api) if amqp else PrivateNode.start()


class GivenNode:
    """A RabbitMQ on loan; use it as a context manager, so that what it brought goes again."""

    def __init__(self, amqp: SplitResult, api: ManagementApi) -> None:
        """Use `open`."""
        self._amqp = amqp
        self._api = api
        self._has_vhost = False
        self._users: list[str] = []

    @classmethod
    def open(cls, amqp_url: str, api_url: str = "") -> Self:
        """Look whether this RabbitMQ can be used, and change nothing yet. Raises `GivenNodeError`.

        `amqp_url` holds the login of an administrator; `api_url` is where the management API is, by default port 15672
        (with amqps: 15671) of the same host.
        """
        amqp = _read_url(URL, amqp_url, AMQP_PORTS)
        node = cls(amqp, _make_api(amqp, api_url))
        node._require_amqp()
        node._require_administrator()
        node._require_no_vhost()
        return node

    def url(self, user: str, password: str, vhost: str) -> str:
        """Give the AMQP URL for one user and vhost, with the TLS files of the URL that was given."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        place = self._amqp.netloc.rpartition("@")[2]
        options = [each for each in self._amqp.query.split("&") if each.partition("=")[0] in TLS_OPTIONS]
        query = f"?{'&'.join(options)}" if options else ""
        return f"{self._amqp.scheme}://{login}@{place}/{quote(vhost, safe='')}{query}"

    def import_definitions(self, path: Path) -> None:
        """Bring the vhost and the users, permissions, exchanges and queues of the JSON file `path`.

        Raises `GivenNodeError` when one of the users exists, and then nothing was changed.
        """
        definitions = json.loads(path.read_text())
        users = [str(each["name"]) for each in definitions["users"]]
        if {str(each["name"]) for each in definitions.pop("vhosts")} != {VHOST}:
            raise GivenNodeError(f"{path}: it is not for the vhost `{VHOST}`, and that is the only one brought here")
        self._require_no_users(users)
        self._claim_vhost()
        self._users = users
        try:
            self._api.post("definitions", value=definitions)
        except ApiError as error:
            raise GivenNodeError(f"this RabbitMQ does not take the town's queues and users: {error}") from error

    def close(self) -> None:
        """Take away the vhost with all in it, and the users. Raises `GivenNodeError` naming what could not be."""
        deadline, left = time.monotonic() + AWAY_SECONDS, list[str]()
        brought = [("vhosts", VHOST)] if self._has_vhost else []
        for path in [*brought, *(("users", name) for name in self._users)]:
            try:
                self._take_away(*path, deadline=deadline)
            except ApiError as error:
                left.append(f"{' '.join(path)} ({error})")
        self._has_vhost, self._users = False, []
        if left:
            raise GivenNodeError(f"could not be taken away from {self._api.address}, do it by hand: {'; '.join(left)}")

    def __enter__(self) -> Self:
        """Give the node."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take away what was brought, whatever happened."""
        self.close()

    def _require_amqp(self) -> None:
        host, port = self._amqp.hostname or "", self._amqp.port or AMQP_PORTS[self._amqp.scheme]
        try:
            socket.create_connection((host, port), timeout=TIMEOUT).close()
        except OSError as error:
            raise GivenNodeError(
                f"nothing answers at {host}:{port} ({error.strerror or 'no answer'}): start that RabbitMQ, or unset "
                f"{URL} to play on a private one"
            ) from error

    def _require_administrator(self) -> None:
        try:
            tags: Any = self._api.get("whoami")["tags"]
        except ApiError as error:
            raise GivenNodeError(_explain(error, self._api)) from error
        except (TypeError, KeyError):
            raise GivenNodeError(f"{self._api.address} is no management API of RabbitMQ: set {API}") from None
        # A list since RabbitMQ 3.9, before that one text with commas.
        if "administrator" not in (tags.split(",") if isinstance(tags, str) else tags):
            raise GivenNodeError(
                f"user {self._api.user} of {URL} is no administrator there, and only one can make vhost and users: "
                f"give the login of another, or run on that RabbitMQ: rabbitmqctl set_user_tags USER administrator"
            )

    def _require_no_vhost(self) -> None:
        for each in self._api.get("vhosts"):
            if each["name"] == VHOST:
                whose = f" ({OURS}; one that was killed left it)" if each.get("description") == OURS else ""
                raise _already_there(f"a vhost `{VHOST}`{whose}")

    def _require_no_users(self, users: list[str]) -> None:
        there = sorted({each["name"] for each in self._api.get("users")} & set(users))
        if there:
            raise _already_there(f"the users {', '.join(there)}")

    def _claim_vhost(self) -> None:
        self._has_vhost = True  # before it is so: a Ctrl-C in between would leave it there
        # Only who hears 201 made it: of two demos that start in one moment, the other hears 204.
        if self._api.put("vhosts", VHOST, value={"description": OURS}).status != CREATED:
            self._has_vhost = False
            raise _already_there(f"a vhost `{VHOST}`")

    def _take_away(self, *path: str, deadline: float) -> None:
        # A queue that is just being declared can hold up the removal of its vhost for longer than one answer may take.
        while True:
            try:
                return self._api.delete(*path)
            except ApiError as error:
                if 0 < error.status < SERVER_ERROR or time.monotonic() > deadline:
                    raise
            time.sleep(0.5)  # between two tries


def _read_url(name: str, url: str, ports: dict[str, int]) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is no number shows only here
    except ValueError:
        parts, host = urlsplit(""), None
    plain, safe = ports  # the scheme without TLS and the one with
    if parts.scheme not in ports or not host:
        raise GivenNodeError(f"{name}: write {plain}://USER:PASSWORD@127.0.0.1:{ports[plain]} or {safe}://…")
    if parts.scheme == plain and host not in LOOPBACK:
        raise GivenNodeError(f"{name}: another machine is reached with {safe}:// only, for passwords travel along")
    return parts


def _make_api(amqp: SplitResult, api_url: str) -> ManagementApi:
    host = amqp.netloc.rpartition("@")[2].removesuffix(f":{amqp.port}")
    api = _read_url(API, api_url or f"{API_SCHEMES[amqp.scheme]}://{host}", API_PORTS)
    return ManagementApi(
        host=api.hostname or "",
        port=api.port or API_PORTS[api.scheme],
        user=unquote(amqp.username or "guest"),  # the default of AMQP clients
        password=unquote(amqp.password or "guest"),
        tls=_make_tls(amqp) if api.scheme == "https" else None,
        prefix=api.path.rstrip("/").removesuffix("/api"),
    )


def _make_tls(amqp: SplitResult) -> ssl.SSLContext:
    given = {name: values[0] for name, values in parse_qs(amqp.query).items()}
    try:
        context = ssl.create_default_context(cafile=given.get("cafile"), capath=given.get("capath"))
        if "certfile" in given:
            context.load_cert_chain(given["certfile"], given.get("keyfile"))
    except OSError as error:  # ssl.SSLError is one
        raise GivenNodeError(f"{URL}: cafile, capath, certfile or keyfile cannot be read: {error.strerror}") from error
    return context


def _explain(error: ApiError, api: ManagementApi) -> str:
    if error.status == UNAUTHORIZED:
        return (
            f"{api.address} does not let user {api.user} in: look at name and password in {URL}; a user `guest` may "
            "only come from the machine itself"
        )
    return (
        f"{error}: the town is set up through the management API. Enable it there "
        f"(rabbitmq-plugins enable rabbitmq_management), or say in {API} where it is"
    )


def _already_there(what: str) -> GivenNodeError:
    return GivenNodeError(
        f"this RabbitMQ has {what} already, and what is not ours is not touched: give another RabbitMQ, or remove it "
        "there yourself if nobody needs it"
    )
