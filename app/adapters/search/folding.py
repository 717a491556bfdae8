"""Folding: the one form in which texts and queries meet, and the way back to the original characters.

Folded text is NFKC, casefolded, Latin letters without accents, and without characters that have no width. Chinese,
Japanese and Korean text has no spaces between words: a run of it is taken as overlapping pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Han, kana (without the middle dot and the double hyphen, which are punctuation), bopomofo, hangul; and symbols that
# people do search for: emoji. None of these characters means anything in PostgreSQL's text forms of lexemes.
_UNSPACED = (
    "\u2600-\u27bf\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?P<word>[^\W_{_UNSPACED}]+)")
# A character and what combines with it: NFKC composes within such a cluster (half-width ｶﾞ is ガ), hardly ever beyond it.
_CLUSTER = re.compile(
    ".[\u0300-\u036f\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u200d\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\uff9e\uff9f]*", re.DOTALL
)
_ALPHANUMERIC = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "−": "-", "‐": "-", "–": "-"})
_CONTROL = str.maketrans(dict.fromkeys((*range(32), 127), " "))

MAX_WORD = 100
"""Longer words are cut, in documents and queries alike: PostgreSQL ignores lexemes of 2 KiB and more."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; character i of it came from `original[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a run of text without spaces, at `text[start:end]` of the folded text."""

    text: str
    start: int
    end: int
    is_run: bool


@lru_cache(maxsize=32_768)
def _fold_cluster(cluster: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    kept: list[str] = []
    base = " "
    for character in unicodedata.normalize("NFD", folded):
        category = unicodedata.category(character)
        if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
            continue
        if category in ("Cc", "Cs") or character.isspace():
            kept.append(" ")
        elif category == "Mn":
            if not unicodedata.name(base, "").startswith("LATIN"):
                kept.append(character)
            continue
        else:
            kept.append(character)
        base = character
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS).translate(_QUOTES)


def fold(text: str) -> str:
    """The folded text."""
    if text.isascii():
        return text.lower().translate(_CONTROL)
    return "".join(map(_fold_cluster, _CLUSTER.findall(text)))


def fold_with_origins(text: str) -> Folded:
    """The folded text with the place of each of its characters in the original."""
    if text.isascii():
        return Folded(fold(text), range(len(text)), range(1, len(text) + 1))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _CLUSTER.finditer(text):
        piece = _fold_cluster(match.group())
        pieces.append(piece)
        starts.extend([match.start()] * len(piece))
        ends.extend([match.end()] * len(piece))
    return Folded("".join(pieces), starts, ends)


def fold_line(text: str) -> str:
    """The folded text with single spaces, none at its ends."""
    return " ".join(fold(text).split())


def tokens(folded: str) -> Iterator[Token]:
    """Words and runs of a folded text, in order."""
    for match in _TOKEN.finditer(folded):
        is_run = match.lastgroup == "run"
        yield Token(match.group() if is_run else match.group()[:MAX_WORD], match.start(), match.end(), is_run)


def words(folded: str) -> str:
    """The words of a folded text, joined by spaces; runs are left out."""
    return " ".join(token.text for token in tokens(folded) if not token.is_run)


def parts(identifier: str) -> list[tuple[int, int]]:
    """Where the parts of a name as `customerId`, `HTTPServer`, `order_no` or `sales2024` lie in it."""
    spans: list[tuple[int, int]] = []
    for match in _ALPHANUMERIC.finditer(identifier):
        text, start = match.group(), 0
        for index in range(1, len(text)):
            before, here, behind = text[index - 1], text[index], text[index + 1 : index + 2]
            if (here.isupper() and (not before.isupper() or behind.islower())) or here.isdigit() != before.isdigit():
                spans.append((match.start() + start, match.start() + index))
                start = index
        spans.append((match.start() + start, match.end()))
    return spans


def identifier_words(identifier: str) -> str:
    """The folded words of a name, and its parts when the words are made of several."""
    whole = words(fold(identifier))
    split = words(fold(" ".join(identifier[start:end] for start, end in parts(identifier))))
    return whole if split == whole else f"{whole} {split}"


def pairs(run: str) -> list[str]:
    """The lexemes of a run in a document: its pairs, and its last character alone.

    So every character of the run begins a lexeme, and one character is found as a prefix.
    """
    return [*(run[index : index + 2] for index in range(len(run) - 1)), run[-1]]
