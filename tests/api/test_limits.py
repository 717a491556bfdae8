"""What a document may ask for: at the limit it is let in, one beyond it is refused, however it is hidden."""

import pytest
from graphql import Lexer, Source, TokenKind, get_introspection_query

from tests.support.client import Client
from tests.support.phrases import plain

ID = "dAAAAAAAAAAAAAAAAAAAAAA"


async def refusal(client: Client, query: str, variables: dict[str, object] | None = None, **headers: str) -> str | None:
    """Why the document is not let in, or None when it ran."""
    answer = await client.post(query, variables, **headers)
    assert answer.status_code == 200
    body = answer.json()
    if "data" in body:
        return None
    (error,) = body["errors"]
    assert error["extensions"]["code"] in ("DOCUMENT_REFUSED", "BAD_REQUEST")
    return error["message"]


def tokens(document: str) -> int:
    """How many tokens the document has."""
    lexer, count = Lexer(Source(document)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    return count


async def test_a_document_has_2000_tokens(admin: Client) -> None:
    document = "query Q{viewer{" + "...F " * 992 + "id}} fragment F on User{id}"
    assert tokens(document) == 1_999
    assert await refusal(admin, document) is None
    assert await refusal(admin, document.replace("{id}", "{id email}")) is None
    assert await refusal(admin, document.replace("{id}", "{id email role}")) == (
        "Syntax Error: Document contains more than 2000 tokens. Parsing aborted."
    )


def nested(depth: int, *, hidden: bool) -> str:
    """A query so deep: `dataset { currentVersion { dataset { ... id } } }`, in one piece or as a chain of fragments."""
    names = ["dataset", "currentVersion"]
    if not hidden:
        inner = "".join(f"{names[level % 2]}{{" for level in range(1, depth - 1))
        return f'{{dataset(id:"{ID}"){{{inner}id{"}" * (depth - 2)}}}}}'
    types = ["Dataset", "DatasetVersion"]
    chain = "".join(
        f"fragment f{level} on {types[(level - 1) % 2]}{{{names[level % 2]}{{...f{level + 1}}}}}" for level in range(1, depth - 1)
    )
    return f'{{dataset(id:"{ID}"){{...f1}}}} {chain} fragment f{depth - 1} on {types[(depth - 2) % 2]}{{id}}'


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_document_is_12_levels_deep(admin: Client, hidden: bool) -> None:
    assert await refusal(admin, nested(12, hidden=hidden)) is None
    assert await refusal(admin, nested(13, hidden=hidden)) == (
        "This document asks for 13 levels deep; at most 12 are allowed. Ask for less in one request."
    )


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_document_has_30_aliases(admin: Client, hidden: bool) -> None:
    def document(count: int) -> str:
        aliases = " ".join(f"a{number}: id" for number in range(count))
        return f"{{viewer{{...F}}}} fragment F on User{{{aliases}}}" if hidden else f"{{viewer{{{aliases}}}}}"

    assert await refusal(admin, document(30)) is None
    assert await refusal(admin, document(31)) == (
        "This document asks for 31 aliases; at most 30 are allowed. Send several requests."
    )


async def test_aliases_count_as_often_as_their_fragment_is_spread(admin: Client) -> None:
    document = "{viewer{...A ...A}} fragment A on User{...B ...B} fragment B on User{a:id b:id c:id d:id e:id f:id g:id %s}"
    assert await refusal(admin, document % "") is None
    assert await refusal(admin, document % "h:id") == (
        "This document asks for 32 aliases; at most 30 are allowed. Send several requests."
    )


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_document_has_30_directives(admin: Client, hidden: bool) -> None:
    def document(count: int) -> str:
        spreads = "... @skip(if: false) { id } " * count
        return f"{{viewer{{...F}}}} fragment F on User{{{spreads}}}" if hidden else f"{{viewer{{{spreads}}}}}"

    assert await refusal(admin, document(30)) is None
    assert await refusal(admin, document(31)) == ("This document asks for 31 directives; at most 30 are allowed. Leave some out.")


async def test_directives_of_one_field_are_refused_before_they_are_compared(admin: Client) -> None:
    assert "31 directives" in str(await refusal(admin, "{viewer{id" + " @skip(if:false)" * 31 + "}}"))


@pytest.mark.parametrize("place", ["{viewer{%s}}", "{viewer{...F}} fragment F on User{%s}", '{__type(name:"User"){%s}}'])
async def test_a_document_repeats_30_fields(admin: Client, place: str) -> None:
    field = "name " if "__type" in place else "id "
    assert await refusal(admin, place % (field * 31)) is None
    assert await refusal(admin, place % (field * 32)) == "A document repeats at most 30 fields; ask for each once."
    assert await refusal(admin, place % (field * 1_900)) == "A document repeats at most 30 fields; ask for each once."


async def test_a_query_has_10_root_fields(admin: Client) -> None:
    assert await refusal(admin, "{" + "viewer{id} " * 10 + "}") is None
    assert await refusal(admin, "{" + "viewer{id} " * 11 + "}") == "A query has at most 10 root fields; this one has 11."
    hidden = "{...A ...A} fragment A on Query{...B ...B} fragment B on Query{%s}"
    assert await refusal(admin, hidden % "viewer{id} __typename") is None
    assert await refusal(admin, hidden % "viewer{id} __typename ...on Query{viewer{id}}") == (
        "A query has at most 10 root fields; this one has 12."
    )


async def test_a_mutation_has_3_root_fields(admin: Client) -> None:
    def document(count: int) -> str:
        return "mutation{" + "".join(f'a{n}:archiveDataset(input:{{id:"{ID}"}}){{errors{{code}}}}' for n in range(count)) + "}"

    assert await refusal(admin, document(3)) is None
    assert await refusal(admin, document(4)) == "A mutation has at most 3 root fields; this one has 4."


SIGN_IN = 'signIn(input:{email:"nobody@example.com",password:"wrong password"}){errors{code}}'


@pytest.mark.parametrize(
    "document",
    [
        f"mutation{{a:{SIGN_IN} b:{SIGN_IN}}}",
        f"mutation{{...A ...on Mutation{{b:{SIGN_IN}}}}} fragment A on Mutation{{a:{SIGN_IN}}}",
        f"mutation{{{SIGN_IN} signOut{{errors{{code}}}}}}",
        f"mutation{{{SIGN_IN} refreshSession{{errors{{code}}}}}}",
        "mutation{a:refreshSession{errors{code}} b:refreshSession{errors{code}}}",
    ],
)
async def test_signing_in_stands_alone(client: Client, document: str) -> None:
    assert await refusal(client, document) == "Signing in stands alone in its document."


async def test_the_first_operation_is_measured_when_another_one_is_named(admin: Client) -> None:
    # strawberry takes the first operation when none is named: it would run without having been measured.
    greedy = "query A{" + "viewer{id} " * 11 + "}"
    assert await refusal(admin, f"{greedy} query B{{viewer{{id}}}}") == (
        "This document holds several operations: say in `operationName` which one to run."
    )
    answer = await admin.http.post(
        "/graphql",
        json={"query": f"query B{{viewer{{id}}}} {greedy}", "operationName": "A"},
        headers={"Authorization": f"Bearer {admin.token}"},
    )
    assert answer.json()["errors"][0]["message"] == "A query has at most 10 root fields; this one has 11."


@pytest.mark.parametrize("first", [1, 100])
async def test_a_page_has_1_to_100_elements(admin: Client, first: int) -> None:
    assert await refusal(admin, "query Q($n: Int!){datasets(first:$n){edges{cursor}}}", {"n": first}) is None


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize(
    "document",
    [
        "query Q($n: Int!){datasets(first:$n){edges{cursor}}}",
        'query Q($n: Int!){searchDatasets(query:"a",first:$n){edges{cursor}}}',
    ],
)
async def test_other_page_sizes_are_refused(admin: Client, document: str, first: int) -> None:
    answer = (await admin.post(document, {"n": first})).json()
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == f"`first` has to be 1 to 100; it is {first}."
    assert plain(answer["errors"][0]["extensions"]) == {"code": "INVALID_INPUT", "path": ["first"]}


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_document_asks_for_10000_objects(admin: Client, hidden: bool) -> None:
    # The connection, and 100 times: an edge, its node, the node's versions, and `$n` edges of these.
    inner = "versions(first:$n){edges{cursor}}"
    document = "query Q($n: Int!){datasets(first:100){edges{node{%s}}}}" % ("...F" if hidden else inner)
    document += f" fragment F on Dataset{{{inner}}}" if hidden else ""
    assert await refusal(admin, document, {"n": 96}) is None
    assert await refusal(admin, document, {"n": 97}) == (
        "This document asks for 10,001 objects; at most 10,000 are allowed. Ask for smaller pages (`first`)."
    )
    assert "10,001 objects" in str(await refusal(admin, document.replace("$n: Int!", "$n: Int! = 97")))
    assert await refusal(admin, document.replace("$n: Int!", "$n: Int! = 96")) is None


async def test_objects_are_counted_through_fragments(admin: Client) -> None:
    inner = "versions(first:30){edges{node{id}}}"
    document = f"{{datasets(first:100){{edges{{node{{...A ...B}}}}}}}} fragment A on Dataset{{a:{inner}}} fragment B on Dataset{{b:{inner}}}"
    assert "objects" in str(await refusal(admin, document))
    assert await refusal(admin, document.replace("first:100", "first:50")) is None


async def test_a_list_in_a_document_or_in_variables_has_250_values(admin: Client) -> None:
    variables = "query Q($t: [String!]){datasets(first:1,filter:{tags:$t}){edges{cursor}}}"
    assert await refusal(admin, variables, {"t": ["a"] * 250}) is None
    assert await refusal(admin, variables, {"t": ["a"] * 251}) == "A list here has at most 250 values; one has 251."
    literal = "{datasets(first:1,filter:{tags:[%s]}){edges{cursor}}}"
    assert await refusal(admin, literal % ('"a" ' * 250)) is None
    message = "A list in a document has at most 250 values; use variables for longer ones."
    assert await refusal(admin, literal % ('"a" ' * 251)) == message
    # A document too long to be remembered is held to the same limit.
    assert await refusal(admin, literal % (f'"{"a" * 80}" ' * 251)) == message


async def test_only_the_parts_of_an_upload_may_be_1000(admin: Client) -> None:
    document = "mutation Q($i: CompleteUploadInput!){completeUpload(input:$i){errors{code}}}"
    parts = [{"number": number, "etag": "e"} for number in range(1, 1_002)]
    assert await refusal(admin, document, {"i": {"uploadId": "p" + ID[1:], "parts": parts[:1_000]}}) is None
    assert await refusal(admin, document, {"i": {"uploadId": "p" + ID[1:], "parts": parts}}) == (
        "A list here has at most 1,000 values; one has 1,001."
    )


async def test_a_text_has_64_kib(admin: Client) -> None:
    variables = "query Q($s: String!){datasetBySlug(slug:$s){id}}"
    assert await refusal(admin, variables, {"s": "a" * 65_536}) is None
    assert await refusal(admin, variables, {"s": "a" * 65_537}) == "A text here has at most 65,536 characters; one has 65,537."
    assert await refusal(admin, variables, {"s": "あ" * 65_536}) is None
    literal = '{datasetBySlug(slug:"%s"){id}}'
    assert await refusal(admin, literal % ("a" * 65_536)) is None
    assert await refusal(admin, literal % ("a" * 65_537)) == "A text has at most 65,536 characters."


async def test_nested_fragments_are_measured_once_each(admin: Client) -> None:
    chain = "".join(f"fragment f{n} on User{{...f{n + 1} ...f{n + 1}}} " for n in range(20))
    assert await refusal(admin, "{viewer{...f0}} " + chain + "fragment f20 on User{id}") is None
    message = await refusal(admin, "{viewer{...f0}} " + chain + "fragment f20 on User{a:id}")
    assert message == "This document asks for 1,048,576 aliases; at most 30 are allowed. Send several requests."
    chain = "".join(f"fragment f{n} on User{{...f{n + 1} ...f{n + 1}}} " for n in range(100))
    message = await refusal(admin, "{viewer{...f0}} " + chain + "fragment f100 on User{a:id}")
    assert message == "This document asks for far too many aliases; at most 30 are allowed. Send several requests."


async def test_nested_root_fragments_are_refused(client: Client) -> None:
    chain = "".join(f"fragment f{n} on Mutation{{...f{n + 1} ...f{n + 1}}} " for n in range(20))
    assert await refusal(client, "mutation{...f0} " + chain + "fragment f20 on Mutation{__typename}") == (
        "A mutation has at most 3 root fields; this one has 1,048,576."
    )
    message = await refusal(client, "mutation{...f0} " + chain + f"fragment f20 on Mutation{{{SIGN_IN}}}")
    assert message == ("This document asks for 11,534,336 objects; at most 10,000 are allowed. Ask for smaller pages (`first`).")


@pytest.mark.parametrize(
    "document",
    [
        "{viewer{...a}} fragment a on User{...a}",
        "{viewer{...a}} fragment a on User{...b} fragment b on User{...a}",
        "{...a} fragment a on Query{viewer{id} ...a}",
        "{viewer{id}} fragment a on User{...b} fragment b on User{...a}",
    ],
)
async def test_fragments_that_spread_in_a_circle_are_refused(admin: Client, document: str) -> None:
    answer = (await admin.post(document)).json()
    assert "data" not in answer
    assert all(plain(error["extensions"]) == {"code": "BAD_REQUEST"} for error in answer["errors"])


@pytest.mark.parametrize(
    "document",
    [
        "{" + "a{" * 600 + "b" + "}" * 601,
        "{dataset(id:" + "[" * 950 + "]" * 950 + "){id}}",
        "{viewer{id(a:" + "{a:" * 300 + "1" + "}" * 300 + ")}}",
    ],
)
async def test_a_document_too_deep_to_parse_is_refused(admin: Client, document: str) -> None:
    assert await refusal(admin, document) == "Syntax Error: Document is nested too deeply. Parsing aborted."


async def test_the_standard_introspection_query_is_let_in_and_deeper_ones_are_not(admin: Client) -> None:
    assert await refusal(admin, get_introspection_query(input_value_deprecation=True)) is None
    inner = "name"
    for _ in range(4):
        inner = f"fields{{type{{{inner}}}}}"
    assert await refusal(admin, f'{{__type(name:"User"){{{inner}}}}}') == (
        "This document asks for 4 levels of introspection; at most 3 are allowed. Use the standard introspection query."
    )


async def test_an_idempotency_key_stands_for_one_mutation(admin: Client) -> None:
    # The second field would have been answered with the object of the first, and not been done.
    document = (
        'mutation{a:createDataset(input:{name:"Keyed twice"}){errors{code}} b:archiveDataset(input:{id:"%s"}){errors{code}}}'
    )
    assert await refusal(admin, document % ID, Idempotency_Key="0123456789abcdef") == (
        "An Idempotency-Key stands for one mutation: send each root field in a request of its own."
    )
    found = await admin.run('{datasets(first:1,filter:{nameContains:"Keyed twice"}){edges{cursor}}}')
    assert found == {"datasets": {"edges": []}}
