"""JSON and JSON Lines: every record checked, nothing lost, nothing guessed."""

import json
from datetime import date
from decimal import Decimal

import pytest

from app.ingest.job import FileFormat, IngestError, IngestErrorCode, IngestLimits, LogicalType, RejectedRow
from tests.ingest.conftest import Reading

GOOD = '{"a": 1}\n' * 20


def test_keys_are_united_over_the_whole_file(read: Reading) -> None:
    rows = [{"a": i, "b": "x"} for i in range(30_000)] + [{"a": 1.5, "late": True}]
    for text in (json.dumps(rows), json.dumps(rows, indent=1), "\n".join(json.dumps(row) for row in rows)):
        result = read(text)
        assert (result.names, result.types) == (["a", "b", "late"], ["DOUBLE", "VARCHAR", "BOOLEAN"])
        assert result.rows[29_999:] == [(29_999.0, "x", None), (1.5, None, True)]


def test_nested_values_are_json_text(read: Reading) -> None:
    result = read('[{"o": {"k": [1, null]}, "l": [1, "x, ]"]}, {"o": null, "l": []}]')
    assert result.rows == [('{"k":[1,null]}', '[1,"x, ]"]'), (None, "[]")]
    assert [field.logical_type for field in result.table.fields] == [LogicalType.OBJECT, LogicalType.ARRAY]


@pytest.mark.parametrize(
    ("values", "native", "cells"),
    [
        ("1, 2", "BIGINT", [1, 2]),
        ("9223372036854775808, 1", "DECIMAL(38,0)", [Decimal(9223372036854775808), Decimal(1)]),
        ("12345678901234567890123, 1", "DECIMAL(38,0)", [Decimal(12345678901234567890123), Decimal(1)]),
        ("1, 2.5", "DOUBLE", [1.0, 2.5]),
        ("9007199254740993, 2.5", "VARCHAR", ["9007199254740993", "2.5"]),
        ('"1", "2"', "VARCHAR", ["1", "2"]),
        ('1, "x"', "VARCHAR", ["1", "x"]),
        ("true, false", "BOOLEAN", [True, False]),
        ("true, 1", "VARCHAR", ["true", "1"]),
        ('"2013-01-31", null', "DATE", [date(2013, 1, 31), None]),
        ('"2013-01-31T05:00:00Z", null', "TIMESTAMP WITH TIME ZONE", ["2013-01-31 05:00:00+00", None]),
        ('"2013-01-31", "soon"', "VARCHAR", ["2013-01-31", "soon"]),
        ('"", null', "VARCHAR", ["", None]),
        ('"a\\n\\u00e9\\ud83d\\ude00", "\\\\\\""', "VARCHAR", ["a\né😀", '\\"']),
        ("null, null", "VARCHAR", [None, None]),
        ("NaN, 1.5", "DOUBLE", [None, 1.5]),
        ('{"a": 1}, "x"', "VARCHAR", ['{"a":1}', "x"]),
    ],
)
def test_a_key_gets_the_type_that_loses_nothing(read: Reading, values: str, native: str, cells: list[object]) -> None:
    result = read("\n".join(f'{{"id": 1, "x": {value}}}' for value in _split(values)))
    assert (result.types[1], [row[1] for row in result.rows]) == (native, cells)


def _split(values: str) -> list[str]:
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(values):
        _, end = decoder.raw_decode(values, position)
        found.append(values[position:end])
        position = end + 2
    return found


def test_bad_lines_are_rejected_with_their_lines(read: Reading) -> None:
    result = read('{"a": 1}\n\n{"a": 2\n{"a": 1, "a": 2}\n' + GOOD + "nonsense\n" + GOOD)
    assert result.column == [1] * 41
    assert result.table.rejected_samples == (
        RejectedRow(
            line=3, reason="it is not valid JSON (unexpected end of data at character 8)", field_path=None, text='{"a": 2'
        ),
        RejectedRow(line=4, reason="the key 'a' appears twice", field_path=None, text='{"a": 1, "a": 2}'),
        RejectedRow(
            line=25,
            reason="it is not valid JSON (invalid literal, expected 'null' at character 1)",
            field_path=None,
            text="nonsense",
        ),
    )


def test_a_number_beyond_all_number_types_rejects_its_record(read: Reading) -> None:
    result = read('{"a": 1e400}\n' + GOOD)
    assert [(row.line, row.text) for row in result.table.rejected_samples] == [(1, '{"a": 1e400}')]


def test_inner_repeated_keys_are_kept_as_written(read: Reading) -> None:
    assert read('[{"o": {"a": 1, "a": 2}}]').rows == [('{"a":1,"a":2}',)]


def test_a_bad_element_is_rejected_with_its_line(read: Reading) -> None:
    result = read('[\n{"a": 1},\n{"a": },\n' + '{"a":\n 1},\n' * 20 + '{"a": 3}\n]')
    assert result.column == [1] * 21 + [3]
    assert [(row.line, row.text) for row in result.table.rejected_samples] == [(3, '{"a": }')]


