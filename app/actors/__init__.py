"""Actors: the verbs of the worker. Each is thin; what it does lives in services."""

from app.actors import search, uploads, versions

__all__ = ["search", "uploads", "versions"]
