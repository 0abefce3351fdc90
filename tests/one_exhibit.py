"""The setting of the exhibit's tests: an answer of two parts that the log permitted, and the proof of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.one_directory import CONVENANT, CORPORATION, DIRECTORY, FINGERPRINT, REGIE, SIGNING, fixed_key
from tests.one_stamp import HELD, QUESTION, Log, permit, repeated_bytes
from zegel_schemas.content import example, write_content
from zegel_schemas.convenant import Convenant, static_rules
from zegel_schemas.declaration import Declaration, PartName, Recipient, Sender
from zegel_schemas.directory import Directory
from zegel_schemas.disclosure import Exhibit, Shown, check_exhibit, make_exhibit
from zegel_schemas.record import Record
from zegel_schemas.seal import Opened, PlainPart, Sealed, b64u, check_frame, open_parts, read, seal
from zegel_schemas.stamp import Stamp

CATEGORIES = ("huurachterstand", "huisvesting")
SEALING = fixed_key("sealing", REGIE)
ANSWER: dict[str, Any] = QUESTION | {
    "kind": "informatieantwoord",
    "sender": Sender(instantie=CORPORATION, role="contactpersoon", key=b64u(SIGNING[CORPORATION].id)),
    "recipient": Recipient(instantie=REGIE, key=b64u(SEALING.public.id)),
    "asks": (),
    "parts": tuple(PartName(category=each, schema_version=1, label="feit") for each in CATEGORIES),
}


@dataclass
class Answered:
    """A message with parts as its recipient holds it: opened, and its stamp."""

    sealed: Sealed
    opened: Opened
    stamp: Stamp

    def exhibit(self, category: str = CATEGORIES[0], directory: Directory = DIRECTORY) -> Exhibit:
        """Return the honest proof of one part."""
        return make_exhibit(self.opened, category, stamp=self.stamp.encode(), directory=directory)


def plain_part(category: str, content: bytes | None = None) -> PlainPart:
    """Return the example of a category as a part, or these bytes."""
    return PlainPart(category, 1, content or write_content(example(category)))


def record_of(opened: Opened, **changes: Any) -> Record:
    """Return the record of an honest broker that permits the answer; `changes` make it another."""
    names = tuple(each.category for each in opened.verified.declaration.parts)
    rules = {
        each: static_rules(
            CONVENANT,
            kind="informatieantwoord",
            category=each,
            purpose="armoede_schulden",
            sender=CORPORATION,
            recipient=REGIE,
        )
        for each in names
    }
    return permit(opened.verified, **({"categories": names, "rules": rules} | changes))


def answer(
    log: Log | None = None,
    *,
    record: Mapping[str, Any] | None = None,
    contents: Mapping[str, bytes] | None = None,
    **changes: Any,
) -> Answered:
    """Return an answer that was sealed, permitted and opened; `changes` are of its declaration, `record` of the log's.

    With `time` among the record's changes it was decided then, in seconds since 1970. `contents` replace the example's.
    """
    declaration = Declaration(**(ANSWER | changes))
    sealed = seal(
        declaration,
        [plain_part(each.category, (contents or {}).get(each.category)) for each in declaration.parts],
        signing=SIGNING[CORPORATION],
        recipient=SEALING.public,
        random=repeated_bytes,
    )
    opened = open_parts(read(check_frame(sealed.container, DIRECTORY.key)), SEALING)
    values = dict(record or {})
    when = {"time": values.pop("time")} if "time" in values else {}
    return Answered(sealed, opened, (log or Log()).write(record_of(opened, **values), **when))


def check(
    exhibit: Exhibit | bytes,
    *,
    root_fingerprint: str = FINGERPRINT,
    convenants: Mapping[str, Convenant] = HELD,
    newer: bytes = b"",
) -> Shown:
    """Check an exhibit as a court does, which has nothing but the fingerprint of the root."""
    data = exhibit if isinstance(exhibit, bytes) else exhibit.encode()
    return check_exhibit(data, root_fingerprint=root_fingerprint, convenants=convenants.get, newer=newer)


def changed(exhibit: Exhibit, **changes: Any) -> Exhibit:
    """Return the exhibit with these fields of its part changed."""
    return replace(exhibit, disclosure=replace(exhibit.disclosure, **changes))
