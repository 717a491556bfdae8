"""Row ids: UUID version 7 (RFC 9562), so that new rows land together at the right end of an index."""

import base64
import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, then 74 random bits.

    Made here and not by PostgreSQL: `uuidv7()` needs version 18, and managed databases run older ones.
    """
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def global_id(code: str, id: UUID) -> str:
    """The id of an object as the API has it: 23 URL-safe characters. `code` stands for its type (`app.schema.ids`)."""
    return code + base64.urlsafe_b64encode(id.bytes).decode()[:22]
