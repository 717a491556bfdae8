"""Dates and times in words."""

import duckdb
import pytest

from app.ingest.values import date_text, shown, time_text, timestamp_text


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "1970-01-01"), (-1, "1969-12-31"), (19_782, "2024-02-29"), (-719_162, "0001-01-01"), (2_932_896, "9999-12-31"),
     (105_192_000, "289975-12-01")],
)  # fmt: skip
def test_days_of_any_year(days: int, expected: str) -> None:
    assert date_text(days) == expected
    assert date_text(days) == str(duckdb.sql(f"SELECT (DATE '1970-01-01' + {days})::VARCHAR").fetchall()[0][0])


def test_fractions_of_seconds_have_no_zeros_at_their_end() -> None:
    assert time_text(86_399_500_000, 10**6) == "23:59:59.5"
    assert timestamp_text(-1, 10**9, utc=True) == "1969-12-31T23:59:59.999999999Z"
    assert shown("2024-05-01 12:00:00.123+00", "TIMESTAMP WITH TIME ZONE") == "2024-05-01T12:00:00.123Z"
