"""What a file is, told from its bytes: never from its name."""

import codecs
import zipfile
from pathlib import Path

from app.core.phrases import say
from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, ReadOptions
from app.ingest.text.encoding import BOMS, guess_wide
from app.ingest.text.source import open_plain

HEAD_BYTES = 64 << 10

_COMPOUND_DOCUMENT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FEATHER_1 = say("KIND_FEATHER_1", "a Feather file of version 1")
_PROTECTED = say("KIND_OFFICE_PASSWORD", "an Office document that is protected by a password")

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", say("KIND_PDF", "a PDF document")),
    (b"\x89PNG\r\n\x1a\n", say("KIND_PNG", "a PNG image")),
    (b"\xff\xd8\xff", say("KIND_JPEG", "a JPEG image")),
    (b"GIF87a", say("KIND_GIF", "a GIF image")),
    (b"GIF89a", say("KIND_GIF", "a GIF image")),
    (b"II*\x00", say("KIND_TIFF", "a TIFF image")),
    (b"MM\x00*", say("KIND_TIFF", "a TIFF image")),
    (b"SQLite format 3\x00", say("KIND_SQLITE", "an SQLite database")),
    (b"\x7fELF", say("KIND_ELF", "a program (ELF)")),
    (b"\xca\xfe\xba\xbe", say("KIND_JAVA_CLASS", "a Java class file")),
    (b"BZh", say("KIND_BZIP2", "a bzip2 archive")),
    (b"\xfd7zXZ\x00", say("KIND_XZ", "an xz archive")),
    (b"7z\xbc\xaf\x27\x1c", say("KIND_7ZIP", "a 7-Zip archive")),
    (b"Rar!\x1a\x07", say("KIND_RAR", "a RAR archive")),
    (b"\x04\x22\x4d\x18", say("KIND_LZ4", "an LZ4 archive")),
    (b"\xff\x06\x00\x00sNaPpY", say("KIND_SNAPPY", "a Snappy stream")),
    (_COMPOUND_DOCUMENT, say("KIND_OLD_OFFICE", "an old Microsoft Office document (.xls, .doc)")),
    (b"\x89HDF\r\n\x1a\n", say("KIND_HDF5", "an HDF5 file")),
    (b"CDF\x01", say("KIND_NETCDF", "a NetCDF file")),
    (b"CDF\x02", say("KIND_NETCDF", "a NetCDF file")),
    (b"Obj\x01", say("KIND_AVRO", "an Avro file")),
    (b"FEA1", _FEATHER_1),
    (b"SEQ\x06", say("KIND_HADOOP_SEQUENCE", "a Hadoop sequence file")),
    (b"\x80\x04\x95", say("KIND_PICKLE", "a Python pickle")),
    (b"\x93NUMPY", say("KIND_NUMPY", "a NumPy array")),
    (b"OggS", say("KIND_OGG", "an Ogg media file")),
    (b"ID3", say("KIND_MP3", "an MP3 file")),
    (b"fLaC", say("KIND_FLAC", "a FLAC file")),
    (b"{\\rtf", say("KIND_RTF", "an RTF document")),
    (b"$FL2@(#)", say("KIND_SPSS", "an SPSS file")),
    (b"<stata_dta>", say("KIND_STATA", "a Stata file")),
    (b"RDX2\n", say("KIND_R", "an R data file")),
    (b"RDX3\n", say("KIND_R", "an R data file")),
    (b"wOF2", say("KIND_FONT", "a font")),
)
_UNPACK = say("HINT_UNPACK", "Unpack it and upload the tables in it one by one.")
_CONVERT = say("HINT_CONVERT", "Save the table as CSV, JSON, Parquet, Arrow or XLSX and upload that.")
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
            say("FILE_EMPTY", "The file is empty (0 bytes)."),
            hint=say("HINT_CHECK_EXPORT", "Check the export that wrote it, then upload again."),
        )
    compression = _compression(head, options.compression)
    if compression is not Compression.NONE:
        with open_plain(path, compression) as stream:
            head = stream.read(HEAD_BYTES)
        if not head:
            raise IngestError(
                IngestErrorCode.EMPTY_FILE,
                say(
                    "ARCHIVE_EMPTY",
                    "The file is empty: the {compression} archive holds 0 bytes.",
                    compression=compression.value.lower(),
                ),
                hint=say("HINT_CHECK_EXPORT", "Check the export that wrote it, then upload again."),
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
            say(
                "COMPRESSION_DIFFERS",
                "The compression was given as {asked}, but the file starts like {found}.",
                asked=asked.value,
                found=found.value,
            ),
            hint=say("HINT_NO_COMPRESSION", "Leave the compression out: it is found from the content."),
        )
    return found


