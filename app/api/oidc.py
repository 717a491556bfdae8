"""GET /oidc/start and /oidc/callback: to the provider and back, with a session in the cookie."""

from dataclasses import asdict
from typing import Literal, TypedDict
from urllib.parse import quote

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.adapters.openid import Attempt, NotProven, OpenIdProvider
from app.api.endpoint import cookie_name, set_cookies
from app.context import Cookies, Resources
from app.core.errors import DomainError, Forbidden
from app.core.ids import uuid7
from app.core.sealing import Place, Unreadable
from app.services.accounts import devices, external_sign_in
from app.services.accounts.addresses import key_of
from app.services.accounts.sign_in import Challenge
from app.services.accounts.throttle import Asker
from app.services.audit import Origin

log = structlog.get_logger(__name__)

COOKIE = "datakura_oidc"
_SECONDS = 600
_PLACE = Place("cookie", COOKIE, "attempt")


class _Cookie(TypedDict):
    key: str
    path: str
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


class OpenIdRoutes:
    """Both routes. A refusal leads back to the sign-in page, which says it."""

    def __init__(self, resources: Resources):
        self._resources = resources
        self._provider = OpenIdProvider(resources.settings)

    async def start(self, request: Request) -> Response:
        """To the provider; with `?anew=1` it asks for the password again, which is a fresh proof. What proves the way back to be of this browser waits in a sealed cookie for ten minutes."""
        if not self._resources.settings.oidc_issuer:
            return _back("NOT_CONFIGURED")
        attempt = Attempt.new()
        try:
            answer = RedirectResponse(await self._provider.address(attempt, anew=request.query_params.get("anew") == "1"), 303)
        except DomainError as error:
            log.warning("oidc.not_started", reason=error.message)
            return _back(error.code)
        sealed = self._resources.issuer.sealer.seal(orjson.dumps(asdict(attempt)), _PLACE)
        # Lax: the way back begins at another site, from where a browser sends no strict cookie.
        answer.set_cookie(value=sealed.hex(), max_age=_SECONDS, **self._cookie())
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def callback(self, request: Request) -> Response:
        """Back from the provider: signed in, or at the sign-in page with what is wrong."""
        answer = await self._entered(request)
        answer.delete_cookie(**self._cookie())
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _entered(self, request: Request) -> Response:
        resources, address = self._resources, request.client.host if request.client else None
        attempt, code = self._attempt(request), request.query_params.get("code")
        if attempt is None or code is None or not resources.settings.oidc_issuer:
            log.warning(
                "oidc.refused", reason="no attempt of this browser", provider_error=request.query_params.get("error", "")[:100]
            )
            return _back("REFUSED")
        origin = Origin(address, str(uuid7()), request.headers.get("user-agent", "")[:300] or None)
        try:
            await resources.issuer.throttle.provider(Asker(address))
            proven = await self._provider.redeem(attempt, code, issuer=request.query_params.get("iss"))
            opened = await external_sign_in.enter(resources.issuer, proven, origin=origin)
        except NotProven as error:
            log.warning("oidc.refused", reason=str(error))
            return _back("REFUSED")
        except Forbidden:
            return _back("NO_ACCOUNT")
        except DomainError as error:
            log.warning("oidc.failed", reason=error.message)
            return _back(error.code)
        if isinstance(opened, Challenge):
            return RedirectResponse(f"/sign-in#challenge={quote(opened.token)}", 303)
        answer = RedirectResponse("/", 303)
        cookies = Cookies(
            set_refresh_token=(opened.refresh_token, opened.refresh_expires_at.timestamp()),
            set_device=devices.mark(resources.issuer.sealer, key_of(opened.viewer.email)),
        )
        set_cookies(answer, cookies, resources.settings)
        return answer

    def _cookie(self) -> _Cookie:
        settings = self._resources.settings
        return {
            "key": cookie_name(COOKIE, settings), "path": "/" if settings.cookie_secure else "/oidc", "httponly": True,
            "samesite": "lax", "secure": settings.cookie_secure,
        }  # fmt: skip

    def _attempt(self, request: Request) -> Attempt | None:
        """The attempt in the cookie, when the answer belongs to it."""
        try:
            opened = self._resources.issuer.sealer.open(bytes.fromhex(request.cookies.get(self._cookie()["key"], "")), _PLACE)
            attempt = Attempt(**orjson.loads(opened))
        except (Unreadable, ValueError, TypeError):
            return None
        return attempt if request.query_params.get("state") == attempt.state else None


def _back(code: str) -> Response:
    return RedirectResponse(f"/sign-in#error={quote(code)}", 303)
