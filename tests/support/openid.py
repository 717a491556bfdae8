"""A small provider of OpenID Connect: real requests, real signatures, and every mistake that one asks it to make."""

import asyncio
import base64
import contextlib
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from jwt.algorithms import ECAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.system import free_port, until

CLIENT, SECRET = "datakura", "a secret of the client: /%"


@dataclass
class Provider:
    """Signs in whoever comes as `person`. What is to be wrong is set by a test."""

    url: str
    person: dict[str, object] = field(default_factory=dict)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    change: Callable[[dict[str, object]], None] = lambda claims: None
    """Changes the claims before they are signed."""
    sign: Callable[[dict[str, object]], str] | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    token_status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)
    """Queries with which browsers came."""

    def well(self) -> None:
        """Nothing is wrong."""
        self.change, self.sign, self.metadata, self.token_status = lambda claims: None, None, {}, 200

    def signed(self, claims: dict[str, object]) -> str:
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": "one"})

    async def configuration(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
            | self.metadata
        )

    async def keys(self, request: Request) -> Response:
        key = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [key | {"kid": "one", "use": "sig", "alg": "ES256"}, {"kty": "future"}]})

    async def authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return RedirectResponse(
            f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}", 303
        )

    async def token(self, request: Request) -> Response:
        if self.token_status != 200:
            return JSONResponse({"error": "server_error"}, self.token_status)
        form = dict(parse_qsl((await request.body()).decode()))
        pair = f"{CLIENT}:a%20secret%20of%20the%20client%3A%20%2F%25".encode()
        asked = self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        right = (
            asked is not None
            and request.headers.get("authorization") == f"Basic {base64.b64encode(pair).decode()}"
            and form["redirect_uri"] == asked["redirect_uri"]
            and base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        )
        if not right or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"], "auth_time": now, **self.person,
        }  # fmt: skip
        self.change(claims)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": (self.sign or self.signed)(claims)},
            headers={"Cache-Control": "no-store"},
        )


@contextlib.asynccontextmanager
async def a_provider() -> AsyncIterator[Provider]:
    """A provider that listens."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}")
    application = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.configuration),
            Route("/keys", provider.keys),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    # Signals are pytest's own matter.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started, "the provider to listen")
    yield provider
    server.should_exit = True
    await running
