"""What a document asks for, in one linear pass: depth, objects, aliases, directives. No validation needed before it.

Each fragment is measured once, however often it is spread, so a document of nested fragments that would expand to
millions of fields is measured in the time that reading it takes.
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

LIST_SIZE = 10
"""Assumed objects of a list that has no `first`."""
INTROSPECTION_LISTS = {"fields", "inputFields", "possibleTypes", "interfaces", "types"}

Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class Cost:
    """What a selection asks for, fragments expanded. Counts may be astronomically large integers."""

    depth: int = 0
    nodes: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    introspection_depth: int = 0
    """How deep lists of introspection lie in each other."""

    def beside(self, other: "Cost") -> "Cost":
        """Both in one selection."""
        return Cost(
            max(self.depth, other.depth),
            self.nodes + other.nodes,
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.introspection_depth, other.introspection_depth),
        )


class Meter:
    """Measures the operation of one document for one set of variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, object]):
        self._schema, self._variables = schema, variables
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._measured: dict[tuple[str, int | None], Cost | None] = {}

    def operation(self, operation: OperationDefinitionNode) -> Cost:
        """Cost of an operation.

        Raises:
            GraphQLError: fragments that spread each other in a circle.
        """
        root = self._schema.get_root_type(operation.operation)
        inner = self._selection(operation.selection_set, root)
        return inner.beside(Cost(directives=len(operation.directives or ())))

    def root_fields(self, operation: OperationDefinitionNode) -> dict[str, int]:
        """How often each root field stands in the operation, fragments expanded."""
        counts: dict[str, int] = {}
        expanded: dict[str, dict[str, int]] = {}

        def count(selections: SelectionSetNode) -> dict[str, int]:
            found: dict[str, int] = {}
            for node in selections.selections:
                if isinstance(node, FieldNode):
                    found[node.name.value] = found.get(node.name.value, 0) + 1
                    continue
                inner: dict[str, int] = {}
                if isinstance(node, InlineFragmentNode):
                    inner = count(node.selection_set)
                elif isinstance(node, FragmentSpreadNode):
                    inner = of_fragment(node.name.value)
                for name, times in inner.items():
                    found[name] = found.get(name, 0) + times
            return found

        def of_fragment(name: str) -> dict[str, int]:
            if name not in expanded:
                expanded[name] = {}
                fragment = self._fragments.get(name)
                if fragment is not None:
                    expanded[name] = count(fragment.selection_set)
            return expanded[name]

        counts.update(count(operation.selection_set))
        return counts

    def _selection(self, selections: SelectionSetNode, parent: object, *, edges: int | None = None) -> Cost:
        total = Cost()
        for node in selections.selections:
            directives = Cost(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                total = total.beside(self._field(node, parent, edges)).beside(directives)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                total = total.beside(self._selection(node.selection_set, inner, edges=edges)).beside(directives)
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._fragment(node.name.value, edges)).beside(directives)
        return total

    def _fragment(self, name: str, edges: int | None) -> Cost:
        key = (name, edges)
        if key in self._measured:
            cost = self._measured[key]
            if cost is None:
                raise GraphQLError(f"The fragment {name!r} spreads itself, directly or through others.")
            return cost
        fragment = self._fragments.get(name)
        if fragment is None:
            return Cost()
        self._measured[key] = None
        on = self._schema.get_type(fragment.type_condition.name.value)
        cost = self._selection(fragment.selection_set, on, edges=edges)
        self._measured[key] = cost
        return cost

    def _field(self, node: FieldNode, parent: object, edges: int | None) -> Cost:
        name = node.name.value
        aliases = 1 if node.alias is not None else 0
        if node.selection_set is None:
            return Cost(depth=1, fields=1, aliases=aliases)
        if name in ("__schema", "__type"):
            inner = self._selection(node.selection_set, self._schema.get_type("__Schema" if name == "__schema" else "__Type"))
            # Introspection is bounded by how its lists lie in each other, not by the depth of `ofType`.
            return Cost(1, 1, inner.fields + 1, inner.aliases + aliases, inner.directives, inner.introspection_depth)
        definition = parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        is_list, inner_type = _unwrap(definition.type) if definition is not None else (False, None)
        page_size = self._page_size(node)
        inner = self._selection(node.selection_set, inner_type, edges=page_size)
        if page_size is not None and _has_edges(inner_type):
            page_size = 1  # counted with `edges`: what stands beside them comes once a page
        times = page_size or ((edges or 1) if name == "edges" else LIST_SIZE if is_list else 1)
        hidden = isinstance(parent, GraphQLObjectType) and parent.name.startswith("__")
        nested = inner.introspection_depth + (1 if hidden and name in INTROSPECTION_LISTS else 0)
        return Cost(
            inner.depth + 1, times * (inner.nodes + 1), inner.fields + 1, inner.aliases + aliases, inner.directives, nested
        )

    def _page_size(self, node: FieldNode) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                if isinstance(argument.value, IntValueNode):
                    return _clamp(argument.value.value)
                if isinstance(argument.value, VariableNode):
                    return _clamp(self._variables.get(argument.value.name.value))
        return None


def _has_edges(type_: object) -> bool:
    return isinstance(type_, GraphQLObjectType) and "edges" in type_.fields


def _clamp(value: object) -> int:
    """A page size between 1 and 1,000, whatever was sent: the resolver refuses what is out of its own bounds."""
    if value is None:
        return 1  # a missing variable: execution refuses it
    try:
        return min(max(int(value), 1), 1_000) if isinstance(value, int | str) and len(str(value)) < 10 else 1_000
    except ValueError:
        return 1


def _unwrap(wrapped: object) -> tuple[bool, object]:
    is_list = False
    while isinstance(wrapped, GraphQLNonNull | GraphQLList):
        is_list = is_list or isinstance(wrapped, GraphQLList)
        wrapped = wrapped.of_type
    return is_list, wrapped
