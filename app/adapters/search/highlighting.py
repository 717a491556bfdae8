"""Fragments of original text in which what was found is marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from app.adapters.search.folding import Folded, fold, fold_with_origins, parts, tokens, words
from app.adapters.search.protocol import Highlight

MAX_SCANNED = 10_000
"""Characters of a description in which marks are looked for."""
_FRAGMENT = 160
_LEAD = 40
_MOST = {"name": 1, "tags": 3, "fieldNames": 3, "description": 2, "metadata": 2}

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Text:
    field: str
    original: str
    folded: Folded
    words: list[tuple[str, Range]]
    """Folded words and parts of words, and where they stand in the original."""


class Texts:
    """The texts of one hit."""

    def __init__(
        self, *, name: str, description: str | None, tags: Sequence[str], field_names: Sequence[str], metadata: Sequence[str]
    ):
        self._texts = [_read("name", name, identifier=True)]
        self._texts += [_read("tags", tag, identifier=True) for tag in tags]
        self._texts += [_read("fieldNames", path, identifier=True) for path in field_names]
        self._texts += [_read("description", description[:MAX_SCANNED], identifier=False)] if description else []
        self._texts += [_read("metadata", line, identifier=True) for line in metadata]

    @property
    def words(self) -> set[str]:
        """All folded words and parts of words."""
        return {word for text in self._texts for word, _ in text.words}

    def highlights(self, found: frozenset[str], runs: Iterable[str]) -> list[Highlight]:
        """Fragments around the words `found` and the `runs`, in the order of weight; few of each field."""
        made: list[Highlight] = []
        left = dict(_MOST)
        for text in self._texts:
            ranges = [span for word, span in text.words if word in found]
            ranges += [span for run in runs for span in _occurrences(text.folded, run)]
            for fragment in _fragments(text.original, _merged(ranges), left[text.field]):
                made.append(Highlight(text.field, fragment))
                left[text.field] -= 1
        return made


def _read(field: str, original: str, *, identifier: bool) -> _Text:
    folded = fold_with_origins(original)
    found = [
        (token.text, (folded.starts[token.start], folded.ends[token.end - 1]))
        for token in tokens(folded.text)
        if not token.is_run
    ]
    if identifier:
        found += [(words(fold(original[start:end])), (start, end)) for start, end in parts(original)]
    return _Text(field, original, folded, found)


def _occurrences(folded: Folded, run: str) -> list[Range]:
    spans: list[Range] = []
    start = folded.text.find(run)
    while start >= 0:
        end = start + len(run)
        spans.append((folded.starts[start], folded.ends[end - 1]))
        start = folded.text.find(run, end)
    return spans


def _merged(ranges: list[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _fragments(original: str, ranges: list[Range], most: int) -> list[str]:
    fragments: list[str] = []
    behind = 0
    for start, end in ranges:
        if len(fragments) >= most:
            break
        if start < behind:
            continue
        begin = _word_border(original, start) if len(original) > _FRAGMENT else 0
        behind = max(min(len(original), begin + _FRAGMENT), end)
        fragments.append(_marked(original, begin, behind, [span for span in ranges if begin <= span[0] and span[1] <= behind]))
    return fragments


def _word_border(original: str, start: int) -> int:
    """Where a fragment begins that leads up to `start`: behind white space when there is some in reach."""
    earliest = max(0, start - _LEAD)
    if earliest == 0:
        return 0
    return next((index + 1 for index in range(earliest, start) if original[index].isspace()), earliest)


def _marked(original: str, begin: int, end: int, ranges: list[Range]) -> str:
    pieces = ["…" if begin else ""]
    place = begin
    for start, stop in ranges:
        pieces += [escape(original[place:start], quote=False), "<mark>", escape(original[start:stop], quote=False), "</mark>"]
        place = stop
    pieces += [escape(original[place:end], quote=False), "…" if end < len(original) else ""]
    return "".join(pieces)
