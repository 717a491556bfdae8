"""What a person typed, understood: words, "phrases", -exclusions, alternatives joined by or."""

import re
from dataclasses import dataclass

from app.adapters.search.folding import fold, tokens
from app.adapters.search.stopwords import STOP_WORDS

MAX_CHARACTERS = 1000
MAX_TERMS = 32
_TYPED = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a dataset has to hold, or must not."""

    words: tuple[str, ...]
    """Next to each other, in this order."""
    runs: tuple[str, ...]
    """Runs of Chinese, Japanese or Korean text, each as it stands."""
    phrase: str | None
    """Text of a quoted phrase that holds a run, single-spaced: to be found exactly."""
    excluded: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A dataset is found when all terms of one of the groups hold."""

    groups: tuple[tuple[Term, ...], ...]
    text: str
    """The whole query, folded and single-spaced, without quotation marks: what an exact name is compared with."""

    @property
    def wanted(self) -> list[Term]:
        """Terms that a hit can be ranked and marked by."""
        return [term for group in self.groups for term in group if not term.excluded]

    @property
    def wanted_words(self) -> list[str]:
        """Distinct words of `wanted`, in order."""
        return list(dict.fromkeys(word for term in self.wanted for word in term.words))

    @property
    def wanted_runs(self) -> list[str]:
        """Distinct runs of `wanted`, in order."""
        return list(dict.fromkeys(run for term in self.wanted for run in term.runs))


def parse(query: str) -> Query:
    """The query; anything can be typed. Beyond 1,000 characters and 32 terms the rest is ignored.

    As in web searches, `a b or c` means (a and b) or c; an unbalanced quotation mark is ignored.
    """
    folded = fold(query[:MAX_CHARACTERS])
    groups: list[list[Term]] = [[]]
    count = 0
    for match in _TYPED.finditer(folded):
        if count == MAX_TERMS:
            break
        if match["plain"] == "or" and not match["minus"]:
            groups.append([])
            continue
        term = _term(match["plain"] or match["phrase"], quoted=match["plain"] is None, excluded=bool(match["minus"]))
        if term is not None:
            groups[-1].append(term)
            count += 1
    return Query(tuple(_telling(group) for group in groups if group), " ".join(folded.replace('"', " ").split()))


def _telling(group: list[Term]) -> tuple[Term, ...]:
    """The terms without single stop words, unless nothing else is wanted: `the orders` is no less found without `the`."""
    telling = [term for term in group if term.excluded or term.runs or len(term.words) > 1 or term.words[0] not in STOP_WORDS]
    return tuple(group if all(term.excluded for term in telling) else telling)


def _term(typed: str, *, quoted: bool, excluded: bool) -> Term | None:
    found = list(tokens(typed))
    if not found:
        return None
    runs = tuple(token.text for token in found if token.is_run)
    phrase = " ".join(typed[found[0].start : found[-1].end].split()) if quoted and runs else None
    return Term(tuple(token.text for token in found if not token.is_run), runs, phrase, excluded)
