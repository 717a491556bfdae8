"""Where a webhook may go: names are resolved once, and only addresses that everybody could reach are connected to.

`ipaddress.is_global` alone is not enough: it lets through multicast, NAT64 and 6to4, which lead back inside.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.core.phrases import Said, say

MAX_URL = 2_000
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4",
        "240.0.0.0/4", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Beside what is not global: shared and benchmark ranges, multicast, metadata of clouds, and every IPv6 form that holds an IPv4 address."""


class BadTarget(Said):
    """This address is no place to send to: one sentence for who gave it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart."""

    scheme: str
    host: str
    """As in the URL, lower case, in ASCII."""
    port: int
    path: str
    """With the query; begins with a slash."""

    @property
    def authority(self) -> str:
        """What the header Host says."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.scheme == "https" else 80) else f"{name}:{self.port}"

    @property
    def shown(self) -> str:
        """The URL without what may be a secret in it."""
        return f"{self.scheme}://{self.authority}/…"


def parse_target(url: str, *, plain_http: bool, allowed: Sequence[str] = ()) -> Target:
    """The target of a URL.

    Args:
        plain_http: http:// is taken too; then only where `allowed` leads, see `resolve`.
        allowed: networks that are let through although nobody else could reach them.
    Raises:
        BadTarget: no URL, not https, with a name or password, or an address that must not be connected to.
    """
    if len(url) > MAX_URL or not url.isprintable() or any(character.isspace() for character in url):
        raise BadTarget(say("URL_LENGTH", "Give a URL of at most {max_url:,} characters, without blanks.", max_url=MAX_URL))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        ascii_host = host if ":" in host else host.encode("idna").decode().lower()
    except (ValueError, UnicodeError) as error:
        raise BadTarget(say("URL_INVALID", "This is no URL. Give one as https://example.com/hook.")) from error
    if parts.scheme not in ("https", "http") or not host:
        raise BadTarget(say("URL_HTTPS", "Give a URL that begins with https://."))
    if parts.scheme == "http" and not plain_http:
        raise BadTarget(say("URL_IN_THE_CLEAR", "The URL has to begin with https://: messages are not sent in the clear."))
    if parts.username is not None or parts.password is not None:
        raise BadTarget(say("URL_PASSWORD", "The URL cannot hold a user name or password; a webhook is signed instead."))
    if port == 0:
        raise BadTarget(say("URL_PORT", "Port 0 is no port."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, ascii_host.rstrip("."), port or (443 if parts.scheme == "https" else 80), _quoted(path))
    literal = _literal(target.host)
    if literal is not None:
        _check(literal, target, allowed)
    return target


async def resolve(target: Target, *, allowed: Sequence[str]) -> list[Address]:
    """The addresses to connect to, all of which were checked: the name must not be resolved again.

    Raises:
        BadTarget: one of them must not be connected to: a name that leads inside and outside is not trusted.
        OSError: the name is not known.
    """
    literal = _literal(target.host)
    if literal is not None:
        found = [literal]
    else:
        rows = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows))
    for address in found:
        _check(address, target, allowed)
    return found


def is_open(address: Address) -> bool:
    """Whether everybody on the internet could connect to it."""
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.sixtofour or address.teredo):
        return False
    return address.is_global and not any(address.version == net.version and address in net for net in _NEVER)


def _check(address: Address, target: Target, allowed: Sequence[str]) -> None:
    if any(address in ipaddress.ip_network(network) for network in allowed):
        return
    if not is_open(address):
        raise BadTarget(
            say(
                "URL_INTERNAL",
                "{host} leads to an address inside of our own network, where webhooks do not go. An "
                "administrator can allow it (DATAKURA_NOTIFICATION_NETWORKS).",
                host=target.host,
            )
        )
    if target.scheme == "http":
        raise BadTarget(say("URL_IN_THE_CLEAR", "The URL has to begin with https://: messages are not sent in the clear."))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    # What C libraries read as an IPv4 address too: 127.1, 0x7f.1, 2130706433.
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host and host[-1] in "0123456789abcdefx" else None
    except OSError:
        return None


def _quoted(path: str) -> str:
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)
