"""What changed between two versions."""

from dataclasses import replace

import pytest

from app.ingest.compare import Change, Compatibility, ProfileChange, SchemaChange, TableSummary, bound, compare
from app.ingest.job import Field, FieldProfile, LogicalType

KINDS = {
    "BIGINT": LogicalType.INTEGER,
    "INTEGER": LogicalType.INTEGER,
    "UBIGINT": LogicalType.INTEGER,
    "DECIMAL(38,0)": LogicalType.INTEGER,
    "DOUBLE": LogicalType.NUMBER,
    "FLOAT": LogicalType.NUMBER,
    "DECIMAL(10,2)": LogicalType.NUMBER,
    "DECIMAL(12,2)": LogicalType.NUMBER,
    "DECIMAL(12,4)": LogicalType.NUMBER,
    "VARCHAR": LogicalType.STRING,
    "DATE": LogicalType.DATE,
    "TIMESTAMP": LogicalType.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": LogicalType.TIMESTAMP,
}


def table(*columns: tuple[str, str], rows: int = 0, profiles: tuple[FieldProfile, ...] = (), nullable: str = "") -> TableSummary:
    fields = tuple(
        Field(field_path=path, ordinal_position=index, logical_type=KINDS[native], native_type=native, nullable=path in nullable)
        for index, (path, native) in enumerate(columns, 1)
    )
    return TableSummary(row_count=rows, fields=fields, profiles=profiles)


def statistics(path: str, **known: float | str | None) -> FieldProfile:
    base = FieldProfile(
        field_path=path, null_count=0, null_fraction=0.0, distinct_count=3, distinct_is_approximate=False, min="1", max="3",
        mean=2.0, median=2.0, stddev=1.0, min_length=None, max_length=None,
    )  # fmt: skip
    return replace(base, **known)  # type: ignore[arg-type]


def schema_change(path: str, change: Change, before: str | None, after: str | None, *, breaking: bool) -> SchemaChange:
    return SchemaChange(field_path=path, change=change, before=before, after=after, breaking=breaking)


def test_a_version_equals_itself() -> None:
    version = table(("a", "BIGINT"), ("b", "VARCHAR"), rows=7, profiles=(statistics("a"), statistics("b")))
    found = compare(version, version)
    assert (found.compatibility, found.row_count_change, found.schema_changes, found.profile_changes) == (
        Compatibility.EXACT_MATCH, 0, (), (),
    )  # fmt: skip


def test_an_added_field_makes_a_superset() -> None:
    found = compare(table(("a", "BIGINT"), rows=10), table(("a", "BIGINT"), ("b", "DATE"), rows=7))
    assert found.compatibility == Compatibility.SUPERSET
    assert found.row_count_change == -3
    assert found.schema_changes == (schema_change("b", Change.ADDED, None, "DATE", breaking=False),)


def test_a_removed_field_makes_a_subset_and_breaks() -> None:
    found = compare(table(("a", "BIGINT"), ("b", "DATE")), table(("a", "BIGINT")))
    assert found.compatibility == Compatibility.SUBSET
    assert found.schema_changes == (schema_change("b", Change.REMOVED, "DATE", None, breaking=True),)


def test_an_added_and_a_removed_field_are_incompatible() -> None:
    found = compare(table(("a", "BIGINT"), ("b", "DATE")), table(("a", "BIGINT"), ("c", "DATE")))
    assert found.compatibility == Compatibility.INCOMPATIBLE
    assert found.schema_changes == (
        schema_change("c", Change.ADDED, None, "DATE", breaking=False),
        schema_change("b", Change.REMOVED, "DATE", None, breaking=True),
    )


@pytest.mark.parametrize(
    ("before", "after", "compatibility"),
    [
        ("INTEGER", "BIGINT", Compatibility.SUPERSET),
        ("BIGINT", "INTEGER", Compatibility.SUBSET),
        ("BIGINT", "UBIGINT", Compatibility.INCOMPATIBLE),
        ("BIGINT", "DECIMAL(38,0)", Compatibility.SUPERSET),
        ("BIGINT", "DOUBLE", Compatibility.SUPERSET),
        ("DOUBLE", "BIGINT", Compatibility.SUBSET),
        ("FLOAT", "DOUBLE", Compatibility.SUPERSET),
        ("DECIMAL(10,2)", "DECIMAL(12,2)", Compatibility.SUPERSET),
        ("DECIMAL(10,2)", "DECIMAL(12,4)", Compatibility.SUPERSET),
        ("DECIMAL(12,2)", "DECIMAL(12,4)", Compatibility.INCOMPATIBLE),
        ("DATE", "TIMESTAMP", Compatibility.SUPERSET),
        ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", Compatibility.INCOMPATIBLE),
        ("BIGINT", "VARCHAR", Compatibility.INCOMPATIBLE),
        ("VARCHAR", "BIGINT", Compatibility.INCOMPATIBLE),
    ],
)
def test_a_wider_type_is_compatible_and_any_other_breaks(before: str, after: str, compatibility: Compatibility) -> None:
    found = compare(table(("a", before)), table(("a", after)))
    assert found.compatibility == compatibility
    breaking = compatibility != Compatibility.SUPERSET
    assert found.schema_changes == (schema_change("a", Change.TYPE_CHANGED, before, after, breaking=breaking),)


