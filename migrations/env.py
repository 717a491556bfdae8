"""Alembic's environment: the address comes from the settings, the tables from the models."""

import asyncio
import re

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.settings import get_settings
from app.models import Base

_MONTH_PARTITION = re.compile(r"_p\d{6}$")


def _include(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Partitions are made by `ensure_partitions`, not by models."""
    return not (kind in ("table", "index") and name and _MONTH_PARTITION.search(name.split("_pkey")[0]))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=_include,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    engine = create_async_engine(
        context.config.attributes.get("url") or get_settings().database_url.get_secret_value(),
        connect_args={"ssl": context.config.attributes.get("ssl", False)},
    )
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_online())
