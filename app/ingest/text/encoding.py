"""Which characters the bytes of a text file stand for, and the same text as UTF-8."""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from app.ingest.job import IngestError, IngestErrorCode

BLOCK_BYTES = 1 << 20
EVIDENCE_BYTES = 64 << 10

# UTF-32 first: its little-endian mark starts with UTF-16's.
BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANONICAL = {
    "utf_8": "utf-8",
    "utf-8-sig": "utf-8",
    "ascii": "utf-8",
    "iso8859-1": "latin-1",
    "shift_jis": "cp932",
    "euc_jp": "euc-jp",
    "utf_16_le": "utf-16-le",
    "utf_16_be": "utf-16-be",
}
_WESTERN = ("latin_1", "latin-1", "cp1252")
_OTHERS = (
    *_WESTERN[:1],
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "gb18030",
    "big5",
    "cp949",
    "cp874",
)
"""What is told apart from Western European text by how its letters follow each other; rarer ones have to be named."""
_CENTRAL = re.compile(rb"[A-Za-z][\xb3\xb9]|[\xb3\xb9][A-Za-z]|[\x9a\x9e](?s:.*)[\xe8\xec\xf8]|[\xe8\xec\xf8](?s:.*)[\x9a\x9e]")
"""Central European letters where Western text has superscripts, or of Czech beside each other: statistics alone mistake
Swedish for Slovak."""
_LEAST_EVIDENCE = 12
"""Bytes beyond ASCII below which letter statistics are noise."""
_WINDOWS_PUNCTUATION = frozenset(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}


