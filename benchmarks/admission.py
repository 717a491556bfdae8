"""How long it takes to let a document in or to refuse it: parsing, limits, cost, validation, without running it."""

import time

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, get_introspection_query, parse, validate

from app.api.admission import MAX_TOKENS, _check_cost, _check_roots, _literal_fault
from app.api.document_cost import Meter
from app.api.schema import make_schema
from benchmarks.measure import Series, say

FRAGMENTS = "".join(f"fragment f{n} on User{{...f{n + 1} ...f{n + 1}}} " for n in range(20))
DOCUMENTS = {
    "20 fragments, each spreading the next twice": "{viewer{...f0}} " + FRAGMENTS + "fragment f20 on User{id}",
    "the same with an alias at its end (refused)": "{viewer{...f0}} " + FRAGMENTS + "fragment f20 on User{a:id}",
    "992 spreads of one fragment": "query Q{viewer{" + "...F " * 992 + "id}} fragment F on User{id}",
    "250 fragments, none used": "{viewer{id}} " + " ".join(f"fragment g{n} on User {{ id }}" for n in range(250)),
    "ten root fields of ten": "{" + " ".join(f"a{n}: viewer {{ id email displayName }}" for n in range(10)) + "}",
    "2,000 tokens of variables": "query Q(" + " ".join(f"$v{n}: Int" for n in range(490)) + "){viewer{id}}",
    "a list of 250 texts": "{datasets(first:1,filter:{tags:[" + '"a" ' * 250 + "]}){edges{cursor}}}",
    "the standard introspection query": get_introspection_query(input_value_deprecation=True),
    "the list of datasets": "{datasets(first:50){edges{node{id name tags{name} currentVersion{id status}}}}}",
}


async def run(rounds: int = 7) -> None:
    """Processor time until each document is let in or refused when it comes for the first time; later it is remembered."""
    schema = make_schema()._schema
    series = {name: Series(name) for name in DOCUMENTS}
    for _ in range(rounds):
        for name, document in DOCUMENTS.items():
            begun = time.process_time()
            _admit(schema, document)
            series[name].values.append(time.process_time() - begun)
    say(f"Admission of a document, median of {rounds} and worst; the aim is 50 ms for every one that is let in")
    for name, one in series.items():
        say(f"    {name:48} {one.median * 1000:7.1f} ms {max(one.values) * 1000:7.1f} ms")


def _admit(schema: GraphQLSchema, text: str) -> None:
    document = parse(text, max_tokens=MAX_TOKENS)
    _literal_fault(document)
    meter = Meter(schema, document, {})
    operation = next(definition for definition in document.definitions if isinstance(definition, OperationDefinitionNode))
    try:
        _check_cost(meter.operation(operation))
        _check_roots(operation, meter.root_fields(operation))
    except GraphQLError:
        return
    validate(schema, document)
