"""Which documents are let in: parsed with a token limit, measured in one pass, validated once and remembered."""

from collections.abc import AsyncIterator, Iterator
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    parse,
    visit,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from app.api.document_cost import Cost, Meter
from app.api.trusted import TrustedDocuments
from app.context import Context
from app.core.errors import RateLimited
from app.core.phrases import say
from app.schema.phrases import extension
from app.services.rate_limits import address_prefix

MAX_TOKENS = 2_000
MAX_DEPTH = 12
MAX_NODES = 10_000
MAX_ALIASES = 30
MAX_DIRECTIVES = 30
MAX_REPEATS = 30
"""Fields that stand in one selection for the second time or more: validation compares each with each."""
MAX_QUERY_FIELDS = 10
MAX_MUTATION_FIELDS = 3
MAX_LIST_INPUT = 250
MAX_STRING = 65_536
MAX_UPLOAD_PARTS = 1_000
"""`completeUpload` lists every part of a file."""
ONCE = {
    "signIn", "refreshSession", "verifyTotp", "confirmTotp", "stepUp", "changePassword", "acceptInvitation", "resetPassword",
    "requestPasswordReset",
}  # fmt: skip
"""Alone in their document: aliases must not multiply attempts."""
MAX_INTROSPECTION_DEPTH = 3
CACHED_DOCUMENTS = 256
CACHED_LENGTH = 16_384


MUTATION_COST = 10
"""Of each root field of a mutation, beside the objects that it answers with."""
REFUSED_COST = 100
"""Of a document that is refused: reading it is work too."""


class Admission(SchemaExtension):
    """Refuses what asks for too much, before anything of it runs."""

    def __init__(self, *, introspection: bool = True, trusted: TrustedDocuments | None = None):
        self._introspection, self._trusted = introspection, trusted

    def on_parse(self) -> Iterator[None]:
        """Parses and measures. What is refused becomes the outcome of the validation: an error raised here is not masked."""
        context = self.execution_context
        query = context.query or ""
        context.parse_options = {"max_tokens": MAX_TOKENS}
        try:
            document = _parsed(query) if len(query) <= CACHED_LENGTH else parse(query, max_tokens=MAX_TOKENS)
        except GraphQLError:
            yield  # it is parsed once more, and that error is reported
            return
        context.graphql_document = document
        try:
            self._admit(document, context._provided_operation_name, context.variables or {})
        except GraphQLError as error:
            context.pre_execution_errors = [error]
        yield

    def on_validate(self) -> Iterator[None]:
        """Validates, once for each document."""
        context = self.execution_context
        if context.pre_execution_errors:
            yield
            return
        document = context.graphql_document
        assert document is not None
        rules = context.validation_rules
        schema = context.schema._schema
        if len(context.query or "") <= CACHED_LENGTH:
            context.pre_execution_errors = _validated(schema, document, rules)
        else:
            context.pre_execution_errors = validate_document(schema, document, rules)
        yield

    def _admit(self, document: DocumentNode, operation_name: str | None, variables: dict[str, object]) -> None:
        query = self.execution_context.query or ""
        cached = len(query) <= CACHED_LENGTH
        if self._trusted is not None and not _by_key(self.execution_context.context) and not self._trusted.accepts(query):
            raise _refused(
                say(
                    "ONLY_PAGE_DOCUMENTS",
                    "Only the documents of the web page are run here. Programs send their own with an API key.",
                )
            )
        fault = _known_fault(document) if cached else _literal_fault(document)
        if fault is not None:
            raise _refused(fault)
        operation = _operation(document, operation_name)
        if operation is None:
            return  # there is none of this name, and none will run
        _check_values(variables)
        meter = Meter(self.execution_context.schema._schema, document, _with_defaults(operation, variables))
        cost = meter.operation(operation)
        roots = meter.root_fields(operation)
        context = self.execution_context.context
        if isinstance(context, Context):
            context.operation = operation.operation.value
            context.operation_name = None if operation.name is None else operation.name.value[:100]
        _check_cost(cost)
        if not self._introspection and {"__schema", "__type"} & roots.keys():
            raise _refused(
                say("NO_INTROSPECTION", "Introspection is switched off here. The schema is published as schema.graphql.")
            )
        _check_roots(operation, roots)
        if isinstance(context, Context):
            context.cost = max(1, cost.nodes) + (MUTATION_COST * sum(roots.values()) if context.operation == "mutation" else 0)
        request = getattr(context, "request", None)
        if request is not None and operation.operation.value == "mutation" and sum(roots.values()) > 1:
            raise _refused(
                say(
                    "IDEMPOTENCY_ONE_MUTATION",
                    "An Idempotency-Key stands for one mutation: send each root field in a request of its own.",
                )
            )


class Charging(SchemaExtension):
    """Takes the cost of an operation from whoever asks, after Admission has measured it and before anything runs."""

    async def on_validate(self) -> AsyncIterator[None]:
        """Charges. Who has nothing left is told so instead of what may be wrong with the document."""
        context = self.execution_context.context
        if isinstance(context, Context):
            if self.execution_context.pre_execution_errors:
                context.cost = REFUSED_COST
            try:
                context.budget = await context.resources.limits.charge(_who(context), context.cost)
            except RateLimited as error:
                self.execution_context.pre_execution_errors = [GraphQLError(error.message, original_error=error)]
        yield


def _by_key(context: object) -> bool:
    """True for who asks with an API key."""
    return isinstance(context, Context) and context.viewer_or_none is not None and context.viewer_or_none.scope is not None


