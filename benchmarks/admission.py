"""How long it takes to let a document in or to refuse it: parsing, limits, cost, validation, without running it."""

import time

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, specified_rules

from app.api.admission import _check_cost, _check_roots
from app.api.application import _settle_garbage_collector
from app.api.document_cost import Meter
from app.api.documents import Document
from app.api.schema import make_schema
from benchmarks.documents import OTHERS, OVERLAPPING
from benchmarks.measure import Series, heading, say

GOAL_MS = 50


async def run(rounds: int = 7) -> None:
    """Processor time until each document is let in or refused when it comes for the first time; later it is remembered."""
    heading(f"admission of a document, median of {rounds} and worst; the aim is {GOAL_MS} ms for each")
    schema = make_schema()._schema
    _settle_garbage_collector()  # as the api does: otherwise a document here and there pays for looking at all of the schema
    documents = OVERLAPPING | OTHERS
    series = {name: Series(name) for name in documents}
    for _ in range(rounds):
        for name, document in documents.items():
            begun = time.thread_time()
            admitted = _admit(schema, document)
            series[name].values.append(time.thread_time() - begun)
            assert admitted is not name.endswith("(refused)"), name
    for name, one in sorted(series.items(), key=lambda named: -named[1].median):
        say(f"    {name:54} {one.median * 1000:7.1f} ms {max(one.values) * 1000:7.1f} ms")


def _admit(schema: GraphQLSchema, text: str) -> bool:
    document = Document(text)
    if document.fault is not None:
        return False
    meter = Meter(schema, document.node, {})
    operation = next(definition for definition in document.node.definitions if isinstance(definition, OperationDefinitionNode))
    try:
        _check_cost(meter.operation(operation))
        _check_roots(operation, meter.root_fields(operation))
    except GraphQLError:
        return False
    return not document.faults(schema, specified_rules, suggestions=True)
