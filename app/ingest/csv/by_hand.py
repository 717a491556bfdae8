"""CSV that DuckDB's reader is not made for: Python reads, Polars writes, in batches.

That is what it does not agree with our count of, and tables of thousands of columns, which it would have to parse again
for every few hundred of them.
"""

import csv
import itertools
import sys
from pathlib import Path

import polars as pl

from app.ingest.csv.cells import RegularFile
from app.ingest.table import row_group_rows

_BATCH_CELLS = 1_000_000


def write(file: RegularFile, target: Path) -> int:
    """Write the cells of a regular file as text (c0, c1 ...) to the Parquet file `target`; the number of rows."""
    schema = {f"c{index}": pl.String for index in range(file.width)}
    rows = max(1, _BATCH_CELLS // file.width)
    parts: list[Path] = []
    count = 0
    # A cell is bounded already, by the walk that wrote the file.
    csv.field_size_limit(sys.maxsize)
    with file.path.open(encoding="utf-8", newline="") as source:
        source.seek(file.offset)
        reader = csv.reader(
            source,
            delimiter=file.dialect.delimiter,
            quotechar=file.dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if file.dialect.quote else csv.QUOTE_NONE,
            strict=True,
        )
        records = (record for record in reader if record)
        for part in itertools.count():
            batch = [[cell or None for cell in record] for record in itertools.islice(records, rows)]
            if not batch and part:
                break
            parts.append(target.with_suffix(f".part{part}"))
            pl.DataFrame(batch, schema=schema, orient="row").write_parquet(parts[-1], row_group_size=row_group_rows(file.width))
            count += len(batch)
    pl.scan_parquet(parts).sink_parquet(target, row_group_size=row_group_rows(file.width))
    for written in parts:
        written.unlink()
    return count
