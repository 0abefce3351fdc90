"""Takes a welcome in: checked from the fingerprint that was read out, and only then written into the home."""

import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from zegel_adapters.assemble import open_home
from zegel_adapters.errors import AdapterError
from zegel_adapters.home import PUBLIC_FILE, Home, read_private, write_file
from zegel_adapters.homekey import Passphrase
from zegel_adapters.keystore import Keystore
from zegel_adapters.settings import Settings, read_saved, save_settings
from zegel_schemas.convenant import ConvenantInvalid, read_convenant
from zegel_schemas.directory import Directory, DirectoryInvalid, Flaw, FlawCode, require_extends
from zegel_schemas.directory.welcome import PAPER, ConvenantFiles, Welcome, is_loopback, open_welcome


@dataclass(frozen=True, slots=True)
class Joined:
    """What a home holds after joining: the directory, and how many sets of documents came along."""

    directory: Directory
    convenants: int


def join_home(
    home: Path | str, welcome: bytes, *, root_fingerprint: str, passphrase: Passphrase | None = None
) -> Joined:
    """Write directory, convenants and line of a welcome into a home; doing it again with a newer one is the way to go.

    Raise DirectoryInvalid (Refusal REGISTER_ONGELDIG) naming field and remedy, or AdapterError; then the home is as it
    was.
    """
    place, settings, key = open_home(home, passphrase)
    store = Keystore(place, key, owner=settings.instantie)
    identities = [*(own.private.public.raw for own in store.keys("identity")), *_named_before(place, settings)]
    opened = open_welcome(
        welcome, instantie=settings.instantie, identities=identities, root_fingerprint=root_fingerprint
    )
    paper, directory = opened.welcome, opened.directory
    if place.directory.exists():
        held = Directory.load(place.directory.read_bytes(), root_fingerprint=settings.root_fingerprint)
        require_extends(held, directory)
    for each in paper.convenants:
        _check_convenant(each)
    line = _make_line(place, settings, paper)
    for each in paper.convenants:
        _keep_convenant(place, each)
    write_file(place.directory, directory.to_bytes())
    fingerprint = directory.root_fingerprint
    save_settings(place, {**read_saved(place), "root_fingerprint": fingerprint, "amqp_url": line})
    return Joined(directory, len(paper.convenants))


def _named_before(place: Home, settings: Settings) -> list[bytes]:
    """Return the identity keys the directory held now names of us: the private half may lie elsewhere."""
    if not place.directory.exists():
        return []
    held = Directory.load(place.directory.read_bytes(), root_fingerprint=settings.root_fingerprint)
    return [each.raw for each in held.members.get(settings.instantie, ())]


def _check_convenant(found: ConvenantFiles) -> None:
    try:
        digest = read_convenant({name: text.encode() for name, text in found.files.items()}).digest
    except ConvenantInvalid:
        digest = ""
    if digest != found.digest:
        remedy = "this is not the text the root signed: ask for another welcome"
        raise DirectoryInvalid([Flaw(FlawCode.VELD_ONGELDIG, 0, "convenants", remedy, paper=PAPER)])


def _keep_convenant(place: Home, found: ConvenantFiles) -> None:
    folder = place.convenants / found.digest
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.files.items():
        write_file(folder / name, text.encode(), mode=PUBLIC_FILE)


def _make_line(place: Home, settings: Settings, paper: Welcome) -> str:
    """Return the URL to connect with: on this machine with our password, elsewhere with our certificate."""
    url, held = urlsplit(paper.address), urlsplit(settings.amqp_url.get_secret_value())
    if held.hostname and (held.hostname, held.port, held.path) == (url.hostname, url.port, url.path):
        return settings.amqp_url.get_secret_value()  # ours leads there already, perhaps with a certificate of our own
    if is_loopback(paper.address):
        password = read_private(place.password).decode("ascii").strip()
        return f"{url.scheme}://{quote(settings.instantie)}:{quote(password)}@{url.netloc}{url.path}"
    if url.scheme != "amqps":
        raise _unfit("address", "another machine is reached with amqps:// only: ask the operator for another welcome")
    if not (paper.certificate and paper.authority):
        remedy = "no certificate came along: ask the operator for one, or put your own URL with certificates into"
        raise _unfit("certificate", f"{remedy} {place.settings} (docs/adapter.md)")
    _keep_certificate(place, paper)
    files = {"cafile": place.authority, "certfile": place.certificate, "keyfile": place.tls_key}
    query = urlencode({"auth": "EXTERNAL", **{name: str(path.resolve()) for name, path in files.items()}}, safe="/")
    return f"{paper.address}?{query}"


def _keep_certificate(place: Home, paper: Welcome) -> None:
    read_private(place.tls_key)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=place.tls_key.parent) as folder:
        for path, text in ((place.authority, paper.authority), (place.certificate, paper.certificate)):
            (Path(folder) / path.name).write_text(text, "ascii")
        _require_pair(place, Path(folder))
    write_file(place.authority, paper.authority.encode("ascii"), mode=PUBLIC_FILE)
    write_file(place.certificate, paper.certificate.encode("ascii"), mode=PUBLIC_FILE)


def _require_pair(place: Home, new: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(new / place.authority.name)
        context.load_cert_chain(new / place.certificate.name, place.tls_key)
    except ssl.SSLError:
        raise AdapterError(
            f"{place.tls_key}: what came along is not a certificate for the key of this home: ask the operator to have "
            "the request signed that you handed in"
        ) from None


def _unfit(field: str, remedy: str) -> DirectoryInvalid:
    return DirectoryInvalid([Flaw(FlawCode.VELD_ONGELDIG, 0, field, remedy, paper=PAPER)])
