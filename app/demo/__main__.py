"""`python -m app.demo`: loads the demo data into the server at DATAKURA_URL, as its administrator."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from app.cli.client.api import Api, Password
from app.cli.client.errors import ClientError
from app.cli.client.progress import Silent
from app.cli.client.resume import ResumeFolder
from app.cli.client.uploads import Uploader
from app.core.settings import get_settings
from app.demo.loading import load

_LONGEST_SECONDS = 180.0
"""A start of the whole system waits for this program: it must not wait for a worker that never comes."""


async def _main() -> None:
    settings = get_settings()
    if settings.admin_password is None:
        raise ClientError("The demo data needs the administrator's password.", hint="Set DATAKURA_ADMIN_PASSWORD.")
    credentials = Password(settings.admin_email, settings.admin_password.get_secret_value())
    # Files so small are not worth going on with: what is missing is seen on the server.
    with tempfile.TemporaryDirectory(prefix="datakura-demo-") as notes:
        async with Api(os.environ.get("DATAKURA_URL") or settings.url, credentials) as api:
            for loaded in await load(api, Uploader(api, ResumeFolder(Path(notes)), Silent())):
                print(f"{loaded.name}: {'version ' + ', '.join(loaded.added) if loaded.added else 'there already'}")


def main() -> int:
    """Exit status 0 with one line for each dataset on standard output, or 1 with one sentence on standard error."""
    try:
        asyncio.run(asyncio.wait_for(_main(), _LONGEST_SECONDS))
    except TimeoutError:
        message = f"its files were not read within {_LONGEST_SECONDS:.0f} seconds. Does a worker run?"
        print(f"The demo data could not be loaded: {message}", file=sys.stderr)
        return 1
    except ClientError as error:
        print(f"The demo data could not be loaded: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
