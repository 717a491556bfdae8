"""Which parts are joined to an object: those that client, store and declaration agree on."""

import itertools

import pytest

from app.adapters.storage import StoredPart
from app.core.errors import InvalidInput
from app.services.uploads.parts import MAX_PARTS, ClaimedPart, check
from app.services.uploads.uploads import part_size_bytes

MIB = 1 << 20
STORED = [StoredPart(1, "a", 10), StoredPart(2, "b", 10), StoredPart(3, "c", 5)]
DECLARED = {"size_bytes": 25, "part_size": 10, "count": 3}


def claimed(*parts: tuple[int, str]) -> list[ClaimedPart]:
    return [ClaimedPart(number, etag) for number, etag in parts]


def test_parts_are_joined_by_number_in_whatever_order_they_are_listed() -> None:
    for order in itertools.permutations([(1, "a"), (2, '"b"'), (3, "c")]):
        assert check(claimed(*order), STORED, **DECLARED) == STORED


def test_of_a_part_that_was_sent_twice_the_claimed_one_is_joined() -> None:
    for twice in ([StoredPart(2, "x", 10), StoredPart(2, "b", 10)], [StoredPart(2, "b", 10), StoredPart(2, "x", 10)]):
        stored = [STORED[0], *twice, STORED[2]]
        assert check(claimed((1, "a"), (2, "b"), (3, "c")), stored, **DECLARED) == STORED


@pytest.mark.parametrize(
    ("listed", "stored", "message", "path"),
    [
        ([], STORED, "Part 1 of 3 is not listed. Upload it, then complete again.", ("parts",)),
        ([(1, "a"), (3, "c")], STORED, "Part 2 of 3 is not listed. Upload it, then complete again.", ("parts",)),
        ([(1, "a"), (2, "b"), (2, "b"), (3, "c")], STORED, "Part 2 is listed twice.", ("parts",)),
        ([(1, "a"), (2, "b"), (3, "c"), (4, "d")], STORED, "This upload has 3 parts; 4 are listed.", ("parts",)),
        ([(1, "a"), (2, "b"), (3, "c")], STORED[:2], "Part 3 did not arrive. Upload it again.", ("parts", "2")),
        (
            [(1, "a"), (2, "x"), (3, "c")], STORED,
            "The ETag of part 2 is not that of the stored part. Upload it again.", ("parts", "1", "etag"),
        ),
        (
            [(1, "a"), (2, "b"), (3, "c")], [*STORED[:2], StoredPart(3, "c", 6)],
            "Part 3 has 6 bytes where 5 were declared. Upload it again.", ("parts", "2"),
        ),
        (
            [(3, "c"), (1, "a"), (2, "b")], [StoredPart(1, "a", 9), *STORED[1:]],
            "Part 1 has 9 bytes where 10 were declared. Upload it again.", ("parts", "1"),
        ),
        (
            [(1, "a"), (2, "b"), (3, "c")], [*STORED, StoredPart(4, "d", 1)],
            "The store holds a part 4 that was never asked for. Start a new upload.", ("parts",),
        ),
    ],
)  # fmt: skip
def test_the_first_part_that_differs_is_named(
    listed: list[tuple[int, str]], stored: list[StoredPart], message: str, path: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(claimed(*listed), stored, **DECLARED)
    assert (refused.value.message, refused.value.path) == (message, path)


@pytest.mark.parametrize(
    ("size", "part"),
    [
        (1, 16 * MIB), (16 * MIB, 16 * MIB), (16_000 * MIB, 16 * MIB), (16_000 * MIB + 1, 17 * MIB),
        (1_000 * (5 << 30), 5 << 30), (1_000 * (5 << 30) - 1, 5 << 30),
    ],
)  # fmt: skip
def test_a_file_of_any_size_has_at_most_1000_parts_of_whole_mib(size: int, part: int) -> None:
    assert part_size_bytes(size, 16 * MIB) == part
    assert -(-size // part) <= MAX_PARTS
