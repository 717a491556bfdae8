"""`python -m app.main`: the api process."""

import uvicorn

from app.api.application import create_application
from app.core import logging as logs
from app.core import production
from app.core.settings import get_settings

MAX_FRAME_BYTES = 65_536


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    settings = get_settings()
    production.refuse_unless_ready(settings)
    logs.configure(settings, process="api")
    uvicorn.run(
        create_application(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application has the addresses of trusted proxies from its settings
        ws_max_size=MAX_FRAME_BYTES,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=5,
        backlog=1024,
    )


if __name__ == "__main__":
    main()
