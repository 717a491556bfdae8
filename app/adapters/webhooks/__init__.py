"""Requests to addresses that people gave us: signed, never to where only we can reach, never longer than a few seconds."""

from app.adapters.webhooks.addresses import BadTarget, Target, parse_target
from app.adapters.webhooks.client import Answer, NoAnswer, post
from app.adapters.webhooks.signing import new_secret, signature_headers

__all__ = ["Answer", "BadTarget", "NoAnswer", "Target", "new_secret", "parse_target", "post", "signature_headers"]
