"""What decides whether a start may skip waiting for the migrations."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.embedded import prepared
from app.embedded.engines import Given
from app.embedded.plan import Plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A folder with a cluster, and one migration beside it."""
    (tmp_path / "data/postgres").mkdir(parents=True)
    (tmp_path / "data/postgres/PG_VERSION").write_text("18\n")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0001.py").write_text("one")
    return Plan(
        data_dir=str(tmp_path / "data"), host="127.0.0.1", port=0, port_is_explicit=False, public_url="",
        admin_email="a@example.com", admin_password="", demo=False, graphiql=False, elasticsearch_url="", given=Given(),
    )  # fmt: skip


def test_a_preparation_holds_until_the_migrations_or_the_cluster_change(plan: Plan, tmp_path: Path) -> None:
    migrations = tmp_path / "migrations"
    before = prepared.state(plan, migrations)
    assert before != ""
    assert prepared.state(plan, migrations) == before

    (migrations / "0002.py").write_text("two")
    added = prepared.state(plan, migrations)
    assert added != before

    (migrations / "0002.py").write_text("deux")
    assert prepared.state(plan, migrations) != added

    (migrations / "0002.py").unlink()
    assert prepared.state(plan, migrations) == before
    (tmp_path / "data/postgres/PG_VERSION").rename(tmp_path / "old")
    (tmp_path / "data/postgres/PG_VERSION").write_text("18\n")
    assert prepared.state(plan, migrations) != before


def test_nothing_is_known_of_a_cluster_that_others_run_or_that_is_not_there(plan: Plan, tmp_path: Path) -> None:
    given = replace(plan, given=Given(database_url="postgresql+asyncpg://somewhere/datakura"))
    assert prepared.state(given, tmp_path / "migrations") == ""
    (tmp_path / "data/postgres/PG_VERSION").unlink()
    assert prepared.state(plan, tmp_path / "migrations") == ""
