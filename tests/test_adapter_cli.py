"""`zegel-adapter` as its users meet it: what it prints, what it writes, and with which code it ends."""

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.node_settings import pick_ports
from tests.adapter_scene import (
    CASUS,
    CONVENANT,
    CORPORATION,
    REGIE,
    Clock,
    Municipality,
    found_town,
    give_credential,
    question,
    seal_draft,
)
from zegel_adapters.cli import app
from zegel_adapters.desk import Desk
from zegel_adapters.examples import make_example
from zegel_adapters.home import Home
from zegel_adapters.receive import Receiver
from zegel_schemas.content import example
from zegel_schemas.declaration import REGISTRATION
from zegel_schemas.refusals import Refusal


def call(*arguments: str | Path, code: int = 0) -> Result:
    """Run the command and hold its exit code against what it should be."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def call_json(*arguments: str | Path, code: int = 0) -> Any:
    return json.loads(call(*arguments, "--json", code=code).output)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    """Give a town of today whose line leads nowhere."""
    with pytest.MonkeyPatch.context() as patch:
        url = f"amqp://{{user}}:secret@127.0.0.1:{pick_ports(1)[0]}/zegel"
        yield found_town(tmp_path_factory.mktemp("town"), patch, url=url, now=int(time.time()))


def write_draft(path: Path, **changes: Any) -> Path:
    draft = question(due="", **changes)
    path.write_text(draft.model_dump_json(exclude={"registers"}))
    return path


def deliver(town: Municipality) -> str:
    """Deliver the regieteam's question to the corporation and return its id."""
    now = int(time.time())
    sender, recipient = town.side(REGIE), town.side(CORPORATION, Clock(now))
    container = seal_draft(sender, question(due=""), now=now).container
    stamp = town.stamp(town.permit(container, sender, time=now))
    Receiver(recipient).take(town.deliver(CORPORATION, container, stamp))
    found = recipient.inbox.items()[-1].id
    sender.mailbox.close()
    recipient.mailbox.close()
    return found


# -- init ----------------------------------------------------------------------------------------------------------


def test_init_makes_a_home_and_says_what_to_hand_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give_credential(tmp_path / "credentials")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    told = call_json("init", "--instantie", "wil", "--home", tmp_path / "wil")

    assert told["instantie"] == "wil"
    assert json.loads(Path(told["request"]).read_text())["instantie"] == "wil"
    assert len(told["words"].split()) == 12


def test_init_without_an_instantie_is_wrong_use(tmp_path: Path) -> None:
    assert "--instantie" in call("init", "--home", tmp_path / "new", code=2).output


def test_init_never_makes_a_home_anew(town: Municipality) -> None:
    assert "is a home already" in call("init", "--instantie", "uwv", "--home", town.home(REGIE), code=1).output


def test_init_without_any_way_to_lock_the_home_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    output = call("init", "--instantie", "wil", "--home", tmp_path / "wil", code=1).output

    assert "--passphrase-file" in output
    assert not (tmp_path / "wil" / "settings.toml").exists()


# -- send ----------------------------------------------------------------------------------------------------------


def test_send_takes_a_file_and_prints_the_id(town: Municipality, tmp_path: Path) -> None:
    told = call_json("send", write_draft(tmp_path / "ask.json"), "--home", town.home(REGIE))

    assert (told["state"], told["casus"]) == ("queued", CASUS)
    with Desk(town.home(REGIE)) as desk:
        assert desk.draft(told["id"]).asks == ("huurachterstand",)


