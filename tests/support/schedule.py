"""Which tests run side by side, when several processes share them: `pytest -n 2 --dist loadfile`."""

from collections.abc import Sequence

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/faults", "tests/audit", "tests/limits", "tests/loaders", "tests/search", "tests/demo")
"""Folders whose tests share what is expensive to make and used nowhere else: engines, a system, a large database."""

LONGEST_FIRST = (
    "tests/faults", "tests/access/test_forgotten.py", "tests/embedded/test_up.py", "tests/access/test_matrix_mutations.py", "tests/cli/test_resuming.py",
    "tests/demo", "tests/accounts/test_signing_keys.py", "tests/badinput/test_large.py", "tests/badinput/test_limits.py",
    "tests/embedded/test_engines.py", "tests/search", "tests/audit", "tests/formats",
)  # fmt: skip
"""What is begun early, so that no process is left alone with it at the end; the rest follows by the number of tests."""


def piece(test_id: str) -> str:
    """The folder or the file whose tests run in one process, one after the other."""
    file = test_id.split("::", 1)[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def order(test_ids: Sequence[str]) -> list[str]:
    """The tests, piece by piece, in the order in which pieces are begun."""
    pieces: dict[str, list[str]] = {}
    for test_id in test_ids:
        pieces.setdefault(piece(test_id), []).append(test_id)

    def place(name: str) -> tuple[int, int]:
        first = next((n for n, start in enumerate(LONGEST_FIRST) if name.startswith(start)), len(LONGEST_FIRST))
        return first, -len(pieces[name])

    return [test_id for name in sorted(pieces, key=place) for test_id in pieces[name]]


class Pieces(LoadFileScheduling):  # type: ignore[misc]
    """As `--dist loadfile`, in `order`."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return piece(nodeid)
