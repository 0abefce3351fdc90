"""Disclosures: what this home shows of a message to a third party, and the list of everything it ever showed."""

from dataclasses import dataclass
from hashlib import sha256

from zegel_adapters.errors import AdapterError
from zegel_adapters.evidence import Evidence
from zegel_adapters.inbox import Inbox
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outbox import Outbox
from zegel_schemas import canonical
from zegel_schemas.directory import Directory
from zegel_schemas.disclosure import make_exhibit
from zegel_schemas.record import read_record
from zegel_schemas.seal import Opened
from zegel_schemas.stamp import Notice, Stamp


@dataclass(frozen=True, slots=True)
class Disclosing:
    """One exhibit that was made here: when (seconds since 1970), of what, and the SHA-256 of its file in hex."""

    at: int
    message: str
    sender: str
    category: str
    sha256: str


class Disclosures:
    """Makes exhibits of messages, received and sent, and keeps the list, which outlives the content it speaks of."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Work on `mailbox`."""
        self._box = mailbox

    def make(self, message_id: str, category: str, *, sender: str, directory: Directory, now: int) -> bytes:
        """Return the exhibit of one part; that it was made is on the disk before anybody has it.

        `sender` is only needed when several sent a message of this id. Raise UnknownMessageError, also when its casus
        was destroyed, and AdapterError when the message has no such part, or no permission of it is proven here.
        """
        opened, stamp = self._find(message_id, sender, directory)
        said = opened.verified.declaration
        enclosed = [each.category for each in said.parts]
        if category not in enclosed:
            raise AdapterError(f"the message has no part {category}; it has: {', '.join(enclosed) or 'none at all'}")
        exhibit = make_exhibit(opened, category, stamp=stamp, directory=directory).encode()
        values = {
            "message": said.id,
            "sender": said.sender.instantie,
            "category": category,
            "sha256": sha256(exhibit).hexdigest(),
        }
        with self._box.transaction() as db:
            seq = db.execute("INSERT INTO disclosed (at, box) VALUES (?, x'')", (now,)).lastrowid
            box = self._box.encrypt_aside(canonical.encode(values), "disclosed", str(seq))
            db.execute("UPDATE disclosed SET box = ? WHERE seq = ?", (box, seq))
        return exhibit

    def _find(self, message_id: str, sender: str, directory: Directory) -> tuple[Opened, bytes]:
        outbox, inbox = Outbox(self._box), Inbox(self._box, directory.published_key)
        if not sender and message_id in outbox:
            return outbox.reopen(message_id, directory.published_key), self._permission(message_id)
        return inbox.reopen(sender or inbox.find_sender(message_id), message_id)

    def _permission(self, message_id: str) -> bytes:
        """Return the stamp of a message of ours, out of the notice that said it was permitted."""
        for data in Evidence(self._box).proofs(message_id):
            notice = Notice.decode(data)
            record = read_record(notice.proofs[0].record)
            if record.type == "decision" and record.outcome == "permitted":
                return Stamp(notice.proofs[0], notice.note).encode()
        raise AdapterError("no permission of that message is proven here (yet): an exhibit shows what was permitted")

    def all(self) -> list[Disclosing]:
        """Return every exhibit that was made here, the oldest first."""
        found = []
        for row in self._box.rows("SELECT seq, at, box FROM disclosed ORDER BY seq"):
            values = canonical.decode(self._box.decrypt_aside(row["box"], "disclosed", str(row["seq"])))
            if not isinstance(values, dict):
                raise TypeError("a row of the list of disclosures is an object")
            found.append(Disclosing(row["at"], **{name: str(value) for name, value in values.items()}))
        return found
