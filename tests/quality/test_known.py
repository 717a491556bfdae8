"""What a profile tells is taken from it, and only where that is exact."""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.ingest.job import TopValue
from app.quality.engine import check
from app.quality.spec import RuleSpec, TableInfo
from tests.quality.tables import RECORDED, profiled, rule, write

SPECS = [
    rule("distinct_count", "s", **RECORDED),
    rule("unique", "s"),
    rule("primary_key", "s"),
    rule("in_set", "s", values=["a", "c", "d"]),
    rule("regex", "s", pattern="[ab]"),
    rule("missing", "s"),
    rule("length", "s", max=2),
    rule("range", "x", min=1.5),
    rule("date_range", "d", max="2024-01-03"),
]
TRUE = [3, 1, 2, 2, 1, 1, 1, 1, 1]


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> TableInfo:
    days = [date(2024, 1, day) for day in (1, 2, 3, 4)]
    columns = {"s": ["a", "b", "ccc", "a", None], "x": [1.0, 2.0, 3.0, 2.0, None]}
    return profiled(write(tmp_path_factory.mktemp("known") / "t.parquet", {**columns, "d": [*days, None]}))


def values(info: TableInfo, specs: list[RuleSpec]) -> list[float | None]:
    """The value of each rule."""
    return [result.value for result in check(info, [replace(spec, id=str(at)) for at, spec in enumerate(specs)])]


def changed(info: TableInfo, **changes: dict[str, object]) -> TableInfo:
    """The table with another profile, by field."""
    assert info.profile is not None
    fields = [replace(one, **changes.get(one.field_path, {})) for one in info.profile.field_profiles]  # type: ignore[arg-type]
    return replace(info, profile=replace(info.profile, field_profiles=tuple(fields)))


def test_the_profile_is_asked_instead_of_the_rows(info: TableInfo) -> None:
    assert values(info, SPECS) == TRUE
    # A profile that is wrong shows where it is asked.
    listed = (TopValue(value="b", count=3), TopValue(value="x y", count=1))
    wrong = changed(
        info,
        s={"distinct_count": 4, "top_values": listed, "max_length": 2},
        x={"min": "1.6", "top_values": ()},
        d={"max": "2024-01-02", "top_values": ()},
    )
    assert values(wrong, SPECS) == [4, 0, 1, 4, 1, 1, 0, 0, 0]
    assert values(wrong, [replace(spec, filter="true") for spec in SPECS]) == TRUE


def test_a_profile_that_does_not_suit_the_file_is_not_asked(info: TableInfo) -> None:
    wrong = changed(info, s={"distinct_count": 4}, x={"min": "1.6", "top_values": ()}, d={"max": "2024-01-02", "top_values": ()})
    assert wrong.profile is not None
    assert values(wrong, SPECS)[0] == 4
    for profile in (replace(wrong.profile, row_count=6), replace(wrong.profile, partial=True)):
        assert values(replace(wrong, profile=profile), SPECS) == TRUE
    assert values(changed(wrong, s={"null_count": 0}, x={"null_count": 0}, d={"null_count": 0}), SPECS) == TRUE
    assert values(changed(wrong, s={"distinct_is_approximate": True}), SPECS)[0] == 3


def test_values_that_a_profile_cannot_show_are_read(tmp_path: Path) -> None:
    long = "a" * 199
    info = profiled(write(tmp_path / "t.parquet", {"s": [long + "a", long + "ab"], "f": [1.0, math.nan], "u": ["a", "A"]}))
    specs = [rule("regex", "s", pattern="a*"), rule("not_in_set", "s", values=[long + "a"]), rule("range", "f", min=0, max=2)]
    assert values(info, [*specs, rule("in_set", "u", values=["A"])]) == [1, 1, 1, 1]
    assert values(changed(info, f={"top_values": ()}), specs) == [1, 1, 1]
