"""`zegel-broker instantie` and `zegel-adapter join` on files: who may come and go, and what is refused, and why."""

import json
import shutil
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import pytest
from typer.testing import CliRunner, Result

from tests.adapter_scene import give_credential
from tests.ceremony_scene import HOLDERS, NOW, Ceremony
from tests.certificates import Authority, run_openssl
from tests.one_directory import fixed_key
from zegel_adapters.cli import app as adapter
from zegel_broker.provision import init_broker
from zegel_schemas.convenant import read_convenant
from zegel_schemas.directory import SignedStatement, make_keys
from zegel_schemas.directory.request import make_request
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.directory.welcome import Welcome
from zegel_schemas.seal.keys import KeyRecord

Change: TypeAlias = Callable[[str], str]
Forge: TypeAlias = Callable[[Ceremony], Path]

AAAA = "aaaa-" * 7 + "aaaa"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Begin a directory with broker, log, convenant and one member, `geynwijs`."""
    table = Ceremony(tmp_path_factory.mktemp("begun"))
    for each in HOLDERS:
        table.create(each)
    table.name_root(*HOLDERS, after=False)
    table.sign("fg", "griffie", after=False)
    table.add()
    init_broker(table.place / "broker", origin="zegel.example/voorbeeldstad", now=int(time.time()))
    table.call(*table.admitting(table.place / "broker" / "request", table.write_request("geynwijs")))
    table.call(*table.preparing("log", "--public-keys", table.place / "broker" / "public-keys"))
    table.call(*table.preparing("convenant", "--from", "2026-03-01T00:00:00+01:00"))
    table.sign("fg", "griffie")
    table.call(*table.finishing())
    table.prepared.unlink()
    return table.place


@pytest.fixture
def table(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    """Give a copy of that table to each test, and a credential that opens homes."""
    give_credential(tmp_path / "credentials")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    return Ceremony(Path(shutil.copytree(begun, tmp_path / "table")))


def run_adapter(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(adapter, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def make_home(table: Ceremony, instantie: str) -> Path:
    """Make the home of an instantie, as it does itself."""
    home = table.place / f"home-{instantie}"
    run_adapter("init", "--instantie", instantie, "--home", home)
    return home


def welcome(table: Ceremony, instantie: str) -> Path:
    """Let an instantie be admitted; return its home, with its welcome in it."""
    home = make_home(table, instantie)
    table.call(*table.admitting(home / "request"))
    table.sign("fg", "archief")
    table.call(*table.finishing())
    table.prepared.unlink()
    return home


def joining(table: Ceremony, home: Path, *, fingerprint: str = "", paper: Path | None = None) -> tuple[str | Path, ...]:
    heard = fingerprint or table.show()["fingerprint"]
    name = home.name.removeprefix("home-")
    return ("join", paper or table.place / f"{name}.welcome", "--home", home, "--root-fingerprint", heard, "--json")


def refused(table: Ceremony, home: Path, *, fingerprint: str = "", paper: Path | None = None) -> tuple[str, str]:
    """Join with what must not be taken in: field and code of the flaw, and nothing was written."""
    said = json.loads(run_adapter(*joining(table, home, fingerprint=fingerprint, paper=paper), code=3).stdout)
    (flaw,) = said["refused"]["flaws"]

    assert flaw["remedy"]
    assert not (home / "directory.json").exists()
    return flaw["field"], flaw["code"]


# -- joining -------------------------------------------------------------------------------------------------------


def test_from_init_to_join_in_three_steps_with_the_words_shown_at_each(table: Ceremony) -> None:
    home = table.place / "home-wil"
    words = json.loads(run_adapter("init", "--instantie", "wil", "--home", home, "--json").stdout)["words"]
    shown = table.call(*table.admitting(home / "request")).stdout
    signed = table.call(*table.signing("fg")).stdout
    table.sign("archief")
    done = table.call_json(*table.finishing())
    joined = json.loads(run_adapter(*joining(table, home), code=6).stdout)

    assert len(words.split()) == 12
    assert words in shown
    assert words in signed
    assert done["admitted"] == ["wil"]
    assert done["added"] == 2
    assert {each["check"] for each in joined["findings"] if each["level"] == "error"} <= {"line", "convenant"}
    assert joined["fingerprint"] == table.show()["fingerprint"]
    assert (home / "directory.json").read_bytes() == table.directory.read_bytes()


def test_completing_twice_changes_nothing_and_gives_the_welcome_again(table: Ceremony) -> None:
    home = make_home(table, "wil")
    table.call(*table.admitting(home / "request"))
    table.sign("fg", "archief")
    table.call(*table.finishing())
    before = table.directory.read_bytes(), (table.place / "wil.welcome").read_bytes()
    (table.place / "wil.welcome").unlink()
    again = table.call_json(*table.finishing())

    assert again["added"] == 0
    assert (table.directory.read_bytes(), (table.place / "wil.welcome").read_bytes()) == before


def test_the_login_of_a_member_holds_the_password_that_never_left_its_home(table: Ceremony) -> None:
    home = welcome(table, "wil")
    run_adapter(*joining(table, home), code=6)
    password = (home / "amqp-password").read_text().strip()

    assert f'amqp_url = "amqp://wil:{password}@127.0.0.1:5672/zegel"' in (home / "settings.toml").read_text()
    assert password not in (table.place / "wil.welcome").read_text() + (home / "request").read_text()


def test_another_fingerprint_than_was_read_out_is_refused(table: Ceremony) -> None:
    assert refused(table, welcome(table, "wil"), fingerprint=AAAA) == ("fingerprint", "ANDERE_WORTEL")


def test_the_fingerprint_is_asked_for_and_without_a_terminal_the_option_is_named(table: Ceremony) -> None:
    home = welcome(table, "wil")

    assert "--root-fingerprint" in run_adapter("join", table.place / "wil.welcome", "--home", home, code=1).output


def test_the_welcome_of_another_is_refused(table: Ceremony) -> None:
    welcome(table, "wil")
    other = make_home(table, "uwv")

    assert refused(table, other, paper=table.place / "wil.welcome") == ("instantie", "VELD_ONGELDIG")


def test_a_welcome_whose_root_named_another_key_than_ours_is_refused(table: Ceremony) -> None:
    home = welcome(table, "wil")
    shutil.rmtree(home)

    assert refused(table, make_home(table, "wil")) == ("directory", "SLEUTEL_ONGELDIG")


def test_a_welcome_that_brings_a_text_the_root_never_signed_is_refused(table: Ceremony) -> None:
    home, paper = welcome(table, "wil"), table.place / "wil.welcome"
    values = json.loads(paper.read_text())
    (signed,) = table.show()["convenants"]
    changed = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml").read_text() + "# changed\n"
    for digest in (signed["digest"], read_convenant({"x.yaml": changed.encode()}).digest):
        values["convenants"] = [{"digest": digest, "files": {"x.yaml": changed}}]
        paper.write_bytes(Welcome.model_validate(values).to_bytes())

        assert refused(table, home) == ("convenants", "VELD_ONGELDIG")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda text: text.replace('"v":"zegel-welcome/1"', '"v":"zegel-welcome/2"'), "v"),
        (lambda text: text.replace("amqp://127", "amqp://wil:geheim@127"), "address"),
        (lambda text: text.replace(":", ": ", 1), "file"),
        (lambda text: text[:-100], "file"),
        (lambda _: "", "file"),
        (lambda text: text[:-1], "file"),
        (lambda text: text.replace('"authority":"",', ""), "file"),
    ],
    ids=["other version", "with a login", "spaced", "cut off", "empty", "no line end", "a key left out"],
)
def test_a_welcome_of_wrong_form_is_refused(table: Ceremony, change: Change, field: str) -> None:
    home, paper = welcome(table, "wil"), table.place / "wil.welcome"
    paper.write_text(change(paper.read_text()))

    assert refused(table, home)[0] == field


def test_an_older_welcome_is_refused_once_a_newer_was_taken_in(table: Ceremony) -> None:
    home, older = welcome(table, "wil"), table.place / "older"
    shutil.copy(table.place / "wil.welcome", older)
    welcome(table, "uwv")
    values = json.loads(older.read_text()) | {"directory": table.directory.read_text()}
    (table.place / "wil.welcome").write_bytes(Welcome.model_validate(values).to_bytes())
    run_adapter(*joining(table, home), code=6)

    told = json.loads(run_adapter(*joining(table, home, paper=older), code=3).stdout)

    assert [each["code"] for each in told["refused"]["flaws"]] == ["TERUG"]
    assert (home / "directory.json").read_bytes() == table.directory.read_bytes()


def test_a_welcome_for_another_machine_without_a_certificate_says_what_to_ask_for(table: Ceremony) -> None:
    home, paper = welcome(table, "wil"), table.place / "wil.welcome"
    values = json.loads(paper.read_text())
    paper.write_bytes(Welcome.model_validate(values | {"address": "amqps://broker.example:5671/zegel"}).to_bytes())

    assert refused(table, home) == ("certificate", "VELD_ONGELDIG")


# -- on another machine: certificates ---------------------------------------------------------------------------------


def certify(table: Ceremony, instantie: str, *, file: str = "", name: str = "") -> None:
    """Let the municipality's authority sign a request for a certificate, into this file, under this name."""
    place = table.place / "authority"
    if not place.exists():
        place.mkdir()
        Authority.make(place)
    request = table.place / "requests" / f"{instantie}.csr"
    Authority(place).sign(request, name=name or instantie, file=file or instantie)


