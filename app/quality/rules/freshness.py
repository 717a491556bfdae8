"""How old the data is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from app.core.phrases import Number, say
from app.quality.measures import Measure, Row, known
from app.quality.parameters import Parameters
from app.quality.problems import Code, RuleProblem
from app.quality.ruletype import TIMES, FieldCount, Needs, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class FreshnessParameters(Parameters):
    timezone: str = Field(
        default="UTC",
        title="Time zone",
        description="IANA name of the zone of times that have none: UTC, Asia/Tokyo ...",
        max_length=64,
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(say("PARAMETER_TIME_ZONE", "There is no time zone '{name}'", name=value)) from error
        return value


class Freshness(RuleType[FreshnessParameters]):
    name = "freshness"
    title = "Freshness"
    description = "Seconds since the latest time in the field; without a field, since the version was created."
    dimension = Dimension.TIMELINESS
    fields = FieldCount.OPTIONAL
    accepts = TIMES
    parameters = FreshnessParameters

    def needs(self, parameters: FreshnessParameters) -> Needs:
        return Needs(created_at=True)

    def measure(self, subject: Subject[FreshnessParameters]) -> Measure:
        if not subject.columns:
            return self._of_version(subject)
        column = subject.column
        zone = ZoneInfo("UTC") if column.is_zoned else ZoneInfo(subject.parameters.timezone)
        # In one of the two types that all functions of time know, whatever its precision.
        latest = f"CAST(max({subject.masked(column.sql)}) AS {'TIMESTAMP WITH TIME ZONE' if column.is_zoned else 'TIMESTAMP'})"

        def age(row: Row) -> Number | None:
            (ticks,) = row
            if not isinstance(ticks, int):
                return None
            local = datetime(1970, 1, 1) + timedelta(microseconds=ticks)  # noqa: DTZ001 - the zone comes next
            return (subject.history.now - local.replace(tzinfo=zone)).total_seconds()

        return Measure(
            metric_name="age_seconds",
            label=say("MEASURE_AGE", "The age in seconds of the latest '{column}'", column=column.name),
            aggregates=(f"epoch_us(CASE WHEN isfinite({latest}) THEN {latest} END)",),
            value=age,
        )

    def _of_version(self, subject: Subject[FreshnessParameters]) -> Measure:
        if subject.where:
            raise RuleProblem(say("NOTHING_TO_FILTER", "Without a field there is nothing to filter."), "filter")
        created_at = subject.table.created_at
        if created_at is None:
            raise RuleProblem(
                say("CREATION_UNKNOWN", "It is not known when the version was created."), "fieldPaths", code=Code.MISSING_INPUT
            )
        seconds = (subject.history.now - created_at.astimezone(UTC)).total_seconds()
        return known("age_seconds", say("MEASURE_VERSION_AGE", "The age in seconds of the version"), seconds)
