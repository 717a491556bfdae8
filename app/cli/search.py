"""`datakura search`: care of the search index."""

import asyncio

import typer

from app.cli.configuration import fail, read_settings

app = typer.Typer(help="Care of the search index.", no_args_is_help=True)


@app.callback()
def search() -> None:
    """Care of the search index."""


@app.command()
def rebuild() -> None:
    """Write the search document of every dataset anew, and remove those of deleted ones. Searches go on meanwhile."""
    # Here, because the other commands need none of it and start in a third of the time.
    from app.adapters.search import make_index
    from app.core.db import Database
    from app.core.errors import DomainError
    from app.services.datasets import search as service

    settings = read_settings()

    async def run() -> service.Rebuilt:
        db = Database(settings, application_name="datakura-search-rebuild")
        try:
            return await service.rebuild(db, make_index(db))
        finally:
            await db.close()

    try:
        done = asyncio.run(run())
    except DomainError as error:
        fail(error.message)
    print(f"{done.indexed} documents written, {done.removed} removed.")
