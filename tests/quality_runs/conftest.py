"""People with sessions on the running system."""

from tests.api.conftest import admin, administrator, people

__all__ = ["admin", "administrator", "people"]
