"""What keeps the house in order: descriptions, the exported schema, layers, migrations, sizes."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from app.api import export_schema
from app.api.schema import make_schema
from app.core.settings import Settings
from app.embedded.engines import Engines
from tests.support.engines import create_database

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 400


def undescribed() -> Iterator[str]:
    """Names of the schema's members without a description."""
    schema = make_schema()._schema
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        if not type_.description:
            yield name
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                if not field.description:
                    yield f"{name}.{field_name}"
                for argument_name, argument in field.args.items():
                    if not argument.description:
                        yield f"{name}.{field_name}({argument_name}:)"
        elif isinstance(type_, GraphQLInputObjectType):
            yield from (f"{name}.{key}" for key, field in type_.fields.items() if not field.description)
        elif isinstance(type_, GraphQLEnumType):
            yield from (f"{name}.{key}" for key, value in type_.values.items() if not value.description)


def test_no_row_is_locked_against_those_that_only_name_it() -> None:
    """FOR UPDATE also stops an insert whose foreign key names the row, so two transactions that take rows in one order can still
    wait for each other in a circle. No key ever changes here: FOR NO KEY UPDATE (`key_share=True`) locks as much as is needed."""
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        source = path.read_text()
        found += [
            f"{path.name}: {call}" for call in re.findall(r"with_for_update\([^)]*\)", source) if "key_share=True" not in call
        ]
        found += [f"{path.name}: FOR UPDATE" for _ in re.findall(r"\bFOR UPDATE\b", source)]
    assert found == []


def test_everything_in_the_schema_is_described() -> None:
    assert list(undescribed()) == []


def test_every_mutation_has_one_input_and_a_payload_with_errors() -> None:
    schema = make_schema()._schema
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        assert list(field.args) in ([], ["input"]), name
        payload = schema.type_map[str(field.type).rstrip("!")]
        assert isinstance(payload, GraphQLObjectType)
        assert payload.name.endswith("Payload"), name
        assert str(payload.fields["errors"].type) == "[UserError!]!", name
        others = [str(other.type) for key, other in payload.fields.items() if key != "errors"]
        assert all(not other.endswith("!") or other.startswith("[") for other in others), name


def test_the_exported_schema_is_current(tmp_path: Path) -> None:
    assert export_schema.main(["--check"]) == 0
    stale = tmp_path / "schema.graphql"
    stale.write_text("type Query { nothing: Int }\n", encoding="utf-8")
    assert export_schema.main(["--check", str(stale)]) == 1


def test_each_layer_imports_only_what_stands_below() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_a_long_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted((ROOT / "app").rglob("*.py"))
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_says_what_it_is() -> None:
    paths = sorted((ROOT / "app").rglob("*.py"))
    assert [str(path) for path in paths if not path.read_text(encoding="utf-8").startswith('"""')] == []


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    named = set(re.findall(r"DATAKURA_[A-Z0-9_]+", page))
    expected = {f"DATAKURA_{name.upper()}" for name in Settings.model_fields}
    assert expected - named == set()
    assert named - expected == set()


@pytest.fixture(scope="module")
def empty_database(engines: Engines) -> str:
    """The address of a database that nothing was done to."""
    return asyncio.run(create_database(engines, "migrations"))


def test_migrations_go_up_agree_with_the_models_and_go_down(empty_database: str) -> None:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = empty_database
    command.upgrade(config, "head")
    try:
        command.check(config)
    except CommandError as error:
        pytest.fail(str(error))
    first = asyncio.run(tables(empty_database))
    assert "datasets" in first
    command.downgrade(config, "base")
    assert asyncio.run(tables(empty_database)) == {"alembic_version"}
    assert asyncio.run(functions(empty_database)) == set()
    command.upgrade(config, "head")
    assert asyncio.run(tables(empty_database)) == first


async def fetch(url: str, statement: str) -> set[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    rows = await connection.fetch(statement)
    await connection.close()
    return {row[0] for row in rows}


async def tables(url: str) -> set[str]:
    return await fetch(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


async def functions(url: str) -> set[str]:
    """Functions of our own, not those of an extension."""
    return await fetch(
        url,
        "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    )
