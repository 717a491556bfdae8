"""Values as text for people: ISO 8601 for times, the shortest form for numbers."""

TEXT_CHARACTERS = 200


def shown(text: str | None, native_type: str) -> str | None:
    """DuckDB's text of a value in the form that pages of rows use."""
    if text is None:
        return None
    if native_type.startswith("TIMESTAMP"):
        # '2024-05-01 12:00:00+00' -> '2024-05-01T12:00:00Z'; the connection's zone is UTC.
        moment = text.replace(" ", "T", 1)
        return f"{moment[:-3]}Z" if moment.endswith("+00") else moment
    if native_type == "DOUBLE":
        return repr(float(text))
    return text
