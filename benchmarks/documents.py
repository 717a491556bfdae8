"""Documents that take long to let in or to refuse, as a search over their shapes found them."""

from collections.abc import Callable

from graphql import get_introspection_query

from app.api.documents import MAX_OPERATIONS


def chain(count: int, fields: str, root: str = "{datasets(first:1){edges{node{...f0}}}}", on: str = "Dataset") -> str:
    """So many fragments, each with these fields and the next fragment."""
    inner = "".join(f"fragment f{n} on {on}{{{fields} ...f{n + 1}}}" for n in range(count))
    return f"{root}{inner}fragment f{count} on {on}{{id}}"


def each(count: int, text: Callable[[int], str]) -> str:
    """The texts of the numbers from 0, one after the other."""
    return " ".join(map(text, range(count)))


def _two(number: int) -> str:
    return " ".join(f"...f{below}" for below in (2 * number + 1, 2 * number + 2) if below < 20)


_TWICE = each(20, lambda n: f"fragment f{n} on User{{...f{n + 1} ...f{n + 1}}}")
_FOUR = "id slug owner{id} currentVersion{id}"
OVERLAPPING = {
    "27 fragments in a chain, two fields": chain(27, "owner{id} tags{name}"),
    "37 fragments in a chain, one object": chain(37, "owner{id}"),
    "29 fragments in a chain, a long argument": chain(29, f'versions(first:1 after:"{"a" * 200}"){{edges{{cursor}}}}'),
    "44 fragments side by side": f"{{viewer{{{each(44, lambda n: f'...f{n}')}}}}}{each(44, lambda n: f'fragment f{n} on User{{id}}')}",
    "857 spreads of 40 fragments": f"{{viewer{{{each(857, lambda n: f'...f{n % 40}')}}}}}{each(40, lambda n: f'fragment f{n} on User{{id}}')}",
    "184 times five fragments of four fields": (
        f"{{datasets(first:1){{edges{{node{{{'...f0 ...f1 ...f2 ...f3 ...f4 ' * 184}}}}}}}}}"
        + each(5, lambda n: f"fragment f{n} on Dataset{{{_FOUR}}}")
    ),
    "a tree of 20 fragments of nested inline fragments": (
        "{viewer{...f0}}"
        + each(20, lambda n: f"fragment f{n} on User{{{'...{' * 23}id email role apiKeys{{id}}{'}' * 23}__typename {_two(n)}}}")
    ),
    "118 fragments in a chain, two fields (refused)": chain(118, "owner{id} tags{name}"),
    "160 fragments in a chain, one object (refused)": chain(160, "owner{id}"),
    "190 fragments in a chain, two leaves (refused)": chain(190, "id name"),
    "200 fragments side by side (refused)": (
        f"{{viewer{{{each(200, lambda n: f'...f{n}')}}}}}{each(200, lambda n: f'fragment f{n} on User{{id}}')}"
    ),
}
"""What is compared with each other."""
OTHERS = {
    "20 fragments, each spreading the next twice": f"{{viewer{{...f0}}}} {_TWICE} fragment f20 on User{{id}}",
    "the same with an alias at its end (refused)": f"{{viewer{{...f0}}}} {_TWICE} fragment f20 on User{{a:id}}",
    "992 spreads of one fragment": f"query Q{{viewer{{{'...F ' * 992}id}}}} fragment F on User{{id}}",
    "992 spreads in the schema": f"{{__schema{{types{{{'...T ' * 992}}}}}}} fragment T on __Type{{name kind}}",
    "840 spreads, 30 with a directive": (
        f"query($a:Boolean!){{viewer{{{'...F @include(if:$a) ' * 30}{'...F ' * 840}}}}} fragment F on User{{id}}"
    ),
    "ten subscriptions over a chain of 180 fragments": (
        each(MAX_OPERATIONS, lambda n: f"subscription s{n}{{...f0}}")
        + each(180, lambda n: f"fragment f{n} on Subscription{{...f{n + 1}}}")
        + "fragment f180 on Subscription{datasetStatusChanged{sequence}}"
    ),
    "200 subscriptions over a chain of fragments (refused)": (
        each(200, lambda n: f"subscription s{n}{{...f0}}")
        + each(90, lambda n: f"fragment f{n} on Subscription{{...f{n + 1}}}")
        + "fragment f90 on Subscription{datasetStatusChanged{sequence}}"
    ),
    "250 fragments, none used (refused)": "{viewer{id}} " + each(250, lambda n: f"fragment g{n} on User {{ id }}"),
    "ten root fields of ten": f"{{{each(10, lambda n: f'a{n}: viewer {{ id email displayName }}')}}}",
    "490 variables (refused)": f"query Q({each(490, lambda n: f'$v{n}: Int')}){{viewer{{id}}}}",
    "480 unknown fields of an input (refused)": f"{{datasets(first:1,filter:{{{each(480, lambda n: f'a{n}:1')}}}){{edges{{cursor}}}}}}",
    "200 unknown types (refused)": "{viewer{id}} " + each(200, lambda n: f"fragment g{n} on Datasetx{{id}}"),
    "a list of 250 texts": "{datasets(first:1,filter:{tags:[" + '"a" ' * 250 + "]}){edges{cursor}}}",
    "a text of 10,000 escapes": '{datasetBySlug(slug:"' + r"\u0041" * 10_000 + '"){id}}',
    "the standard introspection query": get_introspection_query(input_value_deprecation=True),
    "the list of datasets": "{datasets(first:50){edges{node{id name tags{name} currentVersion{id status}}}}}",
}
"""What is long, wide or wrong in other ways, and two that anybody sends."""
