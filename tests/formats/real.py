"""Real tables from packages, and how they are written in each format by somebody else's writer."""

import gzip
import io
import json
import math
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import zstandard


def data(package: str, *parts: str) -> Path:
    """A data file of an installed package, which is not imported."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent.joinpath(*parts)


def penguins() -> pd.DataFrame:
    """344 penguins, as pandas reads them: text, numbers and whole numbers with absent cells."""
    frame = pd.read_csv(data("palmerpenguins", "data", "penguins.csv"))
    whole = ["flipper_length_mm", "body_mass_g", "year"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def cells(frame: pd.DataFrame) -> list[list[object]]:
    """The frame's rows with None where a cell is absent, times in ISO 8601."""
    return [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]


def _cell(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def csv(frame: pd.DataFrame, **how: object) -> bytes:
    """Delimited text by pandas."""
    encoding = str(how.pop("encoding", "utf-8"))
    text: str = frame.to_csv(index=False, **how)  # type: ignore[call-overload]
    return text.encode(encoding)


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """A dict for each row."""
    return [dict(zip(frame.columns, row, strict=True)) for row in cells(frame)]


def json_array(frame: pd.DataFrame) -> bytes:
    """A JSON array by Python's json."""
    return json.dumps(records(frame), indent=1).encode()


def json_lines(frame: pd.DataFrame) -> bytes:
    """JSON Lines by Python's json."""
    return "".join(json.dumps(record) + "\n" for record in records(frame)).encode()


def parquet(frame: pd.DataFrame) -> bytes:
    """Parquet by pyarrow, several row groups."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False, row_group_size=100)
    return out.getvalue()


def feather(frame: pd.DataFrame, compression: str = "lz4") -> bytes:
    """Feather V2 (Arrow file) by pyarrow."""
    out = io.BytesIO()
    pyarrow.feather.write_feather(pa.Table.from_pandas(frame, preserve_index=False), out, compression=compression)
    return out.getvalue()


def arrow_stream(frame: pd.DataFrame) -> bytes:
    """An Arrow stream by pyarrow."""
    out = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    return out.getvalue()


def xlsx(frame: pd.DataFrame) -> bytes:
    """A workbook by openpyxl."""
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    return out.getvalue()


def packed(content: bytes, how: str) -> bytes:
    """gzip or zstd."""
    return gzip.compress(content, mtime=0) if how == "gzip" else zstandard.compress(content)
