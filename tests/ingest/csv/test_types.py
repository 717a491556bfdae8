"""Types hold every cell without loss, or the column stays text."""

from datetime import date, datetime, time
from decimal import Decimal

import duckdb
import pytest

from app.ingest.csv import oddities
from app.ingest.job import IngestError, IngestErrorCode, LogicalType, RejectedRow
from tests.ingest.conftest import Reading


def column(*cells: str) -> str:
    return "id;x\n" + "".join(f"{index};{cell}\n" for index, cell in enumerate(cells))


@pytest.mark.parametrize(
    ("cells", "native", "values"),
    [
        (["1", "-7", ""], "BIGINT", [1, -7, None]),
        (["9223372036854775807", "1"], "BIGINT", [9223372036854775807, 1]),
        (["9223372036854775808", "1"], "DECIMAL(38,0)", [Decimal(9223372036854775808), Decimal(1)]),
        (["1" * 39, "1"], "VARCHAR", ["1" * 39, "1"]),
        (["1.10", "2", ".5"], "DOUBLE", [1.1, 2.0, 0.5]),
        (["0.30000000000000004", "1.5"], "DOUBLE", [0.30000000000000004, 1.5]),
        (["1234567890123456.78", "1.5"], "DECIMAL(18,2)", [Decimal("1234567890123456.78"), Decimal("1.50")]),
        (["1.5e10", "1e-05", "2"], "DOUBLE", [1.5e10, 1e-05, 2.0]),
        (["inf", "1.5", "-inf"], "DOUBLE", [float("inf"), 1.5, float("-inf")]),
        (["007", "008"], "VARCHAR", ["007", "008"]),
        (["+4930123456", "+4930123457"], "VARCHAR", ["+4930123456", "+4930123457"]),
        (["1e5", "2E7", "NA"], "VARCHAR", ["1e5", "2E7", "NA"]),
        (["1250.5", "1e5", "99.9"], "DOUBLE", [1250.5, 1e5, 99.9]),
        (["100000", "2e5", "300000"], "DOUBLE", [100000.0, 200000.0, 300000.0]),
        (["1E3", "-2E3", "7"], "DOUBLE", [1000.0, -2000.0, 7.0]),
        (["1e+05", "1e5", "2.5e-3", "1.e2"], "DOUBLE", [100000.0, 100000.0, 0.0025, 100.0]),
        (["1e999", "1.5"], "VARCHAR", ["1e999", "1.5"]),
        (["1e5", "x1"], "VARCHAR", ["1e5", "x1"]),
        (["1,5", "1e5"], "VARCHAR", ["1,5", "1e5"]),
        (["1,234.5", "1.5e10"], "VARCHAR", ["1,234.5", "1.5e10"]),
        (["1,5", "inf"], "VARCHAR", ["1,5", "inf"]),
        (["+1.5", "+2.5"], "DOUBLE", [1.5, 2.5]),
        (["+1.5e3", "+7", "-0.5"], "DOUBLE", [1500.0, 7.0, -0.5]),
        (["+7", "-2", "0"], "BIGINT", [7, -2, 0]),
        (["+7", "+49"], "VARCHAR", ["+7", "+49"]),
        (["+49301234567", "1.5"], "VARCHAR", ["+49301234567", "1.5"]),
        (["+07", "1.5"], "VARCHAR", ["+07", "1.5"]),
        (["+1.2345678901234567", "1.5"], "VARCHAR", ["+1.2345678901234567", "1.5"]),
        (["9007199254740993", "1.5"], "DECIMAL(17,1)", [Decimal("9007199254740993.0"), Decimal("1.5")]),
        (["1234567890123456789", "1.5"], "DECIMAL(20,1)", [Decimal("1234567890123456789.0"), Decimal("1.5")]),
        (["9007199254740993", "1e5"], "VARCHAR", ["9007199254740993", "1e5"]),
        (["123456789012345", "1e5"], "DOUBLE", [123456789012345.0, 100000.0]),
        (["0x1F", "0x20"], "VARCHAR", ["0x1F", "0x20"]),
        (["1_000", "2"], "VARCHAR", ["1_000", "2"]),
        (["-0", "1"], "VARCHAR", ["-0", "1"]),
        ([" 1", "22 "], "BIGINT", [1, 22]),
        (["true", "False", "TRUE"], "BOOLEAN", [True, False, True]),
        (["yes", "no"], "VARCHAR", ["yes", "no"]),
        (["1", "x"], "VARCHAR", ["1", "x"]),
        (["2013-01-31", "2013-02-01"], "DATE", [date(2013, 1, 31), date(2013, 2, 1)]),
        (["infinity", "2013-02-01"], "VARCHAR", ["infinity", "2013-02-01"]),
        (["2013-02-30", "2013-02-01"], "VARCHAR", ["2013-02-30", "2013-02-01"]),
        (["31.1.2013", "01.02.2013"], "DATE", [date(2013, 1, 31), date(2013, 2, 1)]),
        (["31/01/2013", "01/02/2013"], "DATE", [date(2013, 1, 31), date(2013, 2, 1)]),
        (["01/31/2013", "01/02/2013"], "DATE", [date(2013, 1, 31), date(2013, 1, 2)]),
        (["01/02/2013", "03/04/2013"], "VARCHAR", ["01/02/2013", "03/04/2013"]),
        (["31/01/2013", "01/31/2013"], "VARCHAR", ["31/01/2013", "01/31/2013"]),
        (["2013/1/5", "2013/12/31"], "DATE", [date(2013, 1, 5), date(2013, 12, 31)]),
        (["2013年1月5日", "2013年12月31日"], "DATE", [date(2013, 1, 5), date(2013, 12, 31)]),
        (["Jan 5 2013", "Feb 28 2013"], "DATE", [date(2013, 1, 5), date(2013, 2, 28)]),
        (["01/31/2013 10:30", "02/01/2013 9:05"], "TIMESTAMP", [datetime(2013, 1, 31, 10, 30), datetime(2013, 2, 1, 9, 5)]),
        (["2013-01-31 05:15", "2013-01-31T05:15:30.5"], "TIMESTAMP", [datetime(2013, 1, 31, 5, 15), datetime(2013, 1, 31, 5, 15, 30, 500_000)]),
        (["2013-01-31T05:15:00Z", "2013-01-31T05:15:00+09:00"], "TIMESTAMP WITH TIME ZONE", ["2013-01-31 05:15:00+00", "2013-01-30 20:15:00+00"]),
        (["2013-01-31T05:15:00Z", "2013-01-31T05:15:00"], "VARCHAR", ["2013-01-31T05:15:00Z", "2013-01-31T05:15:00"]),
        (["2013-01-31T05:15:00.123456789Z"], "VARCHAR", ["2013-01-31T05:15:00.123456789Z"]),
        (["2013-01-31T05:15:00.123456789", "1500-01-31T05:15:00"], "VARCHAR", ["2013-01-31T05:15:00.123456789", "1500-01-31T05:15:00"]),
        (["1500-01-31T05:15:00", "2013-01-31T05:15:00"], "TIMESTAMP", [datetime(1500, 1, 31, 5, 15), datetime(2013, 1, 31, 5, 15)]),
        (["1,001", "-2"], "VARCHAR", ["1,001", "-2"]),
        (["05:15", "23:59:59.5"], "TIME", [time(5, 15), time(23, 59, 59, 500_000)]),
        (["24:00", "05:15"], "VARCHAR", ["24:00", "05:15"]),
        (["1,5", "1.234,25"], "DOUBLE", [1.5, 1234.25]),
        (["1,234,567", "1,234"], "BIGINT", [1234567, 1234]),
        (["1,234.5", "12"], "DOUBLE", [1234.5, 12.0]),
        (["1'234.5", "12"], "DOUBLE", [1234.5, 12.0]),
        (["1,234", "5,678"], "VARCHAR", ["1,234", "5,678"]),
        (["600 123 456", "600 123 457"], "VARCHAR", ["600 123 456", "600 123 457"]),
        (["1,5", "1.5"], "VARCHAR", ["1,5", "1.5"]),
        (["NA", "1", "n/a", "-"], "BIGINT", [None, 1, None, None]),
        (["NaN", "1.5"], "DOUBLE", [None, 1.5]),
        (["NA", "DE", "FR"], "VARCHAR", ["NA", "DE", "FR"]),
        (["NA", "NA"], "VARCHAR", ["NA", "NA"]),
        (["", ""], "VARCHAR", [None, None]),
    ],
)  # fmt: skip
def test_a_column_gets_the_type_that_loses_nothing(read: Reading, cells: list[str], native: str, values: list[object]) -> None:
    result = read(column(*cells))
    assert (result.types[1], [row[1] for row in result.rows]) == (native, values)


