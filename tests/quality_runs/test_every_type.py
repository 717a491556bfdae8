"""Every rule type through the API, on a day of real flights, against the same in plain Python."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from app.core.ids import uuid7
from app.quality import catalogue
from app.quality.spec import Json, Operator, RuleSpec
from tests.quality import reference
from tests.quality.tables import Value
from tests.quality.test_comparing_rules import psi
from tests.quality_runs.checking import PUBLISH, checked, uploaded
from tests.support.http import http_client
from tests.support.people import Person

DATA = Path(__file__).parents[2] / "app/demo/data"
FLIGHTS = DATA / "flights-2013-01-01.csv"
IMPORT = """mutation I($input: ImportDataContractInput!) { importDataContract(input: $input) {
    changes { rules { kind } } errors { code message } } }"""
NUMBERS = ("dep_time", "arr_time", "distance", "flight", "sched_dep_time")
EARLIER = 700
"""Flights of the version before."""


def typed(text: str) -> list[dict[str, Value]]:
    """The rows of the file as they are meant: NA is absent, the named columns are numbers, the time is one."""
    rows: list[dict[str, Value]] = []
    for line in csv.DictReader(io.StringIO(text)):
        row: dict[str, Value] = {name: None if value == "NA" else value for name, value in line.items()}
        for name in NUMBERS:
            row[name] = None if row[name] is None else int(str(row[name]))
        row["time_hour"] = datetime.fromisoformat(str(row["time_hour"])).replace(tzinfo=None)
        rows.append(row)
    return rows


def spec(
    kind: str,
    /,
    *paths: str, operator: str | None = None, threshold: float | None = None, upper: float | None = None,
         **parameters: Json) -> RuleSpec:  # fmt: skip
    return RuleSpec(
        id=kind, type=kind, field_paths=paths, parameters=parameters, operator=None if operator is None else Operator(operator),
        threshold=threshold, upper_threshold=upper,
    )  # fmt: skip


IN_REFERENCE = [
    spec("row_count", operator="EQUAL", threshold=842),
    spec("nulls", "dep_time"),
    spec("missing", "dep_time"),
    spec("unique", "flight"),
    spec("distinct_count", "dest", operator="LESS_THAN", threshold=80),
    spec("duplicate_rows", "carrier", "dest"),
    spec("primary_key", "carrier", "dest"),
    spec("in_set", "carrier", values=["UA", "AA", "B6", "DL"]),
    spec("not_in_set", "origin", values=["LGA"]),
    spec("regex", "tailnum", pattern="N[0-9]+[A-Z]{2}"),
    spec("not_regex", "tailnum", pattern="Q$"),
    spec("range", "distance", min=100, max=2500),
    spec("date_range", "time_hour", min="2013-01-01T12:00:00", max="2013-01-02T02:00:00"),
    spec("length", "tailnum", min=6, max=6),
    spec("json", "tailnum"),
    spec("castable", "dest", type="INTEGER"),
    spec("compare_fields", "dep_time", "arr_time", comparison="LESS_OR_EQUAL"),
    spec("sequential", "sched_dep_time", direction="INCREASING"),
    spec("aggregate", "distance", function="MEAN", operator="BETWEEN", threshold=1000, upper=1100),
    spec("outliers", "distance", method="IQR", factor=1.5),
]
COMPARED = [
    spec("row_count_change", operator="BETWEEN", threshold=-0.1, upper=0.1),
    spec("row_count_match", dataset="AIRPORTS"),
    spec("schema_match", fields=[{"fieldPath": "year", "logicalType": "INTEGER"}, {"fieldPath": "gone"}], mode="SUPERSET"),
    spec("field_exists", "carrier"),
    spec("field_count", operator="EQUAL", threshold=19),
    spec("freshness", "time_hour", operator="LESS_THAN", threshold=3600),
    spec("format", "tailnum", format="INTEGER"),
    spec("referential", "dest", dataset="AIRPORTS", fieldPath="faa"),
    spec("new_categories", "dest"),
    spec("drift", "origin"),
    spec("anomaly", metric="ROW_COUNT"),
    spec("sql_metric", sql="SELECT count(*) FROM data WHERE dep_delay > 60", operator="LESS_THAN", threshold=10),
    spec("sql_failed_rows", sql="SELECT * FROM data WHERE distance > 2500"),
]


def compared(rows: list[dict[str, Value]], airports: list[str]) -> dict[str, tuple[float | None, list[int] | None, str]]:
    """Value, failed rows and verdict of COMPARED."""
    before, count = rows[:EARLIER], len(rows)

    def failing(bad) -> list[int]:  # type: ignore[no-untyped-def]
        return [number for number, row in enumerate(rows, 1) if bad(row)]

    numbers = failing(lambda row: row["tailnum"] is not None and not re.fullmatch(r"[+-]?[0-9]+", str(row["tailnum"])))
    orphans = failing(lambda row: row["dest"] not in airports)
    known = {row["dest"] for row in before}
    new = failing(lambda row: row["dest"] not in known)
    far = [row["distance"] for row in rows if int(str(row["distance"])) > 2500]
    late = sum(1 for row in rows if row["dep_delay"] is not None and int(str(row["dep_delay"])) > 60)
    origins = [Counter(row["origin"] for row in some) for some in (before, rows)]
    shift = psi(*([part[one] for one in sorted(origins[0])] + [0, 0] for part in origins))  # type: ignore[type-var]
    return {
        "row_count_change": ((count - EARLIER) / EARLIER, None, "FAIL"),
        "row_count_match": (count / len(airports), None, "FAIL"),
        "schema_match": (1, None, "FAIL"),
        "field_exists": (1, None, "PASS"),
        "field_count": (19, None, "PASS"),
        "format": (len(numbers), numbers, "FAIL"),
        "referential": (len(orphans), orphans, "FAIL"),
        "new_categories": (len({rows[number - 1]["dest"] for number in new}), new, "FAIL"),
        "drift": (shift, None, "PASS"),
        "anomaly": (count, None, "SKIPPED"),
        "sql_metric": (late, None, "FAIL" if late >= 10 else "PASS"),
        "sql_failed_rows": (len(far), [0] * len(far), "FAIL"),
    }


def verdict(one: RuleSpec, value: float) -> str:
    """By the rule's own condition, or that there are no bad rows."""
    low, high = one.threshold or 0, one.upper_threshold or 0
    holds = {
        "EQUAL": value == low, "LESS_THAN": value < low, "BETWEEN": low <= value <= high, "LESS_OR_EQUAL": value <= low,
    }  # fmt: skip
    return "PASS" if holds[one.operator or "LESS_OR_EQUAL"] else "FAIL"


