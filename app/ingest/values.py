"""Values as text for people, the same in profiles and in pages of rows: ISO 8601 for times, the shortest form for numbers."""

import math

TEXT_CHARACTERS = 200
_DAY_SECONDS = 86_400


def shown(text: str | None, native_type: str) -> str | None:
    """DuckDB's text of a value in the form that pages of rows use."""
    if text is None:
        return None
    if native_type.startswith("TIMESTAMP"):
        # '2024-05-01 12:00:00+00' -> '2024-05-01T12:00:00Z'; the connection's zone is UTC.
        moment = text.replace(" ", "T", 1)
        return f"{moment[:-3]}Z" if moment.endswith("+00") else moment
    if native_type in ("FLOAT", "DOUBLE"):
        return number_text(float(text))
    return text


def number_text(number: float) -> str:
    """The shortest text that reads back as the number; NaN, Infinity, -Infinity."""
    if math.isfinite(number):
        return repr(number)
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def date_text(days: int) -> str:
    """ISO 8601 of a day counted from 1970-01-01, in the proleptic Gregorian calendar, of any year."""
    # Years from March on, so that the leap day is the last; 146,097 days are 400 years.
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * march_month + 2) // 5 + 1
    month = march_month + 3 if march_month < 10 else march_month - 9
    year = year_of_era + 400 * era + (month <= 2)
    return f"{year:04}-{month:02}-{day:02}"


def time_text(ticks: int, ticks_per_second: int) -> str:
    """ISO 8601 of a time of day, without zeros at the end of its fraction."""
    seconds, fraction = divmod(ticks, ticks_per_second)
    whole = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    digits = len(str(ticks_per_second)) - 1
    return f"{whole}.{fraction:0{digits}}".rstrip("0") if fraction else whole


def timestamp_text(ticks: int, ticks_per_second: int, *, utc: bool) -> str:
    """ISO 8601 of a moment counted from 1970-01-01T00:00:00; with Z where it is a moment in UTC, not a local time."""
    days, rest = divmod(ticks, _DAY_SECONDS * ticks_per_second)
    return f"{date_text(days)}T{time_text(rest, ticks_per_second)}{'Z' if utc else ''}"
