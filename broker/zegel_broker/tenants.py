"""An instantie's place at RabbitMQ, made and taken away through the management API: one user, two queues, no more."""

import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from zegel_broker.management_api import ApiError, ManagementApi
from zegel_broker.settings import LOOPBACK, SettingsError, read_secret
from zegel_broker.topology import VHOST, inbox, make_part, outbox

SAMPLE_SECONDS: Final = 6.0  # RabbitMQ counts the messages of a queue every 5 s
NOT_FOUND: Final = 404


def open_management(file: Path) -> ManagementApi:
    """Return the management API that a file (mode 0600) names: http://USER:PASSWORD@127.0.0.1:15672, or https://….

    With https, `?cafile=` names the certificates it is known by. Raise SettingsError.
    """
    url = urlsplit(read_secret(file))
    if url.scheme not in {"http", "https"} or not url.hostname or not url.username:
        raise SettingsError(f"{file}: write http://USER:PASSWORD@127.0.0.1:15672 or https://USER:PASSWORD@HOST:15671")
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        raise SettingsError(f"{file}: another machine is reached with https:// only, for a password travels along")
    try:
        cafile = parse_qs(url.query).get("cafile", [None])[0]
        tls = ssl.create_default_context(cafile=cafile) if url.scheme == "https" else None
        port = url.port or (15672 if tls is None else 15671)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file}: port or cafile cannot be used ({type(error).__name__})") from None
    return ManagementApi(
        host=url.hostname, port=port, user=unquote(url.username), password=unquote(url.password or ""), tls=tls
    )


def open_tenant(api: ManagementApi, instantie: str, *, password_hash: str) -> None:
    """Make user, permissions, exchange and queues of one instantie, or leave them as they are; raise ApiError.

    Without a hash the user can only log in with a certificate.
    """
    api.post("definitions", value=make_part(instantie, password_hash=password_hash))


def close_tenant(api: ManagementApi, instantie: str) -> None:
    """Take the user away and end its connections: from now on it neither writes nor reads. Raise ApiError."""
    api.delete("users", instantie)
    api.delete("connections", "username", instantie)


def count_messages(api: ManagementApi, queue: str) -> int:
    """Return how many messages lie in a queue, as RabbitMQ last counted; 0 when it is not there. Raise ApiError."""
    try:
        return int(api.get("queues", VHOST, queue).get("messages", 0))
    except ApiError as error:
        if error.status == NOT_FOUND:
            return 0
        raise


def await_read(api: ManagementApi, instantie: str, *, seconds: float, pause: Callable[[float], None]) -> int:
    """Wait until the broker has read all that a closed instantie had written; return how many it has not.

    Looks for the first time once RabbitMQ has counted again.
    """
    end = time.monotonic() + max(seconds, SAMPLE_SECONDS)
    pause(SAMPLE_SECONDS)
    while left := count_messages(api, inbox(instantie)):
        if time.monotonic() > end:
            return left
        pause(1.0)
    return 0


def remove_queues(api: ManagementApi, instantie: str) -> int:
    """Remove exchange and queues of who left; return how many deliveries it never collected. Raise ApiError."""
    left = count_messages(api, outbox(instantie))
    with _allowed_to_remove(api, instantie):
        api.delete("exchanges", VHOST, inbox(instantie))
        for queue in (inbox(instantie), outbox(instantie)):
            api.delete("queues", VHOST, queue)
    return left


@contextmanager
def _allowed_to_remove(api: ManagementApi, instantie: str) -> Iterator[None]:
    """Let the administrator touch these two names and no other, and only for as long as it takes.

    It may make vhosts and users, but what is in a vhost only with a permission there, which it can give itself.
    """
    mine = ("permissions", VHOST, api.user)
    before = next((each for each in api.get("permissions") if (each["vhost"], each["user"]) == mine[1:]), None)
    only = f"^({re.escape(inbox(instantie))}|{re.escape(outbox(instantie))})$"
    api.put(*mine, value={"configure": only, "write": "", "read": ""})
    try:
        yield
    finally:
        if before is None:
            api.delete(*mine)
        else:
            api.put(*mine, value={each: before[each] for each in ("configure", "write", "read")})