async def test_every_type_agrees_with_plain_python_on_real_flights(admin: Person) -> None:
    whole, airports = FLIGHTS.read_text(), (DATA / "airports.csv").read_text()
    rows = typed(whole)
    codes = [line["faa"] for line in csv.DictReader(io.StringIO(airports))]
    other = f"Airports {uuid7()}"
    airports_id = await admin.create(other, visibility="RESTRICTED")
    assert (await admin.mutate(PUBLISH, versionId=await uploaded(admin, airports_id, airports.encode())))["errors"] == []
    dataset_id = await admin.create(f"Flights {uuid7()}", visibility="RESTRICTED")
    first = "".join(whole.splitlines(keepends=True)[: EARLIER + 1])
    await uploaded(admin, dataset_id, first.encode())
    version_id = await uploaded(admin, dataset_id, whole.encode())

    specs = [*IN_REFERENCE, *COMPARED]
    assert sorted(one.type for one in specs) == sorted(catalogue.types())
    entries = []
    for one in specs:
        parameters = {key: other if value == "AIRPORTS" else value for key, value in one.parameters.items()}
        condition = {"operator": one.operator, "threshold": one.threshold, "upperThreshold": one.upper_threshold}
        implementation = {"type": one.type, "fieldPaths": one.field_paths, "parameters": parameters}
        implementation |= {key: value for key, value in condition.items() if value is not None}
        entries.append({"id": one.type, "type": "custom", "engine": "datakura", "implementation": implementation})
    contract = {
        "kind": "DataContract", "apiVersion": "v3.1.0", "id": "flights", "version": "1.0.0", "status": "active",
        "schema": [{"name": "flights", "quality": entries}],
    }  # fmt: skip
    taken = await admin.mutate(IMPORT, datasetId=dataset_id, yaml=orjson.dumps(contract).decode())
    assert (taken["errors"], len(taken["changes"]["rules"])) == ([], 33)

    began = datetime.now(UTC)
    run = await checked(admin, version_id, keepFailedRows=True)
    found = {one["name"]: one for one in run["results"]}
    assert [(name, one["error"]) for name, one in found.items() if one["error"]] == []
    expected = compared(rows, codes)
    for one in IN_REFERENCE:
        value, failed = reference.found(one, rows, None)
        assert value is not None
        expected[one.type] = (value, failed, verdict(one, value))
    async with http_client() as http:
        for name, (value, failed, status) in expected.items():
            one = found[name]
            assert (one["value"], one["status"]) == (pytest.approx(value, rel=1e-9), status), name
            assert one["failedRowCount"] == (None if failed is None else len(failed)), name
            assert [row["row"] for row in one["failedRowsSample"]] == (failed or [])[:20], name
            assert (one["failedRowsUrl"] is None) is (not failed), name
            if one["failedRowsUrl"]:
                file = pq.read_table(io.BytesIO((await http.get(one["failedRowsUrl"])).content))
                if name == "sql_failed_rows":  # rows that a rule's SQL made have no number
                    assert sorted(file.column("distance").to_pylist()) == sorted(
                        row["distance"] for row in rows if row["distance"] > 2500
                    )  # type: ignore[operator,type-var]
                else:
                    assert file.column("row_number").to_pylist() == failed, name
    fresh = found["freshness"]
    latest = max(row["time_hour"] for row in rows).replace(tzinfo=UTC)  # type: ignore[type-var,union-attr,call-arg]
    age = (began - latest).total_seconds()
    assert fresh["status"] == "FAIL"
    assert age <= fresh["value"] <= age + 300
    assert set(found) == expected.keys() | {"freshness"}
