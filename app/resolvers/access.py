"""Who else may use a dataset, and what is said about its columns."""

from typing import Annotated

import strawberry

from app.models.datasets import AccessLevel as LevelModel
from app.resolvers.answers import answer
from app.schema.access import (
    AccessGrant,
    GrantAccessInput,
    GrantAccessPayload,
    RevokeAccessInput,
    RevokeAccessPayload,
    TransferOwnershipInput,
)
from app.schema.base import Info, in_utc, optional
from app.schema.dataset_inputs import DatasetPayload
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.profiles import SchemaField, SchemaFieldPayload, UpdateSchemaFieldInput
from app.services.access import grants
from app.services.datasets import datasets, fields


@strawberry.type
class AccessMutation:
    @strawberry.mutation(description="Gives a user or a team a level on a dataset. Needs MANAGE.")
    async def grant_access(
        self, info: Info, input: Annotated[GrantAccessInput, strawberry.argument(description="Who gets what.")]
    ) -> GrantAccessPayload:
        async def done() -> GrantAccessPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            holder = grants.Holder(
                user_id=None if input.user_id is None else from_id(input.user_id, "User", "userId"),
                team_id=None if input.team_id is None else from_id(input.team_id, "Team", "teamId"),
            )
            level, expires_at = LevelModel(input.level.name), in_utc(input.expires_at, "expiresAt")
            grant_id = await info.context.write(
                lambda session, viewer: grants.grant(
                    session, viewer, dataset_id, holder=holder, level=level, expires_at=expires_at
                )
            )
            async with info.context.read() as connection:
                row = await grants.find(connection, info.context.viewer, grant_id)
            return GrantAccessPayload(grant=optional(AccessGrant.of, row))

        return await answer(GrantAccessPayload, done())

    @strawberry.mutation(description="Takes a grant away. Needs MANAGE.")
    async def revoke_access(
        self, info: Info, input: Annotated[RevokeAccessInput, strawberry.argument(description="The grant.")]
    ) -> RevokeAccessPayload:
        async def done() -> RevokeAccessPayload:
            grant_id = from_id(input.grant_id, "AccessGrant", "grantId")
            await info.context.write(lambda session, viewer: grants.revoke(session, viewer, grant_id))
            return RevokeAccessPayload(revoked_id=to_id("AccessGrant", grant_id))

        return await answer(RevokeAccessPayload, done())

    @strawberry.mutation(description="Gives the dataset another owner. Only for its owner and administrators.")
    async def transfer_ownership(
        self, info: Info, input: Annotated[TransferOwnershipInput, strawberry.argument(description="The new owner.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            user_id = from_id(input.user_id, "User", "userId")
            await info.context.write(lambda session, viewer: grants.transfer(session, viewer, dataset_id, user_id=user_id))
            # Who has given away a restricted dataset may no longer see it.
            async with info.context.read() as connection:
                row = await datasets.find(connection, info.context.viewer, dataset_id)
            return DatasetPayload(dataset=optional(Dataset.of, row))

        return await answer(DatasetPayload, done())

    @strawberry.mutation(
        description="Describes a column, in every version of the dataset that has it. Needs WRITE; MANAGE to show the values of a "
        "sensitive column to everybody again."
    )
    async def update_schema_field(
        self, info: Info, input: Annotated[UpdateSchemaFieldInput, strawberry.argument(description="The changes.")]
    ) -> SchemaFieldPayload:
        async def done() -> SchemaFieldPayload:
            version_id = from_id(input.version_id, "DatasetVersion", "versionId")
            changes = fields.Changes(
                description=input.description, tags=input.tags, sensitive=input.sensitive, semantic_type=input.semantic_type
            )
            await info.context.write(
                lambda session, viewer: fields.update(session, viewer, version_id, input.field_path, changes)
            )
            rows = await info.context.loaders.schema_fields_by_version.load(version_id)
            row = next((row for row in rows if row.field_path == input.field_path), None)
            return SchemaFieldPayload(schema_field=optional(SchemaField.of, row))

        return await answer(SchemaFieldPayload, done())
