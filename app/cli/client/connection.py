"""Which server, and as whom: from options, environment, the system that runs here, or a person at a terminal."""

import getpass
import sys
from collections.abc import Mapping
from pathlib import Path

from app.cli.client.api import Password, Token
from app.cli.client.errors import ClientError
from app.embedded import folder
from app.embedded.errors import StartError

Credentials = Token | Password


def address(url: str | None, environment: Mapping[str, str]) -> str:
    """The address of the server: `url`, DATAKURA_URL, or what `datakura up` started on DATAKURA_DATA_DIR.

    Raises:
        ClientError: none is given, and nothing runs here.
    """
    given = url or environment.get("DATAKURA_URL")
    if given:
        return given
    data_dir = Path(environment.get("DATAKURA_DATA_DIR") or "data").absolute()
    try:
        running = folder.find_running(data_dir)
    except StartError as error:
        raise ClientError(str(error)) from error
    if running is None:
        raise ClientError(
            f"No address is given, and nothing runs on {data_dir}.",
            hint="Start it with `datakura up`, or say where it runs: --url http://HOST:PORT, or DATAKURA_URL.",
            code="NO_ADDRESS",
        )
    if not running.url:
        raise ClientError(f"The system on {data_dir} is just starting.", hint="Wait until it is ready.", code="UNREACHABLE")
    return running.url


def credentials(token: str | None, email: str | None, environment: Mapping[str, str]) -> Credentials:
    """What to sign in with: the options first, then the environment, then what a person types.

    Raises:
        ClientError: something is missing, and there is no terminal to ask at.
    """
    if token:
        return Token(token)
    if email is None and (given := environment.get("DATAKURA_TOKEN")):
        return Token(given)
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    email = email or environment.get("DATAKURA_EMAIL") or (_ask_email() if asks else None)
    password = environment.get("DATAKURA_PASSWORD") or (getpass.getpass("Password: ") if asks and email else None)
    if not email or not password:
        raise ClientError(
            f"Who are you? {'No e-mail address' if not email else 'No password'} is given, and there is no terminal to ask at.",
            hint="Set DATAKURA_TOKEN, or DATAKURA_EMAIL and DATAKURA_PASSWORD.",
            code="NO_CREDENTIALS",
        )
    return Password(email, password)


def _ask_email() -> str:
    # Not `input` with a prompt: that one goes to standard output, which is for the outcome.
    print("E-mail address: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
