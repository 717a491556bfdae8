"""One POST to a checked address: no redirects, no proxies, a few seconds in all, the first bytes of the answer."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

import httpx

from app.adapters.webhooks.addresses import Address, BadTarget, Target, resolve
from app.core.phrases import Said, say

MOST_BYTES = 64 << 10
"""Of an answer; the rest is not read."""
_SECONDS = 60.0
"""Of one step; the whole is bounded by the caller's deadline."""
MOST_RETRY_AFTER_SECONDS = 24 * 3600.0


class NoAnswer(Said):
    """There was no answer: one sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the target said."""

    status: int
    body: bytes
    """At most its first 64 KiB."""
    retry_after_seconds: float | None
    """When it asks to come again, at most a day; None when it does not say."""


async def post(
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[str],
    timeout_seconds: float,
    ca_file: Path | None = None,
) -> Answer:
    """The target's answer to `body`, sent once to an address that was checked.

    Raises:
        BadTarget: the name leads where webhooks do not go. NoAnswer: it does not answer in time, or not as HTTP.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            return await _send(target, await resolve(target, allowed=allowed), body, headers, ca_file)
    except TimeoutError as error:
        raise NoAnswer(say("NO_ANSWER_WITHIN", "No answer within {seconds:g} seconds.", seconds=timeout_seconds)) from error
    except httpx.ConnectError as error:
        tls = isinstance(error.__cause__, ssl.SSLError) or "SSL" in str(error)
        if tls:
            raise NoAnswer(say("CERTIFICATE_NOT_ACCEPTED", "Its TLS certificate is not accepted.")) from error
        raise NoAnswer(say("NOBODY_ANSWERS", "Nobody answers at this address.")) from error
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise NoAnswer(say("NO_HTTP_ANSWER", "The connection broke, or the answer is no HTTP.")) from error
    except OSError as error:
        raise NoAnswer(say("HOST_UNKNOWN", "The host name is not known, or cannot be reached.")) from error


@lru_cache(maxsize=4)
def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Believes the system's certificates, and those of `ca_file`."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


async def _send(
    target: Target, addresses: Sequence[Address], body: bytes, headers: Mapping[str, str], ca_file: Path | None
) -> Answer:
    if not addresses:
        raise BadTarget(say("HOST_LEADS_NOWHERE", "The host name leads nowhere."))
    # Identity: a small compressed answer could unpack to a large one.
    sent = {"Host": target.authority, "Accept-Encoding": "identity", "User-Agent": "Datakura", "Connection": "close", **headers}
    # trust_env off: a proxy would resolve the name again, to whatever it likes.
    async with httpx.AsyncClient(verify=_context(ca_file), trust_env=False, follow_redirects=False, timeout=_SECONDS) as client:
        for last, address in enumerate(addresses, 1 - len(addresses)):
            literal = f"[{address}]" if address.version == 6 else str(address)
            request = client.build_request(
                "POST",
                f"{target.scheme}://{literal}:{target.port}{target.path}",
                content=body,
                headers=sent,
                extensions={"sni_hostname": target.host},
            )
            try:
                return await _read(await client.send(request, stream=True))
            except httpx.ConnectError:
                if last == 0:
                    raise
    raise AssertionError


async def _read(answer: httpx.Response) -> Answer:
    content = b""
    try:
        async for part in answer.aiter_raw():
            content += part
            if len(content) >= MOST_BYTES:
                break
    finally:
        await answer.aclose()
    return Answer(answer.status_code, content[:MOST_BYTES], _retry_after(answer.headers.get("Retry-After")))


def _retry_after(value: str | None) -> float | None:
    """Seconds, from a number of them or a date."""
    if value is None:
        return None
    try:
        seconds = float(value) if value.strip().isdecimal() else _until(parsedate_to_datetime(value))
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), MOST_RETRY_AFTER_SECONDS)


def _until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
