"""`datakura users`: what somebody with the system's secrets does for an account when no administrator can."""

import asyncio
from typing import Annotated

import typer

from app.cli.configuration import fail, read_settings

app = typer.Typer(help="Accounts, for who runs the system.", no_args_is_help=True)


@app.callback()
def users() -> None:
    """Accounts, for who runs the system."""


@app.command()
def reset_second_factor(email: Annotated[str, typer.Argument(help="The address of the account.")]) -> None:
    """Turn the second factor of an account off: its person has lost the phone and the recovery codes.

    Its sessions end, and the person is told by mail. It stands in the audit trail.
    """
    from app.core.db import Database
    from app.core.errors import DomainError
    from app.core.sealing import MalformedKeys, sealer_of
    from app.core.viewer import System
    from app.services.accounts import lost_factor

    settings, principal = read_settings(), System("cli")

    async def run() -> None:
        db = Database(settings, application_name="datakura-users")
        try:
            sealer = sealer_of(settings)
            async with db.transaction(principal) as session:
                await lost_factor.reset_of_address(session, principal, sealer, email)
        finally:
            await db.close()

    try:
        asyncio.run(run())
    except (DomainError, MalformedKeys) as error:
        fail(str(error))
    print(f"The second factor of {email} is off, and its sessions have ended. A mail tells the person.")
