"""The fifteen checks by our engine, and the raw scan: `python -m benchmarks.quality_ours MODE FILE ROWS`, each in a process of its own.

Modes: scan (every column of every row, hashed), checks, profile (of all columns, and the checks); of a CSV scan_csv and csv (it
becomes a table, which is profiled and checked); of a wide table scan_wide, wide (100 rules
at once) and wide_each (one after the other). Prints one line of JSON like `quality_peers`.
"""

import json
import sys
import tempfile
import time

from app.ingest import columns, engine
from app.ingest.job import IngestJob, IngestLimits, IngestResult
from app.ingest.profile.profiler import profile
from app.ingest.run import run as ingest
from app.quality.engine import check
from app.quality.spec import Json, Limits, Operator, RuleSpec, TableInfo
from benchmarks.orders import fingerprint

MEMORY_BYTES = 600 << 20


def _rule(id: int, type: str, *paths: str, parameters: dict[str, Json] | None = None, operator: Operator | None = None,
          ends: tuple[float, float | None] | None = None) -> RuleSpec:  # fmt: skip
    low, high = ends or (None, None)
    return RuleSpec(
        id=str(id),
        type=type,
        field_paths=paths,
        parameters=parameters or {},
        operator=operator,
        threshold=low,
        upper_threshold=high,
    )


def rules(rows: int) -> list[RuleSpec]:
    """In the order of `quality_peers.Answers`."""
    most = {"operator": Operator.LESS_THAN, "ends": (float(rows), None)}
    exactly = {"operator": Operator.EQUAL}
    return [
        _rule(1, "row_count", **exactly, ends=(rows, None)),  # type: ignore[arg-type]
        _rule(2, "nulls", "order_id"),
        _rule(3, "unique", "order_id"),
        _rule(4, "range", "customer_id", parameters={"min": 0, "max": 1_999_999}),
        _rule(5, "in_set", "status", parameters={"values": ["shipped", "pending", "returned", "cancelled"]}),
        _rule(6, "range", "quantity", parameters={"min": 1, "max": 98}),
        _rule(7, "range", "price", parameters={"min": 0.5}),
        _rule(8, "aggregate", "price", parameters={"function": "MEAN"}, operator=Operator.BETWEEN, ends=(49_000, 51_000)),
        _rule(9, "nulls", "weight_kg", **most),  # type: ignore[arg-type]
        _rule(10, "date_range", "ordered_on", parameters={"min": "2015-01-02", "max": "2024-12-31"}),
        _rule(11, "nulls", "delivered_at", **most),  # type: ignore[arg-type]
        _rule(12, "regex", "city", parameters={"pattern": "city [0-9]+"}),
        _rule(13, "length", "reference", parameters={"min": 24, "max": 24}),
        _rule(14, "regex", "reference", parameters={"pattern": "[0-9a-f]{24}"}),
        _rule(15, "distinct_count", "city", **exactly, ends=(5_000, None)),  # type: ignore[arg-type]
    ]


def wide_rules() -> list[RuleSpec]:
    """A hundred of ten types, each on a column of its own."""
    most = {"operator": Operator.LESS_OR_EQUAL, "ends": (1e9, None)}
    made = []
    for at in range(0, 40 * 10, 40):
        whole, other_whole, number, other_number = f"i{at}", f"i{at + 4}", f"x{at + 1}", f"x{at + 5}"
        text, other_text, day, later = f"s{at + 2}", f"s{at + 6}", f"d{at + 3}", f"d{at + 7}"
        made += [
            ("nulls", whole, {}),
            ("unique", other_whole, {}),
            ("range", number, {"min": 1, "max": 100_000}),
            ("outliers", other_number, {}),
            ("regex", text, {"pattern": "word [0-9]{1,2}"}),
            ("in_set", other_text, {"values": [f"word {number}" for number in range(500)]}),
            ("date_range", day, {"min": "2016-01-01"}),
            ("sequential", later, {"direction": "NOT_DECREASING"}),
            ("distinct_count", f"s{at + 10}", {}),
            ("aggregate", f"x{at + 9}", {"function": "MEAN"}),
        ]
    return [_rule(at, kind, path, parameters=given, **most) for at, (kind, path, given) in enumerate(made)]  # type: ignore[arg-type]


def _bare(path: str, folder: str) -> TableInfo:
    return TableInfo(path=path)


def _profiled(path: str, folder: str) -> TableInfo:
    """The table with its profile, as a check of a version gets it."""
    job = IngestJob(source_path=path, file_name="t", output_dir=folder, limits=IngestLimits(memory_bytes=MEMORY_BYTES))
    with engine.connect(job) as connection:
        fields = columns.fields(connection, path, [None] * 11, {})
        return TableInfo(path=path, fields=fields, profile=profile(connection, path, fields, lambda fraction: None))


def _stored(path: str, folder: str) -> TableInfo:
    """The same of a CSV, which becomes a table."""
    job = IngestJob(source_path=path, file_name="t.csv", output_dir=folder, limits=IngestLimits(memory_bytes=MEMORY_BYTES))
    found = ingest(job, lambda message: None)
    assert isinstance(found, IngestResult), found
    return TableInfo(path=found.table_path, fields=found.fields, profile=found.profile)


def main() -> None:
    """One mode, one file."""
    mode, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    answers: list[float] = []
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as folder:
        begun = time.process_time()
        if mode == "scan":
            answers = [fingerprint(f"read_parquet('{path}')")[0]]
        if mode == "scan_csv":
            answers = [fingerprint(f"read_csv('{path}')")[0]]
        if mode == "scan_wide":
            answers = [fingerprint(f"read_parquet('{path}')", "columns(*)")[0]]
        limits = Limits(memory_bytes=MEMORY_BYTES, scratch_dir=folder)
        found = []
        if mode == "wide":
            found = check(_bare(path, folder), wide_rules(), limits=limits)
        if mode == "wide_each":
            found = [result for rule in wide_rules() for result in check(_bare(path, folder), [rule], limits=limits)]
        table = {"checks": _bare, "profile": _profiled, "csv": _stored}.get(mode)
        if table is not None:
            found = check(table(path, folder), rules(rows), limits=limits)
        answers = [*answers, *(result.value if result.value is not None else -1.0 for result in found)]
        spent = time.process_time() - begun
    print(json.dumps({"cpu": spent, "answers": answers}))


if __name__ == "__main__":
    main()
