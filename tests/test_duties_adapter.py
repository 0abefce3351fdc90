"""What an adapter does with word about a duty: it is shown until somebody looks, and it is no fault of anybody."""

from pathlib import Path

import pytest

from tests.adapter_scene import CASUS, NOW, REGIE, Municipality, found_town
from zegel_adapters.receive import Receiver
from zegel_schemas import canonical
from zegel_schemas.record import DirectoryVersion, Record, hash_explanation

WORDS = canonical.encode({"code": "VERPLICHTING_TE_LAAT", "due": "2027-01-10", "duty": "informeer_betrokkene"})


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


def enter(town: Municipality) -> int:
    """Enter an overdue duty of the regieteam in the log."""
    record = Record(
        type="duty",
        sender="broker",
        recipient=REGIE,
        kind="informeer_betrokkene",
        casus=CASUS,
        directory=DirectoryVersion(),
        codes=("VERPLICHTING_TE_LAAT",),
        duties=("informeer_betrokkene",),
        explanation=hash_explanation(WORDS),
        count=2,
    )
    return town.log.write(record, time=NOW)


def test_an_overdue_duty_is_shown_once_however_often_it_is_told(town: Municipality) -> None:
    index, side = enter(town), town.side(REGIE)

    taken = [Receiver(side).take(town.notice(REGIE, index, explanations={index: WORDS})) for _ in range(2)]

    (told,) = side.evidence.duties()
    side_aside = side.evidence.aside()
    side.mailbox.close()
    assert taken == ["noted", "noted"]
    assert told.code == "VERPLICHTING_TE_LAAT"
    assert told.detail == f"entry {index}: informeer_betrokkene of {REGIE}, due 2027-01-10"
    assert side_aside == []


def test_a_message_to_be_sealed_anew_is_named_until_somebody_looks(town: Municipality) -> None:
    words = canonical.encode({"code": "SLEUTEL_GELEKT", "duty": "opnieuw_verzegelen"})
    message = "01930000-0000-7000-8000-000000000001"
    record = Record(
        type="duty",
        message=message,
        sender="broker",
        recipient=REGIE,
        kind="opnieuw_verzegelen",
        casus=CASUS,
        directory=DirectoryVersion(),
        codes=("SLEUTEL_GELEKT",),
        explanation=hash_explanation(words),
    )
    index, side = town.log.write(record, time=NOW), town.side(REGIE)

    taken = Receiver(side).take(town.notice(REGIE, index, explanations={index: words}))

    (told,) = side.evidence.duties()
    side.mailbox.close()
    assert taken == "noted"
    assert (told.code, told.detail) == (
        "SLEUTEL_GELEKT",
        f"entry {index}: opnieuw_verzegelen of {REGIE}, message {message}",
    )
