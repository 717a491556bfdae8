"""The local file: read in pieces, twice (for its checksum, and to send it), and watched for changes meanwhile."""

import asyncio
import errno
import hashlib
import os
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from app.cli.client.errors import FileProblem

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What tells a file from itself at another time."""

    path: str
    """Absolute."""
    size_bytes: int
    modified_ns: int


class Source:
    """An open file. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            FileProblem: no such file, a folder, empty, or not readable.
        """
        self.path = path
        self.name = path.name
        try:
            # Without waiting: opening a pipe would last until somebody writes into it.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise _explained(path, error) from error
        self._opened = os.fstat(self._descriptor)
        try:
            self._check_kind()
        except FileProblem:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> Self:
        """The file stays open inside."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The file is closed."""
        os.close(self._descriptor)

    @property
    def size_bytes(self) -> int:
        """Its size when it was opened."""
        return self._opened.st_size

    @property
    def identity(self) -> Identity:
        """The file as it was when it was opened."""
        path = str(self.path.absolute())
        return Identity(path=path, size_bytes=self.size_bytes, modified_ns=self._opened.st_mtime_ns)

    async def sha256(self, read: Callable[[int], None]) -> str:
        """64 hexadecimal digits over the whole file; `read` is told the bytes of each piece.

        Raises:
            FileProblem: it cannot be read, or changed meanwhile.
        """
        digest = hashlib.sha256()
        async for piece in self.pieces(0, self.size_bytes):
            await asyncio.to_thread(digest.update, piece)
            read(len(piece))
        self.check_unchanged()
        return digest.hexdigest()

    async def pieces(self, start: int, length: int) -> AsyncIterator[bytes]:
        """Bytes `start` to `start + length` in pieces of at most a MiB.

        Raises:
            FileProblem: it cannot be read, or has become shorter.
        """
        position, end = start, start + length
        while position < end:
            try:
                piece = await asyncio.to_thread(os.pread, self._descriptor, min(CHUNK_BYTES, end - position), position)
            except OSError as error:
                raise _explained(self.path, error) from error
            if not piece:
                raise self._changed()
            position += len(piece)
            yield piece

    def check_unchanged(self) -> None:
        """Nobody has written to the file since it was opened, and nothing else has its name.

        Raises:
            FileProblem: otherwise.
        """
        now = os.fstat(self._descriptor)
        try:
            named = self.path.stat()
        except OSError as error:
            raise self._changed() from error
        if _state(now) != _state(self._opened) or (named.st_dev, named.st_ino) != (now.st_dev, now.st_ino):
            raise self._changed()

    def _changed(self) -> FileProblem:
        return FileProblem(
            f"{self.path} changed while it was read.",
            hint="Wait until whatever writes it has finished, then run the command again.",
            code="FILE_CHANGED",
        )

    def _check_kind(self) -> None:
        mode = self._opened.st_mode
        if stat.S_ISDIR(mode):
            raise FileProblem(f"{self.path} is a folder.", hint="Name the files in it.", code="IS_A_FOLDER")
        if not stat.S_ISREG(mode):
            raise FileProblem(f"{self.path} is no ordinary file.", hint="Write its content to one first.", code="NOT_A_FILE")
        if self.size_bytes == 0:
            raise FileProblem(f"{self.path} is empty: there is nothing to upload.", code="EMPTY_FILE")


def _state(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _explained(path: Path, error: OSError) -> FileProblem:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return FileProblem(f"There is no file {path}.", code="FILE_NOT_FOUND")
        case errno.EACCES | errno.EPERM:
            return FileProblem(f"You may not read {path}.", hint="Ask its owner for the right to.", code="FILE_NOT_READABLE")
        case errno.EISDIR:
            return FileProblem(f"{path} is a folder.", hint="Name the files in it.", code="IS_A_FOLDER")
        case _:
            return FileProblem(f"{path} cannot be read: {os.strerror(error.errno or 0)}.", code="FILE_NOT_READABLE")
