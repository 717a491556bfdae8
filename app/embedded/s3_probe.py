"""Whether an S3 server stores objects: one is written, read back and deleted with signed requests (AWS Signature 4).

Signed by hand, because the libraries that can sign would triple the memory of the supervisor.
"""

import hashlib
import hmac
import http.client
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 2.0
_KEY = ".ready"


@dataclass(frozen=True, kw_only=True)
class S3Probe:
    """One bucket of one server."""

    endpoint_url: str
    bucket: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)

    def stores_objects(self) -> bool:
        """Whether a small object survives the round trip. The bucket is made when it is missing."""
        body = secrets.token_bytes(16)
        try:
            # 409: the bucket is there.
            if self._send("PUT", f"/{self.bucket}")[0] not in (200, 409):
                return False
            stored = self._send("PUT", f"/{self.bucket}/{_KEY}", body)[0] == 200
            return stored and self._send("GET", f"/{self.bucket}/{_KEY}") == (200, body) and self._delete()
        except (OSError, http.client.HTTPException):
            return False

    def _delete(self) -> bool:
        return self._send("DELETE", f"/{self.bucket}/{_KEY}")[0] == 204

    def _send(self, method: str, path: str, content: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer. `path` holds only characters that need no escaping."""
        at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        host = urlsplit(self.endpoint_url).netloc
        digest = hashlib.sha256(content).hexdigest()
        headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": at}
        names = ";".join(headers)
        canonical = "\n".join((method, path, "", *(f"{name}:{value}" for name, value in headers.items()), "", names, digest))
        scope = f"{at[:8]}/{self.region}/s3/aws4_request"
        to_sign = "\n".join(("AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = f"AWS4{self.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        credential = f"Credential={self.access_key}/{scope}, SignedHeaders={names}"
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        headers["authorization"] = f"AWS4-HMAC-SHA256 {credential}, Signature={signature}"
        connection = http.client.HTTPConnection(host, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
