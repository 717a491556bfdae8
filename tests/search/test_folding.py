"""Folding and the understanding of queries: no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.search.folding import (
    MAX_WORD,
    fold,
    fold_line,
    fold_with_origins,
    identifier_words,
    pairs,
    parts,
    tokens,
    words,
)
from app.adapters.search.query import MAX_CHARACTERS, MAX_TERMS, Query, Term, parse
from app.adapters.search.vectors import name_starts


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Customer ORDERS", "customer orders"),
        ("ＡＢＣ１２３", "abc123"),
        ("ｶﾞｷﾞｸﾞ ﾃﾞｰﾀ", "ガギグ データ"),
        ("ガギグ データ", "ガギグ データ"),
        ("Été Zürich Straße", "ete zurich strasse"),
        ("Łódź Ærø ﬁne", "lodz aero fine"),
        ("が ぱ й", "が ぱ й"),
        ("e\u0301te\u0301", "ete"),
        ("か\u3099", "が"),
        ("“quoted” −minus", '"quoted" -minus'),
        ("a\x00b\tc\u00a0d", "a b c d"),
        ("half\ud800pair", "half pair"),
        ("zero\u200bwidth soft\u00adhyphen", "zerowidth softhyphen"),
        ("❤\ufe0f👩\u200d💻", "❤👩💻"),
        ("İI", "ii"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=200))
def test_fold_is_stable_and_knows_where_each_character_came_from(text: str) -> None:
    folded = fold_with_origins(text)

    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    for index, character in enumerate(folded.text):
        assert character in fold(text[folded.starts[index] : folded.ends[index]])
    assert "\x00" not in folded.text
    folded.text.encode("utf-8")


@given(st.text(max_size=100))
def test_folded_words_fold_to_themselves(text: str) -> None:
    line = fold_line(text)

    assert [token.text for token in tokens(fold_line(line))] == [token.text for token in tokens(line)]


def test_tokens_tell_words_from_unspaced_runs() -> None:
    found = [(token.text, token.is_run) for token in tokens(fold("2024年売上データ・foo_bar"))]

    assert found == [("2024", False), ("年売上データ", True), ("foo", False), ("bar", False)]


def test_a_word_is_cut_at_100_characters_in_documents_and_queries_alike() -> None:
    long = "x" * 3000

    assert words(long) == "x" * MAX_WORD
    assert parse(long[:900]).groups[0][0].words == ("x" * MAX_WORD,)


@pytest.mark.parametrize(
    ("identifier", "split"),
    [
        ("customerId", ["customer", "Id"]),
        ("HTTPServer2", ["HTTP", "Server", "2"]),
        ("order_no", ["order", "no"]),
        ("sales2024", ["sales", "2024"]),
        ("顧客ID", ["顧客", "ID"]),
        ("Élan", ["Élan"]),
        ("", []),
    ],
)
def test_parts_of_identifiers(identifier: str, split: list[str]) -> None:
    assert [identifier[start:end] for start, end in parts(identifier)] == split


def test_an_identifier_is_found_whole_and_by_its_parts() -> None:
    assert identifier_words("customerId") == "customerid customer id"
    assert identifier_words("order_no") == "order no"


def test_every_character_of_a_run_begins_a_lexeme() -> None:
    assert pairs("東京都") == ["東京", "京都", "都"]
    assert pairs("京") == ["京"]


def _term(*words: str, runs: tuple[str, ...] = (), phrase: str | None = None, excluded: bool = False) -> Term:
    return Term(words, runs, phrase, excluded)


@pytest.mark.parametrize(
    ("typed", "groups"),
    [
        ("x y or z", ((_term("x"), _term("y")), (_term("z"),))),
        ("X ＯＲ y", ((_term("x"),), (_term("y"),))),
        ("the orders of a", ((_term("orders"),),)),
        ("the -orders or of x", ((_term("the"), _term("orders", excluded=True)), (_term("x"),))),
        ('"a b" -c', ((_term("a", "b"), _term("c", excluded=True)),)),
        ('-"a b"', ((_term("a", "b", excluded=True),),)),
        ("－東京", ((_term(runs=("東京",), excluded=True),),)),
        ("a-b", ((_term("a", "b"),),)),
        ('"東京都　売上"', ((_term(runs=("東京都", "売上"), phrase="東京都 売上"),),)),
        ("2024年", ((_term("2024", runs=("年",)),),)),
        ('"or"', ((_term("or"),),)),
        ('"a', ((_term("a"),),)),
        ("or or or", ()),
        ("- -- !!! \"\" '' () & | :*", ()),
        ("", ()),
        ("\x00\ud800", ()),
    ],
)
def test_parse(typed: str, groups: tuple[tuple[Term, ...], ...]) -> None:
    assert parse(typed).groups == groups


def test_a_long_query_is_cut() -> None:
    terms = [term for group in parse("ab " * 5000).groups for term in group]

    assert len(terms) == MAX_TERMS
    assert len(parse("a" * 10_000).text) == MAX_CHARACTERS


@given(st.text())
def test_anything_can_be_typed(typed: str) -> None:
    assert isinstance(parse(typed), Query)


def test_name_starts_are_the_later_words_and_every_character_of_a_run() -> None:
    assert name_starts("Customer orderLines") == ["orderlines", "lines"]
    assert name_starts("売上データ") == ["上データ", "データ", "ータ", "タ"]
    assert name_starts("Orders") == []
