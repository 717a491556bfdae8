"""The executable schema: nouns and verbs put together."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from app.api.admission import Admission
from app.api.masking import Masking
from app.resolvers.accounts import AccountsMutation, AccountsQuery
from app.resolvers.datasets import DatasetsMutation, DatasetsQuery
from app.resolvers.search import SearchQuery
from app.resolvers.status import StatusSubscription
from app.resolvers.uploads import UploadsMutation, UploadsQuery
from app.resolvers.versions import VersionsQuery
from app.schema.accounts import User
from app.schema.scalars import SCALARS


@strawberry.type(description="Reading.")
class Query(AccountsQuery, DatasetsQuery, VersionsQuery, UploadsQuery, SearchQuery):
    pass


@strawberry.type(description="Changing. Each field is one transaction, committed before it answers.")
class Mutation(AccountsMutation, DatasetsMutation, UploadsMutation):
    pass


@strawberry.type(description="Watching, over graphql-transport-ws on the same path.")
class Subscription(StatusSubscription):
    pass


def make_schema(*, introspection: bool = True) -> strawberry.Schema:
    """The schema.

    Args:
        introspection: False also strips 'Did you mean' from errors.
    """
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[User],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not introspection),
        extensions=[lambda: Admission(introspection=introspection), Masking],
    )
