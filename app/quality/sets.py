"""Whether a value is one of a list."""

from collections.abc import Sequence

from app.quality.parameters import P, Scalar
from app.quality.subject import Subject

SHORT = 2
"""A longer list is looked up in a hash table: comparing with four texts one by one takes three times as long (measured 2026-11)."""


def contains(subject: Subject[P], values: Sequence[Scalar]) -> str:
    """Condition: the rule's column has one of the values; NULL where it has none.

    Raises:
        RuleProblem: a value is not of the column's type.
    """
    listed = list(dict.fromkeys(subject.value(value, "values") for value in values))
    column = subject.column.sql
    if len(listed) <= SHORT:
        return f"{column} IN ({', '.join(listed)})"
    return f"{column} IN (SELECT unnest([{', '.join(listed)}]))"
