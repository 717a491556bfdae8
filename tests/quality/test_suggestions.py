"""What a profile suggests, and that the profiled table satisfies all of it."""

import random
import uuid
from datetime import date, timedelta
from pathlib import Path

from app.ingest import columns, engine
from app.ingest.job import Field, IngestJob, TableProfile
from app.ingest.profile.profiler import profile
from app.quality.engine import check
from app.quality.spec import Operator, RuleSpec, RuleStatus
from app.quality.suggestions import suggest
from tests.quality.tables import Value, write


def profiled(tmp_path: Path, table: dict[str, list[Value]]) -> tuple[TableProfile, tuple[Field, ...]]:
    """The profile and the fields of a table."""
    path = write(tmp_path / "t.parquet", table, {}).path or ""
    (tmp_path / "out").mkdir()
    with engine.connect(IngestJob(source_path=path, file_name="t", output_dir=str(tmp_path / "out"))) as connection:
        fields = columns.fields(connection, path, [None] * len(table), {})
        return profile(connection, path, fields, lambda fraction: None), fields


def test_a_profile_suggests_what_the_table_satisfies(tmp_path: Path) -> None:
    chance = random.Random(1)
    table: dict[str, list[Value]] = {
        "id": list(range(100)),
        "key": [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(100)],
        "state": [chance.choice(["open", "closed"]) for _ in range(100)],
        "amount": [chance.randint(5, 80) for _ in range(100)],
        "share": [chance.random() for _ in range(100)],
        "balance": [None if at < 3 else chance.uniform(-20, 700) for at in range(100)],
        "mail": [f"person{at % 40}@example.org" for at in range(100)],
        "code": [f"x{at % 40:03}" for at in range(100)],
        "day": [date(2024, 1, 1) + timedelta(days=at) for at in range(100)],
        "nothing": [None] * 99 + ["x"],
    }
    found, fields = profiled(tmp_path, table)
    suggestions = {one.spec.id: one for one in suggest(found, fields)}
    assert list(suggestions) == [
        "row_count",
        "nulls:id", "unique:id",
        "nulls:key", "unique:key", "format:key",
        "nulls:state", "in_set:state",
        "nulls:amount", "range:amount",
        "nulls:share", "range:share",
        "nulls:balance", "range:balance",
        "nulls:mail", "format:mail",
        "nulls:code", "length:code",
        "nulls:day",
        "length:nothing",
    ]  # fmt: skip
    assert suggestions["row_count"].spec == RuleSpec(
        id="row_count", type="row_count", operator=Operator.BETWEEN, threshold=50, upper_threshold=200
    )
    assert suggestions["in_set:state"].spec.parameters == {"values": ["closed", "open"]}
    assert suggestions["in_set:state"].reason == "Only 2 different values occur."
    assert suggestions["range:share"].spec.parameters == {"min": 0.0, "max": 1.0}
    assert suggestions["format:mail"].spec.parameters == {"format": "EMAIL"}
    assert suggestions["length:code"].spec.parameters == {"min": 4, "max": 4}
    nulls = suggestions["nulls:balance"]
    assert (nulls.spec.threshold, nulls.spec.parameters) == (0.06, {"unit": "FRACTION"})
    assert nulls.reason == "3 of 100 values are absent (3.00%)."
    results = check(write(tmp_path / "again.parquet", table, {}), [one.spec for one in suggestions.values()])
    assert {result.rule_id for result in results if result.status is not RuleStatus.PASS} == set()


def test_a_few_rows_suggest_nothing(tmp_path: Path) -> None:
    found, fields = profiled(tmp_path, {"id": list(range(19))})
    assert suggest(found, fields) == []


def test_constant_and_extreme_numbers(tmp_path: Path) -> None:
    found, fields = profiled(
        tmp_path,
        {"same": [7.5] * 30, "huge": [2**60 + at // 2 for at in range(30)], "below": [-(at % 4) - 1 for at in range(30)]},
    )
    specs = {one.spec.id: dict(one.spec.parameters) for one in suggest(found, fields)}
    assert specs["range:same"] == {"min": 7.5, "max": 7.5}
    assert "range:huge" not in specs
    assert specs["range:below"] == {"min": -5, "max": 0}