def admit_from_afar(table: Ceremony, *instanties: str) -> list[Path]:
    """Prepare and sign the admission of instanties that reach RabbitMQ over a network."""
    homes = [make_home(table, each) for each in instanties]
    table.call(*table.admitting(*(home / "request" for home in homes)))
    table.sign("fg", "archief")
    return homes


def finishing_from_afar(table: Ceremony) -> tuple[str | Path, ...]:
    papers = Authority(table.place / "authority").papers
    return table.finishing("--address", "amqps://broker.example:5671/zegel", *papers)


def test_a_member_on_another_machine_logs_in_with_a_certificate_whose_key_never_left_its_home(table: Ceremony) -> None:
    (home,) = admit_from_afar(table, "wil")
    certify(table, "wil")
    table.call(*finishing_from_afar(table))
    run_adapter(*joining(table, home), code=6)
    text = (home / "settings.toml").read_text()

    assert "amqps://broker.example:5671/zegel?auth=EXTERNAL&cafile=" in text
    assert f"keyfile={home}/tls/key.pem" in text
    assert (home / "amqp-password").read_text().strip() not in text
    assert (home / "tls" / "key.pem").stat().st_mode & 0o777 == 0o600
    subject = run_openssl("x509", "-in", home / "tls" / "certificate.pem", "-noout", "-subject")
    assert subject.replace(" ", "").strip() == "subject=CN=wil"


