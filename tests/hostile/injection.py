"""Five hundred texts that somebody sends to see what breaks, and the operations that put a text into every place that takes one."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    is_leaf_type,
)

TEXTUAL = {"String", "ID", "DateTime", "JSON"}
_SQL = (
    "' OR '1'='1", "' OR 1=1 --", "'; DROP TABLE datasets; --", "' UNION SELECT password_hash FROM users --", "1; SELECT pg_sleep(9)", "'||pg_sleep(9)||'",
    "') OR ('1'='1", "\\'; DELETE FROM users; --", "1' AND (SELECT 1 FROM pg_sleep(9))='1", "$$; SELECT 1; $$", "E'\\x27'", "%27%20OR%201=1", "admin'--",
    "' AND extractvalue(1,1)='", "'; COPY users TO '/tmp/x'; --", "'; EXECUTE 'x'; --", "''''''", '"; DROP TABLE datasets; --', "0x27", "/**/OR/**/1=1",
)  # fmt: skip
_SHELL = (
    "; ls",
    "| cat /etc/passwd",
    "`id`",
    "$(id)",
    "&& reboot",
    "\n/bin/sh",
    "> /etc/passwd",
    "%0aid",
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "${jndi:ldap://x/a}",
    "{{config}}",
)
_PATH = (
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "....//....//etc/passwd",
    "%2e%2e%2f",
    "\\\\host\\share",
    "C:\\boot.ini",
    "/proc/self/environ",
    "a/../b",
)
_MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    "]]>",
    "<svg/onload=alert(1)>",
    "&lt;",
    "[x](javascript:alert(1))",
    "<mark>",
    "</title>",
)
_FORMAT = (
    "%s%s%s%n",
    "%(name)s",
    "{0.__class__}",
    "{}",
    "%",
    "%%",
    "$1",
    ":name",
    "?",
    ":1",
    "@x",
    "{self.__init__.__globals__}",
    "\\u0000",
    "\\x00",
    "\\N{DIGIT ONE}",
)
_QUERY = (
    "*",
    "a*",
    '"',
    '"a',
    "a OR b",
    "a AND NOT",
    "-a",
    "(((",
    "a:b",
    "a~9",
    "/a/",
    "[1 TO 2]",
    "a^9",
    "+a -b",
    "||",
    "&",
    "!",
    "<->",
    "a & !b",
    "_%\\",
    "%_%",
    "\\",
)
_NUMBER = (
    "-1",
    "0",
    "1e999",
    "NaN",
    "Infinity",
    "-0",
    "9" * 40,
    "0x10",
    "1_000",
    "١٢٣",
    "1.7976931348623157e309",
    "2147483648",
    "-9223372036854775809",
    "null",
    "true",
    "[]",
)
_UNICODE = (
    "\x00", "a\x00b", "\x1b[2J", "\u202e", "\u2066", "\ufeff", "\ufffe", "\uffff", "\U0010ffff", "\u0000\u0301", "e\u0301" * 50, "ﷺ" * 40, "\U0001f468\u200d\U0001f469", "İ", "ß", "ﬃ",
    "\u3000", "\u2028", "\x7f", "\x85", "\r\n", "\t", "ǅ", "ſ", "Ω", "ａ", "½", "\u115f", "a" + "\u0315" * 300,
)  # fmt: skip
_TIME = (
    "2026-02-30T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "2026-01-01T25:00:00Z",
    "2026-01-01",
    "now",
    "2026-01-01T00:00:00+99:99",
    "1e9",
    "2026-W01-1",
    "2026-01-01T00:00:00.0000000000001Z",
)
_LONG = (
    "x" * 65_000,
    "あ" * 20_000,
    "(" * 5_000,
    "[" * 5_000,
    "a " * 20_000,
    "\\" * 10_000,
    "'" * 10_000,
    "%" * 10_000,
    '"' * 10_000,
    "a\n" * 10_000,
)


def texts() -> list[str]:
    """All of them, at least five hundred, none twice."""
    bare = (*_SQL, *_SHELL, *_PATH, *_MARKUP, *_FORMAT, *_QUERY, *_NUMBER, *_UNICODE, *_TIME, *_LONG)
    wrapped = [
        made
        for text in (*_SQL, *_SHELL, *_PATH, *_MARKUP, *_FORMAT, *_QUERY, *_NUMBER)
        for made in (
            f"sales{text}",
            f"{text} ",
            f"dAAAA{text}",
            f"'{text}",
        )
    ]
    return list(dict.fromkeys([*bare, *wrapped]))


def short_texts() -> list[str]:
    """One of each sort."""
    return ["", _SQL[0], _SQL[4], "\x00", _UNICODE[8], _QUERY[0] + _QUERY[9], _FORMAT[0], _LONG[1], _TIME[2], _NUMBER[2]]


def operations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """(name of the place, document) for each place of a root field that takes a text: `$t` stands there and nowhere else.

    What else is required has a value that names nothing: what is refused is refused for its meaning, after it was read.
    """
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        assert root is not None
        for name, field in root.fields.items():
            for argument in field.args:
                for place, declared, value in _places(field.args[argument].type):
                    arguments = [f"{argument}: {value}"]
                    arguments += [
                        f"{other}: {plain(spec.type)}"
                        for other, spec in field.args.items()
                        if other != argument and isinstance(spec.type, GraphQLNonNull)
                    ]
                    document = f"{kind} T($t: {declared}) {{ it: {name}({', '.join(arguments)}) {selection(field)} }}"
                    yield f"{name}.{argument}{place}", document


def many(document: str, count: int) -> str:
    """The same document for `count` texts at once, `$t0` to `$tN`: with the texts in one request, all are tried sooner."""
    head, _, body = document.partition("{ it: ")
    kind, _, declared = head.partition("($t: ")
    declared = declared.rstrip(") ")
    fields = [f"it{n}: {body.removesuffix(' }').replace('$t', f'$t{n}')}" for n in range(count)]
    return f"{kind}({', '.join(f'$t{n}: {declared}' for n in range(count))}) {{ {' '.join(fields)} }}"


def _places(type_: GraphQLInputType, depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """(path, type of the variable, literal in which `$t` stands once) for each place of an argument that takes a text."""
    bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(bare, GraphQLScalarType):
        if bare.name in TEXTUAL:
            yield "", f"{bare.name}!", "$t"
    elif isinstance(bare, GraphQLList):
        for path, declared, value in _places(bare.of_type, depth):
            yield f"[]{path}", declared, f"[{value}]"
    elif isinstance(bare, GraphQLInputObjectType) and depth < 4:
        for name, field in bare.fields.items():
            for path, declared, value in _places(field.type, depth + 1):
                others = [
                    f"{other}: {plain(spec.type)}"
                    for other, spec in bare.fields.items()
                    if other != name and isinstance(spec.type, GraphQLNonNull)
                ]
                yield f".{name}{path}", declared, "{" + ", ".join([f"{name}: {value}", *others]) + "}"


def plain(type_: GraphQLInputType) -> str:
    """A literal that is accepted there and names nothing."""
    bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(bare, GraphQLList):
        return "[]"
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values))
    if isinstance(bare, GraphQLInputObjectType):
        inner = [f"{name}: {plain(field.type)}" for name, field in bare.fields.items() if isinstance(field.type, GraphQLNonNull)]
        return "{" + ", ".join(inner) + "}"
    values = {
        "Int": "1",
        "BigInt": "1",
        "Float": "1.5",
        "Boolean": "false",
        "ID": '"dAAAAAAAAAAAAAAAAAAAAAA"',
        "DateTime": '"2026-01-01T00:00:00Z"',
        "JSON": "{}",
    }
    return values.get(bare.name, '"plain"')


def selection(field: GraphQLField) -> str:
    """What is asked of the field's value: the errors of a mutation, nothing of others."""
    type_: object = field.type
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    if is_leaf_type(type_):  # type: ignore[arg-type]
        return ""
    if isinstance(type_, GraphQLObjectType) and "errors" in type_.fields:
        return "{ errors { code message path } }"
    return "{ __typename }"
