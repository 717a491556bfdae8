"""What goes wrong on our side is said without what it was: no SQL, no address, no stack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from botocore.exceptions import ClientError
from graphql import GraphQLError
from httpx import HTTPError
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.adapters.search import make_index
from app.adapters.storage import S3Storage
from app.adapters.tables import S3TableReader
from app.api.masking import masked
from app.api.schema import make_schema
from app.context import Context, Resources
from app.core.db import Database
from app.core.errors import Conflict, Unavailable
from app.core.ids import uuid7
from app.core.security import TokenSigner
from app.core.settings import Settings
from app.core.viewer import Role, Viewer
from app.embedded.engines import Engines
from app.services.audit import Origin
from app.services.live import StatusHub
from app.services.notifications.live import InboxHub
from app.services.rate_limits import RateLimits
from tests.support.engines import create_database
from tests.support.phrases import plain
from tests.support.system import free_port

SCHEMA = make_schema()
VIEWER = Viewer(uuid7(), "somebody@example.com", "Somebody", Role.ADMIN)
OPERATIONS = [
    "{ datasets(first: 1) { edges { cursor } } }",
    '{ datasetBySlug(slug: "a") { id } }',
    '{ dataset(id: "dAAAAAAAAAAAAAAAAAAAAAA") { id } }',
    '{ datasetVersion(id: "vAAAAAAAAAAAAAAAAAAAAAA") { id } }',
    '{ upload(id: "pAAAAAAAAAAAAAAAAAAAAAA") { id } }',
    '{ searchDatasets(query: "a", first: 1) { totalCount } }',
]
MUTATIONS = [
    'mutation { createDataset(input: {name: "a"}) { errors { code message } } }',
    'mutation { deleteDataset(input: {id: "dAAAAAAAAAAAAAAAAAAAAAA"}) { errors { code message } } }',
    'mutation { abortUpload(input: {uploadId: "pAAAAAAAAAAAAAAAAAAAAAA"}) { errors { code message } } }',
]


@asynccontextmanager
async def context(engines: Engines, database_url: str) -> AsyncIterator[Context]:
    """An operation on a database of one's choice."""
    settings = Settings(profile="test", database_url=SecretStr(database_url))
    db, redis = Database(settings, application_name="masking-tests"), Redis.from_url(engines.redis_url)
    resources = Resources(
        settings,
        db,
        S3Storage(settings),
        S3TableReader(settings),
        make_index(db),
        TokenSigner(settings),
        StatusHub(db, redis),
        RateLimits(settings),
        redis,
        InboxHub(db),
    )
    yield Context(resources, VIEWER, origin=Origin(None, "request-1"))
    await redis.aclose()
    await db.close()


@pytest.fixture(scope="session")
async def empty_database(engines: Engines) -> str:
    """A database without a single table: every statement fails."""
    return await create_database(engines, "without_tables")


@pytest.mark.parametrize("operation", OPERATIONS + MUTATIONS)
async def test_a_failing_statement_is_told_by_the_id_of_its_request_alone(
    engines: Engines, empty_database: str, operation: str
) -> None:
    async with context(engines, empty_database) as broken:
        result = await SCHEMA.execute(operation, context_value=broken)
    assert result.errors is not None
    (error,) = result.errors
    assert error.message == "Something went wrong on our side. Give the request id when you report it."
    assert plain(error.extensions or {}) == {"code": "INTERNAL", "requestId": "request-1"}
    assert error.original_error is None


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_database_that_is_away_is_unavailable(engines: Engines, operation: str) -> None:
    url = f"postgresql+asyncpg://canary:canary@127.0.0.1:{free_port()}/canary"
    async with context(engines, url) as away:
        result = await SCHEMA.execute(operation, context_value=away)
    assert result.errors is not None
    (error,) = result.errors
    assert error.message == "The database does not answer. Try again in a few seconds."
    assert plain(error.extensions or {}) == {"code": "UNAVAILABLE", "retryAfterSeconds": 5.0}


@pytest.mark.parametrize("operation", MUTATIONS)
async def test_a_mutation_says_so_in_its_payload(engines: Engines, operation: str) -> None:
    url = f"postgresql+asyncpg://canary:canary@127.0.0.1:{free_port()}/canary"
    async with context(engines, url) as away:
        result = await SCHEMA.execute(operation, context_value=away)
    assert result.errors is None
    assert result.data is not None
    (payload,) = result.data.values()
    assert payload["errors"] == [{"code": "UNAVAILABLE", "message": "The database does not answer. Try again in a few seconds."}]


CANARY = "canary-7f3a"


@pytest.mark.parametrize(
    "original",
    [RuntimeError(CANARY), ValueError(CANARY), KeyError(CANARY), OSError(2, CANARY, CANARY), RecursionError(CANARY), AssertionError(CANARY),
     GraphQLError("wrapped", original_error=TypeError(CANARY)), TimeoutError(CANARY), UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
     AttributeError(CANARY), IndexError(CANARY), LookupError(CANARY), ZeroDivisionError(CANARY), OverflowError(CANARY), MemoryError(CANARY),
     NotImplementedError(CANARY), ImportError(CANARY), StopAsyncIteration(CANARY), EOFError(CANARY), ConnectionError(CANARY),
     PermissionError(13, CANARY, CANARY), FileNotFoundError(2, CANARY, CANARY), BrokenPipeError(CANARY), ExceptionGroup(CANARY, [ValueError(CANARY)]),
     asyncpg.UniqueViolationError(CANARY), asyncpg.UndefinedTableError(CANARY), ProgrammingError(CANARY, {"secret": CANARY}, Exception(CANARY)),
     IntegrityError(CANARY, {"secret": CANARY}, Exception(CANARY)), RedisError(CANARY), ClientError({"Error": {"Code": CANARY, "Message": CANARY}}, CANARY),
     HTTPError(CANARY)],
)  # fmt: skip
def test_nothing_of_an_unknown_error_is_told(original: Exception) -> None:
    error = masked(GraphQLError(str(original), original_error=original), "request-2")
    assert CANARY not in str(error.formatted)
    assert plain(error.extensions or {}) == {"code": "INTERNAL", "requestId": "request-2"}


def test_coded_errors_are_told_as_they_are() -> None:
    conflict = masked(GraphQLError("x", original_error=Conflict("It has moved.", path=("a", "b"))), "request-3")
    assert (conflict.message, conflict.extensions) == ("It has moved.", {"code": "CONFLICT", "path": ["a", "b"]})
    away = masked(GraphQLError("x", original_error=Unavailable("Away.", retry_after_seconds=2.5)), "request-3")
    assert (away.message, away.extensions) == ("Away.", {"code": "UNAVAILABLE", "retryAfterSeconds": 2.5})
    asked = masked(GraphQLError("Cannot query field 'x' on type 'Query'."), "request-3")
    assert (asked.message, asked.extensions) == ("Cannot query field 'x' on type 'Query'.", {"code": "BAD_REQUEST"})
