"""What a broker answers on an ask, made with the pure functions of the protocol; honest, or with any field changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.adapter_scene import Municipality
from zegel_adapters.asker import Asker
from zegel_adapters.receive import Receiver, Taken
from zegel_adapters.sender import Parcel, Sender
from zegel_adapters.side import Side
from zegel_schemas.asking import Answer, Asked, Step, read_ask
from zegel_schemas.directory import Directory
from zegel_schemas.merkle import CompactRange, consistency_path, leaf_hash
from zegel_schemas.record import Record
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.hop import HopBox, HopFrame


@dataclass
class Line:
    """One instantie's adapter without RabbitMQ: what it would send, and what comes back."""

    town: Municipality
    side: Side
    documents: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start the adapter's parts, as at the start of its process."""
        asker = Asker(self.side)
        self.sender = Sender(self.side, resend_after=600, asker=asker)
        self.receiver = Receiver(self.side, asker)

    def send(self) -> tuple[list[bytes], list[Parcel]]:
        """Return the asks that go out now, opened, and the other parcels; all are confirmed."""
        parcels = self.sender.due()
        self.sender.confirm(parcels)
        asks = [self.open(each).body for each in parcels if each.carries is None]
        return asks, [each for each in parcels if each.carries is not None]

    def open(self, parcel: Parcel) -> HopFrame:
        """Open the hop of what goes to the broker."""
        return HopBox([self.town.hop]).open(parcel.body, self.side.shelf.key)[0]

    def read(self, ask: bytes) -> Asked:
        """Return what an ask asks."""
        return read_ask(read(check_frame(ask, self.side.shelf.key)))

    def answer(self, ask: bytes, /, **changes: Any) -> Taken:
        """Answer an ask as an honest broker of this moment does, `changes` in the answer, and take it in."""
        body = replace(self.make_answer(ask), **changes).encode()
        taken = self.receiver.take(self.town.box(self.side.instantie, "notice", body))
        if taken == "caught_up":
            self.sender.load_keys()
            self.receiver.retry()
        return taken

    def make_answer(self, ask: bytes) -> Answer:
        """Return the honest answer: a tick of this second names the directory of the town."""
        town, asked = self.town, self.read(ask)
        directory = Directory.load(town.directory, root_fingerprint=town.fingerprint)
        tick = town.log.write(Record(type="tick", directory=directory.version), time=self.side.now())
        return Answer(
            ask=asked.message_hash,
            note=town.log.note(),
            proof=town.log.prove(tick),
            after=asked.directory,
            steps=self.show(asked.sizes),
            lines=b"".join(town.directory.splitlines(keepends=True)[asked.directory.count :]),
            files=tuple(self.documents[each] for each in asked.files if each in self.documents),
        )

    def show(self, sizes: tuple[int, ...]) -> tuple[Step, ...]:
        """Return the consistency paths from each size to the next, and on to the log as it is."""
        grown = CompactRange().extend(leaf_hash(each) for each in self.town.log.leaves)
        nodes = grown.new_nodes()
        ends = (*sizes[1:], grown.range.size) if sizes else ()
        return tuple(
            Step(size, tuple(consistency_path(size, end, lambda level, at: nodes[level, at])))
            for size, end in zip(sizes, ends, strict=True)
        )
