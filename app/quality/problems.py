"""What can be wrong with a rule, as errors for the person who wrote it."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.phrases import Said


class Code(StrEnum):
    """Why a rule cannot run (`RuleError.code`)."""

    INVALID_RULE = "INVALID_RULE"
    MISSING_FIELD = "MISSING_FIELD"
    WRONG_TYPE = "WRONG_TYPE"
    MISSING_INPUT = "MISSING_INPUT"
    NO_VALUE = "NO_VALUE"
    INVALID_DATA = "INVALID_DATA"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    TIMED_OUT = "TIMED_OUT"
    CRASHED = "CRASHED"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong."""

    path: tuple[str, ...]
    """Names of the input, outermost first, in camelCase: ('parameters', 'pattern')."""
    message: str
    code: Code = Code.INVALID_RULE


class RuleProblem(Exception):
    """A rule cannot be compiled; carries its Problem."""

    def __init__(self, message: str, *path: str, code: Code = Code.INVALID_RULE):
        super().__init__(message)
        self.problem = Problem(path, message, code)


class NothingToCompare(Said):
    """A rule that compares has nothing to compare with yet: it is SKIPPED, with this sentence as its message."""
