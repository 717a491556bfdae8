"""Parquet files of other writers, cell by cell, and Parquet files that are none."""

import datetime as dt
import json
import random
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ingest.columnar.parquet import no_glob, read
from app.ingest.job import FileFormat, IngestError, IngestErrorCode, IngestLimits, LogicalType, ReadOptions
from app.ingest.table import ROW_GROUP_ROWS
from tests.ingest.reading import cells, read_with, refused, types

MOMENT = dt.datetime(2024, 2, 29, 12, 30, 0, 250_000)


def written(path: Path, table: pa.Table, **options: object) -> Path:
    pq.write_table(table, path, **options)
    return path


def test_every_type_of_arrow_keeps_its_values(tmp_path: Path) -> None:
    table = pa.table(
        {
            "whole": pa.array([1, -1, None], pa.int64()),
            "unsigned": pa.array([2**64 - 1, 0, None], pa.uint64()),
            "exact": pa.array([Decimal("1.10"), Decimal("-99999999999999999.99"), None], pa.decimal128(20, 2)),
            "whole_decimal": pa.array([Decimal(10**37), Decimal(-1), None], pa.decimal128(38, 0)),
            "real": pa.array([0.1, float("inf"), None]),
            "half": pa.array([1.5, -2.0, None], pa.float16()),
            "flag": pa.array([True, False, None]),
            "day": pa.array([dt.date(2024, 2, 29), dt.date(1, 1, 1), None]),
            "local": pa.array([MOMENT, dt.datetime(1969, 12, 31), None], pa.timestamp("us")),
            "zoned": pa.array([MOMENT, dt.datetime(1969, 12, 31), None], pa.timestamp("us", "Asia/Tokyo")),
            "nanos": pa.array([1, -1, None], pa.timestamp("ns")),
            "clock": pa.array([dt.time(23, 59, 59, 5), dt.time(0), None]),
            "words": pa.array(["ä", "", None]),
            "category": pa.array(["x", "y", None]).dictionary_encode(),
            "nothing": pa.nulls(3),
        }
    )
    stored = read_with(read, written(tmp_path / "t.parquet", table))
    assert types(stored) == [
        ("whole", "INTEGER", "BIGINT"),
        ("unsigned", "INTEGER", "UBIGINT"),
        ("exact", "NUMBER", "DECIMAL(20,2)"),
        ("whole_decimal", "INTEGER", "DECIMAL(38,0)"),
        ("real", "NUMBER", "DOUBLE"),
        ("half", "NUMBER", "FLOAT"),
        ("flag", "BOOLEAN", "BOOLEAN"),
        ("day", "DATE", "DATE"),
        ("local", "TIMESTAMP", "TIMESTAMP"),
        ("zoned", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
        ("nanos", "TIMESTAMP", "TIMESTAMP_NS"),
        ("clock", "TIME", "TIME"),
        ("words", "STRING", "VARCHAR"),
        ("category", "STRING", "VARCHAR"),
        ("nothing", "STRING", "VARCHAR"),
    ]
    first, second, absent = cells(stored)
    assert first == (
        1, 2**64 - 1, Decimal("1.10"), Decimal(10**37), 0.1, 1.5, True, dt.date(2024, 2, 29), MOMENT, "2024-02-29 12:30:00.25+00",
        dt.datetime(1970, 1, 1), dt.time(23, 59, 59, 5), "ä", "x", None,
    )  # fmt: skip
    assert second[:10] == (
        -1, 0, Decimal("-99999999999999999.99"), Decimal(-1), float("inf"), -2.0, False, dt.date(1, 1, 1), dt.datetime(1969, 12, 31),
        "1969-12-31 00:00:00+00",
    )  # fmt: skip
    assert set(absent) == {None}
    assert [field.nullable for field in stored.fields] == [True] * 15
    assert pq.read_table(stored.path)["nanos"].cast(pa.int64()).to_pylist() == [1, -1, None]


def test_nested_values_become_json_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "list": pa.array([[1.5, float("nan"), None], [], None]),
            "struct": pa.array([{"a": 1, "b": {"c": [b"\xff"]}}, {"a": None, "b": None}, None]),
            "map": pa.array([[("k", Decimal("12345678901234567890.123"))], [], None], pa.map_(pa.string(), pa.decimal128(38, 3))),
            "structs": pa.array([[{"x": float("-inf")}], [None], None]),
        }
    )
    stored = read_with(read, written(tmp_path / "t.parquet", table))
    assert types(stored) == [
        ("list", "ARRAY", "VARCHAR"),
        ("struct", "OBJECT", "VARCHAR"),
        ("map", "OBJECT", "VARCHAR"),
        ("structs", "ARRAY", "VARCHAR"),
    ]
    assert cells(stored) == [
        ('[1.5,"nan",null]', '{"a":1,"b":{"c":["/w=="]}}', '{"k":12345678901234567890.123}', '[{"x":"-inf"}]'),
        ("[]", '{"a":null,"b":null}', "{}", "[null]"),
        (None, None, None, None),
    ]
    assert all(json.loads(value) is not None for row in cells(stored)[:2] for value in row if isinstance(value, str))


