"""An authority of a town, made with openssl as a municipality would, and a RabbitMQ that lets in whom it certified."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.node_settings import MANAGEMENT, pick_ports
from deploy.private_node import PrivateNode

AFAR = "127.0.0.2"  # an address of this machine that is not taken for this machine
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
PLUGINS = (MANAGEMENT, "rabbitmq_auth_mechanism_ssl")


@dataclass(frozen=True)
class Authority:
    """A certificate, `ca.pem`, and its key, in a folder of their own; what it signs lies in `certificates/`."""

    place: Path

    @classmethod
    def make(cls, place: Path) -> "Authority":
        """Make a new one."""
        (place / "certificates").mkdir()
        files = ("-keyout", place / "ca.key", "-out", place / "ca.pem")
        run_openssl("req", "-x509", "-subj", "/CN=zegel ca", *NEW_KEY, *files)
        return cls(place)

    @property
    def papers(self) -> tuple[str | Path, ...]:
        """Return the words that name it to `instantie admit --signed`."""
        return "--authority", self.place / "ca.pem", "--certificates", self.place / "certificates"

    def sign(self, request: Path, *, name: str, file: str = "") -> None:
        """Sign a request under this common name; the certificate is called NAME.pem or as `file` says."""
        self._sign(request, self.place / "certificates" / f"{file or name}.pem", "-subj", f"/CN={name}")

    def start_node(self) -> tuple[PrivateNode, int]:
        """Start a RabbitMQ at AFAR that takes certified users and no passwords; return it and its TLS port."""
        (self.place / "names").write_text(f"subjectAltName = IP:{AFAR}\n")
        request, certificate, key = self.place / "node.csr", self.place / "node.pem", self.place / "node.key"
        run_openssl("req", "-new", "-batch", "-subj", "/CN=node", *NEW_KEY, "-keyout", key, "-out", request)
        self._sign(request, certificate, "-extfile", self.place / "names")
        node, (port,) = PrivateNode.start(plugins=PLUGINS), pick_ports(1)
        lines = [
            f"listeners.ssl.1 = {AFAR}:{port}",
            f"ssl_options.cacertfile = {self.place / 'ca.pem'}",
            f"ssl_options.certfile = {certificate}",
            f"ssl_options.keyfile = {key}",
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true",
            "ssl_cert_login_from = common_name",
            "auth_mechanisms.1 = EXTERNAL",
        ]
        with (node._settings.directory / "rabbitmq.conf").open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))
        node.restart()
        return node, port

    def _sign(self, request: Path, to: Path, *more: str | Path) -> None:
        signing = ("-in", request, "-CA", self.place / "ca.pem", "-CAkey", self.place / "ca.key", "-days", "2")
        run_openssl("x509", "-req", *signing, *more, "-out", to)


def run_openssl(*words: str | Path) -> str:
    """Run one command of openssl; return what it prints."""
    command = ["openssl", *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout
