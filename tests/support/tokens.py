"""Access tokens that somebody makes up who knows the private key."""

import base64
import json
from uuid import UUID

import jwt

from tests.support.people import signer
from tests.support.system import System


class Forger:
    """Knows the private key, so that each forgery is wrong in one thing alone."""

    def __init__(self, system: System, user_id: UUID, session_id: UUID):
        current = signer(system).current
        assert current is not None
        assert current.private is not None
        self.key = current.private
        self.genuine = signer(system).sign(user_id, session_id).encoded
        self.headers = jwt.get_unverified_header(self.genuine)
        self.claims = jwt.decode(self.genuine, options={"verify_signature": False})

    def sign(
        self,
        *,
        headers: dict | None = None,
        without: str | None = None,
        key: object = None,
        algorithm: str = "EdDSA",
        **claims: object,
    ) -> str:
        """A token with other claims or headers, or without one."""
        said = {name: value for name, value in (self.claims | claims).items() if name != without}
        made = {name: value for name, value in (self.headers | (headers or {})).items() if name != without}
        return jwt.encode(said, key or self.key, algorithm=algorithm, headers=made)  # type: ignore[arg-type]

    def raw(self, header: object, claims: object, signature: bytes | None = None) -> str:
        """A token of any JSON, signed with the right key unless a signature is given."""

        def part(data: bytes) -> str:
            return base64.urlsafe_b64encode(data).decode().rstrip("=")

        text = ".".join(part(value if isinstance(value, bytes) else json.dumps(value).encode()) for value in (header, claims))
        return f"{text}.{part(self.key.sign(text.encode()) if signature is None else signature)}"
