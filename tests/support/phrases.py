"""Errors without the sentence's code and values, for tests of everything else about them."""

from collections.abc import Mapping


def plain(extensions: Mapping[str, object]) -> dict[str, object]:
    """What an error has beside its message, but for the phrase."""
    return {name: value for name, value in extensions.items() if name != "phrase"}
