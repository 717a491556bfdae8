"""Where webhooks may go: nowhere that only we can reach, in whatever way it is written."""

import ipaddress

import pytest

from app.adapters.webhooks.addresses import BadTarget, is_open, parse_target, resolve

INSIDE = (
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "0.0.0.0", "0.1.2.3", "192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::1", "2002:a9fe:a9fe::", "2001:0:53aa:64c::1", "2001:db8::1", "100::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "3fff::1", "5f00::1",
)  # fmt: skip
OUTSIDE = (
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "172.15.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_none_to_send_to(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadTarget, match=r"inside of our own network.*DATAKURA_NOTIFICATION_NETWORKS"):
        parse_target(f"https://{host}/x", plain_http=False)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_one(address: str) -> None:
    assert is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "[::ffff:7f00:1]", "017700000001", "１２７.0.0.1"]
)
def test_other_ways_to_write_an_address_are_read_as_one(host: str) -> None:
    with pytest.raises(BadTarget, match="inside of our own network"):
        parse_target(f"https://{host}/x", plain_http=False)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.com/x", "has to begin with https://"),
        ("ftp://example.com/x", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("gopher://example.com", "begins with https://"),
        ("example.com/x", "begins with https://"),
        ("https://", "begins with https://"),
        ("", "begins with https://"),
        ("https://user:password@example.com/x", "cannot hold a user name or password"),
        ("https://user@example.com/x", "cannot hold a user name or password"),
        ("https://example.com@127.0.0.1/x", "cannot hold a user name or password"),
        ("https://example.com:0/x", "Port 0"),
        ("https://example.com:99999/x", "This is no URL"),
        ("https://[::1/x", "This is no URL"),
        ("https://exa mple.com/", "without blanks"),
        ("https://example.com/\r\nHost: x", "without blanks"),
        ("https://example.com/" + "x" * 2_000, "at most 2,000"),
        ("https://" + "a" * 70 + ".com/", "This is no URL"),
    ],
)
def test_what_is_no_target_is_refused_with_a_reason(url: str, says: str) -> None:
    with pytest.raises(BadTarget, match=says):
        parse_target(url, plain_http=False)


def test_a_target_is_taken_apart() -> None:
    found = parse_target("https://Hooks.Example.com:8443/a/ü?token=x", plain_http=False)
    assert (found.scheme, found.host, found.port, found.path) == ("https", "hooks.example.com", 8443, "/a/%C3%BC?token=x")
    assert (found.authority, found.shown) == ("hooks.example.com:8443", "https://hooks.example.com:8443/…")
    assert parse_target("https://bücher.example", plain_http=False).authority == "xn--bcher-kva.example"
    assert parse_target("https://[2606:4700::1]/x", plain_http=False).authority == "[2606:4700::1]"


async def test_a_name_is_checked_by_where_it_leads() -> None:
    target = parse_target("https://localhost/x", plain_http=False)
    with pytest.raises(BadTarget, match="localhost leads to an address inside"):
        await resolve(target, allowed=())
    found = await resolve(target, allowed=("127.0.0.0/8", "::1/128"))
    assert {str(address) for address in found} <= {"127.0.0.1", "::1"}
    with pytest.raises(OSError, match=r"."):
        await resolve(parse_target("https://no-such-host.invalid/x", plain_http=False), allowed=())


async def test_plain_http_goes_only_where_an_administrator_lets_it() -> None:
    inside = parse_target("http://127.0.0.1:9000/x", plain_http=True, allowed=("127.0.0.1/32",))
    assert [str(one) for one in await resolve(inside, allowed=("127.0.0.1/32",))] == ["127.0.0.1"]
    with pytest.raises(BadTarget, match="has to begin with https://"):
        parse_target("http://1.1.1.1/x", plain_http=True, allowed=("127.0.0.1/32",))
    with pytest.raises(BadTarget, match="has to begin with https://"):
        parse_target("http://127.0.0.1:9000/x", plain_http=False, allowed=("127.0.0.1/32",))
    with pytest.raises(BadTarget, match="inside of our own network"):
        parse_target("http://127.0.0.2:9000/x", plain_http=True, allowed=("127.0.0.1/32",))
