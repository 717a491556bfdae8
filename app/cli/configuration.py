"""The settings as the commands read them, with errors for a person."""

import difflib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from app.embedded import folder
from app.embedded.engines import Given
from app.embedded.plan import Plan

if TYPE_CHECKING:
    from app.core.settings import Settings


_OF_OTHER_COMMANDS = {f"DATAKURA_{name}" for name in ("URL", "EMAIL", "PASSWORD", "TOKEN")}
"""Variables of `datakura upload`, which are no settings of the system."""


def read_plan() -> Plan:
    """What the environment asks for; ends the program with a sentence for each setting that is wrong."""
    settings = _read()
    return Plan(
        data_dir=str(settings.data_dir.absolute()),
        host=settings.host,
        port=settings.port,
        port_is_explicit="port" in settings.model_fields_set,
        public_url=settings.public_url or "",
        admin_email=settings.admin_email,
        admin_password=settings.admin_password.get_secret_value() if settings.admin_password else "",
        demo=settings.demo,
        graphiql=settings.graphiql,
        elasticsearch_url=settings.elasticsearch_url.get_secret_value(),
        given=Given(
            database_url=settings.database_url.get_secret_value(),
            redis_url=settings.redis_url.get_secret_value(),
            s3_endpoint_url=settings.s3_endpoint_url,
            s3_access_key=settings.s3_access_key,
            s3_secret_key=settings.s3_secret_key.get_secret_value(),
            s3_bucket=settings.s3_bucket,
            s3_region=settings.s3_region,
            secret_keys=settings.secret_keys.get_secret_value(),
        ),
    )


def read_settings() -> "Settings":
    """How this machine's system is reached: by the addresses that were given, else those of the engines that run on the data folder.

    Ends the program with a sentence when there is no database: none was given, and nothing runs.
    """
    settings = _read()
    if settings.database_url.get_secret_value():
        return settings
    environment = folder.find_environment(settings.data_dir)
    if not environment:
        fail(f"Nothing runs on {settings.data_dir.absolute()}. Start it with `datakura up`, or give DATAKURA_DATABASE_URL.")
    os.environ.update(environment)
    return _read()


def refuse_unknown() -> None:
    """Ends the program with a sentence when a variable DATAKURA_* sets nothing: a slip of the hand would be ignored otherwise."""
    from app.core.settings import Settings

    known = {f"DATAKURA_{name.upper()}" for name in Settings.model_fields} | _OF_OTHER_COMMANDS
    for name in sorted(os.environ.keys() - known):
        if name.startswith("DATAKURA_"):
            close = difflib.get_close_matches(name, known, n=1)
            fail(f"{name} is no setting." + (f" Did you mean {close[0]}?" if close else " See docs/configuration.md."))


def _read() -> "Settings":
    from pydantic import ValidationError

    from app.core.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        wrong = (
            f"DATAKURA_{'_'.join(str(part) for part in problem['loc']).upper()} is wrong: {problem['msg'].removeprefix('Value error, ')}."
            for problem in error.errors()
        )
        fail("\n".join((*wrong, "The settings are described in docs/configuration.md.")))


def fail(message: str) -> NoReturn:
    """The program ends with exit code 1 and `message` on standard error."""
    print(message, file=sys.stderr)
    sys.exit(1)
