"""A municipality of three, made by the real makers: root, log, a broker's hop key, and the homes of real instanties.

`Municipality` does by hand what a broker with the log key does: it writes records, proves them, and boxes deliveries
and notices, honest or not, so that a test can hand an adapter anything.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from zegel_adapters.assemble import open_side
from zegel_adapters.compose import compose
from zegel_adapters.draft import Draft
from zegel_adapters.homekey import CREDENTIAL
from zegel_adapters.ids import draw_casus_id, draw_message_id
from zegel_adapters.initialise import KeysStatement, connect_home, init_home
from zegel_adapters.receive import Receiver
from zegel_adapters.side import Side
from zegel_schemas.content import Content, example
from zegel_schemas.convenant import shipped_convenant, static_rules
from zegel_schemas.declaration import BROKER, MOTIVATION_PART
from zegel_schemas.directory import (
    Directory,
    append_statement,
    fingerprint,
    make_convenant,
    make_keys,
    make_log,
    make_member,
    make_root,
)
from zegel_schemas.merkle import CompactRange, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import DirectoryVersion, Record, commit_subject, make_entry
from zegel_schemas.seal.container import Verified, check_frame, read
from zegel_schemas.seal.hop import HopBox, HopFrame, HopKind, encode_delivery
from zegel_schemas.seal.keys import KeyRecord, PrivateKey
from zegel_schemas.seal.primitives import b64u, unb64u
from zegel_schemas.seal.sealing import Sealed, seal
from zegel_schemas.stamp import Notice, Proof, Stamp

NOW = 1_800_000_000  # 15 January 2027, the second everything here begins at
DAY = 24 * 3600
ORIGIN = "zegel.example/nieuwegein"
REGIE, CORPORATION, WIL = "gemeente.regieteam", "jutphaas_wonen", "wil"
INSTANTIES = (REGIE, CORPORATION, WIL)
CONVENANT = shipped_convenant()
CASUS = "3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b111"
SALT = bytes(range(32))


def give_credential(folder: Path) -> None:
    """Put a key-encryption key where systemd would: homes made under it open without a passphrase."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CREDENTIAL).write_text(b64u(secrets.token_bytes(32)))


def found_town(
    place: Path, monkeypatch: pytest.MonkeyPatch, *, url: str = "", now: int = NOW, ticks: bool = True
) -> "Municipality":
    """Return a town with three connected homes, which open with a credential; `url` may hold `{user}`.

    With `ticks` each home was told by the log that its directory is the newest.
    """
    give_credential(place / "credentials")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(place / "credentials"))
    town = Municipality(place / "homes")
    town.found(url=url, now=now)
    if ticks:
        town.tick(*town.made, time=now)
    return town


@dataclass
class Clock:
    """A clock that stands where a test puts it."""

    now: float = NOW + 60

    def __call__(self) -> float:
        """Return the second it is."""
        return self.now


@dataclass
class Log:
    """A log with its key, in memory; `write` appends an entry and `prove` proves it under the newest note."""

    key: PrivateKey = field(default_factory=lambda: PrivateKey.generate("log", BROKER))
    leaves: list[bytes] = field(default_factory=lambda: [b"of others"] * 5)
    records: dict[int, bytes] = field(default_factory=dict)

    def write(self, record: Record, *, time: int) -> int:
        """Append an entry and return its index."""
        leaf, written = make_entry(record, origin=ORIGIN, time=time, salt=SALT)
        self.leaves.append(leaf)
        self.records[len(self.leaves) - 1] = written
        return len(self.leaves) - 1

    def note(self, *, key: PrivateKey | None = None) -> bytes:
        """Return the signed note over all entries so far."""
        grown = CompactRange().extend(leaf_hash(each) for each in self.leaves).range
        return sign_checkpoint(Checkpoint(ORIGIN, grown.size, grown.root()), key or self.key)

    def prove(self, index: int) -> Proof:
        """Return the proof of the entry at `index` under the newest note."""
        path = tuple(CompactRange().extend(leaf_hash(each) for each in self.leaves).path(index))
        return Proof(self.leaves[index], self.records[index], SALT, index, path)