def test_send_takes_options(town: Municipality, tmp_path: Path) -> None:
    why = tmp_path / "why.txt"
    why.write_text("Zonder de stand van de schuld kan het regieteam geen plan maken.\n")
    options = ["--kind", "informatieverzoek", "--to", "wil", "--casus", CASUS, "--purpose", "armoede_schulden"]
    options += ["--subject", "p1", "--ask", "schulden_financien", "--motivation", str(why)]
    told = call_json("send", *options, "--home", town.home(REGIE))

    with Desk(town.home(REGIE)) as desk:
        draft = desk.draft(told["id"])
    assert (draft.to, draft.subjects, draft.asks) == ("wil", ("p1",), ("schulden_financien",))
    assert draft.contents["motivering"]["waarom_nodig"] == why.read_text().strip()


def test_send_refuses_wrong_form_with_code_3_field_and_two_languages(town: Municipality, tmp_path: Path) -> None:
    wrong = write_draft(tmp_path / "ask.json", purpose="nieuwsgierigheid")
    output = call("send", wrong, "--home", town.home(REGIE), code=3).output

    assert "DOEL_ONBEKEND (purpose)" in output
    assert "armoede_schulden" in output
    told = call_json("send", wrong, "--home", town.home(REGIE), code=3)
    assert told["refused"]["fields"] == ["purpose"]


def test_send_warns_where_no_rule_fits_and_anyway_sends(town: Municipality, tmp_path: Path) -> None:
    draft = write_draft(tmp_path / "ask.json", to="wil", asks=("politiegegevens",))

    assert "GEEN_REGEL" in call("send", draft, "--home", town.home(REGIE), code=3).output
    assert call_json("send", draft, "--anyway", "--home", town.home(REGIE))["state"] == "queued"


def test_send_ends_with_5_when_no_word_comes_in_time(town: Municipality, tmp_path: Path) -> None:
    told = call_json("send", write_draft(tmp_path / "ask.json"), "--wait", "0.01", "--home", town.home(REGIE), code=5)

    assert told["state"] == "queued"


def test_a_file_that_is_no_yaml_is_named_with_its_line(town: Municipality, tmp_path: Path) -> None:
    (tmp_path / "ask.yaml").write_text("kind: informatieverzoek\nasks: [huurachterstand\n")

    assert "line" in call("send", tmp_path / "ask.yaml", "--home", town.home(REGIE), code=1).output


