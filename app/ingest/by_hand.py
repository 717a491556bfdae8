"""The last resort where DuckDB's CSV reader does not agree with our count: Python reads, Polars writes, in batches."""

import csv
import itertools
import sys
from pathlib import Path

import polars as pl

from app.ingest.cells import RegularFile
from app.ingest.columns import literal

_BATCH_CELLS = 1_000_000


def write(file: RegularFile, folder: Path) -> str:
    """Write the cells of a regular file as text to Parquet parts in `folder`; the relation that reads them back."""
    schema = {f"c{index}": pl.String for index in range(file.width)}
    rows = max(1, _BATCH_CELLS // file.width)
    folder.mkdir(exist_ok=True)
    # A cell is bounded already, by the walk that wrote the file.
    csv.field_size_limit(sys.maxsize)
    with file.path.open(encoding="utf-8", newline="") as source:
        reader = csv.reader(
            source,
            delimiter=file.dialect.delimiter,
            quotechar=file.dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if file.dialect.quote else csv.QUOTE_NONE,
            strict=True,
        )
        records = (record or [""] for record in reader)
        for part in itertools.count():
            batch = [[cell or None for cell in record] for record in itertools.islice(records, rows)]
            if not batch and part:
                break
            pl.DataFrame(batch, schema=schema, orient="row").write_parquet(folder / f"part-{part:06}.parquet")
    return f"read_parquet({literal(str(folder / '*.parquet'))})"
