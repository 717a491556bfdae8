"""GraphQL over HTTP as somebody who is signed in: retries what may pass, signs in again when a session has ended."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue, ValidationError

from app.cli.client import documents
from app.cli.client.answers import Account, Answer, Payload, SignedIn, WhoAmI
from app.cli.client.errors import ClientError, NotADatakura, Refused, SignInRefused, Unauthenticated, Unreachable
from app.cli.client.patience import ONCE, Patience

A = TypeVar("A", bound=Answer)
P = TypeVar("P", bound=Payload)

_BUSY = frozenset({429, 502, 503, 504})
_BUSY_CODES = frozenset({"UNAVAILABLE", "RATE_LIMITED"})
_LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Token:
    """An access token or an API key, sent as it is."""

    secret: str = field(repr=False)


@dataclass(frozen=True)
class Password:
    """What a person signs in with; kept for the run, to sign in again when the session ends."""

    email: str
    password: str = field(repr=False)


class _Busy(Exception):
    """The server, or a dependency of it, asks to come again."""

    def __init__(self, message: str, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class Api:
    """One server and one account. Use as an async context manager: it is signed in inside."""

    def __init__(self, url: str, credentials: Token | Password, *, patience: Patience | None = None) -> None:
        """
        Args:
            url: the address that a person opens, with or without a slash at the end.
        Raises:
            ClientError: this is no address.
        """
        self.url = checked(url)
        self.account: Account | None = None
        self._credentials = credentials
        self._patience = patience or Patience()
        self._token = credentials.secret if isinstance(credentials, Token) else ""
        self._signing_in = asyncio.Lock()
        # The session's cookie is for browsers: sent along, it would only be one more secret on its way.
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(60, connect=5), cookies=jar, headers={"User-Agent": "datakura"})

    async def __aenter__(self) -> Self:
        """Signed in.

        Raises:
            Unreachable, NotADatakura, SignInRefused: at the first attempt, so that a wrong address is said at once.
        """
        try:
            if isinstance(self._credentials, Password):
                await self._sign_in(self._credentials, ONCE)
            else:
                found = WhoAmI.model_validate(await self._data(documents.WHO_AM_I, {}, {}, ONCE))
                if found.viewer is None:
                    raise SignInRefused(
                        f"{self.url} does not accept this token: it is wrong, or has expired.",
                        hint="Get a new one, or sign in by DATAKURA_EMAIL and DATAKURA_PASSWORD.",
                    )
                self.account = found.viewer
        except BaseException:
            await self._http.aclose()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The session that was opened has ended."""
        try:
            if isinstance(self._credentials, Password) and not isinstance(error, asyncio.CancelledError):
                await self._data(documents.SIGN_OUT, {}, {}, ONCE)
        except ClientError:
            pass  # it ends by itself, and what was to be done is done
        finally:
            await self._http.aclose()

    @property
    def authorization(self) -> str:
        """Value of the header `Authorization`, now."""
        return f"Bearer {self._token}"

    async def query(self, document: str, answer: type[A], **variables: JsonValue) -> A:
        """The answer of a query.

        Raises:
            Unreachable, NotADatakura, Unauthenticated, Refused
        """
        return _parsed(answer, await self._data(document, variables, {}, self._patience), self.url)

    async def mutate(self, document: str, payload: type[P], input: Mapping[str, JsonValue], *, key: str | None = None) -> P:
        """The payload of a mutation that was done.

        Args:
            key: Idempotency-Key: repeated with it, whatever happened to the answer, the mutation is done once.
        Raises:
            Unreachable, NotADatakura, Unauthenticated, Refused
        """
        headers = {"Idempotency-Key": key} if key else {}
        waits = self._patience.waits()
        while True:
            data = await self._data(document, {"input": dict(input)}, headers, self._patience)
            found = _parsed(payload, next(iter(data.values()), None), self.url)
            if not found.errors:
                return found
            error = found.errors[0]
            wait = next(waits, None) if error.code in _BUSY_CODES else None
            if wait is None:
                path = tuple(error.path or ())
                raise Refused(error.message, code=error.code, path=path[1:] if path[:1] == ("input",) else path)
            await asyncio.sleep(wait)

    async def _sign_in(self, credentials: Password, patience: Patience) -> None:
        given: dict[str, JsonValue] = {"email": credentials.email, "password": credentials.password}
        data = await self._data(documents.SIGN_IN, {"input": given}, {}, patience, again=False)
        found = _parsed(SignedIn, data.get("signIn"), self.url)
        if found.mfa_challenge:
            raise SignInRefused(
                f"{credentials.email} signs in with a second factor, which cannot be given here.",
                hint="Set DATAKURA_TOKEN to an API key or an access token.",
                code="MFA_REQUIRED",
            )
        if found.session is None:
            error = found.errors[0] if found.errors else None
            if error and error.code != "INVALID_CREDENTIALS":
                raise Refused(error.message, code=error.code)
            raise SignInRefused(
                f"{self.url} does not let {credentials.email} in: the e-mail address or the password is wrong.",
                hint="Give them by DATAKURA_EMAIL and DATAKURA_PASSWORD, or by --email and at the prompt.",
            )
        self._token, self.account = found.session.access_token, found.session.viewer

    async def _data(
        self,
        document: str,
        variables: Mapping[str, JsonValue],
        headers: Mapping[str, str],
        patience: Patience,
        *,
        again: bool = True,
    ) -> dict[str, JsonValue]:
        """`data` of the answer. The same bytes are sent each time: an Idempotency-Key stands for exactly these."""
        body = json.dumps({"query": document, "variables": dict(variables)}).encode()
        waits = patience.waits()
        while True:
            used = self._token
            try:
                return await self._once(body, headers)
            except Unauthenticated as ended:
                if not again:
                    raise
                await self._renew(used, ended)
                again = False
            except _Busy as busy:
                wait = next(waits, None)
                if wait is None:
                    raise Unreachable(f"{self.url} cannot do it now: {busy}", hint="Try again in a few minutes.") from busy
                await asyncio.sleep(max(wait, busy.wait_seconds))
            except httpx.RequestError as failed:
                wait = next(waits, None)
                if wait is None:
                    raise Unreachable(
                        f"{self.url} cannot be reached: {reason(failed)}.",
                        hint="Check the address (--url, DATAKURA_URL), and that Datakura runs there.",
                    ) from failed
                await asyncio.sleep(wait)

    async def _renew(self, used: str, ended: Unauthenticated) -> None:
        """There is a new session instead of the one of the token `used`."""
        if not isinstance(self._credentials, Password):
            raise Unauthenticated(
                "The token is not accepted any more: it has expired or was revoked.",
                hint="Get a new one and run the same command again; what is stored already is not sent again.",
            ) from ended
        async with self._signing_in:
            if self._token == used:
                self._token = ""
                await self._sign_in(self._credentials, self._patience)

    async def _once(self, body: bytes, headers: Mapping[str, str]) -> dict[str, JsonValue]:
        sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        if self._token:
            sent["Authorization"] = self.authorization
        answer = await self._http.post(f"{self.url}/graphql", content=body, headers=sent)
        if answer.is_redirect:
            raise NotADatakura(
                f"{self.url} sends everybody on to {answer.headers.get('Location', 'elsewhere')}.", hint="Give that."
            )
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict) or not ("data" in found or isinstance(found.get("errors"), list)):
            if answer.status_code in _BUSY:
                raise _Busy(f"HTTP {answer.status_code}.", _retry_after(answer))
            raise NotADatakura(
                f"At {self.url} something answers (HTTP {answer.status_code}), but not Datakura.",
                hint="Check the address: --url, DATAKURA_URL.",
            )
        if found.get("errors"):
            _raise(found["errors"][0], answer)
        data: dict[str, JsonValue] = found["data"]
        return data


