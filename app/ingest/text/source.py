"""Bytes of a text file, unpacked within bounds."""

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import zstandard

from app.core.phrases import say
from app.ingest.job import Compression, IngestError, IngestErrorCode, IngestLimits

BLOCK_BYTES = 1 << 20
FREE_BYTES = 256 << 20
"""Unpacked size below which no ratio makes a bomb: a table of one repeated row packs 1000:1."""


def open_plain(path: Path, compression: Compression) -> BinaryIO:
    """A stream of the unpacked bytes. Reading it may raise IngestError (TRUNCATED, MALFORMED)."""
    if compression is Compression.NONE:
        return path.open("rb")
    raw = path.open("rb")
    if compression is Compression.GZIP:
        # read1: what stands before the place where an archive breaks off is given, not lost.
        return io.BufferedReader(_Unpacked(gzip.GzipFile(fileobj=raw).read1, raw, "gzip"), BLOCK_BYTES)
    return io.BufferedReader(_Unpacked(_ZstdReader(raw).read, raw, "zstd"), BLOCK_BYTES)


class _ZstdReader:
    """Frame after frame. zstandard's own stream reader ends quietly where a frame is cut off; this one raises EOFError."""

    # A zstd block of 4 bytes can stand for 128 KiB: small bites bound what one call may return (to 128 MiB).
    _BITE_BYTES = 4096

    def __init__(self, raw: BinaryIO):
        self._raw, self._packed, self._plain = raw, b"", memoryview(b"")
        self._frame: zstandard.ZstdDecompressionObj | None = None

    def read(self, size: int) -> bytes:
        while not self._plain:
            bite = self._packed or self._raw.read(self._BITE_BYTES)
            self._packed = b""
            if not bite:
                if self._frame is not None:
                    raise EOFError
                return b""
            if self._frame is None:
                self._frame = zstandard.ZstdDecompressor(max_window_size=128 << 20).decompressobj()
            self._plain = memoryview(self._frame.decompress(bite))
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        chunk, self._plain = self._plain[:size], self._plain[size:]
        return bytes(chunk)


class _Unpacked(io.RawIOBase):
    """Turns the unpackers' many exceptions into verdicts."""

    def __init__(self, read: Callable[[int], bytes], raw: BinaryIO, name: str):
        self._read, self._raw, self._name, self._given = read, raw, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._read(len(buffer))
        except EOFError as error:
            raise IngestError(
                IngestErrorCode.TRUNCATED,
                say(
                    "ARCHIVE_CUT",
                    "The {compression} archive ends in the middle, after {bytes:,} unpacked bytes.",
                    compression=self._name,
                    bytes=self._given,
                ),
                hint=say("HINT_CUT_ON_WAY", "The file was probably cut off on its way: upload it again."),
            ) from error
        except (zlib.error, OSError, zstandard.ZstdError) as error:
            raise IngestError(
                IngestErrorCode.MALFORMED,
                say(
                    "ARCHIVE_DAMAGED",
                    "The {compression} archive is damaged after {bytes:,} unpacked bytes.",
                    compression=self._name,
                    bytes=self._given,
                ),
                hint=say("HINT_PACK_AGAIN", "Pack the file again, or upload it unpacked."),
            ) from error
        buffer[: len(chunk)] = chunk
        self._given += len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._raw.close()
        super().close()


def unpack(path: Path, compression: Compression, target: Path, limits: IngestLimits, progress: Callable[[float], None]) -> None:
    """Write the unpacked bytes to `target`.

    Raises:
        IngestError: TOO_LARGE_UNCOMPRESSED as soon as a bound is passed, TRUNCATED, MALFORMED.
    """
    packed = path.stat().st_size
    written = 0
    allowed = min(limits.max_uncompressed_bytes, max(FREE_BYTES, packed * limits.max_compression_ratio))
    with open_plain(path, compression) as stream, target.open("wb") as out:
        while chunk := stream.read(BLOCK_BYTES):
            written += len(chunk)
            if written > allowed:
                raise IngestError(
                    IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
                    say(
                        "UNPACKS_TO_MORE",
                        "The file of {packed:,} bytes unpacks to more than {allowed:,} bytes.",
                        packed=packed,
                        allowed=allowed,
                    ),
                    hint=say("HINT_UPLOAD_UNPACKED", "Upload it unpacked, or in parts."),
                )
            out.write(chunk)
            progress(min(1.0, written / (packed * 8)))
