"""The same fifteen checks by other tools: `python quality_peers.py TOOL PARQUET`, each in an environment of its own.

Run by path, not as a module: nothing of the project can be imported there. Prints one line of JSON: the answers, and the
processor seconds of reading and checking without those of importing.
"""

import json
import sys
import time
from collections.abc import Callable

STATES = ["shipped", "pending", "returned", "cancelled"]
Answers = list[float]
"""Row count; order_id absent, repeated; customer_id, status, quantity, price out of range; mean price; weight_kg absent;
ordered_on out of range; delivered_at absent; city, reference (length, pattern) wrong; cities."""


def great_expectations(path: str) -> Callable[[], Answers]:
    """Pandas in memory, as its users do it with files."""
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd

    def run() -> Answers:
        frame = pd.read_parquet(path)
        context = gx.get_context(mode="ephemeral")
        asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
        batch = asset.add_batch_definition_whole_dataframe("b").get_batch(batch_parameters={"dataframe": frame})
        checks = [
            gxe.ExpectTableRowCountToEqual(value=len(frame)),
            gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
            gxe.ExpectColumnValuesToBeUnique(column="order_id"),
            gxe.ExpectColumnValuesToBeBetween(column="customer_id", min_value=0, max_value=1_999_999),
            gxe.ExpectColumnValuesToBeInSet(column="status", value_set=STATES),
            gxe.ExpectColumnValuesToBeBetween(column="quantity", min_value=1, max_value=98),
            gxe.ExpectColumnValuesToBeBetween(column="price", min_value=0.5),
            gxe.ExpectColumnMeanToBeBetween(column="price", min_value=49_000, max_value=51_000),
            gxe.ExpectColumnValuesToNotBeNull(column="weight_kg", mostly=0.94),
            gxe.ExpectColumnValuesToBeBetween(
                column="ordered_on", min_value=pd.Timestamp("2015-01-02").date(), max_value=pd.Timestamp("2024-12-31").date()
            ),
            gxe.ExpectColumnValuesToNotBeNull(column="delivered_at", mostly=0.89),
            gxe.ExpectColumnValuesToMatchRegex(column="city", regex="^city [0-9]+$"),
            gxe.ExpectColumnValueLengthsToEqual(column="reference", value=24),
            gxe.ExpectColumnValuesToMatchRegex(column="reference", regex="^[0-9a-f]{24}$"),
            gxe.ExpectColumnUniqueValueCountToBeBetween(column="city", min_value=5000, max_value=5000),
        ]
        found = batch.validate(gx.ExpectationSuite(name="s", expectations=checks), result_format="BASIC").results
        order = {(check.expectation_type, getattr(check, "column", None)): at for at, check in enumerate(checks)}
        answers = [0.0] * len(checks)
        for one in found:
            config = one.expectation_config
            at = order[config.type, config.kwargs.get("column")]
            answers[at] = float(one.result.get("observed_value", one.result.get("unexpected_count", 0)))
        return answers

    return run


def pandera(path: str) -> Callable[[], Answers]:
    """Polars in memory."""
    from datetime import date

    import pandera.polars as pa
    import polars as pl

    def run() -> Answers:
        frame = pl.read_parquet(path)
        checks = {
            "order_id": pa.Column(unique=True, nullable=False),
            "customer_id": pa.Column(checks=pa.Check.in_range(0, 1_999_999)),
            "status": pa.Column(checks=pa.Check.isin(STATES)),
            "quantity": pa.Column(checks=pa.Check.in_range(1, 98)),
            "price": pa.Column(checks=[pa.Check.ge(0.5)]),
            "weight_kg": pa.Column(nullable=False),
            "ordered_on": pa.Column(checks=pa.Check.in_range(date(2015, 1, 2), date(2024, 12, 31))),
            "delivered_at": pa.Column(nullable=False),
            "city": pa.Column(checks=pa.Check.str_matches("^city [0-9]+$")),
            "reference": pa.Column(nullable=True, checks=[pa.Check.str_length(24, 24), pa.Check.str_matches("^[0-9a-f]{24}$")]),
        }
        counted: dict[tuple[str, str], int] = {}
        try:
            pa.DataFrameSchema(checks).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as errors:
            for column, check, count in errors.failure_cases.group_by("column", "check").len().rows():
                counted[column, check.partition("(")[0]] = count

        def bad(column: str, check: str) -> float:
            return float(counted.get((column, check), 0))

        return [
            len(frame), bad("order_id", "not_nullable"), bad("order_id", "field_uniqueness"), bad("customer_id", "in_range"),
            bad("status", "isin"), bad("quantity", "in_range"), bad("price", "greater_than_or_equal_to"), float(frame["price"].mean()),  # type: ignore[arg-type]
            bad("weight_kg", "not_nullable"), bad("ordered_on", "in_range"), bad("delivered_at", "not_nullable"), bad("city", "str_matches"),
            bad("reference", "str_length"), bad("reference", "str_matches"), float(frame["city"].n_unique()),
        ]  # fmt: skip

    return run


