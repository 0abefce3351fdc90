"""A running broker follows its directory and answers asks, over a real RabbitMQ."""

import asyncio
import json
import os
import sqlite3
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.private_node import PrivateNode
from tests.corridor_scene import PASSWORDS, Scene, box, provision, until
from tests.ledger_town import REGISTRY, START, Book, draw_message_id, report
from tests.one_directory import (
    CORPORATION,
    DAY,
    DIRECTORY,
    FILE,
    FINGERPRINT,
    IDENTITY,
    LOG,
    MEMBERS,
    NOW,
    ORIGIN,
    REGIE,
    ROOTS,
    SCHOOL,
    SIGNING,
    fixed_key,
    load,
    publish,
)
from tests.one_stamp import verify
from zegel_broker.app.run import Shell
from zegel_broker.asks import AT_ONCE, REFILL, Allowance, find_known_hop, find_lines, write_answer
from zegel_broker.ledger import Ledger
from zegel_broker.ledger.anew import ask_anew
from zegel_broker.ledger.key_sweep import sweep_keys
from zegel_broker.registry import Registry
from zegel_broker.topology import make_definitions, outbox, print_definitions
from zegel_schemas.asking import MAX_FILE, Answer, Asked, Holding, Taken, check_answer, is_answer, seal_ask
from zegel_schemas.convenant import hash_file
from zegel_schemas.declaration import ASK, BROKER, Recipient, Sender
from zegel_schemas.directory import Directory, append_statement, make_member, make_revoke
from zegel_schemas.login import hash_password
from zegel_schemas.note import open_checkpoint
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.hop import HopBox
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS

GROWN = publish(SCHOOL, FILE, (fixed_key("sealing", SCHOOL, 1), NOW, NOW + DAY), time=NOW)
NEWCOMER = "geynwijs"


