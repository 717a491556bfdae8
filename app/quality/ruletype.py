"""The base of rule types: one class a file in `app.quality.rules`, which states what it is and compiles to a Measure."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Generic

from app.core.phrases import Phrase, say
from app.ingest.job import LogicalType
from app.quality.conditions import Condition
from app.quality.measures import Measure
from app.quality.parameters import P
from app.quality.problems import Code, Problem, RuleProblem
from app.quality.spec import Dimension, History, RuleSpec
from app.quality.subject import Subject
from app.quality.table import Column, Table

NUMBERS = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})
TIMES = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})
TEXTS = frozenset({LogicalType.STRING})
PLAIN = frozenset(LogicalType) - {LogicalType.OBJECT, LogicalType.ARRAY}


class FieldCount(Enum):
    """How many fields a rule names: least, most (None = any number)."""

    NONE = (0, 0)
    ONE = (1, 1)
    OPTIONAL = (0, 1)
    TWO = (2, 2)
    SOME = (1, None)
    ANY = (0, None)

    @property
    def words(self) -> str:
        """'exactly one field'."""
        return {
            "NONE": say("FIELDS_NONE", "no field, because it is about the whole table"),
            "ONE": say("FIELDS_ONE", "exactly one field"),
            "OPTIONAL": say("FIELDS_ONE_OR_NONE", "one field or none"),
            "TWO": say("FIELDS_TWO", "exactly two fields"),
            "SOME": say("FIELDS_SOME", "at least one field"),
            "ANY": say("FIELDS_ANY", "any number of fields"),
        }[self.name]

    def suits(self, count: int) -> bool:
        """Whether a rule may name so many fields."""
        least, most = self.value
        return least <= count and (most is None or count <= most)


@dataclass(frozen=True)
class Needs:
    """What a rule needs beside its table: the parts of History to fill."""

    versions: frozenset[str] = frozenset()
    """Names for `History.versions`, of which the tables are read."""
    profiles: frozenset[str] = frozenset()
    """Names for `History.versions`, of which row count, fields and profile are enough."""
    datasets: frozenset[str] = frozenset()
    """Names for `History.datasets`, of which the tables are read."""
    row_counts: frozenset[str] = frozenset()
    """Names for `History.datasets`, of which the row count is enough."""
    metrics: bool = False
    """The earlier values of its own metric."""
    created_at: bool = False
    """When the checked version was created."""


class RuleType(ABC, Generic[P]):
    """A kind of rule."""

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    dimension: ClassVar[Dimension]
    fields: ClassVar[FieldCount]
    takes_filter: ClassVar[bool] = True
    accepts: ClassVar[frozenset[LogicalType]] = frozenset(LogicalType)
    """Logical types of the fields that it can look at."""
    default: ClassVar[Condition | None] = None
    """What holds for a rule without an operator; None: a rule needs one."""
    own_condition: ClassVar[bool] = False
    """It finds its thresholds itself."""
    parameters: type[P]

    @abstractmethod
    def measure(self, subject: Subject[P]) -> Measure:
        """How the value is found.

        Raises:
            RuleProblem: it cannot be, on this table.
            NothingToCompare.
        """

    def check(self, parameters: P) -> None:
        """Parameters are what they may be, whatever the table.

        Raises:
            RuleProblem: SQL or a pattern is outside the fence.
        """
        return

    def needs(self, parameters: P) -> Needs:
        """What History has to hold for such a rule."""
        return Needs()

    def subject(self, spec: RuleSpec, parameters: P, table: Table, history: History) -> Subject[P]:
        """The rule bound to a table.

        Raises:
            RuleProblem: the table has no such fields, or of other types.
        """
        columns = tuple(self._columns(spec, table))
        return Subject(spec=spec, parameters=parameters, table=table, columns=columns, history=history)

    def _columns(self, spec: RuleSpec, table: Table) -> Iterator[Column]:
        for path in spec.field_paths:
            column = table.column(path)
            if column is None:
                raise RuleProblem(_no_field(path, table), "fieldPaths", code=Code.MISSING_FIELD)
            if column.logical not in self.accepts:
                accepted = ", ".join(sorted(self.accepts))
                raise RuleProblem(
                    say(
                        "FIELD_TYPE",
                        "The field '{path}' is {logical}; '{rule_type}' looks at {accepted} only.",
                        path=path,
                        logical=column.logical,
                        rule_type=self.name,
                        accepted=accepted,
                    ),
                    "fieldPaths",
                    code=Code.WRONG_TYPE,
                )
            yield column

    def field_problems(self, spec: RuleSpec) -> list[Problem]:
        """What is wrong with the number of fields, or with a filter where there can be none."""
        found = []
        if not self.fields.suits(len(spec.field_paths)):
            found.append(
                Problem(
                    ("fieldPaths",),
                    say(
                        "RULE_FIELDS", "A rule of type '{rule_type}' names {words}.", rule_type=self.name, words=self.fields.words
                    ),
                )
            )
        if len(set(spec.field_paths)) < len(spec.field_paths):
            found.append(Problem(("fieldPaths",), say("FIELD_TWICE", "A field is named twice.")))
        if spec.filter is not None and not self.takes_filter:
            found.append(
                Problem(
                    ("filter",),
                    say(
                        "RULE_NO_FILTER",
                        "A rule of type '{rule_type}' has no filter: it does not look at rows one by one.",
                        rule_type=self.name,
                    ),
                )
            )
        return found


def _no_field(path: str, table: Table) -> Phrase:
    """With a hint where another field differs only in case or spaces."""
    plain = path.casefold().replace(" ", "")
    for column in table.columns:
        if column.name.casefold().replace(" ", "") == plain:
            return say("NO_FIELD_BUT", "The table has no field '{path}'. Did you mean '{other}'?", path=path, other=column.name)
    return say("NO_FIELD", "The table has no field '{path}'.", path=path)