def test_the_file_says_what_an_uncertain_column_means(read: Reading) -> None:
    german = read("a;b\n1,5;1.234\n2,75;5.678\n")
    assert german.rows == [(1.5, 1234), (2.75, 5678)]
    assert (german.table.options.decimal_separator, german.table.options.thousands_separator) == (",", ".")
    english = read('a,b\n1.5,"1,234"\n2.75,"5,678"\n')
    assert english.rows == [(1.5, 1234), (2.75, 5678)]
    assert (english.table.options.decimal_separator, english.table.options.thousands_separator) == (".", ",")


def test_an_ambiguous_column_is_named_in_a_warning(read: Reading) -> None:
    result = read("id,day\n1,01/02/2013\n2,03/04/2013\n")
    assert result.table.warnings == ("'day' stays text: its dates can be read day first or month first.",)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["1e5", "2E7"], "cells like 1e5 may be numbers or identifiers"),
        (["+7", "+49"], "cells like +7 may be numbers or codes"),
        (["-0", "0", "-5"], "cells like -0 would lose their sign as numbers"),
        (["-0", "1.5"], "cells like -0 would lose their sign as numbers"),
        (["1e400", "2", "3"], "cells like 1e400 are beyond what a number type holds"),
        (["2013-01-31T05:15:00.1234567Z"], "its times have nanoseconds and a zone, of which a type keeps one"),
        (
            ["2013-01-31 05:15:00.1234567", "2262-01-31 05:15:00"],
            "with nanoseconds, years before 1678 or after 2261 cannot be kept",
        ),
        (["1e5", "1e400"], "cells like 1e400 are beyond what a number type holds"),
        (["2020-01-31", "2020-02-30"], "some of its dates, like 2020-02-30, are no days of the calendar"),
        (["31.01.2020", "31.02.2020"], "some of its dates, like 2020-02-30, are no days of the calendar"),
        (["2020-02-20T10:00", "2020-02-30T10:00"], "some of its dates, like 2020-02-30, are no days of the calendar"),
        (["2020-01-01T10:00:00Z", "2020-01-01T10:00:00"], "only some of its times have a time zone"),
        (["2020-01-01", "2020-01-01 10:00"], "only some of its dates have a time of day"),
        (["2020-01-01", "31/01/2020"], "its dates are written in more than one way"),
        (["9007199254740993", "1e5"], "its numbers have more digits than a number type holds"),
    ],
)
def test_numbers_that_may_be_codes_are_said(read: Reading, cells: list[str], reason: str) -> None:
    assert read(column(*cells)).table.warnings == (f"'x' stays text: {reason}.",)


