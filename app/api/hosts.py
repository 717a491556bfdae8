"""Which hosts requests are accepted for, and who may read what is meant for operators.

A page of another site can make its own name point at this machine (DNS rebinding): the browser then sends that name as the
host. Names that nobody configured are therefore refused; addresses are not names, and are accepted.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from app.core.settings import Settings

_LOCAL = {"localhost"}
_PROBED = {"/healthz", "/readyz", "/metrics"}
"""What the machines that run and watch a system ask for by its address, in production too."""


class AllowedHosts:
    """Answers 421 to requests for another host."""

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app = app
        public = urlsplit(settings.public_url).hostname if settings.public_url else None
        named = (*settings.allowed_hosts, settings.host, *_LOCAL, public)
        self._names = {name.lower() for name in named if name and not _is_address(name)}
        self._addresses = settings.profile != "production"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._accepts(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close(1008, "This host is not served here.")
        else:
            message = "This host is not served here (DATAKURA_PUBLIC_URL, DATAKURA_ALLOWED_HOSTS)."
            await PlainTextResponse(message, 421)(scope, receive, send)

    def _accepts(self, scope: Scope) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        try:
            host = urlsplit(f"//{hosts[0]}").hostname
        except ValueError:
            return False
        if host is None or "@" in hosts[0] or "/" in hosts[0]:
            return False
        return host in self._names or ((self._addresses or scope["path"] in _PROBED) and _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_operator(request: Request, settings: Settings) -> bool:
    """True for requests out of DATAKURA_MONITORING_NETWORKS; one that a proxy passed on, which is not trusted, is from anywhere."""
    if not settings.trusted_proxies and {"x-forwarded-for", "forwarded"} & set(request.headers.keys()):
        return False
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.monitoring_networks)
