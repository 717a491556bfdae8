"""The executable schema: nouns and verbs put together."""

from collections.abc import Iterable
from dataclasses import replace

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from app.api import bounds
from app.api.admission import Admission, Charging
from app.api.documents import REMEMBERED_BYTES, REMEMBERED_BYTES_ANONYMOUS, Remembered
from app.api.masking import Masking
from app.api.trusted import TrustedDocuments
from app.context import Context
from app.resolvers.access import AccessMutation
from app.resolvers.accounts import AccountsMutation, AccountsQuery
from app.resolvers.administration import AdministrationMutation, AdministrationQuery
from app.resolvers.api_keys import ApiKeysMutation, ApiKeysQuery
from app.resolvers.audit import AuditQuery
from app.resolvers.check_schedules import CheckSchedulesMutation, CheckSchedulesQuery
from app.resolvers.datasets import DatasetsMutation, DatasetsQuery
from app.resolvers.incidents import IncidentsMutation, IncidentsQuery
from app.resolvers.links import LinksMutation
from app.resolvers.nodes import NodesQuery
from app.resolvers.notifications import NotificationsMutation, NotificationsQuery, NotificationsSubscription
from app.resolvers.quality import QualityMutation, QualityQuery
from app.resolvers.rule_sources import RuleSourcesMutation, RuleSourcesQuery
from app.resolvers.search import SearchQuery
from app.resolvers.second_factor import SecondFactorMutation
from app.resolvers.status import StatusSubscription
from app.resolvers.teams import TeamsMutation, TeamsQuery
from app.resolvers.uploads import UploadsMutation, UploadsQuery
from app.resolvers.users import UsersMutation, UsersQuery
from app.resolvers.versions import VersionsQuery
from app.schema.accounts import User
from app.schema.scalars import SCALARS


@strawberry.type(description="Reading.")
class Query(
    AccountsQuery,
    UsersQuery,
    TeamsQuery,
    ApiKeysQuery,
    DatasetsQuery,
    VersionsQuery,
    NodesQuery,
    UploadsQuery,
    SearchQuery,
    AuditQuery,
    AdministrationQuery,
    QualityQuery,
    IncidentsQuery,
    CheckSchedulesQuery,
    RuleSourcesQuery,
    NotificationsQuery,
):
    pass


@strawberry.type(description="Changing. Each field is one transaction, committed before it answers.")
class Mutation(
    AccountsMutation,
    SecondFactorMutation,
    LinksMutation,
    UsersMutation,
    TeamsMutation,
    ApiKeysMutation,
    AdministrationMutation,
    DatasetsMutation,
    AccessMutation,
    UploadsMutation,
    QualityMutation,
    IncidentsMutation,
    CheckSchedulesMutation,
    RuleSourcesMutation,
    NotificationsMutation,
):
    pass


@strawberry.type(description="Watching, over graphql-transport-ws on the same path.")
class Subscription(StatusSubscription, NotificationsSubscription):
    pass


class Schema(strawberry.Schema):
    """Strawberry's, which would log every refused request as an error; Masking logs what is one."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing."""

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, object] | None = None,
        context_value: object = None,
        root_value: object = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, object] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> StreamResult:
        """What a WebSocket runs: subscriptions only, each with a context, and so with loaders, of its own."""
        if isinstance(context_value, Context):
            context_value = replace(context_value)
        return await super().stream(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            operation_extensions,
            allowed_operation_types or (OperationType.SUBSCRIPTION,),
        )


def make_schema(*, introspection: bool = True, trusted: TrustedDocuments | None = None) -> strawberry.Schema:
    """The schema.

    Args:
        introspection: False also strips 'Did you mean' from errors.
        trusted: the only documents that are run for who has no API key; None: all.
    """
    remembered = Remembered(REMEMBERED_BYTES), Remembered(REMEMBERED_BYTES_ANONYMOUS)
    made = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[User],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not introspection),
        extensions=[
            lambda: Admission(introspection=introspection, trusted=trusted, remembered=remembered),
            Charging,
            lambda: Masking(suggestions=introspection),
        ],
    )
    bounds.enforce(made._schema)
    return made
