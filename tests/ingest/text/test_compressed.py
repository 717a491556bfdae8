"""Compressed text is unpacked in a stream, within bounds."""

import gzip
from pathlib import Path

import pytest
import zstandard

from app.ingest.job import Compression, IngestError, IngestErrorCode, IngestLimits
from tests.ingest.conftest import Reading

TEXT = b"id,name\n" + b"".join(b"%d,row %d\n" % (i, i) for i in range(50_000))


def zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


@pytest.mark.parametrize(("pack", "compression"), [(gzip.compress, Compression.GZIP), (zstd, Compression.ZSTD)])
def test_packed_text_is_read(read: Reading, pack: object, compression: Compression) -> None:
    result = read(pack(TEXT))  # type: ignore[operator]
    assert result.table.row_count == 50_000
    assert result.rows[-1] == (49_999, "row 49999")
    assert result.table.options.compression is compression


def test_archives_one_after_the_other_are_one_text(read: Reading) -> None:
    for pack in (gzip.compress, zstd):
        result = read(pack(TEXT[:100_000]) + pack(TEXT[100_000:]))
        assert result.table.row_count == 50_000


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_cut_archive_is_truncated(read: Reading, pack: object) -> None:
    packed = pack(TEXT)  # type: ignore[operator]
    with pytest.raises(IngestError) as refused:
        read(packed[: len(packed) // 2])
    assert refused.value.code is IngestErrorCode.TRUNCATED


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_damaged_archive_is_malformed(read: Reading, pack: object) -> None:
    packed = bytearray(pack(TEXT))  # type: ignore[operator]
    middle = len(packed) // 2
    packed[middle : middle + 64] = bytes(64)
    with pytest.raises(IngestError) as refused:
        read(bytes(packed))
    assert refused.value.code in (IngestErrorCode.MALFORMED, IngestErrorCode.TRUNCATED)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_bomb_is_refused_before_it_fills_the_disk(read: Reading, pack: object, tmp_path: Path) -> None:
    bomb = pack(b"a,b\n" + b"1,2\n" * (68 << 20))  # type: ignore[operator]
    with pytest.raises(IngestError) as refused:
        read(bomb)
    assert refused.value.code is IngestErrorCode.TOO_LARGE_UNCOMPRESSED
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) == len(bomb)


def test_more_than_the_limit_is_refused(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read(gzip.compress(TEXT), limits=IngestLimits(max_uncompressed_bytes=len(TEXT) - 1))
    assert refused.value.code is IngestErrorCode.TOO_LARGE_UNCOMPRESSED
    assert read(gzip.compress(TEXT), limits=IngestLimits(max_uncompressed_bytes=len(TEXT))).table.row_count == 50_000