def _who(context: Context) -> str:
    if context.viewer_or_none is not None:
        return f"viewer:{context.viewer_or_none.id}"
    return f"address:{address_prefix(context.origin.ip_address or '')}"


@lru_cache(maxsize=CACHED_DOCUMENTS)
def _parsed(query: str) -> DocumentNode:
    return parse(query, max_tokens=MAX_TOKENS)


@lru_cache(maxsize=CACHED_DOCUMENTS)
def _validated(schema, document, rules):  # type: ignore[no-untyped-def]  # as strawberry types them: not at all
    return validate_document(schema, document, rules)


def _literal_fault(document: DocumentNode) -> str | None:
    """What is wrong with the document as it is written, whatever its variables are."""
    try:
        visit(document, _LiteralLimits())
    except GraphQLError as error:
        return error.message
    return None


_known_fault = lru_cache(maxsize=CACHED_DOCUMENTS)(_literal_fault)


class _LiteralLimits(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self._repeats = 0

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        keys = [(f.alias or f.name).value for f in node.selections if isinstance(f, FieldNode)]
        self._repeats += len(keys) - len(set(keys))
        if self._repeats > MAX_REPEATS:
            raise _refused(say("MOST_REPEATS", "A document repeats at most {most} fields; ask for each once.", most=MAX_REPEATS))

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        if len(node.values) > MAX_LIST_INPUT:
            raise _refused(
                say(
                    "MOST_LIST_INPUT",
                    "A list in a document has at most {most} values; use variables for longer ones.",
                    most=MAX_LIST_INPUT,
                )
            )

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if len(node.value) > MAX_STRING:
            raise _refused(say("MOST_STRING", "A text has at most {most:,} characters.", most=MAX_STRING))


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is None:
        if len(operations) > 1:
            # GraphQL: without a name nothing runs. strawberry would run the first.
            raise _refused(
                say("WHICH_OPERATION", "This document holds several operations: say in `operationName` which one to run.")
            )
        return operations[0] if operations else None
    return next((o for o in operations if o.name is not None and o.name.value == name), None)


def _with_defaults(operation: OperationDefinitionNode, variables: dict[str, object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        default = getattr(definition.default_value, "value", None)
        values[name] = variables.get(name, default)
    return values


def _check_values(variables: dict[str, object]) -> None:
    """Strings and lists of the variables, without recursion: they may be deep."""
    waiting: list[tuple[object, int]] = [(variables, MAX_LIST_INPUT)]
    while waiting:
        value, longest = waiting.pop()
        if isinstance(value, str):
            if len(value) > MAX_STRING:
                raise _refused(
                    say(
                        "MOST_STRING_HERE",
                        "A text here has at most {most:,} characters; one has {length:,}.",
                        most=MAX_STRING,
                        length=len(value),
                    )
                )
        elif isinstance(value, list):
            if len(value) > longest:
                raise _refused(
                    say(
                        "MOST_LIST_HERE",
                        "A list here has at most {most:,} values; one has {length:,}.",
                        most=longest,
                        length=len(value),
                    )
                )
            waiting += [(inner, MAX_LIST_INPUT) for inner in value]
        elif isinstance(value, dict):
            waiting += [(inner, MAX_UPLOAD_PARTS if key == "parts" else MAX_LIST_INPUT) for key, inner in value.items()]


def _check_cost(cost: Cost) -> None:
    bounds = (
        (cost.depth, MAX_DEPTH, say("UNIT_LEVELS", "levels deep"), say("ADVICE_LESS", "Ask for less in one request.")),
        (cost.nodes, MAX_NODES, say("UNIT_OBJECTS", "objects"), say("ADVICE_PAGES", "Ask for smaller pages (`first`).")),
        (cost.aliases, MAX_ALIASES, say("UNIT_ALIASES", "aliases"), say("ADVICE_SEVERAL", "Send several requests.")),
        (cost.directives, MAX_DIRECTIVES, say("UNIT_DIRECTIVES", "directives"), say("ADVICE_LEAVE_OUT", "Leave some out.")),
        (
            cost.introspection_depth,
            MAX_INTROSPECTION_DEPTH,
            say("UNIT_INTROSPECTION", "levels of introspection"),
            say("ADVICE_STANDARD", "Use the standard introspection query."),
        ),
    )
    for value, most, unit, advice in bounds:
        if value > most:
            shown = f"{value:,}" if value < 10**9 else say("FAR_TOO_MANY", "far too many")
            raise _refused(
                say(
                    "DOCUMENT_COST",
                    "This document asks for {amount} {unit}; at most {most:,} are allowed. {advice}",
                    amount=shown,
                    unit=unit,
                    most=most,
                    advice=advice,
                )
            )


def _check_roots(operation: OperationDefinitionNode, roots: dict[str, int]) -> None:
    total = sum(roots.values())
    kind = operation.operation.value
    most = MAX_MUTATION_FIELDS if kind == "mutation" else MAX_QUERY_FIELDS
    if total > most:
        raise _refused(
            say(
                "ROOT_FIELDS",
                "A {kind} has at most {most} root fields; this one has {total:,}.",
                kind=kind,
                most=most,
                total=total,
            )
        )
    if ONCE & roots.keys() and total > 1:
        raise _refused(say("SIGN_IN_ALONE", "Signing in stands alone in its document."))


def _refused(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "DOCUMENT_REFUSED", **extension(message)})