def _format(path: Path, head: bytes, *, packed: bool) -> FileFormat:
    binary = _binary_format(path, head, packed=packed)
    if binary is not None:
        if packed:
            raise IngestError(
                IngestErrorCode.UNSUPPORTED_FORMAT,
                say(
                    "COMPRESSED_BINARY",
                    "This is a compressed {format} file; only text (CSV, JSON) may be compressed as a whole.",
                    format=binary.value,
                ),
                hint=say(
                    "HINT_UNPACK_BINARY",
                    "Unpack it and upload the {format} file itself: it has its own compression.",
                    format=binary.value,
                ),
            )
        return binary
    looks_like = _foreign(head)
    if looks_like is not None:
        hint = _UNPACK if "archive" in looks_like else _CONVERT
        if looks_like == _PROTECTED:
            hint = say("HINT_REMOVE_PASSWORD", "Open it, remove the password, save it as XLSX, and upload that.")
        if looks_like == _FEATHER_1:
            raise IngestError(
                IngestErrorCode.UNSUPPORTED_FORMAT,
                say("NO_LONGER_READ", "This is {kind}, which is no longer read.", kind=looks_like),
                hint=say(
                    "HINT_FEATHER_2",
                    "Write it as Arrow IPC, which is Feather version 2: pyarrow.feather.write_feather(table, path).",
                ),
            )
        raise IngestError(
            IngestErrorCode.UNSUPPORTED_FORMAT, say("NOT_A_TABLE", "This is {kind}, not a table.", kind=looks_like), hint=hint
        )
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
            say("ZIP_DIRECTORY", "This is a zip archive (perhaps XLSX) whose directory cannot be read."),
            hint=say("HINT_CUT_ON_WAY", "The file was probably cut off on its way: upload it again."),
        ) from error
    if "xl/workbook.xml" in names:
        return FileFormat.XLSX
    kinds = {
        "xl/workbook.bin": say("KIND_XLSB", "a binary Excel workbook (.xlsb)"),
        "word/document.xml": say("KIND_WORD", "a Word document"),
        "ppt/presentation.xml": say("KIND_POWERPOINT", "a PowerPoint presentation"),
        "content.xml": say("KIND_OPENDOCUMENT", "an OpenDocument file"),
        "META-INF/MANIFEST.MF": say("KIND_JAR", "a Java archive"),
    }
    looks_like = next(
        (kind for name, kind in kinds.items() if name in names),
        say("KIND_ZIP", "a zip archive of {count:,} {count:file|files}", count=len(names)),
    )
    raise IngestError(
        IngestErrorCode.UNSUPPORTED_FORMAT,
        say("NOT_A_TABLE", "This is {kind}, not a table.", kind=looks_like),
        hint=_UNPACK if "zip archive" in looks_like else _CONVERT,
    )


def _foreign(head: bytes) -> str | None:
    if head.startswith(_COMPOUND_DOCUMENT) and "EncryptedPackage".encode("utf-16-le") in head:
        return _PROTECTED
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"PK\x05\x06"):
        return say("KIND_EMPTY_ZIP", "an empty zip archive")
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        return say("KIND_NESTED_ARCHIVE", "an archive within an archive")
    if head[257:262] == b"ustar":
        return say("KIND_TAR", "a tar archive")
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI ", b"WEBP"):
        return say("KIND_MEDIA", "a media file")
    if head[4:8] == b"ftyp":
        return say("KIND_VIDEO", "a video or HEIF file")
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return say("KIND_BMP", "a BMP image")
    if head.startswith(b"MZ") and b"This program" in head[:512]:
        return say("KIND_WINDOWS_PROGRAM", "a Windows program")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<") and b"<html" in start):
        return say("KIND_HTML", "an HTML page")
    if start.startswith(b"<?xml") or (start.startswith(b"<") and start.rstrip().endswith(b">") and b"</" in start):
        return say("KIND_XML", "an XML document")
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
            say("BINARY_UNKNOWN", "This is binary data of no known format: CSV, JSON, Parquet, Arrow and XLSX are read."),
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
        say(
            "FORMAT_DIFFERS", "The format was given as {asked}, but the content is {found}.", asked=asked.value, found=found.value
        ),
        hint=say("HINT_NO_FORMAT", "Leave the format out: it is found from the content."),
    )