@pytest.mark.parametrize(
    ("usual", "odd", "warning"),
    [
        (["1.5"] * 18, ["n/k", "?", "oops"], "'x' stays text: 2 cells look like 'n/k', the first on line 20."),
        (["2013-01-31"] * 9, ["2013-02-30"], "'x' stays text: 1 cell looks like '2013-02-30', on line 11."),
        (["31/01/2013", "01/02/2013"] * 9, ["01/31/2013"], "'x' stays text: 1 cell looks like '01/31/2013', on line 20."),
        (["7"] * 6 + ["1e5"] * 3, ["2013-01-31"], "'x' stays text: 1 cell looks like '2013-01-31', on line 11."),
        (["12345", "23456"] * 9, ["01234", "00501"], "'x' stays text: 2 cells look like '01234', the first on line 20."),
    ],
)
def test_few_cells_that_keep_a_column_text_are_named(read: Reading, usual: list[str], odd: list[str], warning: str) -> None:
    result = read(column(*usual, *odd))
    assert [row[1] for row in result.rows] == [*usual, *odd]
    assert result.table.warnings == (warning,)


@pytest.mark.parametrize("cells", [["1"] * 8 + ["x"], ["1e5"] * 20 + ["x"], ["DE"] * 20, ["NA"] * 20 + ["x"]])
def test_columns_of_text_are_no_surprise(read: Reading, cells: list[str]) -> None:
    result = read(column(*cells))
    assert (result.types[1], result.table.warnings) == ("VARCHAR", ())


