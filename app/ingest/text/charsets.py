"""Which encoding bytes beyond ASCII are in, by the language that comes out; UTF-8, UTF-16 and UTF-32 are told elsewhere."""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from app.ingest.text import letters, symbols
from app.ingest.text.letters import Language

SCORED_BYTES = 16 << 10
_CERTAIN_LEAD = 0.12
"""By so much the best has to surpass the next, that nobody needs to be asked."""
_CERTAIN_SCORE = 0.55
_SPLIT = re.compile(r"[\x00-\x2c./:;<=>?@\[\\\]^_`{|}~0-9]+")


@dataclass(frozen=True)
class Charset:
    """A candidate.

    Args:
        prior: what it has ahead of others, by how often it is met.
        is_wide: more than one byte to a character.
        mixes_latin: its texts have words with letters of ASCII beside their own.
    """

    encoding: str
    languages: tuple[Language, ...]
    prior: float = 0.0
    is_wide: bool = False
    mixes_latin: bool = False


CHARSETS = (
    Charset("cp1252", letters.WESTERN, 0.08, mixes_latin=True),
    Charset("iso8859-15", letters.WESTERN, 0.02, mixes_latin=True),
    Charset("cp1250", letters.CENTRAL, 0.02, mixes_latin=True),
    Charset("iso8859-2", letters.CENTRAL, mixes_latin=True),
    Charset("cp1254", letters.TURKISH, mixes_latin=True),
    Charset("cp1257", letters.BALTIC, mixes_latin=True),
    Charset("cp850", letters.WESTERN, -0.03, mixes_latin=True),
    Charset("mac-roman", letters.WESTERN, -0.03, mixes_latin=True),
    Charset("cp1251", letters.CYRILLIC, 0.05),
    Charset("koi8-r", letters.CYRILLIC[:1]),
    Charset("cp866", letters.CYRILLIC[:1]),
    Charset("iso8859-5", letters.CYRILLIC),
    Charset("cp1253", letters.GREEK, 0.02),
    Charset("iso8859-7", letters.GREEK),
    Charset("cp1255", letters.HEBREW),
    Charset("cp1256", letters.ARABIC),
    Charset("cp874", letters.THAI),
    Charset("cp932", letters.JAPANESE, 0.05, is_wide=True),
    Charset("euc-jp", letters.JAPANESE, is_wide=True),
    Charset("gb18030", letters.CHINESE, 0.02, is_wide=True),
    Charset("cp950", letters.TAIWANESE, is_wide=True),
    Charset("cp949", letters.KOREAN, is_wide=True),
)
_WESTERN = 2
"""The first of them are for the West of Europe today."""
_HALF_WIDTH_WORTH = 0.75
"""Less than a common character: bank exports are full of it, but so is Latin-1 read as cp932."""
_NO_CURRENCY = 0.1
"""Nobody writes the sign of any currency: where it comes out, a euro was written."""
_NOT_WESTERN = re.compile(
    r"ã(?![oes])|õ(?!e)|ñ(?![aeiouáéíóúü]|$)|[èê][aeio]|ù.|.æ$|.þ|^[œšžÿ]$|.[\u0100-\u017f]ÿ", re.IGNORECASE
)
"""Letters where no language of Western Europe has them, but a Central European or Turkish one, read wrongly, does."""


@dataclass(frozen=True)
class Verdict:
    """The most likely encoding."""

    encoding: str
    score: float
    runner_up: str | None
    """The next that reads the same bytes as another text; None where there is none, or it is far behind."""
    samples: tuple[str, ...] = ()
    """Words that the two read differently."""
    runner_up_samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Read:
    """A text in one of the candidates: its words that are not of ASCII alone, and its signs where they usually stand."""

    words: Counter[str]
    signs: Counter[str]

    @classmethod
    def of(cls, text: str, charset: Charset) -> "_Read":
        if charset.is_wide:
            return cls(_words(text), Counter())
        rest, signs = symbols.without(text)
        return cls(_words(rest), signs)