def test_binary_that_is_all_text_is_text_and_the_rest_base64(tmp_path: Path) -> None:
    table = pa.table(
        {"old_text": [b"caf\xc3\xa9", None], "digest": [b"\x00\xff", b"plain"], "id": pa.array([b"ab", b"cd"], pa.binary(2))}
    )
    stored = read_with(read, written(tmp_path / "t.parquet", table))
    assert cells(stored) == [("café", "AP8=", "ab"), (None, "cGxhaW4=", "cd")]
    assert stored.warnings == ("Column 'digest' holds binary data, kept as base64.",)


def test_repeated_and_empty_headers_are_renamed(tmp_path: Path) -> None:
    arrays = [pa.array([number]) for number in range(5)]
    stored = read_with(read, written(tmp_path / "t.parquet", pa.Table.from_arrays(arrays, names=["a", "a", "A", "", "b"])))
    assert [(field.field_path, field.original_name) for field in stored.fields] == [
        ("a", None), ("a_2", "a"), ("A_3", "A"), ("column_4", ""), ("b", None),
    ]  # fmt: skip
    assert cells(stored) == [(0, 1, 2, 3, 4)]
    assert len(stored.warnings) == 1


def test_headers_in_need_of_quoting_stay_as_they_are(tmp_path: Path) -> None:
    names = ['a"b', "sel ect", "naïve 名", "x;--"]
    stored = read_with(read, written(tmp_path / "t.parquet", pa.table({name: [1] for name in names})))
    assert [field.field_path for field in stored.fields] == names


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    stored = read_with(
        read, written(tmp_path / "t.parquet", pa.table({"a": pa.array([], pa.int32()), "b": pa.array([], pa.string())}))
    )
    assert (stored.row_count, types(stored)) == (0, [("a", "INTEGER", "INTEGER"), ("b", "STRING", "VARCHAR")])
    assert [field.nullable for field in stored.fields] == [False, False]
    assert stored.options == ReadOptions(format=FileFormat.PARQUET, compression=stored.options.compression)


def test_a_folder_with_key_value_names_adds_no_column(tmp_path: Path) -> None:
    folder = tmp_path / "year=2024"
    folder.mkdir()
    stored = read_with(read, written(folder / "t.parquet", pa.table({"a": [1]})))
    assert [field.field_path for field in stored.fields] == ["a"]


def test_row_groups_are_ours(tmp_path: Path) -> None:
    source = written(tmp_path / "t.parquet", pa.table({"a": range(200_000)}), row_group_size=1_000)
    footer = pq.read_metadata(read_with(read, source).path)
    sizes = [footer.row_group(group).num_rows for group in range(footer.num_row_groups)]
    # DuckDB ends a group with the chunk that fills it (here the 1,000 rows of a group of the source), and each of its
    # threads fills groups of its own: how many there are is not certain, how large they can be is.
    assert sum(sizes) == 200_000
    assert 2 <= len(sizes) <= 8
    assert max(sizes) < ROW_GROUP_ROWS + 1_000
    assert footer.row_group(0).column(0).compression == "ZSTD"
    assert footer.row_group(0).column(0).encodings == ("DELTA_BINARY_PACKED",)


def test_other_readers_understand_the_stored_table(tmp_path: Path) -> None:
    numbers = range(-70_000, 70_000)
    table = pa.table(
        {
            "whole": numbers,
            "real": [number / 7 for number in numbers],
            "text": [f"{number:x}" * 2 for number in numbers],
            "moment": pa.array([number * 1_000_003 for number in numbers], pa.timestamp("us")),
            "few": [None if number % 3 else "often" for number in numbers],
        }
    )
    path = read_with(read, written(tmp_path / "t.parquet", table)).path
    by_arrow, by_polars = pq.read_table(path), pl.read_parquet(path)
    assert by_arrow.to_pydict() == table.to_pydict()
    assert by_polars.to_dict(as_series=False) == table.to_pydict()


def test_a_very_wide_table_is_whole(tmp_path: Path) -> None:
    table = pa.table({f"c{number}": [number, None, -number] for number in range(1_203)})
    stored = read_with(read, written(tmp_path / "t.parquet", table))
    assert cells(stored) == [tuple(range(1_203)), (None,) * 1_203, tuple(-number for number in range(1_203))]
    assert [field.field_path for field in stored.fields] == table.column_names
    assert all(field.nullable for field in stored.fields)


