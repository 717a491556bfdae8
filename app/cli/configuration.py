"""The settings as the commands read them, with errors for a person."""

import sys
from typing import NoReturn

from app.embedded.engines import Given
from app.embedded.plan import Plan


def read_plan() -> Plan:
    """What the environment asks for; ends the program with a sentence for each setting that is wrong."""
    from pydantic import ValidationError

    from app.core.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        wrong = (
            f"DATAKURA_{'_'.join(str(part) for part in problem['loc']).upper()} is wrong: {problem['msg']}."
            for problem in error.errors()
        )
        fail("\n".join((*wrong, "The settings are described in docs/configuration.md.")))
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
            jwt_private_key=settings.jwt_private_key.get_secret_value(),
        ),
    )


def fail(message: str) -> NoReturn:
    """The program ends with exit code 1 and `message` on standard error."""
    print(message, file=sys.stderr)
    sys.exit(1)
