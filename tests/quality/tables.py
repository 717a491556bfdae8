"""Small tables for rules: rows of Python values, the Parquet file of them, and specs in few words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from app.ingest import engine
from app.ingest.job import IngestJob, IngestLimits
from app.ingest.profile.profiler import profile
from app.quality.spec import Json, Operator, RuleSpec, TableInfo
from app.quality.table import open_table

Value = None | bool | int | float | str | Decimal | date | datetime
Rows = Sequence[Mapping[str, Value]]

TYPES = {
    "i": pa.int64(),
    "n": pa.int32(),
    "f": pa.float64(),
    "c": pa.decimal128(12, 2),
    "s": pa.string(),
    "e": pa.string(),
    "d": pa.date32(),
    "t": pa.timestamp("us"),
    "b": pa.bool_(),
}
"""The columns of generated tables."""


def write(path: Path, columns: Mapping[str, Sequence[Value]], types: Mapping[str, pa.DataType] | None = None) -> TableInfo:
    """The table as a Parquet file of small row groups."""
    known = types or TYPES
    arrays = {name: pa.array(values, known.get(name)) for name, values in columns.items()}
    pq.write_table(pa.table(arrays), path, row_group_size=7)
    return TableInfo(path=str(path))


def profiled(info: TableInfo) -> TableInfo:
    """The same table with fields and profile, as a stored version has them."""
    path = str(info.path)
    job = IngestJob(source_path=path, file_name="t", output_dir=str(Path(path).parent), limits=IngestLimits())
    with engine.connect(job) as connection:
        fields = tuple(column.field for column in open_table(connection, info).columns)
        return replace(info, fields=fields, profile=profile(connection, path, fields, lambda fraction: None))


def rule(kind: str, /, *field_paths: str, **given: object) -> RuleSpec:
    """A spec, its id the name of its type: `operator`, `filter` ... by name, every other keyword is a parameter."""
    own = {name: given.pop(name) for name in list(given) if name in RuleSpec.__dataclass_fields__ and name != "type"}
    parameters: dict[str, Json] = {"fields" if name == "fields_" else name: value for name, value in given.items()}  # type: ignore[misc]
    return RuleSpec(**{"id": kind, "type": kind, "field_paths": field_paths, "parameters": parameters, **own})  # type: ignore[arg-type]


RECORDED = {"operator": Operator.GREATER_OR_EQUAL, "threshold": -1e300}
"""A condition that every value meets, for rules that need one."""
