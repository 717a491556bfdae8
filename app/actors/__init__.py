"""Actors: the verbs of the worker. Each is thin; what it does lives in services."""

from app.actors import audit, search, uploads, versions

__all__ = ["audit", "search", "uploads", "versions"]
