"""Writes the welcome of each new member: the directory, the convenants it names, and where RabbitMQ is; no secret."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yarl import URL

from zegel_broker.ceremony import read_file, write_public
from zegel_broker.settings import Settings, SettingsError
from zegel_broker.topology import VHOST
from zegel_schemas.convenant import read_convenant, shipped_convenant
from zegel_schemas.directory import Directory
from zegel_schemas.directory.request import Request
from zegel_schemas.directory.welcome import Welcome, is_loopback, make_welcome

OPENSSL_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What every newcomer gets besides the directory; `certificates` is a folder with ID.pem for each who asked."""

    address: str
    convenants: Mapping[str, Mapping[str, bytes]]  # files by name of each set, by digest
    authority: str
    certificates: Path | None

    @property
    def passwords(self) -> bool:
        """Whether members log in with a password: on this machine only, elsewhere with a certificate."""
        return is_loopback(self.address)

    def write(self, request: Request, directory: Directory) -> Welcome:
        """Return the welcome of one member; raise SettingsError or DirectoryInvalid."""
        return make_welcome(
            request.instantie,
            directory,
            address=self.address,
            convenants=self.convenants,
            authority=self.authority,
            certificate=self._certificate(request),
        )

    def _certificate(self, request: Request) -> str:
        if self.passwords:
            return ""
        if not request.certificate_request:
            return ""  # it has a certificate by another way: its own URL names it
        if self.certificates is None:
            raise SettingsError(
                f"certificates: {request.instantie} asked for a certificate: let your authority sign "
                f"requests/{request.instantie}.csr as common name {request.instantie}, and name the folder with "
                f"{request.instantie}.pem"
            )
        path = self.certificates / f"{request.instantie}.pem"
        text = _read_pem(path)
        _require_name(path, request.instantie)
        return text


def make_handout(
    settings: Settings | None,
    *,
    address: str,
    convenants: Sequence[Path],
    authority: Path | None,
    certificates: Path | None,
) -> Handout:
    """Return what newcomers get; address and convenants are by default the broker's own. Raise SettingsError."""
    paths = [*(settings.convenants if settings else ()), *convenants]
    found = address or (_own_address(settings) if settings else "")
    if not found:
        raise SettingsError("address: say where members reach RabbitMQ: --address amqps://HOST:5671/zegel")
    return Handout(
        address=found,
        convenants=dict(_read_sets(paths)),
        authority=_read_pem(authority) if authority else "",
        certificates=certificates,
    )


def write_welcomes(welcomes: Iterable[Welcome], folder: Path) -> dict[str, Path]:
    """Write ID.welcome for each; return their paths by instantie."""
    written = {each.instantie: folder / f"{each.instantie}.welcome" for each in welcomes}
    for each in welcomes:
        write_public(written[each.instantie], each.to_bytes())
    return written


def _own_address(settings: Settings) -> str:
    url = URL(settings.amqp_url.get_secret_value())
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}/{VHOST}"


def _read_sets(paths: Iterable[Path]) -> Iterable[tuple[str, Mapping[str, bytes]]]:
    # The shipped set comes with the adapter.
    for path in paths:
        files = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
        texts = {each.name: read_file(each) for each in files}
        digest = read_convenant(texts).digest
        if digest != shipped_convenant().digest:
            yield digest, texts


def _require_name(path: Path, instantie: str) -> None:
    """Raise SettingsError unless the certificate is in this name: RabbitMQ takes its common name for the user.

    The request was written by the instantie itself, and could ask for another's.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise SettingsError("certificates: `openssl` is needed to look at them: install it")
    command = [openssl, "x509", "-in", str(path), "-noout", "-subject", "-nameopt", "RFC2253"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=OPENSSL_SECONDS, check=False)
    parts = done.stdout.strip().removeprefix("subject=").split(",")
    if done.returncode or [each for each in parts if each.startswith("CN=")] != [f"CN={instantie}"]:
        raise SettingsError(f"{path}: not a certificate in the name {instantie}: let it be signed as that common name")


def _read_pem(path: Path) -> str:
    try:
        text = read_file(path).decode("ascii")
    except UnicodeDecodeError:
        text = ""
    if "-----BEGIN CERTIFICATE-----" not in text or "PRIVATE KEY" in text:
        raise SettingsError(f"{path}: give certificates in PEM, and nothing else")
    return text
