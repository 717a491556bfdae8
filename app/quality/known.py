"""What the profile of the very version that is checked tells in advance, where it tells it exactly."""

from dataclasses import dataclass
from functools import cached_property

from app.ingest.columns import literal
from app.ingest.job import Field, FieldProfile, LogicalType, TableProfile
from app.ingest.values import TEXT_CHARACTERS

_READ_BACK = ("VARCHAR", "BOOLEAN", "DATE", "FLOAT", "DOUBLE")
_NUMBERS = (LogicalType.INTEGER, LogicalType.NUMBER)
_ENDED = (*_NUMBERS, LogicalType.DATE, LogicalType.TIMESTAMP)


@dataclass(frozen=True)
class Known:
    """Of one column."""

    field: Field
    profile: FieldProfile
    row_count: int

    @property
    def present(self) -> int:
        """Rows that have a value."""
        return self.row_count - self.profile.null_count

    @property
    def distinct(self) -> int | None:
        """Different values that are there; None where the profile only estimates them."""
        return None if self.profile.distinct_is_approximate else self.profile.distinct_count

    @property
    def lengths(self) -> tuple[int, int] | None:
        """Least and greatest number of characters, of a column of texts that has any."""
        least, greatest = self.profile.min_length, self.profile.max_length
        return None if least is None or greatest is None else (least, greatest)

    @cached_property
    def values(self) -> tuple[tuple[str, int], ...] | None:
        """SQL of every value of the column and how often it occurs, an absent one included; None where the profile lists not
        all of them, or not as they are."""
        top = self.profile.top_values
        if not self._reads_back or sum(one.count for one in top) != self.present:
            return None
        if any(len(one.value) >= TEXT_CHARACTERS or "\0" in one.value for one in top):
            return None
        listed = [(self._value(one.value), one.count) for one in top]
        if self.profile.null_count or not listed:
            listed.append((f"CAST(NULL AS {self.field.native_type})", self.profile.null_count))
        return tuple(listed)

    @cached_property
    def ends(self) -> tuple[str, str] | None:
        """SQL of the least and the greatest value, between which all others lie, of numbers, dates and times."""
        low, high = self.profile.min, self.profile.max
        if self.field.logical_type not in _ENDED or low is None or high is None:
            return None
        if self.field.native_type in ("FLOAT", "DOUBLE") and sum(one.count for one in self.profile.histogram) != self.present:
            # Something is not finite: not-a-number lies nowhere.
            return None
        return self._value(low), self._value(high)

    @property
    def _reads_back(self) -> bool:
        """Whether a text of the profile is the value again, to the last digit."""
        native = self.field.native_type
        return native in _READ_BACK or (self.field.logical_type in _NUMBERS)

    def _value(self, text: str) -> str:
        return f"CAST({literal(text)} AS {self.field.native_type})"


def columns(fields: tuple[Field, ...], profile: TableProfile | None, row_count: int, nulls: dict[str, int]) -> dict[str, Known]:
    """By name, those of which the profile and the file itself tell the same.

    Args:
        row_count: as the file says.
        nulls: by name, as the file says.
    """
    if profile is None or profile.partial or profile.row_count != row_count:
        return {}
    statistics = {one.field_path: one for one in profile.field_profiles}
    return {
        field.field_path: Known(field, one, row_count)
        for field in fields
        if (one := statistics.get(field.field_path)) is not None and nulls.get(field.field_path) == one.null_count
    }
