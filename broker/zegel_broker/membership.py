"""Members come and go: what the operator prepares for the root's holders to sign, and what follows once they have.

Works on files only. What an instantie handed in is kept in `requests/` beside the directory: all of it is public.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zegel_broker.ceremony import read_directory, read_file, read_held, write_public
from zegel_broker.settings import SettingsError
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, SignedStatement, make_member
from zegel_schemas.directory.flaws import Flawed
from zegel_schemas.directory.prepared import (
    Prepared,
    add_lines,
    fold_directory,
    join_prepared,
    prepare_next,
    read_prepared,
)
from zegel_schemas.directory.request import Request, read_request
from zegel_schemas.directory.statements import MemberStatement, read_statement

REQUESTS: Final = "requests"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the directory is, and the fingerprint to check it from; "" = the file's own, which is shown then."""

    directory: Path
    root_fingerprint: str = ""

    def load(self) -> Directory:
        """Return the directory, checked; raise DirectoryInvalid or SettingsError."""
        return read_directory(self.directory, root_fingerprint=self.root_fingerprint)

    def request(self, instantie: str) -> Path:
        """Return where the request of an instantie is kept."""
        return self.directory.parent / REQUESTS / f"{instantie}.request"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the root's holders signed, checked as the next statements of the directory, and not written yet."""

    directory: Directory
    new: int  # statements the file did not hold yet
    admitted: tuple[Request, ...]
    gone: tuple[str, ...]

    def write(self, place: Place) -> None:
        """Put the directory where a broker finds it."""
        if self.new:
            write_public(place.directory, self.directory.to_bytes())


def prepare_admissions(
    files: Sequence[Path], *, place: Place, to: Path, new_identity: bool, now: int
) -> list[tuple[Request, Prepared]]:
    """Prepare the `member` statement of each request in the file `to`, all or none, and keep the requests.

    `new_identity`: these members renew the key they have. Raise DirectoryInvalid or SettingsError.
    """
    after = place.load()
    fold = fold_directory(after)
    lines = read_held(to)
    requests = []
    for file in files:
        request = read_request(read_file(file), fold=fold)
        _require_news(request, after, read_prepared(lines, after=after), new_identity=new_identity)
        lines = _prepare_one(request.instantie, request, lines, after=after, now=now)
        requests.append(request)
    for request in requests:
        _keep(request, place)
    write_public(to, lines)
    return list(zip(requests, read_prepared(lines, after=after)[-len(requests) :], strict=True))


def prepare_leave(instantie: str, *, successor: str, place: Place, to: Path, now: int) -> Prepared:
    """Prepare the statement that a member is one no longer; raise DirectoryInvalid or SettingsError."""
    after = place.load()
    for field, name in (("instantie", instantie), ("successor", successor)):
        if name and name not in after.members:
            known = ", ".join(sorted(after.members))
            raise SettingsError(f"{field}: the directory has no member of that name: {known}")
    if instantie == BROKER:
        raise SettingsError("instantie: the broker does not leave: without it nothing is decided or delivered")
    lines = prepare_next(
        lambda before: make_member(instantie, identity=(), successor=successor, time=now, signed_by=(), after=before),
        read_held(to),
        after=after,
    )
    write_public(to, lines)
    return read_prepared(lines, after=after)[-1]


def check_signed(files: Sequence[Path], *, place: Place) -> Signed:
    """Return what these files add to the directory: the root's statements, and the keys of whom they admit.

    Copies of one file count as one, with the signatures of all. Raise DirectoryInvalid with every flaw, or
    SettingsError; nothing is written.
    """
    held = read_held(place.directory)
    copies = [read_file(each) for each in files]
    named = list(_members_in(join_prepared(*copies)))
    admitted = tuple(_recall(each, place) for each in named if each.identity)
    keys = [each.keys.encode("ascii") for each in admitted if each.keys]
    found, new = add_lines(held, *copies, *keys, root_fingerprint=place.root_fingerprint)
    return Signed(found, new, admitted, tuple(each.instantie for each in named if not each.identity))


def _prepare_one(instantie: str, request: Request, lines: bytes, *, after: Directory, now: int) -> bytes:
    return prepare_next(
        lambda before: make_member(instantie, identity=[request.public], time=now, signed_by=(), after=before),
        lines,
        after=after,
    )


def _require_news(request: Request, after: Directory, prepared: Sequence[Prepared], *, new_identity: bool) -> None:
    name, known = request.instantie, after.members.get(request.instantie, ())
    if any(isinstance(each.statement, MemberStatement) and each.statement.instantie == name for each in prepared):
        raise SettingsError(f"request: {name} is prepared in this file already: give --to another file")
    if request.public in known:
        raise SettingsError(
            f"request: {name} is a member already, with this very key: there is nothing to sign. For a new welcome, "
            "repeat `instantie admit --signed` with the file that admitted it"
        )
    if known and not new_identity:
        raise SettingsError(
            f"request: {name} is a member already, with another identity key: ask it, on a number you know, whether it "
            "made a new one. If so, give --new-identity; if not, somebody pretends to be it"
        )
    if new_identity and not known:
        raise SettingsError(f"new-identity: {name} is no member yet: leave --new-identity out")


def _keep(request: Request, place: Place) -> None:
    path = place.request(request.instantie)
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{path.parent}: {error.strerror}") from None
    write_public(path, request.to_bytes())
    if request.certificate_request:
        write_public(path.with_suffix(".csr"), request.certificate_request.encode("ascii"))


def _recall(statement: MemberStatement, place: Place) -> Request:
    path = place.request(statement.instantie)
    request = read_request(read_file(path), fold=None)
    if (request.instantie, request.identity) != (statement.instantie, statement.identity[-1]):
        raise SettingsError(f"{path}: not the request that was signed: admit the right one again and have it signed")
    return request


def _members_in(lines: bytes) -> Iterator[MemberStatement]:
    for line in lines.splitlines():
        try:
            statement = read_statement(SignedStatement.from_line(line).body)
        except Flawed:
            continue  # `add_lines` names statement, field and remedy
        if isinstance(statement, MemberStatement):
            yield statement
