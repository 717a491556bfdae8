"""What a file is, told from its bytes: never from its name."""

import codecs
import zipfile
from pathlib import Path

from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, ReadOptions
from app.ingest.text.encoding import BOMS, guess_wide
from app.ingest.text.source import open_plain

HEAD_BYTES = 64 << 10

_COMPOUND_DOCUMENT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FEATHER_1 = "a Feather file of version 1"
_PROTECTED = "an Office document that is protected by a password"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program (ELF)"),
    (b"\xca\xfe\xba\xbe", "a Java class file"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (b"\xff\x06\x00\x00sNaPpY", "a Snappy stream"),
    (_COMPOUND_DOCUMENT, "an old Microsoft Office document (.xls, .doc)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"CDF\x01", "a NetCDF file"),
    (b"CDF\x02", "a NetCDF file"),
    (b"Obj\x01", "an Avro file"),
    (b"FEA1", _FEATHER_1),
    (b"SEQ\x06", "a Hadoop sequence file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"OggS", "an Ogg media file"),
    (b"ID3", "an MP3 file"),
    (b"fLaC", "a FLAC file"),
    (b"{\\rtf", "an RTF document"),
    (b"$FL2@(#)", "an SPSS file"),
    (b"<stata_dta>", "a Stata file"),
    (b"RDX2\n", "an R data file"),
    (b"RDX3\n", "an R data file"),
    (b"wOF2", "a font"),
)
_UNPACK = "Unpack it and upload the tables in it one by one."
_CONVERT = "Save the table as CSV, JSON, Parquet, Arrow or XLSX and upload that."
_ARROW_STREAM_START = b"\xff\xff\xff\xff"


def detect(path: Path, options: ReadOptions) -> tuple[FileFormat, Compression]:
    """Format and outer compression of a file.

    A format or compression named in `options` wins where the bytes do not speak against it.
    Raises:
        IngestError: EMPTY_FILE, UNKNOWN_FORMAT, UNSUPPORTED_FORMAT, WRONG_OPTIONS, TRUNCATED (a broken archive).
    """
    head = _head(path)
    if not head:
        raise IngestError(
            IngestErrorCode.EMPTY_FILE,
            "The file is empty (0 bytes).",
            hint="Check the export that wrote it, then upload again.",
        )
    compression = _compression(head, options.compression)
    if compression is not Compression.NONE:
        with open_plain(path, compression) as stream:
            head = stream.read(HEAD_BYTES)
        if not head:
            raise IngestError(
                IngestErrorCode.EMPTY_FILE,
                f"The file is empty: the {compression.value.lower()} archive holds 0 bytes.",
                hint="Check the export that wrote it, then upload again.",
            )
    found = _format(path, head, packed=compression is not Compression.NONE)
    return _agreed(options.format, found), compression


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _compression(head: bytes, asked: Compression | None) -> Compression:
    if head.startswith(b"\x1f\x8b"):
        found = Compression.GZIP
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        found = Compression.ZSTD
    else:
        found = Compression.NONE
    if asked is not None and asked is not found:
        raise IngestError(
            IngestErrorCode.WRONG_OPTIONS,
            f"The compression was given as {asked.value}, but the file starts like {found.value}.",
            hint="Leave the compression out: it is found from the content.",
        )
    return found


def _format(path: Path, head: bytes, *, packed: bool) -> FileFormat:
    binary = _binary_format(path, head, packed=packed)
    if binary is not None:
        if packed:
            raise IngestError(
                IngestErrorCode.UNSUPPORTED_FORMAT,
                f"This is a compressed {binary.value} file; only text (CSV, JSON) may be compressed as a whole.",
                hint=f"Unpack it and upload the {binary.value} file itself: it has its own compression.",
            )
        return binary
    looks_like = _foreign(head)
    if looks_like is not None:
        hint = _UNPACK if "archive" in looks_like else _CONVERT
        if looks_like == _PROTECTED:
            hint = "Open it, remove the password, save it as XLSX, and upload that."
        if looks_like == _FEATHER_1:
            raise IngestError(
                IngestErrorCode.UNSUPPORTED_FORMAT,
                f"This is {looks_like}, which is no longer read.",
                hint="Write it as Arrow IPC, which is Feather version 2: pyarrow.feather.write_feather(table, path).",
            )
        raise IngestError(IngestErrorCode.UNSUPPORTED_FORMAT, f"This is {looks_like}, not a table.", hint=hint)
    return _text_format(_text(head))


def _binary_format(path: Path, head: bytes, *, packed: bool) -> FileFormat | None:
    if head.startswith(b"PAR1"):
        return FileFormat.PARQUET
    if head.startswith(b"ARROW1\x00\x00"):
        return FileFormat.ARROW
    if head.startswith(_ARROW_STREAM_START) and len(head) >= 8 and 0 < int.from_bytes(head[4:8], "little") < 1 << 28:
        return FileFormat.ARROW
    if head.startswith(b"PK\x03\x04") and not packed:
        return _zip_format(path)
    return None


def _zip_format(path: Path) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise IngestError(
            IngestErrorCode.TRUNCATED,
            "This is a zip archive (perhaps XLSX) whose directory cannot be read.",
            hint="The file was probably cut off on its way: upload it again.",
        ) from error
    if "xl/workbook.xml" in names:
        return FileFormat.XLSX
    kinds = {
        "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
        "word/document.xml": "a Word document",
        "ppt/presentation.xml": "a PowerPoint presentation",
        "content.xml": "an OpenDocument file",
        "META-INF/MANIFEST.MF": "a Java archive",
    }
    count = "one file" if len(names) == 1 else f"{len(names):,} files"
    looks_like = next((kind for name, kind in kinds.items() if name in names), f"a zip archive of {count}")
    raise IngestError(
        IngestErrorCode.UNSUPPORTED_FORMAT,
        f"This is {looks_like}, not a table.",
        hint=_UNPACK if "zip archive" in looks_like else _CONVERT,
    )


def _foreign(head: bytes) -> str | None:
    if head.startswith(_COMPOUND_DOCUMENT) and "EncryptedPackage".encode("utf-16-le") in head:
        return _PROTECTED
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"PK\x05\x06"):
        return "an empty zip archive"
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        return "an archive within an archive"
    if head[257:262] == b"ustar":
        return "a tar archive"
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI ", b"WEBP"):
        return "a media file"
    if head[4:8] == b"ftyp":
        return "a video or HEIF file"
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return "a BMP image"
    if head.startswith(b"MZ") and b"This program" in head[:512]:
        return "a Windows program"
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<") and b"<html" in start):
        return "an HTML page"
    if start.startswith(b"<?xml") or (start.startswith(b"<") and start.rstrip().endswith(b">") and b"</" in start):
        return "an XML document"
    return None


def _text(head: bytes) -> str:
    """The head as text, good enough to tell JSON from CSV."""
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    wide = guess_wide(head)
    if wide is not None:
        return head.decode(wide, "replace")
    # What was written in advance and never filled is NUL to the end.
    head = head.rstrip(b"\x00") or head
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31))
    # A table may hold a stray NUL or a control character used as a delimiter; program data is full of them.
    if control > max(8, len(head) // 20) and not _lines_are_regular(head):
        raise IngestError(
            IngestErrorCode.UNKNOWN_FORMAT,
            "This is binary data of no known format: CSV, JSON, Parquet, Arrow and XLSX are read.",
            hint=_CONVERT,
        )
    return head.decode("latin-1")


def _lines_are_regular(head: bytes) -> bool:
    """True where one control character comes equally often in every line: a delimiter, not program data."""
    lines = head.splitlines()[:-1][:50]
    for byte in range(1, 9):
        counts = {line.count(byte) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and counts != {0}:
            return True
    return False


def _text_format(text: str) -> FileFormat:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return _object_format(start)
    if start.startswith("["):
        rest = start[1:].lstrip()
        # '[1, 2]' on every line is JSON Lines of arrays; '[x] done' is somebody's text.
        return FileFormat.JSON if rest[:1] in ("", "{", "[", '"', "]", "-", "t", "f", "n", *"0123456789") else FileFormat.CSV
    return FileFormat.CSV


def _object_format(start: str) -> FileFormat:
    rest = start[1:].lstrip()
    if rest[:1] not in ("", '"', "}"):
        return FileFormat.CSV
    first, *others = [line.rstrip() for line in start.split("\n") if line.strip()]
    # Within one object that is spread over lines, a line that opens another object follows a bracket, comma or colon.
    is_lines = bool(others) and others[0].startswith("{") and not first.endswith(("{", "[", ",", ":"))
    return FileFormat.JSON_LINES if is_lines else FileFormat.JSON


def _agreed(asked: FileFormat | None, found: FileFormat) -> FileFormat:
    text = {FileFormat.CSV, FileFormat.JSON, FileFormat.JSON_LINES}
    if asked is None or asked is found or (asked in text and found in text):
        return asked or found
    raise IngestError(
        IngestErrorCode.WRONG_OPTIONS,
        f"The format was given as {asked.value}, but the content is {found.value}.",
        hint="Leave the format out: it is found from the content.",
    )
