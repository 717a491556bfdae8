"""What happens when somebody forgets a predicate or a decision: each of the program's is dropped in turn."""

import ast
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType

import orjson
import pytest
from redis.asyncio import Redis
from sqlalchemy import literal, select, text, update

from app.adapters.search import postgres, statements
from app.api.schema import make_schema
from app.core import guard
from app.core.db import Database
from app.core.guard import Undecided
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.viewer import Role, System, Viewer
from app.models import visibility
from app.models.accounts import User
from app.models.datasets import Dataset, DatasetTag, MetadataEntry
from app.models.uploads import Upload
from app.models.versions import DatasetVersion
from app.schema.ids import from_id, to_id
from app.services import access
from app.services.access import Level
from app.services.live import StatusHub
from tests.access.operations import ids, mutation, mutations, reads
from tests.access.world import CANARY, World

APP = Path(access.__file__).parents[1]
SCHEMA = make_schema()._schema


@dataclass(frozen=True)
class Site:
    """A call in the source."""

    path: Path
    first_line: int
    last_line: int

    def __str__(self) -> str:
        return f"{self.path.relative_to(APP)}:{self.first_line}"

    def is_in(self, frame: FrameType) -> bool:
        """Whether the frame is in this call."""
        return frame.f_code.co_filename == str(self.path) and self.first_line <= frame.f_lineno <= self.last_line


def sites(name: str) -> list[Site]:
    """Every call of `access.NAME`, or of `NAME` imported from `app.models.visibility`, in the program."""
    found = []
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in (name, f"access.{name}") and path != Path(visibility.__file__):
                found.append(Site(path, node.lineno, node.end_lineno or node.lineno))
    return found


At = Callable[[FrameType], bool]
"""Whether the predicate or decision that this frame asks for is forgotten."""


@dataclass
class Watch:
    """What the guard did."""

    refused: int = 0
    dropped: int = 0

    def drops(self, site: Site) -> "At":
        """Counts the calls at this place."""

        def here(frame: FrameType) -> bool:
            self.dropped += site.is_in(frame)
            return site.is_in(frame)

        return here


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Counts what the guard refuses."""
    seen, check = Watch(), guard.check

    def counted(*args: object) -> None:
        try:
            check(*args)  # type: ignore[arg-type]
        except Undecided:
            seen.refused += 1
            raise

    monkeypatch.setattr(guard, "check", counted)
    return seen


@pytest.fixture(scope="module")
async def db(world: World) -> AsyncIterator[Database]:
    """The world's database."""
    database = Database(Settings(database_url=world.system.environment["DATAKURA_DATABASE_URL"]), application_name="forgotten")  # type: ignore[arg-type]
    yield database
    await database.close()


@dataclass(frozen=True)
class Operation:
    """What somebody asks for."""

    principal: str
    name: str
    run: Callable[[World], Awaitable[str]] = field(compare=False, repr=False)
    """Returns the answer as text."""


def asked(principal: str, name: str, query: str, given: dict[str, object]) -> Operation:
    async def run(world: World) -> str:
        return str(await world.ask(principal, query, **given))

    return Operation(principal, name, run)


def read_by(world: World, principal: str) -> list[Operation]:
    return [asked(principal, f"{number}: {query}", query, given) for number, (query, given) in enumerate(reads(world))]


OF_READERS = ("watchDataset", "unwatchDataset")


def changed_by(world: World, principal: str) -> list[Operation]:
    """Each is refused to this principal. Not createDataset, which is about no dataset that exists."""

    def refused(name: str, given: dict[str, object]) -> Operation:
        async def run(world: World) -> str:
            answer = await world.ask(principal, mutation(SCHEMA, name), input=given)
            payload = (answer.get("data") or {}).get(name)
            assert payload is None or payload["errors"], (name, principal, answer)
            return str(answer)

        return Operation(principal, name, run)

    allowed = {"createDataset", *(OF_READERS if principal == "reader" else ())}
    return [refused(name, given) for name, given in mutations(ids(world)).items() if name not in allowed]


def followed(db: Database) -> Operation:
    """The snapshot with which a subscription of the viewer begins."""

    async def run(world: World) -> str:
        person = world.people["viewer"]
        viewer = Viewer(person.row_id, person.email, "A viewer", Role.VIEWER)
        async with Redis.from_url(world.system.environment["DATAKURA_REDIS_URL"]) as redis:
            try:
                return str(await StatusHub(db, redis)._snapshot(viewer, None))
            except Undecided:
                return "refused"

    return Operation("viewer", "datasetStatusChanged", run)


