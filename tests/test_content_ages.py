"""Age bands change on a birthday, in Amsterdam."""

from datetime import date

import pytest

from tests.content_messages import ISSUED
from zegel_schemas.content import age_band
from zegel_schemas.content.ages import possible_bands


@pytest.mark.parametrize(
    ("born", "on", "band"),
    [
        ("2014-10-06", "2026-10-05", "under_12"),
        ("2014-10-05", "2026-10-05", "12_15"),
        ("2010-10-06", "2026-10-05", "12_15"),
        ("2010-10-05", "2026-10-05", "16_plus"),
        ("2012-02-29", "2024-02-28", "under_12"),
        ("2012-02-29", "2024-02-29", "12_15"),
        ("2010-02-28", "2026-02-28", "16_plus"),
        ("2010-03-01", "2026-02-28", "12_15"),
        ("2008-02-29", "2020-02-29", "12_15"),
        ("2008-02-29", "2024-02-29", "16_plus"),
        ("2007-02-28", "2023-02-28", "16_plus"),
        ("2012-02-29", "2028-02-28", "12_15"),
    ],
)
def test_an_age_band_changes_on_the_birthday(born: str, on: str, band: str) -> None:
    assert age_band(date.fromisoformat(born), date.fromisoformat(on)) == band


def test_around_midnight_both_bands_are_possible_and_beyond_the_calendar_none() -> None:
    before_midnight_utc = 1_791_237_600 + 3600  # 2026-10-05T23:00:00Z, in Amsterdam already the 6th

    assert possible_bands("2014-10-06", before_midnight_utc) == {"under_12", "12_15"}
    assert possible_bands("2014-10-06", ISSUED) == {"under_12"}
    assert possible_bands("2014-10-06", 2**53 - 1) == frozenset()
