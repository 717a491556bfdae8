"""The built web page and GraphiQL, from our own files, under a strict content security policy."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.assets import Assets
from app.core.settings import Settings

DIST = Path(__file__).parents[2] / "frontend" / "dist"

_PRIVATE = {"/graphql", "/metrics", "/readyz"}
"""What no cache may keep."""

_MISSING = (
    "<!doctype html><html lang=en><title>Datakura</title><p>The web page is not built. "
    "Run <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>. "
    "The API answers at <code>/graphql</code>."
)


def page(name: str, settings: Settings):  # type: ignore[no-untyped-def]
    """An endpoint that serves one HTML file of the build, for whatever path it is mounted on."""

    async def endpoint(_: Request) -> Response:
        if name == "graphiql.html" and not settings.graphiql:
            return HTMLResponse("GraphiQL is switched off here.", 404)
        file = DIST / name
        if not file.is_file():
            return HTMLResponse(_MISSING, 503)
        return FileResponse(file, headers={"Cache-Control": "no-cache"})

    return endpoint


def assets() -> Assets:
    """The build's hashed files, which never change under their name."""
    return Assets(directory=DIST / "assets", check_dir=False)


class SecurityHeaders:
    """Adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app = app
        endpoint = settings.s3_public_endpoint_url or settings.s3_endpoint_url
        storage = "{0.scheme}://{0.netloc}".format(urlsplit(endpoint)) if endpoint else ""
        self._strict_transport = (settings.public_url or "").startswith("https://")
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            f"connect-src 'self' {storage}; worker-src 'self' blob:; manifest-src 'self'; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
                if self._strict_transport:
                    headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
                if scope["path"] in _PRIVATE:
                    headers.setdefault("Cache-Control", "no-store")
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                if scope["path"].startswith("/assets/") and message["status"] == 200:
                    headers["Cache-Control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self._app(scope, receive, with_headers)