def replayed() -> Operation:
    """A dead task, which was to read the failed version, runs again: there is nothing left that it could do."""

    async def run(world: World) -> str:
        task_id = uuid7()
        args = orjson.dumps({"versionId": str(from_id(world.failed, "DatasetVersion"))}).decode()
        async with world.database() as connection:
            await connection.execute(
                "INSERT INTO tasks (id, actor, queue, args, state, finished_at) VALUES ($1, 'versions.ingest', 'heavy', $2, 'DEAD', now())",
                task_id, args,
            )  # fmt: skip
            answer = await world.ask("admin", mutation(SCHEMA, "replayTask"), input={"id": to_id("Task", task_id)})
            assert await connection.fetchval("DELETE FROM tasks WHERE id = $1 RETURNING state", task_id) == "DEAD", answer
        return str(answer)

    return Operation("admin", "replayTask", run)


def told(world: World, principal: str) -> list[Operation]:
    """What was told of the dataset to somebody who may not see it any more."""
    inbox = "{ notifications(first: 5) { edges { node { title dataset { name } } } } }"
    log = "{ notificationChannels(first: 5) { edges { node { deliveries(first: 5) { edges { node { title dataset { name } } } } } } } }"
    return [asked(principal, "notifications", inbox, {}), asked(principal, "deliveries", log, {})]


def chosen(world: World) -> Operation:
    """A channel for a dataset that its maker may not see."""
    channel = {"name": "Chosen", "type": "WEBHOOK", "target": "https://example.com/a", "events": ["INCIDENT_OPENED"]}
    given = {"input": {**channel, "scope": "SELECTED", "datasetIds": [world.dataset]}}
    return asked("viewer", "createNotificationChannel", mutation(SCHEMA, "createNotificationChannel"), given)


def overseen(world: World) -> list[Operation]:
    """What owners and administrators ask for, who may see everything of it: the predicate is there all the same."""
    owner = world.people["owner"].id
    why = "query($id: ID!, $of: ID!) { dataset(id: $id) { accessOf(userId: $of) { level } } }"
    quota = mutation(SCHEMA, "setStorageQuota")
    return [
        asked("owner", "transferOwnership", mutation(SCHEMA, "transferOwnership"), {"input": {"datasetId": world.dataset, "userId": owner}}),
        asked("owner", "accessOf", why, {"id": world.dataset, "of": world.people["reader"].id}),
        asked("admin", "storage", "{ storage(first: 5) { datasetCount owners { edges { cursor } } } }", {}),
        asked("admin", "searchIndex", "{ searchIndex { datasetCount } }", {}),
        asked("admin", "setStorageQuota", quota, {"input": {"userId": owner, "quotaBytes": None}}),
        replayed(),
    ]  # fmt: skip


def everything(world: World, db: Database) -> list[list[Operation]]:
    """Steps: a place that is reached in one of them needs none of the following, whose principals see more."""
    return [
        [*read_by(world, "viewer"), followed(db), *told(world, "other"), chosen(world)],
        changed_by(world, "viewer"),
        read_by(world, "reader"),
        read_by(world, "writer"),
        [
            *changed_by(world, "reader"),
            *read_by(world, "owner"),
            *overseen(world),
        ],
    ]


def changes(world: World) -> list[list[Operation]]:
    """As `everything`, of those who may not change the dataset, and of one who may, for what stands behind another decision."""
    upload = asked("writer", "startUpload", mutation(SCHEMA, "startUpload"), {"input": mutations(ids(world))["startUpload"]})
    contract = {"input": {**mutations(ids(world))["importDataContract"], "dryRun": True}}
    dry_run = asked("viewer", "importDataContract: dry run", mutation(SCHEMA, "importDataContract"), contract)
    refused = [change for name in ("viewer", "other", "reader") for change in changed_by(world, name)]
    return [[*refused, dry_run], [upload, replayed()]]


Reached = dict[Site, list[Operation]]
Dropped = Callable[[pytest.MonkeyPatch, At], None]


async def reached(world: World, places: list[Site], steps: list[list[Operation]], dropped: Dropped) -> Reached:
    """The operations that come by each place, of the first step in which any does. Nothing is dropped."""
    found: Reached = {}
    here: set[Site] = set()

    def note(frame: FrameType) -> bool:
        here.update(site for site in places if site.is_in(frame))
        return False

    with pytest.MonkeyPatch.context() as monkeypatch:
        dropped(monkeypatch, note)
        for step in steps:
            known = set(found)
            for operation in step:
                here.clear()
                await operation.run(world)
                for site in here - known:
                    found.setdefault(site, []).append(operation)
    return found


