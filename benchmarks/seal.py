"""Measures the seal beside JOSE, in microseconds per message: `make bench-seal`; writes build/bench-seal.json.

Both protect the same plaintext, signed by one and readable by one other. Zegel: seal; then verify, open, and the check
of the stamp, which JOSE has not. JOSE (library joserfc; EdDSA, ECDH-ES, A256GCM), in two ways: nested, a JWS inside a
JWE (RFC 7519, 5.2), the usual one; and shaped like Zegel, a JWE beside a JWS over its SHA-256, so that who carries it
can check the sender without opening it.
"""

import argparse
import hashlib
import json
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from joserfc import jwe, jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey
from rich.console import Console
from rich.table import Table

from tests import one_stamp
from tests.two_instanties import CORPORATION, REGIE, SEALING, SIGNING, content_of, declare, receive
from zegel_schemas.seal import open_parts, seal

RESULT = Path("build/bench-seal.json")
SIZES = (1024, 64 * 1024, 1024 * 1024)  # bytes of plaintext, before padding
CATEGORY = "huurachterstand"
ENTRIES = 100_000  # in the log under the stamp: 17 steps of proof
ROUND = 0.01  # seconds of processor time one work gets in one round
MOST = 16 * 1024 * 1024  # bytes joserfc may read; by itself it takes no message of 64 KiB

Work = Callable[[], object]


class WideJWE(jwe.JWERegistry):
    """The registry of joserfc with room for the larger messages."""

    max_ciphertext_length = MOST


class WideJWS(jws.JWSRegistry):
    """The same for signed payloads."""

    max_payload_length = MOST


@dataclass(frozen=True, slots=True)
class Row:
    """What one size costs, in microseconds; `out` is the sender's side, `into` the recipient's."""

    size: int
    seal: float
    verify: float
    open: float
    stamp: float
    nested_out: float
    nested_into: float
    shaped_out: float
    shaped_into: float


class Jose:
    """One sender and one recipient who speak JOSE."""

    def __init__(self) -> None:
        """Make their keys."""
        self._signing, self._sealing = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("X25519")
        self._jwe = WideJWE(algorithms=["ECDH-ES", "A256GCM"])
        self._jws = WideJWS(algorithms=["EdDSA"])

    def nest(self, plaintext: bytes) -> str:
        """Return a JWE of a JWS of the plaintext."""
        return self._encrypt(self._sign(plaintext).encode())

    def unnest(self, token: str) -> bytes:
        """Return the plaintext, decrypted and verified."""
        return self._verify(self._decrypt(token))

    def shape(self, plaintext: bytes, declaration: bytes) -> tuple[str, str]:
        """Return a JWE of the plaintext, and a JWS over declaration and SHA-256 of that JWE."""
        box = self._encrypt(plaintext)
        said = {"declaration": declaration.decode(), "part": hashlib.sha256(box.encode()).hexdigest()}
        return box, self._sign(json.dumps(said).encode())

    def unshape(self, message: tuple[str, str]) -> bytes:
        """Return the plaintext, verified and decrypted."""
        box, token = message
        if json.loads(self._verify(token))["part"] != hashlib.sha256(box.encode()).hexdigest():
            raise ValueError("another part than was signed")
        return self._decrypt(box)

    def _sign(self, payload: bytes) -> str:
        return jws.serialize_compact({"alg": "EdDSA"}, payload, self._signing, registry=self._jws)

    def _verify(self, token: str | bytes) -> bytes:
        return jws.deserialize_compact(token, self._signing, registry=self._jws).payload

    def _encrypt(self, plaintext: bytes) -> str:
        header = {"alg": "ECDH-ES", "enc": "A256GCM"}
        return jwe.encrypt_compact(header, plaintext, self._sealing, registry=self._jwe)

    def _decrypt(self, token: str) -> bytes:
        plaintext = jwe.decrypt_compact(token, self._sealing, registry=self._jwe).plaintext
        if plaintext is None:
            raise ValueError("nothing inside")
        return plaintext


def works(size: int) -> Mapping[str, Work]:
    """Return what is measured at one size, by the names of `Row`."""
    frame = len(content_of(CATEGORY, "").content)
    part = content_of(CATEGORY, "x" * (size - frame))
    declaration, signing, recipient = declare(CATEGORY), SIGNING[REGIE], SEALING[CORPORATION]

    def seal_it() -> bytes:
        return seal(declaration, [part], signing=signing, recipient=recipient.public, random=os.urandom).container

    container, jose, declared = seal_it(), Jose(), declaration.to_bytes()
    verified = receive(container)
    stamp = one_stamp.Log(size=ENTRIES).write(one_stamp.permit())
    nested, shaped = jose.nest(part.content), jose.shape(part.content, declared)
    if not open_parts(verified, recipient).contents[0].content == jose.unnest(nested) == jose.unshape(shaped):
        raise ValueError("they did not protect the same")
    return {
        "seal": seal_it,
        "verify": lambda: receive(container),
        "open": lambda: open_parts(verified, recipient),
        "stamp": lambda: one_stamp.check(stamp),
        "nested_out": lambda: jose.nest(part.content),
        "nested_into": lambda: jose.unnest(nested),
        "shaped_out": lambda: jose.shape(part.content, declared),
        "shaped_into": lambda: jose.unshape(shaped),
    }


def measure(measured: Mapping[str, Work], *, rounds: int) -> dict[str, float]:
    """Return microseconds of processor time per call: of many rounds, all in turn, each work's quickest."""
    calls = {name: max(1, int(ROUND / _time(work, 1))) for name, work in measured.items()}
    quickest = dict.fromkeys(measured, float("inf"))
    for _ in range(rounds):
        for name, work in measured.items():
            quickest[name] = min(quickest[name], _time(work, calls[name]))
    return {name: round(each * 1e6, 1) for name, each in quickest.items()}


def _time(work: Work, calls: int) -> float:
    """Return the seconds of processor time one call takes, over so many."""
    started = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - started) / calls


def compare(row: Row) -> Iterator[tuple[str, float, float, float]]:
    """Yield per direction: its name, Zegel's microseconds, and how many times that JOSE takes, nested and shaped."""
    into = row.verify + row.open
    yield "out", row.seal, row.nested_out / row.seal, row.shaped_out / row.seal
    yield "in", into, row.nested_into / into, row.shaped_into / into


def show(rows: Sequence[Row]) -> None:
    """Print the table, and how Zegel stands beside JOSE at each size."""
    table = Table("plaintext", *(name.replace("_", " ") for name in asdict(rows[0]) if name != "size"))
    for row in rows:
        table.add_row(f"{row.size // 1024} KiB", *(f"{value:g}" for value in list(asdict(row).values())[1:]))
    Console(width=110).print(table)
    for row in rows:
        for way, own, nested, shaped in compare(row):
            print(
                f"{row.size // 1024} KiB {way}: {own:.0f} µs; nested JOSE takes {nested:.2f} times that, "
                f"JOSE of the same shape {shaped:.2f}"
            )


def main() -> None:
    """Measure all sizes."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=40, help="of each work; the quickest counts")
    given = arguments.parse_args()
    warnings.simplefilter("ignore", SecurityWarning)  # EdDSA is called Ed25519 since RFC 9864; the bytes are the same
    rows = [Row(size, **measure(works(size), rounds=given.rounds)) for size in SIZES]
    show(rows)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
