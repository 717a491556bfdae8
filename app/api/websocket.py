"""GET /graphql as a WebSocket: subscriptions over graphql-transport-ws."""

from datetime import timedelta

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from app.api.authentication import identify
from app.context import Context, Resources
from app.core.ids import uuid7
from app.services.audit import Origin

INIT_SECONDS = 5
OPERATIONS_PER_SOCKET = 20


class SubscriptionEndpoint(GraphQL[Context, None]):
    """Strawberry's handler of the protocol, with our viewer. The token comes in `connection_init`, never in the address."""

    def __init__(self, schema: strawberry.Schema, resources: Resources):
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=OPERATIONS_PER_SOCKET,
            allowed_origins=resources.settings.allowed_origins,
        )
        self._resources = resources

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """A context without a viewer until the client has introduced itself."""
        host = request.client.host if request.client else None
        return Context(resources=self._resources, viewer_or_none=None, origin=Origin(host, str(uuid7())))

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Reads `authorization` of the connection's parameters.

        Raises:
            ConnectionRejectionError: no valid token; the socket closes with 4403.
        """
        params = context.connection_params or {}
        authorization = params.get("authorization") or params.get("Authorization")
        identity = await identify(self._resources, authorization if isinstance(authorization, str) else None)
        if identity.viewer is None:
            raise ConnectionRejectionError
        context.viewer_or_none, context.session_id = identity.viewer, identity.session_id
        return UNSET
