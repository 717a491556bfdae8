"""How far a version is, as it happens: pushed over a WebSocket, asked for where none can be had."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from pydantic import ValidationError
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from app.cli.client import documents
from app.cli.client.answers import FoundState, VersionState
from app.cli.client.api import Api
from app.cli.client.errors import ClientError

POLL_SECONDS = 1.0
"""Without a WebSocket."""
QUIET_SECONDS = 15.0
"""With one: after so long without a word it is asked, for a connection may be dead without anybody knowing."""
_RECONNECT_SECONDS = 5.0


class Watch:
    """One version until it ends."""

    def __init__(
        self,
        api: Api,
        dataset_id: str,
        version_id: str,
        *,
        poll_seconds: float = POLL_SECONDS,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        self._api = api
        self._dataset_id = dataset_id
        self._version_id = version_id
        self._states: asyncio.Queue[VersionState | None] = asyncio.Queue()
        """None: the subscription has just begun; what happened before it has to be asked for."""
        self._poll_seconds = poll_seconds
        self._quiet_seconds = quiet_seconds
        self._live = False

    @property
    def live(self) -> bool:
        """Whether states are pushed."""
        return self._live

    async def states(self) -> AsyncIterator[VersionState]:
        """The state now, then each that is seen, until the version has ended; that one is the last.

        Raises:
            Unreachable, Unauthenticated, Refused: the server does not answer for longer than anybody waits.
            ClientError: the version is not there any more.
        """
        listening = asyncio.create_task(self._listen())
        try:
            state = await self._ask()
            yield state
            while not state.ended:
                pushed = await self._next()
                state = pushed if pushed is not None else await self._ask()
                yield state
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _next(self) -> VersionState | None:
        """What was pushed; None when it is time to ask."""
        try:
            return await asyncio.wait_for(self._states.get(), self._quiet_seconds if self._live else self._poll_seconds)
        except TimeoutError:
            return None

    async def _ask(self) -> VersionState:
        found = (await self._api.query(documents.VERSION_STATE, FoundState, id=self._version_id)).dataset_version
        if found is None:
            raise ClientError("The version is no longer there: its dataset was deleted, or is hidden from you.", code="NOT_FOUND")
        return found

    async def _listen(self) -> None:
        while True:
            # Whatever is wrong with the push, the states are asked for: the errors of those questions are the ones to tell.
            with contextlib.suppress(OSError, TimeoutError, WebSocketException, ValueError, ImportError):
                await self._subscribe()
            self._live = False
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _subscribe(self) -> None:
        """Until the connection ends: graphql-transport-ws."""
        address = "ws" + self._api.url.removeprefix("http") + "/graphql"
        async with connect(
            address, subprotocols=[Subprotocol("graphql-transport-ws")], open_timeout=5, close_timeout=1
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": self._api.authorization}}))
            async for text in socket:
                message = json.loads(text)
                match message:
                    case {"type": "connection_ack"}:
                        payload = {"query": documents.STATUS_CHANGED, "variables": {"datasetId": self._dataset_id}}
                        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                    case {"type": "next", "payload": {"data": {"datasetStatusChanged": {"version": version}}}}:
                        self._pushed(version)
                    case {"type": "ping"}:
                        await socket.send(json.dumps({"type": "pong"}))
                    case {"type": "error" | "complete"}:
                        return

    def _pushed(self, version: object) -> None:
        if not self._live:
            # The first event is the dataset's state when the subscription began, perhaps of another version.
            self._live = True
            self._states.put_nowait(None)
            return
        with contextlib.suppress(ValidationError):
            state = VersionState.model_validate(version)
            if state.id == self._version_id:
                self._states.put_nowait(state)