@dataclass
class Municipality:
    """Root, log and broker of one town, and where the homes of its instanties lie."""

    place: Path
    log: Log = field(default_factory=Log)
    root: PrivateKey = field(default_factory=lambda: PrivateKey.generate("root", "root"))
    identity: PrivateKey = field(default_factory=lambda: PrivateKey.generate("identity", BROKER))
    hop: PrivateKey = field(default_factory=lambda: PrivateKey.generate("hop", BROKER))
    made: dict[str, KeysStatement] = field(default_factory=dict)
    directory: bytes = b""
    fingerprint: str = ""

    def home(self, instantie: str) -> Path:
        """Return the folder of one instantie."""
        return self.place / instantie

    def found(self, instanties: tuple[str, ...] = INSTANTIES, *, url: str = "", now: int = NOW) -> None:
        """Make all homes, sign the directory, and connect every home to it; `url` may hold `{user}`."""
        for each in instanties:
            self.made[each] = init_home(self.home(each), each, now=now)
        first = make_root(keys=[self.root.public], threshold=1, time=now, signed_by=[self.root])
        self.fingerprint, file = fingerprint(first), first.to_line()
        signed: dict[str, Any] = {"time": now, "signed_by": [self.root]}
        file = append_statement(file, make_log(ORIGIN, key=self.log.key.public, after=file, **signed))
        documents = [(each.name, each.version, "A" * 43) for each in CONVENANT.documents]
        file = append_statement(
            file, make_convenant(CONVENANT.digest, documents=documents, start=now, after=file, **signed)
        )
        file = append_statement(file, make_member(BROKER, identity=[self.identity.public], after=file, **signed))
        own = KeyRecord(self.hop.public, now - DAY, now + 80 * DAY)
        file = append_statement(file, make_keys([own], time=now, signed_by=self.identity, after=file))
        for name, made in self.made.items():
            file = append_statement(file, make_member(name, identity=[made.identity], after=file, **signed))
            file = append_statement(file, made.statement)
        self.publish(file, url=url)

    def publish(self, file: bytes, *, url: str = "") -> None:
        """Give every home this directory."""
        self.directory = file
        for each in self.made:
            connect_home(
                self.home(each),
                directory=file,
                root_fingerprint=self.fingerprint,
                amqp_url=url.format(user=each) if url else "",
            )

    def tick(self, *instanties: str, time: int) -> None:
        """Enter that the directory of now is in force, and have each of these homes take in the proof of it."""
        directory = Directory.load(self.directory, root_fingerprint=self.fingerprint)
        index = self.log.write(Record(type="tick", directory=directory.version), time=time)
        for each in instanties:
            side = self.side(each, Clock(time))
            taken = Receiver(side).take(self.notice(each, index))
            side.mailbox.close()
            if taken != "noted":
                raise AssertionError(f"the tick was not taken in: {taken}")

    def side(self, instantie: str, clock: Clock | None = None) -> Side:
        """Open the home of an instantie, keys included, at this clock."""
        return open_side(self.home(instantie), clock=clock or Clock(), random=secrets.token_bytes)[0]

    # -- what a broker decides, and how it says so -----------------------------------------------------------------

    def permit(self, container: bytes, by: Side, /, *, time: int = NOW + 61, **changes: Any) -> int:
        """Enter the decision of an honest broker that permits this message; `changes` make it another."""
        verified = read(check_frame(container, by.holdings.directory.key))
        return self.log.write(replace(self.decision(verified, by), **changes), time=time)

    def decision(self, verified: Verified, sender: Side) -> Record:
        """Return the record of a permitted message."""
        said, directory = verified.declaration, sender.holdings.directory
        categories = [*said.asks, *(each.category for each in said.parts if each.category != MOTIVATION_PART)]
        rules = {each: _rules(verified, each) for each in categories}
        return Record(
            type="decision",
            message=said.id,
            hash=b64u(verified.message_hash),
            sender=said.sender.instantie,
            recipient=said.recipient.instantie,
            kind=said.kind,
            casus=said.casus,
            purpose=said.purpose,
            categories=tuple(categories),
            subjects=tuple(commit_subject(said.casus, each, SALT) for each in said.subjects),
            convenant=said.convenant,
            directory=DirectoryVersion(directory.count, directory.head),
            outcome="permitted",
            rules=rules,
        )

    def stamp(self, index: int) -> bytes:
        """Return the stamp of the decision at `index` under the newest note."""
        return Stamp(self.log.prove(index), self.log.note()).encode()

    def box(self, to: str, kind: HopKind, body: bytes) -> bytes:
        """Return the AMQP body with which the broker sends `body` to an instantie."""
        key = next(each.public for each in self.made[to].keys if each.public.use == "hop")
        return HopBox([self.hop]).seal(key, HopFrame(kind, self.log.note(), body), random=secrets.token_bytes)

    def deliver(self, to: str, container: bytes, stamp: bytes) -> bytes:
        """Return the AMQP body of a delivery."""
        return self.box(to, "delivery", encode_delivery(container, stamp))

    def notice(self, to: str, *indices: int, explanations: Mapping[int, bytes] | None = None) -> bytes:
        """Return the AMQP body of a notice about these entries, under the newest note."""
        proofs = tuple(map(self.log.prove, indices))
        return self.box(to, "notice", Notice(proofs, self.log.note(), explanations or {}).encode())

    def tell(self, decision: int, sender: Side, container: bytes, what: str, /, **changes: Any) -> int:
        """Enter what became of a permitted message: delivered, undeliverable, expired or receipt."""
        verified = read(check_frame(container, sender.holdings.directory.key))
        said, version = verified.declaration, sender.holdings.directory.version
        values: dict[str, Any] = {
            "type": what,
            "message": said.id,
            "hash": b64u(verified.message_hash),
            "sender": said.sender.instantie,
            "recipient": said.recipient.instantie,
            "casus": said.casus,
            "convenant": said.convenant,
            "directory": version,
            "earlier": (decision,),
        }
        return self.log.write(Record(**(values | changes)), time=NOW + 62)


