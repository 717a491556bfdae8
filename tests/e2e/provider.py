"""`python -m tests.e2e.provider`: the small provider of OpenID Connect for the browser's tests; prints its settings, serves until SIGTERM.

Whoever comes is signed in as one person, who proved who they are an hour ago: no fresh proof for this system.
"""

import asyncio
import json
import signal
import time

from tests.support.openid import CLIENT, SECRET, a_provider

PERSON = "provided@example.com"


async def main() -> None:
    """Serves."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with a_provider() as provider:
        provider.person = {"sub": "one", "email": PERSON, "email_verified": True, "auth_time": int(time.time()) - 3600}
        settings = {
            "DATAKURA_OIDC_ISSUER": provider.url,
            "DATAKURA_OIDC_CLIENT_ID": CLIENT,
            "DATAKURA_OIDC_CLIENT_SECRET": SECRET,
            "DATAKURA_OIDC_NAME": "Example ID",
        }
        print(json.dumps(settings), flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main())