@pytest.fixture(scope="module")
def provisioned(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> PrivateNode:
    """The module's node with the town's topology on it."""
    provision(node, tmp_path_factory.mktemp("definitions"))
    return node


@pytest.fixture
async def scene(provisioned: PrivateNode, tmp_path: Path) -> AsyncIterator[Scene]:
    """Empty queues, no ledger yet, and a directory file to be followed."""
    (tmp_path / "directory").write_bytes(FILE)
    scene = Scene(provisioned, tmp_path, {"root_fingerprint": FINGERPRINT})
    yield scene
    await scene.clear()


def ask(
    *, directory: Directory = DIRECTORY, note: bytes = b"", now: int = START, **changes: object
) -> tuple[bytes, Asked]:
    size = [open_checkpoint(note, ORIGIN, LOG.public).size] if note else []
    sealed, asked = seal_ask(
        message=draw_message_id(),
        directory=directory,
        origin=ORIGIN,
        sizes=size,
        signing=SIGNING[CORPORATION],
        now=now,
        random=os.urandom,
        **changes,  # type: ignore[arg-type]
    )
    return box(sealed, note=note), asked


async def receive_answer(scene: Scene, asked: Asked, *, directory: Directory = DIRECTORY, note: bytes = b"") -> Taken:
    (frame,) = await scene.receive(CORPORATION)
    assert frame.kind == "notice"
    assert is_answer(frame.body)
    notes = (open_checkpoint(note, ORIGIN, LOG.public),) if note else ()
    return check_answer(Answer.decode(frame.body), asked=asked, holding=Holding(directory, notes))


def replace_directory(scene: Scene, file: bytes) -> None:
    new = scene.place / "directory.new"
    new.write_bytes(file)
    new.replace(scene.place / "directory")


async def read(shell: Shell, path: str) -> str:
    def fetch() -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{shell.http_port}/{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()

    return await asyncio.to_thread(fetch)


async def read_trouble(shell: Shell) -> dict[str, str]:
    return dict(json.loads(await read(shell, "readyz"))["trouble"])


async def follow(shell: Shell, file: bytes) -> None:
    """Wait until the broker decides by this directory."""
    await until(lambda: shell.registry.directory.version == load(file).version)


async def until_trouble(shell: Shell, name: str, *, is_there: bool) -> None:
    async with asyncio.timeout(30):
        while (name in await read_trouble(shell)) != is_there:  # noqa: ASYNC110 - it is read over HTTP
            await asyncio.sleep(0.05)  # between two looks


async def test_an_asker_gets_what_it_lacks_and_the_log_says_nothing_of_it(scene: Scene) -> None:
    async with scene.worker() as shell:
        await scene.send(box(report()))
        note = (await scene.notice()).note
        replace_directory(scene, GROWN)
        await follow(shell, GROWN)
        body, asked = ask(note=note)
        await scene.send(body)
        taken = await receive_answer(scene, asked, note=note)
        counted = await read(shell, "metrics")

    assert taken.directory.version == load(GROWN).version
    assert taken.proven.record.type == "statement"
    assert taken.sizes == asked.sizes
    assert f'zegel_asks_total{{fate="answered",inbox="{CORPORATION}"}} 1.0' in counted
    assert f"zegel_directory_statements {DIRECTORY.count + 1}.0" in counted
    types = [kind for (kind,) in rows(scene, "SELECT json_extract(CAST(record AS TEXT), '$.type') FROM record")]
    assert set(types) == {"statement", "start", "stop", "decision", "delivered"}


async def test_an_ask_of_yesterday_of_tomorrow_or_for_a_week_is_dropped_without_a_word(scene: Scene) -> None:
    nothing = {"casus": NIL_CASUS, "purpose": "", "subjects": (), "asks": ()}
    from_corporation = Sender(instantie=CORPORATION, role="adapter", key=b64u(SIGNING[CORPORATION].id))
    too_long = verify(
        use="ask",
        kind=ASK,
        sender=from_corporation,
        recipient=Recipient(instantie=BROKER),
        issued=START,
        expires=START + 7 * DAY,
        **nothing,
    )
    async with scene.worker() as shell:
        await scene.send(ask(now=START - DAY)[0], ask(now=START + DAY)[0], box(too_long.container))
        body, asked = ask()
        await scene.send(body)
        taken = await receive_answer(scene, asked)
        counted = await read(shell, "metrics")

    assert taken.is_complete
    assert f'zegel_asks_total{{fate="dropped",inbox="{CORPORATION}"}} 3.0' in counted
    assert await scene.depth(outbox(CORPORATION)) == 0


async def test_who_asks_too_often_is_not_answered_and_messages_go_on(scene: Scene) -> None:
    async with scene.worker() as shell:
        await scene.send(*(ask()[0] for _ in range(AT_ONCE + 3)))
        await scene.until_depth(outbox(CORPORATION), AT_ONCE)
        await scene.receive(CORPORATION, AT_ONCE)
        await scene.send(box(report()))
        (decision, _) = await scene.facts(2)
        counted = await read(shell, "metrics")

    assert decision["outcome"] == "permitted"
    assert f'zegel_asks_total{{fate="too_many",inbox="{CORPORATION}"}} 3.0' in counted


async def test_a_revocation_counts_from_the_next_batch_while_the_broker_runs(scene: Scene) -> None:
    revoked = make_revoke(SIGNING[CORPORATION].id, at=NOW, time=NOW, signed_by=IDENTITY[CORPORATION], after=FILE)
    file = append_statement(FILE, revoked)
    async with scene.worker() as shell:
        await scene.send(box(report()))
        before = await scene.facts(2)
        replace_directory(scene, file)
        await follow(shell, file)
        await scene.send(ask()[0], box(report()))
        (after,) = await scene.facts(1)
        await until(lambda: b'fate="dropped"' in shell._metrics.text())

    assert await scene.depth(outbox(CORPORATION)) == 0  # who lost a key gets no answers by it
    assert before[0]["outcome"] == "permitted"
    assert (after["outcome"], after["codes"]) == ("refused", ["SLEUTEL_INGETROKKEN"])
    assert after["directory"] == {"count": DIRECTORY.count + 1, "head": load(file).head}


async def test_a_file_that_goes_back_is_refused_and_what_was_held_stays_in_use(scene: Scene) -> None:
    async with scene.worker() as shell:
        replace_directory(scene, GROWN)
        await follow(shell, GROWN)
        replace_directory(scene, FILE)
        await until_trouble(shell, "directory", is_there=True)
        counted, trouble = await read(shell, "metrics"), await read_trouble(shell)
        await scene.send(box(report()))
        (decision, _) = await scene.facts(2)
        replace_directory(scene, GROWN)
        await until_trouble(shell, "directory", is_there=False)

    assert "TERUG" in trouble["directory"]
    assert "zegel_directories_refused 1.0" in counted
    assert "zegel_ready 0.0" in counted
    assert decision["directory"] == {"count": DIRECTORY.count + 1, "head": load(GROWN).head}


async def test_a_new_member_is_read_as_soon_as_its_queue_is_there(scene: Scene) -> None:
    identity = fixed_key("identity", NEWCOMER)
    made = make_member(NEWCOMER, identity=[identity.public], time=NOW, signed_by=ROOTS[:2], after=FILE)
    file = append_statement(FILE, made)
    async with scene.worker() as shell:
        replace_directory(scene, file)
        await follow(shell, file)
        await until_trouble(shell, "inboxes", is_there=True)
        hashes = {name: hash_password(text, random=os.urandom) for name, text in PASSWORDS.items()}
        definitions = scene.place / "definitions.json"
        definitions.write_text(print_definitions(make_definitions([*MEMBERS, NEWCOMER], password_hashes=hashes)))
        await asyncio.to_thread(scene.node.import_definitions, definitions)
        await until_trouble(shell, "inboxes", is_there=False)
        replace_directory(scene, FILE + made.to_line())
        lived = await read(shell, "metrics")

    assert f"zegel_live_consumers {len(MEMBERS)}.0" in lived


async def test_who_sent_what_a_stolen_key_opens_hears_it_while_the_broker_runs(scene: Scene) -> None:
    """The request is entered by another process, as `keys sweep` does, beside a worker that goes on."""
    sealing = fixed_key("sealing", REGIE)
    revoked = make_revoke(sealing.id, at=NOW, time=NOW, index=0, signed_by=IDENTITY[REGIE], after=FILE)
    file = append_statement(FILE, revoked)
    stolen = load(file).key(sealing.id)
    assert stolen is not None
    async with scene.worker() as shell:
        await scene.send(box(report()))
        (decision, _) = await scene.facts(2)
        replace_directory(scene, file)
        await follow(shell, file)
        beside = await Ledger.open(
            scene.place / "ledger.db",
            origin=ORIGIN,
            log_key=LOG,
            clock=scene.clock,
            random=os.urandom,
            registry=Registry(load(file), REGISTRY.convenants, REGISTRY.hop),
        )
        asked = await ask_anew(beside, sweep_keys(scene.place / "ledger.db", [stolen]))
        await beside.close()
        shell._corridor.hurry.set()  # the look of the next minute, now
        (told,) = await scene.facts(1)
        await scene.send(box(report()))
        (after,) = await scene.facts(1)

    assert len(asked) == 1
    assert (told["type"], told["codes"], told["message"]) == ("duty", ["SLEUTEL_GELEKT"], decision["message"])
    assert (after["outcome"], after["codes"]) == ("refused", ["ONTVANGER_SLEUTEL_ONBEKEND"])


def rows(scene: Scene, sql: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(scene.place / "ledger.db")) as connection:
        return connection.execute(sql).fetchall()


async def test_documents_go_out_byte_for_byte_as_many_as_fit(tmp_path: Path) -> None:
    files = [bytes([each]) * MAX_FILE for each in range(3)]
    documents = {hash_file(each): each for each in files}
    registry = Registry(DIRECTORY, REGISTRY.convenants, REGISTRY.hop, documents)
    book = Book(tmp_path)
    shown = await (await book.open()).show()
    await book.close()
    wanted = ("A" * 43, *documents)
    asked = Asked(bytes(32), DIRECTORY.version, "", (), wanted)

    answer = Answer.decode(write_answer(asked, shown, registry).encode())

    assert answer.files == (files[0],)  # two of the largest do not fit beside the proofs
    assert write_answer(replace(asked, files=wanted[2:]), shown, registry).files == (files[1],)


async def test_an_asker_with_another_history_is_shown_the_fork(tmp_path: Path) -> None:
    book = Book(tmp_path)
    shown = await (await book.open()).show()
    await book.close()
    other = load(publish(SCHOOL, FILE[: FILE.rindex(b"\n", 0, -1) + 1], (SIGNING[SCHOOL], NOW, NOW + DAY)))
    asked = Asked(bytes(32), other.version, "", (), ())

    with pytest.raises(Refusal) as caught:
        check_answer(write_answer(asked, shown, REGISTRY), asked=asked, holding=Holding(other))

    assert other.count == DIRECTORY.count
    assert caught.value.code == Fault.REGISTER_GESPLITST


@pytest.mark.parametrize("held", [DIRECTORY, load(GROWN)])
def test_an_answer_never_goes_beyond_what_the_log_names(held: Directory) -> None:
    grown = load(GROWN)
    after, lines = find_lines(held.version, DIRECTORY.version, grown)

    assert (after, lines) == (DIRECTORY.version, b"")


def test_a_joining_member_gets_the_directory_from_its_first_statement() -> None:
    after, lines = find_lines(DirectoryVersion(), DIRECTORY.version, DIRECTORY)

    assert (after, lines) == (DirectoryVersion(), FILE)


def test_a_directory_that_does_not_fit_comes_in_whole_lines() -> None:
    after, lines = find_lines(DirectoryVersion(), DIRECTORY.version, DIRECTORY, most=len(FILE) - 1)

    assert lines == b"".join(FILE.splitlines(keepends=True)[:-1])
    assert after == DirectoryVersion()


def test_the_allowance_comes_back_with_time() -> None:
    allowance = Allowance()

    spent = [allowance.spend(CORPORATION, 0.0) for _ in range(AT_ONCE + 1)]

    assert spent == [True] * AT_ONCE + [False]
    assert not allowance.spend(CORPORATION, REFILL - 1)
    assert allowance.spend(CORPORATION, REFILL + 1)
    assert allowance.spend(SCHOOL, 0.0)


def test_an_answer_is_boxed_with_the_newest_key_of_ours_that_its_asker_knows() -> None:
    old, new = fixed_key("hop", BROKER), fixed_key("hop", BROKER, 1)
    grown = load(publish(BROKER, FILE, (new, NOW + 60, NOW + DAY), time=NOW))
    registry = Registry(grown, REGISTRY.convenants, HopBox([new, old]))

    assert find_known_hop(DIRECTORY.version, registry, NOW + 120) == old.id
    assert find_known_hop(grown.version, registry, NOW + 120) == new.id
    assert find_known_hop(DirectoryVersion(DIRECTORY.count, "A" * 43), registry, NOW + 120) is None
    assert find_known_hop(DIRECTORY.version, Registry(grown, REGISTRY.convenants, HopBox([new])), NOW + 120) is None
