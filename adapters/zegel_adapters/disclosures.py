"""Disclosures: what this home shows of a message to a third party, and the list of everything it ever showed."""

from dataclasses import dataclass
from hashlib import sha256

from zegel_adapters.errors import AdapterError
from zegel_adapters.inbox import Inbox, Item
from zegel_adapters.mailbox import Mailbox
from zegel_schemas import canonical
from zegel_schemas.directory import Directory
from zegel_schemas.disclosure import make_exhibit


@dataclass(frozen=True, slots=True)
class Disclosing:
    """One exhibit that was made here: when (seconds since 1970), of what, and the SHA-256 of its file in hex."""

    at: int
    message: str
    sender: str
    category: str
    sha256: str


class Disclosures:
    """Makes exhibits of received messages, and keeps the list; the list outlives the content it speaks of."""

    def __init__(self, mailbox: Mailbox, inbox: Inbox) -> None:
        """Work on `mailbox`, whose messages `inbox` opens."""
        self._box = mailbox
        self._inbox = inbox

    def make(self, item: Item, category: str, *, directory: Directory, now: int) -> bytes:
        """Return the exhibit of one part; that it was made is on the disk before anybody has it.

        Raise UnknownMessageError when its casus was destroyed, AdapterError when the message has no such part.
        """
        opened, stamp = self._inbox.reopen(item.sender, item.id)
        enclosed = [each.category for each in item.declaration.parts]
        if category not in enclosed:
            raise AdapterError(f"the message has no part {category}; it has: {', '.join(enclosed) or 'none at all'}")
        exhibit = make_exhibit(opened, category, stamp=stamp, directory=directory).encode()
        values = {
            "message": item.id,
            "sender": item.sender,
            "category": category,
            "sha256": sha256(exhibit).hexdigest(),
        }
        with self._box.transaction() as db:
            seq = db.execute("INSERT INTO disclosed (at, box) VALUES (?, x'')", (now,)).lastrowid
            box = self._box.encrypt_aside(canonical.encode(values), "disclosed", str(seq))
            db.execute("UPDATE disclosed SET box = ? WHERE seq = ?", (box, seq))
        return exhibit

    def all(self) -> list[Disclosing]:
        """Return every exhibit that was made here, the oldest first."""
        found = []
        for row in self._box.rows("SELECT seq, at, box FROM disclosed ORDER BY seq"):
            values = canonical.decode(self._box.decrypt_aside(row["box"], "disclosed", str(row["seq"])))
            if not isinstance(values, dict):
                raise TypeError("a row of the list of disclosures is an object")
            found.append(Disclosing(row["at"], **{name: str(value) for name, value in values.items()}))
        return found