def test_the_certificate_for_another_key_is_refused_and_the_home_stays_as_it_was(table: Ceremony) -> None:
    home, _ = admit_from_afar(table, "wil", "uwv")
    certify(table, "uwv", file="wil", name="wil")
    certify(table, "uwv")
    table.call(*finishing_from_afar(table))

    assert "not a certificate for the key of this home" in run_adapter(*joining(table, home), code=1).output
    assert not (home / "directory.json").exists()
    assert not (home / "tls" / "certificate.pem").exists()


def test_a_certificate_in_anothers_name_is_refused(table: Ceremony) -> None:
    admit_from_afar(table, "wil")
    certify(table, "wil", name="politie")

    assert "not a certificate in the name wil" in table.call(*finishing_from_afar(table), code=3).stderr
    assert not (table.place / "wil.welcome").exists()


def test_without_the_certificate_it_asked_for_nobody_is_admitted_over_a_network(table: Ceremony) -> None:
    admit_from_afar(table, "wil")
    refused = table.call(*table.finishing("--address", "amqps://broker.example:5671/zegel"), code=3).stderr

    assert "let your authority sign requests/wil.csr as common name wil" in refused
    assert "wil" not in table.show()["members"]


def test_a_private_key_never_goes_into_a_welcome(table: Ceremony) -> None:
    admit_from_afar(table, "wil")
    certify(table, "wil")
    authority = table.place / "authority"
    shutil.copy(authority / "ca.key", authority / "certificates" / "wil.pem")

    assert "certificates in PEM, and nothing else" in table.call(*finishing_from_afar(table), code=3).stderr