def test_a_cut_array_is_truncated_with_its_line(read: Reading) -> None:
    for text in ('[{"a": 1},\n{"a": 2},\n{"a"', '[{"a": 1},\n{"a": 2},\n', '{"a":\n[1,\n'):
        with pytest.raises(IngestError) as refused:
            read(text, format=FileFormat.JSON)
        assert (refused.value.code, refused.value.line) == (IngestErrorCode.TRUNCATED, 3)


def test_what_follows_an_array_is_refused(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read('[{"a": 1}]\n[{"a": 2}]\n', format=FileFormat.JSON)
    assert (refused.value.code, refused.value.line) == (IngestErrorCode.MALFORMED, 1)


@pytest.mark.parametrize("depth", [200_000])
def test_deep_nesting_is_a_rejected_record(read: Reading, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    result = read(f'{{"a": {deep}}}\n' + GOOD)
    assert [(row.line, row.reason) for row in result.table.rejected_samples] == [(1, "it is nested too deeply")]
    with pytest.raises(IngestError) as refused:
        read(deep)
    assert refused.value.code is IngestErrorCode.TOO_MANY_BAD_ROWS
    with pytest.raises(IngestError) as refused:
        read("[" * depth)
    assert refused.value.code is IngestErrorCode.TRUNCATED


def test_one_object_is_one_row(read: Reading) -> None:
    for text in ('{"a": 1, "b": [1, 2]}', '{\n  "a": 1,\n  "b": [1, 2]\n}\n'):
        assert read(text).rows == [(1, "[1,2]")]


def test_the_only_array_of_objects_in_an_object_is_the_table(read: Reading) -> None:
    result = read('{"meta": {"n": 2}, "data": [\n{"x": 1},\n{"x": 2}], "tags": ["a"]}')
    assert result.column == [1, 2]
    assert result.table.warnings == ("The table is the array 'data'; 2 other members of the object were left out.",)


def test_two_arrays_of_objects_stay_in_their_row(read: Reading) -> None:
    assert read('{"p": [{"x": 1}], "q": [{"x": 2}]}').rows == [('[{"x":1}]', '[{"x":2}]')]


def test_objects_one_after_the_other_are_rows(read: Reading) -> None:
    assert read('{\n "a": 1\n}\n{\n "a": 2\n}\n').column == [1, 2]


def test_values_that_are_no_objects_stand_in_one_column(read: Reading) -> None:
    result = read("[1, 2, null]")
    assert (result.names, result.column) == (["value"], [1, 2, None])


@pytest.mark.parametrize("text", ["[]", "{}", "[{}]", "[ ]\n"])
def test_no_records_are_no_table(read: Reading, text: str) -> None:
    with pytest.raises(IngestError) as refused:
        read(text)
    assert refused.value.code is IngestErrorCode.NO_ROWS


def test_strange_keys_are_columns(read: Reading) -> None:
    result = read('[{"a/b": 1, "a~b": 2, "A": 3, "a": 4, "": 5, "q\\"": 6, "$.x": 7}]')
    assert result.names == ["a/b", "a~b", "A", "a_2", "column_5", 'q"', "$.x"]
    assert result.rows == [(1, 2, 3, 4, 5, 6, 7)]


def test_a_nul_character_rejects_its_record(read: Reading) -> None:
    result = read('{"a": "\\u0000"}\n{"a": "\\\\u0000"}\n' + '{"a": "x"}\n' * 20)
    assert [(row.line, row.reason) for row in result.table.rejected_samples] == [(1, "it holds a NUL character")]
    assert result.column[0] == "\\u0000"


def test_a_wanted_type_rejects_what_does_not_fit(read: Reading) -> None:
    result = read(
        "bad\n" + '{"a": "7"}\n{"a": "x"}\n{"a": null}\n' + GOOD + GOOD,
        types={"a": LogicalType.INTEGER},
        format=FileFormat.JSON_LINES,
    )
    assert result.column == [7, None] + [1] * 40
    assert [(row.line, row.field_path, row.reason) for row in result.table.rejected_samples] == [
        (1, None, "it is not valid JSON (unexpected character, expected a JSON value at character 1)"),
        (3, "a", "'\"x\"' is not an integer"),
    ]


def test_a_large_record_is_refused(read: Reading) -> None:
    limits = IngestLimits(max_cell_bytes=1 << 20)
    for text in ('[{"a": 1},\n{"a": "%s"}]', '{"a": 1}\n{"a": "%s"}\n'):
        with pytest.raises(IngestError) as refused:
            read(text % ("x" * (3 << 20)), limits=limits)
        assert (refused.value.code, refused.value.line) == (IngestErrorCode.CELL_TOO_LARGE, 2)


def test_too_many_keys_are_refused(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read(json.dumps([{f"k{i}": i} for i in range(101)]), limits=IngestLimits(max_columns=100))
    assert refused.value.code is IngestErrorCode.TOO_MANY_COLUMNS