def test_json_text_and_text_differ_in_their_logical_type() -> None:
    base, head = table(("a", "VARCHAR")), table(("a", "VARCHAR"))
    head = replace(head, fields=(replace(head.fields[0], logical_type=LogicalType.OBJECT),))
    assert compare(base, head).schema_changes == (schema_change("a", Change.TYPE_CHANGED, "STRING", "OBJECT", breaking=True),)


def test_nullability_is_a_change_but_no_incompatibility() -> None:
    never, sometimes = table(("a", "BIGINT")), table(("a", "BIGINT"), nullable="a")
    found = compare(never, sometimes)
    assert found.compatibility == Compatibility.EXACT_MATCH
    assert found.schema_changes == (schema_change("a", Change.NULLABILITY_CHANGED, "not null", "null", breaking=True),)
    assert compare(sometimes, never).schema_changes == (
        schema_change("a", Change.NULLABILITY_CHANGED, "null", "not null", breaking=False),
    )


def test_only_the_field_that_moved_is_moved() -> None:
    base = table(*((name, "BIGINT") for name in "abcde"))
    head = table(*((name, "BIGINT") for name in "eabcd"))
    assert compare(base, head).schema_changes == (schema_change("e", Change.MOVED, "5", "1", breaking=False),)


def test_fields_behind_a_new_one_have_not_moved() -> None:
    base = table(("a", "BIGINT"), ("b", "BIGINT"))
    head = table(("new", "DATE"), ("a", "BIGINT"), ("b", "BIGINT"))
    assert [(change.field_path, change.change) for change in compare(base, head).schema_changes] == [("new", Change.ADDED)]


def test_every_statistic_that_differs_is_told() -> None:
    base = table(("a", "BIGINT"), ("b", "BIGINT"), profiles=(statistics("a"), statistics("b")))
    changed = statistics("a", null_count=2, distinct_count=None, min="0", max=None, mean=2.5, median=3.0, stddev=None)
    head = table(("a", "BIGINT"), ("b", "BIGINT"), profiles=(changed, statistics("b")))
    assert compare(base, head).profile_changes == tuple(
        ProfileChange(field_path="a", statistic=statistic, before=before, after=after)
        for statistic, before, after in [
            ("nulls", 0, 2), ("distinct", 3, None), ("max", 3, None), ("stddev", 1.0, None), ("min", 1, 0),
            ("median", 2.0, 3.0), ("mean", 2.0, 2.5),
        ]
    )  # fmt: skip


def test_the_largest_change_is_told_first_and_what_is_no_fraction_before_it() -> None:
    fields = (("small", "BIGINT"), ("large", "DOUBLE"), ("day", "DATE"))
    base = table(
        *fields, profiles=(statistics("small", mean=100.0), statistics("large", mean=2.0), statistics("day", max="2024-01-01"))
    )
    head = table(
        *fields, profiles=(statistics("small", mean=101.0), statistics("large", mean=1.0), statistics("day", max="2024-02-01"))
    )
    changes = compare(base, head).profile_changes
    assert [(change.field_path, change.before, change.after, change.relative) for change in changes] == [
        ("day", "2024-01-01", "2024-02-01", None),
        ("large", 2.0, 1.0, -0.5),
        ("small", 100.0, 101.0, 0.01),
    ]


@pytest.mark.parametrize(
    ("text", "logical_type", "value"),
    [
        ("-26", LogicalType.INTEGER, -26),
        ("18446744073709551615", LogicalType.INTEGER, 2**64 - 1),
        ("100000000000000000000", LogicalType.INTEGER, 1e20),
        ("0.10", LogicalType.NUMBER, 0.1),
        ("inf", LogicalType.NUMBER, "inf"),
        ("12", LogicalType.STRING, "12"),
        ("2024-01-01", LogicalType.DATE, "2024-01-01"),
        (None, LogicalType.INTEGER, None),
    ],
)
def test_a_bound_is_a_number_where_the_column_holds_numbers(text: str | None, logical_type: LogicalType, value: object) -> None:
    found = bound(text, logical_type)
    assert (found, type(found)) == (value, type(value))


def test_the_last_digits_of_a_sum_are_no_change() -> None:
    base = table(("a", "DOUBLE"), profiles=(statistics("a", mean=0.1 + 0.2, stddev=1e6),))
    head = table(("a", "DOUBLE"), profiles=(statistics("a", mean=0.3, stddev=1e6 * (1 + 1e-12)),))
    assert compare(base, head).profile_changes == ()


def test_fields_without_a_counterpart_have_no_profile_change() -> None:
    base = table(("a", "BIGINT"), profiles=(statistics("a"),))
    head = table(("b", "BIGINT"), profiles=(statistics("b", mean=9.0),))
    assert compare(base, head).profile_changes == ()
