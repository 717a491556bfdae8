"""Values that an earlier version did not have."""

from pydantic import Field

from app.core.phrases import say
from app.ingest.columns import literal
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, Row, whole
from app.quality.parameters import Parameters
from app.quality.problems import Code, NothingToCompare, RuleProblem
from app.quality.ruletype import PLAIN, FieldCount, Needs, RuleType
from app.quality.spec import PREVIOUS, Dimension
from app.quality.subject import Subject

SHOWN = 5


class NewCategoriesParameters(Parameters):
    against: str = Field(
        default=PREVIOUS, title="Compared with", description="PREVIOUS, or the name of a version.", max_length=255
    )


class NewCategories(RuleType[NewCategoriesParameters]):
    name = "new_categories"
    title = "New values"
    description = "The number of different values that the other version does not have."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.ONE
    accepts = PLAIN
    default = at_most(0)
    parameters = NewCategoriesParameters

    def needs(self, parameters: NewCategoriesParameters) -> Needs:
        return Needs(versions=frozenset({parameters.against}))

    def measure(self, subject: Subject[NewCategoriesParameters]) -> Measure:
        against, column = subject.parameters.against, subject.column
        if against == PREVIOUS and PREVIOUS not in subject.history.versions:
            raise NothingToCompare(say("NO_EARLIER_VALUES", "There is no earlier version to compare the values with."))
        other = subject.version(against, "against")
        if other.path is None:
            raise RuleProblem(
                say("NO_OTHER_DATA", "The data of the other version was not given."),
                "parameters",
                "against",
                code=Code.MISSING_INPUT,
            )
        if other.fields and column.name not in {field.field_path for field in other.fields}:
            raise NothingToCompare(
                say("OTHER_VERSION_NO_FIELD", "The other version has no field '{column}'.", column=column.name)
            )
        earlier = f"SELECT {column.sql} FROM read_parquet({literal(other.path)}, hive_partitioning = false)"
        # The first half is not idle: NOT IN of nothing is true for absent values, too.
        new = f"{column.sql} IS NOT NULL AND {column.sql} NOT IN ({earlier} WHERE {column.sql} IS NOT NULL)"
        found = (
            f"SELECT {column.sql} AS value, count(*) AS times FROM {subject.table.source} WHERE {subject.seen(new)} GROUP BY ALL"
        )
        names = f"list(CAST(value AS VARCHAR) ORDER BY times DESC, value)[:{SHOWN}]"

        def listed(row: Row) -> str:
            values = row[2] if isinstance(row[2], list) else []
            shown = ", ".join(repr(value) for value in values)
            if whole(row[0]) > SHOWN:
                return say("NEW_VALUES_AND_MORE", "New: {values} ...", values=shown) if values else ""
            return say("NEW_VALUES", "New: {values}.", values=shown) if values else ""

        return Measure(
            metric_name="new_category_count",
            label=say(
                "MEASURE_NEW_VALUES",
                "The number of values in '{column}' that the other version does not have",
                column=column.name,
            ),
            statement=f"SELECT count(*), coalesce(sum(times), 0)::BIGINT, {names} FROM ({found})",
            value=lambda row: whole(row[0]),
            failed_rows=lambda row: whole(row[1]),
            failing=Failing(new),
            note=listed,
        )
