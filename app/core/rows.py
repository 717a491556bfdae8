"""The type of what Core reads: rows whose columns are attributes."""

from typing import Any

from sqlalchemy import Row

AnyRow = Row[*tuple[Any, ...]]
"""A row read by attribute. Which columns it has is said by the list of columns that it was selected with."""