# -- RabbitMQ ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "mode", "code", "said"),
    [
        ("http://admin:geheim@127.0.0.1:1", 0o600, 4, "does not answer (ConnectionRefusedError): mend it and repeat"),
        ("http://admin:geheim@127.0.0.1:1", 0o644, 3, "others can read this secret: chmod 600"),
        ("http://admin:geheim@rabbit.example:15672", 0o600, 3, "another machine is reached with https:// only"),
        ("127.0.0.1:15672", 0o600, 3, "write http://USER:PASSWORD@127.0.0.1:15672"),
        ("https://admin:geheim@rabbit.example?cafile=nothing", 0o600, 3, "port or cafile cannot be used"),
    ],
)
def test_a_rabbitmq_that_cannot_be_used_is_told_and_the_directory_is_as_it_was(
    table: Ceremony, url: str, mode: int, code: int, said: str
) -> None:
    management, before = table.place / "management", table.directory.read_bytes()
    management.write_text(url)
    management.chmod(mode)
    table.admit("wil")
    table.sign("fg", "archief")

    refused = table.call(*table.finishing("--management", management), code=code).stderr

    assert said in refused
    assert "geheim" not in refused
    assert table.directory.read_bytes() == before


# -- requests that must not pass -----------------------------------------------------------------------------------


def forge_login(table: Ceremony) -> Path:
    """Put the hash of another password into a request on its way."""
    path = table.write_request("wil")
    path.write_text(path.read_text().replace("A" * 48, "B" * 48))
    return path


def forge_identity(table: Ceremony) -> Path:
    """Put another identity key into a request on its way, and sign all anew, but for the keys statement inside."""
    request = json.loads(table.write_request("wil").read_text())
    keys = SignedStatement.from_line(request["keys"].strip().encode())
    path = table.place / "forged"
    path.write_bytes(make_request(fixed_key("identity", "wil", 1), keys=keys).to_bytes())
    return path


def borrow_keys(table: Ceremony) -> Path:
    """Hand in the keys statement of another instantie as one's own."""
    key = KeyRecord(fixed_key("hop", "uwv").public, NOW, NOW + 3600)
    keys = make_keys([key], time=NOW, signed_by=fixed_key("identity", "uwv"), after=b"")
    path = table.place / "borrowed"
    path.write_bytes(make_request(fixed_key("identity", "wil"), keys=keys).to_bytes())
    return path


@pytest.mark.parametrize(
    ("forge", "field", "code"),
    [
        (forge_login, "signature", "HANDTEKENING_KLOPT_NIET"),
        (forge_identity, "keys", "ONDERTEKENAAR_ONBEVOEGD"),
        (borrow_keys, "keys", "ONDERTEKENAAR_ONBEVOEGD"),
        (lambda table: table.write_request("wil", keys=False), "keys", "VELD_ONGELDIG"),
        (lambda table: table.write_request("root"), "instantie", "VELD_ONGELDIG"),
        (lambda table: table.place / "fg.root-pub", "file", "REGEL_ONLEESBAAR"),
        (lambda table: table.directory, "file", "REGEL_ONLEESBAAR"),
        (lambda table: table.place / "broker" / "keys-statement", "instantie", "VELD_ONGELDIG"),
    ],
    ids=["other login", "other identity", "keys of another", "no keys", "called root", "a key", "directory", "keys"],
)
def test_a_request_that_does_not_hold_together_is_refused_with_field_and_remedy(
    table: Ceremony, forge: Forge, field: str, code: str
) -> None:
    flaws = table.refuse(*table.admitting(forge(table)))

    assert [(each["field"], each["code"]) for each in flaws] == [(field, code)]
    assert not table.prepared.exists()


def test_the_request_of_who_is_a_member_already_is_refused(table: Ceremony) -> None:
    same = table.call(*table.admitting(table.write_request("geynwijs", keys=False)), code=3).stderr
    pretender = table.write_request("geynwijs", identity=fixed_key("identity", "geynwijs", 1), keys=False)
    other = table.call(*table.admitting(pretender), code=3).stderr

    assert "is a member already, with this very key" in same
    assert "somebody pretends to be it" in other
    assert not table.prepared.exists()


