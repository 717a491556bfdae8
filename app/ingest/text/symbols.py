"""Signs of Western tables where their writers put them: the apostrophe of don’t, the euro of €5, the degrees of 20 °C, the m² of a
flat. There they are no letters of another encoding."""

import re
from collections import Counter

_LETTER = r"[^\W\d_]"
_USUAL = re.compile(
    "|".join(
        (
            # don’t, students’
            r"(?<=[A-Za-z])’(?:s|t|d|m|re|ve|ll|S|T|D|M|RE|VE|LL)\b|(?<=[sSxz])’(?!\w)|(?<!\w)’(?=\d\ds?\b)",
            # l’eau, dell’arte, O’Brien
            r"\b(?i:[cdjlmnsto]|(?:lors|puis|jus|quel|pres)?qu|[dns]?[aeu]ll|un|sant|quest)’(?=[aeiouyhâàéèêôœA-Z])",
            r"(?<!\w)“(?=[^”\n]{1,500}”)|(?<!\w)‘(?=[^’\n]{1,500}’)|(?<!\w)„(?=[^“”\n]{1,500}[“”])|(?<!\w)«(?=[^»\n]{1,500}»)",
            rf"(?P<second>(?<=[\w.,;:!?…%)'’-])[”’](?!{_LETTER})|(?<=[\w.!?…)])“(?!\w))|(?<=[\w.!?…\s])»(?!\w)",
            r"(?<=[\s\d,;\"'(])[–—](?=[\s\d,;\"')]|$)|(?<=[A-Za-z]{2})—(?=[A-Za-z]{2})|(?<=[A-Za-z])–(?=[A-Z])|^[–—](?=[,;\t]|$)",
            rf"…(?!\w)|(?<=\s)…|(?<!\w)[€£¥](?!{_LETTER})|(?<=\d)[€£¥¢](?!{_LETTER})",
            rf"(?<!{_LETTER})°(?=[CFKNSEW]\b|[^\w]|\d|$)|(?<!{_LETTER})[µ](?=(?:[mglsAVWFLTNM]|mol|Pa|Sv|Bq|Ci)(?![a-z]))",
            rf"\b(?:[kcdmµ]?m|in|ft|yd|mi|ha|s|r|R|x|\d+)[²³](?!{_LETTER})|(?<!{_LETTER})[½¼¾](?!{_LETTER})",
            r"(?<=\w)[®™](?!\w)|©(?= ?[\dA-Z])|§{1,2}(?=[ \xa0]?\d)|(?<!\w)±(?=[ \xa0]?[\d.])|(?<=\d)±(?=\d)|(?<=[\d ])×(?=[ \d])|(?<=\d)‰",
            r"(?<!\w)[•·](?=\s)|(?<=[\d«])\xa0|\xa0(?=[\d€$%:;!?»])|(?<!\w)[¿¡](?=[A-Za-z])|(?<=\b[nN])º|(?<=\d)[ºª](?!\w)",
        )
    ),
    re.MULTILINE,
)


def without(text: str) -> tuple[str, Counter[str]]:
    """The text without the signs that stand where they usually do, and these."""
    found: Counter[str] = Counter()
    # The second of a pair means nothing where there is no first: it may be the last letter of a word.
    lonely = {sign for sign, first in (("”", "“„"), ("’", "‘"), ("“", "”„")) if not any(mark in text for mark in first)}

    def cut(match: re.Match[str]) -> str:
        signs, before = match[0], text[match.start() - 1 : match.start()]
        if signs in lonely and match.lastgroup == "second" and not (signs == "”" and before.isdigit()):
            return signs
        found.update(character for character in signs if character > "\x7f")
        return "'" if signs[0] == "’" else " "

    return _USUAL.sub(cut, text), found
