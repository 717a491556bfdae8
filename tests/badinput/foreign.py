"""Files that are no tables, whatever their names say: made as their own programs make them."""

import io
import struct
import sys
import tarfile
import zipfile
import zlib


def pdf() -> bytes:
    """A page with a line of text."""
    body = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def png() -> bytes:
    """One black pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def html() -> bytes:
    """What a browser saves when the link to a table needed a login."""
    return b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>id,name<br>1,a</body></html>\n"


def elf() -> bytes:
    """The start of the interpreter itself."""
    with open(sys.executable, "rb") as file:
        return file.read(200_000)


def zipped(**members: bytes) -> bytes:
    """A zip archive of some files, compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred() -> bytes:
    """A tar archive of one table."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("table.csv")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"a\n1\n"))
    return out.getvalue()


def ole(*streams: str) -> bytes:
    """A compound document whose directory names these streams: what Office writes for .xls and for encrypted files."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(478)
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *streams))
    return header + entries.ljust(2048, b"\0")
