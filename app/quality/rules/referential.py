"""Values that exist in another dataset."""

from pydantic import Field

from app.core.phrases import say
from app.ingest.columns import literal, quoted
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, bad_rows, whole
from app.quality.parameters import RowParameters
from app.quality.problems import Code, RuleProblem
from app.quality.ruletype import PLAIN, FieldCount, Needs, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class ReferentialParameters(RowParameters):
    dataset: str = Field(
        title="Dataset", description="Name or id of the other dataset; its current version counts.", max_length=255
    )
    field_path: str = Field(
        title="Field", description="The field of the other dataset in which values have to exist.", max_length=1_000
    )


class Referential(RuleType[ReferentialParameters]):
    name = "referential"
    title = "Reference"
    description = "Rows whose value does not exist in a field of another dataset. Absent values pass; see 'nulls'."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.ONE
    accepts = PLAIN
    default = at_most(0)
    parameters = ReferentialParameters

    def needs(self, parameters: ReferentialParameters) -> Needs:
        return Needs(datasets=frozenset({parameters.dataset}))

    def measure(self, subject: Subject[ReferentialParameters]) -> Measure:
        wanted, column = subject.parameters, subject.column
        other = subject.dataset(wanted.dataset, "dataset")
        if other.path is None:
            raise RuleProblem(
                say("NO_DATA_OF_DATASET", "The data of '{dataset}' was not given.", dataset=wanted.dataset),
                "parameters",
                "dataset",
                code=Code.MISSING_INPUT,
            )
        if other.fields and wanted.field_path not in {field.field_path for field in other.fields}:
            raise RuleProblem(
                say(
                    "DATASET_NO_FIELD",
                    "The dataset '{dataset}' has no field '{field_path}'.",
                    dataset=wanted.dataset,
                    field_path=wanted.field_path,
                ),
                "parameters",
                "fieldPath",
                code=Code.MISSING_FIELD,
            )
        target = quoted(wanted.field_path)
        known = f"SELECT {target} FROM read_parquet({literal(other.path)}, hive_partitioning = false) WHERE {target} IS NOT NULL"
        # The first half is not idle: NOT IN of nothing is true for absent values, too.
        orphan = f"{column.sql} IS NOT NULL AND {column.sql} NOT IN ({known})"
        return bad_rows(
            subject,
            name="orphan",
            label=say(
                "VALUES_NOT_THERE",
                "values in '{column}' that do not exist in '{field_path}' of '{dataset}'",
                column=column.name,
                field_path=wanted.field_path,
                dataset=wanted.dataset,
            ),
            failing=Failing(orphan),
            statement=f"SELECT count_if({subject.seen(orphan)}), {subject.count()} FROM {subject.table.source}",
            bad=lambda row: whole(row[0]),
            total=lambda row: whole(row[1]),
        )
