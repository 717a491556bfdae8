"""Documents as they were read: parsed, looked at and validated once each, and remembered while there is room."""

import sys
from collections import OrderedDict

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    parse,
    visit,
)
from graphql.validation import ASTValidationRule

from app.api import validation
from app.core.phrases import say

MAX_TOKENS = 2_000
MAX_LENGTH = 80_000
"""Characters; one text of MAX_STRING and what stands around it."""
MAX_OPERATIONS = 10
"""Validation follows all fragments from each of them."""
MAX_REPEATS = 30
"""Fields that stand in one selection for the second time or more: validation compares each with each."""
MAX_LIST_INPUT = 250
MAX_STRING = 65_536
BYTES_PER_TOKEN = 450
"""What a parsed token occupies, with its place in the text; measured 2026-11."""
REMEMBERED_BYTES = 32 << 20
"""Of documents of people and programs that are signed in. The web page's own take 4 MiB."""
REMEMBERED_BYTES_ANONYMOUS = 4 << 20
"""Of the others', kept apart: whoever sends one new document after the other pushes out nobody else's."""
MAX_REMEMBERED_LENGTH = 16_384


class Document:
    """One that was read."""

    def __init__(self, query: str):
        """
        Raises:
            GraphQLError: it is no document, or too long.
        """
        self.node: DocumentNode = parse(query, max_tokens=MAX_TOKENS, max_source_length=MAX_LENGTH)
        _unchain(self.node)
        self.fault = _literal_fault(self.node)
        """What is wrong with it as it is written, whatever its variables are."""
        self.size_bytes = BYTES_PER_TOKEN * (self.node.token_count or 0) + 2 * sys.getsizeof(query)
        self._faults: list[GraphQLError] | None = None

    def faults(
        self, schema: GraphQLSchema, rules: tuple[type[ASTValidationRule], ...], *, suggestions: bool
    ) -> list[GraphQLError]:
        """What the rules of GraphQL forbid of it: looked for once, by the first who asks."""
        if self._faults is None:
            self._faults = validation.faults(schema, self.node, rules, suggestions=suggestions)
        return self._faults


class Remembered:
    """The documents that were asked for last, as many as fit."""

    def __init__(self, max_bytes: int):
        self._max_bytes, self.size_bytes = max_bytes, 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def find(self, query: str) -> Document | None:
        """The document of this text, when it is remembered."""
        document = self._documents.get(query)
        if document is not None:
            self._documents.move_to_end(query)
        return document

    def keep(self, query: str, document: Document) -> None:
        """Remembers it, and forgets those that were not asked for longest."""
        if len(query) > MAX_REMEMBERED_LENGTH or query in self._documents:
            return
        self._documents[query] = document
        self.size_bytes += document.size_bytes
        while self.size_bytes > self._max_bytes:
            _, forgotten = self._documents.popitem(last=False)
            self.size_bytes -= forgotten.size_bytes


def _unchain(document: DocumentNode) -> None:
    """Tokens do not refer to each other: in such a circle a forgotten document would stay until the next great collection."""
    token = document.loc.start_token if document.loc is not None else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following


def _literal_fault(document: DocumentNode) -> str | None:
    if sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions) > MAX_OPERATIONS:
        return say(
            "MOST_OPERATIONS", "A document holds at most {most} operations; send what you want to run.", most=MAX_OPERATIONS
        )
    try:
        visit(document, _LiteralLimits())
    except GraphQLError as error:
        return error.message
    return None


class _LiteralLimits(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self._repeats = 0

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        keys = [(f.alias or f.name).value for f in node.selections if isinstance(f, FieldNode)]
        self._repeats += len(keys) - len(set(keys))
        if self._repeats > MAX_REPEATS:
            raise GraphQLError(
                say("MOST_REPEATS", "A document repeats at most {most} fields; ask for each once.", most=MAX_REPEATS)
            )

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        if len(node.values) > MAX_LIST_INPUT:
            raise GraphQLError(
                say(
                    "MOST_LIST_INPUT",
                    "A list in a document has at most {most} values; use variables for longer ones.",
                    most=MAX_LIST_INPUT,
                )
            )

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if len(node.value) > MAX_STRING:
            raise GraphQLError(say("MOST_STRING", "A text has at most {most:,} characters.", most=MAX_STRING))
