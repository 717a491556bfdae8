"""`datakura keys`: the keys that sign access tokens and that seal secrets in the database."""

import asyncio
from typing import Annotated

import typer

from app.cli.configuration import fail, read_settings
from app.embedded.secrets import new_secret_key

app = typer.Typer(help="The keys that sign access tokens and seal secrets in the database.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """The keys that sign access tokens and seal secrets in the database."""


@app.command()
def generate() -> None:
    """Print a new key for DATAKURA_SECRET_KEYS. Put it first, keep the old ones behind it, then run `datakura keys rotate`."""
    print(new_secret_key())


@app.command()
def rotate(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The old signing keys end now: every session has to be refreshed.")
    ] = False,
) -> None:
    """Let a new key sign access tokens, and seal every secret in the database with the first of DATAKURA_SECRET_KEYS.

    Nobody is signed out: tokens of the old key are good until they end by themselves.
    """
    from datetime import timedelta

    from app.core.db import Database
    from app.core.errors import DomainError
    from app.core.sealing import MalformedKeys, Unreadable, sealer_of
    from app.core.viewer import System
    from app.services.accounts import signing_keys

    settings = read_settings()

    async def run() -> tuple[str, int]:
        db, sealer = Database(settings, application_name="datakura-keys"), sealer_of(settings)
        try:
            # First: a secret that cannot be opened shall be known before anything was changed.
            resealed = await signing_keys.reseal(db, sealer)
            async with db.transaction(System("keys")) as session:
                lifetime = timedelta(seconds=settings.access_token_seconds)
                return await signing_keys.rotate(session, sealer, token_lifetime=lifetime, at_once=at_once), resealed
        finally:
            await db.close()

    try:
        key_id, resealed = asyncio.run(run())
    except DomainError as error:
        fail(error.message)
    except (Unreadable, MalformedKeys) as error:
        fail(str(error))
    print(f"The key {key_id} signs from now on. {resealed} secrets were sealed anew.")
