"""Messages of the Arrow IPC format, file or stream, one at a time: enough of its flatbuffers to bound what is unpacked.

A file holds the messages of a stream between two magic words, before a footer that says where they lie.
Source: Arrow Columnar Format 1.5, "Encapsulated message format"; flatbuffers Message, RecordBatch, DictionaryBatch, Footer.
"""

import os
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


def stream_messages(file: BinaryIO, *, max_body_bytes: int) -> Iterator[Message]:
    """The messages from the file's position to the end of the stream, which need not be marked.

    Raises:
        Cut, Damaged.
        MemoryError: a message is larger than `max_body_bytes`.
    """
    while prefix := file.read(4):
        message = _next(file, prefix, max_body_bytes)
        yield message
        if message.kind == Kind.END:
            return


def file_messages(file: BinaryIO, *, max_body_bytes: int) -> Iterator[Message]:
    """The messages that the footer of a file lists: its schema, its dictionaries, its batches, and the end.

    By the footer, because some writers put the schema at the file's beginning in a form of their own.

    Raises: as `stream_messages`.
    """
    tail_bytes = 4 + len(FILE_MAGIC)
    size = file.seek(0, os.SEEK_END)
    file.seek(size - tail_bytes)
    length = int.from_bytes(_exactly(file, 4), "little")
    if length > min(size - tail_bytes, _MAX_METADATA_BYTES):
        raise Damaged
    file.seek(size - tail_bytes - length)
    content = _exactly(file, length)
    try:
        footer = _Table.root(content)
        yield Message(Kind.SCHEMA, _schema_message(footer))
        blocks = [*footer.blocks(2), *footer.blocks(3)]
    except (struct.error, IndexError) as error:
        raise Damaged from error
    for offset in blocks:
        if not 0 < offset < size:
            raise Damaged
        file.seek(offset)
        yield _next(file, file.read(4), max_body_bytes)
    yield Message(Kind.END, END_OF_STREAM)


def _next(file: BinaryIO, prefix: bytes, max_body_bytes: int) -> Message:
    """The message that begins with `prefix`, its first four bytes."""
    if len(prefix) < 4:
        raise Cut
    head = prefix + _exactly(file, 4) if prefix == _CONTINUES else prefix
    size = int.from_bytes(head[-4:], "little")
    if size == 0:
        return Message(Kind.END, head)
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
        return _message(kind, head + metadata + body, message.table(2), body)
    except (struct.error, IndexError) as error:
        raise Damaged from error


def _schema_message(footer: "_Table") -> bytes:
    """The footer's schema as a message: a table that points into a copy of the footer, whose offsets are all relative."""
    table, copy = 16, 40
    target = copy + footer.table(1).position - (table + 8)
    metadata = struct.pack("<I6Hi", table, 12, 24, 4, 6, 8, 16, table - 4)
    metadata += struct.pack("<hBxI4xq", footer.number(0, "h"), Kind.SCHEMA, target, 0)
    metadata += footer.buffer
    metadata += bytes(-len(metadata) % 8)
    return _CONTINUES + struct.pack("<I", len(metadata)) + metadata


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

    def blocks(self, field: int) -> list[int]:
        """Offsets in the file of a vector of Block: offset, length of metadata, length of body."""
        if not self.has(field):
            return []
        start = self._target(field)
        count = struct.unpack_from("<I", self.buffer, start)[0]
        if count * 24 > len(self.buffer):
            raise Damaged
        return [int(struct.unpack_from("<q", self.buffer, start + 4 + 24 * index)[0]) for index in range(count)]

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
