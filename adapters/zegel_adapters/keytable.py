"""Every key of a home as its owner wants to see it: for what, from when, until when, and in which state it is now."""

from dataclasses import dataclass
from typing import Literal

from zegel_adapters.keystore import KEPT_AFTER, PUBLISHED, Keystore, OwnUse
from zegel_schemas.directory import Directory
from zegel_schemas.seal.primitives import b64u

State = Literal["ahead", "in use", "grace", "over", "destroyed", "revoked"]
USES: tuple[OwnUse, ...] = ("identity", *PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key; times are seconds since 1970, bounds inclusive."""

    use: OwnUse
    id: str  # b64u, 43 characters
    valid_from: int
    valid_until: int
    state: State
    published: bool  # the directory names it
    held: bool  # the private half is in this home


def list_keys(store: Keystore, directory: Directory | None, *, now: int) -> list[Row]:
    """Return the keys held here and those the directory names of us, per use, the newest last.

    `ahead`: its first second has yet to come. `in use`: valid. `grace`: past its last second, and still opens what
    comes late. `over`: past that too, destroyed at the next look. `destroyed`: published, its private half is gone.
    """
    rows = [row for use in USES for row in _list_use(store, directory, use, now)]
    return sorted(rows, key=lambda row: (USES.index(row.use), row.valid_from))


def _list_use(store: Keystore, directory: Directory | None, use: OwnUse, now: int) -> list[Row]:
    known = {each.id: each for each in directory.keys_of(store.owner, use)} if directory else {}
    named = {each.raw for each in directory.members.get(store.owner, ())} if directory else set()
    held = {own.id: own for own in store.keys(use)}
    rows = []
    for key_id in {**known, **held}:
        record, own = known.get(key_id), held.get(key_id)
        life = own or record
        if life is None:
            continue
        rows.append(
            Row(
                use=use,
                id=b64u(key_id),
                valid_from=life.valid_from,
                valid_until=life.valid_until,
                state=_judge(life.valid_from, life.valid_until, now, revoked=bool(record and record.revoked_at))
                if own
                else "destroyed",
                published=record is not None or (own is not None and own.private.public.raw in named),
                held=own is not None,
            )
        )
    return rows


def _judge(valid_from: int, valid_until: int, now: int, *, revoked: bool) -> State:
    if now > valid_until + KEPT_AFTER:
        return "over"
    if revoked:
        return "revoked"
    if now > valid_until:
        return "grace"
    return "ahead" if now < valid_from else "in use"
