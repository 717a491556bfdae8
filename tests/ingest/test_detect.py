"""Formats are told by content."""

import gzip
import io
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from app.ingest.detect import detect
from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, ReadOptions


def found(folder: Path, content: bytes, **options: object) -> tuple[FileFormat, Compression]:
    path = folder / "named.pdf"
    path.write_bytes(content)
    return detect(path, ReadOptions(**options))  # type: ignore[arg-type]


def packed(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), buffer)
    return buffer.getvalue()


def arrow(*, stream: bool) -> bytes:
    buffer = io.BytesIO()
    table = pa.table({"a": [1]})
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"a,b\n1,2\n", FileFormat.CSV),
        (b"x", FileFormat.CSV),
        ("a,b\n1,2\n".encode("utf-16"), FileFormat.CSV),
        ("a,b\n1,2\n".encode("utf-16-le"), FileFormat.CSV),
        (b"[x] done,2\n", FileFormat.CSV),
        (b"{curly},2\n", FileFormat.CSV),
        (b"a\x01b\n1\x012\n3\x014\n", FileFormat.CSV),
        (b'[{"a": 1}]', FileFormat.JSON),
        (b"\xef\xbb\xbf [1, 2]", FileFormat.JSON),
        (b'{"a": 1}', FileFormat.JSON),
        (b'{\n  "a": 1\n}\n', FileFormat.JSON),
        (b'{"a": 1}\n{"a": 2}\n', FileFormat.JSON_LINES),
        (b'{"a": 1\n{"a": 2}\n', FileFormat.JSON_LINES),
        ('{"a": 1}\n{"a": 2}\n'.encode("utf-16"), FileFormat.JSON_LINES),
        (parquet(), FileFormat.PARQUET),
        (arrow(stream=False), FileFormat.ARROW),
        (arrow(stream=True), FileFormat.ARROW),
        (packed({"xl/workbook.xml": "<workbook/>"}), FileFormat.XLSX),
    ],
)
def test_the_format_is_told_by_content(tmp_path: Path, content: bytes, format: FileFormat) -> None:
    assert found(tmp_path, content) == (format, Compression.NONE)


def test_compressed_text_is_told_by_what_is_inside(tmp_path: Path) -> None:
    assert found(tmp_path, gzip.compress(b'[{"a":1}]')) == (FileFormat.JSON, Compression.GZIP)
    assert found(tmp_path, zstandard.compress(b"a,b\n1,2\n")) == (FileFormat.CSV, Compression.ZSTD)


def database(folder: Path) -> bytes:
    path = folder / "db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t(a)")
    connection.close()
    return path.read_bytes()


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "a JPEG image"),
        (b"\x7fELF" + bytes(20), "a program (ELF)"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><a/>', "an XML document"),
        (b"BZh91AY", "a bzip2 archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "an old Microsoft Office document"),
        (tar(), "a tar archive"),
        (packed({"a.csv": "x", "b.csv": "y"}), "a zip archive of 2 files"),
        (packed({"word/document.xml": "x"}), "a Word document"),
        (packed({}), "an empty zip archive"),
        (gzip.compress(tar(), mtime=0), "a tar archive"),
        (gzip.compress(gzip.compress(b"a,b", mtime=0), mtime=0), "an archive within an archive"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(IngestError) as refused:
        found(tmp_path, content)
    assert refused.value.code is IngestErrorCode.UNSUPPORTED_FORMAT
    assert words in refused.value.message
    assert refused.value.hint is not None


def test_a_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="an SQLite database"):
        found(tmp_path, database(tmp_path))


def test_a_compressed_parquet_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="compressed PARQUET file") as refused:
        found(tmp_path, gzip.compress(parquet()))
    assert refused.value.code is IngestErrorCode.UNSUPPORTED_FORMAT


def test_program_data_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(IngestError) as refused:
        found(tmp_path, bytes(range(256)) * 40)
    assert refused.value.code is IngestErrorCode.UNKNOWN_FORMAT


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0), zstandard.compress(b"")])
def test_nothing_is_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(IngestError) as refused:
        found(tmp_path, content)
    assert refused.value.code is IngestErrorCode.EMPTY_FILE


def test_a_cut_zip_is_truncated(tmp_path: Path) -> None:
    with pytest.raises(IngestError) as refused:
        found(tmp_path, packed({"xl/workbook.xml": "x" * 1000})[:500])
    assert refused.value.code is IngestErrorCode.TRUNCATED


def test_a_format_that_the_content_denies_is_a_wrong_option(tmp_path: Path) -> None:
    for options in ({"format": FileFormat.PARQUET}, {"compression": Compression.GZIP}):
        with pytest.raises(IngestError) as refused:
            found(tmp_path, b"a,b\n1,2\n", **options)
        assert refused.value.code is IngestErrorCode.WRONG_OPTIONS
    assert found(tmp_path, b'{"a":1}', format=FileFormat.JSON_LINES) == (FileFormat.JSON_LINES, Compression.NONE)


def test_feather_of_version_1_is_named_with_what_to_write_instead(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="a Feather file of version 1") as refused:
        found(tmp_path, b"FEA1" + bytes(200) + b"FEA1")
    assert refused.value.code is IngestErrorCode.UNSUPPORTED_FORMAT
    assert "Arrow IPC" in str(refused.value.hint)
