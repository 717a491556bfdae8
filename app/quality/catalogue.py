"""The rule types that there are, what they need, and whether a rule is one that can run."""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.core.phrases import say
from app.ingest.job import Field
from app.quality import binding, conditions, fence, parameters, rules, table
from app.quality.parameters import Parameters
from app.quality.problems import Code, NothingToCompare, Problem, RuleProblem
from app.quality.ruletype import FieldCount, Needs, RuleType
from app.quality.spec import Dimension, History, Json, RuleSpec

AnyRuleType = RuleType[Parameters]


@dataclass(frozen=True, kw_only=True)
class RuleTypeInfo:
    """A rule type as it is shown."""

    name: str
    title: str
    description: str
    dimension: Dimension
    parameters_schema: dict[str, Json]
    """JSON Schema, draft 2020-12, of `RuleSpec.parameters`."""
    fields: FieldCount
    needs_operator: bool
    """A rule needs an operator and a threshold; others have a condition of their own."""
    has_operator: bool
    """False where the rule finds its thresholds itself."""
    takes_filter: bool


@cache
def types() -> dict[str, AnyRuleType]:
    """Every rule type by name: each module of `app.quality.rules` defines one, and nothing else names it."""
    found: dict[str, AnyRuleType] = {}
    for module_info in pkgutil.iter_modules(rules.__path__):
        module = importlib.import_module(f"{rules.__name__}.{module_info.name}")
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, RuleType) and one.__module__ == module.__name__:
                kind = one()
                if kind.name in found:
                    raise ValueError(f"two rule types are called {kind.name}")
                found[kind.name] = kind
    return dict(sorted(found.items()))


def rule_types() -> list[RuleTypeInfo]:
    """All rule types by name, as they are shown and as forms are drawn from them."""
    return [
        RuleTypeInfo(
            name=kind.name,
            title=kind.title,
            description=kind.description,
            dimension=kind.dimension,
            parameters_schema=parameters.schema(kind.parameters),
            fields=kind.fields,
            needs_operator=kind.default is None and not kind.own_condition,
            has_operator=not kind.own_condition,
            takes_filter=kind.takes_filter,
        )
        for kind in types().values()
    ]


def find(spec: RuleSpec) -> AnyRuleType:
    """The rule's type.

    Raises:
        RuleProblem: there is none of that name.
    """
    kind = types().get(spec.type)
    if kind is None:
        raise RuleProblem(say("NO_RULE_TYPE", "There is no rule type '{type}'.", type=spec.type), "type")
    return kind


def needs(spec: RuleSpec) -> Needs:
    """Which parts of History the rule looks at; nothing for a rule that cannot run anyway."""
    kind = types().get(spec.type)
    if kind is None:
        return Needs()
    parsed = parameters.parse(kind.parameters, spec)
    return Needs() if isinstance(parsed, list) else kind.needs(parsed)


def validate(spec: RuleSpec, schema_fields: Sequence[Field] | None = None) -> list[Problem]:
    """All that is wrong with a rule; without `schema_fields`, all that shows without knowing the table."""
    try:
        kind = find(spec)
    except RuleProblem as problem:
        return [problem.problem]
    parsed = parameters.parse(kind.parameters, spec)
    found = [*(parsed if isinstance(parsed, list) else ()), *kind.field_problems(spec), *_condition_problems(kind, spec)]
    if spec.filter is not None and kind.takes_filter:
        try:
            fence.condition(spec.filter, "filter")
        except RuleProblem as problem:
            found.append(problem.problem)
    if not isinstance(parsed, list):
        try:
            kind.check(parsed)
        except RuleProblem as problem:
            found.append(problem.problem)
    if isinstance(parsed, list) or found or schema_fields is None:
        return found
    try:
        known = table.of_fields(schema_fields)
        check_filter(spec, known)
        kind.measure(kind.subject(spec, parsed, known, History()))
    except NothingToCompare:
        pass
    except RuleProblem as problem:
        if problem.problem.code != Code.MISSING_INPUT:
            found.append(problem.problem)
    return found


def check_filter(spec: RuleSpec, known: table.Table) -> None:
    """The filter is a condition on columns that the table has.

    Raises:
        RuleProblem: it is not.
    """
    if spec.filter is None:
        return
    fence.condition(spec.filter, "filter")
    binding.condition(spec.filter, known, "filter")


def _condition_problems(kind: AnyRuleType, spec: RuleSpec) -> list[Problem]:
    if kind.own_condition:
        given = (spec.operator, spec.threshold, spec.upper_threshold, spec.warn_threshold, spec.warn_upper_threshold)
        if any(one is not None for one in given):
            return [
                Problem(
                    ("operator",),
                    say("RULE_FINDS_THRESHOLDS", "A rule of type '{type}' finds its thresholds itself.", type=kind.name),
                )
            ]
        return []
    return conditions.problems(spec, has_default=kind.default is not None)
