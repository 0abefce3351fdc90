"""Statements of the root on their way to enough signatures: what each says, and which keys must still sign it.

A file of prepared statements has the lines of a directory file, with some signatures or none. It goes from holder to
holder; once enough have signed, its lines are added to the directory, and `Directory.load` judges them like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pydantic import ValidationError

from zegel_schemas.directory.check import check_unfinished
from zegel_schemas.directory.envelope import SignedStatement, join_signatures, sign_body
from zegel_schemas.directory.fingerprint import fingerprint
from zegel_schemas.directory.flaws import DirectoryInvalid, Flaw, FlawCode, Flawed
from zegel_schemas.directory.fold import Fold, RootKeys
from zegel_schemas.directory.snapshot import Directory
from zegel_schemas.directory.statements import MemberStatement, Statement, read_statement
from zegel_schemas.seal.keys import PrivateKey, PublicKey

Maker: TypeAlias = Callable[[bytes], SignedStatement]  # all statements so far -> the next one, unsigned


@dataclass(frozen=True, slots=True)
class Prepared:
    """One statement of the root: its place in the directory (from 1), and the sets of root keys that must sign it.

    `roots` holds the present root, and the next one when the statement names one; `signers` are ids of keys;
    `replaced` are the identity keys that the member it is about had until then.
    """

    number: int
    signed: SignedStatement
    statement: Statement
    roots: tuple[RootKeys, ...]
    signers: frozenset[bytes]
    replaced: tuple[PublicKey, ...] = ()

    @property
    def missing(self) -> int:
        """How many more holders must sign, at least."""
        return max(root.threshold - len(self.signers & root.keys.keys()) for root in self.roots)

    def may_be_signed_by(self, key: PrivateKey) -> bool:
        """Tell whether this key is one of those that must sign."""
        return any(key.id in root.keys for root in self.roots)


def fold_directory(directory: Directory | None) -> Fold:
    """Return what holds after all statements of a directory; None is one that has yet to begin."""
    fold = Fold()
    for line in directory.to_bytes().splitlines() if directory else ():
        body = SignedStatement.from_line(line).body
        fold.apply(read_statement(body), body)
    return fold


def read_prepared(data: bytes, *, after: Directory | None) -> list[Prepared]:
    """Return the statements in a file of prepared ones, each checked as the next after `after` and those before it.

    Raise DirectoryInvalid, naming the place a statement would have in the directory: further signatures cannot mend it.
    """
    fold, first = fold_directory(after), after.count + 1 if after else 1
    found: list[Prepared] = []
    for number, line in enumerate(data.splitlines(), start=first):
        try:
            signed = SignedStatement.from_line(line)
            statement, roots, signers = check_unfinished(signed, fold)
        except Flawed as flawed:
            raise DirectoryInvalid([flawed.at(number)]) from None
        replaced = fold.members.get(statement.instantie, ()) if isinstance(statement, MemberStatement) else ()
        found.append(Prepared(number, signed, statement, roots, frozenset(signers), replaced))
        fold.apply(statement, signed.body)
    return found


def prepare_next(make: Maker, lines: bytes, *, after: Directory | None) -> bytes:
    """Return the file of prepared statements `lines` with one more, still without signatures.

    Raise DirectoryInvalid when it could never follow on the directory and on what is prepared already.
    """
    before = (after.to_bytes() if after else b"") + lines
    try:
        lines += make(before).to_line()
    except ValidationError as error:
        field = ".".join(map(str, error.errors(include_input=False)[0]["loc"])) or "statement"
        flaw = Flaw(FlawCode.VELD_ONGELDIG, before.count(b"\n") + 1, field, "give it the form the protocol describes")
        raise DirectoryInvalid([flaw]) from None
    read_prepared(lines, after=after)
    return lines


def add_lines(held: bytes, *copies: bytes, root_fingerprint: str = "") -> tuple[Directory, int]:
    """Return the directory `held` (empty: it begins) with what is new in the copies, checked, and how many were new.

    Copies of one statement count as one, with the signatures of all. Without a fingerprint the file's own root is
    taken. Raise DirectoryInvalid with every flaw.
    """
    if held:
        Directory.load(held, root_fingerprint=root_fingerprint or fingerprint(held))
    known = {SignedStatement.from_line(line).body for line in held.splitlines()}
    lines = join_prepared(*copies).splitlines(keepends=True)
    new = [line for line in lines if SignedStatement.from_line(line[:-1]).body not in known]
    data = held + b"".join(new)
    return Directory.load(data, root_fingerprint=root_fingerprint or fingerprint(data)), len(new)


def sign_prepared(statements: Sequence[Prepared], key: PrivateKey) -> list[Prepared]:
    """Return the statements, signed with `key` where it is one that must sign; raise DirectoryInvalid when nowhere.

    Signing again what this key signed before changes nothing.
    """
    if not any(each.may_be_signed_by(key) for each in statements):
        remedy = "this key is none of the root's: sign with one of the keys the root statement names"
        number = statements[0].number if statements else 0
        raise DirectoryInvalid([Flaw(FlawCode.ONDERTEKENAAR_ONBEVOEGD, number, "signatures", remedy)])
    return [_sign(each, key) if each.may_be_signed_by(key) else each for each in statements]


def join_prepared(*copies: bytes) -> bytes:
    """Return the lines of several copies of a file as one, the signatures of equal statements together.

    The order is that of the first copy a statement is in. Raise DirectoryInvalid on a line that is no statement.
    """
    found: dict[bytes, SignedStatement] = {}
    for copy in copies:
        for number, line in enumerate(copy.splitlines(), start=1):
            try:
                signed = SignedStatement.from_line(line)
            except Flawed as flawed:
                raise DirectoryInvalid([flawed.at(number)]) from None
            known = found.get(signed.body)
            found[signed.body] = join_signatures(known, signed) if known else signed
    return b"".join(each.to_line() for each in found.values())


def _sign(prepared: Prepared, key: PrivateKey) -> Prepared:
    signed = join_signatures(prepared.signed, sign_body(prepared.signed.body, [key]))
    return replace(prepared, signed=signed, signers=prepared.signers | {key.id})
