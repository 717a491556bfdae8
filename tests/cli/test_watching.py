"""Live status of a version: pushed, or asked for where nothing can be pushed."""

import asyncio

from app.cli.client.answers import VersionState
from app.cli.client.api import Api, Password
from app.cli.client.watch import Watch
from tests.cli.conftest import Gated
from tests.support.client import COMPLETE, Client
from tests.support.system import EMAIL, PASSWORD, until

CSV = b"id,name\n1,one\n2,two\n"
HOUR = 3_600.0


async def _waiting(client: Client, name: str) -> tuple[str, str, dict[str, object]]:
    """Dataset, version, and what completes its upload."""
    dataset_id = await client.create(name)
    started = await client.start(dataset_id, CSV)
    parts = await client.put(started["upload"], CSV)
    return dataset_id, started["version"]["id"], {"uploadId": started["upload"]["id"], "parts": parts}


async def test_states_are_pushed_in_their_order(gated: Gated, gated_admin: Client) -> None:
    dataset_id, version_id, complete = await _waiting(gated_admin, "Pushed")
    seen: list[VersionState] = []
    async with Api(gated.api.url, Password(EMAIL, PASSWORD)) as api:
        # It never asks by itself: what is seen after the first two answers was pushed.
        watch = Watch(api, dataset_id, version_id, poll_seconds=HOUR, quiet_seconds=HOUR)
        following = asyncio.create_task(_collect(watch, seen))
        await until(lambda: watch.live and len(seen) == 2, "the subscription")
        await gated_admin.mutate(COMPLETE, **complete)
        await asyncio.wait_for(following, 180)
    steps = list(dict.fromkeys((state.status, state.stage) for state in seen))
    assert steps[:3] == [("AWAITING_UPLOAD", None), ("QUEUED", None), ("PROCESSING", "DOWNLOADING")]
    assert steps[-1] == ("READY", None)
    assert gated.api.passed.count("VersionState") == 2


async def test_states_are_asked_for_where_no_websocket_passes(gated: Gated, gated_admin: Client) -> None:
    dataset_id, version_id, complete = await _waiting(gated_admin, "Asked")
    gated.api.cut("socket")
    seen: list[VersionState] = []
    async with Api(gated.api.url, Password(EMAIL, PASSWORD)) as api:
        watch = Watch(api, dataset_id, version_id, poll_seconds=0.02)
        following = asyncio.create_task(_collect(watch, seen))
        await until(lambda: len(seen) >= 3, "three answers")
        await gated_admin.mutate(COMPLETE, **complete)
        await asyncio.wait_for(following, 180)
        assert not watch.live
    assert [state.status for state in seen[:3]] == ["AWAITING_UPLOAD"] * 3
    assert seen[-1].status == "READY"
    assert gated.api.passed.count("VersionState") == len(seen)


async def _collect(watch: Watch, seen: list[VersionState]) -> None:
    async for state in watch.states():
        seen.append(state)  # noqa: PERF401 (others look at the list meanwhile)
