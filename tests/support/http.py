"""HTTP clients of the tests: nothing here speaks TLS, and reading the certificates of the machine takes 20 ms a client."""

import ssl

import httpx

_TLS = ssl.create_default_context()


def http_client(url: str = "", *, timeout: float = 30) -> httpx.AsyncClient:
    """A client of one server, or of any."""
    return httpx.AsyncClient(base_url=url, timeout=timeout, verify=_TLS)
