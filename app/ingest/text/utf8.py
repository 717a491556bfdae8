"""The text of a file: unpacked and in UTF-8, without a byte order mark, in place where it already is that."""

from dataclasses import dataclass, replace
from pathlib import Path

from app.ingest.job import Compression, IngestJob, ReadOptions
from app.ingest.table import Report
from app.ingest.text import encoding, source

HEAD_BYTES = 256 << 10


@dataclass(frozen=True)
class Text:
    """UTF-8 from byte `offset` of `path` on; single characters may be damaged."""

    path: Path
    offset: int
    options: ReadOptions
    """With the encoding filled in."""
    warnings: tuple[str, ...] = ()
    """What is not certain of the encoding."""

    def head(self, size: int = HEAD_BYTES) -> tuple[str, bool]:
        """The first characters up to a line end, and whether that is all there is. Damaged bytes are surrogates."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            raw = file.read(size)
            whole = len(file.read(1)) == 0
        if not whole:
            cut = max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1
            raw = raw[:cut] if cut else raw
        return raw.decode("utf-8", "surrogateescape"), whole


def open_text(job: IngestJob, options: ReadOptions, report: Report) -> Text:
    """The text of the job's file; scratch files lie in the job's output folder.

    Raises:
        IngestError: TOO_LARGE_UNCOMPRESSED, TRUNCATED, MALFORMED, BAD_ENCODING, WRONG_OPTIONS.
    """
    path = Path(job.source_path)
    compression = options.compression or Compression.NONE
    if compression is not Compression.NONE:
        unpacked = scratch_path(job, "unpacked")
        source.unpack(path, compression, unpacked, job.limits, lambda fraction: report(fraction * 0.2))
        path = unpacked
    asked = options.encoding is not None
    found = _asked(path, options.encoding) if options.encoding is not None else encoding.detect(path)
    name = found.encoding
    if name == "utf-8":
        return Text(path, found.bom_bytes, replace(options, encoding=name))
    text = scratch_path(job, "text")
    encoding.transcode(path, name, found.bom_bytes, text, lambda fraction: report(0.2 + fraction * 0.1), asked=asked)
    if path != Path(job.source_path):
        path.unlink()
    return Text(text, 0, replace(options, encoding=name), found.warnings)


def _asked(path: Path, name: str) -> encoding.Found:
    """The caller's encoding and the byte order mark that goes with it."""
    wanted = encoding.canonical(name)
    with path.open("rb") as file:
        head = file.read(4)
    # 'utf-16' and 'utf-32' leave the byte order to the mark.
    marks = [(bom, found) for bom, found in encoding.BOMS if head.startswith(bom) and found.startswith(wanted)]
    if marks:
        return encoding.Found(marks[0][1], len(marks[0][0]))
    return encoding.Found({"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(wanted, wanted))


def scratch_path(job: IngestJob, name: str) -> Path:
    """A file of the readers' own in the output folder, which `clear_scratch` removes."""
    folder = Path(job.output_dir) / "scratch"
    folder.mkdir(exist_ok=True)
    return folder / name


def clear_scratch(job: IngestJob) -> None:
    """Remove what the readers wrote for themselves."""
    folder = Path(job.output_dir) / "scratch"
    if folder.exists():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
