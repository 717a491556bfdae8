"""A query as SQL over `search_documents`: which documents match, and how well."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Double, and_, case, cast, false, func, literal, literal_column, not_, or_, true
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from app.adapters.search.folding import pairs
from app.adapters.search.query import Query, Term
from app.models.search import SearchDocument

MIN_SIMILAR = 4
"""Shorter words, and numbers, are not compared by spelling: too many resemble each other."""
SIMILARITY = "0.36"
"""Least `word_similarity` of a similar word: two letters that changed places in a word of eight come to 0.38."""

_ENGLISH: ColumnElement[str] = literal_column("'pg_catalog.english'::regconfig", REGCONFIG)
_EXACT: ColumnElement[str] = literal_column("'pg_catalog.simple'::regconfig", REGCONFIG)
_NOTHING_WANTED = literal(0.0, Double)


def matches(query: Query) -> ColumnElement[bool]:
    """The documents that hold what was typed; all of them when nothing was."""
    return _in_groups(query, _term)


def matches_similarly(query: Query) -> ColumnElement[bool]:
    """The documents that hold words of similar spelling instead; exclusions stay exact."""
    return _in_groups(query, _similar_term)


def may_be_misspelt(query: Query) -> bool:
    """Whether any word of the query can be compared by spelling."""
    return any(_comparable(word) for word in query.wanted_words)


def score(query: Query) -> ColumnElement[float]:
    """1 to 2 for the places in which the words were found, +2 when the name begins with the query, +4 when it is the name.

    The weights see to it that one hit in the name outranks any number in tags and field names, those the description,
    and that the metadata. `ts_rank_cd` is of no use here: it takes lexemes without meaningful positions for absent.
    """
    if not query.wanted:
        return _NOTHING_WANTED
    lexemes = [_word(word) for word in query.wanted_words]
    lexemes += [_run(run, " | ") for run in query.wanted_runs]
    any_of = _joined(lexemes, "||")
    rank = cast(func.ts_rank(SearchDocument.vector, any_of), Double)
    name = case(
        (SearchDocument.folded_name == query.text, 4.0),
        (func.starts_with(SearchDocument.folded_name, query.text), 2.0),
        else_=0.0,
    )
    return cast(literal(1.0, Double) + rank + name, Double)


def similar_score(query: Query) -> ColumnElement[float]:
    """0 to 0.9: how much of the words' spelling was found."""
    found = [cast(func.word_similarity(word, SearchDocument.words), Double) for word in query.wanted_words if _comparable(word)]
    total: ColumnElement[float] = literal(0.0, Double)
    for similarity in found:
        total = total + similarity
    return cast(total * literal(0.9 / len(found), Double), Double)


def _in_groups(query: Query, condition: Callable[[Term], ColumnElement[bool]]) -> ColumnElement[bool]:
    if not query.groups:
        return true()
    groups = [and_(*(not_(_term(term)) if term.excluded else condition(term) for term in group)) for group in query.groups]
    return or_(false(), *groups)


def _term(term: Term) -> ColumnElement[bool]:
    lexemes = [_word(" ".join(term.words))] if term.words else []
    lexemes += [_run(run, " & ") for run in term.runs]
    found = SearchDocument.vector.op("@@", is_comparison=True)(_joined(lexemes, "&&"))
    # Pairs tell that the characters are there; only the text tells that they stand together.
    exact = [run for run in term.runs if len(run) > 2] if term.phrase is None else [term.phrase]
    return and_(found, *(SearchDocument.body.contains(text, autoescape=True) for text in exact))


def _similar_term(term: Term) -> ColumnElement[bool]:
    similar = [
        literal(word).op("<%", is_comparison=True)(SearchDocument.words) if _comparable(word) else _term(_only(word))
        for word in term.words
    ]
    return and_(*similar, *([_term(Term((), term.runs, term.phrase, excluded=False))] if term.runs else []))


def _only(word: str) -> Term:
    return Term((word,), (), None, excluded=False)


def _comparable(word: str) -> bool:
    return len(word) >= MIN_SIMILAR and word.isalpha()


def _word(words: str) -> ColumnElement[str]:
    """The lexemes of words that stand next to each other: their stems, or exactly they (stop words too)."""
    return func.phraseto_tsquery(_ENGLISH, words).op("||")(func.phraseto_tsquery(_EXACT, words))


def _run(run: str, operator: str) -> ColumnElement[str]:
    """The pairs of a run; a single character is the beginning of a lexeme."""
    lexemes = [f"'{run}':*"] if len(run) == 1 else [f"'{pair}'" for pair in pairs(run)[:-1]]
    return cast(operator.join(lexemes), TSQUERY)


def _joined(queries: list[ColumnElement[str]], operator: str) -> ColumnElement[str]:
    joined = queries[0]
    for query in queries[1:]:
        joined = joined.op(operator)(query)
    return joined