def checked(url: str) -> str:
    """The address without a slash at its end.

    Raises:
        ClientError: this is no address.
    """
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half a bracket
        right = False
    if not right:
        raise ClientError(
            f"{url!r} is no address.", hint="Give one like http://127.0.0.1:8400 (--url, DATAKURA_URL).", code="BAD_ADDRESS"
        )
    return url.rstrip("/")


def reason(failed: Exception) -> str:
    """Why a connection failed, in words."""
    if isinstance(failed, httpx.ConnectTimeout | httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return "no answer in time"
    if isinstance(failed, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return "the connection broke"
    said = str(failed)
    if "Name or service not known" in said or "nodename nor servname" in said or "name resolution" in said:
        return "there is no such host"
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "its certificate is not trusted here"
    if "All connection attempts failed" in said or "refused" in said:
        return "nothing listens there"
    return said or type(failed).__name__


def _raise(error: object, answer: httpx.Response) -> None:
    known = error if isinstance(error, dict) else {}
    extensions = known.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    message, code = str(known.get("message", "An error without a message.")), str(extensions.get("code", "ERROR"))
    if code == "UNAUTHENTICATED":
        raise Unauthenticated(message)
    if code in _BUSY_CODES or answer.status_code in _BUSY:
        raise _Busy(message, _seconds(extensions.get("retryAfterSeconds")) or _retry_after(answer))
    path = extensions.get("path")
    request = extensions.get("requestId")
    hint = f"Request {request}." if code == "INTERNAL" and request else None
    raise Refused(message, code=code, path=tuple(map(str, path)) if isinstance(path, list) else (), hint=hint)


def _retry_after(answer: httpx.Response) -> float:
    return _seconds(answer.headers.get("Retry-After"))


def _seconds(value: object) -> float:
    try:
        return min(max(float(str(value)), 0.0), _LONGEST_WAIT_SECONDS)
    except ValueError:
        return 0.0


def _parsed(answer: type[A], data: JsonValue, url: str) -> A:
    try:
        return answer.model_validate(data)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise NotADatakura(
            f"{url} answers in a way that this version does not understand ({answer.__name__}.{where}).",
            hint="Is the server another version? Bring both to the same one.",
        ) from error
