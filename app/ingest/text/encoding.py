"""Which characters the bytes of a text file stand for, and the same text as UTF-8."""

import codecs
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.phrases import say
from app.ingest.job import IngestError, IngestErrorCode
from app.ingest.text import charsets
from app.ingest.text.charsets import decodes

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
_ESCAPED = ("iso2022_jp", "iso2022_jp_ext", "iso2022_kr")
_ESCAPES = (b"\x1b$", b"\x1b(J", b"\x1b(I")
_ABOVE_LATIN_1 = frozenset(range(0x80, 0xA0))
"""Punctuation of cp1252 where Latin-1 has control characters, which no table holds."""


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
            say("NO_SUCH_ENCODING", "'{name}' is not the name of a text encoding.", name=name),
            hint=say(
                "HINT_ENCODING_NAMES", "Write for example 'utf-8', 'utf-16-le', 'cp932', 'cp1252', or leave the encoding out."
            ),
        )
    return _CANONICAL.get(codec.name, codec.name)


@dataclass(frozen=True)
class Found:
    """The encoding of a file and how it was told."""

    encoding: str
    bom_bytes: int = 0
    """Length of the byte order mark."""
    warnings: tuple[str, ...] = ()
    """Where it is not certain."""


def detect(path: Path) -> Found:
    """Encoding of a text file.

    Judged by the start of the file and, where that is plain ASCII, by the first other bytes after it.
    """
    evidence, offset = _evidence(path)
    if offset == 0:
        for bom, encoding in BOMS:
            if evidence.startswith(bom):
                return Found(encoding, len(bom))
        wide = guess_wide(evidence)
        if wide is not None:
            return Found(wide)
    return guess_narrow(evidence)


def _evidence(path: Path) -> tuple[bytes, int]:
    """Bytes that tell the encoding and where they start: 0, or just before the first byte beyond ASCII."""
    with path.open("rb") as file:
        head = file.read(BLOCK_BYTES)
        if not head.isascii() or b"\x00" in head[:4096] or b"\x1b" in head[:EVIDENCE_BYTES]:
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
    if not decodes(sample, encoding):
        return False
    text = sample.decode(encoding, "ignore")
    odd_ones = sum(unicodedata.category(character) in ("Cn", "Co", "Cs") or character == "\x00" for character in text)
    return odd_ones * 50 <= len(text) and ("\n" in text or "\r" in text or len(text) < 1000)


def guess_narrow(evidence: bytes) -> Found:
    """Encoding of bytes without zero bytes between; UTF-8 wherever that is possible."""
    if evidence.isascii() and any(escape in evidence for escape in _ESCAPES):
        return Found(next((encoding for encoding in _ESCAPED if decodes(evidence, encoding)), "utf-8"))
    if evidence.isascii() or decodes(evidence, "utf-8") or _is_damaged_utf8(evidence):
        return Found("utf-8")
    verdict = charsets.judge(evidence)
    if verdict is None:
        return Found("latin-1", warnings=(_UNKNOWN,))
    encoding = verdict.encoding
    if encoding == "cp1252" and not _ABOVE_LATIN_1 & set(evidence):
        encoding = "latin-1"
    return Found(encoding, warnings=_doubts(encoding, verdict))


_UNKNOWN = say(
    "ENCODING_UNKNOWN",
    "The encoding is not known; its bytes were read as latin-1. If letters are wrong, name the encoding in the options.",
)


def _doubts(encoding: str, verdict: charsets.Verdict) -> tuple[str, ...]:
    if verdict.runner_up is None:
        return ()
    first, second = (", ".join(f"'{cell}'" for cell in cells) for cells in (verdict.samples, verdict.runner_up_samples))
    return (
        say(
            "ENCODING_UNCERTAIN",
            "The encoding is not certain: it was read as {encoding} ({first}); it may be {other} ({second}). If letters are wrong, name the encoding in the options.",
            encoding=encoding,
            first=first,
            other=verdict.runner_up,
            second=second,
        ),
    )


def _is_damaged_utf8(evidence: bytes) -> bool:
    """True where most of what is not ASCII is well-formed UTF-8: a few bad bytes do not make it Latin-1."""
    good = sum(1 for character in evidence.decode("utf-8", "ignore") if ord(character) > 0x7F)
    bad = evidence.decode("utf-8", "replace").count("\ufffd") - evidence.count("\ufffd".encode())
    return good > 2 * bad


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
        say("LINE_NOT_ENCODED", "Line {line:,} holds bytes that are not {encoding}.", line=line, encoding=encoding),
        hint=say("HINT_FIND_ENCODING", "Leave the encoding out to have it found.")
        if asked
        else say("HINT_SAVE_AS_UTF8", "Save the file as UTF-8, or name its encoding in the options."),
        line=line,
    )
