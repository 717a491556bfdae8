"""The operations that clients have been promised, word for word."""

from pathlib import Path

from graphql import FragmentDefinitionNode, OperationDefinitionNode, Visitor, parse, print_ast, visit

FOLDER = Path(__file__).parents[1] / "api" / "contract"


def operations() -> dict[str, str]:
    """Operation name -> document with the fragments that it uses."""
    found: dict[str, str] = {}
    for file in sorted(FOLDER.glob("*.graphql")):
        document = parse(file.read_text(encoding="utf-8"))
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode) and definition.name is not None:
                used = [fragments[name] for name in _spreads(definition)]
                found[definition.name.value] = "\n".join(print_ast(node) for node in (definition, *used))
    return found


def _spreads(operation: OperationDefinitionNode) -> list[str]:
    names: list[str] = []

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: object, *_: object) -> None:
            names.append(node.name.value)  # type: ignore[attr-defined]

    visit(operation, Spreads())
    return list(dict.fromkeys(names))
