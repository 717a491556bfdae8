"""Messages of the Arrow IPC format, file or stream, one at a time: enough of its flatbuffers to bound what is unpacked.

A file is a stream between two magic words, followed by a footer that only repeats where its messages lie.
Source: Arrow Columnar Format 1.5, "Encapsulated message format"; flatbuffers Message, RecordBatch, DictionaryBatch.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

FILE_MAGIC = b"ARROW1"
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
_CONTINUES = b"\xff\xff\xff\xff"
_MAX_METADATA_BYTES = 64 << 20


class Kind(IntEnum):
    """What a message's header holds; END is the mark after the last."""

    END = 0

    SCHEMA = 1
    DICTIONARY = 2
    BATCH = 3


class Cut(Exception):
    """The file ends in the middle of a message."""


class Damaged(Exception):
    """What should be a message is none."""


@dataclass(frozen=True)
class Message:
    """A message as it stands in the file, and what its header says."""

    kind: int
    content: bytes
    rows: int = 0
    unpacked_bytes: int = 0
    dictionary_id: int = 0
    is_delta: bool = False


def messages(file: BinaryIO, *, max_body_bytes: int) -> Iterator[Message]:
    """The messages from the file's position to the end of the stream, which need not be marked.

    Raises:
        Cut, Damaged.
        MemoryError: a message is larger than `max_body_bytes`.
    """
    while prefix := file.read(4):
        head = prefix
        if prefix == _CONTINUES:
            head += _exactly(file, 4)
        size = int.from_bytes(head[-4:].ljust(4, b"\0"), "little")
        if len(prefix) < 4:
            raise Cut
        if size == 0:
            yield Message(Kind.END, head)
            return
        if size > _MAX_METADATA_BYTES:
            raise Damaged
        metadata = _exactly(file, size)
        try:
            message = _Table.root(metadata)
            kind, body_bytes = message.number(1, "B"), message.number(3, "q")
            if body_bytes < 0:
                raise Damaged
            if body_bytes > max_body_bytes:
                raise MemoryError
            body = _exactly(file, body_bytes)
            yield _message(kind, head + metadata + body, message.table(2), body)
        except (struct.error, IndexError) as error:
            raise Damaged from error


def _message(kind: int, content: bytes, header: "_Table", body: bytes) -> Message:
    if kind == Kind.BATCH:
        return Message(kind, content, rows=header.number(0, "q"), unpacked_bytes=_unpacked(header, body))
    if kind == Kind.DICTIONARY:
        batch = header.table(1)
        return Message(
            kind,
            content,
            unpacked_bytes=_unpacked(batch, body),
            dictionary_id=header.number(0, "q"),
            is_delta=bool(header.number(2, "B")),
        )
    return Message(kind, content)


def _unpacked(batch: "_Table", body: bytes) -> int:
    """Bytes of a batch once unpacked: a compressed buffer begins with its length, -1 where it was left as it is."""
    packed = batch.has(3)
    total = max(0, batch.number(0, "q"))
    for offset, length in batch.pairs(2):
        unpacked = int.from_bytes(body[offset : offset + 8], "little", signed=True) if packed and length >= 8 else -1
        total += unpacked if unpacked >= 0 else length
    return total


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise Cut
    return content


@dataclass(frozen=True)
class _Table:
    """A flatbuffers table."""

    buffer: bytes
    position: int

    @classmethod
    def root(cls, buffer: bytes) -> "_Table":
        return cls(buffer, struct.unpack_from("<I", buffer, 0)[0])

    def has(self, field: int) -> bool:
        return self._offset(field) != 0

    def number(self, field: int, code: str) -> int:
        """A scalar of the given struct code; 0, its default, where it is absent."""
        offset = self._offset(field)
        return int(struct.unpack_from(f"<{code}", self.buffer, self.position + offset)[0]) if offset else 0

    def table(self, field: int) -> "_Table":
        return _Table(self.buffer, self._target(field))

    def pairs(self, field: int) -> Iterator[tuple[int, int]]:
        """A vector of structs of two 64-bit integers."""
        if not self.has(field):
            return
        start = self._target(field)
        count = struct.unpack_from("<I", self.buffer, start)[0]
        if count * 16 > len(self.buffer):
            raise Damaged
        for index in range(count):
            offset, length = struct.unpack_from("<qq", self.buffer, start + 4 + 16 * index)
            yield offset, length

    def _target(self, field: int) -> int:
        offset = self._offset(field)
        if not offset:
            raise Damaged
        start = self.position + offset
        return start + int(struct.unpack_from("<I", self.buffer, start)[0])

    def _offset(self, field: int) -> int:
        vtable = self.position - struct.unpack_from("<i", self.buffer, self.position)[0]
        if vtable < 0:
            raise Damaged
        size = struct.unpack_from("<H", self.buffer, vtable)[0]
        slot = 4 + 2 * field
        return int(struct.unpack_from("<H", self.buffer, vtable + slot)[0]) if slot < size else 0
