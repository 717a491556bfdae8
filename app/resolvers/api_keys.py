"""API keys of the account that asks."""

from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.viewer import Viewer
from app.models.accounts import ApiKeyScope as ScopeModel
from app.resolvers.answers import answer
from app.schema.api_keys import ApiKey, CreateApiKeyInput, CreateApiKeyPayload, RevokeApiKeyInput, RevokeApiKeyPayload
from app.schema.base import Info, in_utc
from app.schema.ids import from_id
from app.services.accounts import api_keys


@strawberry.type
class ApiKeysQuery:
    @strawberry.field(description="Your API keys that have not ended, newest first; at most 50.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        async with info.context.read() as connection:
            return [ApiKey.of(row) for row in await api_keys.list_own(connection, info.context.viewer)]


@strawberry.type
class ApiKeysMutation:
    @strawberry.mutation(description="A key for a program that acts for you. Needs a fresh proof of who you are (`stepUp`).")
    async def create_api_key(
        self, info: Info, input: Annotated[CreateApiKeyInput, strawberry.argument(description="The key.")]
    ) -> CreateApiKeyPayload:
        async def done() -> CreateApiKeyPayload:
            expires_at = in_utc(input.expires_at, "expiresAt")
            secrets: list[str] = []

            async def create(session: AsyncSession, viewer: Viewer) -> UUID:
                scopes = {ScopeModel(scope.name) for scope in input.scopes}
                made = await api_keys.create(session, viewer, name=input.name, scopes=scopes, expires_at=expires_at)
                secrets.append(made.secret)
                return made.id

            key_id = await info.context.write(create)
            async with info.context.read() as connection:
                row = await api_keys.get(connection, key_id)
            return CreateApiKeyPayload(api_key=ApiKey.of(row), secret=secrets[0] if secrets else None)

        return await answer(CreateApiKeyPayload, done())

    @strawberry.mutation(description="The key opens nothing any more, from now on. Administrators may revoke anybody's.")
    async def revoke_api_key(
        self, info: Info, input: Annotated[RevokeApiKeyInput, strawberry.argument(description="Which one.")]
    ) -> RevokeApiKeyPayload:
        async def done() -> RevokeApiKeyPayload:
            key_id = from_id(input.id, "ApiKey")
            await info.context.write(lambda session, viewer: api_keys.revoke(session, viewer, key_id))
            async with info.context.read() as connection:
                return RevokeApiKeyPayload(api_key=ApiKey.of(await api_keys.get(connection, key_id)))

        return await answer(RevokeApiKeyPayload, done())
