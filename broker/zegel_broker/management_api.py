"""Speaks to RabbitMQ's management HTTP API as one administrator: JSON in, JSON out, no proxy, no redirect."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import ssl

TIMEOUT = 30.0  # seconds; importing the definitions of a town takes one or two


class ApiError(RuntimeError):
    """The management API did not do what it was asked; `status` is 0 when it did not answer at all."""

    def __init__(self, text: str, *, status: int = 0) -> None:
        """Take a text for a person and the HTTP status."""
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status (below 400) and the JSON value, None when there was none."""

    status: int
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementApi:
    """One management API; `tls` is None for plain HTTP, `prefix` what stands before `/api` in its paths."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    prefix: str = ""

    @property
    def address(self) -> str:
        """Where it is, without the login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.prefix}"

    def get(self, *path: str) -> Any:
        """Return the JSON value at `path`. Raises `ApiError`."""
        return self._ask("GET", path).value

    def put(self, *path: str, value: object) -> Answer:
        """Put `value` at `path`; status 201 = it was not there before. Raises `ApiError`."""
        return self._ask("PUT", path, value)

    def post(self, *path: str, value: object) -> None:
        """Post `value` to `path`. Raises `ApiError`."""
        self._ask("POST", path, value)

    def delete(self, *path: str) -> None:
        """Delete what is at `path`; that nothing is there is well too. Raises `ApiError`."""
        try:
            self._ask("DELETE", path)
        except ApiError as error:
            if error.status != http.client.NOT_FOUND:
                raise

    def _ask(self, method: str, path: tuple[str, ...], value: object = None) -> Answer:
        connection = self._connect()
        try:
            target = "/".join([f"{self.prefix}/api", *(quote(step, safe="") for step in path)])
            connection.request(method, target, json.dumps(value) if value is not None else None, self._headers())
            answer = connection.getresponse()
            return _read(answer.status, answer.read(), f"{method} /{'/'.join(path)}")
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(f"{self.address} does not answer ({type(error).__name__})") from error
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        if self.tls is None:
            return http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        return http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT, context=self.tls)

    def _headers(self) -> dict[str, str]:
        login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {login}", "Content-Type": "application/json"}


def _read(status: int, body: bytes, asked: str) -> Answer:
    try:
        value = json.loads(body) if body else None
    except ValueError:
        raise ApiError(f"{asked}: no JSON came back, so this is no management API of RabbitMQ", status=status) from None
    if status >= http.client.MULTIPLE_CHOICES:
        reason = value.get("reason", "") if isinstance(value, dict) else ""
        raise ApiError(f"{asked}: HTTP {status} {_spell(reason)}".strip(), status=status)
    return Answer(status, value)


def _spell(reason: Any) -> str:
    """Return a reason as text: an Erlang error comes as a list, and an Erlang string as a list of its characters."""
    if not isinstance(reason, list):
        return str(reason)
    if reason and all(isinstance(each, int) for each in reason):
        return "".join(map(chr, reason))
    return " ".join(map(_spell, reason))