def decodes(evidence: bytes, encoding: str) -> bool:
    """Whether `evidence`, which begins with a character and may end within one, is in `encoding`."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(evidence)
    except UnicodeError:
        return False
    return True


def judge(evidence: bytes) -> Verdict | None:
    """The best of the candidates, or None where the bytes are in none of them."""
    lines = b"".join(line for line in evidence.splitlines(keepends=True) if not line.isascii())[:SCORED_BYTES]
    for charset in CHARSETS[:_WESTERN]:
        # An apostrophe here and a euro there are no letters, however well they would do as such elsewhere.
        if decodes(evidence, charset.encoding) and symbols.without(lines.decode(charset.encoding, "ignore"))[0].isascii():
            return Verdict(charset.encoding, 1.0, None)
    possible = [charset for charset in CHARSETS if decodes(evidence, charset.encoding) or _is_damaged(evidence, charset)]
    read = {charset: _Read.of(lines.decode(charset.encoding, "ignore"), charset) for charset in possible}
    scores = {charset: _score(charset, text) for charset, text in read.items()}
    ranked = sorted(possible, key=lambda charset: -scores[charset])
    if not ranked:
        return None
    best = ranked[0]
    rival = next((charset for charset in ranked[1:] if read[charset] != read[best]), None)
    if rival is None or (scores[best] >= _CERTAIN_SCORE and scores[best] - scores[rival] >= _CERTAIN_LEAD):
        return Verdict(best.encoding, scores[best], None)
    samples, others = (tuple(list(read[each].words - read[other].words)[:3]) for each, other in ((best, rival), (rival, best)))
    return Verdict(best.encoding, scores[best], rival.encoding, samples, others)


def _is_damaged(evidence: bytes, charset: Charset) -> bool:
    """True where a few bytes alone are wrong: the reader will name their line, which helps more than a wrong encoding."""
    if not charset.is_wide:
        return False
    text = evidence.decode(charset.encoding, "replace")
    bad = text.count("\ufffd")
    return bad <= 3 and bad * 100 <= sum(character > "\x7f" for character in text)


def _words(text: str) -> Counter[str]:
    """The words that are not of ASCII alone and how often they come."""
    return Counter(word for word in _SPLIT.split(text) if not word.isascii())


def _score(charset: Charset, text: _Read) -> float:
    words = text.words
    if not words:
        return 1.0 + charset.prior if text.signs else 0.0
    # A word that comes a thousand times says little more than one that comes twice.
    weights = {word: min(count, 2) for word, count in words.items()}
    total = sum(weight * _foreign_count(word) for word, weight in weights.items())
    by_language = [
        sum(weight * _word_worth(word, language, charset) for word, weight in weights.items()) for language in charset.languages
    ]
    fit = max(by_language) / total
    if len(charset.languages) > 1:
        mixed = sum(
            weight * sum(max(_worth(c, language, charset) for language in charset.languages) for c in word if c > "\x7f")
            for word, weight in weights.items()
        )
        # A table of the customers of all of Europe is in no single language.
        fit = max(fit, 0.8 * mixed / total)
    usual = sum(min(count, 2) for count in text.signs.values())
    fit = (fit * total + usual) / (total + usual)
    misshapen = sum(weight * _misshapen(word, charset) for word, weight in weights.items())
    strange = _NO_CURRENCY if any("¤" in word for word in words) else 0.0
    return fit - 0.6 * misshapen / (sum(weights.values()) + usual) + charset.prior - strange


def _foreign_count(word: str) -> int:
    return sum(c > "\x7f" for c in word)


def _word_worth(word: str, language: Language, charset: Charset) -> float:
    if charset.encoding == "cp932" and not letters.HALF_WIDTH.isdisjoint(word):
        # Those who write half-width write all of a word so.
        pure = all(c in letters.HALF_WIDTH for c in word if c > "\x7f")
        return _foreign_count(word) * (_HALF_WIDTH_WORTH if pure else 0.2)
    return sum(_worth(c, language, charset) for c in word if c > "\x7f")


def _worth(character: str, language: Language, charset: Charset) -> float:
    if character in language.common:
        return 1.0
    if character in language.rare:
        return 0.8 if charset.mixes_latin else 0.45
    if character in letters.PUNCTUATION:
        return 0.4
    category = unicodedata.category(character)
    if category in ("Cc", "Cn", "Co", "Cs"):
        return -1.0
    if category[0] == "L":
        return 0.2 if charset.is_wide and character >= "\u3400" else -0.1
    return -0.2


def _is_letter(character: str) -> bool:
    """Vowels of Thai are marks upon letters."""
    return unicodedata.category(character)[0] in "LM"


def _misshapen(word: str, charset: Charset) -> float:
    """1 for a word that no writer forms: signs between letters, capitals behind small letters, two scripts in one."""
    if charset.languages is letters.WESTERN and _NOT_WESTERN.search(word):
        return 1.0
    # Latin script has its accents here and there.
    if charset.mixes_latin and re.search(r"[^\W\d_a-zA-Z]{3}", word):
        return 1.0
    for before, after in pairwise(word):
        if before.isascii() and after.isascii():
            continue
        if before.islower() and after.isupper():
            return 1.0
        if _is_letter(before) and _is_letter(after) and before.isascii() != after.isascii() and not charset.mixes_latin:
            return 0.5 if charset.is_wide else 1.0
    if charset.is_wide:
        return 0.0
    for first, middle, last in zip(word, word[1:], word[2:], strict=False):
        if first.isupper() and middle.isupper() and last.islower() and last > "\x7f":
            return 1.0
        if first.isalpha() and last.isalpha() and middle > "\x7f" and unicodedata.category(middle)[0] not in "LM":
            return 1.0
    return 0.5 if len(word) > 1 and word[0] > "\x7f" and unicodedata.category(word[0])[0] in "SN" and word[1].isalpha() else 0.0
