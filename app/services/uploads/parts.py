"""The parts of an upload: those that client, store and declaration agree on are joined to one object."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.adapters.storage import PartsRefused, Storage, StoredPart
from app.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from app.core.phrases import say
from app.core.rows import AnyRow

MAX_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class ClaimedPart:
    """A part as the client says it was stored. `etag` with or without quotes."""

    number: int
    etag: str


async def join(upload: AnyRow, claimed: Sequence[ClaimedPart], storage: Storage) -> str:
    """The finished object's ETag, whoever joined its parts."""
    refusal: Exception | None = None
    try:
        stored = await storage.list_parts(upload.object_key, upload.storage_upload_id)
        agreed = check(claimed, stored, size_bytes=upload.size_bytes, part_size=upload.part_size_bytes, count=upload.part_count)
        await storage.complete_multipart(upload.object_key, upload.storage_upload_id, agreed)
    except (NotFound, InvalidInput, PartsRefused) as error:
        # An earlier call came so far and no further, or one at the same time is faster: while the store removes what
        # it has joined, it lists some of the parts, or none.
        refusal = error
    found = await storage.find(upload.object_key)
    if found is not None:
        if found.size_bytes != upload.size_bytes:
            raise Unavailable(say("PARTS_SUM", "The object store reports another size than the sum of the parts."))
        return found.etag
    if isinstance(refusal, InvalidInput):
        raise refusal
    if isinstance(refusal, PartsRefused):
        raise InvalidInput(
            say("PARTS_REFUSED", "The object store refuses these parts. Upload them again."), path=("parts",)
        ) from refusal
    raise Conflict(say("PARTS_GONE", "The parts of this upload are no longer there. Start a new upload.")) from refusal


def check(
    claimed: Sequence[ClaimedPart], stored: Sequence[StoredPart], *, size_bytes: int, part_size: int, count: int
) -> list[StoredPart]:
    """The parts to join, by number, when the client's list, the store's list and the declaration say the same.

    Args:
        stored: some stores list a part that was sent twice twice; the client's ETag says which one is meant.

    Raises:
        InvalidInput: naming the first part that differs.
    """
    numbers = [part.number for part in claimed]
    doubled = sorted({number for number in numbers if numbers.count(number) > 1}) if len(numbers) <= MAX_PARTS else [0]
    if doubled:
        raise InvalidInput(say("PART_TWICE", "Part {number} is listed twice.", number=doubled[0]), path=("parts",))
    missing = sorted(set(range(1, count + 1)) - set(numbers))
    if missing:
        raise InvalidInput(
            say(
                "PART_NOT_LISTED",
                "Part {number} of {count} is not listed. Upload it, then complete again.",
                number=missing[0],
                count=count,
            ),
            path=("parts",),
        )
    if len(numbers) > count:
        raise InvalidInput(
            say("PARTS_COUNT", "This upload has {count} parts; {listed} are listed.", count=count, listed=len(numbers)),
            path=("parts",),
        )
    newest = {part.number: part for part in stored}
    exact = {(part.number, part.etag): part for part in stored}
    chosen: list[StoredPart] = []
    for position, part in enumerate(claimed):
        found = exact.get((part.number, part.etag.strip('"'))) or newest.get(part.number)
        if found is None:
            raise InvalidInput(
                say("PART_NOT_THERE", "Part {number} did not arrive. Upload it again.", number=part.number),
                path=("parts", str(position)),
            )
        if part.etag.strip('"') != found.etag:
            message = say(
                "PART_ETAG", "The ETag of part {number} is not that of the stored part. Upload it again.", number=part.number
            )
            raise InvalidInput(message, path=("parts", str(position), "etag"))
        expected = part_size if part.number < count else size_bytes - part_size * (count - 1)
        if found.size_bytes != expected:
            message = say(
                "PART_SIZE",
                "Part {number} has {size_bytes:,} bytes where {expected:,} were declared. Upload it again.",
                number=part.number,
                size_bytes=found.size_bytes,
                expected=expected,
            )
            raise InvalidInput(message, path=("parts", str(position)))
        chosen.append(found)
    extra = sorted(set(newest) - set(numbers))
    if extra:
        raise InvalidInput(
            say(
                "PART_NEVER_ASKED",
                "The store holds a part {number} that was never asked for. Start a new upload.",
                number=extra[0],
            ),
            path=("parts",),
        )
    return sorted(chosen, key=lambda part: part.number)
