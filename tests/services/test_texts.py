"""Names, addresses, tags and JSON as they are kept."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.services.texts import check_json, clean_name, clean_tags, slugify

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_every_json_value_without_nul_is_accepted_as_it_is(value: object) -> None:
    assert check_json(value, path=("value",)) is value


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_a_nul_is_found_wherever_it_stands(before: str, after: str, key: bool) -> None:
    text = f"{before}\x00{after}"
    with pytest.raises(InvalidInput, match="NUL"):
        check_json({text: 1} if key else [[text]], path=("value",))


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "u0000", "\\", "\\\\"])
def test_a_written_escape_is_no_nul(text: str) -> None:
    assert check_json({text: text}, path=("value",)) == json.loads(json.dumps({text: text}))


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 2**64, -(2**63) - 1])
def test_a_number_that_json_or_64_bits_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(InvalidInput, match="cannot be stored exactly"):
        check_json({"a": [value]}, path=("value",))


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_slug_is_an_address(name: str) -> None:
    slug = slugify(name)
    assert 1 <= len(slug) <= 120
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug
    assert not any(character.isspace() or character in "/?#%&<>\"'\\_" for character in slug)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_name_is_kept_or_refused_and_cleaning_again_changes_nothing(name: str) -> None:
    try:
        clean = clean_name(name)
    except InvalidInput:
        return
    assert 1 <= len(clean) <= 255
    assert clean_name(clean) == clean


def test_tags_are_lower_case_and_each_stands_once() -> None:
    assert clean_tags(["B", "b", " ａ ", "Straße", "x:y/z.1-2_3"]) == ["b", "a", "strasse", "x:y/z.1-2_3"]
