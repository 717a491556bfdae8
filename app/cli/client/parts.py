"""Parts of a file, sent straight to object storage: some at a time, each again and again until it is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from app.cli.client.answers import Upload, UploadPart
from app.cli.client.api import reason
from app.cli.client.errors import ClientError, Unreachable, UploadGone
from app.cli.client.patience import Patience
from app.cli.client.source import Source

AT_A_TIME = 3
_GONE = 404
_NOT_ALLOWED = 403
"""What S3 says to an address whose time is over."""


@dataclass(frozen=True)
class Piece:
    """Where a part lies in its file."""

    number: int
    start: int
    length: int


def pieces(size_bytes: int, part_size_bytes: int) -> list[Piece]:
    """All parts of a file, in order."""
    starts = range(0, size_bytes, part_size_bytes)
    return [Piece(n, start, min(part_size_bytes, size_bytes - start)) for n, start in enumerate(starts, 1)]


def stored(upload: Upload, size_bytes: int) -> dict[int, str]:
    """Number -> ETag of the parts that the store holds whole."""
    lengths = {piece.number: piece.length for piece in pieces(size_bytes, upload.part_size_bytes)}
    return {part.number: part.etag for part in upload.stored_parts if lengths.get(part.number) == part.size_bytes}


class PartSender:
    """Sends the parts of one file."""

    def __init__(
        self,
        source: Source,
        upload: Upload,
        etags: dict[int, str],
        *,
        renew: Callable[[], Awaitable[Upload]],
        sent: Callable[[int], None],
        patience: Patience,
    ) -> None:
        """
        Args:
            etags: of the parts that are stored already, by number.
            renew: the upload with fresh addresses.
            sent: is told how many bytes more (or, when a part has to be sent again, fewer) are under way.
        """
        self.etags = dict(etags)
        """Of the parts that are stored, by number."""
        self._source = source
        self._renew = renew
        self._sent = sent
        self._patience = patience
        self._addresses = {part.number: part for part in upload.parts}
        self._pieces = pieces(source.size_bytes, upload.part_size_bytes)
        self._renewing = asyncio.Lock()

    @property
    def count(self) -> int:
        """Parts of the file."""
        return len(self._pieces)

    async def send_missing(self) -> None:
        """Every part is stored.

        Raises:
            FileProblem: the file cannot be read, or changed.
            Unreachable: the object storage is away for longer than anybody waits.
            UploadGone: it has expired or was aborted.
        """
        missing = iter([piece for piece in self._pieces if piece.number not in self.etags])
        limits = httpx.Limits(max_connections=AT_A_TIME)
        async with httpx.AsyncClient(timeout=httpx.Timeout(120, connect=10), limits=limits) as storage:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(AT_A_TIME):
                        group.create_task(self._send_each(storage, missing))
            except BaseExceptionGroup as several:
                # The first that failed ended the others.
                raise _first(several) from several

    async def _send_each(self, storage: httpx.AsyncClient, missing: Iterable[Piece]) -> None:
        for piece in missing:
            self.etags[piece.number] = await self._send(storage, piece)

    async def _send(self, storage: httpx.AsyncClient, piece: Piece) -> str:
        waits = self._patience.waits()
        renewed = False
        while True:
            part = self._addresses[piece.number]
            under_way = _UnderWay(self._sent)
            try:
                answer = await self._put(storage, part, piece, under_way)
            except httpx.RequestError as failed:
                problem = reason(failed)
            else:
                if answer.is_success and answer.headers.get("ETag"):
                    return str(answer.headers["ETag"]).strip('"')
                if answer.status_code == _GONE:
                    raise UploadGone(
                        "The upload is no longer there: it expired or was aborted.", hint="Run the command again to start anew."
                    )
                if answer.status_code == _NOT_ALLOWED and not renewed:
                    renewed = True
                    under_way.lost()
                    await self._renew_addresses(part)
                    continue
                problem = f"it answers HTTP {answer.status_code}"
                if answer.status_code < 500 and answer.status_code != 429:
                    raise ClientError(f"The object storage at {_host(part.url)} does not take the file: {problem}.")
            under_way.lost()
            wait = next(waits, None)
            if wait is None:
                raise Unreachable(
                    f"The object storage at {_host(part.url)} cannot be reached: {problem}.",
                    hint="Run the same command again when it can; what is stored already is not sent again.",
                )
            await asyncio.sleep(wait)

    async def _put(self, storage: httpx.AsyncClient, part: UploadPart, piece: Piece, under_way: "_UnderWay") -> httpx.Response:
        headers = {header["name"]: header["value"] for header in part.headers}
        # With its length told, the body is sent as it is read, and not in chunks, which S3 does not take.
        headers |= {"Content-Length": str(piece.length), "Content-Type": "application/octet-stream"}
        return await storage.put(part.url, headers=headers, content=self._body(piece, under_way))

    async def _body(self, piece: Piece, under_way: "_UnderWay") -> AsyncIterator[bytes]:
        async for chunk in self._source.pieces(piece.start, piece.length):
            yield chunk
            under_way.more(len(chunk))

    async def _renew_addresses(self, old: UploadPart) -> None:
        """The addresses are fresh; once for all parts that found theirs too old at the same time."""
        async with self._renewing:
            if self._addresses[old.number] is old:
                self._addresses = {part.number: part for part in (await self._renew()).parts}


class _UnderWay:
    """Bytes of one attempt."""

    def __init__(self, sent: Callable[[int], None]) -> None:
        self._sent = sent
        self._bytes = 0

    def more(self, count: int) -> None:
        self._bytes += count
        self._sent(count)

    def lost(self) -> None:
        """What was sent has to be sent again."""
        self._sent(-self._bytes)
        self._bytes = 0


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _host(url: str) -> str:
    return urlsplit(url).netloc