def test_real_tables_agree_with_pandas(tmp_path: Path, real_frames: dict[str, pd.DataFrame]) -> None:
    for name, frame in real_frames.items():
        path = tmp_path / f"{name}.parquet"
        frame.to_parquet(path, index=False)
        expected = pq.read_table(path).to_pylist()
        stored = read_with(read, path)
        assert [field.field_path for field in stored.fields] == list(frame.columns), name
        assert [dict(zip(frame.columns, row, strict=True)) for row in cells(stored)] == expected, name


def bomb(path: Path, rows: int) -> Path:
    with pq.ParquetWriter(path, pa.schema([("a", pa.int64())]), compression="zstd") as writer:
        zeros = pa.table({"a": pa.array([0] * 1_000_000, pa.int64())})
        for _ in range(rows // 1_000_000):
            writer.write_table(zeros, row_group_size=1_000_000)
    return path


def test_a_bomb_is_refused_by_its_footer(tmp_path: Path) -> None:
    source = bomb(tmp_path / "t.parquet", 20_000_000)
    error = refused(read, source)
    assert error.code == IngestErrorCode.TOO_LARGE_UNCOMPRESSED
    assert f"of {source.stat().st_size:,} bytes unpacks to 162,500,000" in error.message


def test_the_size_once_unpacked_is_bounded(tmp_path: Path) -> None:
    source = written(tmp_path / "t.parquet", pa.table({"a": [random.Random(1).random() for _ in range(1_000)]}))
    error = refused(read, source, limits=IngestLimits(max_uncompressed_bytes=4_000))
    assert error.code == IngestErrorCode.TOO_LARGE_UNCOMPRESSED


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "t.parquet", pa.table({f"c{number}": [1] for number in range(11)}))
    error = refused(read, source, limits=IngestLimits(max_columns=10))
    assert (error.code, error.message) == (
        IngestErrorCode.TOO_MANY_COLUMNS, "The file has 11 columns; at most 10 can be kept.",
    )  # fmt: skip


def test_a_cell_that_is_too_long_is_named(tmp_path: Path) -> None:
    source = written(tmp_path / "t.parquet", pa.table({"a": ["x", "y", "z" * 2_000], "b": ["1", "2", "3"]}))
    error = refused(read, source, limits=IngestLimits(max_cell_bytes=1_000))
    assert (error.code, error.line) == (IngestErrorCode.CELL_TOO_LARGE, 3)
    assert error.message == "The cell of column 'a' in row 3 is 2,000 bytes long; at most 1,000 are kept."


@pytest.mark.parametrize("kept", [11, 100, -1, -8])
def test_a_cut_file_is_truncated(tmp_path: Path, kept: int) -> None:
    source = written(tmp_path / "t.parquet", pa.table({"a": range(1_000)}))
    source.write_bytes(source.read_bytes()[:kept])
    assert refused(read, source).code == IngestErrorCode.TRUNCATED


def test_a_footer_longer_than_the_file_is_malformed(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    source.write_bytes(b"PAR1" + b"\0" * 100 + (5_000).to_bytes(4, "little") + b"PAR1")
    assert refused(read, source).code == IngestErrorCode.MALFORMED


def test_encrypted_files_are_refused_as_such(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    source.write_bytes(b"PARE" + b"\0" * 100 + (50).to_bytes(4, "little") + b"PARE")
    assert refused(read, source).code == IngestErrorCode.UNSUPPORTED_FORMAT


def test_types_cannot_be_given(tmp_path: Path) -> None:
    source = written(tmp_path / "t.parquet", pa.table({"a": [1]}))
    error = refused(read, source, options=ReadOptions(types={"a": LogicalType.STRING}))
    assert error.code == IngestErrorCode.WRONG_OPTIONS


def test_a_path_with_wildcards_is_one_path() -> None:
    assert no_glob("/a/[b]*?.parquet") == "/a/[[]b][*][?].parquet"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(st.tuples(st.integers(4, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_damage_gives_a_verdict_and_never_another_error(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    source = written(
        tmp_path_factory.mktemp("damage") / "t.parquet", pa.table({"a": range(500), "b": [str(n) for n in range(500)]})
    )
    content = bytearray(source.read_bytes())
    for position, byte in damage:
        content[position % len(content)] = byte
    source.write_bytes(content)
    try:
        table = read_with(read, source)
    except IngestError as error:
        assert error.code in {  # noqa: PT017
            IngestErrorCode.MALFORMED, IngestErrorCode.TRUNCATED, IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
            IngestErrorCode.UNSUPPORTED_FORMAT,
        }  # fmt: skip
    else:
        assert table.row_count == 500