def dropped_predicate(monkeypatch: pytest.MonkeyPatch, at: At) -> None:
    """Where `at` says so, the predicate says no more than that the dataset is not deleted."""
    real = visibility.visible

    def forgotten(principal: object, *, deleted: bool | None = False) -> object:
        return Dataset.deleted_at.is_(None) if at(sys._getframe(1)) else real(principal, deleted=deleted)  # type: ignore[arg-type]

    modules: tuple[ModuleType, ...] = (access, statements, postgres)
    for module in modules:
        monkeypatch.setattr(module, "visible", forgotten)


def dropped_decision(monkeypatch: pytest.MonkeyPatch, at: At) -> None:
    """Where `at` says so, everybody may do everything."""
    real = access.require

    async def granted() -> access.Access:
        return access.Access(uuid7(), Level.MANAGE)

    async def asked(*args: object, **named: object) -> object:
        return await real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(access, "require", lambda *args, **named: granted() if at(sys._getframe(1)) else asked(*args, **named))


@pytest.fixture(scope="module")
async def by_predicate(world: World, db: Database) -> Reached:
    """Each operation is run once, and then again only where it comes by the predicate that is dropped: elsewhere it is the same."""
    return await reached(world, sites("visible"), everything(world, db), dropped_predicate)


@pytest.fixture(scope="module")
async def by_decision(world: World) -> Reached:
    """As `by_predicate`, for decisions."""
    return await reached(world, sites("require"), changes(world), dropped_decision)