def pointblank(path: str) -> Callable[[], Answers]:
    """Polars in memory."""
    from datetime import date

    import pointblank as pb
    import polars as pl

    def run() -> Answers:
        frame = pl.read_parquet(path)
        checked = (
            pb.Validate(data=frame)
            .row_count_match(count=len(frame))
            .col_vals_not_null(columns="order_id")
            .rows_distinct(columns_subset="order_id")
            .col_vals_between(columns="customer_id", left=0, right=1_999_999)
            .col_vals_in_set(columns="status", set=STATES)
            .col_vals_between(columns="quantity", left=1, right=98)
            .col_vals_ge(columns="price", value=0.5)
            .col_vals_not_null(columns="weight_kg")
            .col_vals_between(columns="ordered_on", left=date(2015, 1, 2), right=date(2024, 12, 31))
            .col_vals_not_null(columns="delivered_at")
            .col_vals_regex(columns="city", pattern="^city [0-9]+$")
            .col_vals_expr(expr=pl.col("reference").is_null() | (pl.col("reference").str.len_chars() == 24))
            .col_vals_regex(columns="reference", pattern="^[0-9a-f]{24}$", na_pass=True)
            .interrogate(collect_extracts=False)
        )
        failed = checked.n_failed()
        assert isinstance(failed, dict)
        bad = [float(failed[at]) for at in sorted(failed)]
        # What it has no step for, its users compute beside it.
        mean, cities = frame["price"].mean(), frame["city"].n_unique()
        return [len(frame), *bad[1:7], float(mean), *bad[7:], float(cities)]  # type: ignore[arg-type]

    return run


CHECKS = """
checks for orders:
  - row_count = {rows}:
      name: rows
  - missing_count(order_id) = 0:
      name: id absent
  - duplicate_count(order_id) = 0:
      name: id repeated
  - invalid_count(customer_id) = 0:
      name: customer
      valid min: 0
      valid max: 1999999
  - invalid_count(status) = 0:
      name: status
      valid values: [shipped, pending, returned, cancelled]
  - invalid_count(quantity) = 0:
      name: quantity
      valid min: 1
      valid max: 98
  - invalid_count(price) = 0:
      name: price
      valid min: 0.5
  - avg(price) between 49000 and 51000:
      name: mean
  - missing_count(weight_kg) < {rows}:
      name: weight
  - failed rows:
      name: ordered_on
      samples limit: 0
      fail condition: ordered_on < DATE '2015-01-02' or ordered_on > DATE '2024-12-31'
  - missing_count(delivered_at) < {rows}:
      name: delivered
  - invalid_count(city) = 0:
      name: city
      valid regex: ^city [0-9]+$
  - invalid_count(reference) = 0:
      name: length
      valid length: 24
  - invalid_count(reference) = 0:
      name: pattern
      valid regex: ^[0-9a-f]{{24}}$
"""
NAMES = ("rows", "id absent", "id repeated", "customer", "status", "quantity", "price", "mean", "weight", "ordered_on", "delivered", "city",
         "length", "pattern")  # fmt: skip


def soda(path: str) -> Callable[[], Answers]:
    """DuckDB over the file."""
    import duckdb
    from soda.scan import Scan

    def run() -> Answers:
        connection = duckdb.connect(config={"threads": "2"})
        connection.execute(f"CREATE VIEW orders AS SELECT * FROM read_parquet('{path}')")
        (rows,) = connection.execute("SELECT count(*) FROM orders").fetchall()[0]
        scan = Scan()
        scan.disable_telemetry()
        scan.add_duckdb_connection(connection)
        scan.set_data_source_name("duckdb")
        scan.add_sodacl_yaml_str(CHECKS.format(rows=rows))
        scan.execute()
        found = {one["name"]: float(one["diagnostics"].get("value") or 0) for one in scan.get_scan_results()["checks"]}
        if len(found) != 14:
            raise RuntimeError(scan.get_logs_text())
        # It counts values that repeat, not values that differ.
        (cities,) = connection.execute("SELECT count(DISTINCT city) FROM orders").fetchall()[0]
        return [*(found[name] for name in NAMES), float(cities)]

    return run


def main() -> None:
    """One tool, one file."""
    tool, path = sys.argv[1:3]
    tools = {"great-expectations": great_expectations, "pandera": pandera, "pointblank": pointblank, "soda": soda}
    run = tools[tool](path)
    begun = time.process_time()
    answers = run()
    sys.stdout.write("\n" + json.dumps({"cpu": time.process_time() - begun, "answers": answers}) + "\n")


if __name__ == "__main__":
    main()
