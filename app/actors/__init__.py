"""Actors: the verbs of the worker. Each is thin; what it does lives in services."""

from app.actors import audit, links, mails, notifications, quality, rule_templates, search, uploads, versions

__all__ = ["audit", "links", "mails", "notifications", "quality", "rule_templates", "search", "uploads", "versions"]