def test_odd_cells_of_a_long_column_are_counted_exactly_though_a_sample_is_looked_at_first(read: Reading) -> None:
    rows = oddities.SAMPLE_ROWS * 4
    # As many odd cells as there may be: by chance a sample has more than its share of them, or less.
    cells = ["n/k" if row % 10 == 7 else str(row) for row in range(rows)]
    texts = [str(row) if row % 2 else "text" for row in range(rows)]
    result = read("x,y\n" + "".join(f"{x},{y}\n" for x, y in zip(cells, texts, strict=True)))
    assert result.table.warnings == ("'x' stays text: 8,000 cells look like 'n/k', the first on line 9.",)


def test_an_odd_cell_is_found_by_its_line_past_quoted_line_ends_and_rejects(read: Reading) -> None:
    content = "note,x\n" + 'a,1.5\n"b\nc",2\n' * 20 + "1,2,3\n\n" + "d,many\n" + "e,4\n" * 100
    result = read(content)
    assert [line for line, _, _ in result.rejects] == [62]
    assert "'x' stays text: 1 cell looks like 'many', on line 64." in result.table.warnings
    chosen = read(content, types={"note": LogicalType.STRING, "x": LogicalType.STRING})
    assert not any("stays text" in warning for warning in chosen.table.warnings)


def test_where_rows_were_taken_out_the_odd_cell_is_shown_without_a_line(read: Reading) -> None:
    content = "n,x\nmany,1\n" + "1,2\n" * 30 + "2,odd\n"
    result = read(content, types={"n": LogicalType.INTEGER})
    assert result.table.warnings == ("'x' stays text: 1 cell looks like 'odd'.",)


@pytest.mark.parametrize(
    ("usual", "last", "native", "value"),
    [
        ("1e5", "7", "DOUBLE", 7.0),
        ("1e5", "x", "VARCHAR", "x"),
        ("01/02/2013", "31/01/2013", "DATE", date(2013, 1, 31)),
        ("NA", "7", "BIGINT", 7),
        ("1.5", "1e999", "VARCHAR", "1e999"),
        ("+7,-2", "+1.5", "DOUBLE", 1.5),
        ("2.5", "1e5", "DOUBLE", 1e5),
    ],
)
def test_what_a_sample_cannot_tell_is_told_by_the_whole_file(
    read: Reading, usual: str, last: str, native: str, value: object
) -> None:
    forms = usual.split(",")
    rows = [f"{n};{forms[n % len(forms)]};{'text of some length ' * 2}\n" for n in range(100_000)]
    rows[77_777] = f"77777;{last};odd\n"
    result = read("id;x;name\n" + "".join(rows))
    assert (result.types, result.rows[77_777][1]) == (["BIGINT", native, "VARCHAR"], value)


def test_the_tokens_that_were_used_are_reported(read: Reading) -> None:
    assert read("a,b\n1,x\nNA,-\n3,y\n").table.options.null_tokens == ("", "NA")


def test_the_callers_tokens_hold_everywhere_and_alone(read: Reading) -> None:
    result = read("a,b\n1,x\nNA,none\n3,NA\n", null_tokens=("", "none", "NA"))
    assert result.rows == [(1, "x"), (None, None), (3, None)]
    only = read("a,b\n1,x\nNA,\n3,y\n", null_tokens=("none",))
    assert only.rows == [("1", "x"), ("NA", ""), ("3", "y")]


def test_the_callers_marks_win(read: Reading) -> None:
    assert read("a;b\n1;1,234\n2;5,678\n", decimal_separator=",").rows == [(1, 1.234), (2, 5.678)]
    assert read("a;b\n1;1,234\n2;5,678\n", decimal_separator=".", thousands_separator=",").rows == [(1, 1234), (2, 5678)]


