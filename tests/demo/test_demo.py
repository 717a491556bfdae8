"""The demo, loaded into an empty system as `datakura up` does it."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from app.demo.catalogue import DATASETS
from app.embedded.engines import Engines
from app.schema.ids import to_id
from tests.quality_runs.checking import ENDED
from tests.support.client import Client
from tests.support.system import PASSWORD, System, until

NAMES = [
    "Greenhouse 7 sensor export", "店舗別売上（2026年4月）", "Airlines", "Airports", "Flights from New York",
    "Palmer penguins",
]  # fmt: skip
DATASETS_QUERY = """query Demo { datasets(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { edges { node {
    name status tags { name } description metadataEntries { key value }
    currentVersion { id number label rowCount columnCount rejectedRowCount } } } } }"""
CHECKED = """query Checked { datasets(first: 100) { edges { node { name health { openIncidents }
    currentVersion { latestQualityRun { status results { name status failedRowCount } } } } } } }"""
COMPARE = """query Compare($base: ID!, $head: ID!) { compareVersions(base: $base, head: $head) {
    compatibility rowCountChange schemaChanges { fieldPath change after } } }"""
STATE = """SELECT d.name, d.revision, d.event_sequence, d.version_count, d.updated_at, d.current_version_id,
    (SELECT count(*) FROM uploads u JOIN dataset_versions v ON v.id = u.version_id WHERE v.dataset_id = d.id) AS uploads,
    (SELECT max(coalesce(m.updated_at, m.created_at)) FROM metadata m WHERE m.dataset_id = d.id) AS metadata
    FROM datasets d ORDER BY d.name"""


@dataclass(frozen=True)
class Run:
    status: int
    out: str
    err: str


async def load(system: System, **environment: str) -> Run:
    """`python -m app.demo` has ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.demo", env=system.environment | {"DATAKURA_URL": system.url} | environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 180)
    return Run(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture(scope="module")
async def empty(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A system of its own: other tests need not know the demo."""
    async with await System.prepared(engines, "demo", tmp_path_factory.mktemp("demo")) as running:
        running.start()
        await running.until_ready()
        yield running


@pytest.fixture(scope="module")
async def loaded(empty: System) -> tuple[System, Run]:
    """The system with the demo, and how its loading ended."""
    return empty, await load(empty)


@pytest.fixture
async def admin(loaded: tuple[System, Run]) -> AsyncIterator[Client]:
    async with Client(loaded[0].url) as client:
        yield await client.sign_in()


async def test_it_says_one_line_for_each_dataset(loaded: tuple[System, Run]) -> None:
    assert loaded[1] == Run(
        0,
        "Greenhouse 7 sensor export: version 2026-05-03\n"
        "店舗別売上（2026年4月）: version 2026-04 速報\n"
        "Airlines: version 2013\n"
        "Airports: version 2013\n"
        "Flights from New York: version 2013-01-01\n"
        "Palmer penguins: version 2007-2008, 2007-2009\n",
        "",
    )


async def test_every_dataset_is_published_whole_and_described(admin: Client) -> None:
    found = [edge["node"] for edge in (await admin.run(DATASETS_QUERY))["datasets"]["edges"]]
    assert [dataset["name"] for dataset in found] == NAMES
    current = [dataset["currentVersion"] for dataset in found]
    shapes = [(v["number"], v["rowCount"], v["columnCount"], v["rejectedRowCount"]) for v in current]
    assert shapes == [
        (1, 92, 5, 4),
        (1, 360, 8, 0),
        (1, 16, 2, 0),
        (1, 1458, 8, 0),
        (1, 842, 19, 0),
        (2, 344, 8, 0),
    ]
    for dataset, demo in zip(found, DATASETS, strict=True):
        assert dataset["status"] == "ACTIVE"
        assert dataset["description"] == demo.description
        assert {tag["name"] for tag in dataset["tags"]} == set(demo.tags)
        assert {entry["key"]: entry["value"] for entry in dataset["metadataEntries"]} == demo.metadata
        assert dataset["currentVersion"]["label"] == demo.versions[-1].label


async def test_the_dirty_export_shows_what_was_rejected_and_the_japanese_table_its_encoding(admin: Client) -> None:
    greenhouse, sales = [await admin.version(await _current(admin, name)) for name in NAMES[:2]]
    assert [(row["line"], row["fieldPath"]) for row in greenhouse["rejectedRows"]] == [
        (17, None), (36, None), (55, "temperature"), (82, None),
    ]  # fmt: skip
    assert (greenhouse["readOptions"]["skippedRows"], greenhouse["readOptions"]["decimalSeparator"]) == (3, ",")
    assert sales["readOptions"]["encoding"] == "cp932"
    assert [(f["fieldPath"], f["logicalType"]) for f in sales["schemaFields"]] == [
        ("日付", "DATE"), ("店舗コード", "STRING"), ("店舗名", "STRING"), ("都道府県", "STRING"), ("商品分類", "STRING"),
        ("数量", "INTEGER"), ("売上金額", "INTEGER"), ("備考", "STRING"),
    ]  # fmt: skip


async def test_its_rules_show_what_passes_warns_and_fails(loaded: tuple[System, Run], admin: Client) -> None:
    seen: dict[str, dict] = {}

    async def done() -> bool:
        for edge in (await admin.run(CHECKED))["datasets"]["edges"]:
            seen[edge["node"]["name"]] = edge["node"]
        runs = [node["currentVersion"]["latestQualityRun"] for node in seen.values()]
        return all(run is None or run["status"] in ENDED for run in runs)

    await until(done, "all rules of the demo to have run")
    results = {
        name: {
            one["name"]: (one["status"], one["failedRowCount"]) for one in node["currentVersion"]["latestQualityRun"]["results"]
        }
        for name, node in seen.items()
        if node["currentVersion"]["latestQualityRun"]
    }
    assert results == {
        "Greenhouse 7 sensor export": {"Humidity is a percentage": ("PASS", 0)},
        "店舗別売上（2026年4月）": {"店舗・日付・分類ごとに1行": ("PASS", 0), "数量は正の数": ("PASS", 0)},
        "Airports": {"Codes are unique": ("PASS", 0), "Latitudes exist": ("PASS", 0)},
        "Flights from New York": {
            "Carriers are known": ("PASS", 0),
            "No delay of more than ten hours": ("FAIL", 1),
            "At least 800 flights a day": ("PASS", None),
        },
        "Palmer penguins": {"Three species": ("PASS", 0), "Few birds of unknown sex": ("WARN", 11)},
    }
    assert [name for name, node in seen.items() if (node["health"] or {}).get("openIncidents")] == ["Flights from New York"]


async def test_the_two_versions_of_the_penguins_differ(loaded: tuple[System, Run], admin: Client) -> None:
    connection = await loaded[0].database()
    statement = (
        "SELECT v.label, v.id, v.published_at FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.slug = $1"
    )
    rows = await connection.fetch(f"{statement} ORDER BY v.number", "palmer-penguins")
    await connection.close()
    assert [(row["label"], row["published_at"] is not None) for row in rows] == [("2007-2008", True), ("2007-2009", True)]
    base, head = [to_id("DatasetVersion", row["id"]) for row in rows]
    assert (await admin.run(COMPARE, base=base, head=head))["compareVersions"] == {
        "compatibility": "SUPERSET",
        "rowCountChange": 120,
        "schemaChanges": [{"fieldPath": "sex", "change": "ADDED", "after": "VARCHAR"}],
    }


async def test_a_second_time_it_changes_nothing(loaded: tuple[System, Run]) -> None:
    system, _ = loaded
    connection = await system.database()
    before = await connection.fetch(STATE)
    again = await load(system)
    after = await connection.fetch(STATE)
    await connection.close()
    assert (again.status, again.err) == (0, "")
    assert again.out.splitlines() == [f"{name}: there already" for name in NAMES]
    assert after == before
    assert len(before) == 6


async def test_what_went_wrong_is_one_sentence_and_status_1(loaded: tuple[System, Run]) -> None:
    system, _ = loaded
    wrong = await load(system, DATAKURA_ADMIN_PASSWORD=f"not {PASSWORD}")
    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.startswith(f"The demo data could not be loaded: {system.url} does not let admin@example.com in: ")
    nowhere = await load(system, DATAKURA_URL="http://127.0.0.1:1")
    assert nowhere.status == 1
    assert nowhere.err.startswith(
        "The demo data could not be loaded: http://127.0.0.1:1 cannot be reached: nothing listens there."
    )


def test_every_table_names_its_source_and_licence_and_all_are_small() -> None:
    folder = Path(str(files("app.demo"))) / "data"
    tables = sorted(name for name in os.listdir(folder) if name != "README.md")
    assert tables == sorted(version.file for demo in DATASETS for version in demo.versions)
    rows = [line for line in (folder / "README.md").read_text().splitlines() if line.startswith("| `")]
    assert sorted(line.split("`")[1] for line in rows) == tables
    assert all(line.rstrip("| ").endswith("CC0 1.0") for line in rows)
    assert sum((folder / name).stat().st_size for name in tables) < 600_000


async def _current(client: Client, name: str) -> str:
    edges = (await client.run(DATASETS_QUERY))["datasets"]["edges"]
    return next(edge["node"]["currentVersion"]["id"] for edge in edges if edge["node"]["name"] == name)
