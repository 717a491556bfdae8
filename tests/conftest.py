"""The real engines, started once for all tests."""

from collections.abc import Iterator

import pytest

from app.embedded.engines import Engines, start_engines


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """PostgreSQL, Valkey and the S3 server, empty, each with its own password, on free ports."""
    running = start_engines(tmp_path_factory.mktemp("engines"))
    yield running
    # Its orderly stop takes a second, and what it stored is thrown away.
    if "seaweedfs" in running.supervised:
        running.supervised["seaweedfs"].kill()
    running.stop()
