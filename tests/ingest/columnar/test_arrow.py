"""Arrow files and streams, cell by cell, whole, cut and hostile."""

import datetime as dt
import io
import os
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import feather, ipc

from app.ingest.columnar.arrow import read
from app.ingest.job import IngestError, IngestErrorCode, IngestLimits
from tests.ingest.reading import cells, read_with, refused, types

NO_END = "The Arrow stream has no end mark: if it was cut between two record batches, rows are missing."


def packed(table: pa.Table, *, stream: bool, compression: str | None = None, rows: int | None = None) -> bytes:
    sink = io.BytesIO()
    options = ipc.IpcWriteOptions(compression=compression)
    with (ipc.new_stream if stream else ipc.new_file)(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
def test_every_type_keeps_its_values(tmp_path: Path, stream: bool, compression: str | None) -> None:
    table = pa.table(
        {
            "whole": pa.array([1, None], pa.int16()),
            "unsigned": pa.array([2**64 - 1, None], pa.uint64()),
            "exact": pa.array([Decimal("-1.10"), None], pa.decimal128(20, 2)),
            "real": pa.array([0.1, None]),
            "half": pa.array([1.5, None], pa.float16()),
            "flag": pa.array([True, None]),
            "day": pa.array([dt.date(2024, 2, 29), None]),
            "day64": pa.array([dt.date(2024, 2, 29), None], pa.date64()),
            "local": pa.array([dt.datetime(2024, 2, 29, 12), None], pa.timestamp("ms")),
            "zoned": pa.array([dt.datetime(2024, 2, 29, 12), None], pa.timestamp("us", "Asia/Tokyo")),
            "clock": pa.array([dt.time(23, 59, 59, 5), None]),
            "words": pa.array(["日本", None], pa.large_string()),
            "category": pa.array(["x", None]).dictionary_encode(),
            "digest": pa.array([b"\xff", None]),
            "duration": pa.array([5, None], pa.duration("ms")),
            "list": pa.array([[1.5, float("nan")], None]),
            "struct": pa.array([{"a": "x"}, None]),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "fixed": pa.array([[1, 2], None], pa.list_(pa.int32(), 2)),
            "nothing": pa.nulls(2),
        }
    )
    stored = read_with(read, written(tmp_path / "t", packed(table, stream=stream, compression=compression)))
    assert [native for _, _, native in types(stored)] == [
        "SMALLINT", "UBIGINT", "DECIMAL(20,2)", "DOUBLE", "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE",
        "TIME_NS", "VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR",
    ]  # fmt: skip
    assert [logical for _, logical, _ in types(stored)][-5:] == ["ARRAY", "OBJECT", "OBJECT", "ARRAY", "STRING"]
    first, absent = cells(stored)
    assert first == (
        1, 2**64 - 1, Decimal("-1.10"), 0.1, 1.5, True, dt.date(2024, 2, 29), dt.datetime(2024, 2, 29), dt.datetime(2024, 2, 29, 12),
        "2024-02-29 12:00:00+00", dt.time(23, 59, 59, 5), "日本", "x", "/w==", 5, '[1.5,"nan"]', '{"a":"x"}', '{"k":1}', "[1,2]", None,
    )  # fmt: skip
    assert set(absent) == {None}
    assert stored.warnings == (
        "Column 'duration' holds durations, kept as milliseconds.",
        "Column 'digest' holds binary data, kept as base64.",
    )


def test_real_tables_agree_with_pandas(tmp_path: Path, real_frames: dict[str, pd.DataFrame]) -> None:
    for name, frame in real_frames.items():
        path = tmp_path / f"{name}.feather"
        feather.write_feather(frame, path, compression="lz4", chunksize=3_000)
        expected = feather.read_table(path).to_pylist()
        stored = read_with(read, path)
        assert [dict(zip(frame.columns, row, strict=True)) for row in cells(stored)] == expected, name


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
def test_another_writers_files_agree(tmp_path: Path, stream: bool, compression: str) -> None:
    frame = pl.DataFrame(
        {"n": range(2_000), "word": [f"w{n % 7}" for n in range(2_000)], "list": [[n, n + 1] for n in range(2_000)]},
        schema_overrides={"word": pl.Categorical},
    )
    source = tmp_path / "t"
    (frame.write_ipc_stream if stream else frame.write_ipc)(source, compression=compression)  # type: ignore[operator]
    stored = read_with(read, source)
    assert cells(stored) == [(n, f"w{n % 7}", f"[{n},{n + 1}]") for n in range(2_000)]
    assert stored.warnings == ()


def test_dictionaries_that_change_between_batches_are_followed(tmp_path: Path) -> None:
    sink = io.BytesIO()
    schema = pa.schema([("c", pa.dictionary(pa.int8(), pa.string()))])
    with ipc.new_stream(sink, schema) as writer:
        for words in (["a", "b"], ["c", "a"], ["b"]):
            writer.write_batch(pa.record_batch([pa.array(words).dictionary_encode().cast(schema.field(0).type)], schema=schema))
    assert cells(read_with(read, written(tmp_path / "t", sink.getvalue()))) == [("a",), ("b",), ("c",), ("a",), ("b",)]


def test_a_stream_of_many_batches_keeps_their_order(tmp_path: Path) -> None:
    table = pa.table({"n": range(200_000), "text": [f"{number:0100}" for number in range(200_000)]})
    stored = read_with(read, written(tmp_path / "t", packed(table, stream=True, rows=10_000)))
    rows = cells(stored)
    assert rows == [(number, f"{number:0100}") for number in range(200_000)]
    assert [name for name in os.listdir(Path(stored.path).parent) if name != "spill"] == ["table.parquet"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_table_without_rows_is_a_table(tmp_path: Path, stream: bool) -> None:
    stored = read_with(read, written(tmp_path / "t", packed(pa.table({"a": pa.array([], pa.int32())}), stream=stream)))
    assert (stored.row_count, types(stored)) == (0, [("a", "INTEGER", "INTEGER")])


@pytest.mark.parametrize("cut", [9, 40, 0.5, -3])
@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_file_is_truncated(tmp_path: Path, stream: bool, cut: float) -> None:
    content = packed(pa.table({"a": range(10_000)}), stream=stream, rows=1_000)
    kept = int(len(content) * cut) if isinstance(cut, float) else int(cut)
    error = refused(read, written(tmp_path / "t", content[:kept]))
    assert error.code == IngestErrorCode.TRUNCATED


def test_a_stream_cut_between_batches_is_read_with_a_warning(tmp_path: Path) -> None:
    content = packed(pa.table({"a": [1, 2]}), stream=True)
    stored = read_with(read, written(tmp_path / "t", content.removesuffix(b"\xff\xff\xff\xff\0\0\0\0")))
    assert (stored.row_count, stored.warnings) == (2, (NO_END,))


def test_what_follows_the_messages_must_be_one(tmp_path: Path) -> None:
    content = packed(pa.table({"a": [1, 2]}), stream=True).removesuffix(b"\xff\xff\xff\xff\0\0\0\0")
    error = refused(read, written(tmp_path / "t", content + b"\xff\xff\xff\xff\x08\0\0\0" + b"\x7f" * 8))
    assert error.code == IngestErrorCode.MALFORMED


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    content = packed(pa.table({"a": [0] * 20_000_000}), stream=False, compression="zstd")
    error = refused(read, written(tmp_path / "t", content))
    assert error.code == IngestErrorCode.TOO_LARGE_UNCOMPRESSED


def test_a_record_batch_beyond_memory_is_refused(tmp_path: Path) -> None:
    content = packed(pa.table({"a": range(100_000)}), stream=False)
    error = refused(read, written(tmp_path / "t", content), limits=IngestLimits(memory_bytes=2 << 20))
    assert error.code == IngestErrorCode.OUT_OF_MEMORY


def test_types_that_cannot_be_read_are_named_as_such(tmp_path: Path) -> None:
    table = pa.table({"interval": pa.array([pa.MonthDayNano([1, 2, 3])])})
    assert refused(read, written(tmp_path / "t", packed(table, stream=True))).code == IngestErrorCode.UNSUPPORTED_FORMAT


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    content = packed(pa.table({f"c{number}": [1] for number in range(11)}), stream=False)
    error = refused(read, written(tmp_path / "t", content), limits=IngestLimits(max_columns=10))
    assert error.code == IngestErrorCode.TOO_MANY_COLUMNS


def test_headers_that_differ_in_case_only_are_renamed(tmp_path: Path) -> None:
    stored = read_with(read, written(tmp_path / "t", packed(pa.table({"a": [1], "A": [2]}), stream=False)))
    assert [(field.field_path, field.original_name) for field in stored.fields] == [("a", None), ("A_2", "A")]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(st.tuples(st.integers(8, 5_000), st.integers(0, 255)), min_size=1, max_size=3))
def test_damage_gives_a_verdict_and_never_another_error(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    content = bytearray(packed(pa.table({"a": range(50), "b": [str(n) for n in range(50)]}), stream=True))
    for position, byte in damage:
        content[8 + position % (len(content) - 8)] = byte
    source = written(tmp_path_factory.mktemp("damage") / "t", bytes(content))
    try:
        read_with(read, source)
    except IngestError as error:
        assert error.code != IngestErrorCode.EMPTY_FILE  # noqa: PT017
