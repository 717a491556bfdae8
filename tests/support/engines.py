"""The real engines for tests: what they store is thrown away."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from app.embedded.engines import Engines, start_engines

ROOT = Path(__file__).parents[2]


@contextmanager
def running_engines(folder: Path) -> Iterator[Engines]:
    """PostgreSQL, Valkey and the S3 server, empty, each with its own password, on free ports.

    PostgreSQL does not wait for the disk. What it wrote outlives its own death, not the machine's; no test ends the machine.
    """
    engines = start_engines(folder)
    with (folder / "postgres/postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\n")
    os.kill(engines.supervised["postgres"].pid or 0, signal.SIGHUP)
    yield engines
    # An orderly stop would take a second.
    engines.kill()


async def create_database(engines: Engines, name: str, *, template: str = "template1") -> str:
    """A new database, empty unless it is a copy of another; returns its address for SQLAlchemy."""
    base = engines.database_url.rsplit("/", 1)[0]
    connection = await asyncpg.connect(engines.database_url.replace("+asyncpg", ""))
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    await connection.close()
    return f"{base}/{name}"


async def migrated_database(engines: Engines, name: str) -> str:
    """A new database with all tables, and nothing in them; returns its address for SQLAlchemy."""
    if engines.database_url not in _templates:
        url = await create_database(engines, "migrated")
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["url"] = url
        # In a thread: the migrations run an event loop of their own.
        await asyncio.to_thread(command.upgrade, config, "head")
        _templates.add(engines.database_url)
    return await create_database(engines, name, template="migrated")


_templates: set[str] = set()
"""Addresses of those engines that have a migrated database to copy."""
