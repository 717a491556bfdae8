"""The rules of GraphQL for a document, within a bounded amount of work."""

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OverlappingFieldsCanBeMergedRule, validate
from graphql.validation import ASTValidationRule, ValidationContext
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.core.phrases import say
from app.schema.phrases import extension

MAX_COMPARISONS = 5_000
"""Steps of comparing fields that may answer under one name, in fragments too: they grow with the square of the fragments. A
step takes up to 4 µs (2026-11); the largest document of the web page takes about 1,000. graphql-core alone allows 500,000."""
MAX_FAULTS = 5
"""Faults of a document that are told. Each may print a large part of the document and look for similar names."""
_ABORTED = "Validation aborted."
"""What graphql-core says, and no more, when a bound of its own is reached."""


class Overlaps(OverlappingFieldsCanBeMergedRule):
    """graphql-core's rule, which gives up after MAX_COMPARISONS."""

    def __init__(self, context: ValidationContext):
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_COMPARISONS


def faults(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[type[ASTValidationRule], ...], *, suggestions: bool
) -> list[GraphQLError]:
    """What of the document the rules forbid, MAX_FAULTS at most; empty for a valid one.

    Args:
        rules: of GraphQL; those of strawberry come on top.
        suggestions: whether to say which name may have been meant.
    """
    bounded = tuple(Overlaps if rule is OverlappingFieldsCanBeMergedRule else rule for rule in rules)
    every = (*bounded, MaybeNullValidationRule, OneOfInputValidationRule)
    found = validate(schema, document, every, max_errors=MAX_FAULTS, hide_suggestions=not suggestions)
    if found and found[-1].message == _ABORTED:
        message = say(
            "FRAGMENTS_OVERLAP",
            "The fragments of this document overlap or nest too often to be compared. Ask for each field in one place.",
        )
        found[-1] = GraphQLError(message, extensions={"code": "DOCUMENT_REFUSED", **extension(message)})
    return found