def test_a_wanted_type_rejects_what_does_not_fit(read: Reading) -> None:
    good = "".join(f'{n},"line\nbreak"\n' for n in range(20))
    result = read(f"qty,note\n007,a\nmany,b\n{good}1.5,c\n", types={"qty": LogicalType.INTEGER})
    assert result.types == ["BIGINT", "VARCHAR"]
    assert result.column == [7, *range(20)]
    assert result.table.rejected_samples == (
        RejectedRow(line=3, reason="'many' is not an integer", field_path="qty", text="many,b"),
        RejectedRow(line=44, reason="'1.5' is not an integer", field_path="qty", text="1.5,c"),
    )


@pytest.mark.parametrize(
    ("wanted", "cells", "values"),
    [
        (LogicalType.STRING, ["1", "2"], ["1", "2"]),
        (LogicalType.NUMBER, ["1", "2e3"], [1.0, 2000.0]),
        (LogicalType.INTEGER, ["+1", "002"], [1, 2]),
        (LogicalType.BOOLEAN, ["yes", "0"], [True, False]),
        (LogicalType.DATE, ["2013-01-31", "2013-1-5"], [date(2013, 1, 31), date(2013, 1, 5)]),
        (LogicalType.TIMESTAMP, ["2013-01-31", "2013-01-31 05:00"], [datetime(2013, 1, 31), datetime(2013, 1, 31, 5)]),
        (LogicalType.TIME, ["05:15", "06:00"], [time(5, 15), time(6)]),
    ],
)
def test_a_wanted_type_is_given(read: Reading, wanted: LogicalType, cells: list[str], values: list[object]) -> None:
    result = read(column(*cells), types={"x": wanted})
    assert ([row[1] for row in result.rows], result.table.fields[1].logical_type) == (values, wanted)


def test_too_many_misfits_refuse_the_file(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read(column("1", "x", "y", "4"), types={"x": LogicalType.INTEGER})
    error = refused.value
    assert (error.code, error.line, error.rejected_row_count) == (IngestErrorCode.TOO_MANY_BAD_ROWS, 3, 2)
    assert [row.field_path for row in error.rejected_samples] == ["x", "x"]


@pytest.mark.parametrize(
    ("last", "native", "value"),
    [("x", "VARCHAR", "x"), ("1.5", "DOUBLE", 1.5), ("", "BIGINT", None), ("99999999999999999999", "DECIMAL(38,0)", Decimal("99999999999999999999")), ("007", "VARCHAR", "007")],
)  # fmt: skip
def test_one_odd_cell_anywhere_in_a_long_file_decides(read: Reading, last: str, native: str, value: object) -> None:
    rows = [f"{n},{n % 7}.5,{'2013-01-31' if n % 2 else ''},row {n}\n" for n in range(250_000)]
    rows[133_333] = f"{last},1.5,,odd\n"
    result = read("id,x,day,name\n" + "".join(rows))
    assert result.types == [native, "DOUBLE", "DATE", "VARCHAR"]
    assert result.table.row_count == 250_000
    assert result.rows[133_333] == (value, 1.5, None, "odd")


def test_nanoseconds_are_kept(read: Reading) -> None:
    cells = [f"2013-01-31T05:{n % 60:02}:00.{n:09}" for n in range(300)] + ["2013-01-31 05:15:00"]
    result = read(column(*cells))
    assert (result.types[1], result.table.fields[1].logical_type) == ("TIMESTAMP_NS", LogicalType.TIMESTAMP)
    connection = duckdb.connect()
    stored = connection.execute(f"SELECT epoch_ns(x) % 1000000000 FROM read_parquet('{result.table.path}')").fetchall()
    assert [value for (value,) in stored] == [*range(300), 0]


def test_quoted_groups_of_three_in_a_file_with_commas_are_thousands(read: Reading) -> None:
    result = read("city,people\n" + "".join(f'city {n},"{n},{n:03}"\n' for n in range(1, 300)))
    assert (result.types[1], [row[1] for row in result.rows]) == ("BIGINT", [1001 * n for n in range(1, 300)])
    assert read('a,b,c\n1,"1,5","1,001"\n2,"2,5","2,002"\n').rows == [(1, 1.5, 1.001), (2, 2.5, 2.002)]