@pytest.fixture(scope="module")
def everybody(town: Municipality, tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    """Give a town in which every party of the convenant has a home; they open with the same credential."""
    larger = Municipality(tmp_path_factory.mktemp(f"larger-than-{len(town.made)}"))
    larger.found(tuple(CONVENANT.parties), now=int(time.time()))
    return larger


@pytest.mark.parametrize("kind", sorted({REGISTRATION, *CONVENANT.kinds}))
def test_every_kind_has_an_example_that_can_be_sent_as_it_is(
    everybody: Municipality, tmp_path: Path, kind: str
) -> None:
    home = everybody.home(next(party for party in (REGIE, *CONVENANT.parties) if can_send(kind, party)))
    (tmp_path / "draft.yaml").write_text(call("send", "--example", kind, "--home", home).output)

    assert call_json("send", tmp_path / "draft.yaml", "--home", home)["state"] == "queued"


def can_send(kind: str, sender: str) -> bool:
    try:
        make_example(kind, CONVENANT, sender=sender, today=date(2027, 1, 15))
    except Refusal:
        return False
    return True


def test_an_example_of_an_unknown_kind_names_the_kinds_there_are(town: Municipality) -> None:
    output = call("send", "--example", "roddel", "--home", town.home(REGIE), code=3).output

    assert "informatieverzoek" in output


# -- inbox ---------------------------------------------------------------------------------------------------------


def test_inbox_lists_shows_answers_and_acknowledges(town: Municipality, tmp_path: Path) -> None:
    message_id, home = deliver(town), town.home(CORPORATION)
    (listed,) = call_json("inbox", "--home", home)
    shown = call("inbox", "--show", message_id, "--home", home).output
    answer = tmp_path / "answer.json"
    contents = {"huurachterstand": example("huurachterstand").model_dump(mode="json")}
    answer.write_text(json.dumps({"contents": contents, "labels": {"huurachterstand": "feit"}}))
    answered = call_json("inbox", "--answer", message_id, "--file", answer, "--home", home)

    assert (listed["id"], listed["from"], listed["asks"]) == (message_id, REGIE, ["huurachterstand"])
    assert "waarom_nodig" in shown
    assert answered["state"] == "queued"
    assert call_json("inbox", "--ack", message_id, "--home", home) == {"acknowledged": message_id}
    assert call_json("inbox", "--home", home) == []
    assert call_json("inbox", "--ack", message_id, "--home", home) == {"acknowledged": message_id}


def test_inbox_of_an_unknown_message_ends_with_1(town: Municipality) -> None:
    assert "no opened message" in call("inbox", "--ack", "nobody", "--home", town.home(REGIE), code=1).output


# -- doctor --------------------------------------------------------------------------------------------------------


def test_doctor_finds_a_line_that_leads_nowhere(town: Municipality) -> None:
    found = {each["check"]: each for each in call_json("doctor", "--home", town.home(REGIE), code=6)}

    assert {check for check, each in found.items() if each["level"] == "error"} == {"line"}
    assert found["sealing keys"]["level"] == "ok"
    assert town.fingerprint in found["directory"]["text"]
    assert found["adapter"]["level"] == "warning"
    assert (found["freshness"]["level"], found["partners"]["level"]) == ("ok", "ok")
    assert "secret" not in json.dumps(found)


def test_doctor_finds_a_wide_key_file_and_names_the_remedy(town: Municipality) -> None:
    path = next((town.home(CORPORATION) / "keys").glob("hop-*.key"))
    path.chmod(0o644)
    try:
        assert "chmod go-rwx" in call("doctor", "--home", town.home(CORPORATION), code=6).output
    finally:
        path.chmod(0o600)


def test_doctor_warns_two_weeks_before_the_last_sealing_key_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path, monkeypatch, url="amqp://127.0.0.1:1/zegel", now=int(time.time()) - 32 * 24 * 3600)
    found = {each["check"]: each for each in call_json("doctor", "--home", town.home(REGIE), code=6)}

    assert found["sealing keys"]["level"] == "warning"
    assert "keys rotate" in found["sealing keys"]["text"]
    assert found["partners"]["level"] == "warning"
    assert "publish new ones" in found["partners"]["text"]
    assert found["freshness"]["level"] == "warning"
    assert "768 hours" in found["freshness"]["text"]


def test_keys_rotate_makes_the_next_keys_statement(town: Municipality) -> None:
    home = Home(town.home(CORPORATION))
    before = home.statement.read_bytes()
    call("keys", "rotate", "--home", home.root)

    assert home.statement.read_bytes() == before  # made today: nothing to publish yet


def test_doctor_counts_what_is_held_aside_and_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = found_town(tmp_path, monkeypatch, url="amqp://127.0.0.1:1/zegel", now=int(time.time()) - 24 * 3600)
    side = town.side(CORPORATION)
    Receiver(side).take(b"garbage")
    side.mailbox.close()
    with Desk(town.home(CORPORATION), clock=Clock(time.time() - 7200)) as desk:
        desk.send(question(to=REGIE, due=""), anyway=True)
    found = {each["check"]: each for each in call_json("doctor", "--home", town.home(CORPORATION), code=6)}

    assert (found["outbox"]["level"], found["aside"]["level"], found["held"]["level"]) == ("warning", "warning", "ok")
    assert "HOP_ONLEESBAAR" in found["aside"]["text"]


def test_doctor_of_no_home_at_all_says_what_to_run(tmp_path: Path) -> None:
    assert "zegel-adapter init" in call("doctor", "--home", tmp_path, code=6).output


def test_help_names_the_exit_codes_and_the_first_steps() -> None:
    assert "run" in call("--help").output
    assert "twelve words" in call("init", "--help").output
