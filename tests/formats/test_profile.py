"""Statistics as the API gives them, against pandas."""

import pytest

from tests.formats import real
from tests.formats.conftest import Shelf

CLOSE = {"rel": 1e-12}


async def test_statistics_of_penguins_are_those_of_pandas(shelf: Shelf) -> None:
    frame = real.penguins()
    profile = await shelf.profile(await shelf.stored(real.csv(frame), "penguins.csv"))
    assert list(profile) == list(frame.columns)
    for name, found in profile.items():
        column = frame[name]
        present = column.dropna()
        assert (found["nullCount"], found["distinctCount"]) == (column.isna().sum(), column.nunique())
        assert found["nullFraction"] == pytest.approx(column.isna().mean(), **CLOSE)
        assert found["distinctIsApproximate"] is False
        counted = present.value_counts()
        top = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))[:10]
        assert found["topValues"] == [{"value": str(value), "count": count} for value, count in top]
        if column.dtype in ("float64", "Int64"):
            assert (found["min"], found["max"]) == (present.min(), present.max())
            assert [found["mean"], found["median"], found["stddev"]] == [
                pytest.approx(float(number), **CLOSE) for number in (present.mean(), present.median(), present.std())
            ]
            assert sum(each["count"] for each in found["histogram"]) == len(present)
            *before, last = found["histogram"]
            for each in before:
                assert each["count"] == ((present >= each["lower"]) & (present < each["upper"])).sum()
            assert last["count"] == ((present >= last["lower"]) & (present <= last["upper"])).sum()
            assert (found["minLength"], found["maxLength"]) == (None, None)
        else:
            assert (found["min"], found["max"]) == (present.min(), present.max())
            assert (found["minLength"], found["maxLength"]) == (present.str.len().min(), present.str.len().max())
            assert (found["mean"], found["median"], found["stddev"], found["histogram"]) == (None, None, None, [])