def question(**changes: Any) -> Draft:
    """Return the regieteam's question to the corporation about the rent owed, fit to be sent."""
    values: dict[str, Any] = {
        "kind": "informatieverzoek",
        "to": CORPORATION,
        "casus": CASUS,
        "purpose": "armoede_schulden",
        "subjects": ("p1", "p2"),
        "asks": ("huurachterstand",),
        "contents": {MOTIVATION_PART: example(MOTIVATION_PART)},
        "due": "2027-01-25",
        "claims": {"period_months": 12},
    }
    return Draft.model_validate(values | changes)


def answer_contents() -> dict[str, Content]:
    """Return what the corporation answers: the rent owed by p1 and p2."""
    found = example("huurachterstand")
    return {found.category: found}


def seal_draft(sender: Side, draft: Draft, *, now: int = NOW + 60, message_id: str = "", **changes: Any) -> Sealed:
    """Seal a draft as the sender's adapter does; `changes` replace fields of its declaration before it is signed."""
    composed = compose(
        draft,
        message_id=message_id or draw_message_id(secrets.token_bytes, now=now),
        instantie=sender.instantie,
        role=sender.role,
        holdings=sender.holdings,
        now=now,
    )
    said = composed.declaration.model_copy(update=changes)
    key = sender.holdings.directory.key(unb64u(said.recipient.key)) if said.recipient.key else None
    return seal(
        said,
        composed.parts(),
        signing=sender.keystore.find(unb64u(said.sender.key)).private,
        recipient=key.public if key else None,
        random=secrets.token_bytes,
    )


def new_casus() -> str:
    """Return a casus id never used before."""
    return draw_casus_id(secrets.token_bytes)


def _rules(verified: Verified, category: str) -> tuple[str, ...]:
    said = verified.declaration
    return static_rules(
        CONVENANT,
        kind=said.kind,
        category=category,
        purpose=said.purpose,
        sender=said.sender.instantie,
        recipient=said.recipient.instantie,
    )
