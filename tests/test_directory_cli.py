"""What must not be in a directory is refused, to the holders too: statement, field, remedy; nothing is written."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.ceremony_scene import HOLDERS, NOW, SECRET, Ceremony
from tests.one_directory import LOG, fixed_key
from zegel_adapters.rootkeys import open_root_key
from zegel_broker.provision import init_broker
from zegel_schemas.directory import SignedStatement
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import b64u

ORIGIN = "zegel.example/voorbeeldstad"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make three root keys and begin a directory once: Argon2id takes its time."""
    table = Ceremony(tmp_path_factory.mktemp("begun"))
    for each in HOLDERS:
        table.create(each)
    table.name_root(*HOLDERS, after=False)
    table.sign("fg", "griffie", after=False)
    table.add()
    init_broker(table.place / "broker", origin=ORIGIN, now=NOW)
    return table.place


@pytest.fixture
def table(begun: Path, tmp_path: Path) -> Ceremony:
    """Give a copy of that table to each test."""
    return Ceremony(Path(shutil.copytree(begun, tmp_path / "table")))


def codes(flaws: Sequence[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(each["number"], each["field"], each["code"]) for each in flaws]


def test_statements_prepared_together_are_signed_and_added_together(table: Ceremony) -> None:
    table.admit("wil")
    table.call(*table.admitting(table.place / "broker" / "request"))
    table.call(*table.preparing("log", "--public-keys", table.place / "broker" / "public-keys"))
    table.call(*table.preparing("convenant", "--from", "2026-03-01T00:00:00+01:00"))
    table.sign("fg", "archief")
    table.add()
    table.add(table.publish("wil"), table.place / "broker" / "keys-statement")

    shown = table.show()
    assert shown["count"] == 7
    assert shown["members"].keys() == {"broker", "wil"}
    assert [each["origin"] for each in shown["logs"]] == [ORIGIN]
    assert [each["from"] for each in shown["convenants"]] == [1_772_319_600]


def test_copies_signed_apart_count_together(table: Ceremony) -> None:
    table.admit("wil")
    other = table.place / "prepared-of-archief"
    shutil.copy(table.prepared, other)
    table.sign("fg")
    mine = table.prepared.rename(table.place / "prepared-of-fg")
    shutil.move(other, table.prepared)
    table.sign("archief")
    table.add(mine, table.prepared)

    assert "wil" in table.show()["members"]


def test_one_signature_of_two_is_too_few(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg")
    table.sign("fg")
    before = table.directory.read_bytes()

    flaws = table.refuse(*table.adding())

    assert codes(flaws) == [(2, "signatures", "DREMPEL_NIET_GEHAALD")]
    assert table.directory.read_bytes() == before


def test_a_key_that_is_none_of_the_roots_cannot_sign(table: Ceremony) -> None:
    table.create("vreemde")
    table.admit("wil")
    before = table.prepared.read_bytes()

    flaws = table.refuse(*table.signing("vreemde"))

    assert codes(flaws) == [(2, "signatures", "ONDERTEKENAAR_ONBEVOEGD")]
    assert table.prepared.read_bytes() == before


def test_a_statement_changed_after_a_holder_signed_is_not_signed_by_the_next(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg")
    table.prepared.write_bytes(table.prepared.read_bytes().replace(b"wil", b"wol"))

    assert codes(table.refuse(*table.signing("archief"))) == [(2, "signatures", "HANDTEKENING_KLOPT_NIET")]


def test_a_key_that_was_published_before_is_refused_before_anybody_signs(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg", "archief")
    table.add()
    seed = fixed_key("identity", "wil").unsafe_seed()
    taken = table.write_request("school_vo", identity=PrivateKey.from_seed("identity", "school_vo", seed))

    flaws = table.refuse(*table.admitting(taken))

    assert codes(flaws) == [(3, "identity", "SLEUTEL_AL_GENOEMD")]
    assert not table.prepared.exists()


def test_the_root_signs_no_statement_of_a_member(table: Ceremony) -> None:
    table.publish("wil").rename(table.prepared)

    assert codes(table.refuse(*table.signing("fg"))) == [(2, "issuer", "ONDERTEKENAAR_ONBEVOEGD")]


def test_keys_of_who_is_no_member_are_not_added(table: Ceremony) -> None:
    assert codes(table.refuse(*table.adding(table.publish("wil")))) == [(2, "signatures", "ONDERTEKENAAR_ONBEVOEGD")]


def test_keys_signed_by_another_member_are_not_added(table: Ceremony) -> None:
    for each in ("wil", "school_vo"):
        table.admit(each)
    table.sign("fg", "archief")
    table.add()
    of_wil, of_school = table.publish("wil"), table.publish("school_vo")
    signatures = SignedStatement.from_line(of_wil.read_bytes().strip()).signatures
    body = SignedStatement.from_line(of_school.read_bytes().strip()).body
    of_school.write_bytes(SignedStatement(body, signatures).to_line())

    assert codes(table.refuse(*table.adding(of_school))) == [(4, "signatures", "HANDTEKENING_KLOPT_NIET")]


def test_what_stands_there_already_is_not_added_again(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg", "archief")
    copy = Path(shutil.copy(table.prepared, table.place / "copy"))
    table.add()
    before = table.directory.read_bytes()
    table.add(copy)

    assert table.directory.read_bytes() == before


def test_a_member_that_leaves_is_no_member_any_more(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg", "archief")
    table.add()
    table.call(*table.leaving("wil"))
    table.sign("fg", "archief")
    table.add()

    assert table.show()["members"] == {}


def test_a_next_root_is_signed_by_the_old_and_the_new(table: Ceremony) -> None:
    table.create("notaris")
    table.name_root("notaris", "fg")
    table.sign("fg", "notaris")
    assert "(1 more must sign)" in table.call("root", "show", table.directory, "--prepared", table.prepared).output
    assert codes(table.refuse(*table.adding())) == [(2, "signatures", "OUDE_WORTEL_TEKENDE_NIET")]

    table.sign("archief")
    table.add()

    assert table.show()["root"]["keys"] == [
        (table.place / f"{each}.root-pub").read_text().split()[2] for each in ("notaris", "fg")
    ]


def test_a_second_log_follows_on_the_newest_note_of_the_first(table: Ceremony) -> None:
    first, second = table.place / "first", table.place / "second"
    first.write_text(f"log {b64u(LOG.public.raw)}\norigin {ORIGIN}\n")
    second.write_text(f"log {b64u(fixed_key('log', 'broker', 1).public.raw)}\norigin {ORIGIN}-2\n")
    table.call(*table.preparing("log", "--public-keys", first))
    table.sign("fg", "archief")
    table.add()
    note, forged = table.place / "note", table.place / "forged"
    note.write_bytes(sign_checkpoint(Checkpoint(ORIGIN, 12, b"r" * 32), LOG))
    forged.write_bytes(sign_checkpoint(Checkpoint(ORIGIN, 12, b"r" * 32), fixed_key("log", "broker", 2)))

    flaws = table.refuse(*table.preparing("log", "--public-keys", second))
    assert codes(flaws) == [(3, "old_root", "LOGBOEK_VOLGT_NIET")]
    refused = table.call(*table.preparing("log", "--public-keys", second, "--last-note", forged), code=3)
    assert "not a note of the present log" in refused.stderr
    table.call(*table.preparing("log", "--public-keys", second, "--last-note", note))
    table.sign("fg", "archief")
    table.add()
    assert [each["final_size"] for each in table.show()["logs"]] == [12, None]


def test_another_fingerprint_than_was_read_out_is_refused(table: Ceremony) -> None:
    flaws = table.refuse("directory", "show", table.directory, "--root-fingerprint", "aaaa-" * 7 + "aaaa")

    assert codes(flaws) == [(1, "fingerprint", "ANDERE_WORTEL")]


def test_a_directory_does_not_begin_with_a_member(table: Ceremony) -> None:
    table.admit("wil")
    table.directory.unlink()

    assert codes(table.refuse(*table.signing("fg", after=False))) == [(1, "statement", "BEGIN_ONTBREEKT")]


@pytest.mark.parametrize(
    ("what", "field"),
    [(("--threshold", "4"), "threshold"), (("--threshold", "2", "--key", "fg.root-pub"), "keys")],
)
def test_a_root_that_could_never_sign_is_refused(
    table: Ceremony, monkeypatch: pytest.MonkeyPatch, what: tuple[str, ...], field: str
) -> None:
    monkeypatch.chdir(table.place)
    keys = [each for name in HOLDERS for each in ("--key", f"{name}.root-pub")]
    flaws = table.refuse("root", "statement", *keys, *what, "--to", "other")

    assert [each["field"] for each in flaws] == [field]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("root create --holder fg", "never made anew in place"),
        ("root create --holder ../fg", "a-z, 0-9, dot"),
        ("root create --holder x", "no terminal to ask it in: give --passphrase-file"),
        ("root statement --key wil.request --threshold 1 --to x", "no public key of a root"),
        ("root sign empty --key fg.root-key --directory directory.json", "it is empty"),
        ("root sign nothing --key fg.root-key --directory directory.json", "No such file"),
        ("directory show nothing", "No such file"),
        ("directory log --public-keys fg.root-pub --directory directory.json --to x", "name and a value"),
        ("directory log --public-keys origin --directory directory.json --to x", "no log and origin"),
        ("directory convenant --from 2026-03-01 --directory directory.json --to x", "distance to UTC"),
        ("directory convenant --convenant nothing.yaml --directory directory.json --to x", "No such file"),
        ("directory show directory.json --prepared empty", "it is empty"),
    ],
)
def test_a_file_or_word_that_is_wrong_is_told_with_its_remedy(
    table: Ceremony, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.chdir(table.place)
    table.write_request("wil")
    (table.place / "origin").write_text("origin zegel.example/x\n")
    (table.place / "empty").touch()

    refused = table.call(*command.split(), code=1 if command.startswith("root") else 3)

    assert said in refused.stderr
    assert not (table.place / "x").exists()


def test_a_root_key_opens_with_its_passphrase_only_and_only_while_it_is_private(table: Ceremony) -> None:
    table.admit("wil")
    key = table.place / "fg.root-key"
    signing = ("root", "sign", table.prepared, "--directory", table.directory, "--key", key, "--passphrase-file")
    wrong = table.call(*signing, table.secret("another passphrase than that"), code=1)
    assert "another passphrase, or a damaged file" in wrong.stderr

    key.chmod(0o644)
    assert "lets others in" in table.call(*table.signing("fg"), code=1).stderr


def test_a_clear_field_of_a_root_key_cannot_be_changed(table: Ceremony) -> None:
    table.admit("wil")
    key = table.place / "fg.root-key"
    key.write_bytes(key.read_bytes().replace(b'"fg"', b'"gf"'))

    assert "does not open" in table.call(*table.signing("fg"), code=1).stderr


def test_a_short_passphrase_makes_no_key(table: Ceremony) -> None:
    new = ("root", "create", "--holder", "x", "--folder", table.place, "--passphrase-file", table.secret("short"))
    assert "16 characters or more" in table.call(*new, code=1).stderr
    assert not list(table.place.glob("x.*"))


def test_a_holder_sees_what_is_signed_and_never_a_secret(table: Ceremony) -> None:
    table.admit("wil")
    said = table.call(*table.signing("fg")).output
    seed = open_root_key(table.place / "fg.root-key", passphrase=lambda: SECRET).unsafe_seed()

    root = table.show()["fingerprint"]
    assert said.startswith(f"you sign, under root {root}:\nstatement 2: wil is a member, with identity key ")
    assert f"compare by voice: {speak_key(fixed_key('identity', 'wil').public)}\n" in said
    assert "1 more must sign" in said
    assert not [each for each in (SECRET, b64u(seed), seed.hex()) if each in said]
    assert seed not in (table.place / "fg.root-key").read_bytes()


def test_show_reads_as_a_page(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg", "archief")
    table.add()
    lines = table.call("directory", "show", table.directory).output.splitlines()

    assert lines[0] == f"fingerprint   {table.show()['fingerprint']}"
    assert lines[2] == "root          2 of 3 keys must sign"
    assert "member        wil" in lines
    assert lines[-1].strip() == "no keys yet: its keys-statement is still to be added"