@pytest.mark.parametrize("site", sites("visible"), ids=str)
async def test_a_forgotten_predicate_leaks_nothing(
    world: World, by_predicate: Reached, watch: Watch, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    assert site in by_predicate, "no operation of this test gets here: add one to tests/access/operations.py"
    dropped_predicate(monkeypatch, watch.drops(site))
    for operation in by_predicate[site]:
        answer = await operation.run(world)
        # Those who see more may see this.
        assert operation.principal not in ("viewer", "other") or CANARY not in answer, operation
    assert watch.dropped >= len(by_predicate[site])
    assert watch.refused > 0


FINGERPRINT = """SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
    SELECT d::text AS line FROM datasets d WHERE id = $1
    UNION ALL SELECT m::text FROM metadata m WHERE dataset_id = $1 UNION ALL SELECT t::text FROM dataset_tags t WHERE dataset_id = $1
    UNION ALL SELECT g::text FROM access_grants g WHERE dataset_id = $1
    UNION ALL SELECT q::text FROM quality_rules q WHERE dataset_id = $1
    UNION ALL SELECT i::text FROM incidents i WHERE dataset_id = $1 UNION ALL SELECT s::text FROM check_schedules s WHERE dataset_id = $1
    UNION ALL SELECT r::text FROM quality_runs r WHERE dataset_id = $1
    UNION ALL SELECT v::text FROM dataset_versions v WHERE dataset_id = $1
    UNION ALL SELECT u::text FROM uploads u JOIN dataset_versions v ON v.id = u.version_id WHERE v.dataset_id = $1
    UNION ALL SELECT f::text FROM field_annotations f WHERE dataset_id = $1) AS lines"""


async def fingerprint(world: World) -> str:
    """Of everything that belongs to the restricted dataset."""
    async with world.database() as connection:
        return await connection.fetchval(FINGERPRINT, from_id(world.dataset, "Dataset"))


@pytest.mark.parametrize("site", sites("require"), ids=str)
async def test_a_forgotten_decision_changes_nothing(
    world: World, by_decision: Reached, watch: Watch, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    assert site in by_decision, "no mutation of this test gets here: add one to tests/access/operations.py"
    before = await fingerprint(world)
    dropped_decision(monkeypatch, watch.drops(site))
    for operation in by_decision[site]:
        answer = await operation.run(world)
        assert operation.principal != "viewer" or CANARY not in answer, operation
        # Those who may change the dataset are past another decision; without this one the statement is refused.
        assert operation.principal not in ("writer", "admin") or ("'data': None" in answer and watch.refused == 1), (
            operation,
            answer,
        )
    assert watch.dropped >= len(by_decision[site])
    assert await fingerprint(world) == before


VIEWER = Viewer(uuid7(), "v@example.com", "v", Role.VIEWER)
OTHER = Viewer(uuid7(), "o@example.com", "o", Role.EDITOR)
ADMIN = Viewer(uuid7(), "a@example.com", "a", Role.ADMIN)
WITH = access.visible


@pytest.mark.parametrize(
    "statement",
    [
        lambda: select(Dataset.id),
        lambda: select(Dataset.id).where(Dataset.visibility == "ORGANIZATION"),
        lambda: select(DatasetTag.name),
        lambda: select(DatasetTag.name).where(WITH(VIEWER)),
        lambda: select(DatasetTag.name).join(Dataset, Dataset.name == DatasetTag.name).where(WITH(VIEWER)),
        lambda: select(DatasetTag.name).outerjoin(Dataset, (Dataset.id == DatasetTag.dataset_id) & WITH(VIEWER)),
        lambda: select(Dataset.id).where(WITH(VIEWER) | (Dataset.name == "x")),
        lambda: select(Dataset.id).where(~WITH(VIEWER)),
        lambda: select(Dataset.id).where(WITH(OTHER)),
        lambda: select(Dataset.id).where(WITH(ADMIN)),
        lambda: select(Dataset.id).where(WITH(System("api"))),
        lambda: select(Dataset.id, select(DatasetTag.name).limit(1).scalar_subquery()).where(WITH(VIEWER)),
        lambda: select(Dataset.id).where(WITH(VIEWER)).union_all(select(DatasetTag.dataset_id)),
        lambda: select(select(MetadataEntry.key).subquery().c.key),
        lambda: select(select(MetadataEntry.key).cte().c.key).where(WITH(VIEWER), Dataset.id.is_not(None)),
        lambda: select(Dataset.id).where(WITH(VIEWER), Dataset.id.in_(select(DatasetVersion.dataset_id))),
        lambda: select(User.id, select(Dataset.name).where(Dataset.owner_id == User.id).limit(1).scalar_subquery()),
        lambda: select(User.id).where(select(Dataset.id).where(Dataset.owner_id == User.id).exists()),
        lambda: select(User.id).join(select(Dataset.id).where(Dataset.owner_id == User.id).lateral("owned"), literal(True)),
        lambda: select(User.id).join(Dataset, Dataset.owner_id == User.id),
        lambda: select(Upload.id).join(User, User.id == Upload.user_id).join(Dataset, Dataset.owner_id == User.id).where(WITH(VIEWER)),
        lambda: update(User).values(display_name=select(Dataset.name).limit(1).scalar_subquery()),
        lambda: update(Dataset).values(name="x").where(WITH(VIEWER)),
        lambda: text("SELECT name FROM datasets"),
        lambda: text('SELECT name FROM public."dataset_tags"'),
    ],
)  # fmt: skip
async def test_a_statement_without_its_own_viewer_s_predicate_is_not_sent(db: Database, statement: Callable[[], object]) -> None:
    with pytest.raises(Undecided):
        async with db.read(VIEWER) as connection:
            await connection.execute(statement())  # type: ignore[call-overload]


async def test_a_decision_is_about_one_dataset_and_one_transaction(db: Database, world: World) -> None:
    owner = world.people["owner"]
    viewer, dataset_id = Viewer(owner.row_id, owner.email, "owner", Role.EDITOR), from_id(world.dataset, "Dataset")
    mine = update(Dataset).where(Dataset.id == dataset_id).values(revision=Dataset.revision)
    async with db.transaction(viewer) as session:
        await access.require(session, viewer, dataset_id, Level.READ)
        with pytest.raises(Undecided):
            await session.execute(mine)
        await access.require(session, viewer, dataset_id, Level.WRITE)
        await session.execute(mine)
        with pytest.raises(Undecided):
            await session.execute(update(Dataset).where(Dataset.id == uuid7()).values(revision=9))
        with pytest.raises(Undecided):
            session.add(DatasetTag(dataset_id=uuid7(), name="x"))
            await session.flush()
        session.expunge_all()
        await session.rollback()
    async with db.transaction(viewer) as session:
        with pytest.raises(Undecided):
            await session.execute(mine)
        with pytest.raises(Undecided):
            await session.get(Dataset, dataset_id)


async def test_an_engine_without_a_principal_sends_nothing(db: Database) -> None:
    with pytest.raises(Undecided, match="without a principal"):
        async with db.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
