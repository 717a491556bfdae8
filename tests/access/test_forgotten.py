"""What happens when somebody forgets a predicate or a decision: each of the program's is dropped in turn."""

import ast
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

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
from app.schema.ids import from_id
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

    @property
    def is_running(self) -> bool:
        """Whether the function that is called now was called from here; asked two frames below."""
        caller = sys._getframe(2)
        return Path(caller.f_code.co_filename) == self.path and self.first_line <= caller.f_lineno <= self.last_line


def sites(name: str) -> list[Site]:
    """Every call of `access.NAME`, or of `NAME` imported from `app.models.visibility`, in the program."""
    found = []
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in (name, f"access.{name}") and path != Path(visibility.__file__):
                found.append(Site(path, node.lineno, node.end_lineno or node.lineno))
    return found


@dataclass
class Watch:
    """What the guard did."""

    refused: int = 0
    dropped: int = 0
    answers: list[str] = field(default_factory=list)


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


def drop_predicate(site: Site, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """At this place, and only there, the predicate says no more than that the dataset is not deleted."""
    real = visibility.visible

    def forgotten(principal: object, *, deleted: bool | None = False) -> object:
        if not site.is_running:
            return real(principal, deleted=deleted)  # type: ignore[arg-type]
        watch.dropped += 1
        return Dataset.deleted_at.is_(None)

    modules: tuple[ModuleType, ...] = (access, statements, postgres)
    for module in modules:
        monkeypatch.setattr(module, "visible", forgotten)


async def run_reads(world: World, watch: Watch, principal: str) -> None:
    for query, variables in reads(world):
        watch.answers.append(str(await world.ask(principal, query, **variables)))


async def run_mutations(world: World, watch: Watch, principal: str) -> None:
    for name, given in mutations(ids(world)).items():
        if name != "createDataset":
            answer = await world.ask(principal, mutation(SCHEMA, name), input=given)
            watch.answers.append(str(answer))
            payload = (answer.get("data") or {}).get(name)
            assert payload is None or payload["errors"], (name, principal, answer)


async def run_subscription(world: World, watch: Watch, db: Database) -> None:
    redis = Redis.from_url(world.system.environment["DATAKURA_REDIS_URL"])
    person = world.people["viewer"]
    hub, viewer = StatusHub(db, redis), Viewer(person.row_id, person.email, "A viewer", Role.VIEWER)
    try:
        watch.answers += [str(state) for state in await hub._snapshot(viewer, None)]
    except Undecided:
        watch.answers.append("refused")
    await redis.aclose()


@pytest.mark.parametrize("site", sites("visible"), ids=str)
async def test_a_forgotten_predicate_leaks_nothing(
    world: World, db: Database, watch: Watch, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    drop_predicate(site, watch, monkeypatch)
    await run_reads(world, watch, "viewer")
    await run_subscription(world, watch, db)
    hidden = list(watch.answers)
    # Each is reached by those who see more only when nobody who sees nothing gets there.
    if not watch.dropped:
        await run_mutations(world, watch, "viewer")
    if not watch.dropped:
        await run_reads(world, watch, "reader")
    if not watch.dropped:
        await run_reads(world, watch, "writer")
    if not watch.dropped:
        await run_mutations(world, watch, "reader")
        await run_reads(world, watch, "owner")
        same = {"datasetId": world.dataset, "userId": world.people["owner"].id}
        await world.ask("owner", mutation(SCHEMA, "transferOwnership"), input=same)
    assert watch.dropped > 0, "no operation of this test gets here: add one to tests/access/operations.py"
    assert watch.refused > 0
    assert [answer for answer in hidden if CANARY in answer] == []


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
    world: World, watch: Watch, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    real = access.require

    async def forgotten(*args: object, **named: object) -> object:
        return await real(*args, **named)  # type: ignore[arg-type]

    def chosen(*args: object, **named: object) -> object:
        if not site.is_running:
            return forgotten(*args, **named)
        watch.dropped += 1
        return nothing()

    async def nothing() -> access.Access:
        return access.Access(uuid7(), Level.MANAGE)

    before = await fingerprint(world)
    monkeypatch.setattr(access, "require", chosen)
    for principal in ("viewer", "other", "reader"):
        await run_mutations(world, watch, principal)
    if not watch.dropped:  # one that is behind another
        answer = await world.ask("writer", mutation(SCHEMA, "startUpload"), input=mutations(ids(world))["startUpload"])
        assert (answer["data"], watch.refused) == (None, 1)
    assert watch.dropped > 0, "no mutation of this test gets here: add one to tests/access/operations.py"
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
