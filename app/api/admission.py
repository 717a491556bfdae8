"""Which documents are let in: paid for, read with bounds, measured in one pass, and validated."""

from collections.abc import AsyncIterator, Iterator

from graphql import (
    DocumentNode,
    GraphQLError,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from app.api.document_cost import Cost, Meter
from app.api.documents import MAX_LIST_INPUT, MAX_STRING, Document, Remembered
from app.api.trusted import TrustedDocuments
from app.context import Context
from app.core.errors import RateLimited
from app.core.phrases import say
from app.core.viewer import Viewer
from app.schema.phrases import extension
from app.services.rate_limits import address_prefix

MAX_DEPTH = 12
MAX_NODES = 10_000
MAX_ALIASES = 30
MAX_DIRECTIVES = 30
MAX_QUERY_FIELDS = 10
MAX_MUTATION_FIELDS = 3
MAX_UPLOAD_PARTS = 1_000
"""`completeUpload` lists every part of a file."""
ONCE = {
    "signIn", "refreshSession", "verifyTotp", "confirmTotp", "stepUp", "changePassword", "acceptInvitation", "resetPassword",
    "requestPasswordReset",
}  # fmt: skip
"""Alone in their document: aliases must not multiply attempts."""
MAX_INTROSPECTION_DEPTH = 3

MUTATION_COST = 10
"""Of each root field of a mutation, beside the objects that it answers with."""
REFUSED_COST = 100
"""Of a document that is refused."""
READING_COST, READING_CHARACTERS = 100, 20
"""Of a document that is not remembered, before it is read: so much, and one more for so many characters. What `cost_per_minute`
of 100,000 allows of the worst documents is then a fifth of a processor."""


class Admission(SchemaExtension):
    """Refuses what asks for too much, before anything of it runs."""

    def __init__(
        self,
        *,
        introspection: bool = True,
        trusted: TrustedDocuments | None = None,
        remembered: tuple[Remembered, Remembered],
    ):
        """
        Args:
            remembered: documents of those who are signed in, and of the others; for all operations of a schema.
        """
        self._introspection, self._trusted = introspection, trusted
        self._remembered = remembered

    async def on_parse(self) -> AsyncIterator[None]:
        """Reads and measures. What is refused becomes the outcome of the validation: an error raised here is not masked."""
        context = self.execution_context
        # strawberry would parse what has no document, without bounds
        context.graphql_document = _unread(context)
        try:
            self._document = await self._read(context.query or "")
            context.graphql_document = self._document.node
            self._admit(self._document, context._provided_operation_name, context.variables or {})
        except RateLimited as error:
            context.pre_execution_errors = [GraphQLError(error.message, original_error=error)]
        except GraphQLError as error:
            context.pre_execution_errors = [error]
        yield

    def on_validate(self) -> Iterator[None]:
        """Validates, once for each document."""
        context = self.execution_context
        if not context.pre_execution_errors:
            context.pre_execution_errors = self._document.faults(
                context.schema._schema, context.validation_rules, suggestions=self._introspection
            )
        yield

    async def _read(self, query: str) -> Document:
        context = self.execution_context.context
        anonymous = isinstance(context, Context) and context.account_or_none is None
        remembered = self._remembered[anonymous]
        document = remembered.find(query)
        if document is None:
            if isinstance(context, Context):
                await context.resources.limits.charge(
                    who_pays(context.account_or_none, context.origin.ip_address), READING_COST + len(query) // READING_CHARACTERS
                )
            document = Document(query)
            remembered.keep(query, document)
        return document

    def _admit(self, document: Document, operation_name: str | None, variables: dict[str, object]) -> None:
        query = self.execution_context.query or ""
        if self._trusted is not None and not _by_key(self.execution_context.context) and not self._trusted.accepts(query):
            raise _refused(
                say(
                    "ONLY_PAGE_DOCUMENTS",
                    "Only the documents of the web page are run here. Programs send their own with an API key.",
                )
            )
        if document.fault is not None:
            raise _refused(document.fault)
        operation = _operation(document.node, operation_name)
        if operation is None:
            return  # there is none of this name, and none will run
        _check_values(variables)
        meter = Meter(self.execution_context.schema._schema, document.node, _with_defaults(operation, variables))
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
            refusals = self.execution_context.pre_execution_errors
            if refusals and isinstance(refusals[0].original_error, RateLimited):
                yield
                return
            if refusals:
                context.cost = REFUSED_COST
            try:
                context.budget = await context.resources.limits.charge(
                    who_pays(context.account_or_none, context.origin.ip_address), context.cost
                )
            except RateLimited as error:
                self.execution_context.pre_execution_errors = [GraphQLError(error.message, original_error=error)]
        yield


def _by_key(context: object) -> bool:
    """True for who asks with an API key."""
    return isinstance(context, Context) and context.viewer_or_none is not None and context.viewer_or_none.scope is not None


def who_pays(viewer: Viewer | None, ip_address: str | None) -> str:
    """Whose bucket is charged: the account's, or that of the address of somebody who is not signed in."""
    return f"viewer:{viewer.id}" if viewer is not None else f"address:{address_prefix(ip_address or '')}"


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


def _unread(context: ExecutionContext) -> DocumentNode:
    """Stands for a document that is not read: strawberry asks it for the kind of its operation."""
    kinds = {kind.value for kind in context.allowed_operations}
    kind = OperationType.QUERY if "query" in kinds else OperationType(min(kinds))
    name = context._provided_operation_name
    operation = OperationDefinitionNode(
        operation=kind, name=None if name is None else NameNode(value=name), selection_set=SelectionSetNode(selections=())
    )
    return DocumentNode(definitions=(operation,))