_NO_FILES = frozenset({"idna", "punycode", "utf-7", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"""Codecs of Python that spell names or source code, not files."""


def canonical(name: str) -> str:
    """The spelling that options use.

    Raises:
        IngestError: WRONG_OPTIONS, no text encoding has this name.
    """
    try:
        codec = codecs.lookup(name)
        is_text = isinstance("".encode(codec.name), bytes)
    except (LookupError, UnicodeError, TypeError, ValueError):
        is_text = False
    if not is_text or codec.name.replace("_", "-") in _NO_FILES:
        raise IngestError(
            IngestErrorCode.WRONG_OPTIONS,
            f"'{name}' is not the name of a text encoding.",
            hint="Write for example 'utf-8', 'utf-16-le', 'cp932', 'cp1252', or leave the encoding out.",
        )
    return _CANONICAL.get(codec.name, codec.name)


def detect(path: Path) -> tuple[str, int]:
    """Encoding of a text file and the length of its byte order mark.

    Judged by the start of the file and, where that is plain ASCII, by the first other bytes after it.
    """
    evidence, offset = _evidence(path)
    if offset == 0:
        for bom, encoding in BOMS:
            if evidence.startswith(bom):
                return encoding, len(bom)
        wide = guess_wide(evidence)
        if wide is not None:
            return wide, 0
    return guess_narrow(evidence), 0


def _evidence(path: Path) -> tuple[bytes, int]:
    """Bytes that tell the encoding and where they start: 0, or just before the first byte beyond ASCII."""
    with path.open("rb") as file:
        head = file.read(BLOCK_BYTES)
        if not head.isascii() or b"\x00" in head[:4096]:
            first = next((index for index, byte in enumerate(head) if byte > 0x7F), 0)
            return (head[: max(EVIDENCE_BYTES, 4)], 0) if first < EVIDENCE_BYTES else _around(head, first, 0)
        offset = len(head)
        while block := file.read(BLOCK_BYTES):
            if not block.isascii():
                first = next(index for index, byte in enumerate(block) if byte > 0x7F)
                # A character may begin at the very end of a block: read on, so that it is seen whole.
                return _around(block + file.read(EVIDENCE_BYTES), first, offset)
            offset += len(block)
    return head[:EVIDENCE_BYTES], 0


def _around(block: bytes, first: int, offset: int) -> tuple[bytes, int]:
    start = max(0, first - 256)
    return block[start : start + EVIDENCE_BYTES], offset + start


def guess_wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the zero bytes of ASCII characters stand."""
    sample = head[: len(head) // 4 * 4][:4096]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    quarter = len(sample) // 4
    zeros = [sample[lane::4].count(0) for lane in range(4)]
    if min(zeros[1:]) > quarter * 0.7 and zeros[0] < quarter * 0.1:
        return "utf-32-le"
    if min(zeros[:3]) > quarter * 0.7 and zeros[3] < quarter * 0.1:
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    # Japanese text in UTF-16 has few zero bytes: its delimiters, digits and line ends, and some characters like U+4E00.
    if odd >= 4 and odd > even * 3 and _is_wide_text(sample, "utf-16-le"):
        return "utf-16-le"
    if even >= 4 and even > odd * 3 and _is_wide_text(sample, "utf-16-be"):
        return "utf-16-be"
    return None


def _is_wide_text(sample: bytes, encoding: str) -> bool:
    """True where nearly all of the characters are assigned; data of programs hits many that are not."""
    if not _decodes(sample, encoding):
        return False
    text = sample.decode(encoding, "ignore")
    odd_ones = sum(unicodedata.category(character) in ("Cn", "Co", "Cs") or character == "\x00" for character in text)
    return odd_ones * 50 <= len(text) and ("\n" in text or "\r" in text or len(text) < 1000)


def guess_narrow(evidence: bytes) -> str:
    """Encoding of bytes without zero bytes between; UTF-8 wherever that is possible."""
    if evidence.isascii() or _decodes(evidence, "utf-8"):
        return "utf-8"
    if _is_damaged_utf8(evidence):
        return "utf-8"
    japanese = _japanese(evidence)
    if japanese is not None:
        return japanese
    western = "cp1252" if _WINDOWS_PUNCTUATION & set(evidence) and _decodes(evidence, "cp1252") else "latin-1"
    if sum(byte > 0x7F for byte in evidence) < _LEAST_EVIDENCE:
        return western
    best = from_bytes(evidence[:16_384], cp_isolation=list(_OTHERS), enable_fallback=False).best()
    found = _CANONICAL.get(best.encoding, best.encoding) if best is not None else western
    if found == "cp1250" and not _CENTRAL.search(evidence):
        return western
    return western if found in _WESTERN or not _decodes(evidence, found) else found


def _is_damaged_utf8(evidence: bytes) -> bool:
    """True where most of what is not ASCII is well-formed UTF-8: a few bad bytes do not make it Latin-1."""
    good = sum(1 for character in evidence.decode("utf-8", "ignore") if ord(character) > 0x7F)
    bad = evidence.decode("utf-8", "replace").count("\ufffd") - evidence.count("\ufffd".encode())
    return good > 2 * bad


def _japanese(evidence: bytes) -> str | None:
    """cp932 or EUC-JP, where the bytes decode and what comes out is Japanese."""
    scores: dict[str, float] = {}
    for encoding in ("euc-jp", "cp932"):
        if not _decodes(evidence, encoding):
            continue
        foreign = [character for character in evidence.decode(encoding, "ignore") if ord(character) > 0x7F]
        # Half-width katakana is what Latin-1 accents look like in cp932: rare in real tables, so it counts less.
        native = sum(
            1.0
            if "\u3041" <= c <= "\u30fe" or "\u4e00" <= c <= "\u9fa0" or "\uff01" <= c <= "\uff5e" or c in "、。・々　「」〒〜％"
            else 0.3
            if "\uff61" <= c <= "\uff9f"
            else 0.0
            for c in foreign
        )
        if foreign:
            scores[encoding] = native / len(foreign) * (1.0 if native >= 2 else 0.5) + _kana_share(foreign) / 2
    if not scores:
        return None
    best = max(scores, key=lambda encoding: scores[encoding])
    return best if scores[best] >= 0.7 and _lead_bytes_run(evidence) else None


def _kana_share(characters: list[str]) -> float:
    return sum("\u3041" <= c <= "\u30fe" for c in characters) / len(characters)


def _lead_bytes_run(evidence: bytes) -> bool:
    """False for Latin-1, where bytes beyond ASCII mostly stand alone between letters."""
    alone = runs = 0
    previous_high = False
    for index, byte in enumerate(evidence):
        high = byte > 0x7F
        if high and not previous_high:
            follows = evidence[index + 1 : index + 3]
            runs += 1
            alone += not any(b > 0x7F for b in follows)
        previous_high = high
    return alone <= runs * 0.6


def _decodes(evidence: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(evidence)
    except UnicodeDecodeError as error:
        # Evidence from mid-file may begin inside a character.
        return error.start < 4 and len(evidence) > 256 and _decodes(evidence[error.end :], encoding)
    return True


def transcode(path: Path, encoding: str, bom_bytes: int, target: Path, progress: Callable[[float], None], *, asked: bool) -> None:
    """Write the text to `target` as UTF-8 without a mark.

    Args:
        asked: the encoding was the caller's choice, which the error then speaks of.
    Raises:
        IngestError: BAD_ENCODING with the first line that cannot be decoded.
    """
    size = path.stat().st_size
    line, done = 1, 0
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file, target.open("wb") as out:
        file.seek(bom_bytes)
        for block in _blocks(file.read):
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(encoding, "replace").count("\n")
                raise bad_encoding(encoding, line, asked=asked) from error
            except UnicodeError as error:  # some codecs do not say where
                raise bad_encoding(encoding, line, asked=asked) from error
            out.write(text.encode("utf-8", "surrogatepass"))
            line += text.count("\n")
            done += len(block)
            progress(min(1.0, done / max(1, size)))


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The blocks of a stream and then one empty block, which lets a decoder complain of a cut-off character."""
    while block := read(BLOCK_BYTES):
        yield block
    yield b""


def bad_encoding(encoding: str, line: int, *, asked: bool) -> IngestError:
    return IngestError(
        IngestErrorCode.BAD_ENCODING,
        f"Line {line:,} holds bytes that are not {encoding}.",
        hint="Leave the encoding out to have it found."
        if asked
        else "Save the file as UTF-8, or name its encoding in the options.",
        line=line,
    )