def test_one_instantie_twice_in_one_file_is_refused(table: Ceremony) -> None:
    table.admit("wil")

    assert "is prepared in this file already" in table.call(*table.admitting(table.write_request("wil")), code=3).stderr


def test_of_several_requests_all_are_prepared_or_none(table: Ceremony) -> None:
    table.refuse(*table.admitting(table.write_request("uwv"), forge_login(table)))

    assert not table.prepared.exists()


# -- signatures that must not count --------------------------------------------------------------------------------


def test_too_few_holders_admit_nobody_and_nothing_is_written(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg", "fg")
    before = table.directory.read_bytes()

    flaws = table.refuse(*table.finishing())

    assert [(each["field"], each["code"]) for each in flaws] == [("signatures", "DREMPEL_NIET_GEHAALD")]
    assert table.directory.read_bytes() == before
    assert not (table.place / "wil.welcome").exists()


def test_a_request_swapped_after_the_holders_signed_is_refused(table: Ceremony) -> None:
    table.admit("wil")
    table.sign("fg", "archief")
    swapped = table.write_request("wil", identity=fixed_key("identity", "wil", 1))
    shutil.copy(swapped, table.place / "requests" / "wil.request")

    assert "not the request that was signed" in table.call(*table.finishing(), code=3).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("admit --signed leaving --directory directory.json --address amqp://127.0.0.1/zegel", "admit nobody"),
        ("leave --signed prepared --directory directory.json", "let nobody leave"),
        ("admit --signed prepared --directory directory.json", "address: say where members reach RabbitMQ"),
        ("admit --signed prepared --directory directory.json --address amqp://a:b@127.0.0.1/zegel", "own"),
        ("admit nothing --directory directory.json", "No such file"),
        ("admit wil.request", "directory: give --directory FILE"),
        ("leave nobody --directory directory.json", "no member of that name: broker, geynwijs"),
        ("leave broker --directory directory.json", "the broker does not leave"),
        ("leave geynwijs --successor wil --directory directory.json", "successor: the directory has no member"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_remedy(
    table: Ceremony, monkeypatch: pytest.MonkeyPatch, words: str, said: str
) -> None:
    monkeypatch.chdir(table.place)
    table.call(*table.leaving("geynwijs"))
    table.sign("fg", "archief")
    table.prepared.rename(table.place / "leaving")
    table.admit("wil")
    table.sign("fg", "archief")

    assert said in table.call("instantie", *words.split(), code=3).stderr


# -- leaving, succession -------------------------------------------------------------------------------------------


def test_who_leaves_is_a_member_no_more_and_its_successor_is_named(table: Ceremony) -> None:
    welcome(table, "wil")
    table.call(*table.leaving("geynwijs", "--successor", "wil"))
    said = table.call(*table.signing("fg")).stdout
    table.sign("archief")
    done = table.call_json("instantie", "leave", "--signed", table.prepared, "--directory", table.directory)

    assert "geynwijs is no longer a member, and wil takes its work over" in said
    assert done["gone"] == ["geynwijs"]
    assert table.show()["members"].keys() == {"broker", "wil"}
    assert table.show()["left"] == {"geynwijs": "wil"}


def test_a_member_renews_its_identity_key_and_the_holders_see_which_one_it_had(table: Ceremony) -> None:
    home = welcome(table, "wil")
    run_adapter(*joining(table, home), code=6)
    words = json.loads(run_adapter("init", "--home", home, "--new-identity", "--json").stdout)["words"]
    (before,) = table.show()["members"]["wil"]["identity"]
    table.call(*table.admitting(home / "request", "--new-identity"))
    said = table.call(*table.signing("fg")).stdout
    table.sign("archief")
    table.call(*table.finishing())
    run_adapter(*joining(table, home), code=6)

    assert f"it was a member until now, with identity key {before}" in said
    assert words in said
    assert table.show()["members"]["wil"]["identity"] != [before]


def test_words_tell_keys_of_another_owner_or_use_apart() -> None:
    one = fixed_key("identity", "wil").public
    spoken = {
        speak_key(each) for each in (one, fixed_key("identity", "uwv").public, type(one)("root", "root", one.raw), one)
    }

    assert len(spoken) == 3
